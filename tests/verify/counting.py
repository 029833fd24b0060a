"""counting.py - how much counted time lies between two instants, and where so much of it ends.

Six ways to count (time.md, "Limits and counting"), each as two plain questions: amount(a, b) and
lay(a, n). Everything is walked, day by day.

    elapsed   real time                            minute, hour
    worktime  working time                         workminute, workhour
    civil     the wall clock                       day, month, year   with count: instant
    days      natural days, the last one whole     day, month, year   with count: day
    same      workdays of 24 h, same clock time    workday            with count: instant
    share     shares of a workday, by its hours    workday            with count: ceil
    ranks     whole workdays                       workday            with count: day
"""

import collections
from fractions import Fraction

from tests.verify.days import DAY, DAY_MS, add_months

MINUTE = 60_000
WHOLE_DAYS = ("days", "ranks")
NATURAL = ("day", "month", "year")

# end: close of business, not 24:00; roll: a natural day off goes on to the next workday
Ending = collections.namedtuple("Ending", "close roll", defaults=(False, False))
PLAIN = Ending()


def measure_of(count, unit):
    if unit in ("minute", "hour"):
        return "elapsed"
    if unit in ("workminute", "workhour"):
        return "worktime"
    if unit in NATURAL:
        return "days" if count == "day" else "civil"
    return {"day": "ranks", "instant": "same", "ceil": "share"}[count]


def per_unit(measure, unit):
    """How much of the measure one unit is (not of months and years)."""
    if unit in ("minute", "workminute"):
        return MINUTE
    if unit in ("hour", "workhour"):
        return 60 * MINUTE
    return DAY_MS if measure in ("civil", "same") else 1


def length_of(calendar, measure, start, n, unit):
    """A term as an amount, laid from an instant (of which only months and years ask)."""
    if unit in ("month", "year"):
        day = calendar.day(start)
        days = (add_months(day, n * (12 if unit == "year" else 1)) - day).days
        return days * (DAY_MS if measure == "civil" else 1)
    return n * per_unit(measure, unit)


# ---- amount ----------------------------------------------------------------------------------


def amount(calendar, measure, a, b):
    """The counted time from a to b; negative when b is earlier."""
    if b < a:
        return -amount(calendar, measure, b, a)
    first, last = calendar.day(a), calendar.day(b)
    if measure == "elapsed":
        return b - a
    if measure == "days":
        return (last - first).days
    if measure == "civil":
        return (last - first).days * DAY_MS + calendar.wall(b) - calendar.wall(a)
    calendar.hours(first)
    if measure == "ranks":
        return sum(calendar.is_work(day) for day in walk(first + DAY, last))
    total = 0
    for day in walk(first, last):
        total += part_of_day(calendar, measure, day, a, b)
    return total


def walk(first, last):
    while first <= last:
        yield first
        first += DAY


def part_of_day(calendar, measure, day, a, b):
    """What of one day lies between a and b."""
    if not calendar.is_work(day):
        return 0
    if measure == "same":
        from_ms = calendar.wall(a) if calendar.day(a) == day else 0
        to_ms = calendar.wall(b) if calendar.day(b) == day else DAY_MS
        return to_ms - from_ms
    worked = sum(max(0, min(b, to) - max(a, start)) for start, to in calendar.spans(day))
    return worked if measure == "worktime" else Fraction(worked, calendar.worked(day))


# ---- lay -------------------------------------------------------------------------------------


def lay(calendar, measure, a, n, ending=PLAIN):
    """The instant at which n is used up from a (n may be negative), as the measure means it."""
    if measure == "elapsed":
        return a + n
    if measure == "civil":
        wall = calendar.wall(a) + n
        return calendar.at_wall(calendar.day(a) + wall // DAY_MS * DAY, wall % DAY_MS)
    if measure in WHOLE_DAYS:
        return day_end(calendar, last_day(calendar, measure, a, n, ending), ending)
    if measure == "same":
        return lay_same(calendar, a, n)
    return lay_worked(calendar, measure, a, n)


def last_day(calendar, measure, a, n, ending=PLAIN):
    """The day that ends the limit."""
    day = calendar.day(a)
    if measure == "days":
        day += n * DAY
        if ending.roll and not calendar.is_work(day):
            day = calendar.next_workday(day)
        return day
    if n > 0:
        for _ in range(n):
            day = calendar.next_workday(day)
        return day
    while not calendar.is_work(day):
        day -= DAY
    for _ in range(-n):
        day -= DAY
        while not calendar.is_work(day):
            day -= DAY
    return day


def day_end(calendar, day, ending):
    if ending.close and calendar.is_work(day):
        return calendar.at_wall(day, calendar.hours(day)[-1][1])
    return calendar.instant(day + DAY, 0)


def lay_same(calendar, a, n):
    day = calendar.day(a)
    wall = calendar.wall(a)
    if not calendar.is_work(day):
        day, wall = calendar.next_workday(day), 0
    wall += n
    while wall < 0:
        wall += DAY_MS
        day -= DAY
        while not calendar.is_work(day):
            day -= DAY
    while wall >= DAY_MS:
        wall -= DAY_MS
        day = calendar.next_workday(day)
    return calendar.at_wall(day, wall)


def lay_worked(calendar, measure, a, n):
    """worktime ends at the earliest instant there, share at the last: when work goes on."""
    day = calendar.day(a)
    used = part_of_day(calendar, measure, day, calendar.instant(day, 0), a) + n
    while used < 0 or (measure == "worktime" and used <= 0):
        day -= DAY
        used += whole_day(calendar, measure, day)
    whole = whole_day(calendar, measure, day)
    while used > whole or (measure == "share" and used >= whole):
        used -= whole
        day += DAY
        whole = whole_day(calendar, measure, day)
    if measure == "share":
        used = round_half_up(used * calendar.worked(day))
    for start, end in calendar.spans(day):
        if used < end - start or (measure == "worktime" and used == end - start):
            return start + used
        used -= end - start
    return lay_worked(calendar, measure, calendar.instant(day + DAY, 0), 0)


def round_half_up(number):
    return int(number + Fraction(1, 2))


def whole_day(calendar, measure, day):
    if not calendar.is_work(day):
        return 0
    return calendar.worked(day) if measure == "worktime" else 1


# ---- the start -------------------------------------------------------------------------------


def counted_from(calendar, start_at, at):
    """Where a start counts from. start_at: outside (bool: next working moment), cutoff (pair or
    None), same_time (bool). Order: day off, cut-off, working moment."""
    if start_at.get("same_time"):
        day = calendar.day(at)
        if not calendar.is_work(day):
            at = calendar.at_wall(calendar.next_workday(day), calendar.shown(at))
    if start_at.get("cutoff"):
        day = calendar.day(at)
        if calendar.is_work(day) and calendar.shown(at) >= start_at["cutoff"][0]:
            at = calendar.at_wall(calendar.next_workday(day), start_at["cutoff"][1])
    if start_at.get("outside"):
        day = calendar.day(at)
        for start, end in calendar.spans(day):
            if at < end:
                return max(at, start)
        return calendar.spans(calendar.next_workday(day))[0][0]
    return at
