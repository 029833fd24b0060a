"""slow.py - the calendar once more, the slow and obvious way: dates are stepped one by one, time zones
come from Python's zoneinfo, fractions are fractions. It shares nothing with rules/calendar.
"""

import datetime
import fractions
import functools
import zoneinfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
DAY = datetime.timedelta(1)
MS = datetime.timedelta(milliseconds=1)
DAY_MS = 86400000
SHARE = 86400000000


def ms_of(span):
    return span // MS


def months_later(date, months):
    count = date.year * 12 + date.month - 1 + months
    year, month = count // 12, count % 12 + 1
    for day in (date.day, 30, 29, 28):
        try:
            return datetime.date(year, month, min(day, date.day))
        except ValueError:
            continue
    raise ValueError(date)


class Zone:
    """Local time, made to rise only."""

    def __init__(self, name):
        self.name = name
        self.zone = zoneinfo.ZoneInfo(name)
        self.midnight = functools.lru_cache(None)(self.midnight_slow)

    def offset(self, at):
        return at.astimezone(self.zone).utcoffset()

    def change_between(self, a, b):
        """The instant within (a, b] from which the offset is that of b."""
        after = self.offset(b)
        while b - a > MS:
            middle = a + (b - a) // 2
            if self.offset(middle) == after:
                b = middle
            else:
                a = middle
        return datetime.datetime.fromtimestamp(round(b.timestamp()), UTC)

    def instant(self, wall):
        """The earliest instant at which the wall clock has reached this."""
        first = wall.replace(tzinfo=self.zone, fold=0).astimezone(UTC)
        if first.astimezone(self.zone).replace(tzinfo=None) == wall:
            return first
        before = wall.replace(tzinfo=self.zone, fold=1).astimezone(UTC)
        return self.change_between(before, first)

    def midnight_slow(self, date):
        return self.instant(datetime.datetime.combine(date, datetime.time()))

    def date(self, at):
        """The date whose midnight was last reached."""
        date = at.astimezone(self.zone).date()
        while self.midnight(date + DAY) <= at:
            date += DAY
        while self.midnight(date) > at:
            date -= DAY
        return date

    def civil(self, at):
        """Date, and ms of the wall clock since its start; the hour that comes twice counts once."""
        date = self.date(at)
        local = at.astimezone(self.zone)
        wall = local.replace(tzinfo=None, fold=0)
        if local.fold:
            change = self.change_between(at - 4 * datetime.timedelta(hours=1), at)
            wall = (change - MS).astimezone(self.zone).replace(tzinfo=None) + MS
        start = datetime.datetime.combine(date, datetime.time())
        return date, max(0, min(ms_of(wall - start), DAY_MS))

    def civil_instant(self, date, ms):
        if ms == DAY_MS:
            return self.midnight(date + DAY)
        wall = datetime.datetime.combine(date, datetime.time()) + ms * MS
        return max(self.instant(wall), self.midnight(date))


