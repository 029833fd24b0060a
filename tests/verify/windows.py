"""windows.py - what the conditions of a receipt have looked back at: counted in a window, counted
again; and who handled the step before.

Written from the description of the receipt in engine/wire/README.md and of the conditions in
rules/README.md, and from nothing of the engine.
"""

import re

from tests.verify.counting import lay, length_of, measure_of
from tests.verify.days import Unknown

LONE = re.compile(r"count\((\w+)(, *step)?, *within (\d+) (\w+?)s?\) *(>=|<=|!=|=|>|<) *(\d+)")
HOLDS = {">=": lambda a, b: a >= b, "<=": lambda a, b: a <= b, "!=": lambda a, b: a != b,
         "=": lambda a, b: a == b, ">": lambda a, b: a > b, "<": lambda a, b: a < b}


def last_within(calendar, at, n, unit):
    """Of whole days that of `at` is not counted, and the last ends at 24:00; else from the moment."""
    measure = measure_of("day", unit)
    return max(at, lay(calendar, measure, at, length_of(calendar, measure, at, n, unit)))


class Counted:
    """One count, with the instants read."""

    def __init__(self, count, calendar, instant_of):
        self.count, self.calendar, self.instant_of = count, calendar, instant_of
        n, unit = count["term"].split(" ")
        self.term = int(n), unit

    def within(self, event):
        """Up to when it counts; None where the calendar is not there to tell."""
        at, said = (self.instant_of(event[name]) for name in ("at", "within"))
        try:
            found = last_within(self.calendar, at, *self.term)
        except Unknown:
            if self.calendar.is_whole:
                raise
            return said
        if said != found:
            raise ValueError(f"within: is {event['within']}, should be {found} ms")
        return found

    def wrong(self, end):
        count = self.count
        order = [self.instant_of(event["at"]) for event in count["events"]]
        if count["before"] is not None:
            order.insert(0, self.instant_of(count["before"]["at"]))
            if len(count["events"]) >= count["most"]:
                yield "before: enough were counted without it"
            if self.within(count["before"]) >= end:
                yield "before: it lies in the window"
        if order != sorted(order) or order and order[-1] > end:
            yield "events: not in order, or after the event that they are counted at"
        if count["count"] != len(count["events"]) or count["count"] > count["most"]:
            yield f"count: is {count['count']}, listed are {len(count['events'])}"
        if any(self.within(event) < end for event in count["events"]):
            yield "events: one lies before the window"


def check_lone(count, text):
    """A condition that is this one comparison, and nothing else, holds."""
    found = LONE.fullmatch(text.strip())
    if not found:
        return
    kind, step, n, unit, sign, number = found.groups()
    days = int(n) * 7 if unit == "week" else int(n)
    term = f"{days} {'day' if unit == 'week' else unit}"
    if (count["of"], count["step"] is not None, count["term"]) != (kind, bool(step), term):
        yield f"of, step, term: the rule says {text!r}"
    if count["most"] != int(number) + (sign not in (">=", "<")):
        yield f"most: is {count['most']}, for {text!r}"
    if not HOLDS[sign](count["count"], int(number)):
        yield f"count: {count['count']} does not make {text!r} hold"


def check_handled(receipt, instant_of):
    """What is wrong with `handled`: a list of sentences."""
    handled, text = receipt["handled"], receipt["rung"]["text"].replace(" ", "")
    before, wrong = handled["before"], []
    if handled["at"] != receipt["start"]["at"]:
        wrong.append("handled.at: not the event that it began with")
    if before is not None:
        if not (before["step"] and before["handler"] and handled["step"] and handled["handler"]):
            wrong.append("handled: a step or a handler is not named")
        if before["step"] == handled["step"]:
            wrong.append("handled.before: it is the same step")
        if instant_of(before["at"]) > instant_of(handled["at"]):
            wrong.append("handled.before: it came later")
    if text in ("handler=last_step_handler", "last_step_handler=handler") and \
            (before is None or before["handler"] != handled["handler"]):
        wrong.append("handled: it was another person")
    return wrong


def check_stop(receipt, calendar, instant_of):
    """What is wrong with `stop_when`: a list of sentences."""
    said, end = receipt["stop_when"], instant_of(receipt["stop_at"])
    wrong = [f"stop_when: {what}" for count in said["counts"]
             for what in Counted(count, calendar, instant_of).wrong(end)]
    if not said["counts"] or len(said["counts"]) != said["text"].count("within "):
        wrong.append("stop_when.counts: another number than windows in its text")
    if len(said["counts"]) == 1:
        wrong += [f"stop_when: {what}" for what in check_lone(said["counts"][0], said["text"])]
    return wrong


def check_counts(receipt, calendar, instant_of):
    """What is wrong with `counts`: a list of sentences."""
    wrong, counts = [], receipt["counts"]
    end = instant_of(receipt["start"]["at"])
    for count in counts:
        wrong += [f"counts: {what}" for what in Counted(count, calendar, instant_of).wrong(end)]
    if len(counts) == 1 and receipt["clock"]["state"] == "fact":
        wrong += [f"counts: {what}" for what in check_lone(counts[0], receipt["rung"]["text"])]
    return wrong
