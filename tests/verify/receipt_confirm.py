"""receipt_confirm.py - the part of a receipt that tells of a card's release, looked at again.

Written from the description of the receipt in engine/wire/README.md and of `issue: confirm` in
rules/README.md, and from nothing of the engine.
"""

from tests.verify.counting import Ending, lay, length_of, measure_of
from tests.verify.days import Unknown

DONE = {"release": "released", "dismiss": "dismissed"}


class Confirmed:
    def __init__(self, receipt, calendar, instant_of, term_of):
        self.card, self.said = receipt["card"], receipt["confirm"]
        self.due = instant_of(receipt["due_at"])
        self.is_fact = receipt["clock"]["state"] == "fact"
        self.calendar, self.instant_of, self.term_of = calendar, instant_of, term_of
        self.wrong = []

    def expect(self, name, said, should):
        if said != should:
            self.wrong.append(f"confirm.{name}: is {said!r}, should be {should!r}")

    def at(self, name):
        return self.instant_of(self.said[name])

    def check(self):
        self.check_state()
        self.check_until()
        self.check_by()
        return self.wrong

    def check_state(self):
        """The card is what the decision has made of it; a higher one may have taken its place."""
        state, card = self.said["state"], self.card["state"]
        if card == "pending":
            self.expect("state", state, "pending")
            # the instants of a card are all told with the offset of its due instant
            self.expect("until, of the card", self.instant_of(self.card.get("until")),
                        self.at("until"))
        elif card == "issued":
            self.expect("state", state, "released")
        elif card not in ("dismissed", "withdrawn"):
            self.wrong.append(f"confirm.state: {state!r}, and the card is {card!r}")
        if self.said["overdue"] and (card != "pending" or self.said["until"] is None):
            self.wrong.append("confirm.overdue: and the card has no time to be decided on in")
        if self.said["then"] not in ("remind", "issue"):
            self.wrong.append(f"confirm.then: {self.said['then']!r} is no such thing")

    def check_until(self):
        """So long after it began to wait, by whole days where the unit is a day."""
        if self.said["within"] is None:
            self.expect("until", self.said["until"], None)
            return
        since = self.at("since")
        if self.calendar is None:
            return
        n, unit = self.term_of(self.said["within"])
        measure = measure_of("day", unit)
        try:
            length = length_of(self.calendar, measure, since, n, unit)
            until = max(since, lay(self.calendar, measure, since, length, Ending(False, True)))
        except Unknown:
            until = since
        self.expect("until", self.at("until"), until)

    def check_by(self):
        by, by_time = self.said["by"], self.at("by_time")
        if by is None:
            is_free = self.said["state"] == "released"
            self.expect("state", self.said["state"], "released" if is_free else "pending")
            if by_time is not None:
                self.expect("by_time", by_time, self.at("until"))
                self.expect("then", self.said["then"], "issue")
                self.expect("state", self.said["state"], "released")
            return
        self.expect("by_time", by_time, None)
        self.expect("state", self.said["state"], DONE[by["kind"]])
        at = self.instant_of(by["at"])
        if not (at >= self.due if self.is_fact else at > self.due):
            self.wrong.append("confirm.by: it was decided before the card's instant")
        if not by["handler"] or (by["kind"] == "dismiss" and not by["ground"]):
            self.wrong.append("confirm.by: nobody answers for it, or nothing is given as its ground")


def check_confirm(receipt, calendar, instant_of, term_of):
    """A card that a supervisor has to release: the time he had, and what he did in it."""
    if receipt["confirm"] is None:
        is_waiting = receipt["card"]["state"] == "pending"
        return ["confirm: the card waits, and nothing says for what"] if is_waiting else []
    return Confirmed(receipt, calendar, instant_of, term_of).check()
