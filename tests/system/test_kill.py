"""Engine, collector and viewer are killed without warning, at random, more than 200 times during one
run over a real log; the ledger is that of a run nobody disturbed, card for card, and so is what the
viewer saw, though what it reads is old when it and the engine are held up by turns."""

import json
import os
import random
import signal
import subprocess
import time

from tests.lib.check import check, check_eq, main, program, skip, test
from tests.lib.house import House, fetched_log
from tests.lib.watched import Watched, wait_until

KILLS_MIN = 200
SLOW_START_S = 0.25  # a build with sanitizers starts slowly, and is killed less often
KILLS_SLOW_MIN = 25
RULES = ["rules/sets/wabo.yaml", "rules/calendars/nl.yaml"]
UNTIL = "2012-01-30T00:00:00+01:00"
SPEED = 900_000  # the log's fifteen months take some 45 s


def collect(house, log, *options):
    return house.collect("xes", "--map", "collectors/maps/wabo.yaml", "--batch", "16",
                         "--end-tick", UNTIL, *options, log)


def undisturbed(log):
    """The cards, and how long an engine takes to be there."""
    with House(RULES) as house:
        began = time.monotonic()
        engine = house.engine_start()
        engine.wait_out(1)
        start_s = time.monotonic() - began
        house.engine_ready()
        check_eq(collect(house, log).end(120), 0)
        return house.cards(), start_s


class Viewer:
    """view tail, which knows nothing when it is born: what it has printed says where to go on."""

    def __init__(self, house):
        self.house, self.seqs, self.tail = house, [], None

    def start(self):
        self.tail = Watched([program("cardwatch-view-tail"), "--json", "--from",
                             str(len(self.seqs) + 1), "--feed", self.house.endpoint("feed"),
                             "--query", self.house.endpoint("query")])

    def take(self):
        """After its end: whole lines only, a torn last one was never seen."""
        for line in self.tail.out:
            try:
                self.seqs.append(json.loads(line)["seq"])
            except ValueError:
                break

    def kill(self):
        self.tail.process.kill()
        self.tail.end()
        self.take()


def hold_up(house, viewer, whom):
    """The engine when the viewer begins to ask, then the viewer while cards follow the answer."""
    for name, watched in (("engine", house.engine), ("viewer", viewer.tail)):
        watched.process.send_signal(signal.SIGSTOP if name == whom else signal.SIGCONT)


def disturbed(house, log, chance, start_s):
    kills_min = KILLS_MIN if start_s < SLOW_START_S else KILLS_SLOW_MIN
    kills = {"engine": 0, "collector": 0, "viewer": 0}
    viewer = Viewer(house)
    house.engine_start()
    house.engine_ready()
    viewer.start()
    collector = collect(house, log, "--speed", str(SPEED))
    to_hold_up = []
    while collector.process.poll() is None or sum(kills.values()) < kills_min:
        try:
            collector.process.wait(chance.uniform(0.01, 0.25 + 3 * start_s))
        except subprocess.TimeoutExpired:
            pass
        victim = chance.choice(["engine", "engine", "collector", "viewer"])
        if victim == "collector" and collector.process.poll() is not None:
            victim = "engine"
        kills[victim] += 1
        if victim == "engine":
            house.engine.process.kill()
            house.engine.end()
            house.engine_start()
        elif victim == "collector":
            collector.process.kill()
            collector.end()
            collector = collect(house, log, "--speed", str(SPEED))
        else:
            viewer.kill()
            viewer.start()
            to_hold_up = ["engine", "viewer"]
        hold_up(house, viewer, to_hold_up.pop(0) if to_hold_up else None)
    hold_up(house, viewer, None)
    check_eq(collector.end(120), 0, "the collector's own end")
    head = house.ask("status")["head"]
    wait_until(lambda: len(viewer.seqs) + len(viewer.tail.out) >= head, "the viewer to have all")
    viewer.kill()
    return kills, kills_min, viewer.seqs


@test
def killed_two_hundred_times_the_cards_are_the_same():
    log, why = fetched_log()
    if log is None:
        skip(why)
    seed = int(os.environ.get("SEED", random.randrange(1 << 30)))
    print(f"seed={seed}")
    should, start_s = undisturbed(log)
    check(len(should) > 1000, f"only {len(should)} cards")
    with House(RULES) as house:
        kills, kills_min, seen = disturbed(house, log, random.Random(seed), start_s)
        ledger = house.cards()
        differs = house.ask("status")["ledger_differs"]
    print(f"kills={kills} cards={len(ledger)}")
    check(sum(kills.values()) >= kills_min)
    check_eq([card["seq"] for card in ledger], list(range(1, len(ledger) + 1)), "numbers")
    check_eq(len(ledger), len(should), "cards")
    for is_card, should_card in zip(ledger, should):
        check_eq(is_card, should_card)
    check_eq(differs, 0, "cards recomputed otherwise after a restart")
    check_eq(seen, list(range(1, len(ledger) + 1)), "what the viewer saw")


main("system/kill")
