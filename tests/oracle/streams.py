"""Made-up streams of events under rules of the test's own, on a calendar in which every hour counts:
written to files, played back offline, or sent to an engine."""

import contextlib
import datetime
import json
import subprocess
import tempfile

from tests.lib.check import check, check_eq, program
from tests.lib.house import House

HOUR = 3600
ZONE = datetime.timezone(datetime.timedelta(hours=8))

CALENDAR = """calendar: flat
zone: Asia/Shanghai
known: {from: 2024-01-01, to: 2026-12-31}
week: {mon-sun: "00:00-24:00"}
"""


def text_of(at):
    return datetime.datetime.fromtimestamp(at, ZONE).isoformat()


def seconds_of(text):
    return int(datetime.datetime.fromisoformat(text).timestamp())


def numbered(life):
    """Events in the order in which they happened: one source, numbers from 1."""
    life.sort(key=lambda event: event["at"])
    for seq, event in enumerate(life, 1):
        event.update(source="hall", seq=seq, version=0)
    return life


@contextlib.contextmanager
def written(rules, stream, orgs):
    """The files of a stream: those of the rules, with a table of orgs or without, and that of the
    events."""
    with tempfile.TemporaryDirectory() as folder:
        names = ["events.jsonl", "flat.yaml", "rules.yaml"] + ["orgs.csv"] * bool(orgs)
        files = [f"{folder}/{name}" for name in names]
        events = "".join(json.dumps(dict(event, at=text_of(event["at"]))) + "\n" for event in stream)
        for path, text in zip(files, (events, CALENDAR, rules, orgs)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        yield files[1:], files[0]


def replay(rules, stream, until, orgs=None):
    """The records of the cards, from the program that plays events back."""
    with written(rules, stream, orgs) as (files, events):
        named = [word for path in files for word in ("--rules", path)]
        done = subprocess.run(
            [program("cardwatch"), "replay", *named, "--until", text_of(until), events],
            capture_output=True, text=True, check=True)
    check("refused 0," in done.stderr, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


@contextlib.contextmanager
def sent(rules, stream, end_tick="last", orgs=None):
    """A house whose engine has taken in the whole stream."""
    with written(rules, stream, orgs) as (files, events), House(files) as house:
        house.engine_start()
        house.engine_ready()
        pushed = house.collect("jsonl", "--source", "hall", "--end-tick", end_tick, events)
        check_eq(pushed.end(), 0)
        yield house


def newest(records):
    """The newest record of each card."""
    return {record["card"]: record for record in records}


def standing(records):
    """The cards that stand; none is told twice, or withdrawn before it was issued."""
    cards = {}
    for record in records:
        before = cards.get(record["card"])
        check(before is None or
              (before["state"], before["due_at"]) != (record["state"], record["due_at"]),
              f"told twice: {record}")
        check(before is not None or record["state"] != "withdrawn", f"withdrawn unissued: {record}")
        cards[record["card"]] = record
    return [card for card in cards.values() if card["state"] != "withdrawn"]
