"""cardwatch due as people use it: answers, tables, JSON, words, folders and exit codes."""

import json
import os
import subprocess
import tempfile

from tests.lib.check import check, check_eq, main, program, test

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
USAGE, DATA, CONFIG = 64, 65, 78  # sysexits.h


def due(*arguments, lang="en", cwd=TOP, **environment):
    surroundings = dict(os.environ, **environment)
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        surroundings.pop(name, None)
    return subprocess.run([program("cardwatch-due"), "--lang", lang, *arguments], text=True,
                          capture_output=True, cwd=cwd, env=surroundings, check=False)


@test
def the_law_of_the_example_is_counted():
    done = due("--from", "2025-01-20 10:00", "--limit", "7 workday")
    check_eq((done.returncode, done.stdout, done.stderr), (0, "2025-02-06T00:00:00+08:00\n", ""))
    done = due("-f", "2025-01-20T02:00:00Z", "-l", "7个工作日", "--end", "close")
    check_eq(done.stdout, "2025-02-05T17:30:00+08:00\n")
    done = due("-f", "2025-09-12 09:00", "-l", "11 workday", "--count", "instant")
    check_eq(done.stdout, "2025-09-28T09:00:00+08:00\n")
    done = due("-f", "2025-06-13", "-l", "1 day", "--roll")
    check_eq(done.stdout, "2025-06-17T00:00:00+08:00\n")


@test
def every_day_is_explained():
    done = due("--from", "2025-01-24 10:00", "--limit", "2 workday", "--explain")
    check_eq(done.stdout.splitlines(), [
        "2 workday, count: day, calendar cn, zone Asia/Shanghai",
        "date        day   counted     total  why",
        "2025-01-24  Fri         -         0  the day of the start is not counted",
        "2025-01-25  Sat         -         0  weekly day off",
        "2025-01-26  Sun         1         1  workday: 春节 — 国务院办公厅关于2025年部分节假日安排的通知",
        "2025-01-27  Mon         1         2",
        "2025-01-28T00:00:00+08:00",
    ])
    done = due("--from", "2025-06-13 16:30", "--limit", "2 workhour", "--explain", lang="zh")
    check_eq(done.stdout.splitlines()[2:], [
        "2025-06-13  周五     1:00      1:00",
        "2025-06-14  周六        -      1:00  周休",
        "2025-06-15  周日        -      1:00  周休",
        "2025-06-16  周一     1:00      2:00",
        "2025-06-16T10:00:00+08:00",
    ])


@test
def json_says_the_same():
    done = due("--from", "2025-06-14 10:00", "--limit", "1 workday", "--count", "ceil", "--start",
               "working-moment", "--json", "--explain")
    answer = json.loads(done.stdout)
    check_eq(answer["start"], "2025-06-16T09:00:00+08:00")
    check_eq(answer["due"], "2025-06-17T09:00:00+08:00")
    check_eq(answer["provisional"], False)
    check_eq([day["counted"] for day in answer["days"]], ["0.00", "0.00", "1.00", "0.00"])
    check_eq([day["why"] for day in answer["days"][:2]], ["before the start counts"] * 2)


@test
def beyond_the_known_days_it_is_provisional_and_before_them_unknown():
    done = due("--from", "2026-12-30", "--limit", "5 workday")
    check_eq(done.returncode, 0)
    check("provisional" in done.stderr and "2026-12-31" in done.stderr)
    check_eq(due("--from", "2006-12-30", "--limit", "5 workday").returncode, DATA)


@test
def mistakes_say_what_would_be_right():
    for arguments, code, words in (
            (("--limit", "20", "-f", "2025-01-20"), USAGE, 'is it "20 workday"?'),
            (("--limit", "20 wrokday", "-f", "2025-01-20"), USAGE, "known are: minute hour"),
            (("--limit", "x", "-f", "2025-01-20"), USAGE, "whole number with a unit"),
            (("-f", "2025-01-20"), USAGE, "--limit is missing"),
            (("--limit", "1 day"), USAGE, "--from is missing"),
            (("--limit", "1 day", "-f", "20.1.2025"), USAGE, 'like "2025-01-20 10:00"'),
            (("--limit", "1 day", "-f", "2025-01-20", "--count", "days"), USAGE,
             "day, instant, ceil"),
            (("--limit", "1 day", "-f", "2025-01-20", "--cutoff", "17"), USAGE, "17:00=08:30"),
            (("--limit", "1 day", "-f", "2025-01-20", "more"), USAGE, "every value has an option"),
            (("--limit", "1 day", "-f", "2025-01-20", "-c", "atlantis"), CONFIG, "no calendar"),
            (("--limit", "1 day", "-f", "2025-01-20", "-c", "./atlantis.yaml"), CONFIG,
             "cannot be read")):
        done = due(*arguments)
        check_eq((done.returncode, done.stdout), (code, ""), str(arguments))
        check(words in done.stderr, f"{arguments}: {done.stderr}")


@test
def calendars_are_found_beside_each_other_and_in_the_folders():
    with tempfile.TemporaryDirectory() as folder:
        share = os.path.join(folder, "calendars")
        os.mkdir(share)
        with open(os.path.join(share, "base.yaml"), "w", encoding="utf-8") as file:
            file.write("calendar: base\nzone: UTC\nknown: {from: 2020-01-01, to: 2030-12-31}\n"
                       'week: {mon-fri: "09:00-17:00"}\n')
        with open(os.path.join(share, "office.yaml"), "w", encoding="utf-8") as file:
            file.write("calendar: office\ninherits: base\nexceptions:\n"
                       "  - {ground: move, off: [2025-01-21]}\n")
        with open(os.path.join(folder, "own.yaml"), "w", encoding="utf-8") as file:
            file.write("calendar: own\ninherits: office\n")
        ask = ("-f", "2025-01-20", "-l", "1 workday")
        expected = "2025-01-23T00:00:00Z\n"
        check_eq(due(*ask, "-c", "office", "--calendars", share).stdout, expected)
        check_eq(due(*ask, "-c", "office", CARDWATCH_SHARE=folder).stdout, expected)
        check_eq(due(*ask, "-c", os.path.join(share, "office.yaml")).stdout, expected)
        check_eq(due(*ask, "-c", "own.yaml", cwd=folder, CARDWATCH_SHARE=folder).stdout, expected)
        lost = due(*ask, "-c", "own.yaml", cwd=folder)
        check_eq(lost.returncode, CONFIG)
        check('own.yaml:2:11: error: there is no calendar "office"' in lost.stderr, lost.stderr)


@test
def the_example_in_the_readme_is_a_calendar():
    with open(os.path.join(TOP, "rules/calendars/README.md"), encoding="utf-8") as file:
        example = file.read().split("```yaml\n")[1].split("```")[0]
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "shaoyang-hall.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(example)
        done = due("-c", path, "-f", "2025-03-07 10:00", "-l", "4 workday", "--end", "close")
        # 8 Sat, 12 Wed (amended), 13, 14; 10 and 11 are off for the move
        check_eq((done.stdout, done.stderr), ("2025-03-14T17:00:00+08:00\n", ""))


main("system/due")
