"""stream.py - the lives of some cases, and how their events arrive: in order, or not."""

import datetime

from tests.sim.world import make_term
from tests.verify import oracle
from tests.verify.days import EPOCH, MS, UTC

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
BEGIN = (datetime.datetime(2024, 8, 1, tzinfo=UTC) - EPOCH) // MS
STEPS = ("review", "decide", "print")


def step_on(rng, at):
    """A while later: minutes, hours, days; now and then at once, or at a full hour."""
    kind = rng.random()
    if kind < 0.06:
        return at
    if kind < 0.3:
        at += rng.randrange(1, 600) * MINUTE
    elif kind < 0.8:
        at += rng.randrange(1, 6 * 24 * 60) * MINUTE
    else:
        at += rng.randrange(1, 25 * 24) * HOUR
    return at // HOUR * HOUR if rng.random() < 0.2 and at % HOUR else at


def make_event(rng, case, kind, at):
    event = {"case": case["no"], "kind": kind, "at": at, "version": 0}
    if case["item"]:
        event["item"] = case["item"]
    if case["org"] and (kind in ("apply", "accept") or rng.random() < 0.5):
        event["org"] = case["org"]
    if kind in ("step_start", "step_end", "return") or (
            kind in ("supervise", "feedback") and rng.random() < 0.3):
        event["step"] = rng.choice(STEPS)
    if kind in ("pause", "correct_ask") and rng.random() < 0.4:
        event["term"] = make_term(rng, rng.choice(("workday", "day", "hour")), 1, 10)
    if kind == "extend" and rng.random() < 0.5:
        event["term"] = make_term(rng, "workday", 1, 12)
    if kind in ("apply", "accept", "step_start") and rng.random() < 0.15:
        event["limit"] = make_term(rng, "workday", 3, 9)
    elif kind in ("apply", "accept") and rng.random() < 0.1:
        event["due_at"] = at + rng.randrange(1, 15) * DAY
    return event


MIDDLE = ("pause", "resume", "pause", "resume", "correct_ask", "correct_done", "extend", "extend",
          "step_start", "step_end", "step_start", "step_end", "return", "assign", "accept", "fee",
          "supervise", "feedback", "close_out")
ENDS = ("finish", "finish", "finish", "decide", "withdraw", "void", "forward", "reject")


def make_life(rng, case):
    """The events of one case as they happened. An event comes with its source's number later."""
    at = BEGIN + rng.randrange(0, 120 * 24 * 60) * MINUTE
    kinds = ["apply"] if rng.random() < 0.7 else []
    kinds += ["accept"]
    kinds += [rng.choice(MIDDLE) for _ in range(rng.choice((0, 1, 3, 5, 8)))]
    if rng.random() < 0.8:
        kinds.append(rng.choice(ENDS))
        if rng.random() < 0.3:
            kinds += ["deliver"] if rng.random() < 0.5 else ["reopen", "pause", "finish"]
    if rng.random() < 0.05:
        rng.shuffle(kinds)  # finished before it began
    events = []
    for kind in kinds:
        events.append(make_event(rng, case, kind, at))
        at = step_on(rng, at)
    return events


def at_an_instant(rng, world, case, life):
    """One event more, at the very instant of a card to come, or a millisecond later."""
    for seq, event in enumerate(life):
        event.update(source="", seq=seq)
    watch = oracle.run(world, life, life[-1]["at"] + 40 * DAY)[case["no"]]
    dues = sorted(watch.cards.values())
    if not dues:
        return
    at = rng.choice(dues) + rng.choice((0, 0, 1))
    kind = rng.choice(("finish", "finish", "extend", "pause", "resume", "withdraw", "decide"))
    life.append(make_event(rng, case, kind, at))
    life.sort(key=lambda event: event["at"])


def act_on_cards(rng, world, case, life):
    """A supervisor looks at the cards that wait for him, and at what follows those he released."""
    for _ in range(rng.randrange(0, 3)):
        for seq, event in enumerate(life):
            event.update(source="", seq=seq)
        watch = oracle.run(world, life, life[-1]["at"] + 40 * DAY)[case["no"]]
        for key in sorted(watch.waiting):
            at = watch.cards[key] + rng.choice((0, 1, rng.randrange(1, 10 * 24) * HOUR))
            event = {"case": case["no"], "at": at, "version": 0, "handler": "Li", "reason": "seen",
                     "kind": "release" if rng.random() < 0.75 else "dismiss",
                     "card": f"{key[3]} of {key[0]}"}
            if key[1] and rng.random() < 0.8:
                event["step"] = key[1]
            if rng.random() < 0.8:
                life.append(event)
        life.sort(key=lambda event: event["at"])


def number(events):
    """Each source counts its own events, in the order in which they are written here."""
    counts = {}
    for event in events:
        event["source"] = "hall" if hash_of(event["case"]) % 2 else "web"
        counts[event["source"]] = counts.get(event["source"], 0) + 1
        event["seq"] = counts[event["source"]]


def hash_of(text):
    return sum(text.encode())


def correct(rng, event):
    """The same number again, with other contents and a higher version."""
    again = dict(event, version=event["version"] + 1)
    again["at"] += rng.choice((-1, 1)) * rng.randrange(0, 8 * 24) * HOUR
    if rng.random() < 0.2:
        again["kind"] = rng.choice(MIDDLE + ENDS)
        again.setdefault("step", rng.choice(STEPS))
    return again


def disorder(rng, events):
    """Late events, events sent again, corrections."""
    places = [(place, event) for place, event in enumerate(events)]
    for place, event in list(places):
        if rng.random() < 0.06:
            places.append((place + rng.uniform(0.1, len(events) / 2), event))
        if rng.random() < 0.06:
            places.append((place + rng.uniform(0.1, len(events) / 2), correct(rng, event)))
    late = [(p + rng.uniform(0, len(events) / 3), e) if rng.random() < 0.08 else (p, e)
            for p, e in places]
    return [event for _, event in sorted(late, key=lambda pair: pair[0])]


def make(rng, world, case_count, is_in_order):
    """The events in the order in which they arrive, and the instant up to which is looked."""
    events = []
    for n in range(case_count):
        case = {"no": f"C-{n}", "item": rng.choice(sorted(world["items"]) + [""]),
                "org": rng.choice(sorted(world["orgs"]) + [""])}
        life = make_life(rng, case)
        if rng.random() < 0.4:
            at_an_instant(rng, world, case, life)
        act_on_cards(rng, world, case, life)
        events += life
    events.sort(key=lambda event: event["at"])
    number(events)
    until = events[-1]["at"] + rng.randrange(0, 60) * DAY
    return (events if is_in_order else begun(disorder(rng, events))), until


def begun(events):
    """Without the acts on a card that come before any other event of their case: refused."""
    seen, kept = set(), []
    for event in events:
        if event["kind"] not in oracle.OF_CARD:
            seen.add(event["case"])
        if event["case"] in seen:
            kept.append(event)
    return kept


def text_of(at):
    return (EPOCH + at * MS).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def line(event):
    """An event as its source writes it."""
    said = dict(event, at=text_of(event["at"]))
    for name in ("term", "limit"):
        if name in said:
            said[name] = f"{said[name][0]} {said[name][1]}"
    if "due_at" in said:
        said["due_at"] = text_of(said["due_at"])
    if not said["version"]:
        del said["version"]
    return said
