"""receipt_count.py - the count that a receipt tells, counted again: start, pauses, limit, rung, days.

Counted(receipt, calendar).wrong is what does not agree.
"""

import datetime
import hashlib
import re
import types
from fractions import Fraction

from tests.verify.counting import WHOLE_DAYS, amount, length_of, measure_of, part_of_day
from tests.verify.days import DAY, MS, ms_of
from tests.verify.receipt_calendar import spans_of
from tests.verify.reckoning import NEVER, Reckoning, end_on

SHARE = 86_400_000_000
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS_SHOWN = 800
FORMS = ("before", "at", "after", "share", "over", "cutoff", "chain")


def card_id(card):
    parts = (card["case"], card["clock"], str(card["cycle"]), card["rung"])
    return hashlib.blake2b("\0".join(parts).encode()).hexdigest()[:32]


# ---- what is written ------------------------------------------------------------------


def instant_of(text, calendar=None):
    """ms; with a calendar, the offset must be that of its zone at this instant."""
    if text is None:
        return None
    moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
    at = ms_of(moment)
    if calendar is not None:
        local = calendar.local(at)
        if local.utcoffset() // MS // 1000 != moment.utcoffset() // MS // 1000:
            raise ValueError(f"{text} is not written in {calendar.zone}")
    return at


def term_of(text):
    if text is None or text == "":
        return None
    n, unit = text.split(" ")
    return int(n), unit


def tenths_text(tenths, unit):
    return f"{tenths // 10}" + (f".{tenths % 10}" if tenths % 10 else "") + f" {unit}"


# ---- the clock as the receipt tells it ------------------------------------------------


def rung_of(said):
    """The rung and those it follows, as the reckoning reads them."""
    offset = term_of(said["offset"])
    rung = {"name": said["name"], "form": said["form"], "limit": 0, "offset": offset,
            "share": said.get("share_permille"), "over": said.get("over_at_least"),
            "cutoff": said.get("cutoff_ms")}
    if rung["form"] not in FORMS:
        raise ValueError(f"{rung['form']} is no form of a rung")
    if rung["form"] in ("before", "after") and offset is None:
        rung["form"] = "at"
    rungs = []
    if "released_at" in said:  # a card that had to be released: what follows begins there
        rung["confirm"], rung["released_at"] = True, instant_of(said["released_at"])
    if rung["form"] == "chain":
        rung["chain"] = said["follows"]["name"]
        rungs = rung_of(said["follows"])
    return [rung] + rungs


