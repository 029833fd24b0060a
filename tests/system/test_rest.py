#!/usr/bin/python3
"""test_rest.py - a viewer that waits uses no processor: a screen in a hall runs for months."""

import contextlib
import os
import pty
import subprocess
import tempfile
import threading
import time

from tests.lib.check import check, main, program, test
from tests.lib.fake_engine import FakeEngine, scene
from tests.lib.watched import Watched, wait_until

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PULSES = 12


@contextlib.contextmanager
def hall():
    with tempfile.TemporaryDirectory(prefix="cw.") as home, FakeEngine(home) as engine:
        scene(engine)
        for i in range(8):
            engine.issue(case=f"C-{i}")
        yield engine


def used_s(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_S


def rests(engine, process):
    """Less than a fifth of one processor, while only pulses come."""
    engine.wait_pulses(PULSES)  # what it asks for at its beginning has come
    used, at = used_s(process), time.monotonic()
    engine.wait_pulses(PULSES)
    used, passed = used_s(process) - used, time.monotonic() - at
    check(used < passed / 5, f"{used:.2f} s of processor in {passed:.2f} s")


@test
def the_lines_of_the_feed():
    with hall() as engine, Watched([program("cardwatch-view-tail"), "--home", engine.home, "--from",
                                    "start"]) as tail:
        tail.wait_out(8)
        rests(engine, tail.process)
        tail.process.terminate()


@test
def the_pages():
    with hall() as engine, Watched([program("cardwatch-view-web"), "--home", engine.home,
                                    "--listen", "127.0.0.1:0"]) as web:
        web.wait_out(1)
        rests(engine, web.process)
        web.process.terminate()


@test
def the_whole_terminal():
    with hall() as engine:
        ours, theirs = pty.openpty()
        seen = []

        def read():
            with contextlib.suppress(OSError):  # its end
                while piece := os.read(ours, 65536):
                    seen.append(piece)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        with subprocess.Popen([program("cardwatch-view-top"), "--home", engine.home], stdin=theirs,
                              stdout=theirs, stderr=subprocess.DEVNULL,
                              env={**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8"}) as top:
            os.close(theirs)
            try:
                wait_until(lambda: b"C-7" in b"".join(seen), "the cards on the screen")
                rests(engine, top)
            finally:
                top.terminate()
        reader.join()


main("system/rest")
