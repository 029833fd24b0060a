"""watched.py - a running program whose lines are read as they come, and waited for.

    with Watched([program("cardwatch-view-tail"), "--json"]) as tail:
        tail.wait_out(3)                # until three lines stand on standard output
        tail.wait_err("blind since")    # until a line of standard error has these words
"""

import os
import subprocess
import threading
import time

WAIT_S = 60


def wait_until(condition, said, wait_s=WAIT_S):
    """Ask again and again; the only place where a viewer's test lets time pass."""
    until = time.monotonic() + wait_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > until:
            raise AssertionError(f"waited {wait_s} s for {said() if callable(said) else said}")
        time.sleep(0.02)


class Watched:
    def __init__(self, command, **environment):
        self.out, self.err = [], []
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C.UTF-8", **environment})
        self._threads = [
            threading.Thread(target=self._read, args=(stream, lines), daemon=True)
            for stream, lines in ((self.process.stdout, self.out), (self.process.stderr, self.err))]
        for thread in self._threads:
            thread.start()

    @staticmethod
    def _read(stream, lines):
        for line in stream:
            lines.append(line.decode().rstrip("\n"))

    def wait_out(self, count):
        wait_until(lambda: len(self.out) >= count,
                   lambda: f"{count} lines, there are {len(self.out)}; stderr: {self.err[-3:]}")
        return self.out

    def wait_err(self, words):
        return wait_until(lambda: [line for line in self.err if words in line],
                          lambda: f"{words!r} in {self.err[-5:]}")

    def end(self, wait_s=WAIT_S):
        """Wait for its own end; returns the exit code."""
        code = self.process.wait(wait_s)
        for thread in self._threads:
            thread.join(wait_s)
        return code

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.end()
