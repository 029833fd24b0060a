"""58,251 service requests of the city of Boston, end to end: its own targets and verdicts decide."""

import csv
import datetime
import gzip
import json
import os
import subprocess
import tempfile
import zoneinfo

from tests.lib.check import check, check_eq, main, program, skip, test

DATA = os.path.join("..", "shared", "data", "boston311", "boston311_2011H2.csv.gz")
ZONE = zoneinfo.ZoneInfo("America/New_York")
UNTIL = "2013-06-01T00:00:00-04:00"
GIVEN = """
set: boston-given
title: {en: the target is the city's own}
ground: City of Boston
calendar: us-boston-311
rules:
  - rule: given
    revision: 1
    clock:
      start: apply
      stop: finish
      count: instant
      limits: {promised: from event}
    cards:
      - red: after promised
"""


def local(text):
    if not text:
        return None
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(
        datetime.timezone.utc)


def requests():
    if not os.path.exists(DATA):
        skip(f"{DATA} is not there")
    with gzip.open(DATA, "rt", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def red_cards(mapping, *rules):
    collect = subprocess.Popen([program("cardwatch-collect"), "csv", "--map", mapping, "--dry-run",
                                DATA], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    command = [program("cardwatch-replay"), "--quiet", "--until", UNTIL]
    for rule in (*rules, "rules/calendars/us-boston-311.yaml"):
        command += ["--rules", rule]
    done = subprocess.run(command + ["-"], stdin=collect.stdout, capture_output=True, text=True,
                          check=True)
    check_eq(collect.wait(), 0)
    red = {}
    for line in done.stdout.splitlines():
        card = json.loads(line)
        if card["state"] == "withdrawn":
            red.pop(card["case"])
        else:
            red[card["case"]] = datetime.datetime.fromisoformat(card["due_at"])
    return red


@test
def with_the_given_targets_every_verdict_agrees():
    rows = requests()
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as rules:
        rules.write(GIVEN)
        rules.flush()
        red = red_cards("collectors/maps/boston-target.yaml", rules.name)
    agree = differ = 0
    for row in rows:
        target, closed = local(row["target"]), local(row["closed"])
        if not target or not closed or row["verdict"] not in ("ONTIME", "OVERDUE"):
            continue
        is_right = (row["case_id"] in red) == (row["verdict"] == "OVERDUE")
        agree, differ = agree + is_right, differ + (not is_right)
        if row["case_id"] in red:
            check_eq(red[row["case_id"]], target, row["case_id"])
    print(f"verdicts agree={agree} differ={differ}")
    check_eq((agree, differ), (43664, 0))


@test
def with_limits_by_type_the_targets_are_found_by_settings_alone():
    rows = requests()
    lines = ["case,kind,at,item,org"]  # applications only: every request gets its card in the end
    for row in rows:
        if row["target"]:
            lines.append(",".join((row["case_id"], "apply", local(row["open"]).isoformat(),
                                   '"' + row["type"] + '"', "")))
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        done = subprocess.run(
            [program("cardwatch-replay"), "--quiet", "--until", "2025-01-01T00:00:00-05:00",
             "--rules", "rules/sets/boston.yaml", "--rules", "rules/sets/boston-items.csv",
             "--rules", "rules/calendars/us-boston-311.yaml", file.name],
            capture_output=True, text=True, check=True)
    due = {}
    for line in done.stdout.splitlines():
        card = json.loads(line)
        due[card["case"]] = datetime.datetime.fromisoformat(card["due_at"])
    found, causes = 0, {}
    with_target = [row for row in rows if row["target"]]
    for row in with_target:
        at = due.get(row["case_id"])
        if at is not None and abs((at - local(row["target"])).total_seconds()) <= 61:
            found += 1
            continue
        cause = ("the type has no limit in the catalogue" if at is None
                 else "the city's inferred rule misses it too" if row["rule_match"] == "0"
                 else "other")
        causes[cause] = causes.get(cause, 0) + 1
    print(f"targets found={found} of {len(with_target)} causes={causes} {done.stderr[-300:]}")
    check(found >= 0.96 * len(with_target), f"{found} of {len(with_target)}")


main("oracle/boston")
