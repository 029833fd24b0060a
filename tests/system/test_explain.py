#!/usr/bin/python3
"""test_explain.py - what a real engine says of its cases and cards, as people read it."""

import json
import os
import subprocess

from tests.lib.check import check_eq, main, program, test
from tests.lib.told import HALL, engine_of, has, has_not, read, tell
from tests.lib.watched import wait_until
from tests.verify.verify import verify

DECIDE = """rule: decide
revision: 1
clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}
cards: [red: after statutory]
"""


@test
def an_extension_too_late_changes_no_receipt():
    with engine_of(DECIDE) as house:
        # Accepted on Monday 3 March: five workdays end with the 10th.
        tell(house, "A 2025-03-03 10:00 accept", "T 2025-03-12 09:00 rating rating=5")
        tell(house, "A 2025-03-12 10:00 extend")
        tell(house, "A 2025-03-05 10:00 apply", "T 2025-03-13 09:00 rating rating=5")
        card = house.cards()[0]
        check_eq(card["due_at"], "2025-03-11T00:00:00+08:00")
        learned = house.ask("explain", card=card["card"])["receipt"]["learned_later"]
        check_eq([event["kind"] for event in learned], ["apply"])
        has(read(house, "explain", card["card"]),
            "events came with the card or after it, and the count is the same")
        has(read(house, "explain", card["card"], lang="zh"), "有事件与牌同时或在其后到达，计算结果不变")


@test
def what_a_card_found_late_began_with_did_not_come_after_it():
    with engine_of(DECIDE) as house:
        tell(house, "T 2025-03-12 09:00 rating rating=5")
        tell(house, "L 2025-03-03 10:00 accept", "T 2025-03-12 09:01 rating rating=5")
        card = house.cards()[0]
        check_eq((card["case"], card["reason"]), ("L", "late: found after its instant"))
        check_eq(house.ask("explain", card=card["card"])["receipt"]["learned_later"], [])
        has_not(read(house, "explain", card["card"]), "events came")


CHAIN = """rule: chain
revision: 1
clock: {start: accept, stop: finish, pauses: [pause … resume], limits: {statutory: 5 workday}}
cards: [yellow: after statutory, red: 2 workday after yellow card]
"""
ASKED = """rule: asked
revision: 1
clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}
cards:
  - yellow: {when: after statutory, issue: confirm}
  - red: {when: 1 workday after statutory, issue: shadow}
"""


def rungs_of(house, case):
    return [(rung["rung"], rung["state"], rung["why"])
            for clock in house.ask("explain", case=case)["clocks"] for rung in clock["rungs"]]


@test
def a_chain_waits_for_the_card_before_it_and_ends_with_its_clock():
    with engine_of(CHAIN) as house:
        tell(house, *(f"{case} 2025-03-03 10:00 accept" for case in "RSWY"))
        tell(house, "S 2025-03-05 10:00 finish", "W 2025-03-06 10:00 withdraw",
             "R 2025-03-07 10:00 apply")
        check_eq(rungs_of(house, "R"), [("yellow", "waiting", ""),
                                        ("red", "waiting", "waits for the card it follows")])
        for case, why in (("S", "the clock stopped in time"), ("W", "the clock was cancelled")):
            check_eq(rungs_of(house, case), [("yellow", "never", why), ("red", "never", why)])
        has(read(house, "explain", "R"), "2 workday after yellow card · waits for the card it follows")
        has(read(house, "explain", "R", lang="zh"), "未到", "待前一张牌发出后起算")
        has(read(house, "explain", "S"), "stopped · 2025-03-05 10:00:00 finished")
        has(read(house, "case", "W", lang="zh"), "已终止 · 2025-03-06 10:00:00 撤回")
        tell(house, "Y 2025-03-12 10:00 rating rating=5")
        check_eq(rungs_of(house, "Y"), [("yellow", "issued", ""), ("red", "waiting", "")])
        # Yellow held as the 11th began, a day that does not count: the 12th and the 13th do.
        has(read(house, "case", "Y"), "2025-03-14 00:00:00  →  will turn ⬢ red")


