"""oracle.py - which cards there should be, from the whole history, case by case.

Written from the law of counting (what a clock, a pause, a limit, a rung is) and not from the
engine. Nothing is kept but the events and the cards: whatever arrives, the case is folded again
from its first event on.
"""

from tests.verify.counting import Ending, lay, length_of, measure_of
from tests.verify.days import Unknown
from tests.verify.reckoning import NEVER, Reckoning

CLOSING = ("finish", "reject", "forward", "withdraw", "void")
OF_CARD = ("release", "dismiss")
WITH_TERM = ("pause", "correct_ask", "supervise")  # how long it is to last is its limit


class Clock:
    def __init__(self, rule, index, step, cycle, event):
        self.rule = rule
        self.index = index
        self.step = step
        self.cycle = cycle
        self.start = event["at"]
        self.stop = NEVER
        self.state = "running"
        self.stopped_by = None
        self.limits = []
        self.due_at = None
        self.extended = [0] * len(rule["limits"])
        self.extensions = 0
        self.gaps = []

    def key(self):
        return (self.rule["name"], self.step, self.cycle)


class Case:
    """A case as its events make it, in the order in which they happened."""

    def __init__(self, world, events):
        self.world = world
        self.item = self.org = ""
        self.ended_by = None
        self.pauses = []
        self.clocks = []
        self.decisions = []
        for event in events:
            self.take(event)

    def calendar(self, rule):
        for owner in (self.world["items"].get(self.item), self.world["orgs"].get(self.org)):
            if owner and owner["calendar"]:
                return self.world["calendars"][owner["calendar"]]
        return self.world["calendars"][rule["calendar"]]

    def reckoning(self, clock):
        return Reckoning(self.calendar(clock.rule), self, clock)

    def take(self, event):
        self.follow(event["at"])
        if event["kind"] in OF_CARD:  # it acts on a card, and on nothing else of the case
            self.decisions.append(event)
            self.follow(event["at"])
            return
        for clock in self.clocks:
            self.to_clock(clock, event)
        self.item = event.get("item") or self.item
        self.org = event.get("org") or self.org
        rules = self.world["rules"]
        pairs = [pair for rule in rules for pair in rule["pauses"]]
        for kind in {pair["from"] for pair in pairs if pair["to"] == event["kind"]}:
            self.resume(kind, event)
        same = [p for p in self.pauses if p["to"] == NEVER and p["from"] == event["at"] and
                (p["kind"], p["term"], p["step"]) ==
                (event["kind"], event.get("term"), event.get("step", ""))]
        for until in {pair["to"] for pair in pairs if pair["from"] == event["kind"]}:
            if not any(p["until"] == until for p in same):
                self.pauses.append({"kind": event["kind"], "until": until, "from": event["at"],
                                    "to": NEVER, "term": event.get("term"),
                                    "step": event.get("step", "")})
        for index, rule in enumerate(rules):
            if event["kind"] in rule["start"]:
                self.start(rule, index, event)
        if event["kind"] in CLOSING + ("reopen",):
            self.ended_by = event["kind"]
        self.follow(event["at"])

    # ---- clocks that begin with a card ----------------------------------------------------------

    def follow(self, end):
        """One for each card whose instant has passed; when the card is gone or moved, so is it."""
        for _ in range(len(self.world["rules"]) + 1):  # what follows may be followed in its turn
            for index, rule in enumerate(self.world["rules"]):
                if rule.get("after"):
                    self.follow_with(rule, index, end)

    def follow_with(self, rule, index, end):
        name, rung = rule["after"]
        sources = {(c.step, c.cycle): c for c in self.clocks if c.rule["name"] == name}
        own = {(c.step, c.cycle): c for c in self.clocks if c.rule is rule}
        for key, source in sources.items():
            at = self.card_instant(source, rung, end)
            if key in own and at is not None:
                own.pop(key).start = at
            elif at is not None and self.is_for(rule):
                self.begin(Clock(rule, index, *key, {"at": at}), {"at": at, "kind": None,
                                                                  "step": source.step})
        self.clocks = [c for c in self.clocks if c not in own.values()]

    def card_instant(self, clock, name, end):
        rung = next(r for r in clock.rule["rungs"] if r["name"] == name)
        due = self.told_by_events(clock, rung)
        if due is None or not due < min(clock.stop, end):
            return None
        return self.released_at(clock, rung, due) if rung.get("confirm") else due

    def told_by_events(self, clock, rung):
        """When it holds; whether or when a card that it follows was issued is not asked."""
        return self.reckoning(clock).rung(rung, {r["name"] for r in clock.rule["rungs"]})

    # ---- cards that wait for a supervisor -------------------------------------------------------

    def decision(self, clock, rung, due):
        """The first act on a card that names it and comes after its instant; or none."""
        for event in self.decisions:
            if self.is_behind(clock, event, due) and self.names(event, clock, rung) and not any(
                    self.names(event, other, rung) and
                    self.is_behind(other, event, self.told_by_events(other, rung))
                    for other in self.clocks if other is not clock and other.rule is clock.rule):
                return event
        return None

    @staticmethod
    def is_behind(clock, event, due):
        return due is not None and due < event["at"] and due < clock.stop

    @staticmethod
    def names(event, clock, rung):
        step = event.get("step", "")
        return (event["card"] == f"{rung['name']} of {clock.rule['name']}" and
                (not step or step == clock.step))

    def released_at(self, clock, rung, due):
        event = self.decision(clock, rung, due)
        return event["at"] if event is not None and event["kind"] == "release" else None

    def resume(self, kind, event):
        """It ends the oldest open pause of its pair, of the same step where there is one."""
        still = [p for p in self.pauses if p["kind"] == kind and p["until"] == event["kind"] and
                 p["to"] == NEVER]
        same = [p for p in still if p["step"] == event.get("step", "")]
        for pause in (same or still)[:1]:
            pause["to"] = event["at"]

    # ---- clocks ---------------------------------------------------------------------------------

    def to_clock(self, clock, event):
        rule, kind = clock.rule, event["kind"]
        if clock.state != "running":
            # it goes on with the case, if it was the end of the case that ended it
            if (kind == "reopen" and not rule["per_step"] and not rule["restart"] and
                    (clock.stopped_by in CLOSING or "reopen" in rule["start"])):
                self.go_on(clock, event)
            return
        if kind in rule["cancel"]:
            clock.state, clock.stop, clock.stopped_by = "cancelled", event["at"], kind
        elif kind in rule["stop"] and self.is_same_step(clock, event):
            clock.state, clock.stop, clock.stopped_by = "stopped", event["at"], kind
        elif kind == "extend" and rule["extension"]:
            self.extend(clock, event)

    @staticmethod
    def is_same_step(clock, event):
        of_one = event["kind"] in ("step_end", "return") or (
            event["kind"] in ("supervise", "feedback", "close_out") and event.get("step", ""))
        return not clock.rule["per_step"] or not of_one or event.get("step", "") == clock.step

    @staticmethod
    def go_on(clock, event):
        clock.gaps.append((clock.stop, event["at"]))
        clock.state, clock.stop, clock.stopped_by = "running", NEVER, None

    def extend(self, clock, event):
        said = clock.rule["extension"]
        if clock.extensions >= said["times"]:
            return
        reckoning = self.reckoning(clock)
        moved = [0] * len(clock.extended)
        is_in_time = False
        for index in range(len(moved)):
            due = reckoning.limit(index)
            if due is None or (due < event["at"] and (
                    not said["any_time"] or self.has_come(reckoning, clock, index, event["at"]))):
                continue
            is_in_time = True
            terms = [term for term in (said["by"], event.get("term")) if term]
            moved[index] = min(reckoning.extension(index, term) for term in terms)
        if is_in_time:
            clock.extensions += 1
            clock.extended = [a + b for a, b in zip(clock.extended, moved)]

    @staticmethod
    def has_come(reckoning, clock, limit, at):
        """Has a card of this limit come before `at`? What follows a card comes behind it."""
        dues = [reckoning.rung(rung, ()) for rung in clock.rule["rungs"]
                if rung["form"] != "chain" and rung["limit"] == limit]
        return any(due not in (None, NEVER) and due < at for due in dues)

    def is_for(self, rule):
        item = self.world["items"].get(self.item)
        return not rule["kinds"] or (item is not None and item["kind"] in rule["kinds"])

    def is_over(self, rule):
        return self.ended_by in rule["stop"] + rule["cancel"]

    def start(self, rule, index, event):
        if not self.is_for(rule):
            return
        step = event.get("step", "") if rule["per_step"] else ""
        same = [c for c in self.clocks if c.rule is rule and c.step == step]
        last = same[-1] if same else None
        if last is not None and last.state == "running":
            return
        if last is not None and not rule["restart"]:
            if rule["continues"] and last.state != "cancelled" and not self.is_over(rule):
                self.go_on(last, event)  # back to an earlier step: the time used is kept
            return
        self.begin(Clock(rule, index, step, len(same), event), event)

    def begin(self, clock, event):
        rule, item = clock.rule, self.world["items"].get(self.item)
        for limit in rule["limits"]:
            clock.limits.append(self.limit_of(limit, event, item, clock))
        if self.is_over(rule):  # it ended before it began: the clock is there, and stands still
            clock.state = "cancelled" if self.ended_by in rule["cancel"] else "stopped"
            clock.stop, clock.stopped_by = event["at"], self.ended_by
        self.clocks.append(clock)

    def limit_of(self, limit, event, item, clock):
        """The first source that has one, in this order; then the rule's own."""
        org = self.world["orgs"].get(self.org)
        for source in limit["from"]:
            if source == "event" and event.get("due_at") is not None:
                clock.due_at = event["due_at"]
                return None
            found = {
                "event": event.get("limit") or (event["kind"] in WITH_TERM and event.get("term")),
                "item": item and item["limits"].get(limit["name"]),
                "kind": item and limit["kinds"].get(item["kind"]),
                "org": org and org["limits"].get(limit["name"]),
                "step": item and item["steps"].get(event.get("step", "")),
            }[source]
            if found:
                return found
        return limit["otherwise"]



