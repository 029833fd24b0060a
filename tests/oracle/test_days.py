"""Limits in days, against dates and plain loops: which day is the last one.

Workdays and natural days, rolled on or not, until midnight or the close of business, with pauses,
an extension, and cards before and after the limit in either unit. Written from the law of time
limits and rules/README alone; what stands at the end of random lives is compared, card for card."""

import datetime
import json
import os
import random
import subprocess
import tempfile

from tests.lib.check import check, check_eq, main, program, test

SEEDS, CASES, FAR = 30, 40, 500
ZONE = datetime.timezone(datetime.timedelta(hours=8))
DAY = datetime.timedelta(days=1)
OFF = ["2025-01-28", "2025-01-29", "2025-01-30", "2025-01-31", "2025-02-03", "2025-02-04"]
MADE_UP = ["2025-01-26", "2025-02-08"]
CALENDAR = f"""calendar: hall
zone: Asia/Shanghai
known: {{from: 2024-01-01, to: 2026-12-31}}
week: {{mon-fri: "09:00-12:00 13:30-17:30"}}
exceptions:
  - ground: made up
    off: [{", ".join(OFF)}]
    work: [{", ".join(MADE_UP)}]
"""


def is_work(day):
    return day.isoformat() in MADE_UP or (day.weekday() < 5 and day.isoformat() not in OFF)


def next_workday(day):
    while not is_work(day):
        day += DAY
    return day


class Clock:
    """One life of one clock. pauses: [(from, to or None)], rising, none touching another."""

    def __init__(self, rule, start, pauses):
        self.rule, self.start, self.pauses = rule, start, pauses

    def without_open(self):
        return Clock(self.rule, self.start, [p for p in self.pauses if p[1] is not None])

    def is_left_out(self, day):
        """A pause counts like a limit: its first day is still the clock's, its last is not."""
        return any(a.date() < day and (b is None or day <= b.date()) for a, b in self.pauses)

    def counts(self, day, unit):
        return (unit == "day" or is_work(day)) and not self.is_left_out(day)

    def end(self, day):
        at = datetime.datetime.combine(day, datetime.time(), ZONE)
        if self.rule["end"] == "close" and is_work(day):
            return at + datetime.timedelta(hours=17, minutes=30)
        return at + DAY

    def day_of(self, end):
        return (end - datetime.timedelta(minutes=1)).date()

    def held(self, day, unit):
        """The clock stands still when day ends: then its end is that of what is left out."""
        for a, b in self.pauses:
            if a.date() <= day and a < self.end(day) and (b is None or b.date() > day):
                if b is None:
                    return None
                last = b.date()
                while unit == "workday" and not is_work(last):
                    last -= DAY
                day = max(day, last)
        return day

    def rolled(self, day):
        """It ends with the next workday, which then is the last: so a pause moves that one."""
        first = last = next_workday(day)
        for a, b in self.pauses if last > day else []:
            if day < a.date() <= last and a < self.end(last):
                if b is None:
                    return None
                last += b.date() - a.date()
        return last if last == first else self.rolled(last)

    def lay(self, day, n, unit, roll=None):
        """The end of the n-th day after this one."""
        for _ in range(n):
            day += DAY
            passed = 0
            while not self.counts(day, unit):
                day += DAY
                passed += 1
                if passed > FAR:
                    return None
        day = self.held(day, unit)
        if day and unit == "day" and (self.rule["roll"] if roll is None else roll):
            day = self.rolled(day)
        return day and self.end(day)

    def due(self, length):
        return self.lay(self.start.date(), length, self.rule["limit"][1])

    def extended(self, length, n):
        """Counted from the due instant: the days it had rolled on are its own."""
        clock = self.without_open()
        if self.rule["limit"][1] == "workday":
            return length + n
        day, last, total = self.start.date(), self.day_of(clock.due(length)), 0
        while day < last:
            day += DAY
            total += not clock.is_left_out(day)
        return total + n

    def before(self, length, n, unit):
        """What had come when a pause began, stays; what had not, is not earlier for it."""
        earliest = self.start
        for place, pause in enumerate(self.pauses + [None]):
            clock = Clock(self.rule, self.start, self.pauses[:place])
            at = max(earliest, clock.before_so_far(length, n, unit))
            if pause is None or at < pause[0]:
                return at
            if pause[1] is None:
                return None
            earliest = pause[0]

    def before_so_far(self, length, n, unit):
        day, left = self.day_of(self.due(length)), n
        while left > 0:
            left -= self.counts(day, unit)
            day -= DAY
        while not self.counts(day, unit) and self.end(day) > self.start:
            day -= DAY
        return self.end(self.held(day, unit))

    def card(self, length, rung):
        form, n, unit = rung
        if form == "before":
            return self.before(length, n, unit)
        due = self.due(length)
        return self.lay(self.day_of(due), n, unit) if due and n else due


