"""days.py - a calendar as people read it, day by day; slow, and obvious.

The oracle's own calendar: nothing is tabulated and nothing is shared with the engine. A day's hours
are looked up in the papers (exceptions, seasons, week), a stretch of time is walked day by day.
Instants are whole ms since 1970 UTC.
"""

import datetime
from zoneinfo import ZoneInfo

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=UTC)
MS = datetime.timedelta(milliseconds=1)
DAY = datetime.timedelta(days=1)
DAY_MS = 86_400_000


class Unknown(Exception):
    """The calendar does not reach that far: nothing can be told."""


def ms_of(moment):
    return (moment - EPOCH) // MS


class Calendar:
    """levels: from the root down, each a dict with any of zone, week, seasons, exceptions, known.

    week: seven lists of (from_ms, to_ms); seasons: list of (first, last, week); exceptions: date ->
    None (off), [] (work, at the hours of that weekday) or a list of spans; known: (first, last).
    """

    def __init__(self, name, levels):
        self.name = name
        self.levels = levels
        for level in levels:
            self.zone = ZoneInfo(level["zone"]) if "zone" in level else getattr(self, "zone", None)
            self.week = level.get("week", getattr(self, "week", None))
            self.known = level.get("known", getattr(self, "known", None))
        self.seen = {}

    # ---- the wall clock -------------------------------------------------------------------------

    def local(self, at):
        return (EPOCH + at * MS).astimezone(self.zone)

    def day(self, at):
        return self.local(at).date()

    def instant(self, day, wall_ms):
        """The instant of a wall-clock time; in a gap by the offset before, of two the first."""
        naive = datetime.datetime(day.year, day.month, day.day) + wall_ms * MS
        return ms_of(naive.replace(tzinfo=self.zone).astimezone(UTC))

    def change_before(self, at):
        """The last change of clocks in the day up to `at`."""
        low, high = at - DAY_MS, at
        offset = self.local(high).utcoffset()
        while high - low > 1:
            middle = (low + high) // 2
            if self.local(middle).utcoffset() == offset:
                high = middle
            else:
                low = middle
        return high

    def wall(self, at):
        """ms since midnight by the wall clock; while an hour comes again, it stands still."""
        local = self.local(at)
        if local.fold:
            local = self.local(self.change_before(at) - 1) + MS
        return since_midnight(local)

    def shown(self, at):
        """ms since midnight as the wall clock shows them, also in an hour that comes again."""
        return since_midnight(self.local(at))

    def at_wall(self, day, wall_ms):
        """The same as instant, but a time in a gap is the moment the clocks change."""
        at = self.instant(day, wall_ms)
        naive = datetime.datetime(day.year, day.month, day.day) + wall_ms * MS
        if self.local(at).replace(tzinfo=None) != naive:
            return self.change_before(at)
        return at

    # ---- the days -------------------------------------------------------------------------------

    def hours(self, day):
        """The working spans of a day by the wall clock; none: a day off."""
        if day < self.known[0]:
            raise Unknown(day)
        if day not in self.seen:
            self.seen[day] = self.hours_read(day)
        return self.seen[day]

    def hours_read(self, day):
        base = max(i for i, level in enumerate(self.levels) if "week" in level)
        found = self.in_season(day, day.weekday(), base)
        for level in self.levels:
            if day > self.known[1] or day not in level.get("exceptions", {}):
                continue
            said = level["exceptions"][day]
            if said is None:
                found = []
            elif said:
                found = said
            else:
                weekday = day.weekday()
                if not self.week[weekday]:
                    weekday = next(i for i in range(7) if self.week[i])
                found = self.in_season(day, weekday, base)
        return found

    def in_season(self, day, weekday, base):
        found = self.week[weekday]
        for level in self.levels[base:]:
            for first, last, week in level.get("seasons", []):
                if first <= day <= last and found and week[weekday]:
                    found = week[weekday]
        return found

    def spans(self, day):
        """The working spans of a day in real time."""
        pairs = [(self.at_wall(day, a), self.at_wall(day, b)) for a, b in self.hours(day)]
        return [(a, b) for a, b in pairs if a < b]

    def is_work(self, day):
        return bool(self.hours(day))

    def worked(self, day):
        return sum(b - a for a, b in self.spans(day))

    def is_beyond(self, day):
        return day > self.known[1]

    def next_workday(self, day):
        day += DAY
        while not self.is_work(day):
            day += DAY
        return day


def since_midnight(local):
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return (local.replace(tzinfo=None) - midnight) // MS


def add_months(day, months):
    """The same day of another month; where there is none, that month's last."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    for number in (day.day, 30, 29, 28):
        try:
            if number <= day.day:
                return datetime.date(year, month, number)
        except ValueError:
            pass
    raise AssertionError
