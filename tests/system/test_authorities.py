"""Rule sets as other authorities would write them, with settings that no shipped set combines
(tests/authorities); the cards that their tests state were counted by hand."""

import itertools
import os
import subprocess
import tempfile

from tests.lib.check import check, check_eq, main, program, test

FOLDER = os.path.join("tests", "authorities")
DATA = 65  # sysexits.h


def rules_check(*paths):
    """(exit code, what it says) of cardwatch rules check."""
    done = subprocess.run(
        [program("cardwatch-rules"), "check", "--lang", "en", "--calendars",
         os.path.join("rules", "calendars"), *paths],
        capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


def changed(name, was, becomes):
    """The same with another text in one place."""
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        text = file.read()
    check_eq(text.count(was), 1, was)
    with tempfile.TemporaryDirectory() as room:
        path = os.path.join(room, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(was, becomes))
        return rules_check(path)


@test
def each_set_raises_the_cards_that_were_counted_by_hand():
    names = sorted(os.listdir(FOLDER))
    check(len(names) >= 10, names)
    for name in names:
        code, said = rules_check(os.path.join(FOLDER, name))
        check_eq(code, 0, f"{name}: {said}")


@test
def a_test_tells_what_waits_and_what_nobody_is_told_of():
    code, said = changed("settings.yaml", "2025-03-10 10:00 yellow pending",
                         "2025-03-10 10:00 yellow shadow")
    check_eq(code, DATA)
    check("should be and is not: 2025-03-10T10:00:00 yellow s-shadow-mixed shadow\n" in said, said)
    check("is and should not be: 2025-03-10T10:00:00 yellow s-shadow-mixed pending\n" in said, said)
    code, said = changed("settings.yaml", "issue: shadow}", "issue: auto}")
    check_eq(code, DATA)
    check("should be and is not: 2025-03-07T10:00:00 warn s-shadow-mixed shadow\n" in said, said)


# Three cards of one instant and level: r1 of A, r1 of B, r2 of B.
ALIKE = """
set: s
calendar: cn
rules:
  - rule: r1
    clock: {start: accept, stop: finish, limits: {promised: 1 workday}}
    cards: [{warn: after promised}]
  - rule: r2
    clock: {start: apply, stop: finish, limits: {promised: 1 workday}}
    cards: [{warn: after promised}]
tests:
  - it: lines that say less
    events:
      - 2025-03-03 10:00 accept case=A
      - 2025-03-03 10:00 accept case=B
      - 2025-03-03 10:00 apply case=B
    cards: [LINES]
    until: 2025-03-10 10:00
"""


def lines_check(*lines):
    with tempfile.TemporaryDirectory() as room:
        path = os.path.join(room, "alike.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(ALIKE.replace("LINES", ", ".join(f"2025-03-05 00:00 warn {line}".strip()
                                                        for line in lines)))
        return rules_check(path)


@test
def each_line_has_its_card_in_whatever_order_they_stand():
    for lines in itertools.permutations(("r1", "case=B", "r1 case=A")):
        check_eq(lines_check(*lines)[0], 0, str(lines))
    for lines in itertools.permutations(("", "r1", "r2")):
        check_eq(lines_check(*lines)[0], 0, str(lines))
    for lines, missing in ((("r1", "r1", "r1"), "warn r1"), (("r2", "case=A", "r2 case=B"), "warn r2 case=B")):
        code, said = lines_check(*lines)
        check_eq((code, said.count("should be and is not"), said.count("is and should not be")),
                 (DATA, 1, 1), said)
        check(f"is not: 2025-03-05T00:00:00 {missing}\n" in said, said)


@test
def what_arrives_at_one_instant_is_judged_when_all_of_it_is_there():
    code, said = changed("settings.yaml", "2025-03-19 10:00 finish seen=2025-03-20T10:00   # one message",
                         "2025-03-19 10:00 finish seen=2025-03-20T10:01")
    check_eq(code, DATA)
    check("is and should not be: 2025-03-11T00:00:00 yellow s-all-dismiss dismissed" in said, said)


@test
def a_line_that_says_more_may_stand_below_one_that_says_less():
    line = "          - 2025-03-03 10:01 yellow"
    code, said = changed("facts.yaml", f"{line} case=B\n{line} case=C", f"{line}\n{line} case=B")
    check_eq(code, 0, said)


RULE = """\
rule: r
calendar: cn
kinds: [promised]
clock: {start: accept, stop: finish, count: instant, limits: {promised: from item, gap: from item}}
cards: [red: after promised, yellow: {when: after gap}]
"""


def catalogue(items, steps="", rule=RULE):
    """What is said of a catalogue beside a rule."""
    with tempfile.TemporaryDirectory() as room:
        texts = {"r.yaml": rule, "items.csv": items, "steps.csv": steps}
        paths = []
        for name, text in texts.items():
            if text:
                paths.append(os.path.join(room, name))
                with open(paths[-1], "w", encoding="utf-8") as file:
                    file.write(text)
        return rules_check(*paths)


