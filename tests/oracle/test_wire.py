#!/usr/bin/python3
"""Does another encoder's msgpack mean the same to us? Python's encodes, ours decodes to JSON."""

import json
import os
import random
import subprocess
from datetime import datetime, timezone

import msgpack

from tests.lib.check import check_eq, main, skip, test

DECODE = os.path.join(os.environ.get("BUILD", "build/release"), "tests/unit/engine/test_wire")
KINDS = """apply preaccept accept reject correct_ask correct_done step_start step_end pause resume
           extend decide finish deliver return forward withdraw void reopen fee rating sign assign
           callback supervise feedback close_out release dismiss""".split()
OF_CARD = ("release", "dismiss")  # they name a card, who acts on it, and why
UNITS = "minute hour workminute workhour day workday month year".split()
TEXTS = ["item", "step", "org", "area", "handler", "result", "reason"]
FIRST_MS, LAST_MS = -2208988800000, 7258118399999

rng = random.Random(20250120)


def text(most=20):
    letters = "aZ09 .-_/\"\\'{}[]:;,é杭州市😀\u00a0\u2028"
    return "".join(rng.choice(letters) for _ in range(rng.randint(1, most)))


def rfc3339(ms):
    at = datetime.fromtimestamp(ms // 1000, timezone.utc)
    decimals = f".{ms % 1000:03}" if ms % 1000 else ""
    return at.strftime("%Y-%m-%dT%H:%M:%S") + decimals + "Z"


def instant():
    """How it is sent, and how it is to be printed."""
    ms = rng.randint(FIRST_MS, LAST_MS)
    return (ms if rng.random() < 0.7 else rfc3339(ms)), rfc3339(ms)


def more(should):
    sent = {}
    for name in ("term", "limit"):
        if rng.random() < 0.3:
            sent[name] = should[name] = f"{rng.randint(1, 1000000)} {rng.choice(UNITS)}"
    if rng.random() < 0.3:
        sent["due_at"], should["due_at"] = instant()
    if rng.random() < 0.3:
        sent["parent"] = should["parent"] = "P-" + text(8)
    if should["kind"] in OF_CARD or rng.random() < 0.3:
        sent["card"] = should["card"] = "red of " + text(8)
    for name in ("fee_due", "fee_paid"):
        if rng.random() < 0.3:
            sent[name] = should[name] = rng.choice([0, 1, 255, 65536, 10**12])
    if rng.random() < 0.3:
        sent["rating"] = should["rating"] = rng.randint(1, 5)
    if rng.random() < 0.3:
        sent["attrs"] = {text(6): rng.choice(["", text()]) for _ in range(rng.randint(0, 6))}
        if sent["attrs"]:
            should["attrs"] = dict(sent["attrs"])
    names = list(sent)
    rng.shuffle(names)
    return {name: sent[name] for name in names}


def event():
    """An event as it is sent, and the JSON it is to become."""
    should = {"case": "C-" + text(), "kind": rng.choice(KINDS)}
    is_of_card = should["kind"] in OF_CARD
    sent_at, should["at"] = instant()
    sent = [should["case"], should["kind"], sent_at]
    for name in TEXTS:
        is_wanted = name == "step" or (is_of_card and name in ("handler", "reason"))
        value = text() if rng.random() < 0.6 or is_wanted else rng.choice([None, ""])
        sent.append(value)
        if value:
            should[name] = value
    if rng.random() < 0.5:
        entered, should["entered_at"] = instant()
        sent.append(entered)
    elif is_of_card or rng.random() < 0.5:
        sent.append(None)
    if len(sent) == 11 and (is_of_card or rng.random() < 0.5):
        version = rng.choice([0, 1, 127, 128, 2**32 - 1])
        sent.append(version)
        if version:
            should["version"] = version
        if is_of_card or rng.random() < 0.8:
            sent.append(more(should))
    return sent, should


def decode(message):
    if not os.path.exists(DECODE):
        skip(f"{DECODE} is not built")
    done = subprocess.run([DECODE, "--decode"], input=message, capture_output=True, check=False,
                          timeout=60)
    return done.returncode, done.stdout.decode("utf-8").split("\n")[:-1]


@test
def every_event_means_the_same():
    for _ in range(10):
        events = [event() for _ in range(1000)]
        packed = msgpack.packb([1, "B", "hall", 1, [sent for sent, _ in events]])
        status, lines = decode(packed)
        check_eq(status, 0)
        check_eq(len(lines), len(events))
        for line, (sent, should) in zip(lines, events):
            check_eq(json.loads(line), should, repr(sent))


@test
def attributes_come_in_order_of_bytes():
    attrs = {"b": "2", "aa": "", "杭": "x", "a": "1", "Z": "\"", "é": "\\"}
    sent = ["C", "accept", 0] + [None] * 9 + [{"attrs": attrs}]
    status, lines = decode(msgpack.packb([1, "B", "hall", 1, [sent]]))
    check_eq(status, 0)
    names = list(json.loads(lines[0])["attrs"])
    check_eq(names, sorted(attrs, key=lambda name: name.encode()))


@test
def numbers_and_texts_in_their_longest_forms_are_read_too():
    case = msgpack.packb("C").replace(b"\xa1", b"\xdb\x00\x00\x00\x01")
    kind = b"\xda\x00\x06accept"
    at = b"\xd2\x00\x00\x03\xe8"
    wrapped = b"\xdc\x00\x05\xd3" + bytes(7) + b"\x01\xd9\x01B\xd9\x04hall\xcd\x00\x01"
    wrapped += b"\xdd\x00\x00\x00\x01" + b"\xdd\x00\x00\x00\x03" + case + kind + at
    status, lines = decode(wrapped)
    check_eq(status, 0)
    check_eq(json.loads(lines[0]), {"case": "C", "kind": "accept", "at": "1970-01-01T00:00:01Z"})


@test
def a_refused_event_leaves_its_neighbours_alone():
    good = ["C", "accept", 0]
    bad = [["C", "approve", 0], ["C", "accept", 1.5], ["C", "accept", LAST_MS + 1],
           ["x" * 65, "accept", 0], [b"C", "accept", 0], {"case": "C"}, good + ["item", 7],
           ["C", "step_end", 0], ["C", "accept", "2025-01-20"], ["C", "accept", 2**64 - 1],
           good + [None] * 9 + [{"applicant": "x"}], good + [None] * 11]
    said = ["unknown_kind kind", "bad_time at", "out_of_range at", "too_long case",
            "not_text case", "malformed event", "not_text step", "missing step", "date_only at",
            "out_of_range at", "unknown_field more", "unknown_field event"]
    batch = [one for pair in zip([good] * len(bad), bad) for one in pair]
    status, lines = decode(msgpack.packb([1, "B", "hall", 1, batch]))
    check_eq(status, 0)
    check_eq(lines[1::2], [f"refused {words}" for words in said])
    check_eq(set(lines[0::2]), {'{"case":"C","kind":"accept","at":"1970-01-01T00:00:00Z"}'})


main("oracle/wire")
