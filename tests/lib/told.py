"""told.py - a real engine that is told events row by row, and what it says of them to people."""

import contextlib
import json
import os
import subprocess
import tempfile

from tests.lib.check import check, check_eq, program
from tests.lib.house import House
from tests.lib.watched import wait_until

ASK = program("cardwatch-ask")

# Monday to Friday, no holidays: 3 March 2025 is a Monday.
HALL = """calendar: hall
zone: Asia/Shanghai
known: {from: 2025-01-01, to: 2025-12-31}
week: {mon-fri: "09:00-17:00", sat-sun: off}
"""
HEAD = "ground: 行政许可法\ncalendar: hall\n"


@contextlib.contextmanager
def engine_of(*rules, tables=None):
    """A house under these rules, each a text without its head; and tables by their file's name."""
    with tempfile.TemporaryDirectory() as folder:
        texts = [HALL] + [text.replace("\n", "\n" + HEAD, 1) for text in rules]
        files = [os.path.join(folder, f"{i}.yaml") for i in range(len(texts))]
        for path, text in zip(files, texts):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        for name, text in (tables or {}).items():
            files.append(os.path.join(folder, name))
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write(text)
        with House(files) as house:
            house.engine_start()
            house.engine_ready()
            yield house


def tell(house, *rows):
    """Send rows "CASE 2025-03-03 10:00 accept", with more fields as NAME=VALUE, attr.NAME=VALUE of
    its attrs, and wait."""
    number = len(os.listdir(house.folder))
    path, last = house.path(f"{number}.jsonl"), ""
    with open(path, "w", encoding="utf-8") as file:
        for row in rows:
            case, day, time, kind, *more = row.split(" ")
            last = f"{day}T{time}:00+08:00"
            fields = dict(field.split("=") for field in more)
            attrs = {name[5:]: fields.pop(name) for name in list(fields) if name[:5] == "attr."}
            file.write(json.dumps({"case": case, "kind": kind, "at": last, **fields,
                                   **({"attrs": attrs} if attrs else {})}) + "\n")
    check_eq(house.collect("jsonl", "--source", f"s{number}", "--position", path + ".pos",
                           path).end(), 0)
    wait_until(lambda: house.ask("status")["now"] == last, f"the engine to be at {last}")


def read(house, *words, lang="en"):
    done = subprocess.run([ASK, *words, "--home", house.folder, "--lang", lang], text=True,
                          capture_output=True, check=False, env={**os.environ, "LC_ALL": "C.UTF-8"})
    check_eq((done.returncode, done.stderr), (0, ""))
    return done.stdout


def has(text, *pieces):
    for piece in pieces:
        check(piece in text, f"{piece!r} is not in:\n{text}")


def has_not(text, *pieces):
    for piece in pieces:
        check(piece not in text, f"{piece!r} is in:\n{text}")