def made_rule(rng, number):
    unit = rng.choice(["workday", "day"])
    limit = (rng.randint(3, 12), unit)
    rungs = [("after", 0, "day")]
    for _ in range(2):
        form = rng.choice(["before", "after"])
        rung = (form, rng.randint(1, 2 if form == "before" else 4), rng.choice(["day", "workday"]))
        if rung not in rungs and not (form == "before" and unit == "day" and rung[2] == "workday"):
            rungs.append(rung)
    return {"name": f"r{number}", "limit": limit, "end": rng.choice(["24:00", "close"]),
            "roll": rng.random() < 0.6, "by": rng.randint(1, 9), "rungs": rungs}


def text_of(rule):
    n, unit = rule["limit"]
    lines = [f"  - rule: {rule['name']}", "    clock:", "      start: accept", "      stop: finish",
             "      pauses: [pause … resume]", f"      end: '{rule['end']}'",
             f"      roll: {'next workday' if rule['roll'] else 'none'}",
             f"      limits: {{promised: {n} {unit}}}",
             f"      extension: {{times: 1, by: {rule['by']} {unit}}}", "    cards:"]
    for i, (form, many, unit) in enumerate(rule["rungs"]):
        when = f"{many} {unit} {form} promised" if many else "after promised"
        lines.append(f"      - red: {{when: {when}, name: c{i}}}")
    return "\n".join(lines) + "\n"


def made_life(rng):
    """accept, then pauses and an extension in order, at odd minutes, and perhaps a finish."""
    at = datetime.datetime(2025, 1, 13, 8, 7, tzinfo=ZONE) + rng.randint(0, 900) * DAY / 24
    life, is_paused = [("accept", at)], False
    for _ in range(rng.randint(0, 6)):
        at += datetime.timedelta(minutes=60 * rng.randint(1, 100))
        kind = rng.choice(["turn", "turn", "extend"])
        if kind == "turn":
            kind, is_paused = ("resume", False) if is_paused else ("pause", True)
        life.append((kind, at))
    if rng.random() < 0.4:
        life.append(("finish", at + datetime.timedelta(minutes=60 * rng.randint(1, 200))))
    return life


def cards_of(rule, life):
    start, stop = life[0][1], None
    pauses, length, is_extended = [], rule["limit"][0], False
    for kind, at in life[1:]:
        clock = Clock(rule, start, pauses)
        if kind == "pause":
            pauses = pauses + [(at, None)]
        elif kind == "resume":
            pauses = pauses[:-1] + [(pauses[-1][0], at)]
        elif kind == "finish":
            stop = at
        elif not is_extended and (clock.due(length) is None or at <= clock.due(length)):
            length, is_extended = clock.extended(length, rule["by"]), True
    found = {}
    for i, rung in enumerate(rule["rungs"]):
        at = Clock(rule, start, pauses).card(length, rung)
        if at is not None and (stop is None or at < stop):
            found[f"c{i}"] = at.isoformat()
    return found


def replayed(rules, lives):
    events = sorted((at, number, place, kind) for number, life in enumerate(lives)
                    for place, (kind, at) in enumerate(life))
    with tempfile.TemporaryDirectory() as folder:
        def file(name, text):
            path = os.path.join(folder, name)
            with open(path, "w", encoding="utf-8") as out:
                out.write(text)
            return path
        head = "set: days\nground: made up\ncalendar: hall\nrules:\n"
        run = subprocess.run(
            [program("cardwatch-replay"), "--quiet", "--lang", "en",
             "--rules", file("rules.yaml", head + "".join(map(text_of, rules))),
             "--rules", file("hall.yaml", CALENDAR), "--until", "2026-06-01T00:00:00+08:00",
             file("events.jsonl", "".join(
                 json.dumps({"case": str(number), "kind": kind, "at": at.isoformat()}) + "\n"
                 for at, number, _, kind in events))],
            capture_output=True, text=True, check=False)
    check_eq(run.returncode, 0, run.stderr)
    stands = {}
    for card in map(json.loads, run.stdout.splitlines()):
        stands[int(card["case"]), card["rule"], card["rung"]] = card
    return {key: card["due_at"] for key, card in stands.items() if card["state"] != "withdrawn"}


@test
def the_last_day_is_what_dates_and_loops_say():
    cards = 0
    for seed in range(SEEDS):
        rng = random.Random(seed)
        rules = [made_rule(rng, i) for i in range(8)]
        lives = [made_life(rng) for _ in range(CASES)]
        found = replayed(rules, lives)
        for number, life in enumerate(lives):
            for rule in rules:
                should = cards_of(rule, life)
                is_there = {key[2]: at for key, at in found.items()
                            if key[:2] == (number, rule["name"])}
                check_eq(is_there, should, f"seed {seed}, case {number}, {rule}, {life}")
                cards += len(should)
    check(cards > 5000, f"{cards} cards are too few to show anything")


main("oracle/days")
