"""The real permits, end to end: the log's own deadlines decide which cases may have a red card.

The log comes from the npm package, as in the demo; it is read here a second time, by another parser,
without any of cardwatch's code."""

import datetime
import json
import subprocess
import tempfile
import xml.etree.ElementTree as tree

from tests.lib.check import check, check_eq, main, program, skip, test
from tests.lib.house import fetched_log

UNTIL = "2012-01-30T00:00:00+01:00"
XES = "{http://www.xes-standard.org/}"


def instant(text):
    return datetime.datetime.fromisoformat(text) if text else None


def read_log():
    path, why = fetched_log()
    if path is None:
        skip(why)
    cases = {}
    for trace in tree.parse(path).getroot().iter(f"{XES}trace"):
        fields = {child.get("key"): child.get("value") for child in trace if child.get("key")}
        cases[fields["concept:name"]] = {
            name: instant(fields.get(name)) for name in ("startdate", "deadline", "enddate")}
    return path, cases


def events_of(path, mapping):
    done = subprocess.run([program("cardwatch-collect"), "xes", "--map", mapping, "--dry-run", path],
                          capture_output=True, check=True)
    return done.stdout


def replay(events, rules, until=UNTIL):
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        file.write(events)
        file.flush()
        command = [program("cardwatch-replay"), "--until", until, "--quiet"]
        for rule in rules:
            command += ["--rules", rule]
        done = subprocess.run(command + [file.name], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def standing(cards, level):
    """case → instant of its card, as the records leave it."""
    found = {}
    for card in cards:
        if card["level"] == level and card["state"] == "withdrawn":
            found.pop(card["case"])
        elif card["level"] == level:
            found[card["case"]] = instant(card["due_at"])
    return found


@test
def a_red_card_on_the_given_deadline_exactly_when_it_was_passed():
    path, cases = read_log()
    check_eq(len(cases), 1434)
    late = {case for case, at in cases.items() if at["enddate"] and at["enddate"] > at["deadline"]}
    open_past = {case for case, at in cases.items()
                 if not at["enddate"] and at["deadline"] < instant(UNTIL)}
    check_eq(len(late), 377)
    cards = replay(events_of(path, "collectors/maps/wabo.yaml"),
                   ["rules/sets/wabo.yaml", "rules/calendars/nl.yaml"])
    red = standing(cards, "red")
    check_eq(set(red), late | open_past)
    for case, due_at in red.items():
        check_eq(due_at, cases[case]["deadline"], case)
    print(f"permits={len(cases)} red={len(red)} closed_late={len(late)} open_past={len(open_past)}")


@test
def eight_weeks_by_the_local_clock_give_the_exact_deadlines():
    path, cases = read_log()
    lines = []
    for line in events_of(path, "collectors/maps/wabo.yaml").splitlines():
        event = json.loads(line)
        event.pop("due_at", None)  # the rule set has to find it alone
        if event["kind"] == "apply":
            lines.append(json.dumps(event))
    cards = replay("\n".join(lines).encode(), ["rules/sets/wabo.yaml", "rules/calendars/nl.yaml"],
                   "2013-01-01T00:00:00+01:00")
    red = standing(cards, "red")
    check_eq(len(red), len(cases))
    exact = sum(1 for case, at in cases.items()
                if abs(red[case] - at["deadline"]) < datetime.timedelta(seconds=1))
    across = sum(1 for case, at in cases.items()
                 if abs(red[case] - at["deadline"]) < datetime.timedelta(seconds=1)
                 and at["startdate"].utcoffset() != at["deadline"].utcoffset())
    print(f"exact to the second: {exact}, of them across a change of clocks: {across}")
    check_eq(exact, 982)
    check(across > 0)


main("oracle/wabo")
