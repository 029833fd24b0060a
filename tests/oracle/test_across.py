"""Rules that look across cases, against a slow and obvious count of all raw events.

Small made-up authorities: some orgs and handlers, events that come late, are corrected, or arrive in
bursts of one second. For every stream the cards that stand at its end are computed here from nothing
but the events (and, where cards are counted, from the cards of the cases), and compared."""

import copy
import datetime
import json
import random
import subprocess

from tests.lib.check import check, check_eq, main, program, test
from tests.oracle.streams import (HOUR, ZONE, newest, numbered, replay, seconds_of, sent, standing,
                                  text_of)
from tests.verify.receipt import digest_of
from tests.verify.verify import verify

SEEDS = 250
BEGIN = int(datetime.datetime(2025, 3, 20, tzinfo=ZONE).timestamp())

RULES = """set: across
ground: made up
calendar: flat
rules:
  - rule: case-clock
    clock: {start: accept, stop: [finish, reject], count: instant, start_at: as it is,
            limits: {promised: 48 hour}}
    cards:
      - warn: {when: 12 hour before promised, after_finish: issue, after_limit: issue}
      - yellow: after promised
  - rule: overdue-share
    across: {per: org, window: month, of: [finish, reject], share: 'raised(case-clock, yellow)',
             over: 33.3%, at_least: 3 case, judged: 2 day after}
    card: yellow
  - rule: refused-share
    across: {per: area, window: day, of: [finish, reject], share: kind = reject, reaches: 50%}
    card: warn
  - rule: same-second
    across: {per: org, window: second, of: [step_end, finish], count: at least 3 case}
    card: warn
  - rule: returned
    across: {per: org, window: day, of: finish, if: seen(return), count: 2 case}
    card: {level: warn, to: supervisor}
  - rule: three-in-a-row
    across: {per: handler, window: month, of: finish, in_a_row: 3 case,
             if: 'raised(case-clock, warn)'}
    card: red
  - rule: slow-quarter
    across: {per: area, window: quarter, of: [finish, reject], share: 'raised(case-clock, warn)',
             reaches: 30%, at_least: 2 case, judged: 1 hour after}
    card: yellow
  - rule: many-a-year
    across: {per: handler, window: year, of: finish, count: 4 case}
    card: warn
  - rule: row-of-a-quarter
    across: {per: org, window: quarter, of: [finish, reject], in_a_row: 2 case, if: kind = reject}
    card: warn
  - rule: running
    across: {per: handler, of: finish, in_a_row: 2 case, if: 'raised(case-clock, warn)'}
    card: red
  - rule: running-on
    across: {per: org, window: none, of: [finish, reject, step_end], in_a_row: 3, if: kind != reject}
    card: {level: warn, to: {org: S}}
  - rule: yellow-cards
    across: {per: org, window: month, cards: {level: yellow, rule: case-clock}, count: 2 card}
    card: red
  - rule: one-batch
    fact: {on: finish, is: same_arrival(accept)}
    card: warn
"""


ORGS = """org_code,area,supervisor
A,370100,S
B,370200,
S,370000,
"""


# ---- streams ------------------------------------------------------------------------------------


def life_of(rng, number, begin):
    """The events of one case, as they happened."""
    at = begin + rng.randrange(0, 25 * 24) * HOUR
    about = {"case": f"C{number}", "org": rng.choice("AB"), "area": rng.choice(("370100", "370200")),
             "handler": rng.choice(("张三", "李四")), "step": "review"}
    events = []
    for kind in ["accept"] + ["return"] * (rng.random() < 0.5) + ["step_end"] * rng.randrange(3):
        events.append({**about, "kind": kind, "at": at})
        at += rng.choice((0, 1, HOUR, 7 * HOUR, 20 * HOUR))
    at += rng.choice((0, 3 * HOUR, 30 * HOUR, 40 * HOUR))
    if rng.random() < 0.4:  # a burst: many at one instant
        at = begin + rng.choice((6, 7, 20)) * 24 * HOUR
    if rng.random() < 0.9:
        events.append({**about, "kind": rng.choice(("finish", "finish", "reject")), "at": at})
    if rng.random() < 0.1:
        events.append({**about, "kind": "finish", "at": at + 5 * HOUR})
    for event in events:  # the org is told now and then, and can change on the way
        if event["kind"] != "accept" and rng.random() < 0.5:
            del event["org"]
        if rng.random() < 0.05:
            event["org"] = rng.choice("AB")
    return events


