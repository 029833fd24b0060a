"""Every card's receipt is counted again by the second implementation, and a changed one is refused.

    /usr/bin/python3 tests/oracle/test_receipts.py [WORD] [--cases N] [--worlds N] [--seed N]

--cases: how many cases the simulated city has (1150000 by hand, half an hour: a million are
opened); --worlds: how many made-up authorities, each with calendars, rules and a catalogue of its
own. Of the real log, every card. By hand:

    PYTHONPATH=. CARDWATCH_BIN=$PWD/build/release/bin /usr/bin/python3 \\
        tests/oracle/test_receipts.py city --cases 1150000 --seed 1
"""

import argparse
import collections
import copy
import glob
import os
import random
import subprocess
import sys
import tempfile
import time

import msgpack
import zmq

from tests.lib.check import check, check_eq, main, program, skip, test
from tests.lib.house import House, fetched_log
from tests.lib.receipts import Bare, plain, said, verify_all
from tests.lib.watched import wait_until
from tests.sim import stream, world
from tests.verify import receipt as receipts
from tests.verify.receipt_calendar import read_calendars
from tests.verify.verify import verify

FIELDS = ("case", "kind", "at", "item", "step", "org", "area", "handler", "result", "reason",
          "entered_at", "version")


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--cases", type=int, default=2000)
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=21)
    found = parser.parse_args()
    sys.argv[1:] = [found.word]
    print(f"seed={found.seed}")
    return found


WISH = options()


# ---- the real permits ----------------------------------------------------------------------


@test
def every_card_of_the_real_permits():
    path, why = fetched_log()
    if path is None:
        skip(why)
    with House(["rules/sets/wabo.yaml", "rules/calendars/nl.yaml"]) as house:
        house.engine_start()
        house.engine_ready()
        pushed = house.collect("xes", "--map", "collectors/maps/wabo.yaml", "--end-tick",
                               "2012-01-30T00:00:00+01:00", path)
        check_eq(pushed.end(), 0)
        kinds = verify_all(house, read_calendars(["rules/calendars/nl.yaml"]))
        print("permits:", said(kinds))
        check(kinds["cards"] > 700)


# ---- the simulated city --------------------------------------------------------------------


