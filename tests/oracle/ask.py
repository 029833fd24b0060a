"""ask.py - what the oracles of the calendar share: data beside the repository, calendars as files,
and many questions to `cardwatch due --batch` in one go.
"""

import csv
import gzip
import json
import os
import subprocess
import tempfile

from tests.lib.check import program, skip

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(os.path.dirname(TOP), "shared", "data")
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def data(name):
    """The path of a file of the real data beside the repository; the test is skipped without."""
    path = os.path.join(DATA, name)
    if not os.path.exists(path):
        skip(f"../shared/data/{name} is not here")
    return path


def rows(name):
    """The rows of a CSV file of the real data, as dictionaries."""
    path = data(name)
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def objects(name):
    with open(data(name), encoding="utf-8") as file:
        return json.load(file)


def shipped(name):
    return os.path.join(TOP, "rules", "calendars", name + ".yaml")


def calendar_text(name, zone, week, off=(), hours=None, known=("1970-01-01", "2099-12-31"),
                  work=(), seasons=()):
    """A calendar file. week: {"mon": "09:00-17:00"}; hours: {date: spans} of single days;
    seasons: (first, last, week)."""
    lines = [f"calendar: {name}", f"zone: {zone}",
             f"known: {{from: {known[0]}, to: {known[1]}}}", "week:"]
    lines += [f'  {day}: "{spans}"' for day, spans in week.items()]
    if seasons:
        lines.append("seasons:")
    for first, last, season in seasons:
        lines += [f"  - from: {first}", f"    to: {last}", "    week:"]
        lines += [f'      {day}: "{spans}"' for day, spans in season.items()]
    if off or hours or work:
        lines += ["exceptions:", "  - ground: of the test"]
    if off:
        lines.append("    off: [" + ", ".join(sorted(off)) + "]")
    if work:
        lines.append("    work: [" + ", ".join(sorted(work)) + "]")
    if hours:
        lines.append("    hours:")
        lines += [f'      {day}: "{spans}"' for day, spans in sorted(hours.items())]
    return "\n".join(lines) + "\n"


class Batch:
    """Questions, then all answers at once. Calendars and settings hold for what is asked next."""

    def __init__(self):
        self.lines = []
        self.count = 0
        self.folder = tempfile.TemporaryDirectory(prefix="cardwatch-oracle-")
        self.files = {}

    def calendar(self, path):
        self.lines.append(f"calendar\t{path}")

    def calendar_of(self, text):
        """text: a calendar file named c; the same text twice is the same file."""
        if text not in self.files:
            path = os.path.join(self.folder.name, f"{len(self.files)}.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            self.files[text] = path
        self.calendar(self.files[text])

    def set(self, **settings):
        for name, value in settings.items():
            self.lines.append(f"set\t{name.replace('_', '-')}\t{value}")

    def ask(self, verb, *words):
        """Returns the place of the answer."""
        self.lines.append("\t".join((verb, *map(str, words))))
        self.count += 1
        return self.count - 1

    def answers(self):
        done = subprocess.run([program("cardwatch-due"), "--batch", "--lang", "en", "--calendar",
                               shipped("cn")],
                              input="\n".join(self.lines) + "\n", capture_output=True, text=True,
                              check=False)
        answers = done.stdout.splitlines()
        if done.returncode != 0 or len(answers) != self.count:
            wrong = [answer for answer in answers if answer.startswith("error")]
            raise AssertionError(f"cardwatch due: exit {done.returncode}, {len(answers)} answers "
                                 f"to {self.count} questions\n{done.stderr}{wrong[:5]}")
        return answers