class Watch:
    """The cards of one case, as arrivals and time make them."""

    def __init__(self, world, number):
        self.world = world
        self.number = number  # its age among the cases
        self.levels = world["levels"]
        self.arrived = []
        self.case = Case(world, [])
        self.cards = {}    # (rule, step, cycle, rung) -> due instant
        self.waiting = {}  # of those that are pending: until when; NEVER, or told to be overdue
        self.skipped = set()
        self.records = []  # (now, 0 by time or 1 by an event, order, what, key, due)

    # ---- history --------------------------------------------------------------------------------

    def history(self):
        """By when it happened, then by arrival; of one number the highest version alone."""
        best = {}
        for place, event in self.arrived:
            name = (event["source"], event["seq"])
            if name not in best or event["version"] > best[name][1]["version"]:
                best[name] = (place, event)
        return self.possible(sorted(best.values(), key=lambda pair: (pair[1]["at"], pair[0])))

    def possible(self, history):
        """Without the pauses that end before they begin: a resume that finds no pause at all is
        that of a later one which was sent before it and was open when it came; of several, of the
        one sent last, and of what is the same as that one, sent again."""
        pairs = {(p["from"], p["to"]) for rule in self.world["rules"] for p in rule["pauses"]}
        ends = {end for _, end in pairs}
        for sent, resume in sorted((pair for pair in history if pair[1]["kind"] in ends),
                                   key=lambda pair: pair[0]):
            own = [pair for pair in pairs if pair[1] == resume["kind"]]
            is_there = any(place == sent for place, _ in history)
            if not is_there or any(sent not in self.unpaired(history, *pair)[1] for pair in own):
                continue
            known = [pair for pair in history if pair[0] <= sent]
            later = [pause for pair in own for pause in self.unpaired(known, *pair)[0]
                     if pause[1] > resume["at"] and pause[2] == resume.get("step", "")]
            if later:
                same = max(later, key=lambda pause: pause[0])[1:]
                dropped = {sent} | {pause[0] for pause in later if pause[1:] == same}
                history = [pair for pair in history if pair[0] not in dropped]
        return [event for _, event in history]

    @staticmethod
    def unpaired(history, begin, end):
        """The pauses that stay open, and the resumes that find none, by when they were sent."""
        begun, lonely = [], []
        for sent, event in history:
            step = event.get("step", "")
            if event["kind"] == end and begun:
                begun.remove(next((pause for pause in begun if pause[2] == step), begun[0]))
            elif event["kind"] == end:
                lonely.append(sent)
            if event["kind"] == begin:
                begun.append((sent, event["at"], step, event.get("term"), begin))
        return begun, lonely

    def arrive(self, now, place, event):
        self.pass_time(now)
        for _, past in self.arrived:
            if (past["source"], past["seq"]) == (event["source"], event["seq"]):
                if event["version"] <= past["version"]:
                    return  # sent again
        self.arrived.append((place, event))
        self.case = Case(self.world, self.history())
        self.judge(now, place)

    # ---- cards ----------------------------------------------------------------------------------

    def rungs(self, clock):
        """Every rung of a clock with its instant."""
        reckoning = self.case.reckoning(clock)
        issued = {rung for (*key, rung) in self.cards if tuple(key) == clock.key()}
        return [(r, reckoning.rung(r, issued), (*clock.key(), r["name"]))
                for r in clock.rule["rungs"]]

    def pass_time(self, now):
        """What falls due by time alone is issued, in order, each the moment after its instant."""
        while True:
            found = []
            for order, clock in enumerate(self.case.clocks):
                if clock.state != "running":
                    continue
                for place, (_, due, key) in enumerate(self.rungs(clock)):
                    if (due is not None and due < now and key not in self.cards and
                            key not in self.skipped):
                        found.append((due, order, place, key))
            found += [(until, -1, 0, key) for key, until in self.waiting.items() if until < now]
            if not found:
                return
            due, order, _, key = min(found)
            if order < 0:
                self.waiting[key] = NEVER
                self.records.append((due + 1, 0, self.number, "overdue", key, self.cards[key]))
                continue
            self.cards[key] = due
            self.wait(due + 1)
            self.case.follow(due + 1)
            self.records.append((due + 1, 0, self.number, "issued", key, due))

    def judge(self, now, place):
        """An event came: what holds has a card, what does not hold has none."""
        self.skipped = set()
        self.case.follow(now)
        keys = {clock.key() for clock in self.case.clocks}
        for key in [k for k in self.cards if k[:3] not in keys]:
            self.drop(now, place, key)
        for clock in self.case.clocks:
            end = min(clock.stop, now)
            for rung, due, key in self.rungs(clock):
                if key not in self.cards:
                    continue
                if due is None or not due < end:
                    self.drop(now, place, key)
                elif due != self.cards[key]:
                    self.cards[key] = due
                    self.records.append((now, 1, place, "moved", key, due))
            self.discover(now, place, clock, end)
        self.wait(now)

    # ---- cards that wait for a supervisor -------------------------------------------------------

    def clock_of(self, key):
        clock = next(c for c in self.case.clocks if c.key() == key[:3])
        return clock, next(r for r in clock.rule["rungs"] if r["name"] == key[3])

    def decided(self, key):
        """None: the card waits."""
        clock, rung = self.clock_of(key)
        event = self.case.decision(clock, rung, self.cards[key])
        return event and event["kind"]

    def is_public(self, key):
        return not self.clock_of(key)[1].get("confirm") or self.decided(key) == "release"

    def wait(self, now):
        """Those that have begun to wait, and those that do so no more."""
        pending = [key for key in self.cards
                   if self.clock_of(key)[1].get("confirm") and self.decided(key) is None]
        self.waiting = {key: self.waiting.get(key) or self.until(key, now) for key in pending}

    def until(self, key, now):
        clock, rung = self.clock_of(key)
        if rung["confirm"] is True:
            return NEVER
        calendar = self.case.calendar(clock.rule)
        measure = measure_of("day", rung["confirm"][1])
        try:
            length = length_of(calendar, measure, now, *rung["confirm"])
            return max(now, lay(calendar, measure, now, length, Ending(False, True)))
        except Unknown:
            return now

    def drop(self, now, place, key):
        self.records.append((now, 1, place, "withdrawn", key, self.cards.pop(key)))

    def discover(self, now, place, clock, end):
        """Rungs found late: not all of them may still be issued."""
        while True:
            found = [(due, rung, key) for rung, due, key in self.rungs(clock)
                     if due is not None and due < end and key not in self.cards]
            for _, rung, key in found:
                if not self.may_issue(clock, rung, end):
                    self.skipped.add(key)
            found = [f for f in found if f[2] not in self.skipped]
            if clock.rule["late"] == "highest":
                found = self.highest(clock, found)
            if not found:
                return
            for due, _, key in sorted(found, key=lambda f: f[0]):
                self.cards[key] = due
                self.records.append((now, 1, place, "late", key, due))

    def may_issue(self, clock, rung, end):
        if clock.state == "cancelled" or (clock.state == "stopped" and not rung["after_finish"]):
            return False
        if rung["after_limit"]:
            return True
        due = self.case.reckoning(clock).limit(rung["limit"])
        return due is None or not due < end

    def highest(self, clock, found):
        """Of what is found at once, and beside what is there, the highest level only."""
        rank = self.levels.index
        levels = [rank(rung["level"]) for _, rung, _ in found]
        levels += [rank(r["level"]) for r in clock.rule["rungs"]
                   if (*clock.key(), r["name"]) in self.cards]
        kept = [f for f in found if rank(f[1]["level"]) == max(levels)]
        self.skipped |= {f[2] for f in found if f not in kept}
        return kept

    def standing(self):
        """The cards that stand: (rule, step, cycle, rung) -> (due instant, does it wait?)."""
        stands = {}
        for key, due in self.cards.items():
            clock, rung = self.clock_of(key)
            level = {r["name"]: self.levels.index(r["level"]) for r in clock.rule["rungs"]}
            above = [k for k in self.cards if k[:3] == key[:3] and level[k[3]] > level[key[3]] and
                     self.is_public(k)]
            is_refused = rung.get("confirm") and self.decided(key) == "dismiss"
            if not is_refused and not (clock.rule["supersede"] and above):
                stands[key] = (due, not self.is_public(key))
        return stands


def run(world, arrivals, until):
    """Play events in the order in which they arrive. Returns the watch of every case by number.

    Time is that of the newest event, and at the end `until`.
    """
    watches = {}
    now = -NEVER
    for place, event in enumerate(arrivals):
        now = max(now, event["at"])
        if event["case"] not in watches:
            watches[event["case"]] = Watch(world, len(watches))
        watches[event["case"]].arrive(now, place, event)
    for watch in watches.values():
        watch.pass_time(max(now, until))
    return watches
