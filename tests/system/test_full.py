"""A store that is nearly full takes no events in, says so once, still raises cards, and goes on by
itself when there is room; the collector loses nothing."""

import json

import msgpack
import zmq

from tests.lib.check import check, check_eq, main, test
from tests.lib.house import House
from tests.lib.watched import wait_until

RULES = ["rules/sets/wabo.yaml", "rules/calendars/nl.yaml"]
CASES = 40000
FIRST_MS = 1325404800000  # 2012-01-01 08:00 UTC
DUE_MS = FIRST_MS + 51 * 86400 * 1000  # a week before the eight weeks of the first day end


def write_events(path):
    with open(path, "w", encoding="utf-8") as file:
        for case in range(CASES):
            at = f"2012-01-{2 + case * 20 // CASES:02d}T09:{case // 60 % 60:02d}:{case % 60:02d}Z"
            file.write(json.dumps({"case": f"WABO-{case:06d}", "kind": "apply", "at": at,
                                   "org": "bouwen", "reason": "x" * 400}) + "\n")


def intake_ask(house, *words):
    dealer = house.context.socket(zmq.DEALER)
    dealer.linger = 0
    try:
        dealer.connect(house.endpoint("intake"))
        dealer.send(msgpack.packb([1, *words]))
        check(dealer.poll(10000), f"no answer to {words[0]}: {house.engine.err[-3:]}")
        return msgpack.unpackb(dealer.recv())
    finally:
        dealer.close()


@test
def a_full_store_still_raises_cards_and_goes_on_with_more_room():
    with House(RULES) as house:
        events = house.path("events.jsonl")
        write_events(events)
        engine = house.engine_start("--map-mib", "16")
        house.engine_ready()
        collector = house.collect("jsonl", "--source", "hall", events)
        wait_until(lambda: house.ask("status")["is_full"], "the store to be full", 60)
        collector.wait_err("full")
        taken = house.ask("status")["sources"][0]["seq"]
        check(0 < taken < CASES, f"{taken} taken in")

        # It answers on: a collector is told how far it is, and that there is little to be sent.
        answer = intake_ask(house, "H", "hall")
        check_eq(answer[1:5], ["A", "hall", taken, 1])
        check_eq(intake_ask(house, "B", "other", 1, [["X", "apply", FIRST_MS]])[1:3], ["E", "full"])

        # Time goes on, and what falls due is raised.
        before = house.ask("status")["head"]
        check_eq(intake_ask(house, "T", "clock", DUE_MS)[1], "A")
        after = house.ask("status")["head"]
        check(after > before, f"{after} cards")
        check_eq(len([line for line in engine.err if "no events are taken in" in line]), 1)
        check_eq(house.engine_stop(), 0, "\n".join(engine.err[-5:]))

        house.engine_start("--map-mib", "256")
        house.engine_ready()
        check_eq(house.ask("status")["head"], after)
        check_eq(collector.end(60), 0, "the collector's own end")
        status = house.ask("status")
        check_eq(status["is_full"], False)
        check_eq(status["ledger_differs"], 0)
        check_eq(status["cases"], CASES)
        seqs = [card["seq"] for card in house.cards()]
        check_eq(seqs, list(range(1, len(seqs) + 1)), "numbers")


main("system/full")
