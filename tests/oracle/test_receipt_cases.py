"""Receipts of single cases, held against what a person reckons, and counted again.

    /usr/bin/python3 tests/oracle/test_receipt_cases.py [WORD]
"""

from tests.lib.check import check_eq, main, test
from tests.lib.receipts import Bare, verify_all
from tests.verify.receipt_calendar import read_calendars

CALENDAR = "rules/calendars/cn.yaml"


def at(text):
    return f"2025-03-{text}+08:00"


def receipts_of(rules, events):
    """The receipt of each card by case and card, every one verified."""
    keep = []
    with Bare() as house:
        path = house.path("rules.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(rules)
        house.take_in([{**dict(zip(("case", "kind", "at"), event)), **more}
                       for *event, more in events], path, CALENDAR)
        verify_all(house, read_calendars([CALENDAR]), keep)
    return {(one["card"]["case"], one["card"]["rung"]): one for one in keep}


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


main("oracle/receipt_cases")
