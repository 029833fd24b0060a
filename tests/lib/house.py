"""house.py - a whole cardwatch in a folder of its own: rules, engine, and what speaks to it.

    with House(rules=["rules/sets/wabo.yaml"]) as house:
        house.engine_start()
        house.collect("xes", "--map", …, log).end()
        house.cards()
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile

import zmq

from tests.lib.check import program
from tests.lib.watched import Watched, wait_until

TOP = os.getcwd()


def fetched_log():
    """Path of the real log that the demo runs on; None and why where it cannot be had."""
    done = subprocess.run([os.path.join(TOP, "packaging", "fetch-log.sh")], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        return None, done.stderr.strip()
    return done.stdout.strip(), ""


class House:
    def __init__(self, rules, clock="events"):
        self.folder = tempfile.mkdtemp(prefix="cw.")
        self.rules, self.clock = rules, clock
        self.engine = None
        self.context = zmq.Context()

    def __enter__(self):
        self.import_rules(*self.rules)
        return self

    def __exit__(self, *_):
        if self.engine is not None and self.engine.process.poll() is None:
            self.engine.process.kill()
            self.engine.end()
        self.context.destroy(linger=0)
        shutil.rmtree(self.folder)

    def path(self, name):
        return os.path.join(self.folder, name)

    def endpoint(self, name):
        return "ipc://" + self.path(name)

    def import_rules(self, *files):
        done = subprocess.run(
            [program("cardwatch-rules"), "import", "--store", self.path("rules"), "--author",
             "test", *files], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)

    def engine_start(self, *options):
        self.engine = Watched([program("cardwatch-engine"), "--data-dir", self.folder, "--clock",
                               self.clock, *options])
        return self.engine

    def engine_ready(self):
        wait_until(lambda: any(line.startswith("ready") for line in self.engine.out),
                   lambda: f"the engine to be ready: {self.engine.err[-5:]}")
        wait_until(lambda: self.ask("status").get("edition"), "rules to be in force")

    def engine_stop(self):
        self.engine.process.send_signal(signal.SIGTERM)
        return self.engine.end()

    def collect(self, kind, *options):
        return Watched([program("cardwatch-collect"), kind, "--intake", self.endpoint("intake"),
                        "--position", self.path("position"), *options])

    def ask(self, query, **arguments):
        """The answer to a question; asked again while there is none."""
        def once():
            socket = self.context.socket(zmq.REQ)
            socket.linger = 0
            try:
                socket.connect(self.endpoint("query"))
                socket.send_string(json.dumps({"query": query, **arguments}))
                return json.loads(socket.recv()) if socket.poll(2000) else None
            finally:
                socket.close()
        return wait_until(once, f"an answer to {query}")

    def cards(self):
        """Every record of the ledger, in order."""
        records, head = [], None
        while head is None or len(records) < head:
            answer = self.ask("cards", **{"from": len(records) + 1})
            records += answer["cards"]
            head = answer["head"]
        return records
