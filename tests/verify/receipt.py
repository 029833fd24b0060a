"""receipt.py - one receipt, counted again from what it states and a calendar.

Written from the law of counting and from the description of the receipt in engine/wire/README.md.
check(receipt, calendar) returns what does not agree; nothing, when all does.
"""

import datetime
import hashlib
import re
import types
from fractions import Fraction

from tests.verify.across import check_across
from tests.verify.conditions import check_conditions
from tests.verify.counting import WHOLE_DAYS, Ending, amount, length_of, measure_of, part_of_day
from tests.verify.days import DAY, MS, Unknown, ms_of
from tests.verify.moves import check_moves, is_of_today, is_withdrawn_by_move
from tests.verify.receipt_calendar import spans_of
from tests.verify.receipt_confirm import check_confirm
from tests.verify.reckoning import NEVER, Reckoning
from tests.verify.windows import check_counts, check_handled, check_stop

SHARE = 86_400_000_000
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAYS_SHOWN = 800
FORMS = ("before", "at", "after", "share", "over", "cutoff", "chain")
STANDING = ("pending", "issued", "superseded", "appealed", "dismissed", "closed")


# ---- text, digest, id -----------------------------------------------------------------


def text_of(value):
    """The one way to write a value: keys in order, no blanks, as few escapes as can be."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{text_of(k)}:{text_of(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text_of(one) for one in value) + "]"
    if isinstance(value, str):
        return '"' + re.sub(r'[\x00-\x1f"\\]', escaped, value) + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, int):
        raise ValueError(f"not a number that a receipt may have: {value}")
    return str(value)


def escaped(match):
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
             "\t": "\\t"}
    return short.get(match.group(), f"\\u{ord(match.group()):04X}")


def digest_of(receipt):
    body = {name: value for name, value in receipt.items() if name != "digest"}
    return hashlib.blake2b(text_of(body).encode(), digest_size=16).hexdigest()


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

    def counted(self, a, b, until):
        """What of a … b counts: all but the gaps; a gap goes on to `until` at most."""
        found = self.steps(a, b)
        for first, last in self.reckoning.gaps:
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
                end = self.reckoning.pause_end(pairs[said["kind"]], pause)
            self.due_text("pauses.counted_to", said["counted_to"], end)
            begin = a if told is None else max(a, told)
            last = (stop if stop is not None else a) if end == NEVER else end
            found = sum(self.steps(max(first, begin), min(to, last))
                        for first, to in self.reckoning.gaps)
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
        late = not self.receipt["convention"]["extension"]["after_due"]
        if not (extended == 0 and late) and abs(found - extended) > Fraction(2, SHARE):
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
                a < last and first < b for first, last in self.reckoning.gaps)
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


def learned_later(receipt):
    """Is there an event that came only after the card's newest record?"""
    written = instant_of(receipt["card"]["issued_at"])
    return any(instant_of(event["arrived_at"]) >= written and
               (event["version"] or event["kind"] == "extend" or
                instant_of(event["at"]) < instant_of(receipt["due_at"]))
               for event in receipt["learned_later"])


def check_papers(receipt, expect):
    """What stands in it twice says the same; its id and its digest are what they must be."""
    card = receipt["card"]
    expect("receipt", receipt["receipt"], 1)
    expect("digest", receipt.get("digest"), digest_of(receipt))
    expect("card.card", card["card"], card_id(card))
    if "about_org" in card:  # another org's card: nobody of the org that it is about handles it
        expect("card.about_org", card["about_org"] not in ("", card["org"]), True)
        expect("card.handler", card["handler"], "")
    if "rule" not in receipt:  # the clock is gone: the card alone says what was counted
        for name in ("used", "over"):
            expect(name, receipt.get(name) or "", card[name] or "")
        return
    if "across" in receipt:
        return
    if card["state"] in STANDING and not learned_later(receipt):
        expect("used", card["used"] or "", receipt["used"])
        expect("over", card["over"] or "", receipt["over"])
    by_move = is_withdrawn_by_move(card)  # then the record is of the edition that has withdrawn it
    edition = receipt["edition"] if by_move else card.get("edition", receipt["edition"])
    revision = receipt["rule"]["revision"] if by_move else card["rule_version"]
    for name, said, should in (
            ("rule.name", receipt["rule"]["name"], card["rule"]),
            ("rule.revision", receipt["rule"]["revision"], revision),
            ("clock.name", receipt["clock"]["name"], card["clock"]),
            ("clock.cycle", receipt["clock"]["cycle"], card["cycle"]),
            ("clock.step", receipt["clock"]["step"] or "", card["step"] or ""),
            ("rung.name", receipt["rung"]["name"], card["rung"]),
            ("rung.level", receipt["rung"]["level"], card["level"]),
            ("rung.due_at", receipt["rung"]["due_at"], receipt["due_at"]),
            ("edition", receipt["edition"], edition)):
        expect(name, said, should)
    if receipt["limit"] is not None and not by_move:
        expect("limit.term", receipt["limit"]["term"] or "", card["limit"] or "")


