#!/usr/bin/python3
"""test_idle.py - for every rule that has no clock in a case the engine says why."""

import subprocess

from tests.lib.check import check, check_eq, main, test
from tests.lib.told import ASK, engine_of, has, has_not, read, tell

CLOCK = "clock: {start: %s, stop: finish, limits: {statutory: 5 workday}}"
RULES = f"""set: idle
rules:
  - rule: decide
    revision: 1
    {CLOCK % "accept"}
    cards: [red: after statutory]
  - rule: deliver
    revision: 2
    {CLOCK % "[decide, reject]"}
    cards: [red: after statutory]
  - rule: later
    revision: 1
    valid_from: 2025-06-01
    {CLOCK % "accept"}
    cards: [red: after statutory]
  - rule: earlier
    revision: 1
    valid_to: 2025-02-01
    {CLOCK % "accept"}
    cards: [red: after statutory]
  - rule: whole
    revision: 1
    kinds: [joint, forwarded]
    {CLOCK % "accept"}
    cards: [red: after statutory]
  - rule: kiln
    revision: 1
    applies: {{items: [KILN]}}
    {CLOCK % "accept"}
    cards: [red: after statutory]
  - rule: north
    revision: 1
    applies: {{when: "area = '370100' and not (org = 'Y' or org = 'Z') and has handler"}}
    {CLOCK % "accept"}
    cards: [red: after statutory]
  - rule: again
    revision: 1
    {CLOCK % "{on: accept, when: count(accept) >= 2}"}
    cards: [red: after statutory]
  - rule: rated
    revision: 1
    fact: {{on: rating, is: rating < 3}}
    card: warn
  - rule: order
    revision: 1
    clock: {{start: {{after: red of deliver}}, stop: supervise, limits: {{order: 2 workday}}}}
    cards: [red: after order]
  - rule: answer
    revision: 1
    clock: {{start: {{after: red of decide}}, stop: supervise, limits: {{order: 2 workday}}}}
    cards: [red: after order]
  - rule: thanks
    revision: 1
    valid_from: 2025-06-01
    clock: {{start: {{after: red of decide}}, stop: supervise, limits: {{order: 2 workday}}}}
    cards: [red: after order]
  - rule: busy
    revision: 1
    across: {{per: org, window: month, of: [accept], count: 9 case}}
    card: yellow
"""
ITEMS = "item_code,kind,promised\nLICENCE,promised,7 workday\nKILN,joint,7 workday\n"


def idle(house, case, **more):
    return {one["rule"]: one for one in house.ask("explain", case=case, **more)["idle"]}


@test
def a_rule_without_a_clock_says_why():
    with engine_of(RULES, tables={"items.csv": ITEMS}) as house:
        tell(house, "A 2025-03-03 10:00 apply item=LICENCE org=Y")
        # before its acceptance every rule waits, but those that what is known keeps away already
        is_ = {rule: one["reason"] for rule, one in idle(house, "A").items()}
        check_eq(is_, {"decide": "waits", "deliver": "waits", "later": "waits",
                       "earlier": "no-longer-valid", "whole": "kind", "kiln": "item",
                       "north": "waits", "again": "waits", "rated": "waits", "order": "card",
                       "answer": "card", "thanks": "card", "busy": "waits"})
        check_eq(house.ask("explain", case="A")["clocks"], [])
        tell(house, "A 2025-03-04 10:00 accept area=370200", "A 2025-03-05 10:00 rating rating=5")
        told = idle(house, "A")
        is_ = {rule: one["reason"] for rule, one in told.items()}
        # answer is told among the clocks that a card to come would begin
        check_eq(is_, {"deliver": "waits", "later": "not-yet-valid", "earlier": "no-longer-valid",
                       "whole": "kind", "kiln": "item", "north": "applies", "again": "start",
                       "rated": "fact", "order": "card", "thanks": "card", "busy": "group"})
        check_eq(told["deliver"]["waits_for"], ["reject", "decide"])
        check_eq(told["north"]["unmet"], ["area = '370100'", "not (org = 'Y' or org = 'Z')",
                                          "has handler"])
        check_eq(told["again"]["unmet"], ["count(accept) >= 2"])
        check_eq((told["rated"]["kind"], told["rated"]["at"]),
                 ("rating", "2025-03-05T10:00:00+08:00"))
        check_eq(told["busy"]["group"], "org:Y/2025-03")
        check_eq(told["order"]["rung_state"], None)
        # as told again, part by part
        tell(house, "A 2025-03-06 10:00 accept area=370100 handler=Li")
        told = idle(house, "A")
        check_eq(told["north"]["unmet"], ["not (org = 'Y' or org = 'Z')"])
        check("again" not in told, "the second acceptance begins it")