@test
def every_card_of_the_simulated_city():
    for rules in ("permit-law", "hunan", "hunan-instant"):
        calendars = ["rules/calendars/cn.yaml"]
        with Bare() as house:
            events = ["--cases", str(max(100, WISH.cases // 60)), "--events",
                      str(WISH.cases * 8 // 3), "--seed", str(WISH.seed), "--late", "400"]
            done = subprocess.run(
                [program("cardwatch-collect"), "sim", "--catalogue", house.path("items.csv"),
                 "--events", "1", "--out", "jsonl"], capture_output=True, text=True, check=False)
            check_eq(done.returncode, 0, done.stderr)
            house.import_rules(f"rules/sets/{rules}.yaml", *calendars, house.path("items.csv"))
            house.engine_start()
            house.engine_ready()
            pushed = house.collect("sim", *events, "--end-tick", "last")
            check_eq(pushed.end(wait_s=20 + WISH.cases // 500), 0, "\n".join(pushed.err[-5:]))
            kinds = verify_all(house, read_calendars(calendars))
            print(f"{rules}: cases={house.ask('status')['cases']}", said(kinds))
            check(kinds["cards"] > 50)


# ---- made-up authorities -------------------------------------------------------------------


def packed(event):
    more = {}
    for name in ("term", "limit"):
        if name in event:
            more[name] = f"{event[name][0]} {event[name][1]}"
    if "due_at" in event:
        more["due_at"] = event["due_at"]
    if event.get("card"):
        more["card"] = event["card"]
    return [event.get(name) for name in FIELDS] + [more]


def push(house, events, until):
    """The events as they arrive; one that comes again comes under its own number."""
    dealer = house.context.socket(zmq.DEALER)
    dealer.linger = 0
    dealer.connect(house.endpoint("intake"))
    numbers = {}
    for event in events:
        seq = numbers.setdefault((event["source"], event["seq"]), len(numbers) + 1)
        dealer.send(msgpack.packb([1, "B", "hall", seq, [packed(event)]]))
        check(dealer.poll(10000), "no answer to a batch")
        answer = msgpack.unpackb(dealer.recv())
        check_eq(answer[1], "A", str(answer))
    dealer.send(msgpack.packb([1, "T", "hall", until]))
    wait_until(lambda: receipts.instant_of(house.ask("status")["now"]) >= until, "the last tick")


def world_receipts(number):
    """One made-up authority from its first event to its last card."""
    rng = random.Random(f"{WISH.seed}/{number}")
    made, files = world.make(rng)
    events, until = stream.make(rng, made, 24, rng.random() < 0.4)
    keep = []
    with Bare() as house:
        os.makedirs(house.path("texts"))
        for name, text in files.items():
            with open(house.path(f"texts/{name}"), "w", encoding="utf-8") as file:
                file.write(text)
        house.import_rules(*sorted(glob.glob(house.path("texts/*"))))
        house.engine_start()
        house.engine_ready()
        push(house, events, until)
        calendars = read_calendars([path for path in glob.glob(house.path("texts/*.yaml"))
                                    if not path.endswith("rules.yaml")])
        kinds = verify_all(house, calendars, keep)
    return kinds, calendars, keep


@test
def every_card_of_made_up_authorities():
    sums, begun = collections.Counter(), time.monotonic()
    for number in range(WISH.worlds):
        try:
            sums += world_receipts(number)[0]
        except AssertionError as error:
            raise AssertionError(f"--seed {WISH.seed}, world {number}: {error}") from error
    print(f"authorities={WISH.worlds} seconds={time.monotonic() - begun:.0f}", said(sums))
    check(sums["cards"] > 10 * WISH.worlds)
    for name in ("pauses", "extended", "pending", "released", "dismissed"):
        check(sums[name] > 0, name)


# ---- facts of the shipped sets, and of made-up conditions ------------------------------------


HOUR = 3_600_000
CASE_KINDS = ("apply", "preaccept", "accept", "step_start", "step_end", "return", "pause", "resume",
              "correct_ask", "correct_done", "extend", "rating", "reject", "deliver", "finish")


def made_up_event(rng, number, at):
    """Anything that a source may tell of a case, fitting or not."""
    event = {"case": f"C{number}", "kind": rng.choice(CASE_KINDS), "at": at}
    chosen = {"step": rng.choice(("receive", "review", "decide")), "reason": rng.choice(("短", "x" * 12)),
              "result": rng.choice("0129"), "handler": rng.choice(("li", "wang")), "org": "O-1",
              "item": rng.choice(("I-1", "I-2")), "fee_due": 1000, "rating": rng.randrange(1, 6),
              "fee_paid": rng.choice((1000, 1051, 3000)), "parent": f"C{number // 3}",
              "entered_at": at + rng.choice((0, 30 * HOUR, 400 * HOUR)),
              "attrs": {"floor": rng.choice(("3", "12", "x")), "channel": rng.choice(("web", "厅"))}}
    event.update((name, chosen[name]) for name in chosen
                 if rng.random() < 0.6 and chosen[name] != event["case"])
    return event


def made_up_events(rng, cases):
    """About a dozen events of each case, as they happened."""
    begin, events = receipts.instant_of("2025-03-03T08:00:00+08:00"), []
    for number in range(cases):
        at = begin + rng.randrange(24 * 20) * HOUR
        for _ in range(rng.randrange(4, 16)):
            events.append(made_up_event(rng, number, at))
            at += rng.choice((0, 1, 2, 7, 23, 24, 100)) * HOUR // rng.choice((1, 1, 2))
    return sorted(events, key=lambda event: event["at"])


ATOMS = ("step = 'review'", "has reason", "length(reason) > 5", "result in ['1', '2']", "org = 'O-1'",
         "fee_paid * 100 > fee_due * 105", "fee_paid - fee_due >= 51", "rating <= 2", "is_finished",
         "is_accepted", "in_hours", "entry_delay > 16", "arrival_delay > 0", "last_result = '1'",
         "handler = last_step_handler", "count(return) >= 2", "count(return, step) > 1",
         "count(pause, within 5 workday) >= 2", "2 <= count(return, step, within 2 weeks)",
         "seen(accept)", "since(accept) in workhour > 8", "since(apply) in day <= 3 day",
         "same_arrival(accept)", "attr('channel') = 'web'", "has attr('floor')",
         "number(attr('floor')) > 3", "has parent", "children_open > 0", "children >= 1",
         "time_of_day < 11:30", "entered_at > at", "at < '2025-03-20T00:00:00+08:00'",
         "raised(fact-0, warn)", "kind in [return, pause, finish]", "item != 'I-1'")


OF_CASE = ("org = 'O-1'", "is_finished", "is_accepted", "last_result = '1'", "count(return) >= 2",
           "seen(rating)", "has parent", "children_open > 0", "children >= 1", "item != 'I-1'",
           "count(pause) + count(resume) > 1", "handler in ['li', 'wang']", "raised(fact-0, warn)")


def made_up_condition(rng, atoms):
    """Some of these, each once, so that they do not contradict each other."""
    text = rng.choice(("", "not ")) + atoms[0]
    for atom in atoms[1:]:
        text += rng.choice((" and ", " or ")) + rng.choice(("", "not ")) + atom
        text = f"({text})" if rng.random() < 0.3 else text
    return text


def made_up_facts(rng):
    """A set of facts, as text."""
    lines = ["set: made-up", "ground: made up", "calendar: cn", "rules:"]
    order = list(ATOMS)
    for number in range(60):
        rng.shuffle(order)
        atoms = [one for one in order if number > 0 or "raised" not in one][:rng.randrange(1, 6)]
        text = made_up_condition(rng, atoms).replace('"', "'")
        lines += [f"  - rule: fact-{number}", "    fact:", f"      on: [{', '.join(CASE_KINDS)}]",
                  f'      is: "{text}"', "    card: warn"]
    return "\n".join(lines) + "\n"


def made_up_cards(rng):
    """A set of clocks and facts whose cards have conditions, as text."""
    lines = ["set: made-up-cards", "ground: made up", "calendar: cn", "rules:", "  - rule: fact-0",
             "    fact: {on: [return, pause], is: count(return) >= 1}", "    card: warn"]
    order = list(OF_CASE)
    for number in range(1, 40):
        rng.shuffle(order)
        text = made_up_condition(rng, order[:rng.randrange(1, 4)])
        lines += [f"  - rule: rule-{number}"]
        if number % 3 == 0:
            lines += ["    fact: {on: [return, rating, extend], is: count(apply) < 9}",
                      f'    card: {{level: warn, if: "{text}"}}']
            continue
        limit, kind = rng.choice(("3 hour", "1 day", "2 workday")), rng.choice(CASE_KINDS[:6])
        lines += [f"    clock: {{start: {kind}, stop: deliver, limits: {{given: {limit}}}}}",
                  "    cards:", f'      - warn: {{when: at given, if: "{text}", issue: auto}}',
                  "      - red: 1 workday after given"]
    return "\n".join(lines) + "\n"


def late(rng, events):
    """As they arrive: some a good while after what happened behind them."""
    return sorted(events, key=lambda event: event["at"] + rng.choice((0, 0, 0, 0, 30, 300)) * HOUR)


def fact_receipts(events, files):
    """Every card's receipt verified: how many of each kind, and the rules of facts that had one."""
    keep = []
    with Bare() as house:
        house.take_in(events, *files, "rules/calendars/cn.yaml")
        kinds = verify_all(house, read_calendars(["rules/calendars/cn.yaml"]), keep)
    rules = {one["rule"]["name"] for one in keep if one.get("condition")}
    return kinds, rules


@test
def every_fact_card_of_the_shipped_sets():
    rng, seen = random.Random(WISH.seed), {}
    for path in sorted(glob.glob("rules/sets/*.yaml")):
        with open(path, encoding="utf-8") as file:
            if "fact:" not in file.read():
                continue
        kinds, rules = fact_receipts(made_up_events(rng, 60), [path])
        print(f"{path}:", said(kinds), "rules=" + ",".join(sorted(rules)))
        seen[path] = len(rules)
    check(sum(seen.values()) >= 20, str(seen))


@test
def every_fact_card_of_made_up_conditions():
    rng = random.Random(WISH.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/made-up.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(made_up_facts(rng))
        kinds, rules = fact_receipts(made_up_events(rng, 12), [path])
    print("made-up conditions:", said(kinds), f"rules={len(rules)}")
    check(kinds["fact"] > 300 and len(rules) > 40, said(kinds))


@test
def every_card_with_a_condition_of_its_own():
    rng = random.Random(WISH.seed)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/made-up.yaml"
        with open(path, "w", encoding="utf-8") as file:
            file.write(made_up_cards(rng))
        keep = []
        with Bare() as house:
            house.take_in(late(rng, made_up_events(rng, 60)), path, "rules/calendars/cn.yaml")
            kinds = verify_all(house, read_calendars(["rules/calendars/cn.yaml"]), keep)
    asked = [one for one in keep if one.get("card_when")]
    states = collections.Counter(one["card"]["reason"][:4] or "time" for one in asked)
    print("cards with conditions:", len(asked), said(kinds), dict(states))
    check(len(asked) > 100 and states["time"] > 50 and states["late"] > 10, said(states))


# ---- what was changed is refused -----------------------------------------------------------


def changed_bytes(rng, text):
    """The same with one byte changed, anywhere."""
    raw = bytearray(text.encode())
    at = rng.randrange(len(raw))
    raw[at] = rng.choice([byte for byte in range(256) if byte != raw[at]])
    return bytes(raw)


def is_refused(raw, calendars):
    try:
        return bool(verify(raw.decode(), calendars))
    except UnicodeDecodeError:
        return True


# What nothing else in a receipt contradicts: only the digest keeps it.
FREE = ("ground", "title_zh", "title_en", "set", "source", "seq", "provisional", "issued_at",
        "stop_at", "state", "stopped_by", "text", "item", "org", "area", "handler", "reason",
        "kind", "from", "to", "shadow", "edition",
        "calendars_edition", "given", "name", "version", "since", "overdue")


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, path + (key,))
    elif isinstance(value, list):
        for i, one in enumerate(value):
            yield from leaves(one, path + (i,))
    elif value not in (None, "") and path[-1] not in FREE:
        yield path, value


def other(value):
    """Another value of the same sort: an instant a day later, a figure one more."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value + 1
    if "-" in value and ":" in value and value[4] != "-":  # hours
        return value.replace("0-", "1-", 1)
    if value[:1].isdigit() and " " in value:
        return f"{int(value.split(' ')[0].split('.')[0]) + 1} {value.split(' ')[1]}"
    if len(value) >= 10 and value[4] == "-" and value[7] == "-":
        return value[:8] + ("01" if value[8:10] != "01" else "02") + value[10:]
    return value + "x"


def forged(rng, receipt, path, value):
    """One figure changed, and the digest made anew."""
    copied = copy.deepcopy(receipt)
    at = copied
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = other(value)
    copied["digest"] = receipts.digest_of(copied)
    return copied


def is_telling(path):
    """Is there anything in the receipt that this figure could contradict?"""
    return (path[0] not in UNUSED and path[-1] != "value" and path not in (("digest",), ("start", "at")) and
            path[-2:] != ("follows", "level") and path[:2] != ("confirm", "by"))


# Settings that this one count did not need: another start or other pauses would have.
UNUSED = ("convention", "card", "extensions", "learned_later")


@test
def one_changed_byte_is_refused():
    rng = random.Random(WISH.seed)
    _, calendars, kept = world_receipts(0)
    for receipt in kept:
        check_eq(verify(plain(receipt), calendars), [])
        for _ in range(20):
            raw = changed_bytes(rng, plain(receipt))
            check(is_refused(raw, calendars), f"--seed {WISH.seed}: {raw.decode(errors='replace')}")


@test
def a_figure_that_contradicts_the_others_is_refused_though_it_is_signed_anew():
    rng = random.Random(WISH.seed)
    passed, count = collections.Counter(), 0
    for number in range(2):
        _, calendars, kept = world_receipts(number)
        for receipt in rng.sample(kept, min(12, len(kept))):
            found = [(p, v) for p, v in leaves(receipt) if is_telling(p)]
            for path, value in rng.sample(found, min(25, len(found))):
                count += 1
                if not verify(plain(forged(rng, receipt, path, value)), calendars):
                    passed[".".join(str(key) for key in path if isinstance(key, str))] += 1
    print(f"forged={count} passed={dict(passed)}")
    check_eq(dict(passed), {})


main("oracle/receipts")
