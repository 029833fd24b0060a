"""peers.py - the expected values of other libraries' own tests, put as questions to ours.

Each row becomes a Question: a calendar, what to ask, and how to read the answer as the peer would
write it. A peer means something else by the same word in places; those rows are listed, with the
convention that differs, in peer_differences.csv.
"""

import datetime
import fractions
import re
import zoneinfo

from tests.oracle.ask import WEEKDAYS, calendar_text, objects

FIRST, LAST = "1990-01-01", "2030-12-31"
UNITS = {"second": 1000, "minute": 60000, "hour": 3600000}


def utc(text):
    at = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    if at.tzinfo is None:
        at = at.replace(tzinfo=datetime.timezone.utc)
    return at


class Question:
    """verb and words as Batch.ask takes them; read(answer) against expected."""

    def __init__(self, key, calendar, settings, words, read, expected):
        self.key = key
        self.calendar = calendar
        self.settings = settings
        self.words = words
        self.read = read
        self.expected = expected


BASE = {"count": "instant", "start": "as-is", "day_off": "as-is", "cutoff": "none"}
MOMENT = dict(BASE, start="working-moment")
SAME_TIME = dict(BASE, day_off="same-time")


def instant_of(answer):
    return utc(answer.split("\t")[0])


def seconds_of(answer):
    return int(answer.split("\t")[3]) / 1000


