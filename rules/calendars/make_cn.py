#!/usr/bin/env python3
"""make_cn.py FOLDER - print rules/calendars/cn.yaml from the State Council's papers as data.

FOLDER holds holiday-cn/YYYY.json (github.com/NateScarlet/holiday-cn, MIT: the days of each year's
paper, and its address) and cn_calendar_revisions.json (the papers that changed a calendar already
in force). Run it when a new year's paper is out, read the difference, and commit cn.yaml:

    rules/calendars/make_cn.py FOLDER > rules/calendars/cn.yaml
"""

import datetime
import json
import pathlib
import sys

FIRST_YEAR = 2007

HEAD = """\
# 中国（内地）法定工作日。由 make_cn.py 生成，请勿手工改动；部门的作息、轮休写在继承它的日历里。
# The working days of mainland China, as the State Council's papers arrange them. Made by
# make_cn.py: a department that differs writes a calendar of its own that inherits this one.
calendar: cn
name: {{zh: 中国法定工作日, en: Working days of mainland China}}
zone: Asia/Shanghai
known: {{from: {first}, to: {last}}}
week: {{mon-fri: "09:00-12:00 13:30-17:30", sat-sun: off}}
exceptions:
"""

TITLE = "国务院办公厅关于{year}年部分节假日安排的通知"

# The papers that changed a year's arrangement, by the date they were announced. `earlier` is what
# the year's own paper had said of a day that the later one says otherwise: it stays on record.
CHANGES = {
    "2015-05-13": {
        "title": "国务院关于中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日调休放假的通知",
        "earlier": {},
    },
    "2019-03-22": {"title": "国务院办公厅关于调整2019年劳动节假期安排的通知", "earlier": {}},
    "2020-01-27": {
        "title": "国务院办公厅关于延长2020年春节假期的通知",
        "earlier": {"2020-02-01": False},
    },
}


def read(folder):
    """The years that have a paper, oldest first, and the later papers."""
    years = []
    for path in sorted((folder / "holiday-cn").glob("2*.json")):
        year = json.loads(path.read_text(encoding="utf-8"))
        if year["papers"] and year["days"]:  # a year without a paper is not known yet
            years.append(year)
    changes = json.loads((folder / "cn_calendar_revisions.json").read_text(encoding="utf-8"))
    unknown = {change["announced"] for change in changes} ^ set(CHANGES)
    if unknown:
        sys.exit(f"make_cn.py: CHANGES and the revisions differ: {sorted(unknown)}")
    return years, changes


def spans(dates):
    """Dates as YAML: runs of neighbours become from..to."""
    runs = []
    for text in sorted(dates):
        day = datetime.date.fromisoformat(text)
        if runs and day - runs[-1][1] == datetime.timedelta(1):
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return ", ".join(f"{a}..{b}" if a != b else f"{a}" for a, b in runs)


def group(days, title, url, announced=None):
    """One group of exceptions; days: {date: (name, is off)}."""
    lines = [f"  - ground: {title}", f"    url: {url}"]
    if announced:
        lines += [f"    announced: {announced}", "    amends: true"]
    for key, is_off in (("off", True), ("work", False)):
        names = {}
        for date, (name, off) in days.items():
            if off == is_off:
                names.setdefault(name, []).append(date)
        if names:
            lines.append(f"    {key}:")
            lines += [f"      {name}: [{spans(dates)}]" for name, dates in names.items()]
    return "\n".join(lines) + "\n"


def main():
    years, changes = read(pathlib.Path(sys.argv[1]))
    first, last = f"{FIRST_YEAR}-01-01", f"{years[-1]['year']}-12-31"
    print(HEAD.format(first=first, last=last), end="")
    for year in years:
        days = {d["date"]: (d["name"], d["isOffDay"]) for d in year["days"] if d["date"] >= first}
        later = [c for c in changes if c["announced"][:4] == str(year["year"])]
        late_days = {}
        for change in later:
            for date in change["changes"]:
                late_days[date] = days.pop(date)
                if late_days[date][1] != (change["changes"][date] == "off"):
                    sys.exit(f"make_cn.py: {date} differs from its own revision")
            for date, is_off in CHANGES[change["announced"]]["earlier"].items():
                days[date] = (late_days[date][0], is_off)
        print(group(dict(sorted(days.items())), TITLE.format(year=year["year"]),
                    year["papers"][0]), end="")
        for change in later:
            own = {date: late_days[date] for date in change["changes"]}
            print(group(own, CHANGES[change["announced"]]["title"], change["paper"],
                        change["announced"]), end="")


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    main()
