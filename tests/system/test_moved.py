#!/usr/bin/python3
"""test_moved.py - a case that came under another edition says so: when, by whom, what moved."""

import signal

from tests.lib.check import check_eq, main, test
from tests.lib.told import HALL, HEAD, engine_of, has, read, tell
from tests.lib.watched import wait_until

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


main("system/moved")
