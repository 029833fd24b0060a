"""Random calendars, starts, limits and conventions: rules/calendar against tests/oracle/slow.py.

The seed is fixed; another one is taken from SEED. Every zone here changes its clocks in some odd
way: by half an hour, at midnight, in the middle of Ramadan, by leaving out a whole day.
"""

import datetime
import os
import random

from tests.lib.check import check, check_eq, main, test
from tests.oracle.ask import WEEKDAYS, Batch, calendar_text
from tests.oracle.slow import DAY, EPOCH, MS, UTC, Calendar, Zone

SEED = int(os.environ.get("SEED", "20250126"))
CALENDARS = 120
DUES = 180  # of each calendar
USED = 30

ZONES = ["Asia/Shanghai", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe",
         "America/Sao_Paulo", "Asia/Tehran", "Pacific/Apia", "America/St_Johns", "Africa/Casablanca",
         "Asia/Kathmandu", "Europe/Dublin", "America/Havana", "Atlantic/Azores", "Africa/Cairo",
         "America/Santiago", "Asia/Amman", "UTC"]
UNITS = {"minute": 5000, "hour": 400, "workminute": 5000, "workhour": 150, "day": 90, "workday": 40,
         "month": 14, "year": 2}


def clock(minutes):
    return f"{minutes // 60:02}:{minutes % 60:02}"


def text_of(spans):
    return " ".join(f"{clock(a)}-{clock(b)}" for a, b in spans) if spans else "off"


def spans(rng):
    kind = rng.random()
    if kind < 0.4:
        return [(540, 720), (810, 1050)]
    if kind < 0.5:
        return [(0, 1440)]
    if kind < 0.6:
        return [(0, rng.randrange(30, 300)), (rng.randrange(600, 1200), 1440)]
    edges = sorted(rng.sample(range(1441), 2 * rng.randrange(1, 5)))
    return [tuple(edges[i:i + 2]) for i in range(0, len(edges), 2)]


def week(rng):
    hours = [spans(rng) for _ in range(3)]
    days = [rng.choice(hours) if rng.random() < (0.95 if i < 5 else 0.2) else [] for i in range(7)]
    return days if any(days) else [hours[0]] * 5 + [[], []]


def date_between(rng, first, last):
    return first + rng.randrange((last - first).days + 1) * DAY


def make_calendar(rng, zones):
    zone = zones[rng.choice(ZONES)]
    first = datetime.date(rng.randrange(1975, 2080), rng.randrange(1, 13), 1)
    horizon = first + rng.randrange(300, 6000) * DAY
    seasons = []
    for _ in range(rng.randrange(3)):
        start = date_between(rng, first, horizon)
        seasons.append((start, start + rng.randrange(200) * DAY, week(rng)))
    exceptions = {}
    for _ in range(rng.randrange(200)):
        date = date_between(rng, first, horizon)
        exceptions[date] = rng.choice(["off", "off", "work", spans(rng)])
    return Calendar(zone, week(rng), seasons, exceptions, first, horizon)


def file_of(calendar):
    def days(said):
        return [date.isoformat() for date, what in calendar.exceptions.items() if what == said]

    def week_text(days_of_week, with_off):
        return {WEEKDAYS[i]: text_of(s) for i, s in enumerate(days_of_week) if s or with_off}

    hours = {date.isoformat(): text_of(what) for date, what in calendar.exceptions.items()
             if isinstance(what, list)}
    return calendar_text("c", calendar.zone.name, week_text(calendar.week, True), off=days("off"),
                         work=days("work"), hours=hours,
                         known=(calendar.first.isoformat(), calendar.horizon.isoformat()),
                         seasons=[(a, b, week_text(w, False)) for a, b, w in calendar.seasons
                                  if any(w)])


def changes_of(zone, year):
    """The instants in a year at which the clocks change."""
    found = []
    at = datetime.datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        if zone.offset(at) != zone.offset(at + DAY):
            found.append(zone.change_between(at, at + DAY))
        at += DAY
    return found


