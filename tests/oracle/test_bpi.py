"""Building permits of three Dutch municipalities (BPI 2015): every step that has a due date, and
every case's decision with its real pauses and extensions, judged a second time by a slow model.

The data's own mistakes are part of it: what is impossible has to be told, and not obeyed."""

import collections
import datetime
import json
import re
import subprocess
import tempfile
import zoneinfo

from tests.lib.check import check, check_eq, main, program, test
from tests.oracle.ask import rows

ZONE = zoneinfo.ZoneInfo("Europe/Amsterdam")
UNTIL = "2020-01-01T00:00:00+01:00"
DAY = datetime.timedelta(days=1)
STEPS = """
set: bpi-steps
title: {en: "each step by the due date that its source gives"}
ground: the municipalities' own planning
calendar: nl
rules:
  - rule: step
    revision: 1
    clock:
      start: step_start
      stop: step_end
      per: step
      count: instant
      start_at: as it is
      limits: {planned: from event}
    cards:
      - red: after planned
"""


def local(text):
    """Wall-clock time in the Netherlands; half of the stamps are dates only: their midnight."""
    if not text:
        return None
    at = datetime.datetime.fromisoformat(text)
    return at.astimezone(ZONE).replace(tzinfo=None) if at.tzinfo else at


def stamp(at):
    return at.replace(tzinfo=ZONE).isoformat()


def number(row):
    """Two municipalities can have a case of the same number."""
    return f"{row['municipality']}/{row['case_id']}"


def replay(events, rules, *options):
    with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
        file.writelines(json.dumps(event) + "\n" for event in events)
        file.flush()
        done = subprocess.run(
            [program("cardwatch-replay"), "--lang", "en", "--until", UNTIL, "--rules", rules,
             "--rules", "rules/calendars/nl.yaml", *options, file.name],
            capture_output=True, text=True, check=True)
    check(" refused 0," in done.stderr, done.stderr[-300:])
    red = {}
    for line in done.stdout.splitlines():
        card = json.loads(line)
        if card["level"] != "red":
            continue
        if card["state"] == "withdrawn":
            red.pop((card["case"], card["step"]))
        else:
            red[card["case"], card["step"]] = datetime.datetime.fromisoformat(
                card["due_at"]).astimezone(ZONE).replace(tzinfo=None)
    return red, done.stderr


# ---- steps ---------------------------------------------------------------------------------------


def step_events(steps, begun):
    """A step begins with its case, or, where the data have it finished before, when it finished."""
    for row in steps:
        event = {"case": number(row), "step": row["action_code"]}
        finished = local(row["date_finished"])
        start = min(begun[number(row)], finished)
        yield dict(event, kind="step_start", at=stamp(start), due_at=row["due"])
        yield dict(event, kind="step_end", at=stamp(finished))


@test
def a_step_has_its_card_exactly_when_it_was_finished_after_its_due_date():
    steps = [row for row in rows("bpic2015/step_deadlines_1-3.csv.gz") if row["due"]]
    begun = {number(row): local(row["start"])
             for row in rows("bpic2015/case_pauses_extensions_1-3.csv.gz")}
    keys = {(number(row), row["action_code"]): row for row in steps}
    check_eq(len(keys), len(steps), "no step with a due date comes twice in a case")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as rules:
        rules.write(STEPS)
        rules.flush()
        red, _ = replay(step_events(steps, begun), rules.name)
    counts = collections.Counter()
    for key, row in keys.items():
        due, finished = local(row["due"]), local(row["date_finished"])
        is_late = row["late_vs_due"] == "1"
        counts["late" if is_late else "in time"] += 1
        counts["to the instant"] += is_late == (finished > due)
        counts["to the end of the day"] += is_late == (finished.date() > due.date())
        counts["finished on a date only"] += finished == datetime.datetime.combine(
            finished, datetime.time())
        counts["due before the case began"] += due < begun[key[0]]
        counts["finished before the case began"] += finished < begun[key[0]]
        check_eq(key in red, is_late, f"{key}")
        if is_late:
            check_eq(red[key], due, f"{key}")
    print(f"steps={len(keys)} cards={len(red)} {dict(counts)}")
    check_eq(counts["to the instant"], len(keys), "the data's verdict is to the instant")
    check_eq((len(keys), len(red)), (7588, 1900))


# ---- decisions -----------------------------------------------------------------------------------

# What a row of the table tells, in this order: kind, column of its time, column of its term.
HAPPENINGS = (
    ("apply", "start", None),
    ("correct_ask", "missing_data_request_sent", "missing_data_term_days"),
    ("correct_done", "missing_data_received", None),
    ("extend", "extension_decided", "extension_days"),
    ("pause", "suspended_from", None),
    ("resume", "resumed", None),
    ("withdraw", "withdrawn", None),
    ("finish", "end", None),
)
PAIRS = (("correct_ask", "correct_done"), ("pause", "resume"))


def happenings(row, kinds):
    """The events of a case as they were sent: a pause before its end, whatever their dates."""
    found = []
    for kind, at, term in HAPPENINGS:
        if row[at] and kind in kinds:
            days = row[term] if term else ""
            found.append({"kind": kind, "at": local(row[at]), "days": int(days) if days else None})
    return found