def check(receipt, calendars=None):
    """What is wrong with a receipt: a list of sentences. calendars: by name; without them the days
    are taken from the receipt itself, and what lies beyond them is not looked at."""
    wrong = []

    def expect(name, said, should):
        if said != should:
            wrong.append(f"{name}: is {said!r}, should be {should!r}")

    try:
        check_papers(receipt, expect)
        card = receipt["card"]
        if "across" in receipt:
            return wrong + check_across(receipt)
        if "counts" in receipt:
            wrong += check_windows(receipt, calendars, receipt)
        elif "count(" in receipt.get("rung", {}).get("text", "") and \
                "within" in receipt["rung"]["text"] and receipt["start"]["kind"]:
            wrong.append("counts: nothing tells what was counted in the window")
        if "stop_when" in receipt:
            wrong += check_windows(receipt, calendars, receipt, check_stop)
        if "handled" in receipt:
            wrong += check_handled(receipt, instant_of)
        if "rule" in receipt:
            wrong += check_conditions(receipt, instant_of)
        if "rule" in receipt and receipt["clock"]["state"] == "fact":
            expect("due_at", instant_of(receipt["due_at"]), instant_of(receipt["start"]["at"]))
        elif receipt.get("limit") is not None:
            name = receipt["calendar"]["name"]
            if calendars is not None and not is_by_edition(calendars) and \
                    name not in calendars:
                return wrong + [f"calendar: there is no {name} to count by"]
            wrong += check_count(receipt, calendar_of(calendars, receipt, receipt))
        if receipt.get("moves"):
            wrong += check_moves(receipt, lambda count: check_again(count, calendars, receipt))
        if "confirm" in receipt:
            wrong += check_confirm(receipt, receipt["calendar"] and calendar_of(
                calendars, receipt, receipt), instant_of, term_of)
        if card["state"] in STANDING and "rule" in receipt:
            expect("card.due_at", card["due_at"], receipt["due_at"])
            late = instant_of(card["issued_at"]) - instant_of(card["due_at"])
            expect("card.late_ms", card["late_ms"], max(0, late))
            stop = instant_of(receipt["stop_at"])
            if stop is not None and receipt["limit"] and instant_of(card["due_at"]) >= stop:
                wrong.append("stop_at: the clock had stopped before the card was due")
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError) as error:
        wrong.append(f"cannot be read: {type(error).__name__}: {error}")
    return wrong


def check_windows(count, calendars, receipt, check_them=check_counts):
    from tests.verify.receipt_calendar import ListCalendar
    name = count["calendar"]["name"]
    if calendars is not None and not is_by_edition(calendars) and name not in calendars:
        return [f"calendar: there is no {name} to count by"]
    return check_them(count, calendar_of(calendars, receipt, count) or ListCalendar(count),
                      instant_of)


def check_again(count, calendars, receipt):
    """A count under an edition that the case came under later."""
    wrong = check_conditions(count, instant_of)
    if count["limit"] is not None:
        wrong += check_count(count, calendar_of(calendars, receipt, count))
    if "counts" in count:
        wrong += check_windows(count, calendars, receipt)
    if "stop_when" in count:
        wrong += check_windows(count, calendars, receipt, check_stop)
    return wrong


def is_by_edition(calendars):
    return bool(calendars) and all(isinstance(edition, int) for edition in calendars)


def calendar_of(calendars, receipt, count):
    """calendars: by name, those of the newest edition; or by edition, and then by name."""
    if is_by_edition(calendars):
        return calendars[count["calendars_edition"]][count["calendar"]["name"]]
    is_known = calendars and is_of_today(receipt, count)
    return calendars[count["calendar"]["name"]] if is_known else None


def check_count(receipt, calendar):
    from tests.verify.receipt_calendar import ListCalendar
    if calendar is None and not receipt["days"]:
        return []  # nothing was counted, and there is nothing to count by
    calendar = calendar or ListCalendar(receipt)
    if str(calendar.zone) != receipt["calendar"]["zone"]:
        return [f"calendar.zone: is {receipt['calendar']['zone']}, should be {calendar.zone}"]
    if calendar.horizon.isoformat() != receipt["calendar"]["horizon"]:
        return [f"calendar.horizon: is {receipt['calendar']['horizon']}"]
    one = Counted(receipt, calendar)
    if one.start is None and not calendar.is_whole:
        return []  # a pause lies beyond the days: without a calendar there is nothing to count by
    due = instant_of(receipt["due_at"])
    for part in (one.check_start, one.check_pauses, one.check_limit, one.check_rung):
        try:
            part()
        except Unknown:
            if calendar.is_whole:
                one.wrong.append(f"calendar: {part.__name__[6:]} lies beyond it")
    one.check_sum(one.check_days(due), due)
    return one.wrong
