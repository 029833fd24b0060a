"""The demo on a terminal: Ctrl-C goes to everything that runs there, and what was found is told."""

import os
import pty
import re
import select
import signal
import time

from tests.lib.check import BIN, check, check_eq, main, test


def play(*, until, lang, limit_s=40):
    """Starts the demo on a terminal of its own, presses Ctrl-C at the words, reads to the end."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(LIVE="1", PORT="0", UI_LANG=lang, LC_ALL="C.UTF-8")
        os.execvp("packaging/demo.sh", ["packaging/demo.sh", BIN])
    text, is_pressed, end = "", False, time.monotonic() + limit_s
    try:
        while time.monotonic() < end:
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                text += os.read(terminal, 65536).decode(errors="replace")
            except OSError:  # nobody has the terminal any more
                return text, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            if not is_pressed and until in text:
                os.write(terminal, b"\x03")
                is_pressed = True
        check(False, "the demo does not end:\n" + text)
        return text, None
    except BaseException:
        os.killpg(pid, signal.SIGTERM)
        raise
    finally:
        os.close(terminal)


@test
def ctrl_c_ends_it_and_shows_what_was_found():
    for lang, until, found in (("en", "late by", "What was found"),
                               ("zh", "迟发", "结果\r\n")):
        text, code = play(until=until, lang=lang)
        told = text.split("^C", 1)[-1]
        check(found in told and re.search(r"cases +[0-9]|办件 +[0-9]", told), text)
        check("Traceback" not in text, text)
        check_eq(code, 0)


main("system/demo")
