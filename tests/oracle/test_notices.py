"""Calendar notices: a year's paper as JSON and as ICS gives exactly that year's workdays, and so do
the three papers that changed a year in force. What is true is the table of days, an independent
source; the calendars under the notices are made here, with a former paper that was wrong."""

import json
import os

from tests.lib.check import check, check_eq, main, test
from tests.oracle.ask import Batch, objects, rows

WEEK = '{mon-fri: "09:00-12:00 13:30-17:30"}'
YEARS = range(2008, 2027)


def paper(year):
    return objects(f"cn_workdays/holiday-cn/{year}.json")


def group(ground, days):
    lines = [f"  - ground: {ground}", "    amends: true"]
    for key, is_off in (("off", True), ("work", False)):
        dates = [day["date"] for day in days if day["isOffDay"] == is_off]
        if dates:
            lines.append(f"    {key}: [{', '.join(sorted(dates))}]")
    return lines


def calendar(groups, known_to):
    lines = ["calendar: cn", "zone: Asia/Shanghai", f"known: {{from: 2007-01-01, to: {known_to}}}",
             f"week: {WEEK}", "exceptions:"]
    for ground, days in groups:
        lines += group(ground, days)
    return "\n".join(lines) + "\n"


def off(*dates):
    return [{"date": date, "isOffDay": True, "name": "x"} for date in dates]


def ics(paper_of_year):
    """As other programs write it: folded, CRLF, an escape, DTEND exclusive; work in the summary."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN",
             f"URL:{paper_of_year['papers'][0]}", f"X-CARDWATCH-YEAR:{paper_of_year['year']}"]
    for number, day in enumerate(paper_of_year["days"]):
        mark = "（休）" if day["isOffDay"] else "补班"
        lines += ["BEGIN:VEVENT", f"UID:{number}@test",
                  "DTSTART;VALUE=DATE:" + day["date"].replace("-", ""),
                  "SUMMARY:" + day["name"] + "\\, ", " " + mark, "BEGIN:VALARM", "DURATION:PT5M",
                  "DESCRIPTION:x", "END:VALARM", "END:VEVENT"]
    return "\r\n".join(lines + ["END:VCALENDAR", ""])


def write(batch, name, text):
    path = os.path.join(batch.folder.name, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)
    return path


def wrong_days(batch, table, answers):
    return [(row["date"], answer) for row, answer in zip(table, answers)
            if (answer.split("\t")[0] == "work") != (row["is_workday"] == "1")]


def each_year(ending, text_of):
    table = rows("cn_workdays/cn_calendar_2007_2026.csv")
    papers = {year: paper(year) for year in range(2007, 2027)}
    batch = Batch()
    asked = []
    for year in YEARS:
        groups = [(f"paper of {other}", papers[other]["days"]) for other in papers if other != year]
        mistaken = off(f"{year}-03-10", f"{year}-03-11", f"{year}-03-12", f"{year - 1}-12-09")
        groups.insert(0, ("a former paper of the year", mistaken))
        known_to = f"{year - 1}-12-31" if year == 2026 else "2026-12-31"
        write(batch, f"{year}/cn.yaml", calendar(groups, known_to))
        batch.calendar(write(batch, f"{year}/notice.{ending}", text_of(papers[year])))
        for row in table:
            if abs(int(row["date"][:4]) - year) <= 1:
                asked.append(row)
                batch.ask("day", row["date"])
    check_eq(wrong_days(batch, asked, batch.answers()), [])
    check(len(asked) > 19 * 2 * 365)


@test
def a_notice_as_json_gives_its_year_and_takes_the_former_paper_away():
    each_year("json", json.dumps)


@test
def a_notice_as_ics_gives_the_same():
    each_year("ics", ics)


def before_revision(revision):
    """The year's days as they stood before the paper that changed them."""
    year = int(revision["announced"][:4])
    days = [day for day in paper(year)["days"] if day["date"] not in revision["changes"]]
    if year == 2020:  # "2020-02-01 make-up working Saturday"
        days.append({"date": "2020-02-01", "isOffDay": False, "name": "春节"})
    return year, days


def revisions(text_of):
    table = rows("cn_workdays/cn_calendar_2007_2026.csv")
    batch = Batch()
    asked = []
    for revision in objects("cn_workdays/cn_calendar_revisions.json"):
        year, days = before_revision(revision)
        groups = [("paper of the year", days)]
        if year < 2026:
            groups.append(("paper of the next", paper(year + 1)["days"]))
        own = [row for row in table if row["date"].startswith(str(year))]
        alone = Batch()
        alone.calendar(write(batch, f"{year}/cn.yaml", calendar(groups, "2026-12-31")))
        for row in own:
            alone.ask("day", row["date"])
        differs = {date for date, _ in wrong_days(alone, own, alone.answers())}
        check(differs and differs <= set(revision["changes"]), f"{year}: {differs}")
        batch.calendar(write(batch, f"{year}/revision.json", text_of(year, revision)))
        for row in own:
            asked.append(row)
            batch.ask("day", row["date"])
    check_eq(wrong_days(batch, asked, batch.answers()), [])
    check_eq(len(asked), 365 + 365 + 366)


@test
def a_paper_that_changes_some_days_of_a_year_in_force_leaves_the_others():
    revisions(lambda year, revision: json.dumps(
        {"year": year, "amends": True, "document": revision["paper"],
         "days": [{"name": "x", "date": date, "isOffDay": what == "off"}
                  for date, what in revision["changes"].items()]}))


@test
def the_whole_year_given_anew_is_the_same():
    revisions(lambda year, revision: json.dumps(paper(year)))


main("oracle/notices")