class Counted:
    """One receipt being checked."""

    def __init__(self, receipt, calendar):
        self.receipt, self.calendar, self.wrong = receipt, calendar, []
        convention = receipt["convention"]
        limit = receipt["limit"]
        cutoff = (convention["cutoff_ms"], convention["cutoff_to_ms"])
        self.rungs = rung_of(receipt["rung"])
        self.pauses = [self.pause_of(pause) for pause in receipt["pauses"]]
        rule = {
            "count": convention["count"], "close": convention["end"] == "close",
            "roll": convention["roll"], "rungs": self.rungs,
            "start_at": {"outside": convention["start_moment"],
                         "same_time": convention["day_off_same_time"],
                         "cutoff": cutoff if cutoff[0] >= 0 else None},
            "pauses": [{"from": pair["from"], "term": term_of(pair["for"]),
                        "cap": term_of(pair["at_most"])} for pair in convention["pauses"]],
            "limits": [{"from": ["event"],
                        "otherwise": (1, limit["unit"]) if limit["given"] else None}],
        }
        self.count = "instant" if limit["given"] else convention["count"]
        self.unit = limit["unit"]
        self.measure = measure_of(self.count, self.unit)
        self.clock = types.SimpleNamespace(
            rule=rule, start=instant_of(receipt["start"]["at"]), limits=[term_of(limit["term"])],
            extended=[self.of_steps(limit["extended_steps"])], due_at=instant_of(limit["given"]),
            gaps=[(p["from"], p["to"]) for p in self.pauses if p["kind"] == "reopen"])
        self.pauses = [p for p in self.pauses if p["kind"] != "reopen"]
        case = types.SimpleNamespace(pauses=self.pauses,
                                     released_at=lambda clock, rung, due: rung["released_at"])
        self.reckoning = Reckoning(calendar, case, self.clock)
        self.start = self.reckoning.start

    def pause_of(self, said):
        to = instant_of(said["to"], self.calendar)
        return {"kind": said["kind"], "term": term_of(said["term"]),
                "from": instant_of(said["from"], self.calendar),
                "to": NEVER if to is None else to}

    def expect(self, name, said, should):
        if said != should:
            self.wrong.append(f"{name}: is {said!r}, should be {should!r}")

    # ---- steps: the whole numbers of the line a limit lies on --------------------------------

    def of_steps(self, steps):
        return Fraction(steps, SHARE) if self.measure == "share" else steps

    def per_unit(self):
        unit = "day" if self.unit in ("month", "year") else self.unit
        one = length_of(self.calendar, self.measure, 0, 1, unit)
        return one * SHARE if self.measure == "share" else one

    def steps(self, a, b):
        if b <= a:
            return 0
        found = amount(self.calendar, self.measure, a, b)
        if self.measure != "share":
            return found
        ends = [self.begun(a), self.begun(b)]
        return int((found - ends[1] + ends[0]) * SHARE) + \
            int(ends[1] * SHARE) - int(ends[0] * SHARE)

    def begun(self, at):
        day = self.calendar.day(at)
        return Fraction(part_of_day(self.calendar, "share", day, self.calendar.instant(day, 0), at))

    def gaps(self):
        return [(a, end_on(b, self.measure)) for a, b in self.reckoning.gaps]

    def counted(self, a, b, until):
        """What of a … b counts: all but the gaps; a gap goes on to `until` at most."""
        found = self.steps(a, b)
        for first, last in self.gaps():
            if first < until:
                found -= self.steps(max(a, first), min(b, last, until))
        return found

    def steps_text(self, steps):
        per = self.per_unit()
        unit = "day" if self.unit in ("month", "year") else self.unit
        text = f"{steps // per}.{steps % per * 1000 // per:03d}".rstrip("0").rstrip(".")
        return f"{text} {unit}"

    # ---- the parts ---------------------------------------------------------------------------

    def due_text(self, name, text, found):
        """An instant that is written, against the one that was counted."""
        should = None if found in (None, NEVER) else found
        said = instant_of(text, self.calendar)
        if said != should:
            told = None if should is None else self.calendar.local(should).isoformat()
            self.wrong.append(f"{name}: is {text}, should be {told}")

    def check_start(self):
        start = self.receipt["start"]
        instant_of(start["at"], self.calendar)
        self.due_text("start.counted_from", start["counted_from"], self.start)
        if start["after"] is not None:
            clock, card = self.receipt["clock"], self.receipt["card"]
            name = start["after"]["rule"] + (f"/{clock['step']}" if clock["step"] else "")
            self.expect("start.after.card", start["after"]["card"], card_id(
                {"case": card["case"], "clock": name, "cycle": clock["cycle"],
                 "rung": start["after"]["rung"]}))

    def check_pauses(self):
        pairs = {pair["from"]: pair for pair in self.clock.rule["pauses"]}
        stop = instant_of(self.receipt["stop_at"])
        told = None
        for said in self.receipt["pauses"]:
            a = instant_of(said["from"])
            end = instant_of(said["to"])
            end = NEVER if end is None else end
            if said["kind"] != "reopen":
                pause = {"from": a, "to": end, "term": term_of(said["term"])}
                end = end_on(self.reckoning.pause_end(pairs[said["kind"]], pause), self.measure)
            self.due_text("pauses.counted_to", said["counted_to"], end)
            begin = a if told is None else max(a, told)
            last = (stop if stop is not None else a) if end == NEVER else end
            found = sum(self.steps(max(first, begin), min(to, last))
                        for first, to in self.gaps())
            self.expect("pauses.excluded_steps", said["excluded_steps"], found)
            self.expect("pauses.excluded", said["excluded"], self.steps_text(found))
            if end != NEVER or stop is not None:
                told = last if told is None else max(told, last)

    def check_limit(self):
        limit, said = self.receipt["limit"], self.receipt["extensions"]
        rule = self.receipt["convention"]["extension"]
        if len(said) > rule["times"]:
            self.wrong.append("extensions: more than the rule allows")
        if limit["source"] not in ("event", "item", "kind", "org", "step", "otherwise", None):
            self.wrong.append(f"limit.source: {limit['source']!r} is no source")
        if limit["source"] not in ("otherwise", None) and limit["source"] not in limit["text"] and \
                "from" in limit["text"]:
            self.wrong.append(f"limit.source: {limit['source']} does not stand in the rule")
        self.expect("limit.unit_steps", limit["unit_steps"], self.per_unit())
        self.expect("limit.extended", limit["extended"], self.steps_text(limit["extended_steps"]))
        if len(said) == 1:
            self.check_extension(said[0], term_of(rule["by"]))
        elif not said:
            self.expect("limit.extended_steps", limit["extended_steps"], 0)
        line = self.reckoning.line(0)
        due = None if line is None else self.reckoning.reach(line, line.length)
        self.due_text("limit.due_at", limit["due_at"], due)

    def as_of(self, at):
        """The clock as it was at an instant, before it was ever extended."""
        clock = types.SimpleNamespace(**vars(self.clock))
        clock.extended = [0]
        clock.gaps = [(a, b) for a, b in self.clock.gaps if b <= at]
        pauses = [dict(p, to=p["to"] if p["to"] <= at else NEVER)
                  for p in self.pauses if p["from"] <= at]
        return Reckoning(self.reckoning.calendar, types.SimpleNamespace(pauses=pauses), clock)

    def check_extension(self, said, by):
        """One extension: what it asked for, at most what the rule gives, laid from the end."""
        extended = self.clock.extended[0]
        then = self.as_of(instant_of(said["at"]))
        found = then.extension(0, by)
        if said["term"]:
            found = min(found, then.extension(0, term_of(said["term"])))
        line = then.line(0)
        due = None if line is None else then.reach(line, line.length)
        is_late = due not in (None, NEVER) and due < instant_of(said["at"])
        if not (extended == 0 and is_late) and abs(found - extended) > Fraction(2, SHARE):
            self.wrong.append(f"limit.extended: is {extended}, should be {found}")

    def check_rung(self):
        said = self.receipt["rung"]
        text = said["text"]
        self.check_offset(said)
        named = said["form"] not in ("cutoff", "chain")
        if named and self.receipt["limit"]["name"] not in text:
            self.wrong.append(f"rung: {self.receipt['limit']['name']} does not stand in {text!r}")
        share = re.search(r"([0-9.]+) *%", text)
        if said["form"] == "share" and share:
            self.expect("rung.share_permille", said["share_permille"],
                        Fraction(share.group(1)) * 10)
        issued = {rung["name"] for rung in self.rungs[1:]} if "follows" not in said or \
            said["follows"]["issued"] else set()
        clock = re.search(r"([0-9]{1,2}):([0-9]{2})", text)
        if said["form"] == "cutoff" and clock:
            self.expect("rung.cutoff_ms", said["cutoff_ms"],
                        (int(clock.group(1)) * 60 + int(clock.group(2))) * 60_000)
        self.check_followed(said)
        found = self.reckoning.rung_of(self.rungs[0], issued)
        self.due_text("rung.due_at", said["due_at"], found)
        self.due_text("due_at", self.receipt["due_at"], found)
        return None if found in (None, NEVER) else found

    def check_offset(self, said):
        """The offset stands in the rule's text, as a number of its units or of weeks."""
        n = int(said["offset"].split(" ")[0]) if said["offset"] else None
        numbers = [int(found) for found in re.findall("[0-9]+", said["text"])]
        if n is not None and n not in numbers and (n % 7 or n // 7 not in numbers):
            self.wrong.append(f"rung.offset: {n} does not stand in {said['text']!r}")

    def check_followed(self, said):
        """The rungs behind a chain, each with its own instant."""
        rungs = self.rungs[1:]
        while "follows" in said:
            said = said["follows"]
            self.check_offset(said)
            issued = {rung["name"] for rung in rungs[1:]} if "follows" not in said or \
                said["follows"]["issued"] else set()
            self.due_text("rung.follows.due_at", said["due_at"],
                          self.reckoning.rung_of(rungs[0], issued))
            rungs = rungs[1:]

    # ---- the days ----------------------------------------------------------------------------

    def check_days(self, due):
        receipt, calendar = self.receipt, self.calendar
        first = calendar.day(self.start)
        last = first - DAY if due is None or due <= self.start else calendar.day(due - 1)
        total = (last - first).days + 1
        self.expect("days_total", receipt["days_total"], total)
        self.expect("days_cut", receipt["days_cut"], total > DAYS_SHOWN)
        self.expect("days", len(receipt["days"]), min(total, DAYS_SHOWN))
        used, until = 0, None if due is None else due - (self.measure in WHOLE_DAYS)
        for i in range(total):
            day = first + i * DAY
            units = self.day_units(day, due, until)
            used += units
            if i < len(receipt["days"]):
                self.check_day(receipt["days"][i], day, i == 0, units, used, due)
        self.expect("used_steps", receipt["used_steps"], used)
        if due is not None and due > self.start:
            whole = self.counted(self.start, until, until)
            self.expect("used_steps, in one piece", receipt["used_steps"], max(0, whole))
        return used

    def day_units(self, day, due, until):
        a = max(self.start, self.calendar.instant(day, 0))
        b = min(due, self.calendar.instant(day + DAY, 0))
        if self.measure in WHOLE_DAYS:  # from the end of the day before to the day's own
            a = max(self.start, self.calendar.instant(day, 0) - 1)
            b = max(a, b - 1)
        return self.counted(a, b, until)

    def check_day(self, said, day, is_first, units, used, due):
        calendar = self.calendar
        name, ground = calendar.about(day)
        should = {"date": day.isoformat(), "weekday": WEEKDAYS[day.weekday()],
                  "workday": calendar.is_work(day), "start": is_first, "counted": units > 0,
                  "units": units, "n": used // self.per_unit(),
                  "provisional": calendar.is_beyond(day), "name": name, "ground": ground}
        if self.measure not in WHOLE_DAYS:
            should["amount"] = self.steps_text(units)
            self.check_intervals(said, day, units, due)
        for field, value in should.items():
            self.expect(f"{day} {field}", said.get(field), value)
        self.expect(f"{day} hours", spans_of(said["hours"] or "off"), list(calendar.hours(day)))

    def check_intervals(self, said, day, units, due):
        """They lie in the day, rise, do not touch a gap, and add up to its share."""
        begin, end = self.calendar.instant(day, 0), self.calendar.instant(day + DAY, 0)
        before = max(begin, self.start)
        for one in said["intervals"]:
            a = instant_of(one["from"], self.calendar)
            b = instant_of(one["to"], self.calendar)
            is_in = before <= a < b <= min(end, due) and not any(
                a < last and first < b for first, last in self.gaps())
            if not is_in:
                self.wrong.append(f"{day} intervals: {one['from']} … {one['to']} does not count")
            self.expect(f"{day} interval", one["units"], self.steps(a, b))
            before = b
        self.expect(f"{day} intervals", sum(one["units"] for one in said["intervals"]), units)

    # ---- the sum -----------------------------------------------------------------------------

    def check_sum(self, used, due):
        receipt, limit = self.receipt, self.receipt["limit"]
        if due is None:
            self.expect("used", receipt["used"], "")
            self.expect("over", receipt["over"], "")
            return
        term = term_of(limit["term"])
        per = self.unit_length()
        tenths = used // per * 10 + used % per * 10 // per
        self.expect("used", receipt["used"], tenths_text(tenths, self.unit))
        past = None if term is None else tenths - term[0] * 10 - self.extended_tenths(per)
        over = "" if past is None or past < 0 else tenths_text(past, self.unit)
        self.expect("over", receipt["over"], over)

    def extended_tenths(self, per):
        steps = self.receipt["limit"]["extended_steps"]
        return steps // per * 10 + steps % per * 10 // per

    def unit_length(self):
        if self.unit not in ("month", "year"):
            return self.per_unit()
        return length_of(self.calendar, self.measure, self.start, 1, self.unit)


# ---- the whole ------------------------------------------------------------------------
