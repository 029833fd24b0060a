"""fake_intake.py - an engine as a collector sees it: the intake of engine/wire/README.md, with
whatever can go wrong on command.

    with FakeIntake(endpoint) as intake:
        ... run a collector against intake.endpoint ...
        intake.events("hall")      # list of decoded events, number 1 first

What is "on disk" survives restart(); restore(n) goes back to an older copy of it. It checks what a
collector promises: numbers without gaps, and the same event under the same number for ever.
"""

import os
import random
import threading

import msgpack
import zmq


class FakeIntake:
    def __init__(self, endpoint, credit=65536, seed=1):
        self.endpoint = endpoint
        self.credit = credit
        self.random = random.Random(seed)
        self.drop_acks = 0.0  # share of the answers that are lost
        self.drop_batches = 0.0  # share of the batches that are lost on the way
        self.refuse = {}  # seq -> (code, field, text)
        self.error = None  # (code, text): nothing is taken at all
        self.commit_max = None  # no number above this is committed: the engine hangs
        self.stored = {}  # source -> list of packed events
        self.ever = {}  # (source, seq) -> packed event, also of what was rolled back
        self.ticks = []  # (source, at)
        self.hellos = 0
        self.batches = 0
        self.conflicts = []
        self.faults = []
        self._context = zmq.Context()
        self._lock = threading.Condition()
        self._stop = threading.Event()
        self._thread = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self._context.destroy(linger=0)

    def start(self):
        self._stop.clear()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait()

    def stop(self):
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def restart(self):
        self.stop()
        self.start()

    def restore(self, source, count):
        """The engine comes back from a copy that has fewer events."""
        self.stop()
        self.stored[source] = self.stored.get(source, [])[:count]
        self.start()

    def committed(self, source):
        return len(self.stored.get(source, []))

    def events(self, source):
        return [msgpack.unpackb(event, strict_map_key=False) for event in self.stored.get(source, [])]

    def wait_for(self, condition, seconds=60):
        """Wait until condition() holds; it is asked after every message. Returns whether it does."""
        with self._lock:
            return self._lock.wait_for(condition, timeout=seconds)

    # --- the thread -------------------------------------------------------------------------------

    def _serve(self, ready):
        socket = self._context.socket(zmq.ROUTER)
        socket.linger = 0
        socket.rcvtimeo = 20
        if self.endpoint.startswith("ipc://"):
            try:
                os.unlink(self.endpoint[6:])
            except FileNotFoundError:
                pass
        while True:
            try:
                socket.bind(self.endpoint)
                break
            except zmq.ZMQError:
                if self._stop.wait(0.02):
                    return
        ready.set()
        while not self._stop.is_set():
            try:
                frames = socket.recv_multipart()
            except zmq.Again:
                continue
            with self._lock:
                answer = self._take(msgpack.unpackb(frames[-1], strict_map_key=False), frames[-1])
                self._lock.notify_all()
            if answer is not None and self.random.random() >= self.drop_acks:
                socket.send_multipart([frames[0], msgpack.packb(answer)])
        socket.close()

    def _take(self, message, raw):
        version, kind, source = message[:3]
        if version != 1:
            self.faults.append(f"version {version}")
        if self.error is not None:
            return [1, "E", self.error[0], self.error[1]]
        stored = self.stored.setdefault(source, [])
        if kind == "H":
            self.hellos += 1
            return self._ack(source, [])
        if kind == "T":
            self.ticks.append((source, message[3]))
            return None
        if kind != "B":
            self.faults.append(f"kind {kind}")
            return [1, "E", "malformed", "kind"]
        self.batches += 1
        if self.random.random() < self.drop_batches:
            return None
        return self._take_batch(source, stored, message[3], message[4])

    def _take_batch(self, source, stored, first, events):
        refused = []
        if first > len(stored) + 1:
            return self._ack(source, refused)
        for index, event in enumerate(events):
            seq = first + index
            packed = msgpack.packb(event)
            before = self.ever.setdefault((source, seq), packed)
            if before != packed:
                self.conflicts.append((source, seq, before, packed))
                refused.append([seq, "conflict", "seq", "used before with another content"])
                continue
            if seq != len(stored) + 1:
                continue
            if self.commit_max is not None and seq > self.commit_max:
                break
            stored.append(packed)
            if seq in self.refuse:
                refused.append([seq, *self.refuse[seq]])
        return self._ack(source, refused)

    def _ack(self, source, refused):
        return [1, "A", source, len(self.stored.get(source, [])), self.credit, refused]