def stream_of(rng):
    """Events in the order in which they arrive."""
    begin = BEGIN + rng.choice((0, 0, 275)) * 24 * HOUR  # across the end of a quarter, or a year
    life = [event for number in range(rng.randrange(3, 40))
            for event in life_of(rng, number, begin)]
    numbered(life)
    arrivals = [(event["at"] + rng.choice((0, 0, 0, 0, 30, 24 * HOUR, 200 * HOUR)), event)
                for event in life]
    for event in life:
        if rng.random() < 0.08:
            again = dict(event, version=1, at=event["at"] + rng.randrange(-40, 40) * HOUR)
            if rng.random() < 0.5:
                again["kind"] = rng.choice(("finish", "step_end"))
            arrivals.append((event["at"] + rng.randrange(1, 300) * HOUR, again))
    arrivals.sort(key=lambda pair: pair[0])
    return [event for _, event in arrivals][:rng.randrange(5, 200)]


# ---- the slow count -----------------------------------------------------------------------------


def histories_of(stream):
    """case → its events as they count, in order; and how old each case is."""
    now = 0
    cases = {}
    for place, event in enumerate(stream):
        now = max(now, event["at"])
        cases.setdefault(event["case"], []).append(dict(event, place=place, arrived=now))
    for events in cases.values():
        kept = []
        for event in events:
            same = [e for e in events if e["seq"] == event["seq"]]
            best = max(same, key=lambda e: (e["version"], -e["place"]))
            if best is event:
                kept.append(event)
        kept.sort(key=lambda e: (e["at"], e["place"]))
        for field in ("org", "area", "handler"):
            last = ""
            for event in kept:
                last = event[field] = event.get(field) or last
        events[:] = kept
    return cases


def raised(events, upto, hours):
    """Had the clock run so many hours, before it stopped and before this event?"""
    for index, event in enumerate(events):
        if event["kind"] != "accept":
            continue
        if any(e["kind"] in ("finish", "reject") for e in events[:index]):
            return False
        ends = [e["at"] for e in events[index:] if e["kind"] in ("finish", "reject")]
        return event["at"] + hours * HOUR < min(ends + [upto])
    return False


def window_of(at, window):
    local = datetime.datetime.fromtimestamp(at, ZONE)
    if window == "none":
        return ""
    if window == "quarter":
        return f"{local.year}-Q{(local.month - 1) // 3 + 1}"
    form = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d", "second": "%Y-%m-%dT%H:%M:%S"}[window]
    return local.strftime(form)


def window_end(at, window):
    local = datetime.datetime.fromtimestamp(at, ZONE).replace(hour=0, minute=0, second=0)
    if window == "quarter":
        month = (local.month - 1) // 3 * 3 + 4
        local = local.replace(day=1, month=(month - 1) % 12 + 1, year=local.year + (month > 12))
    elif window == "month":
        local = (local.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)
    else:
        local += datetime.timedelta(days=1)
    return int(local.timestamp())


def groups_of(cases, per, window, kinds, is_so, only_so=False):
    """(per:key/window) → the cases in it as [at, age, is_so], in order, each once."""
    groups = {}
    for age, events in enumerate(cases.values()):
        for index, event in enumerate(events):
            if event["kind"] not in kinds or not event[per]:
                continue
            so = is_so(events, index)
            if only_so and not so:
                continue
            name = f"{per}:{event[per]}/{window_of(event['at'], window)}"
            member = groups.setdefault(name, {}).setdefault(age, [event["at"], age, False])
            member[2] = member[2] or so
    return {name: sorted(members.values()) for name, members in groups.items()}


def run_end(members, length):
    running = 0
    for at, _, is_so in members:
        running = running + 1 if is_so else 0
        if running == length:
            return at
    return None


def runs_of(members, length):
    """Where each run begins that is so long → when it became so."""
    running, found = [], {}
    for at, _, is_so in members:
        running = running + [at] if is_so else []
        if len(running) == length:
            found[running[0]] = at
    return found