@test
def a_column_stands_in_a_table_once():
    code, said = catalogue("item_code,promised,承诺时限\nA,7 workday,8 workday\n")
    check_eq(code, DATA)
    check(':1:3: error: column 2 says this already: "承诺时限" stands here twice' in said, said)


@test
def steps_in_other_units_are_added_up_on_the_calendar():
    items = "item_code,kind,promised,gap\nA,promised,2 workday,1 day\n"  # 14 workhours in cn
    head = "item_code,step_code,place,limit\n"
    for steps, is_longer in (("A,a,1,10 workhour\nA,b,2,5 workhour\n", True),
                             ("A,a,1,10 workhour\nA,b,2,4 workhour\n", False),
                             ("A,a,1,10 workhour\nA,b,1,10 workhour\n", False),  # beside each other
                             ("A,a,1,1 workday\nA,b,2,12 day\n", True),
                             ("A,a,1,2 workday\nA,b,,9 day\n", False)):  # in no row
        code, said = catalogue(items, head + steps)
        check_eq(code, DATA if is_longer else 0, steps + said)
        told = 'the steps of item "A" add up to more than its promise of 2 workday\n' in said
        check_eq(told, is_longer, said)
    code, said = catalogue(items, head + "A,a,1,3 day\n")  # Friday noon to Monday noon, and not
    check_eq(code, 0, said)
    check('steps.csv:2:1: warning: the steps of item "A" add up to more than its promise of 2 '
          'workday around holidays\n' in said, said)


@test
def a_catalogue_is_told_of_its_gaps_and_of_promises_beyond_the_law():
    code, said = catalogue("item_code,kind,promised,statutory,gap\n"
                           "A,promised,9 workday,20 workday,1 day\nB,promised,30 workday,20 workday,\n"
                           "C,promised,1 month,30 workday,\n")
    check_eq(code, 0, said)
    check('items.csv:3:1: warning: item "B" promises 30 workday, longer than its statutory limit '
          'of 20 workday\n' in said, said)
    check_eq(said.count("warning"), 1, said)
    code, said = catalogue("item_code,kind,promised,gap\nA,promised,,1 day\nB,promised,2 workday,\n"
                           "C,promised,,\nD,joint,,\nE,promised,,\n")
    check_eq(code, 0, said)
    check('r.yaml:4:8: warning: items without a limit that any clock asks for: 3 of 5, the first '
          '"C"; their cases have no card of a clock\n' in said, said)
    check_eq(said.count("warning"), 1, said)
    code, said = catalogue("item_code,kind,promised,gap\nA,promised,2 workday,\nD,joint,,1 day\n")
    check_eq(code, 0, said)
    check('r.yaml:5:45: warning: none of the items of this rule (1) has the limit "gap": this card '
          'is never raised\n' in said, said)
    check('r.yaml:4:8: warning: items without a limit that any clock asks for: 1 of 2, the first '
          '"D"; their cases have no card of a clock\n' in said, said)
    check_eq(said.count("warning"), 2, said)


@test
def the_results_of_a_step_stand_in_the_table_of_steps():
    items = "item_code,kind,promised\nA,promised,2 workday\n"
    steps = ("item_code,step_code,place,环节结果\nA,receive,1,4；5\n"
             "A,review,2,\"同意、不同意, 5\"\nA,issue,3,\n")
    rule = """
rule: results
calendar: cn
fact: {on: step_end, is: not result_allowed}
card: yellow
tests:
  - it: takes what the table says
    item: A
    events:
      - 2025-03-03 10:00 step_end step=receive result=5
      - 2025-03-03 11:00 step_end step=receive result=45
      - 2025-03-03 12:00 step_end step=review result=不同意
      - 2025-03-03 13:00 step_end step=review result=5
      - 2025-03-03 14:00 step_end step=issue result=x
      - 2025-03-03 15:00 step_end step=review result=4 case=B
    cards:
      - 2025-03-03 11:00 yellow case=CASE-1
      - 2025-03-03 15:00 yellow case=B
    until: 2025-03-04 00:00
"""
    code, said = catalogue(items, steps, rule)
    check_eq(code, 0, said)
    code, said = catalogue(items, steps.replace("4；5", "4；45"), rule)
    check_eq(code, DATA)
    check("should be and is not: 2025-03-03T11:00:00 yellow results" in said, said)
    code, said = catalogue(items, steps.replace("4；5", "4；5 4"), rule)
    check_eq(code, DATA)
    check('steps.csv:2:4: error: "4" stands here twice\n' in said, said)


@test
def the_same_day_of_an_item_that_is_not_the_rules_does_not_matter_to_it():
    items = "item_code,kind,promised,gap\nA,promised,2 workday,1 day\nB,immediate,当日,1 day\n"
    code, said = catalogue(items)
    check_eq(code, 0, said)
    code, said = catalogue(items.replace("immediate", "promised"))
    check_eq(code, DATA)
    check('item "B" has the limit same day, which needs count: day' in said, said)


main("system/authorities")