class Calendar:
    """week: seven lists of (from, to) minutes; seasons: (first, last, week); exceptions:
    {date: list of spans or "off" or "work"}; first, horizon: dates."""

    def __init__(self, zone, week, seasons, exceptions, first, horizon):
        self.zone = zone
        self.week = week
        self.seasons = seasons
        self.exceptions = exceptions
        self.first = first
        self.horizon = horizon
        self.spans = functools.lru_cache(None)(self.spans_slow)

    def wall_spans(self, date):
        said = self.exceptions.get(date) if date <= self.horizon else None
        if said == "off":
            return []
        if isinstance(said, list):
            return said
        weekday = date.weekday()
        if not self.week[weekday]:
            if said != "work":
                return []
            weekday = next(i for i in range(7) if self.week[i])
        spans = self.week[weekday]
        for first, last, week in self.seasons:
            if first <= date <= last and week[weekday]:
                spans = week[weekday]
        return spans

    def spans_slow(self, date):
        """Working time of a date as pairs of instants."""
        real = []
        for a, b in self.wall_spans(date):
            start = self.zone.civil_instant(date, a * 60000)
            end = self.zone.civil_instant(date, b * 60000)
            if start < end:
                real.append((start, end))
        return real

    def is_work(self, date):
        return bool(self.spans(date))

    def next_work(self, date, count=1):
        """The count-th workday after a date (before it, when negative)."""
        step = DAY if count > 0 else -DAY
        while count:
            date += step
            count -= (1 if step > 0 * DAY else -1) if self.is_work(date) else 0
        return date

    def total(self, date):
        return sum(ms_of(b - a) for a, b in self.spans(date))

    def used(self, date, at):
        """Working ms of a date that have passed at an instant."""
        return sum(ms_of(min(at, b) - a) for a, b in self.spans(date) if at > a)

    # ---- starts --------------------------------------------------------------------------------

    def start(self, at, settings):
        local = at.astimezone(self.zone.zone)
        date, ms = local.date(), ms_of(local.replace(tzinfo=None) - datetime.datetime.combine(
            local.date(), datetime.time()))
        if settings["day_off"] == "same-time" and not self.is_work(date):
            date = self.next_work(date)
            at = self.zone.civil_instant(date, ms)
        if settings["cutoff"] is not None and self.is_work(date):
            limit, to = settings["cutoff"]
            if ms >= limit * 60000:
                date = self.next_work(date)
                at = self.zone.civil_instant(date, to * 60000)
        date = self.zone.date(at)
        if settings["start"] == "working-moment":
            while True:
                for a, b in self.spans(date):
                    if at < b:
                        return max(a, at)
                date += DAY
        return at

    # ---- deadlines -----------------------------------------------------------------------------

    def end_of(self, date, settings):
        if settings["end"] == "close" and self.is_work(date):
            return self.spans(date)[-1][1]
        return self.zone.midnight(date + DAY)

    def due(self, at, n, unit, settings):
        """The deadline, and the day it belongs to when the horizon matters to it, else None."""
        at = self.start(at, settings)
        due, date = getattr(self, "due_" + self.way(unit, settings))(at, n, unit, settings)
        return max(at, due), date

    @staticmethod
    def way(unit, settings):
        if unit in ("minute", "hour"):
            return "elapsed"
        if unit in ("workminute", "workhour"):
            return "worktime"
        if unit == "workday":
            return {"day": "workday_rank", "instant": "workday", "ceil": "share"}[settings["count"]]
        return "natural_day" if settings["count"] == "day" else "civil"

    def due_elapsed(self, at, n, unit, _):
        return at + n * datetime.timedelta(**{unit + "s": 1}), None

    def due_worktime(self, at, n, unit, _):
        left = n * {"workminute": 60000, "workhour": 3600000}[unit]
        date = self.zone.date(at)
        if left == 0:  # the end of the working time before
            while not any(a < at for a, _ in self.spans(date)):
                date -= DAY
            return max(min(b, at) for a, b in self.spans(date) if a < at), date
        while True:
            for a, b in self.spans(date):
                if b <= at:
                    continue
                a = max(a, at)
                if left <= ms_of(b - a):
                    return a + left * MS, date
                left -= ms_of(b - a)
            date += DAY

    def due_workday(self, at, n, *_):
        date, ms = self.zone.civil(at)
        if not self.is_work(date) or ms == DAY_MS:
            date, ms = self.next_work(date), 0
        date = self.next_work(date, n) if n else date
        return self.zone.civil_instant(date, ms), date

    def due_share(self, at, n, *_):
        date = self.zone.date(at)
        share = fractions.Fraction(0)
        if self.is_work(date):
            share = fractions.Fraction(self.used(date, at), self.total(date))
        if not self.is_work(date) or share == 1:
            date, share = self.next_work(date), fractions.Fraction(0)
        date = self.next_work(date, n) if n else date
        steps = share * SHARE // 1  # the line is one of whole steps
        used = (steps * self.total(date) + SHARE // 2) // SHARE
        if used == self.total(date):
            date, used = self.next_work(date), 0
        for a, b in self.spans(date):
            if used < ms_of(b - a):
                return a + used * MS, date
            used -= ms_of(b - a)
        raise AssertionError(date)

    def due_workday_rank(self, at, n, _, settings):
        date = self.zone.date(at)
        if n == 0 and not self.is_work(date):
            date = self.next_work(date, -1)
        date = self.next_work(date, n) if n else date
        return self.end_of(date, settings), date

    def later_date(self, date, n, unit):
        if unit == "day":
            return date + n * DAY
        return months_later(date, n * (12 if unit == "year" else 1))

    def due_natural_day(self, at, n, unit, settings):
        date = self.later_date(self.zone.date(at), n, unit)
        if settings["roll"] == "yes" and not self.is_work(date):
            date = self.next_work(date)
        depends = settings["roll"] == "yes" or settings["end"] == "close"
        return self.end_of(date, settings), date if depends else None

    def due_civil(self, at, n, unit, _):
        date, ms = self.zone.civil(at)
        if ms == DAY_MS:
            date, ms = date + DAY, 0
        return self.zone.civil_instant(self.later_date(date, n, unit), ms), None

    # ---- positions -----------------------------------------------------------------------------

    def used_between(self, a, b):
        """Seven numbers, in the order of enum axis, for a <= b."""
        (first, first_ms), (last, last_ms) = self.zone.civil(a), self.zone.civil(b)
        days = [first + i * DAY for i in range((last - first).days + 1)]
        work = [date for date in days if self.is_work(date)]
        worktime = sum(self.used(date, b) - self.used(date, a) for date in work)
        return [ms_of(b - a), (last - first).days * DAY_MS + last_ms - first_ms,
                (last - first).days, worktime,
                len(work) * DAY_MS - (first_ms if self.is_work(first) else 0)
                - ((DAY_MS - last_ms) if self.is_work(last) else 0),
                self.share_at(last, b, work) - self.share_at(first, a, []),
                len(work) - self.is_work(first)]

    def share_at(self, date, at, work):
        """Steps from the start of the first workday in question."""
        before = len([d for d in work if d < date])
        own = self.used(date, at) * SHARE // self.total(date) if self.is_work(date) else 0
        return before * SHARE + own
