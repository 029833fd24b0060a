"""The expected values of OTOBO, biz, business_time, working_hours and numpy, against ours.

Each row passes, or is listed in peer_differences.csv with the answer that is ours and the convention
that differs; a listed row that passes is wrong too, and so is one whose answer has changed.
"""

import csv
import datetime
import os

from tests.lib.check import check, check_eq, main, test
from tests.oracle import peers
from tests.oracle.ask import WEEKDAYS, Batch, calendar_text, rows

DIFFERENCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peer_differences.csv")


def listed(prefix):
    with open(DIFFERENCES, encoding="utf-8", newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file) if row["id"].startswith(prefix)}


def compare(prefix, questions, least):
    questions = list(questions)
    check(len(questions) >= least, f"only {len(questions)} rows")
    batch = Batch()
    for question in questions:
        batch.calendar_of(question.calendar)
        batch.set(**question.settings)
        batch.ask(*question.words)
    differences = listed(prefix)
    wrong = []
    for question, answer in zip(questions, batch.answers()):
        ours = question.read(answer)
        row = differences.pop(question.key, None)
        if ours == question.expected and row is not None:
            wrong.append(f"{question.key} passes, but is listed")
        elif ours != question.expected and row is None:
            wrong.append(f"{question.key},{question.expected},{ours},")
        elif ours != question.expected and row["ours"] != str(ours):
            wrong.append(f"{question.key} is {ours}, listed with {row['ours']}")
    wrong += [f"{key} is listed, but there is no such row" for key in differences]
    check_eq(wrong, [], "\n".join(wrong[:40]))
    print(f"  {prefix}: {len(questions)} rows, {len(listed(prefix))} of them listed as different")


@test
def otobo_adds_working_time():
    compare("otobo", peers.otobo(), 62)


@test
def biz_schedules():
    compare("zendesk_biz", peers.biz(), 74)


@test
def business_time_counts_hours_and_days():
    compare("business_time", peers.business_time(), 309)


@test
def working_hours_computes():
    compare("working_hours", peers.working_hours(), 175)


# ---- numpy -------------------------------------------------------------------------------------


def day(text, more=0):
    return datetime.date.fromisoformat(text) + datetime.timedelta(more)


def window(row):
    """The days that a row can speak of: no other row of the same calendar may come near them."""
    dates = [row["start"], row["busday_offset"], row["count_end"], *row["holidays"].split()]
    return day(min(dates), -40), day(max(dates), 40)


def packed(table):
    """Rows in as few calendars as possible: those with the same week, whose windows lie apart."""
    tracks = {}
    for row in sorted(table, key=window):
        first, last = window(row)
        for track in tracks.setdefault(row["weekmask_mon_sun"], []):
            if track["last"] < first:
                break
        else:
            track = {"rows": []}
            tracks[row["weekmask_mon_sun"]].append(track)
        track["last"] = last
        track["rows"].append(row)
    for mask, list_of_tracks in tracks.items():
        week = {WEEKDAYS[i]: "00:00-24:00" for i in range(7) if mask[i] == "1"}
        for track in list_of_tracks:
            off = {date for row in track["rows"] for date in row["holidays"].split()}
            yield calendar_text("c", "UTC", week, off=off), track["rows"]


def rolled(row, following, preceding):
    """The workday that numpy counts from."""
    roll, month = row["roll"], row["start"][:7]
    if roll in ("forward", "following"):
        return following
    if roll in ("backward", "preceding"):
        return preceding
    if roll == "modifiedfollowing":
        return following if following[:7] == month else preceding
    return preceding if preceding[:7] == month else following


def numpy_answers(calendars):
    """Two rounds, because where a count starts is an answer too."""
    first, second = Batch(), Batch()
    for calendar, group in calendars:
        first.calendar_of(calendar)
        for row in group:
            first.set(count="instant", start="working-moment")
            first.ask("due", row["start"], "0 workday")
            first.set(count="day", start="as-is")
            first.ask("before", row["start"], "0 workday")
    answers = iter(first.answers())
    for calendar, group in calendars:
        second.calendar_of(calendar)
        second.set(count="day", start="as-is")
        for row in group:
            following, preceding = next(answers)[:10], peers.date_of(next(answers))
            start, n = rolled(row, following, preceding), int(row["n"])
            second.ask("due" if n >= 0 else "before", start, f"{abs(n)} workday")
            second.ask("used", row["start"], row["count_end"])
            second.ask("day", row["start"])
    return second.answers()


@test
def numpy_business_days():
    calendars = list(packed(rows("peer_tests/numpy_busday.csv")))
    answers = iter(numpy_answers(calendars))
    wrong = []
    count = 0
    for _, group in calendars:
        for row in group:
            count += 1
            offset = peers.date_of(next(answers))
            counted = int(next(answers).split("\t")[4]) // 86400000
            is_work = peers.is_work(next(answers))
            if (offset, counted, is_work) != (
                    row["busday_offset"], int(row["busday_count_start_incl_end_excl"]),
                    row["is_busday"] == "1"):
                wrong.append((row["id"], offset, counted, is_work))
    check_eq(wrong[:5], [], f"{len(wrong)} wrong")
    check_eq(count, 4000)
    print(f"  numpy: {count} rows in {len(calendars)} calendars")


main("oracle/calendar_peers")
