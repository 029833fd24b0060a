"""China: every day of 2007-2026 and 74,105 sums of workdays, against three independent sources."""

import datetime
import subprocess
import sys

from tests.lib.check import check, check_eq, main, test
from tests.oracle.ask import TOP, Batch, data, rows, shipped

SUMS = 74105


def after(date, days=1):
    return (datetime.date.fromisoformat(date) + datetime.timedelta(days)).isoformat()


@test
def every_day_is_work_or_off_as_the_papers_say():
    table = rows("cn_workdays/cn_calendar_2007_2026.csv")
    batch = Batch()
    batch.calendar(shipped("cn"))
    for row in table:
        batch.ask("day", row["date"])
    wrong = [row["date"] for row, answer in zip(table, batch.answers())
             if (answer.split("\t")[0] == "work") != (row["is_workday"] == "1")]
    check_eq(wrong, [])
    check_eq(len(table), 7305)


@test
def a_limit_in_workdays_ends_with_its_last_day():
    table = rows("cn_workdays/cn_add_workdays_2010_2026.csv.gz")
    batch = Batch()
    batch.calendar(shipped("cn"))
    batch.set(count="day")
    for row in table:
        batch.ask("due", row["start"] + " 15:20", row["n"] + " workday")
    wrong = [(row, answer) for row, answer in zip(table, batch.answers())
             if answer != after(row["due_date"]) + "T00:00:00+08:00"]
    check_eq(wrong[:3], [])
    check_eq(len(table), SUMS)


@test
def from_a_workday_all_three_conventions_agree_on_the_day():
    table = [row for row in rows("cn_workdays/cn_add_workdays_2010_2026.csv.gz")
             if row["start_is_workday"] == "1"]
    batch = Batch()
    batch.calendar(shipped("cn"))
    for count in ("instant", "ceil"):
        batch.set(count=count)
        for row in table:
            batch.ask("due", row["start"] + " 10:00:00.001", row["n"] + " workday")
    answers = batch.answers()
    wrong = [(row, answers[i]) for i, row in enumerate(table + table)
             if answers[i] != row["due_date"] + "T10:00:00.001+08:00"]
    check_eq(wrong[:3], [])
    check(len(table) > 40000)


@test
def the_vector_of_2025_holds():
    batch = Batch()
    batch.calendar(shipped("cn"))
    batch.set(count="instant")
    due = batch.ask("due", "2025-09-12 09:00", "11 workday")
    year = batch.ask("used", "2025-01-01 00:00", "2026-01-01 00:00")
    answers = batch.answers()
    check_eq(answers[due], "2025-09-28T09:00:00+08:00")
    check_eq(answers[year].split("\t")[6], "248")


@test
def the_shipped_file_is_what_its_maker_prints():
    folder = data("cn_workdays/holiday-cn")[:-len("/holiday-cn")]
    made = subprocess.run([sys.executable, f"{TOP}/rules/calendars/make_cn.py", folder],
                          capture_output=True, check=True).stdout
    with open(shipped("cn"), "rb") as file:
        check(made == file.read(), "rules/calendars/cn.yaml differs from what make_cn.py prints")


main("oracle/calendar_cn")