@test
def it_is_said_in_sentences():
    with engine_of(RULES, tables={"items.csv": ITEMS}) as house:
        tell(house, "A 2025-03-03 10:00 accept item=LICENCE org=Y",
             "A 2025-03-05 10:00 rating rating=5", "B 2025-03-05 11:00 apply")
        lines = read(house, "explain", "A").split("Rules without a clock in this case, and why\n")[1]
        check_eq([" ".join(line.split()) for line in lines.splitlines()], [
            'deliver waits for "not accepted" or "decided": not seen yet',
            'later valid from 2025-06-01 on; "accepted" (2025-03-03 10:00:00) was earlier',
            'earlier valid until 2025-02-01; "accepted" (2025-03-03 10:00:00) was not before that',
            "whole for joint and forwarded cases; this one is promised",
            "kiln for the item KILN; this case's is LICENCE",
            'north applies where the area is "370100" and not (the org is "Y" or the org is "Z") and '
            'there is a handler; at "accepted" (2025-03-03 10:00:00) this was not so: the area is '
            '"370100"; not (the org is "Y" or the org is "Z"); there is a handler',
            'again begins where the number of "accepted" is at least 2; at "accepted" '
            '(2025-03-03 10:00:00) this was not so',
            'rated looks whether the rating is less than 3; at "rated" (2025-03-05 10:00:00) this '
            'was not so',
            "order begins with the card red of rule deliver, which has no clock here either",
            "thanks begins with the card red of rule decide, and is not valid at that instant",
            "busy looks at cases together; this one is counted in org:Y/2025-03"])
        has(read(house, "explain", "A", lang="zh"),
            "在本办件中没有时钟的规则及原因", "等待不予受理或决定：尚未发生",
            "自 2025-06-01 起有效，而受理（2025-03-03 10:00:00）早于此",
            "只适用于联办件、上报件；本办件是承诺件", "只适用于事项 KILN；本办件的事项是 LICENCE",
            "时不符合：行政区划为“370100”；并非（机构为“Y”，或机构为“Z”）；有承办人",
            "查看是否评分低于 3；评价（2025-03-05 10:00:00）时不符合",
            "自红牌（规则 deliver）发出时开始，而该规则在此也没有时钟",
            "跨件规则；本办件计入 org:Y/2025-03")
        has(read(house, "explain", "B"),
            "for joint and forwarded cases; of which kind this one is, is not known: it names no item",
            "for the item KILN; this case names none")
        # a card that will not come; and what can come no more
        tell(house, "A 2025-03-06 10:00 finish")
        has(read(house, "explain", "A"),
            "begins with the card red of rule decide, which will not come: "
            "the clock stopped in time",
            'begins with "not accepted" or "decided": none came before the case ended')
        has(read(house, "case", "B"), "No clock: no rule applies to what has happened so far",
            "cardwatch explain B says why")


WHOLE = """rule: parts
revision: 1
applies: {when: children >= 2}
clock: {start: finish, stop: deliver, limits: {statutory: 5 workday}}
cards: [red: after statutory]
"""


@test
def of_a_joint_case_its_parts_are_known():
    with engine_of(WHOLE) as house:
        tell(house, "P 2025-03-03 10:00 accept", "B 2025-03-03 11:00 accept parent=P",
             "P 2025-03-04 10:00 finish", "Q 2025-03-03 10:00 accept",
             "C 2025-03-03 11:00 accept parent=Q", "D 2025-03-03 11:00 accept parent=Q",
             "Q 2025-03-05 10:00 finish")
        check_eq(idle(house, "P")["parts"]["unmet"], ["children >= 2"])
        check_eq(idle(house, "Q"), {})


def many(count):
    rules = [f"""  - rule: r{i}
    revision: 1
    applies: {{items: [I{i % 50}]}}
    {CLOCK % "accept"}
    cards: [red: after statutory]
""" for i in range(count)]
    return "set: many\nrules:\n" + "".join(rules)


@test
def of_very_many_rules_those_of_other_items_are_counted():
    with engine_of(many(2000)) as house:
        tell(house, "A 2025-03-03 10:00 apply item=I7")
        before = house.ask("status")
        answer = house.ask("explain", case="A")
        check_eq([one["rule"] for one in answer["idle"]], [f"r{i}" for i in range(7, 2000, 50)])
        check_eq(answer["idle_of_other_items"], 1960)
        has(read(house, "explain", "A"), "and 1960 of other items: --all lists them")
        rest = read(house, "explain", "A", "--all")
        has(rest, "for the item I0; this case's is I7", "and 1000 behind these: --all --after r999")
        has_not(rest, "r1000 ")
        rest = read(house, "explain", "A", "--all", "--after", "r999", lang="zh")
        has(rest, "r1000 ", "r1999 ", "只适用于事项 I49；本办件的事项是 I7")
        has_not(rest, "另有")
        after = house.ask("status")
        for name in ("events", "cases", "clocks_running", "memory_bytes", "kindless"):
            check_eq(after[name], before[name], name)


@test
def what_cannot_be_judged_says_so():
    with engine_of(RULES, tables={"items.csv": ITEMS}) as house:
        for lang, said in (("en", "cardwatch explain: Z-9: there is no such case\n"),
                           ("zh", "cardwatch explain：Z-9：没有这个办件\n")):
            done = subprocess.run([ASK, "explain", "Z-9", "--home", house.folder, "--lang", lang],
                                  capture_output=True, text=True, check=False)
            check_eq((done.returncode, done.stderr), (66, said))
        has_not(read(house, "status"), "! note")
        tell(house, "A 2024-12-02 10:00 accept item=LICENCE", "B 2025-03-03 10:00 accept")
        has(read(house, "explain", "A"), "never", "cannot be judged: the calendar does not cover it")
        has(read(house, "status"),
            "! note        2 clock(s) cannot be judged: no calendar, or it does not reach",
            "! note        1 time(s) a rule for kinds of item met a case")
        has(read(house, "status", lang="zh"), "！注意", "2 个时钟无法判断：没有日历，或超出日历范围",
            "1 次：规则限定事项类型，而办件的类型不明")


main("system/idle")