@test
def a_pause_still_open_counts_until_now():
    with engine_of(CHAIN) as house:
        # Workdays 5, 6, 7 March are over when it is 10:00 on the 10th.
        tell(house, "A 2025-03-03 10:00 accept", "A 2025-03-05 10:00 pause",
             "A 2025-03-10 10:00 rating rating=5")
        has(read(house, "explain", "A"), "open · not counted 3 workday")
        has(read(house, "explain", "A", lang="zh"), "未结束 · 不计入 3 个工作日")


@test
def a_card_that_waits_or_is_shadow_is_not_called_issued():
    with engine_of(ASKED) as house:
        tell(house, "A 2025-03-03 10:00 accept", "A 2025-03-04 10:00 rating rating=5")
        has(read(house, "explain", "A"), "waiting (shadow)")
        has(read(house, "case", "A"), "will turn ⬢ red (shadow)", "will turn ■ yellow  ")
        has(read(house, "case", "A", lang="zh"), "将发 ⬢ 红牌（影子）", "未到（影子）")
        tell(house, "A 2025-03-13 10:00 rating rating=5")
        cards = {card["level"]: card["card"] for card in house.cards()}
        for words in (["explain", "A"], ["case", "A"]):
            text = read(house, *words, lang="zh")
            has(text, "待发", "已发（影子）")
            check_eq(text.count("已发"), text.count("已发（影子）"), text)
        has(read(house, "explain", "A"), "pending", "issued (shadow)")
        has(read(house, "explain", cards["red"]), "red · issued (shadow) · A")
        text = read(house, "explain", cards["yellow"], lang="zh")
        has(text, "待发自")
        has_not(text, "发出")


@test
def a_case_without_a_clock_says_so():
    with engine_of(DECIDE) as house:
        tell(house, "A 2025-03-03 10:00 apply")
        for words in (["explain", "A"], ["case", "A"]):
            has(read(house, *words), "No clock: no rule applies")
            has(read(house, *words, lang="zh"), "没有规则适用")


ORDER = """set: order
rules:
  - rule: decide
    revision: 1
    clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}
    cards: [red: after statutory]
  - rule: order
    revision: 1
    clock: {start: {after: red of decide}, stop: supervise, limits: {order: 2 workday}}
    cards: [red: after order]
"""
TWICE = """rule: twice
revision: 1
fact: {on: [correct_ask], is: count(correct_ask) >= 2}
card: yellow
"""


def id_of(house, rule):
    return next(card["card"] for card in house.cards()
                if card["rule"] == rule and card["case"] == "A")


@test
def a_clock_that_begins_with_a_card_names_it():
    with engine_of(ORDER) as house:
        tell(house, "B 2025-03-03 11:00 accept", "C 2025-03-03 12:00 accept",
             "C 2025-03-04 10:00 finish")
        text = "Clock order · not begun · revision 1 · after red · of rule decide"
        for words in (["explain", "B"], ["case", "B"]):
            has(read(house, *words), text)
        has(read(house, "explain", "B", lang="zh"), "时钟 order · 未开始", "接于红牌")
        has_not(read(house, "explain", "C"), "Clock order", "not begun")
        # Red as the 10th ends; the 11th does not count, the 12th and the 13th do.
        tell(house, "A 2025-03-03 10:00 accept", "A 2025-03-14 10:00 rating rating=5")
        has_not(read(house, "explain", "A"), "not begun")
        first, second = id_of(house, "decide"), id_of(house, "order")
        has(read(house, "explain", second),
            f"after red · of rule decide · {first} · 2025-03-11 00:00:00")
        has(read(house, "explain", second, lang="zh"), f"接于红牌 · 规则 decide · {first}")
        has(read(house, "explain", "A"), f"after red · of rule decide · {first}")
        has_not(read(house, "explain", first), "of rule")


@test
def a_fact_counts_from_nothing():
    with engine_of(TWICE) as house:
        tell(house, "A 2025-03-07 10:00 correct_ask", "A 2025-03-10 10:00 correct_ask",
             "A 2025-03-10 11:00 rating rating=5")
        for words in (["explain", "A"], ["explain", id_of(house, "twice")]):
            has(read(house, *words, lang="zh"), "2025-03-10 10:00:00")
            has_not(read(house, *words, lang="zh"), "起算")