def whole_seconds_of(answer):
    """Halves away from zero, as working_hours rounds."""
    ms = int(answer.split("\t")[3])
    return (1 if ms >= 0 else -1) * ((abs(ms) + 500) // 1000)


def whole_second_of(answer):
    at = instant_of(answer) + datetime.timedelta(milliseconds=500)
    return at.replace(microsecond=0)


def span_end_of(answer):
    return utc(answer.split("\t")[1])


def next_start_after(at):
    """The start of the span after the one that the instant lies in, or of the next one."""
    def read(answer):
        start, _, after = answer.split("\t")
        return utc(after) if utc(start) <= utc(at) else utc(start)
    return read


def date_of(answer):
    """The day that a deadline at 24:00 ends, or on which an instant lies."""
    at = datetime.datetime.fromisoformat(answer.split("\t")[0])
    return (at - datetime.timedelta(milliseconds=1)).date().isoformat()


def is_work(answer):
    return answer.split("\t")[0] == "work"


def is_working_ms(answer):
    return answer.split("\t")[3] == "1"


def after_ms(text):
    return (utc(text) + datetime.timedelta(milliseconds=1)).isoformat(timespec="milliseconds")


def work_ms(n, unit):
    return round(n * UNITS[unit.rstrip("s")])


# ---- OTOBO -------------------------------------------------------------------------------------


def otobo():
    for row in objects("peer_tests/otobo_working_time.json"):
        config = row["calendar"]
        week = {day: " ".join("-".join(span) for span in spans)
                for day, spans in config["hours"].items() if spans}
        # Its yearly holidays begin before our first known day, so only years near are written out.
        off = [f"{year}-{day}" for year in range(2010, 2021) for day in config["yearly_holidays"]]
        calendar = calendar_text("c", config["time_zone"], week, off=off,
                                 known=("2010-01-01", "2020-12-31"))
        zone = zoneinfo.ZoneInfo(row["io_time_zone"])

        def at(text, zone=zone):
            return datetime.datetime.fromisoformat(text).replace(tzinfo=zone).isoformat()

        if row["op"] == "add_working_seconds":
            ms = (row["add_seconds"] or 0) * 1000
            read = instant_of if row["valid_input"] else lambda answer: "refused"
            yield Question(row["id"], calendar, BASE, ("work", at(row["start"]), ms), read,
                           utc(at(row["expected"])))
        else:
            yield Question(row["id"], calendar, BASE, ("used", at(row["start"]), at(row["end"])),
                           seconds_of, row["expected_seconds"])


# ---- zendesk/biz -------------------------------------------------------------------------------


def minutes(text):
    hours, rest = text.split(":")
    return int(hours) * 60 + int(rest)


def clock(number):
    return f"{number // 60:02}:{number % 60:02}"


def spans_text(spans):
    """{from: to} as hours of a file: sorted, touching spans joined; None for a day off."""
    joined = []
    for a, b in sorted((minutes(a), minutes(b)) for a, b in spans.items()):
        if joined and a <= joined[-1][1]:
            joined[-1][1] = max(b, joined[-1][1])
        elif a < b:
            joined.append([a, b])
    return " ".join(f"{clock(a)}-{clock(b)}" for a, b in joined) or None


def without(spans, breaks):
    """Spans with the breaks cut out."""
    left = [(minutes(a), minutes(b)) for a, b in spans.items()]
    for a, b in ((minutes(a), minutes(b)) for a, b in breaks.items()):
        left = [piece for x, y in left for piece in ((x, min(y, a)), (max(x, b), y))
                if piece[0] < piece[1]]
    return {clock(a): clock(b) for a, b in left}


def biz_calendar(config):
    week = {day: spans_text(spans) for day, spans in config["hours"].items()}
    off, hours = set(config["holidays"]), {}
    for date in set(config["shifts"]) | set(config["breaks"]):
        name = WEEKDAYS[datetime.date.fromisoformat(date).weekday()]
        spans = config["shifts"].get(date, config["hours"].get(name, {}))
        text = spans_text(without(spans, config["breaks"].get(date, {})))
        if date in off:
            continue
        if text is None:
            off.add(date)
        else:
            hours[date] = text
    return calendar_text("c", config["time_zone"], week, off=off, hours=hours, known=(FIRST, LAST))


def biz():
    for row in objects("peer_tests/zendesk_biz.json"):
        calendar = biz_calendar(row["config"])
        if row["op"] == "within":
            yield Question(row["id"], calendar, BASE, ("used", row["from"], row["to"]), seconds_of,
                           row["result_seconds"])
        elif row["op"] == "in_hours":
            yield Question(row["id"], calendar, BASE, ("used", row["at"], after_ms(row["at"])),
                           is_working_ms, row["result"])
        else:
            is_after = row["op"] == "add_after"
            if row["unit"] in ("day", "days"):
                words = ("due" if is_after else "before", row["at"], f"{row['n']} workday")
                settings = MOMENT
            elif row["n"] == 0 and is_after:  # the first working moment
                words, settings = ("due", row["at"], "0 workminute"), MOMENT
            else:
                ms = work_ms(row["n"], row["unit"])
                words = ("work", row["at"], ms if is_after else -ms)
                settings = BASE
            yield Question(row["id"], calendar, settings, words, instant_of, utc(row["result"]))


# ---- business_time -----------------------------------------------------------------------------


def hms(text):
    hours, rest, _ = text.split(":")
    return f"{int(hours):02}:{int(rest):02}"


def holidays_of(row):
    """Of a single call: "[Mon, 05 Jul 2010]" or "2010-07-05", as a keyword or within a hash."""
    text = row["kw"].get("holidays", "") + " ".join(map(str, row["args"]))
    if "holidays" not in row["kw"] and "holidays" not in text:
        return []
    days = re.findall(r"\d{4}-\d\d-\d\d", row["kw"].get("holidays", ""))
    for day in re.findall(r"\d\d [A-Z][a-z]{2} \d{4}", text):
        days.append(datetime.datetime.strptime(day, "%d %b %Y").date().isoformat())
    return days


def business_time_calendar(row):
    config = row["config"]
    week = {day: f"{hms(config['beginning'])}-{hms(config['end'])}" for day in config["work_week"]}
    if config["work_hours"]:
        week = {}
        for day, (start, end) in config["work_hours"].items():
            end = "24:00" if hms(end) == "00:00" else hms(end)
            week[day] = f"{hms(start)}-{end}"
    zone = row["zone"] or "UTC"
    off = set(config["holidays"]) | set(holidays_of(row))
    return calendar_text("c", zone, week, off=off, known=(FIRST, LAST))


def number(value):
    """Seconds; Ruby prints exact ones as "(7200/1)"."""
    return round(float(fractions.Fraction(str(value).strip("()"))), 3)


def wall(row, text):
    """business_time looks at the wall clock as it is written, whatever the zone."""
    return text[:19].replace("T", " ") if row["zone"] is None else text


def business_time():
    for row in objects("peer_tests/business_time.json"):
        calendar = business_time_calendar(row)
        if row["op"] in ("after", "before"):
            n = row["n"] if row["op"] == "after" else -row["n"]
            start = wall(row, row["args"][0])
            expected = utc(wall(row, row["result"]))
            if row["unit"] == "days":
                words = ("due" if n >= 0 else "before", start, f"{abs(n)} workday")
                settings = MOMENT if len(start) > 10 else SAME_TIME  # a date, or a time
                yield Question(row["id"], calendar, settings, words, instant_of, expected)
            else:
                yield Question(row["id"], calendar, BASE, ("work", start, work_ms(n, row["unit"])),
                               instant_of, expected)
        elif row["op"] == "workday?":
            yield Question(row["id"], calendar, BASE, ("day", row["recv"][:10]), is_work,
                           row["result"])
        elif row["op"] == "business_time_until":
            words = ("used", wall(row, row["recv"]), wall(row, row["args"][0]))
            yield Question(row["id"], calendar, BASE, words, seconds_of, number(row["result"]))
        elif row["op"] == "during_business_hours?":
            start = wall(row, row["recv"])
            end = start + ".001" if row["zone"] is None else after_ms(start)
            yield Question(row["id"], calendar, BASE, ("used", start, end), is_working_ms,
                           row["result"])
        else:
            is_inclusive = len(row["args"]) > 1 and row["args"][1]
            end = datetime.date.fromisoformat(row["args"][0][:10])
            end += datetime.timedelta(1 if is_inclusive else 0)
            words = ("used", row["recv"][:10], end.isoformat())
            yield Question(row["id"], calendar, BASE, words,
                           lambda answer: int(answer.split("\t")[4]) / 86400000, row["result"])


# ---- working_hours -----------------------------------------------------------------------------


def working_hours_calendar(row):
    week = {day: spans_text(spans) for day, spans in row["working_hours"].items()}
    hours = {date: spans_text(spans) for date, spans in row["holiday_hours"].items()}
    return calendar_text("c", row["time_zone"], week, off=set(row["holidays"]) - set(hours),
                         hours=hours, known=(FIRST, LAST))


def working_days(row, calendar):
    if row["op"] == "working_day":
        return Question(row["id"], calendar, BASE, ("day", row["args"][0]), is_work, row["result"])
    if row["op"] == "working_days_between":
        return Question(row["id"], calendar, BASE, ("used", *row["args"]),
                        lambda answer: int(answer.split("\t")[6]), row["result"])
    start, n = row["args"]
    is_date = len(start) == 10
    words = ("due" if n >= 0 else "before", start, f"{abs(n)} workday")
    settings = dict(SAME_TIME, count="day") if is_date else SAME_TIME
    expected = row["result"] if is_date else utc(row["result"])
    return Question(row["id"], calendar, settings, words, date_of if is_date else instant_of,
                    expected)


def working_hours():
    for row in objects("peer_tests/working_hours.json"):
        calendar = working_hours_calendar(row)
        key, op, args = row["id"], row["op"], row["args"]
        if op in ("working_day", "working_days_between", "add_days"):
            yield working_days(row, calendar)
        elif op == "working_time_between":
            yield Question(key, calendar, BASE, ("used", *args), whole_seconds_of,
                           row["result"])
        elif op == "in_working_hours":
            yield Question(key, calendar, BASE, ("used", args[0], after_ms(args[0])),
                           is_working_ms, row["result"])
        elif op in ("add_seconds", "add_minutes", "add_hours"):
            words = ("work", args[0], work_ms(args[1], op[4:]))
            read = instant_of if float(args[1]).is_integer() else whole_second_of
            yield Question(key, calendar, BASE, words, read, utc(row["result"]))
        elif op == "advance_to_working_time":
            yield Question(key, calendar, MOMENT, ("due", args[0], "0 workminute"), instant_of,
                           utc(row["result"]))
        elif op == "return_to_working_time":
            yield Question(key, calendar, BASE, ("before", args[0], "0 workminute"), instant_of,
                           utc(row["result"]))
        elif op == "advance_to_closing_time":
            yield Question(key, calendar, BASE, ("span", args[0]), span_end_of,
                           utc(row["result"]))
        else:
            yield Question(key, calendar, BASE, ("span", args[0]), next_start_after(args[0]),
                           utc(row["result"]))