def should_be(cases, cards, until):
    found = {}
    ends = ("finish", "reject")

    def shares(rule, per, window, is_so, holds, after):
        for name, members in groups_of(cases, per, window, ends, is_so).items():
            due = window_end(members[0][0], window) + after
            if due < until and holds(sum(m[2] for m in members), len(members)):
                found[(rule, name)] = due

    shares("overdue-share", "org", "month", lambda events, i: raised(events, events[i]["at"], 48),
           lambda so, all_: all_ >= 3 and so * 1000 > 333 * all_, 48 * HOUR)
    shares("refused-share", "area", "day", lambda events, i: events[i]["kind"] == "reject",
           lambda so, all_: so * 2 >= all_, 0)
    for name, members in groups_of(cases, "org", "second", ("step_end", "finish"),
                                   lambda events, i: True).items():
        if len(members) >= 3:
            found[("same-second", name)] = members[2][0]
    for name, members in groups_of(
            cases, "org", "day", ("finish",),
            lambda events, i: any(e["kind"] == "return" for e in events[:i + 1]), True).items():
        if len(members) >= 2:
            found[("returned", name)] = members[1][0]
    for name, members in groups_of(cases, "handler", "month", ("finish",),
                                   lambda events, i: raised(events, events[i]["at"], 36)).items():
        if run_end(members, 3) is not None:
            found[("three-in-a-row", name)] = run_end(members, 3)
    shares("slow-quarter", "area", "quarter", lambda events, i: raised(events, events[i]["at"], 36),
           lambda so, all_: all_ >= 2 and so * 10 >= 3 * all_, HOUR)
    for name, members in groups_of(cases, "handler", "year", ("finish",), lambda events, i: True,
                                   True).items():
        if len(members) >= 4:
            found[("many-a-year", name)] = members[3][0]
    for name, members in groups_of(cases, "org", "quarter", ends,
                                   lambda events, i: events[i]["kind"] == "reject").items():
        if run_end(members, 2) is not None:
            found[("row-of-a-quarter", name)] = run_end(members, 2)
    for rule, per, kinds, length, is_so in (
            ("running", "handler", ("finish",), 2,
             lambda events, i: raised(events, events[i]["at"], 36)),
            ("running-on", "org", ends + ("step_end",), 3,
             lambda events, i: events[i]["kind"] != "reject")):
        for name, members in groups_of(cases, per, "none", kinds, is_so).items():
            for begin, due in runs_of(members, length).items():
                found[(rule, name + text_of(begin))] = due
    counted = {}
    for card in cards:
        if card["rule"] == "case-clock" and card["level"] == "yellow" and card["org"]:
            name = f"org:{card['org']}/{window_of(seconds_of(card['due_at']), 'month')}"
            counted.setdefault(name, []).append(seconds_of(card["due_at"]))
    for name, dues in counted.items():
        if len(dues) >= 2:
            found[("yellow-cards", name)] = sorted(dues)[1]
    for case, events in cases.items():
        for index, event in enumerate(events):
            accepts = [e for e in events[:index] if e["kind"] == "accept"]
            if event["kind"] == "finish" and accepts and \
                    accepts[-1]["arrived"] == event["arrived"]:
                found.setdefault(("one-batch", case), event["at"])
    return found


# ---- comparing ----------------------------------------------------------------------------------


@test
def the_cards_across_cases_are_those_of_a_slow_count():
    seen = {}
    withdrawn = 0
    addressed = set()
    for seed in range(SEEDS):
        rng = random.Random(seed)
        stream = stream_of(rng)
        until = max(e["at"] for e in stream) + rng.randrange(0, 50 * 24) * HOUR + 1
        records = replay(RULES, stream, until, ORGS)
        cards = standing(records)
        should = should_be(histories_of(stream), cards, until)
        found = {}
        for card in cards:
            if card["rule"] == "one-batch":
                found.setdefault((card["rule"], card["case"]), seconds_of(card["due_at"]))
            elif card["rule"] != "case-clock":
                found[(card["rule"], card["case"])] = seconds_of(card["due_at"])
            if card["rule"] == "returned":  # A has a supervisor, B has none
                check_eq((card["org"], card["area"]),
                         ("S", "370000") if card["case"].startswith("org:A/") else ("B", ""))
                addressed.add(card["org"])
        check_eq(sorted(found.items()), sorted(should.items()), f"seed {seed}")
        withdrawn += sum(r["state"] == "withdrawn" and ":" in r["case"] for r in records)
        for rule, _ in should:
            seen[rule] = seen.get(rule, 0) + 1
    check_eq(sorted(seen),
             ["many-a-year", "one-batch", "overdue-share", "refused-share", "returned",
              "row-of-a-quarter", "running", "running-on", "same-second", "slow-quarter",
              "three-in-a-row", "yellow-cards"])
    check_eq(sorted(addressed), ["B", "S"])
    check(withdrawn >= 20, f"only {withdrawn} cards across cases were taken back")
    print(" ".join(f"{rule}={count}" for rule, count in sorted(seen.items())),
          f"withdrawn={withdrawn}")


# ---- receipts -----------------------------------------------------------------------------------

def is_telling(receipt, name):
    """Would it be wrong with this changed? The share of a larger group may be as large, or the
    number of unlisted cases that are so another."""
    across = receipt["across"]
    if name in ("permille", "at_least", "so"):
        return across["more"] == 0 and not (name == "at_least" and across["form"] == "share") \
            and receipt["card"]["state"] != "withdrawn"
    return True


