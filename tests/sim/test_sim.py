"""The simulator: made-up authorities and cases, judged by the program and by the slow oracle.

    /usr/bin/python3 tests/sim/test_sim.py [SEED [ROUNDS]]

Each round makes a world from the seed, plays its events through `cardwatch replay`, and compares
the cards that stand at the end, one for one; where the events came in order, also every record.
Without ROUNDS it goes on for some seconds. On failure it prints the line that repeats the round.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, TOP)

from tests.lib.check import program  # noqa: E402
from tests.sim import stream, world  # noqa: E402
from tests.verify import oracle  # noqa: E402
from tests.verify.days import ms_of  # noqa: E402

SECONDS, CASES = 20, 24
STANDING = ("issued", "pending", "appealed")


def replay(folder, files, events, until):
    """The records that the program prints."""
    rules = os.path.join(folder, "rules")
    os.makedirs(rules, exist_ok=True)
    for name in os.listdir(rules):
        os.remove(os.path.join(rules, name))
    for name, text in files.items():
        with open(os.path.join(rules, name), "w", encoding="utf-8") as file:
            file.write(text)
    path = os.path.join(folder, "events.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        for event in events:
            file.write(json.dumps(stream.line(event)) + "\n")
    done = subprocess.run([program("cardwatch-replay"), "--rules", rules, "--until",
                           stream.text_of(until), path], capture_output=True, text=True)
    if done.returncode != 0 or "refused 0," not in done.stderr:
        raise AssertionError(f"exit {done.returncode}: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def instant(text):
    return ms_of(world.datetime.datetime.fromisoformat(text.replace("Z", "+00:00")))


def key_of(record):
    return (record["case"], record["rule"], record["step"], record["cycle"], record["rung"])


def fold(records):
    """The cards that stand after the last record of each."""
    last = {key_of(record): record for record in records}
    return {key: (instant(record["due_at"]), record["state"] == "pending")
            for key, record in last.items() if record["state"] in STANDING}


def sequence(watches):
    """What the oracle says went out: cards by time in the order of time, then of the cases."""
    records = []
    for number, watch in watches.items():
        records += [(now, kind, order, place, what, (number, *key), due)
                    for place, (now, kind, order, what, key, due) in enumerate(watch.records)]
    return [(now, what, key, due) for now, _, _, _, what, key, due in
            sorted(records, key=lambda r: r[:4])]


def said(records):
    """The same of the program's records; a card that another dismisses is no news of its own."""
    words = []
    for record in records:
        what = {"issued": "issued", "pending": "issued",
                "withdrawn": "withdrawn"}.get(record["state"])
        reason = record["reason"].split(":")[0]
        what = reason if reason in ("late", "moved", "overdue") else what
        if what is None or reason in ("restored", "released", "recalled"):
            continue
        words.append((instant(record["issued_at"]), what, key_of(record),
                      instant(record["due_at"])))
    return words


def told(card):
    return stream.text_of(card[0]) + (", pending" if card[1] else "")


def differences(is_set, should):
    lines = [f"  missing  {key} due {told(card)}" +
             (f" but is {told(is_set[key])}" if key in is_set else "")
             for key, card in sorted(should.items()) if is_set.get(key) != card]
    return lines + [f"  surplus  {key} due {told(card)}"
                    for key, card in sorted(is_set.items()) if key not in should]


def same_order(records, watches):
    """Each record as it should be and where. Records of one event are one set."""
    is_words, should = said(records), sequence(watches)
    if sorted(is_words) != sorted(should):
        return [f"  record only of the program: {w}" for w in is_words if w not in should] + [
            f"  record only of the oracle: {w}" for w in should if w not in is_words]
    times = [(now, key[0] if what == "issued" else "") for now, what, key, _ in is_words]
    wanted = [(now, key[0] if what == "issued" else "") for now, what, key, _ in should]
    return [] if times == wanted else [f"  order: {a} where {b} should be"
                                       for a, b in zip(times, wanted) if a != b][:5]


def play(seed, number, folder):
    """One round. Returns what differs, and how many cards there were."""
    rng = random.Random(f"{seed}/{number}")
    made, files = world.make(rng)
    is_in_order = rng.random() < 0.4
    events, until = stream.make(rng, made, CASES, is_in_order)
    watches = oracle.run(made, events, until)
    should = {(case, *key): due for case, watch in watches.items()
              for key, due in watch.standing().items()}
    records = replay(folder, files, events, until)
    found = differences(fold(records), should)
    if not found and [r["seq"] for r in records] != list(range(1, len(records) + 1)):
        found = ["  the numbers of the records have gaps"]
    if not found:
        found = same_order(records, watches)
    return found, len(should)


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1] else random.randrange(1 << 31)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 and sys.argv[2] else 0
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    print(f"seed {seed}")
    end = time.monotonic() + SECONDS
    failed = cards = 0
    number = first
    with tempfile.TemporaryDirectory(prefix="cardwatch-sim-") as folder:
        while (number < first + rounds) if rounds else time.monotonic() < end:
            try:
                found, count = play(seed, number, folder)
            except AssertionError as error:
                found, count = [f"  {error}"], 0
            cards += count
            number += 1
            if found:
                failed += 1
                print("\n".join(found[:30]))
                print(f"not ok sim: /usr/bin/python3 tests/sim/test_sim.py {seed} 1 {number - 1}")
                if failed >= 3:
                    break
    print(f"sim: tests={number - first} failed={failed} checks={cards} seed={seed}")
    sys.exit(1 if failed or number == first else 0)


main()
