"""changed.py - a made-up town whose rules change: its events, its catalogue, its calendar before and
after, and what a replay says of them."""

import json
import os
import subprocess

from tests.lib.check import check_eq, program
from tests.lib.house import TOP, House
from tests.lib.watched import wait_until

SET = "rules/sets/permit-law.yaml"
NATION = "rules/calendars/cn.yaml"
EVENTS = 12_000

# Days off and a make-up Saturday, told after cards have been raised over them.
NOTICE = """exceptions:
  - ground: 市政府关于防御台风停工的通知
    off:
      台风: [2025-01-20..2025-01-21]
    work:
      台风: [2025-02-15]
"""


def made(house):
    """Events, catalogue, calendars before and after."""
    events, items = house.path("events.jsonl"), house.path("items.csv")
    with open(events, "w", encoding="utf-8") as out:
        subprocess.run([program("cardwatch-collect"), "sim", "--events", str(EVENTS), "--cases",
                        "60", "--seed", "5", "--late", "200", "--from", "2025-01-02", "--out",
                        "jsonl", "--calendar", os.path.join(TOP, NATION),
                        "--catalogue", items, "--calendar-name", "hall"], stdout=out, check=True)
    for name, more in (("before", ""), ("after", NOTICE)):
        os.makedirs(house.path(name))
        with open(house.path(f"{name}/hall.yaml"), "w", encoding="utf-8") as file:
            file.write("calendar: hall\ninherits: cn\n" + more)
    return events, items


class Changed(House):
    """An engine that has taken in everything under the calendar of before."""

    def __init__(self, rule_file=SET):
        super().__init__([])
        self.rule_file = rule_file

    def __enter__(self):
        self.events, self.items = made(self)
        self.import_rules(self.rule_file, self.items, NATION, self.path("before/hall.yaml"))
        self.engine_start()
        self.engine_ready()
        check_eq(self.collect("jsonl", "--end-tick", "last", self.events).end(), 0)
        return self

    def moved(self):
        wait_until(lambda: any("all open cases have moved" in line for line in self.engine.err),
                   "all open cases to move")
        return self.cards()


def rules(house, verb, *words, code=0):
    """Standard output; with a code, all that was said."""
    done = subprocess.run([program("cardwatch-rules"), verb, "--store", house.path("rules"),
                           *words], capture_output=True, text=True, check=False)
    check_eq(done.returncode, code, done.stdout + done.stderr)
    return done.stdout if code == 0 else done.stdout + done.stderr


def replayed(events, files):
    """Id of every card that stands → its last record."""
    done = subprocess.run([program("cardwatch-replay"), "--quiet",
                           *[word for file in files for word in ("--rules", file)], events],
                          capture_output=True, text=True, check=True)
    return standing(json.loads(line) for line in done.stdout.splitlines())


def standing(records):
    cards = {}
    for card in records:
        if card["state"] in ("issued", "pending"):
            cards[card["card"]] = card
        else:
            cards.pop(card["card"], None)
    return cards
