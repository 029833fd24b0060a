"""Joint cases, against a slow and obvious fold of all raw events.

A parent's total clock ends with its own finish or with that of its last child; a child belongs to the
parent it names last, from its own first event on. Events come late, are corrected, name another
parent; parents come before or after their children. What cards stand at the end is computed here from
nothing but the events, in elapsed hours, and compared."""

import datetime
import random
import subprocess

from tests.lib.check import check, check_eq, main, program, test
from tests.oracle.streams import HOUR, ZONE, newest, numbered, replay, seconds_of, sent, standing

SEEDS = 400
BEGIN = int(datetime.datetime(2025, 3, 3, tzinfo=ZONE).timestamp())
FINISHING, VOIDING = ("finish", "reject", "forward"), ("withdraw", "void")

RULES = """set: joint
ground: made up
calendar: flat
rules:
  - rule: total
    applies: {when: not has parent}
    clock: {start: accept, stop: [finish], last_child: stop, count: instant, start_at: as it is,
            limits: {statutory: 72 hour}}
    cards:
      - yellow: after statutory
      - red: 48 hour after statutory
  - rule: part
    applies: {when: has parent}
    clock: {start: accept, stop: [finish, reject], count: instant, start_at: as it is,
            limits: {promised: 30 hour}}
    cards:
      - yellow: after promised
  - rule: early
    fact: {on: finish, is: children_open > 0}
    card: warn
  - rule: most
    fact: {on: decide, is: children_finished * 2 > children}
    card: warn
"""


# ---- streams ------------------------------------------------------------------------------------


def stream_of(rng):
    life = []
    for parent in ("P", "Q"):
        at = BEGIN + rng.randrange(0, 40) * HOUR
        kinds = ["accept"] + ["decide"] * (rng.random() < 0.6)
        kinds += ["finish"] * (rng.random() < 0.4) + ["reopen"] * (rng.random() < 0.2)
        for kind in kinds:
            life.append({"case": parent, "kind": kind, "at": at})
            at += rng.randrange(1, 90) * HOUR
    for number in range(rng.randrange(1, 6)):
        at = BEGIN + rng.randrange(0, 100) * HOUR
        parent = rng.choice("PQ")
        for kind in ("accept", rng.choice(("finish", "finish", "reject", "void", "fee")),
                     rng.choice(("reopen", "fee", "fee")), rng.choice(("finish", "fee"))):
            event = {"case": f"C{number}", "kind": kind, "at": at}
            if kind == "accept" or rng.random() < 0.2:
                event["parent"] = parent if rng.random() < 0.9 else rng.choice("PQ")
            life.append(event)
            at += rng.randrange(0, 60) * HOUR
    numbered(life)
    arrivals = [(event["at"] + rng.choice((0, 0, 0, 24, 100)) * HOUR, event) for event in life]
    for event in life:
        if rng.random() < 0.1:
            again = dict(event, version=1, at=event["at"] + rng.randrange(-40, 40) * HOUR)
            if "parent" in again and rng.random() < 0.5:
                again["parent"] = rng.choice("PQ")
            arrivals.append((event["at"] + rng.randrange(1, 300) * HOUR, again))
    arrivals.sort(key=lambda pair: pair[0])
    return [event for _, event in arrivals][:rng.randrange(4, 60)]


# ---- the slow fold ------------------------------------------------------------------------------


def histories_of(stream):
    cases = {}
    for place, event in enumerate(stream):
        cases.setdefault(event["case"], []).append(dict(event, place=place))
    for events in cases.values():
        best = {}
        for event in events:
            key = event["seq"]
            if key not in best or event["version"] > best[key]["version"]:
                best[key] = event
        events[:] = sorted(best.values(), key=lambda e: (e["at"], e["place"]))
    return cases


def state_after(state, kind):
    if kind in FINISHING:
        return "finished"
    if kind in VOIDING:
        return "void"
    return "open" if kind == "reopen" else state


def parent_at(events, upto):
    named = [event["parent"] for event in events[:upto + 1] if event.get("parent")]
    return named[-1] if named else None


