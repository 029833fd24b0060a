"""Counts in a window of one case, and who handled the step before, against a slow and obvious count
of all its raw events.

Small made-up cases whose events often lie at the very edge of a window, come late, or are corrected.
For every stream the cards that stand at its end are computed here from nothing but the events and
the calendar's file, and compared; then every receipt is counted again, and a changed one refused."""

import copy
import datetime
import json
import random
import subprocess
import tempfile

from tests.lib.check import check, check_eq, main, program, test
from tests.lib.house import House
from tests.verify.days import Unknown
from tests.verify.receipt import digest_of
from tests.verify.receipt_calendar import read_calendars
from tests.verify.verify import verify
from tests.verify.windows import last_within

SEEDS = 200
HOUR = 3_600_000
DAY = 24 * HOUR
ZONE = datetime.timezone(datetime.timedelta(hours=8))
BEGIN = int(datetime.datetime(2025, 4, 24, tzinfo=ZONE).timestamp()) * 1000

CALENDAR = """calendar: town
zone: Asia/Shanghai
known: {from: 2025-01-01, to: 2026-12-31}
week: {mon-fri: "08:30-12:00 14:00-17:30", sat-sun: off}
exceptions:
  - ground: made up
    off: [2025-05-01, 2025-05-02, 2025-05-05, 2025-05-20]
    work: [2025-04-27]
"""

RULES = """set: windows
ground: made up
calendar: town
rules:
  - rule: days
    fact: {on: return, is: 'count(return, within 5 workday) >= 3'}
    card: red
  - rule: steps
    fact: {on: return, is: 'count(return, step, within 3 day) >= 2', per: step}
    card: yellow
  - rule: hours
    fact:
      on: [return, pause]
      is: count(return, within 30 hour) > 1 or 2 <= count(pause, within 8 workhour)
    card: warn
  - rule: once
    fact: {on: finish, is: 'count(return, within 1 month) = 1'}
    card: warn
  - rule: never
    fact: {on: finish, is: 'count(return, step, within 10 workday) < 1'}
    card: warn
  - rule: clock
    clock:
      start: {on: return, when: 'count(return, within 2 week) >= 3'}
      stop: finish
      cancel: none
      count: instant
      start_at: as it is
      limits: {answer: 24 hour}
    cards:
      - red: after answer
  - rule: ends
    clock:
      start: step_start
      stop: {on: return, when: 'count(return, within 2 week) >= 2'}
      cancel: none
      count: instant
      start_at: as it is
      limits: {answer: 24 hour}
    cards:
      - yellow: after answer
  - rule: same-person
    fact: {on: [step_start, step_end], is: handler = last_step_handler}
    card: warn
"""


