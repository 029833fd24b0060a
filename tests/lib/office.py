"""office.py - cardwatch view notify with all that it speaks to: an engine, a mail server, a webhook.

    with office("*,Watch,w@example.org,,,en\\n") as place, place.notify() as watched:
        place.engine.issue(case="C-1")
        place.wait_mails(1)
        stopped(watched)["sent"]
"""

import contextlib
import os
import re
import shutil
import signal
import tempfile

from tests.lib.check import check_eq, program, skip
from tests.lib.fake_engine import FakeEngine
from tests.lib.watched import Watched, wait_until

try:
    from tests.lib.receivers import HookServer, MailServer
except ImportError:
    MailServer = None

NOTIFY = program("cardwatch-view-notify")
SECRET = "0123456789abcdef-secret"
HEADER = "org_code,name,email,webhook,levels,lang\n"
QUIET = {name: "" for name in ("http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY",
                               "ALL_PROXY")}


class Office:
    """An engine, a mail server, a webhook, and a folder for the files in between."""

    def __init__(self, rows, mail, hook, home):
        self.mail, self.hook, self.home = mail, hook, home
        self.engine = FakeEngine(home)
        self.position = os.path.join(home, "notify.position")
        self.write("secret", SECRET + "\n")
        self.recipients = self.write("recipients.csv", HEADER + rows.replace("HOOK", hook.url))

    def write(self, name, text):
        path = os.path.join(self.home, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def command(self, *more):
        return [NOTIFY, "--home", self.home, "--recipients", self.recipients, "--smtp",
                self.mail.url, "--from", "card@watch.example", "--webhook-secret-file",
                os.path.join(self.home, "secret"), "--position", self.position, "--window",
                "100 ms", "--retry-first", "50 ms", "--retry-max", "200 ms", "--begin", "start",
                "--lang", "en", *more]

    def notify(self, *more):
        return Watched(self.command(*more), **QUIET)

    def wait_mails(self, count):
        wait_until(lambda: len(self.mail.messages) >= count,
                   lambda: f"{count} mails, there are {len(self.mail.messages)}")
        return self.mail.messages


@contextlib.contextmanager
def office(rows, is_started=True):
    if MailServer is None:
        skip("python3-aiosmtpd is not installed")
    home = tempfile.mkdtemp(prefix="cardwatch-notify-")
    try:
        with MailServer() as mail, HookServer() as hook:
            place = Office(rows, mail, hook, home)
            if is_started:
                place.engine.start()
            try:
                yield place
            finally:
                place.engine.stop()
    finally:
        shutil.rmtree(home)


def stopped(watched):
    """What it counted, from its last line."""
    watched.wait_err("started")
    watched.process.send_signal(signal.SIGTERM)
    check_eq(watched.end(), 0, str(watched.err[-5:]))
    return {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", watched.err[-1])}


def count_of(place, words):
    """How many records have these words."""
    if not os.path.exists(place.position):
        return 0
    with open(place.position, encoding="utf-8") as file:
        return sum(words in line for line in file)