@test
def an_edition_of_calendars_alone_is_told_beside_that_of_the_rules():
    with engine_of(DECIDE) as house:
        tell(house, "A 2025-03-03 10:00 accept")
        with open(house.path("hall.yaml"), "w", encoding="utf-8") as file:
            file.write(HALL.replace("17:00", "16:00"))
        has(read(house, "case", "A"), "edition       1\n")
        house.import_rules("--move", "calendars", house.path("hall.yaml"))
        wait_until(lambda: house.ask("status")["edition"] == 2, "the second edition")
        tell(house, "A 2025-03-13 10:00 rating rating=5")
        for words in (["case", "A"], ["explain", id_of(house, "decide")]):
            has(read(house, *words), "rules: 1, calendars: 2")
            has(read(house, *words, lang="zh"), "规则第 1 版，日历第 2 版")


WHOLE = """rule: whole
revision: 1
clock: {start: accept, stop: finish, last_child: stop, limits: {statutory: 5 workday}}
cards: [red: after statutory]
"""


@test
def a_joint_case_that_its_parts_have_ended_says_so():
    with engine_of(WHOLE) as house:
        tell(house, "A 2025-03-03 10:00 accept", "B 2025-03-03 11:00 accept parent=A",
             "C 2025-03-03 11:00 accept parent=A", "B 2025-03-04 10:00 finish",
             "C 2025-03-05 10:00 finish")
        has(read(house, "explain", "A"), "stopped · 2025-03-05 10:00:00 the last part ended")
        has(read(house, "explain", "A", lang="zh"), "2025-03-05 10:00:00 最后一个子件已结束")
        has(read(house, "explain", "C"), "stopped · 2025-03-05 10:00:00 finished")
        tell(house, "D 2025-03-03 12:00 accept", "D 2025-03-05 12:00 finish",
             "A 2025-03-06 10:00 finish")
        for case, by in (("A", "last_child"), ("D", "finish")):
            check_eq(house.ask("explain", case=case)["clocks"][0]["stopped_by"], by)


BUSY = """rule: busy
revision: 1
across: {per: org, window: month, of: [finish], count: 2 case}
card: yellow
"""


@test
def a_group_of_cases_is_told_from_a_case():
    with engine_of(BUSY) as house:
        tell(house, "A 2025-03-03 10:00 finish org=X", "B 2025-03-04 10:00 finish org=X",
             "C 2025-03-05 10:00 finish org=Y", "C 2025-03-05 11:00 rating rating=5")
        card = house.cards()[0]
        check_eq(card["case"], "org:X/2025-03")
        for words in (["explain", card["case"]], ["case", card["case"]]):
            text = read(house, *words)
            has(text, "Not a case, but a group of cases", "busy", "■ yellow issued", card["card"])
            has(read(house, *words, lang="zh"), "不是办件，而是跨件规则所看的一组办件", "■ 黄牌 已发")
        has(read(house, "case", "org:Y/2025-03"), "busy  1      none")
        check_eq(house.ask("case", case="org:Z/2025-03")["error"], "not_found")


HOURS = """rule: hours
revision: 1
clock: {start: accept, stop: finish, count: instant, limits: {statutory: 2 day}}
cards: [red: after statutory]
"""


@test
def a_count_of_time_names_its_hours_and_no_end_of_a_day():
    with engine_of(HOURS) as house:
        tell(house, "A 2025-03-03 10:00 accept", "A 2025-03-05 10:01 rating rating=5")
        card = house.cards()[0]["card"]
        text = read(house, "explain", card)
        has(text, "convention    to the instant · from the next working moment\n",
            "10:00-24:00 · the day it starts", "00:00-24:00", "00:00-10:00")
        text = read(house, "explain", card, lang="zh")
        has(text, "计算方法      按时刻 · 自下一工作时刻起算\n", "10:00-24:00 · 起始日\n")
        has_not(text, "不计")


ABOVE = """rule: above
revision: 1
clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}
cards: [red: {when: after statutory, to: {org: S-1}}]
"""