def text_of(at):
    moment = datetime.datetime.fromtimestamp(at // 1000, ZONE)
    return moment.replace(microsecond=at % 1000 * 1000).isoformat(timespec="milliseconds")


def ms_of(text):
    moment = datetime.datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


# ---- streams ------------------------------------------------------------------------------------


def stream_of(rng, calendar):
    """Events in the order in which they arrive; many at the edge of a window of one before."""
    life, case = [], 0
    for case in range(rng.randrange(1, 5)):
        for _ in range(rng.randrange(2, 16)):
            at = BEGIN + rng.randrange(0, 60) * 8 * HOUR + rng.choice((0, HOUR // 2, 9 * HOUR))
            before = [e["at"] for e in life if e["case"] == f"C{case}"]
            if before and rng.random() < 0.5:
                n, unit = rng.choice(((5, "workday"), (3, "day"), (30, "hour"), (8, "workhour"),
                                      (1, "month"), (10, "workday"), (14, "day")))
                at = last_within(calendar, rng.choice(before), n, unit) + rng.choice((0, 0, 1, -1))
            event = {"case": f"C{case}", "at": at, "kind": rng.choice(
                ("return", "return", "return", "pause", "step_start", "step_end", "finish"))}
            if event["kind"].startswith("step") or rng.random() < 0.8:
                event["step"] = rng.choice("abc")
            if rng.random() < 0.7:
                event["handler"] = rng.choice(("张三", "李四", "王五"))
            life.append(event)
    life.sort(key=lambda event: event["at"])
    arrivals = []
    for seq, event in enumerate(life, 1):
        event.update(source="hall", seq=seq, version=0)
        late = rng.choice((0, 0, 0, 0, 2 * DAY, 20 * DAY))
        arrivals.append((event["at"] + late, event))
        if rng.random() < 0.1:
            again = dict(event, version=1, at=event["at"] + rng.randrange(-40, 40) * HOUR)
            arrivals.append((event["at"] + rng.randrange(1, 300) * HOUR, again))
    arrivals.sort(key=lambda pair: pair[0])
    return [event for _, event in arrivals]


# ---- the slow count -----------------------------------------------------------------------------


def histories_of(stream):
    """case → its events as they count, in order."""
    cases = {}
    for place, event in enumerate(stream):
        cases.setdefault(event["case"], []).append(dict(event, place=place))
    for events in cases.values():
        kept = [event for event in events if event is max(
            (e for e in events if e["seq"] == event["seq"]),
            key=lambda e: (e["version"], -e["place"]))]
        events[:] = sorted(kept, key=lambda e: (e["at"], e["place"]))
    return cases


def count(calendar, events, index, kind, n, unit, by_step=False):
    here = events[index]
    return sum(event["kind"] == kind and
               (not by_step or event.get("step") == here.get("step")) and
               here["at"] <= last_within(calendar, event["at"], n, unit)
               for event in events[:index + 1])


def same_person(events, index):
    """The event names its step and who handles it: who was named last, by an event of another?"""
    here = events[index]
    others = [e["handler"] for e in events[:index] if e.get("step") and e.get("handler") and
              e["step"] != here.get("step")]
    return bool(here.get("step") and here.get("handler") and others and
                others[-1] == here["handler"])


def facts_of(calendar, events, index):
    """The rules that raise a card at this event."""
    kind = events[index]["kind"]

    def counted(*about, **more):
        return count(calendar, events, index, *about, **more)

    if kind == "return":
        if counted("return", 5, "workday") >= 3:
            yield "days"
        if counted("return", 3, "day", by_step=True) >= 2:
            yield "steps"
    if kind in ("return", "pause") and (counted("return", 30, "hour") > 1 or
                                        counted("pause", 8, "workhour") >= 2):
        yield "hours"
    if kind == "finish" and counted("return", 1, "month") == 1:
        yield "once"
    if kind == "finish" and counted("return", 10, "workday", by_step=True) < 1:
        yield "never"
    if kind in ("step_start", "step_end") and same_person(events, index):
        yield "same-person"


def clock_of(calendar, events):
    """Due 24 hours after the third return within two weeks, unless the case was finished."""
    for index, event in enumerate(events):
        if event["kind"] != "return" or count(calendar, events, index, "return", 14, "day") < 3:
            continue
        if any(e["kind"] == "finish" for e in events[:index]):
            return None
        ends = [e["at"] for e in events[index:] if e["kind"] == "finish"]
        return event["at"] + 24 * HOUR if not ends or event["at"] + 24 * HOUR < ends[0] else None
    return None


def ending_of(calendar, events):
    """Due 24 hours after the first step begins, unless it is returned for the second time within
    two weeks before that."""
    starts = [index for index, event in enumerate(events) if event["kind"] == "step_start"]
    for index in range(starts[0] + 1 if starts else 0, len(events) if starts else 0):
        if events[index]["kind"] == "return" and \
                count(calendar, events, index, "return", 14, "day") >= 2:
            due = events[starts[0]]["at"] + 24 * HOUR
            return due if due < events[index]["at"] else None
    return events[starts[0]]["at"] + 24 * HOUR if starts else None


def should_be(calendar, cases):
    found = []
    for case, events in cases.items():
        for index, event in enumerate(events):
            for rule in facts_of(calendar, events, index):
                step = event.get("step", "") if rule == "steps" else ""
                found.append((rule, case, step, event["at"]))
        due = clock_of(calendar, events)
        found += [("clock", case, "", due)] if due is not None else []
        due = ending_of(calendar, events)
        found += [("ends", case, "", due)] if due is not None else []
    return sorted(found)


# ---- comparing ----------------------------------------------------------------------------------


def write(folder, stream):
    for name, text in (("town.yaml", CALENDAR), ("windows.yaml", RULES)):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    with open(f"{folder}/events.jsonl", "w", encoding="utf-8") as file:
        for event in stream:
            file.write(json.dumps(dict(event, at=text_of(event["at"]))) + "\n")


def standing(records):
    cards = {record["card"]: record for record in records}
    return sorted((card["rule"], card["case"], card["step"] or "", ms_of(card["due_at"]))
                  for card in cards.values() if card["state"] != "withdrawn")


def replay(folder, until):
    done = subprocess.run(
        [program("cardwatch"), "replay", "--rules", f"{folder}/town.yaml", "--rules",
         f"{folder}/windows.yaml", "--until", text_of(until), f"{folder}/events.jsonl"],
        capture_output=True, text=True, check=True)
    check("refused 0," in done.stderr, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


@test
def the_cards_are_those_of_a_slow_count():
    seen, withdrawn, edges = {}, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        write(folder, [])
        calendar = read_calendars([f"{folder}/town.yaml"])["town"]
        for seed in range(SEEDS):
            stream = stream_of(random.Random(seed), calendar)
            write(folder, stream)
            records = replay(folder, max(e["at"] for e in stream) + 60 * DAY)
            should = should_be(calendar, histories_of(stream))
            check_eq(standing(records), should, f"seed {seed}")
            withdrawn += sum(record["state"] == "withdrawn" for record in records)
            edges += sum(at == last_within(calendar, e["at"], 5, "workday")
                         for rule, _, _, at in should if rule == "days" for e in stream)
            for rule, *_ in should:
                seen[rule] = seen.get(rule, 0) + 1
    check_eq(sorted(seen),
             ["clock", "days", "ends", "hours", "never", "once", "same-person", "steps"])
    check(withdrawn >= 60, f"only {withdrawn} cards were taken back")
    check(edges >= 10, f"only {edges} cards stand at the edge of a window")
    print(" ".join(f"{rule}={number}" for rule, number in sorted(seen.items())),
          f"withdrawn={withdrawn} edges={edges}")


# ---- receipts -----------------------------------------------------------------------------------


def plain(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def changed(receipt):
    """The receipt with one thing of what was counted made different, and signed again."""
    def counts_of(what):
        return what["counts"] if "counts" in what else what["stop_when"]["counts"]

    for index, counted in enumerate(counts_of(receipt)):
        for name in ("count", "most"):
            other = copy.deepcopy(receipt)
            counts_of(other)[index][name] += 1
            yield name, other
        for place, event in enumerate(counted["events"]):
            other = copy.deepcopy(receipt)
            del counts_of(other)[index]["events"][place]
            yield "events", other
            for name in ("at", "within"):
                other = copy.deepcopy(receipt)
                counts_of(other)[index]["events"][place][name] = \
                    text_of(ms_of(event[name]) + (-30 * DAY if name == "at" else 1))
                yield name, other


def changed_handled(receipt):
    """The same of who handled the step before."""
    for name, value in (("step", receipt["handled"]["step"]), ("handler", "other"),
                        ("at", text_of(ms_of(receipt["handled"]["at"]) + 1))):
        other = copy.deepcopy(receipt)
        other["handled"]["before"][name] = value
        yield name, other
    other = copy.deepcopy(receipt)
    other["handled"]["before"] = None
    yield "before", other


def said(*words):
    return subprocess.run([program("cardwatch"), *words], capture_output=True, text=True,
                          check=True).stdout


def is_counted_in(receipt):
    return "count(" in receipt.get("rung", {}).get("text", "") or \
        receipt.get("rule", {}).get("name") == "clock"


@test
def every_receipt_is_counted_again():
    stream, told, handled, shown, ended, counts, refused = [], {}, {}, {}, {}, 0, 0
    with tempfile.TemporaryDirectory() as folder:
        write(folder, [])
        calendars = read_calendars([f"{folder}/town.yaml"])
        for seed in range(12):
            part = stream_of(random.Random(1000 + seed), calendars["town"])
            stream += [dict(event, case=f"{seed}-{event['case']}") for event in part
                       if event["version"] == 0]
        stream = [dict(event, seq=seq) for seq, event in enumerate(stream, 1)]
        write(folder, stream)
        with House([f"{folder}/town.yaml", f"{folder}/windows.yaml"]) as house:
            house.engine_start()
            house.engine_ready()
            until = max(event["at"] for event in stream) + 60 * DAY
            pushed = house.collect("jsonl", "--source", "hall", "--end-tick", text_of(until),
                                   f"{folder}/events.jsonl")
            check_eq(pushed.end(), 0, "\n".join(pushed.err[-3:]))
            cards = {record["card"]: record for record in house.cards()}
            receipts = [house.ask("explain", card=card)["receipt"] for card in cards]
            steps = next(c for c in cards.values()
                         if c["rule"] == "steps" and c["state"] != "withdrawn")
            person = next(c for c in cards.values()
                          if c["rule"] == "same-person" and c["state"] != "withdrawn")
            stopped = [r for r in receipts if r.get("rule", {}).get("name") == "ends" and
                       r["clock"]["state"] == "stopped"]
            for lang in ("en", "zh"):
                ended[lang] = said("explain", "--home", house.folder, "--lang", lang,
                                   stopped[0]["card"]["card"])
                handled[lang] = said("explain", "--home", house.folder, "--lang", lang,
                                     person["card"])
                told[lang] = said("explain", "--home", house.folder, "--lang", lang, steps["card"])
                shown[lang] = said("rules", "show", "--store", house.path("rules"), "--lang", lang,
                                   "steps")
    check_eq(standing(cards.values()), should_be(calendars["town"], histories_of(stream)))
    for receipt in receipts:
        check_eq(verify(plain(receipt), calendars), [], plain(receipt["card"]))
        check_eq(verify(plain(receipt)), [], plain(receipt["card"]))
        check_eq("counts" in receipt, "rung" in receipt and is_counted_in(receipt))
        check_eq("handled" in receipt, receipt.get("rule", {}).get("name") == "same-person")
        for name, other in changed_handled(receipt) if "handled" in receipt else ():
            other["digest"] = digest_of(other)
            check(verify(plain(other), calendars), f"{name}: {plain(other)}")
        check_eq("stop_when" in receipt, any(receipt is one for one in stopped))
        for name, other in changed(receipt) if {"counts", "stop_when"} & set(receipt) else ():
            other["digest"] = digest_of(other)
            counts += 1
            found = verify(plain(other), calendars)
            refused += bool(found)
            check(found or name == "most", f"{name}: {plain(other)}")
    check("When it stopped: Counted within 14 day: returned: 2" in ended["en"], ended["en"])
    check("停止时：14 天内的计数：退回：2" in ended["zh"], ended["zh"])
    for lang, texts in (("en", ("step before",)), ("zh", ("上一环节",))):
        check(all(text in handled[lang] for text in texts), handled[lang])
    for lang, texts in (("en", ("Counted within 3 day: returned · step", "counts up to")),
                        ("zh", ("3 天内的计数：退回 · 环节", "计至"))):
        for text in texts:
            check(text in told[lang], f"{text} is not in {told[lang]}")
    check("returned (return) of the same step, where this event comes within 3 days after it (this "
          "event included); its own day is not counted, the last day ends at 24:00" in shown["en"],
          shown["en"])
    check("计数：同一环节的 退回 (return)，其后 3 个自然日内发生本事件的（本事件亦计入）；当日不计，末日截至 24:00"
          in shown["zh"], shown["zh"])
    check(counts > 300, f"only {counts} receipts were changed")
    print(f"receipts={len(receipts)} changed={counts} refused={refused}")


@test
def nothing_is_counted_where_the_calendar_does_not_reach():
    with tempfile.TemporaryDirectory() as folder:
        at = int(datetime.datetime(2024, 12, 30, 12, tzinfo=ZONE).timestamp()) * 1000
        write(folder, [{"case": "C", "kind": "return", "at": at + day * DAY, "source": "hall",
                        "seq": day + 1, "step": "a"} for day in (0, 1, 1, 3, 3, 3)])
        calendar = read_calendars([f"{folder}/town.yaml"])["town"]
        cards = replay(folder, at + 90 * DAY)
        days = sorted(ms_of(card["due_at"]) for card in cards if card["rule"] == "days")
        check_eq(days, [])  # two of the three that it takes lie before the first day known
        try:
            last_within(calendar, at, 5, "workday")
            check(False, "the calendar reaches back")
        except Unknown:
            pass
        check(any(card["rule"] == "hours" for card in cards), "hours need no calendar")


main("oracle/windows")
