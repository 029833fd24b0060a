"""Over tcp the engine speaks with those on its list alone: each in its role, a collector for its own
sources; whoever has no key, another's key or none of the list is not heard. Nothing is lost by it."""

import json
import os
import re
import signal
import stat
import subprocess

import msgpack
import zmq

from tests.lib.check import check, check_eq, main, program, test
from tests.lib.house import House
from tests.lib.watched import Watched, wait_until

RULES = ["rules/sets/wabo.yaml", "rules/calendars/nl.yaml"]
EVENTS = 100_000
SILENCE_MS = 1500  # a refused connection says nothing: so long it is listened to


def keys(*words):
    return subprocess.run([program("cardwatch"), "keys", *words], capture_output=True,
                          encoding="utf-8", timeout=30, check=False)


class Guarded(House):
    """A house on tcp, with keys: engine, hall and taxes (collectors), viewer, operator, stranger."""

    def __enter__(self):
        super().__enter__()
        self.public = {}
        for name in ("engine", "hall", "taxes", "viewer", "operator", "stranger"):
            done = keys("new", self.path(name))
            check_eq(done.returncode, 0, done.stderr)
            self.public[name] = done.stdout.strip()
        with open(self.path("allow"), "w", encoding="utf-8") as file:
            file.write("# who may come in\n\n"
                       f"{self.public['hall']} collector hall  sim\n"
                       f"{self.public['taxes']}\tcollector taxes\n"
                       f"{self.public['viewer']} viewer\n{self.public['operator']} operator\n")
        return self

    def engine_start(self, *options):
        engine = super().engine_start("--server-secret-key", self.path("engine"), "--allow",
                                      self.path("allow"), "--intake", "tcp://127.0.0.1:*", "--feed",
                                      "tcp://127.0.0.1:*", *options)
        wait_until(lambda: any(line.startswith("ready") for line in engine.out),
                   lambda: f"the engine: {engine.err[-5:]}")
        self.at = dict(word.split("=", 1) for word in engine.out[0].split()[1:])
        return engine

    def secret(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return re.search(r"^secret: (.*)$", file.read(), re.MULTILINE).group(1)

    def connected(self, kind, endpoint, name=None, server="engine"):
        socket = self.context.socket(kind)
        socket.linger = 0
        if name is not None:
            socket.curve_serverkey = self.public[server].encode()
            socket.curve_publickey = self.public[name].encode()
            socket.curve_secretkey = self.secret(name).encode()
        socket.connect(endpoint)
        return socket

    def hello(self, source, name=None, server="engine"):
        """The answer to one hello; None when the engine does not hear it."""
        socket = self.connected(zmq.DEALER, self.at["intake"], name, server)
        try:
            socket.send(msgpack.packb([1, "H", source]))
            is_heard = name in ("hall", "taxes") and server == "engine"
            return msgpack.unpackb(socket.recv()) if socket.poll(
                20000 if is_heard else SILENCE_MS) else None
        finally:
            socket.close()


@test
def a_pair_of_keys_is_its_owners_alone_and_is_not_written_over():
    with House(RULES) as house:
        path = house.path("pair")
        done = keys("new", path)
        check_eq(done.returncode, 0)
        check_eq(len(done.stdout.strip()), 40)
        check_eq(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        check_eq(keys("show", path).stdout, done.stdout)
        check_eq(keys("new", path).returncode, 73)
        check_eq(keys("show", house.path("none")).returncode, 66)
        check_eq(keys("make", path).returncode, 64)


@test
def who_is_on_the_list_is_heard_in_its_role_and_nobody_else():
    with Guarded(RULES) as house:
        engine = house.engine_start()
        house.engine_ready()
        check_eq(house.hello("hall", "hall")[1:4], ["A", "hall", 0])
        check_eq(house.hello("taxes", "taxes")[1:4], ["A", "taxes", 0])
        check_eq(house.hello("taxes", "hall")[1:3], ["E", "foreign_source"])
        check_eq(house.hello("ha", "hall")[1:3], ["E", "foreign_source"])
        check_eq(house.hello("hall sim", "hall")[1:3], ["E", "foreign_source"])
        for name in ("stranger", "viewer", "operator"):
            check_eq(house.hello("hall", name), None, name)
        check_eq(house.hello("hall"), None, "without a key")
        check_eq(house.hello("hall", "hall", server="stranger"), None, "for another engine")
        check([line for line in engine.err if "not let in: endpoint=intake" in line], engine.err)
        sources = [row["source"] for row in house.ask("status")["sources"]]
        check_eq(sorted(sources), ["hall", "taxes"])


@test
def a_collector_that_may_not_speak_for_its_source_says_so():
    with Guarded(RULES) as house:
        house.engine_start()
        house.engine_ready()
        with open(house.path("events"), "w", encoding="utf-8") as file:
            file.write('{"case": "A", "kind": "apply", "at": "2012-01-02T09:00:00Z"}\n')

        def collect(source, name):
            return Watched([program("cardwatch-collect"), "jsonl", "--intake", house.at["intake"],
                            "--server-key", house.path("engine"), "--secret-key", house.path(name),
                            "--source", source, house.path("events")])
        wrong = collect("taxes", "hall")
        check(wrong.end(60) != 0)
        check(any("foreign_source" in line for line in wrong.err), wrong.err)
        check_eq(collect("taxes", "taxes").end(60), 0)
        check_eq(house.ask("status")["cases"], 1)


@test
def viewers_look_and_operators_act():
    with Guarded(RULES) as house:
        house.engine_start("--query", "tcp://127.0.0.1:*")

        def asked(name, request):
            socket = house.connected(zmq.REQ, house.at["query"], name)
            try:
                socket.send_string(json.dumps(request))
                return json.loads(socket.recv()) if socket.poll(
                    20000 if name in ("viewer", "operator") else SILENCE_MS) else None
            finally:
                socket.close()

        check_eq(asked("viewer", {"query": "status"})["ok"], True)
        requeue = {"query": "requeue", "numbers": [], "who": "me", "why": "test"}
        check_eq(asked("viewer", requeue)["error"], "forbidden")
        check_eq(asked("operator", requeue)["ok"], True)
        for name in ("hall", "stranger", None):
            check_eq(asked(name, {"query": "status"}), None, name)
        options = ["--server-key", house.path("engine"), "--secret-key", house.path("viewer"),
                   "--query", house.at["query"]]
        done = subprocess.run([program("cardwatch"), "status", "--json", *options], timeout=60,
                              capture_output=True, encoding="utf-8", check=False)
        check_eq(done.returncode, 0, done.stderr)
        check(json.loads(done.stdout)["ok"])
        with Watched([program("cardwatch-view-tail"), "--json", "--feed", house.at["feed"], "--last",
                      "1", "-n", "1", *options]) as tail:
            hall = house.connected(zmq.DEALER, house.at["intake"], "hall")
            hall.send(msgpack.packb([1, "B", "hall", 1, [["A", "apply", 1325404800000]]]))
            hall.send(msgpack.packb([1, "T", "hall", 1325404800000 + 60 * 86400000]))
            check_eq(tail.end(60), 0)
            check_eq(json.loads(tail.out[0])["case"], "A")
            hall.close()


@test
def a_list_that_is_read_again_shuts_out_who_is_not_on_it():
    with Guarded(RULES) as house:
        engine = house.engine_start()
        house.engine_ready()
        before = house.connected(zmq.DEALER, house.at["intake"], "hall")
        before.send(msgpack.packb([1, "H", "hall"]))
        check(before.poll(20000))
        check_eq(msgpack.unpackb(before.recv())[1], "A")
        with open(house.path("allow"), "r+", encoding="utf-8") as file:
            good = file.read()
            file.write("nonsense\n")
        engine.process.send_signal(signal.SIGHUP)
        engine.wait_err("begins with no key")
        check_eq(house.hello("hall", "hall")[1], "A", "a wrong list changes nothing")
        with open(house.path("allow"), "w", encoding="utf-8") as file:
            file.write("".join(line for line in good.splitlines(True) if "hall" not in line))
        engine.process.send_signal(signal.SIGHUP)
        engine.wait_err("read again: keys=3")
        before.send(msgpack.packb([1, "H", "hall"]))
        check(before.poll(20000))
        check_eq(msgpack.unpackb(before.recv())[1:3], ["E", "foreign_source"])
        before.close()
        socket = house.connected(zmq.DEALER, house.at["intake"], "hall")
        socket.send(msgpack.packb([1, "H", "hall"]))
        check(not socket.poll(SILENCE_MS))
        socket.close()


@test
def nothing_is_bound_beyond_this_machine_by_a_slip():
    with Guarded(RULES) as house:
        def start(*options):
            return subprocess.run([program("cardwatch-engine"), "--data-dir", house.folder,
                                   *options], capture_output=True, encoding="utf-8", timeout=60,
                                  check=False)
        done = start("--intake", "tcp://*:0")
        check_eq(done.returncode, 78)
        check("--server-secret-key and --allow say who may come in" in done.stderr, done.stderr)
        done = start("--intake", "tcp://0.0.0.0:0", "--server-secret-key", house.path("engine"))
        check_eq(done.returncode, 78)
        check_eq(start("--allow", house.path("allow")).returncode, 78)
        check_eq(start("--server-secret-key", house.path("allow")).returncode, 78)
        with open(house.path("allow"), "a", encoding="utf-8") as file:
            file.write(f"{house.public['stranger']} collector\n")
        done = start("--server-secret-key", house.path("engine"), "--allow", house.path("allow"))
        check(done.returncode != 0)
        check("allow:7: names no source" in done.stderr, done.stderr)


@test
def a_hundred_thousand_events_through_a_slow_engine_are_all_there():
    with Guarded(RULES) as house:
        house.engine_start("--turn-events", "500", "--credit", "5000")
        house.engine_ready()
        sim = Watched([program("cardwatch-collect"), "sim", "--intake", house.at["intake"],
                       "--server-key", house.path("engine"), "--public-key", house.public["hall"],
                       "--secret-key", house.path("hall"), "--source", "sim", "--seed", "3",
                       "--events", str(EVENTS), "--batch", "100"])
        stopped_at = 0
        while sim.process.poll() is None and stopped_at < EVENTS // 2:
            # Held up in the middle of it, again and again: what is under way waits.
            stopped_at += EVENTS // 10
            wait_until(lambda at=stopped_at: sim.process.poll() is not None or
                       sum(row["seq"] for row in house.ask("status")["sources"]) >= at,
                       f"{stopped_at} events", 120)
            house.engine.process.send_signal(signal.SIGSTOP)
            try:
                sim.process.wait(0.3)
            except subprocess.TimeoutExpired:
                pass
            house.engine.process.send_signal(signal.SIGCONT)
        check_eq(sim.end(240), 0, "\n".join(sim.err[-5:]))
        status = house.ask("status")
        check_eq(status["sources"][0]["seq"], EVENTS)
        check_eq((status["events"], status["malformed"]), (EVENTS - status["refused"], 0))


main("system/curve")
