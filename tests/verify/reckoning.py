"""reckoning.py - when does a rung of one clock hold? Pauses, extensions, rungs, the slow way.

A limit is a length laid from the start. A pause that begins before the end is reached moves the
end on by what it leaves out; an open one holds it: then there is no instant for now (NEVER).
"""

from fractions import Fraction

from tests.verify.counting import (PLAIN, WHOLE_DAYS, Ending, amount, counted_from,
                                   last_day, lay, length_of, measure_of)
from tests.verify.days import Unknown

NEVER = float("inf")  # not while it is paused
NONE = None           # there is no such limit


class DayEnd(int):
    """The midnight that ends a counted day: on a line of whole days it still lies on that day."""


def end_on(end, measure):
    """Where a gap ends, for a line of this measure."""
    return end - 1 if isinstance(end, DayEnd) and measure in WHOLE_DAYS else end


class Line:
    """A limit as it is laid: how it is measured, how long it is, what its end means."""

    def __init__(self, count, unit, length, ending, fixed=None):
        self.count = count
        self.unit = unit
        self.measure = measure_of(count, unit)
        self.length = length
        self.ending = ending
        self.fixed = fixed


class Reckoning:
    def __init__(self, calendar, case, clock):
        self.calendar = calendar
        self.case = case
        self.clock = clock
        self.rule = clock.rule
        self.count = clock.rule["count"]
        self.ending = Ending(clock.rule["close"], clock.rule["roll"])
        try:
            self.start = counted_from(calendar, clock.rule["start_at"], clock.start)
            self.gaps = self.left_out(case.pauses)
        except Unknown:
            self.start = None

    # ---- what is left out -----------------------------------------------------------------------

    def left_out(self, pauses):
        """The stretches that are not counted: rising, none touching another."""
        found = [(a, b) for a, b in self.clock.gaps]
        for pair in self.rule["pauses"]:
            own = [(p["from"], self.pause_end(pair, p)) for p in pauses
                   if p["kind"] == pair["from"] and p.get("until") in (pair.get("to"), None)]
            own = union([(max(a, self.start), b) for a, b in own])
            found += self.capped(own, pair["cap"]) if pair["cap"] else own
        return union([(max(a, self.start), b) for a, b in found])

    def pause_end(self, pair, pause):
        term = pause["term"] or pair["term"]
        if term is None:
            return pause["to"]
        measure = measure_of(self.count, term[1])
        length = length_of(self.calendar, measure, pause["from"], *term)
        end = self.laid(measure, pause["from"], length)
        return end if end <= pause["to"] else pause["to"]

    def laid(self, measure, at, length):
        end = lay(self.calendar, measure, at, length)
        return DayEnd(end) if measure in WHOLE_DAYS else end

    def capped(self, stretches, cap):
        measure = measure_of(self.count, cap[1])
        kept, used = [], 0
        for a, b in stretches:
            left = length_of(self.calendar, measure, a, *cap) - used
            if left <= 0:
                break
            if b == NEVER or amount(self.calendar, measure, a, end_on(b, measure)) > left:
                kept.append((a, self.laid(measure, a, left)))
                break
            kept.append((a, b))
            used += amount(self.calendar, measure, a, end_on(b, measure))
        return kept

    # ---- limits ---------------------------------------------------------------------------------

    def line(self, index):
        """The line of a limit; NONE: there is none."""
        if self.start is None:
            return NONE
        term = self.clock.limits[index]
        extended = self.clock.extended[index]
        if term is not None:
            measure = measure_of(self.count, term[1])
            length = length_of(self.calendar, measure, self.start, *term) + extended
            if term == (0, "day") and self.ending.close and \
                    lay(self.calendar, measure, self.start, 0, self.ending) <= self.start:
                length += 1  # the same day, when its business is over
            return Line(self.count, term[1], length, self.ending)
        said = self.rule["limits"][index]
        if self.clock.due_at is None or "event" not in said["from"]:
            return NONE
        unit = said["otherwise"][1] if said["otherwise"] else "day"
        measure = measure_of("instant", unit)
        length = amount(self.calendar, measure, self.start, self.clock.due_at) + extended
        return Line("instant", unit, length, PLAIN, None if extended else self.clock.due_at)

    def reach(self, line, length, ending=None, gaps=None, base=None):
        """The instant at which so much of the line is used up, from a base (or the start)."""
        ending = line.ending if ending is None else ending
        base = self.start if base is None else base
        total = length
        is_moved = False
        for a, b in self.gaps if gaps is None else gaps:
            before = amount(self.calendar, line.measure, base, a)
            end = lay(self.calendar, line.measure, base, total, ending)
            if line.measure in WHOLE_DAYS and before > total:
                if not ending.roll or line.measure != "days" or end <= a:
                    break
                # it had rolled on to a workday, and the pause begins before that is over
                last = last_day(self.calendar, "days", base, total, ending)
                total = (last - self.calendar.day(base)).days
            elif end < a:
                break
            if b == NEVER:
                return NEVER
            moved = amount(self.calendar, line.measure, a, end_on(b, line.measure))
            total += moved
            is_moved = is_moved or moved != 0
        if line.fixed is not None and length == line.length and not is_moved:
            return line.fixed
        return max(self.start, lay(self.calendar, line.measure, base, total, ending))

    def ended_gaps(self):
        """All but a pause that is still open."""
        return [(a, b) for a, b in self.gaps if b != NEVER]

    def limit(self, index):
        try:
            line = self.line(index)
            return NONE if line is NONE else self.reach(line, line.length)
        except Unknown:
            return NONE

    def extension(self, index, by):
        """How much an extension adds to a limit, in the limit's own measure: laid from the limit's
        own instant, which of one that has rolled on is that of the workday."""
        line = self.line(index)
        is_rolled = line.measure == "days" and line.ending.roll
        if (line.fixed is None and measure_of(line.count, by[1]) == line.measure and
                by[1] not in ("month", "year") and not is_rolled):
            return length_of(self.calendar, line.measure, self.start, *by)
        whole = 1 if line.measure in WHOLE_DAYS else 0
        bare = self.reach(line, line.length, Ending(line.ending.close, False), self.ended_gaps())
        due = lay(self.calendar, line.measure, bare - whole, 0, line.ending)
        later = self.beside(due, by, 1, line.fixed is not None, rolls=not is_rolled)
        return amount(self.calendar, line.measure, bare - whole, later - whole)

    # ---- rungs ----------------------------------------------------------------------------------

    def rung(self, rung, issued):
        """The instant after which a rung holds. issued: the rungs that have a card."""
        if self.start is None:
            return NONE
        try:
            return self.rung_of(rung, issued)
        except Unknown:
            return NONE

    def rung_of(self, rung, issued):
        form = rung["form"]
        if form == "chain":
            return self.chain(rung, issued)
        line = self.line(rung["limit"])
        if line is NONE:
            return NONE
        if form == "at":
            return self.reach(line, line.length)
        if form in ("before", "after"):
            return self.offset(rung, line, -1 if form == "before" else 1)
        if form == "share":
            return self.share(rung, line)
        if form == "over":
            length = line.length + rung["over"] - 1
            return self.start if length < 0 else self.reach(line, length)
        return self.cutoff(rung, line)

    def offset(self, rung, line, sign):
        n, unit = rung["offset"]
        is_fixed = line.count != self.count or line.fixed is not None
        is_rolled = line.measure == "days" and line.ending.roll
        if (is_fixed or is_rolled or unit in ("month", "year") or line.unit in ("month", "year") or
                measure_of(line.count, unit) != line.measure):
            return self.beside_limit(line, rung["offset"], sign, is_fixed)
        length = line.length + sign * length_of(self.calendar, line.measure, self.start, n, unit)
        if line.measure == "share":
            length -= 1  # ceil(used) - limit >= n holds once used > n - 1
        return self.start if length < 0 else self.reach(line, length)

    def beside_limit(self, line, offset, sign, is_fixed):
        """So much before or after a limit: pauses are left out there, too."""
        if sign > 0:
            due = self.reach(line, line.length)
            if due == NEVER:
                return NEVER
            side, ending, base = self.beside_line(due, offset, 1, is_fixed, True)
            later = [(max(a, base), b) for a, b in self.gaps if end_on(b, side.measure) > due]
            return self.reach(side, side.length, ending, later, base)
        earliest = self.start
        for place in range(len(self.gaps) + 1):
            # what had come when a gap began, stays; what had not, is not earlier for it
            at = max(earliest, self.before_limit(line, offset, is_fixed, self.gaps[:place]))
            if place == len(self.gaps) or at < self.gaps[place][0]:
                return at
            if self.gaps[place][1] == NEVER:
                return NEVER
            earliest = self.gaps[place][0]

    def before_limit(self, line, offset, is_fixed, gaps):
        """So much before a limit, as these gaps have it."""
        due = self.reach(line, line.length, None, gaps)
        side, ending, base = self.beside_line(due, offset, -1, is_fixed, False)
        total = side.length
        for a, b in reversed([(a, min(end_on(b, side.measure), base)) for a, b in gaps if a < due]):
            end = amount(self.calendar, side.measure, base, b)
            left_out = amount(self.calendar, side.measure, a, b)
            # with the gap's end it may have come before the gap began
            if total > end or (total == end and lay(self.calendar, side.measure, base,
                                                    total - left_out, ending) >= a):
                break
            total -= left_out
        return lay(self.calendar, side.measure, base, total, ending)

    def beside(self, due, offset, sign, is_fixed, rolls=True):
        """So much before or after an instant; what comes before does not roll."""
        if due == NEVER:
            return NEVER
        side, ending, base = self.beside_line(due, offset, sign, is_fixed, rolls and sign > 0)
        return max(self.start, lay(self.calendar, side.measure, base, side.length, ending))

    def beside_line(self, due, offset, sign, is_fixed, rolls):
        """The line of an offset, what its end means, and where it begins."""
        n, unit = offset
        count = "instant" if is_fixed else self.count
        ending = PLAIN if is_fixed else Ending(self.ending.close, self.ending.roll and rolls)
        side = Line(count, unit, 0, ending)
        base = due - 1 if side.measure in WHOLE_DAYS else due
        side.length = length_of(self.calendar, side.measure, base, sign * n, unit)
        return side, ending, base

    def share(self, rung, line):
        part = line.length * Fraction(rung["share"], 1000)
        if line.measure in WHOLE_DAYS:
            part = -(-part.numerator // part.denominator)  # a day counts when it is over
        elif line.measure != "share":
            part = part.numerator // part.denominator
        roll = line.ending.roll and rung["share"] >= 1000
        return self.reach(line, part, Ending(line.ending.close, roll))

    def cutoff(self, rung, line):
        due = self.reach(line, line.length)
        if due == NEVER:
            return NEVER
        day = self.calendar.day(due - 1 if line.measure in WHOLE_DAYS else due)
        at = self.calendar.instant(day, rung["cutoff"])
        if rung["offset"]:
            return self.beside(at, rung["offset"], -1, False)
        return max(self.start, at)

    def chain(self, rung, issued):
        if rung["chain"] not in issued:
            return NONE
        before = next(r for r in self.rule["rungs"] if r["name"] == rung["chain"])
        due = self.rung_of(before, issued)
        if due in (NEVER, NONE):
            return due
        if before.get("confirm"):  # its instant is not enough: it has to be released
            due = self.case.released_at(self.clock, before, due)
            if due is None:
                return NEVER
        start = counted_from(self.calendar, self.rule["start_at"], due)
        side = Line(self.count, rung["offset"][1], 0, self.ending)
        side.length = length_of(self.calendar, side.measure, start, *rung["offset"])
        later = [(max(a, start), b) for a, b in self.gaps if end_on(b, side.measure) > start]
        due = self.reach(side, side.length, None, later, start)
        return due if due == NEVER else max(start, due)


def later_end(end):
    """Of two ends at one midnight, that of a day is the earlier."""
    return end, not isinstance(end, DayEnd)


def union(stretches):
    """Rising, joined where they overlap or touch, without empty ones."""
    joined = []
    for a, b in sorted(stretches):
        if b <= a:
            continue
        if joined and a <= end_on(joined[-1][1], WHOLE_DAYS[0]):
            joined[-1] = (joined[-1][0], max(joined[-1][1], b, key=later_end))
        else:
            joined.append((a, b))
    return joined
