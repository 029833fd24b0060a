#!/usr/bin/python3
"""Does the client that the wire's page shows do what the page says?

The very text of the page is run: against an engine made of a few lines here, which loses messages
and refuses events, and against the real one.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading

import msgpack
import zmq

from tests.lib.check import check, check_eq, main, program, skip, test

PAGE = "engine/wire/README.md"
AT = 1737338400000  # 2025-01-20 10:00 +08:00


def client_text():
    with open(PAGE, encoding="utf-8") as page:
        blocks = re.findall(r"```python\n(.*?)```", page.read(), re.DOTALL)
    check_eq(len(blocks), 1, "python blocks on the page")
    return blocks[0]


def run_client(endpoint, events, source="hall"):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "client.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(client_text())
        lines = "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
        return subprocess.run(
            [sys.executable, path, endpoint, source],
            input=lines, capture_output=True, encoding="utf-8", timeout=60, check=False)


class FakeEngine:
    """Commits what it is sent, in order; loses the answers whose index is in `lost`."""

    def __init__(self, lost=(), credit=1000, error=None):
        self.lost, self.credit, self.error = set(lost), credit, error
        self.events, self.messages = [], []
        self.router = zmq.Context.instance().socket(zmq.ROUTER)
        self.router.linger = 0
        self.endpoint = f"tcp://127.0.0.1:{self.router.bind_to_random_port('tcp://127.0.0.1')}"
        self.stopping = False
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stopping = True
        self.thread.join()
        self.router.close()

    def serve(self):
        while not self.stopping:
            if self.router.poll(50):
                peer, frame = self.router.recv_multipart()
                answer = self.take(msgpack.unpackb(frame))
                if len(self.messages) - 1 not in self.lost:
                    self.router.send_multipart([peer, msgpack.packb(answer)])

    def take(self, message):
        self.messages.append(message)
        if self.error:
            return [1, "E", *self.error]
        refused = []
        if message[1] == "B":
            for number, event in enumerate(message[4], message[3]):
                if number == len(self.events) + 1:
                    self.events.append(event)
                    if event[1] == "approve":
                        refused.append([number, "unknown_kind", "kind",
                                        "kind: no such kind of event"])
        return [1, "A", message[2], len(self.events), self.credit, refused]


def some_events(count):
    return [[f"JX-{n}", "apply", AT + n] for n in range(count)]


@test
def the_page_shows_some_thirty_lines():
    check(len(client_text().splitlines()) <= 35)


@test
def all_events_arrive_in_order():
    events = some_events(1000)
    with FakeEngine(credit=300) as engine:
        done = run_client(engine.endpoint, events)
        check_eq(done.returncode, 0, done.stderr)
        check_eq(done.stdout, "1000 events are on the engine's disk\n")
        check_eq(engine.events, events)
        check_eq([message[1] for message in engine.messages], ["H", "B", "B", "B", "B"])
        check(all(len(message[4]) <= 256 for message in engine.messages[1:]))


@test
def a_lost_answer_is_asked_for_again():
    events = some_events(600)
    with FakeEngine(lost=[0, 2]) as engine:
        done = run_client(engine.endpoint, events)
        check_eq(done.returncode, 0, done.stderr)
        check_eq(engine.events, events)
        check_eq(done.stderr.count("no answer, trying again"), 2)


@test
def what_was_committed_is_not_sent_again():
    events = some_events(500)
    with FakeEngine() as engine:
        run_client(engine.endpoint, events[:300])
        before = len(engine.messages)
        done = run_client(engine.endpoint, events)
        check_eq(done.returncode, 0, done.stderr)
        check_eq(engine.events, events)
        check_eq(engine.messages[before + 1][3], 301)


@test
def a_refused_event_is_told_and_does_not_stop_the_rest():
    events = some_events(3) + [["JX-9", "approve", AT]] + some_events(2)
    with FakeEngine() as engine:
        done = run_client(engine.endpoint, events)
        check_eq(done.returncode, 0)
        check_eq(done.stderr, "4: unknown_kind: kind: no such kind of event: "
                              f"['JX-9', 'approve', {AT}]\n")


@test
def a_message_that_is_not_taken_ends_the_client():
    with FakeEngine(error=["malformed", "not schema version 1"]) as engine:
        done = run_client(engine.endpoint, some_events(1))
        check_eq(done.returncode, 1)
        check_eq(done.stderr,
                 "the message was not taken: malformed: not schema version 1\n")


class Engine:
    """The real one, with a rule store that knows a calendar and nothing else."""

    def __init__(self, folder):
        self.folder = folder
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [program("cardwatch-engine"), "--data-dir", self.folder, "--clock", "events",
             "--rules", os.path.join(self.folder, "rules"), "--intake", "tcp://127.0.0.1:*"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        ready = self.process.stdout.readline()
        if not ready.startswith("ready "):
            raise AssertionError(f"the engine said {ready!r}: {self.process.stderr.read()}")
        return dict(word.split("=", 1) for word in ready.split()[1:])["intake"]

    def stop(self, how=signal.SIGTERM):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.communicate(timeout=30)
            self.process = None


@test
def the_real_engine_takes_the_same_client():
    for name in ("cardwatch-engine", "cardwatch-rules"):
        if not os.path.exists(program(name)):
            skip(f"{name} is not built")
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [program("cardwatch-rules"), "import", "rules/calendars/cn.yaml", "--store",
             os.path.join(folder, "rules")], check=True, capture_output=True)
        engine = Engine(folder)
        try:
            events = some_events(2000)
            events[700] = ["JX-700", "approve", AT]
            events[701] = ["JX-701", "apply", "2025-01-20T10:00:00"]
            events[702] = ["", "apply", AT]
            done = run_client(engine.start(), events[:1500])
            check_eq(done.returncode, 0, done.stderr)
            check_eq(done.stdout, "1500 events are on the engine's disk\n")
            check_eq([line.split(": [")[0] for line in done.stderr.splitlines()],
                     ["701: unknown_kind: kind: no such kind of event",
                      "702: no_zone: at: a time without an offset from UTC",
                      "703: missing: case: must be given"])
            engine.stop(signal.SIGKILL)
            done = run_client(engine.start(), events)
            check_eq(done.returncode, 0, done.stderr)
            check_eq(done.stdout, "2000 events are on the engine's disk\n")
            check_eq(done.stderr, "", "what was refused before is not told again")
        finally:
            engine.stop()


main("system/python_client")
