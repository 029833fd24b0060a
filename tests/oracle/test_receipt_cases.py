"""Receipts of single cases, held against what a person reckons, and counted again.

    /usr/bin/python3 tests/oracle/test_receipt_cases.py [WORD]
"""

import copy

from tests.lib.check import check, check_eq, main, test
from tests.lib.receipts import Bare, plain, verify_all
from tests.lib.watched import wait_until
from tests.verify import receipt as receipts
from tests.verify.receipt_calendar import read_calendars
from tests.verify.verify import verify

CALENDAR = "rules/calendars/cn.yaml"


def at(text):
    return f"2025-03-{text}+08:00"


def receipts_of(rules, events, clock="events"):
    """The receipt of each first card by case and card, every one verified."""
    keep = []
    with Bare() as house:
        house.clock = clock
        path = house.path("rules.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(rules)
        house.take_in([{**dict(zip(("case", "kind", "at"), event)), **more}
                       for *event, more in events], path, CALENDAR)
        verify_all(house, read_calendars([CALENDAR]), keep)
    return {(one["card"]["case"], one["card"]["rung"]): one for one in reversed(keep)}


# ---- a limit in hours, and a pause in days ---------------------------------------------------

HOURS = """
rule: r
calendar: cn
clock:
  start: accept
  stop: finish
  pauses: [pause … resume, correct_ask … correct_done at most 2 workday]
  count: day
  limits: {quick: 10 hour, whole: 3 workday}
cards:
  - yellow: after quick
  - red: after whole
"""


@test
def a_pause_of_days_ends_at_midnight_for_hours_and_with_its_day_for_days():
    found = receipts_of(HOURS, [
        ("A", "accept", at("10T10:00:00"), {}),
        ("B", "accept", at("10T10:00:00"), {}),
        ("A", "pause", at("10T14:00:00"), {"term": "2 workday"}),
        ("B", "correct_ask", at("10T14:00:00"), {}),
        ("B", "correct_done", at("14T09:00:00"), {}),
        ("A", "feedback", at("24T09:00:00"), {})])
    check_eq(sorted(found), [("A", "red"), ("A", "yellow"), ("B", "red"), ("B", "yellow")])
    for case, counted_to in (("A", at("13T00:00:00")), ("B", at("14T09:00:00"))):
        quick, whole = found[case, "yellow"], found[case, "red"]
        check_eq(quick["due_at"], at("13T06:00:00"))
        check_eq(quick["used"], "10 hour")
        check_eq(quick["pauses"][0]["counted_to"], counted_to)
        check_eq(quick["pauses"][0]["excluded"], "58 hour")
        check_eq(whole["due_at"], at("18T00:00:00"))  # 13 14 17
        check_eq(whole["pauses"][0]["excluded"], "2 workday")
    check_eq(found["A", "red"]["pauses"][0]["counted_to"], at("12T23:59:59.999"))


# ---- the condition of a card -----------------------------------------------------------------

CARDS = """
set: s
calendar: cn
rules:
  - rule: open
    clock: {start: accept, stop: deliver, limits: {promised: 2 workday}}
    cards:
      - warn: {when: at promised, if: seen(correct_ask) and not is_finished}
      - red: {when: 1 workday after promised, if: count(correct_ask) >= 1 or org = 'A'}
  - rule: twice
    fact: {on: correct_ask, is: count(correct_ask) >= 2}
    card: {level: yellow, if: not seen(correct_done) and count(correct_ask) < 9}
  - rule: parts
    clock: {start: apply, stop: deliver, limits: {promised: 2 workday}}
    cards:
      - yellow: {when: after promised, if: children_open >= 1}
"""


def answers_of(receipt):
    said = receipt["card_when"]
    return [(one["ask"], one["value"]) for one in said["values"]], said["holds"], said["asked_at"]


@test
def what_the_condition_of_a_card_asked_is_what_was_known_when_it_was_raised():
    found = receipts_of(CARDS, [
        ("A", "accept", at("10T10:00:00"), {"org": "A"}),
        ("P", "apply", at("10T10:00:00"), {}),
        ("P-1", "accept", at("10T11:00:00"), {"parent": "P"}),
        ("P-2", "accept", at("10T11:00:00"), {"parent": "P"}),
        ("A", "correct_ask", at("11T10:00:00"), {}),
        ("A", "correct_ask", at("12T10:00:00"), {}),
        ("P-1", "finish", at("12T11:00:00"), {}),
        ("P-2", "finish", at("13T09:00:00"), {}),      # behind the card, before P's own next
        ("A", "correct_done", at("13T10:00:00"), {}),  # behind both cards of that day's midnight
        ("A", "correct_ask", at("13T11:00:00"), {}),   # a third, that the fact's card does not like
        ("A", "finish", at("13T12:00:00"), {}),
        ("P", "feedback", at("13T15:00:00"), {}),
        ("A", "feedback", at("20T10:00:00"), {})])
    check_eq(sorted(found), [("A", "red"), ("A", "warn"), ("A", "yellow"), ("P", "yellow")])
    midnight = at("13T00:00:00.001")
    check_eq(answers_of(found["A", "warn"]),
             ([("count(correct_ask)", 2), ("is_finished", False)], True, midnight))
    check_eq(answers_of(found["A", "yellow"]),
             ([("count(correct_done)", 0), ("count(correct_ask)", 2)], True, at("12T10:00:00")))
    check_eq(answers_of(found["A", "red"]),
             ([("count(correct_ask)", 3), ("org", "A")], True, at("14T00:00:00.001")))
    check_eq(answers_of(found["P", "yellow"]), ([("children_open", 1)], True, midnight))


@test
def a_card_found_late_is_asked_of_what_had_come_with_it():
    """By the wall clock all that comes in one message is known when any of it is judged."""
    found = receipts_of(CARDS, [
        ("A", "accept", at("10T10:00:00"), {"org": "A"}),
        ("A", "correct_ask", at("11T10:00:00"), {}),
        ("A", "correct_ask", at("17T10:00:00"), {})], clock="wall")
    told = {rung: answers_of(found["A", rung])[:2] for rung in ("warn", "red", "yellow")}
    check_eq(told, {"warn": ([("count(correct_ask)", 2), ("is_finished", False)], True),
                    "red": ([("count(correct_ask)", 2), ("org", "A")], True),
                    "yellow": ([("count(correct_done)", 0), ("count(correct_ask)", 2)], True)})


@test
def of_several_events_of_one_instant_those_count_that_had_come():
    """By the events' clock each is judged by itself: the card was raised with the second."""
    found = receipts_of(CARDS, [
        ("A", "accept", at("03T10:00:00"), {"org": "A"}),
        *[("A", "correct_ask", at("12T10:00:00"), {})] * 4,
        ("A", "feedback", at("20T10:00:00"), {})])
    check_eq(answers_of(found["A", "yellow"]),
             ([("count(correct_done)", 0), ("count(correct_ask)", 2)], True, at("12T10:00:00")))
    check_eq(found["A", "yellow"]["condition"]["values"][0]["value"], 2)


@test
def a_case_that_came_under_other_rules_is_asked_by_theirs():
    with Bare() as house:
        path = house.path("rules.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(CARDS)
        house.take_in([{"case": "A", "kind": "accept", "at": at("10T10:00:00"), "org": "A"},
                       {"case": "A", "kind": "correct_ask", "at": at("11T10:00:00")},
                       {"case": "A", "kind": "feedback", "at": at("20T10:00:00")}], path, CALENDAR)
        with open(path, "w", encoding="utf-8") as file:
            file.write(CARDS.replace("org = 'A'", "seen(reopen)"))
        house.import_rules("--move", "all", path)
        wait_until(lambda: house.ask("status")["to_move"] == 0 and
                   house.ask("status")["edition"] == 2, "the move")
        keep = []
        calendars = read_calendars([CALENDAR])
        verify_all(house, calendars, keep)
        red = next(one for one in keep if one["card"]["rung"] == "red")
        check_eq(answers_of(red)[0][1], ("org", "A"))
        again = red["moves"][0]["count"]["card_when"]
        check_eq([(one["ask"], one["value"]) for one in again["values"]],
                 [("count(correct_ask)", 1), ("count(reopen)", 0)])


@test
def a_changed_answer_of_a_card_is_refused():
    found = receipts_of(CARDS, [
        ("A", "accept", at("10T10:00:00"), {"org": "B"}),
        ("A", "correct_ask", at("11T10:00:00"), {}),
        ("A", "feedback", at("20T10:00:00"), {})])["A", "red"]
    calendars = read_calendars([CALENDAR])
    check_eq(verify(plain(found), calendars), [])
    said = found["card_when"]
    check_eq([one["ask"] for one in said["values"]], ["count(correct_ask)", "org"])
    for path, other in ((("values", 0, "value"), 0), (("values", 0, "ask"), "count(return)"),
                        (("values", 1, "value"), True), (("holds",), False),
                        (("text",), "count(correct_ask) >= 1"), (("asked_at",), at("21T00:00:00")),
                        (("values",), said["values"][:1])):
        forged = copy.deepcopy(found)
        place = forged["card_when"]
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = other
        forged["digest"] = receipts.digest_of(forged)
        check(verify(plain(forged), calendars) != [], str(path))
    for change in (lambda one: one.pop("card_when"), lambda one: one["rung"].pop("if")):
        forged = copy.deepcopy(found)
        change(forged)
        forged["digest"] = receipts.digest_of(forged)
        check(verify(plain(forged), calendars) != [])
    text = plain(found)
    begin = text.index('"card_when"')
    for place in range(begin, text.index("}]", begin)):
        raw = text[:place] + ("x" if text[place] != "x" else "y") + text[place + 1:]
        check(verify(raw, calendars) != [], raw[begin:])


main("oracle/receipt_cases")