@test
def a_card_for_another_org_says_which_it_is_about():
    with engine_of(ABOVE) as house:
        tell(house, "A 2025-03-03 10:00 accept org=O-1 handler=Wang",
             "B 2025-03-03 11:00 accept org=S-1 handler=Zhao", "A 2025-03-12 10:00 rating rating=5")
        first, own = house.cards()
        check_eq((first["org"], first["about_org"], first["handler"]), ("S-1", "O-1", ""))
        check_eq((own["org"], own.get("about_org"), own["handler"]), ("S-1", None, "Zhao"))
        has(" ".join(read(house, "explain", first["card"]).split()), "org S-1 about O-1")
        has(read(house, "explain", first["card"], lang="zh"), "所涉部门")
        has_not(read(house, "explain", first["card"]), "Wang")
        has_not(read(house, "explain", own["card"], lang="zh"), "所涉部门")


ALOUD = """set: aloud
rules:
  - rule: again
    revision: 1
    applies: {when: not has parent}
    fact: {on: correct_ask, is: "count(correct_ask) >= 2 and (org = 'Y' or not has reason)"}
    card: {level: yellow, if: not is_finished}
  - rule: open
    revision: 1
    clock: {start: {on: accept, when: in_hours}, stop: deliver, limits: {promised: 2 workday}}
    cards:
      - warn: {when: at promised, if: seen(correct_done)}
      - red: after promised
  - rule: often
    revision: 1
    across: {per: org, window: month, of: [finish], count: 2 case, if: 'raised(open, red)'}
    card: yellow
"""
# Of each rule what explain says, and behind the bar what `rules show` says too.
SAID = {
    "en": {"again": ("It applies where: |there is no joint case that this one belongs to",
                     'It is so where: |the number of "correction asked for" is at least 2 and '
                     '(the org is "Y" or there is no reason)', "no value  the |reason",
                     "It is raised where: |the case is not finished", "no      the case is finished|"),
           "open": ("It starts where: |it happened in working hours",),
           "often": ('if            |the card "red" of rule open has come',)},
    "zh": {"again": ("适用条件：|没有所属联办件",
                     "成立条件：|“补正告知”的次数不低于 2，且（机构为“Y”，或没有理由）", "无值      |理由",
                     "发牌条件：|办件未办结", "否        办件已办结|"),
           "open": ("起算条件：|发生在工作时间内",),
           "often": ("条件          |规则 open 的红牌已成立",)},
}
CODE = ("count(", "has parent", "has reason", "is_finished", "in_hours", "seen(", "raised(", "org =")


def shown(house, rule, lang):
    """The lines of `rules show`, each behind its label."""
    done = subprocess.run([program("cardwatch-rules"), "show", "--store", house.path("rules"), "--lang",
                           lang, rule], capture_output=True, text=True, check=True,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.stdout


@test
def a_condition_is_read_aloud_as_rules_show_does():
    with engine_of(ALOUD) as house:
        tell(house, "A 2025-03-03 10:00 accept org=X", "B 2025-03-03 10:00 accept org=X",
             "A 2025-03-04 10:00 correct_ask", "A 2025-03-05 10:00 correct_ask",
             "B 2025-03-07 10:00 finish", "A 2025-03-07 10:00 finish")
        cards = {card["rule"]: card["card"] for card in house.cards()}
        check_eq(sorted(cards), ["again", "often", "open"])
        for lang, rules in SAID.items():
            for rule, pieces in rules.items():
                text = read(house, "explain", cards[rule], lang=lang)
                has(text, *(piece.replace("|", "") for piece in pieces))
                has(shown(house, rule, lang), *(piece.split("|")[1] for piece in pieces))
                has_not(text, *CODE)
            text = read(house, "explain", "A", lang=lang)
            has(text, {"en": 'if there has been "correction received" · its condition did not hold',
                       "zh": "仅当已有“补正受理” · 条件不成立"}[lang])
            has_not(text, *CODE)
        # a program gets what the rule wrote, and the words beside it
        answer = json.loads(read(house, "explain", "--json", cards["again"]))
        code = "count(correct_ask) >= 2 and (org = 'Y' or not has reason)"
        check_eq(answer["receipt"]["condition"]["text"], code)
        check_eq(answer["said"]["not is_finished"],
                 {"en": "the case is not finished", "zh": "办件未办结"})
        check_eq(verify(json.dumps(answer, ensure_ascii=False, separators=(",", ":"))), [])


main("system/explain")