def plain(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def changed(receipt):
    """The receipt with one thing of what it says made different, and signed again."""
    across = receipt["across"]
    for name in ("so", "count", "place", "at_least", "permille", "first", "more"):
        if across[name] is not None:
            other = copy.deepcopy(receipt)
            other["across"][name] += 1
            yield name, other
    for name in ("before", "broken_by") if across["window"] == "none" else ():
        if across[name] is not None:
            for key, value in (("so", True), ("case", across["members"][0]["case"])):
                other = copy.deepcopy(receipt)
                other["across"][name][key] = value
                yield name, other
    for name in ("to_org",):
        if across[name] is not None:
            other = copy.deepcopy(receipt)
            other["across"][name] += "x"
            yield name, other
    for name in ("due_at",):
        if receipt[name] is not None:
            other = copy.deepcopy(receipt)
            other[name] = text_of(seconds_of(receipt[name]) + 1)
            yield name, other
    for index in range(0, len(across["members"]), 7):
        other = copy.deepcopy(receipt)
        del other["across"]["members"][index]
        yield "members", other


def busy_stream(rng):
    """Eight hundred cases; no event is corrected, some come late."""
    life = [event for number in range(800) for event in life_of(rng, number, BEGIN)]
    life.sort(key=lambda event: event["at"])
    pairs = [(event["at"] + rng.choice((0, 0, 0, 24 * HOUR, 200 * HOUR)), event)
             for event in life]
    pairs.sort(key=lambda pair: pair[0])
    return [dict(event, source="hall", seq=seq, version=0)
            for seq, (_, event) in enumerate(pairs, 1)]


def explained(house, card, lang):
    done = subprocess.run([program("cardwatch"), "explain", "--home", house.folder, "--lang", lang,
                           card], capture_output=True, text=True, check=True)
    return done.stdout


@test
def every_receipt_across_cases_is_counted_again():
    stream = busy_stream(random.Random(7))
    until = max(event["at"] for event in stream) + 60 * 24 * HOUR
    with sent(RULES, stream, text_of(until), ORGS) as house:
        cards = newest(house.cards())
        receipts = [house.ask("explain", card=card)["receipt"] for card in cards]
        share = next(card for card in cards.values() if card["rule"] == "overdue-share")
        told = {lang: explained(house, share["card"], lang) for lang in ("en", "zh")}
        run = next(card for card in cards.values()
                   if card["rule"] == "running" and card["state"] != "withdrawn")
        ran = {lang: explained(house, run["card"], lang) for lang in ("en", "zh")}
        named = house.ask("case", case=run["case"])["groups"]
    for lang, words in (("en", ("of one org", "over 33.3%, of at least 3", "What was counted", "more")),
                        ("zh", ("同一机构", "超过 33.3%，且至少 3 件", "计入的办件", "另有"))):
        for word in words:
            check(word in told[lang], f"{word} is not in {told[lang]}")
    check_eq([(group["rule"], group["card"]["card"]) for group in named], [("running", run["card"])])
    for lang, words in (("en", ("of one handler", "2 running", "broken by")),
                        ("zh", ("同一承办人", "连续 2 件", "断于"))):
        check(all(word in ran[lang] for word in words), ran[lang])
    found = {(card["rule"], card["case"]): seconds_of(card["due_at"]) for card in cards.values()
             if ":" in card["case"] and card["state"] != "withdrawn"}
    standing_cards = [card for card in cards.values() if card["state"] != "withdrawn"]
    should = should_be(histories_of(stream), standing_cards, until)
    check_eq(sorted(found.items()),
             sorted(pair for pair in should.items() if pair[0][0] != "one-batch"))
    forms, longest, refused, gone = {}, 0, 0, 0
    for receipt in receipts:
        if "across" not in receipt:
            card = receipt["card"]
            check(":" not in card["case"] or (card["state"] == "withdrawn" and
                                              card["rule"].startswith("running")), plain(receipt))
            gone += ":" in card["case"]
            continue
        check_eq(verify(plain(receipt)), [], receipt["card"]["case"])
        forms[receipt["across"]["form"]] = forms.get(receipt["across"]["form"], 0) + 1
        longest = max(longest, receipt["across"]["count"])
        for name, other in changed(receipt):
            other["digest"] = digest_of(other)
            refused += bool(verify(plain(other)))
            check(verify(plain(other)) or not is_telling(receipt, name), f"{name}: {receipt}")
    check(longest > 100, f"the longest group has only {longest}")
    check_eq(sorted(forms), ["count", "in_a_row", "share"])
    check(gone > 0, "no run was taken back and is gone")
    print(f"gone={gone} receipts={sum(forms.values())} longest={longest} changed_and_refused={refused}")


main("oracle/across")
