"""collecting.py - what the tests of cardwatch collect share: a folder with a fake intake, tables and
lines to collect, a run that sends and one that only prints."""

import contextlib
import csv
import io
import json
import os
import shutil
import signal
import subprocess
import tempfile

from tests.lib.check import check, check_eq, program
from tests.lib.fake_intake import FakeIntake

COLLECT = program("cardwatch-collect")
MAPS = os.path.join("collectors", "maps")
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


def arrived_in_order(intake, source, events):
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