class Total:
    """A parent, its own events and what its children's tell it, in order."""

    def __init__(self, own, children):
        self.stops, self.gaps = None, []
        self.start = self.by_child = None
        self.own_end = None
        self.seen = {}
        self.facts = []
        told = [(event, None) for event in own]
        for name, events in children.items():
            told += [(event, name) for index, event in enumerate(events)
                     if index == 0 or state_after("open", event["kind"]) != "open" or
                     event["kind"] == "reopen"]
        told.sort(key=lambda pair: (pair[0]["at"], pair[0]["place"]))
        for event, child in told:
            if child is None:
                self.take(event)
            else:
                self.seen[child] = state_after(self.seen.get(child, "open"), event["kind"])
                self.look(event["at"])

    def all_ended(self):
        return bool(self.seen) and "open" not in self.seen.values()

    def look(self, at):
        if self.start is None:
            return
        if self.stops is None and self.all_ended():
            self.stops, self.by_child = at, True
        elif self.stops is not None and self.own_end is None and self.by_child and \
                not self.all_ended():
            self.stops, self.by_child = None, False

    def take(self, event):
        kind, at = event["kind"], event["at"]
        if kind == "finish" and "open" in self.seen.values():
            self.facts.append(("early", at))
        finished = list(self.seen.values()).count("finished")
        if kind == "decide" and finished * 2 > len(self.seen):
            self.facts.append(("most", at))
        if kind == "accept" and self.start is None:
            self.start = at
            if self.own_end is not None:
                self.stops, self.by_child = at, False
            elif self.all_ended():
                self.stops, self.by_child = at, True
        elif kind == "finish" and self.start is not None and self.stops is None:
            self.stops, self.by_child = at, False
        elif kind == "reopen" and self.start is not None and self.stops is not None:
            self.gaps.append((self.stops, at))
            self.stops, self.by_child = None, False
        if kind == "finish":
            self.own_end = at
        elif kind == "reopen":
            self.own_end = None

    def cards(self, name, until):
        if self.start is not None:
            for level, hours in (("yellow", 72), ("red", 120)):
                due = self.start + hours * HOUR
                for begin, end in self.gaps:  # what was over before is not moved
                    due += end - begin if begin <= due else 0
                if due < min(until, self.stops if self.stops is not None else until):
                    yield ("total", level, name, due)
        for rule, at in self.facts:
            yield (rule, "warn", name, at)


def should_be(stream, until):
    cases = histories_of(stream)
    found = []
    for name, events in cases.items():
        if name[-1] in "PQ":
            children = {child: history for child, history in cases.items()
                        if parent_at(history, len(history)) == name}
            found += Total(events, children).cards(name, until)
    return sorted(found)


# ---- comparing ----------------------------------------------------------------------------------


def found_in(cards):
    return sorted((card["rule"], card["level"], card["case"], seconds_of(card["due_at"]))
                  for card in cards if card["case"][-1] in "PQ")


@test
def the_cards_of_a_joint_case_are_those_of_a_slow_fold():
    seen, withdrawn = {}, 0
    for seed in range(SEEDS):
        rng = random.Random(seed)
        stream = stream_of(rng)
        until = max(event["at"] for event in stream) + rng.randrange(0, 200) * HOUR + 1
        records = replay(RULES, stream, until)
        found = found_in(standing(records))
        check_eq(found, should_be(stream, until), f"seed {seed}")
        withdrawn += sum(card["state"] == "withdrawn" for card in newest(records).values())
        for rule, level, *_ in found:
            seen[f"{rule}/{level}"] = seen.get(f"{rule}/{level}", 0) + 1
    check_eq(sorted(seen), ["early/warn", "most/warn", "total/red", "total/yellow"])
    check(withdrawn > 20, f"only {withdrawn} cards were taken back")
    print(" ".join(f"{name}={count}" for name, count in sorted(seen.items())),
          f"withdrawn={withdrawn}")


@test
def batches_of_events_come_to_the_same():
    stream = []
    for seed in range(60):
        for event in stream_of(random.Random(f"batch {seed}")):
            named = {"parent": f"{seed}-{event['parent']}"} if "parent" in event else {}
            if event["version"] == 0:
                stream.append({**event, **named, "case": f"{seed}-{event['case']}",
                               "seq": len(stream) + 1})
    until = max(event["at"] for event in stream)
    with sent(RULES, stream) as house:
        found = found_in(standing(house.cards()))
    check_eq(found, should_be(stream, until))
    check(len(found) > 60, f"only {len(found)} cards")


@test
def a_joint_case_lists_its_parts():
    said = [("P", "accept", ""), ("A", "accept", "P"), ("B", "accept", "P"), ("C", "accept", "Q"),
            ("A", "finish", ""), ("C", "fee", "P"), ("C", "void", "")]
    stream = [{"case": case, "kind": kind, "at": BEGIN + place * HOUR, "source": "hall",
               "seq": place + 1, **({"parent": parent} if parent else {})} for place, (case, kind, parent) in enumerate(said)]
    with sent(RULES, stream) as house:
        whole = house.ask("case", case="P")["case"]
        part = house.ask("case", case="A")["case"]
        shown = subprocess.run([program("cardwatch"), "case", "--home", house.folder, "--lang",
                                "en", "P"], capture_output=True, text=True, check=True).stdout
    check_eq({child["case"]: child["state"] for child in whole["children"]},
             {"A": "finished", "B": "open", "C": "void"})
    check_eq((whole["child_count"], whole["parent"]), (3, ""))
    check_eq((part["child_count"], part["parent"]), (0, "P"))
    check("Parts of this joint case" in shown and "finished" in shown, shown)


main("oracle/joint")