def instant(rng, calendar, changes):
    """Anywhere; near a change of clocks; or on the edge of working time."""
    date = date_between(rng, calendar.first + 10 * DAY, calendar.horizon + 30 * DAY)
    kind = rng.random()
    if kind < 0.25:
        key = (calendar.zone.name, date.year)
        if key not in changes:
            changes[key] = changes_of(calendar.zone, date.year)
        near = [at for at in changes[key] if at > EPOCH + (calendar.first.toordinal() - 719152) * DAY]
        if near:
            return rng.choice(near) + rng.randrange(-3 * 3600000, 3 * 3600000) * MS
    if kind < 0.45 and calendar.is_work(date):
        edge = rng.choice(rng.choice(calendar.spans(date)))
        return edge + rng.choice((-1, 0, 0, 1)) * MS
    if kind < 0.5:
        return calendar.zone.midnight(date)
    return calendar.zone.midnight(date) + rng.randrange(86400000) * MS


def convention(rng):
    return {"count": rng.choice(("day", "instant", "ceil")),
            "end": rng.choice(("midnight", "close")),
            "roll": rng.choice(("no", "yes")),
            "start": rng.choice(("as-is", "as-is", "working-moment")),
            "day_off": rng.choice(("as-is", "as-is", "same-time")),
            "cutoff": rng.choice((None, None, (1020, 510), (rng.randrange(1440), 600)))}


def settings_of(settings):
    cutoff = settings["cutoff"]
    return dict(settings, cutoff="none" if cutoff is None else "=".join(map(clock, cutoff)))


def text_at(at):
    return at.isoformat(timespec="milliseconds")


def same(answer, due, date, horizon):
    words = answer.split("\t")
    if words[0] == "unknown":
        return False
    is_provisional = date is not None and date > horizon
    return (datetime.datetime.fromisoformat(words[0]) == due
            and (len(words) > 1) == is_provisional)


@test
def deadlines_agree_with_the_slow_calendar():
    rng = random.Random(SEED)
    zones = {name: Zone(name) for name in ZONES}
    batch, asked, changes = Batch(), [], {}
    for _ in range(CALENDARS):
        calendar = make_calendar(rng, zones)
        batch.calendar_of(file_of(calendar))
        for _ in range(DUES):
            settings = convention(rng)
            at = instant(rng, calendar, changes)
            unit = rng.choice(list(UNITS))
            n = rng.choice((0, 1, rng.randrange(UNITS[unit] + 1)))
            batch.set(**settings_of(settings))
            batch.ask("due", text_at(at), f"{n} {unit}")
            asked.append((calendar, at, n, unit, settings))
    wrong = []
    for question, answer in zip(asked, batch.answers()):
        calendar, at, n, unit, settings = question
        due, date = calendar.due(at, n, unit, settings)
        if not same(answer, due, date, calendar.horizon):
            wrong.append(f"{calendar.zone.name} {text_at(at)} + {n} {unit} {settings}: is {answer}, "
                         f"should be {text_at(due.astimezone(calendar.zone.zone))}")
    print(f"  {len(asked)} deadlines, seed {SEED}")
    check_eq(wrong[:1], [], f"{len(wrong)} wrong\n" + "\n".join(wrong[:10]))
    check(len(asked) >= 20000)


@test
def distances_agree_on_all_axes():
    rng = random.Random(SEED + 1)
    zones = {name: Zone(name) for name in ZONES}
    batch, asked, changes = Batch(), [], {}
    for _ in range(CALENDARS):
        calendar = make_calendar(rng, zones)
        batch.calendar_of(file_of(calendar))
        for _ in range(USED):
            a = instant(rng, calendar, changes)
            b = a + rng.choice((rng.randrange(7200000), rng.randrange(40 * 86400000))) * MS
            batch.ask("used", text_at(a), text_at(b))
            asked.append((calendar, a, b))
    wrong = []
    for (calendar, a, b), answer in zip(asked, batch.answers()):
        should = calendar.used_between(a, b)
        if answer.split("\t") != list(map(str, should)):
            wrong.append(f"{calendar.zone.name} {text_at(a)} to {text_at(b)}: is "
                         f"{answer.split(chr(9))}, should be {should}")
    print(f"  {len(asked)} distances on seven axes, seed {SEED + 1}")
    check_eq(wrong[:1], [], f"{len(wrong)} wrong\n" + "\n".join(wrong[:10]))


main("oracle/calendar_random")