class Decision:
    """One case, event by event: eight weeks, six more, and the union of its pauses left out."""

    def __init__(self, sent):
        self.weeks = 8 * 7 * DAY
        self.pauses = {}
        self.ended = None
        self.strays = collections.Counter()
        self.extended = False
        for event in sorted(self.possible(sent), key=lambda event: event["at"]):
            self.take(event)

    def possible(self, sent):
        at = {event["kind"]: event["at"] for event in sent}
        impossible = set()
        for begin, end in PAIRS:
            if begin in at and end in at and at[end] < at[begin]:
                impossible |= {begin, end}
                self.strays.update({(begin, "reversed"), (end, "reversed")})
        return [event for event in sent if event["kind"] not in impossible]

    def take(self, event):
        kind, at = event["kind"], event["at"]
        if kind == "apply":
            self.start = at
        elif kind in dict(PAIRS):
            self.pause(kind, at, event["days"])
        elif kind in [end for _, end in PAIRS]:
            begin = next(begin for begin, end in PAIRS if end == kind)
            if begin in self.pauses:
                self.pauses[begin][1] = at
            else:
                self.strays[kind, "no-pause"] += 1
        elif kind == "extend":
            self.extend(at, event["days"])
        elif self.ended is None:
            self.ended = at

    def pause(self, kind, at, days):
        if self.ended is not None:
            self.strays[kind, "pause-after-end"] += 1
        elif not hasattr(self, "start"):
            self.strays[kind, "pause-before-case"] += 1
        if days == 0:
            self.strays[kind, "no-length"] += 1
        self.pauses[kind] = [at, None, None if days is None else at + days * DAY]

    def extend(self, at, days):
        due = self.due()
        if self.ended is not None:
            self.strays["extend", "extension-after-end"] += 1
        elif due is not None and due < at:
            self.strays["extend", "extension-too-late"] += 1
        else:
            self.extended = True
            self.weeks += 6 * 7 * DAY if days is None else min(days, 6 * 7) * DAY

    def due(self):
        """By the clock on the wall, one pause after the other; None: one of them holds it."""
        due, covered = self.start + self.weeks, self.start
        for begin, end, term in sorted(self.pauses.values(), key=lambda pause: pause[0]):
            ends = [at for at in (end, term) if at is not None]
            begin = max(begin, covered)
            if begin > due:  # at the instant itself it is in time
                break
            if not ends:
                return None
            left_out = max(min(ends) - begin, 0 * DAY)
            due, covered = due + left_out, max(covered, min(ends))
        return due


def events_of(table, kinds):
    for row in table:
        for event in happenings(row, kinds):
            said = {"case": number(row), "kind": event["kind"], "at": stamp(event["at"])}
            if event["days"] is not None:
                said["term"] = f"{event['days']} day"
            yield said


def planned_decisions():
    """case → day on which the municipality planned to decide, where the running term is that.
    The planned end of most cases is another's, that of the objections."""
    planned = {}
    for municipality in "123":
        for row in rows(f"bpic2015/BPIC15_{municipality}.cases.csv.gz"):
            if row.get("endDatePlanned") and "tot besluit" in row["termName"]:
                case = f"{municipality}/{row['case_id']}"
                planned[case] = local(row["endDatePlanned"]).date()
    return planned


@test
def every_decision_is_due_when_the_slow_model_says():
    table = rows("bpic2015/case_pauses_extensions_1-3.csv.gz")
    kinds = {kind for kind, _, _ in HAPPENINGS} - {"finish", "withdraw"}
    red, _ = replay(events_of(table, kinds), "rules/sets/wabo.yaml")
    counts = collections.Counter()
    for row in table:
        case = Decision(happenings(row, kinds))
        due = case.due()
        check_eq(red.get((number(row), "")), due, number(row))
        counts["cases"] += 1
        counts["paused"] += bool(case.pauses)
        counts["extended"] += case.extended
        counts["paused and extended"] += bool(case.pauses) and case.extended
        counts["held by an open pause"] += due is None
    planned = planned_decisions()
    agree = sum(1 for case, day in planned.items() if red[case, ""].date() == day)
    begun = {number(row): local(row["start"]).date() for row in table}
    lengths = sorted((day - begun[case]).days for case, day in planned.items())
    print(f"{dict(counts)}; planned by hand: {len(planned)}, agree {agree}, days={lengths}")
    check_eq(counts["cases"], 3440)
    check(min(counts.values()) > 0)


@test
def what_is_impossible_is_told_and_not_obeyed():
    table = rows("bpic2015/case_pauses_extensions_1-3.csv.gz")
    kinds = {kind for kind, _, _ in HAPPENINGS}
    red, said = replay(events_of(table, kinds), "rules/sets/wabo.yaml", "--strays", "100000")
    expected, late = collections.Counter(), set()
    for row in table:
        case = Decision(happenings(row, kinds))
        due = case.due()
        if due is not None and due < (case.ended or local(UNTIL)):
            late.add((number(row), ""))
        for (kind, reason), count in case.strays.items():
            expected[number(row), kind, reason] += count
    check_eq(set(red), late)
    words = {"no pause is open": "no-pause", "the pause ends before it begins": "reversed",
             "a pause before the case": "pause-before-case",
             "a pause after the case": "pause-after-end", "its term is zero": "no-length",
             "an extension after the due": "extension-too-late",
             "an extension after the case": "extension-after-end"}
    told = collections.Counter()
    for case, kind, reason in re.findall(r"^case (\S+): (\w+) \S+: (.*)$", said, re.M):
        found = [word for text, word in words.items() if reason.startswith(text)]
        told[case, kind, found[0] if found else reason] += 1
    check_eq(told, expected)
    by_reason = collections.Counter()
    for (_, kind, reason), count in told.items():
        by_reason[f"{kind} {reason}"] += count
    print(f"decisions late={len(late)} of {len(table)}; told: {dict(by_reason)}")
    check(by_reason["correct_ask reversed"] == 18)


main("oracle/bpi")
