"""Rule sets as other authorities would write them, with settings that no shipped set combines
(tests/authorities); the cards that their tests state were counted by hand."""

import os
import subprocess
import tempfile

from tests.lib.check import check, check_eq, main, program, test

FOLDER = os.path.join("tests", "authorities")
DATA = 65  # sysexits.h


def rules_check(path):
    """(exit code, what it says) of cardwatch rules check."""
    done = subprocess.run(
        [program("cardwatch-rules"), "check", "--lang", "en", "--calendars",
         os.path.join("rules", "calendars"), path],
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


@test
def a_column_stands_in_a_table_once():
    with tempfile.TemporaryDirectory() as room:
        path = os.path.join(room, "items.csv")
        with open(path, "w", encoding="utf-8") as file:
            file.write("item_code,promised,承诺时限\nA,7 workday,8 workday\n")
        code, said = rules_check(path)
        check_eq(code, DATA)
        check(':1:3: error: column 2 says this already: "承诺时限" stands here twice' in said, said)


main("system/authorities")
