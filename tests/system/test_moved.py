#!/usr/bin/python3
"""test_moved.py - a case that came under another edition says so: when, by whom, what moved."""

import copy
import json
import signal
from collections import Counter

from tests.lib.changed import NATION, Changed, rules
from tests.lib.check import check, check_eq, main, test
from tests.lib.told import HALL, HEAD, engine_of, has, read, tell
from tests.lib.watched import wait_until
from tests.verify.receipt import digest_of
from tests.verify.receipt_calendar import read_calendars
from tests.verify.verify import verify

DECIDE = """rule: decide
revision: 1
clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}
cards: [red: after statutory]
"""
LONGER = DECIDE.replace("revision: 1", "revision: 2").replace("5 workday", "7 workday")
# The Friday of that week is off: five workdays end a workday later.
STORM = HALL + "exceptions:\n  - {ground: 停工通知, off: {台风: [2025-03-07]}}\n"


def imported(house, edition, move, name, text):
    path = house.path(name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    house.import_rules("--move", move, "--author", "wang", path)
    wait_until(lambda: house.ask("status")["edition"] == edition, "the next edition")
    wait_until(lambda: house.ask("status")["to_move"] == 0, "all to move")


def rule(text):
    return text.replace("\n", "\n" + HEAD, 1)


@test
def the_timeline_says_how_a_case_moved():
    with engine_of(DECIDE) as house:
        # Accepted on Monday 3 March: 4 5 6 7 10 March are counted, then 4 5 6 10 11, then 13 too.
        tell(house, "A 2025-03-03 10:00 accept", "B 2025-03-03 10:00 apply",
             "C 2025-03-03 10:00 accept", "C 2025-03-04 09:00 finish",
             "B 2025-03-04 10:00 rating rating=5")
        check_eq(house.ask("case", case="A")["case"]["moves"], [])
        imported(house, 2, "calendars", "hall.yaml", STORM)
        tell(house, "B 2025-03-05 10:00 rating rating=5")
        imported(house, 3, "all", "decide.yaml", rule(LONGER))
        moves = house.ask("case", case="A")["case"]["moves"]
        check_eq([(m["at"], m["move"], m["by"], m["from"], m["to"]) for m in moves], [
            ("2025-03-04T02:00:00Z", "calendars", "wang",
             {"edition": 1, "calendars_edition": 1}, {"edition": 1, "calendars_edition": 2}),
            ("2025-03-05T02:00:00Z", "all", "wang",
             {"edition": 1, "calendars_edition": 2}, {"edition": 3, "calendars_edition": 3})])
        limit = {"rule": "decide", "step": "", "cycle": 0, "limit": "statutory"}
        check_eq([m["limits"] for m in moves], [
            [{**limit, "from": "2025-03-11T00:00:00+08:00", "to": "2025-03-12T00:00:00+08:00"}],
            [{**limit, "from": "2025-03-12T00:00:00+08:00", "to": "2025-03-14T00:00:00+08:00"}]])
        lines = [" ".join(line.split()) for line in read(house, "case", "A").splitlines()]
        for line in ("2025-03-04 10:00:00 ↦ other calendars calendars: edition 1 → edition 2 · by wang",
                     "limit statutory decide · 2025-03-11 00:00:00 → 2025-03-12 00:00:00",
                     "2025-03-05 10:00:00 ↦ other rules rules: edition 1 → edition 3 · "
                     "calendars: edition 2 → edition 3 · by wang",
                     "limit statutory decide · 2025-03-12 00:00:00 → 2025-03-14 00:00:00"):
            check_eq(lines.count(line), 1, line)
        has(read(house, "case", "A", lang="zh"), "改用新日历", "日历：第 1 版 → 第 2 版 · 操作人 wang",
            "改用新规则", "时限 法定时限", "2025-03-11 00:00:00 → 2025-03-12 00:00:00")
        # B has no clock, and moves; C is closed, and does not
        has(read(house, "case", "B"), "no limit moves")
        check_eq([m["limits"] for m in house.ask("case", case="B")["case"]["moves"]], [[], []])
        check_eq(house.ask("case", case="C")["case"]["moves"], [])
        # it is kept, image or no image
        house.engine.process.send_signal(signal.SIGKILL)
        house.engine.end()
        house.engine_start()
        house.engine_ready()
        check_eq(house.ask("case", case="A")["case"]["moves"], moves)


def receipts_of(house):
    """Every card's receipt, by (case, level): each is right, and says what it is."""
    found = {}
    for record in house.cards():
        answer = house.ask("explain", card=record["card"])["receipt"]
        text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
        check_eq(verify(text), [], text)
        found[record["case"], record["level"]] = answer
    return found


def told(receipt):
    """Edition of rules, of calendars, revision; and of each move what it came to."""
    return (receipt["edition"], receipt["calendars_edition"], receipt["rule"]["revision"],
            [(move["outcome"], move["count"] and move["count"]["due_at"][:10])
             for move in receipt.get("moves", [])])


STEPS = """rule: decide
revision: {revision}
clock: {{start: accept, stop: finish, limits: {{statutory: {limit}, promised: 2 workday}}}}
cards:
  - warn: 1 workday before promised
  - yellow: after promised
{more}  - red: after statutory
"""


@test
def a_receipt_shows_the_edition_that_the_card_was_judged_under():
    first = STEPS.format(revision=1, limit="5 workday", more="")
    longer = STEPS.format(revision=2, limit="7 workday", more="")
    with engine_of(first) as house:
        # Of the 3rd, A: promised ends with the 5th, statutory with the 10th. Of the 5th, B: the 7th.
        tell(house, "A 2025-03-03 10:00 accept", "B 2025-03-05 10:00 accept",
             "T 2025-03-12 10:00 rating rating=5")
        check_eq(told(receipts_of(house)["A", "red"]), (1, 1, 1, []))
        imported(house, 2, "all", "decide.yaml", rule(longer))
        # yellow stands under both; red was right under the first, and is too soon under the second
        receipts = receipts_of(house)
        check_eq(told(receipts["A", "yellow"]), (1, 1, 1, [("stands", "2025-03-06")]))
        check_eq(told(receipts["A", "red"]), (1, 1, 1, [("withdrawn", "2025-03-13")]))
        check_eq(receipts["A", "red"]["limit"]["term"], "5 workday")
        check_eq(receipts["A", "red"]["moves"][0]["count"]["limit"]["term"], "7 workday")
        # what comes later is judged under the second; what was judged before still says so
        tell(house, "A 2025-03-14 10:00 rating rating=5")
        receipts = receipts_of(house)
        check_eq(told(receipts["A", "yellow"]), (1, 1, 1, [("stands", "2025-03-06")]))
        check_eq(told(receipts["A", "red"]), (2, 2, 2, [("withdrawn", None)]))
        # a calendar moves B's instants, and only those: its 6th of March is off
        imported(house, 3, "calendars", "hall.yaml", STORM.replace("03-07", "03-06"))
        receipts = receipts_of(house)
        check_eq(told(receipts["A", "yellow"]),
                 (1, 1, 1, [("stands", "2025-03-06"), ("stands", "2025-03-06")]))
        check_eq(told(receipts["B", "yellow"]), (2, 3, 2, [("stands", None), ("moved", None)]))
        has(read(house, "explain", receipts["A", "yellow"]["card"]["card"]),
            "edition       1", "Checked again",
            "rules: edition 1 → edition 2 · calendars: edition 1 → edition 2 · by wang",
            "calendars: edition 2 → edition 3 · by wang")
        has(read(house, "explain", receipts["A", "yellow"]["card"]["card"], lang="zh"),
            "改版后重新核对", "不变")
        # one figure changed, and signed anew: refused
        for at, value in (("edition", 2), ("calendars_edition", 2)):
            check(is_wrong(receipts["A", "yellow"], [at], value), at)
        for at, value in (("outcome", "withdrawn"), ("cards_before", 0), ("move", "calendars"),
                          ("due_before", "2025-03-07T00:00:00+08:00"), ("count", None),
                          ("to", {"edition": 3, "calendars_edition": 3})):
            check(is_wrong(receipts["A", "yellow"], ["moves", 0, at], value), at)
        check(is_wrong(receipts["A", "yellow"], ["moves", 1, "count", "due_at"],
                       "2025-03-07T00:00:00+08:00"))


def is_wrong(receipt, path, value):
    forged = copy.deepcopy(receipt)
    at = forged
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    forged["digest"] = digest_of(forged)
    return verify(json.dumps(forged, ensure_ascii=False, separators=(",", ":")))


@test
def every_receipt_is_right_after_a_calendar_has_moved_a_town():
    with Changed() as house:
        before = {record["card"] for record in house.cards()}
        rules(house, "import", "--move", "calendars", house.path("after/hall.yaml"))
        wait_until(lambda: house.ask("status")["edition"] == 2, "the second edition")
        wait_until(lambda: house.ask("status")["to_move"] == 0, "all to move")
        calendars = {1: read_calendars([NATION, house.path("before/hall.yaml")]),
                     2: read_calendars([NATION, house.path("after/hall.yaml")])}
        seen = Counter()
        for card in before:
            answer = house.ask("explain", card=card)["receipt"]
            text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
            check_eq(verify(text, calendars), [], text)
            seen.update(move["outcome"] for move in answer.get("moves", []))
        check(min(seen[name] for name in ("stands", "withdrawn")) > 5, f"{seen}")


main("system/moved")
