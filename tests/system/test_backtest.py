"""A back-test says which cards a change would have added, removed and moved over what has happened:
what two replays, one under each, differ in."""

import json
from collections import Counter

from tests.lib.changed import NATION, SET, made, replayed, rules
from tests.lib.check import check, check_eq, main, test
from tests.lib.house import House

FROM, TO = "2025-01-22T00:00:00+08:00", "2025-01-24T00:00:00+08:00"


class Town(House):
    def __init__(self):
        super().__init__([])

    def __enter__(self):
        self.events, self.items = made(self)
        self.hall = [self.path("before/hall.yaml"), self.path("after/hall.yaml")]
        self.import_rules(SET, self.items, NATION, self.hall[0])
        return self

    def differences(self, cards_from="0", cards_to="9"):
        """From two replays of their own: card → what becomes of it; with its org."""
        old, new = [{key: card for key, card in
                     replayed(self.events, [SET, self.items, NATION, hall]).items()
                     if cards_from <= card["due_at"] < cards_to} for hall in self.hall]
        found = {}
        for key in old.keys() | new.keys():
            if key not in new:
                found[key] = ("vanishes", old[key]["org"])
            elif key not in old:
                found[key] = ("appears", new[key]["org"])
            elif old[key]["due_at"] != new[key]["due_at"]:
                found[key] = ("moves", new[key]["org"])
        return found

    def backtest(self, *words):
        lines = rules(self, "backtest", "--json", *words, self.hall[1]).splitlines()
        return [json.loads(line) for line in lines]


def check_rows(rows, should):
    found = {r["card"]: (r["change"], r["org"]) for r in rows if r["type"] == "card"}
    check_eq(found, should)
    by_org = Counter()
    for change, org in should.values():
        by_org[org, change] += 1
    names = {"appears": "appear", "vanishes": "vanish", "moves": "move"}
    for row in rows:
        if row["type"] == "org":
            for change, name in names.items():
                check_eq(row[name], by_org.pop((row["org"], change), 0), f"{row['org']} {name}")
    check_eq(by_org, Counter())
    for change, name in names.items():
        check_eq(rows[-1][name], sum(is_[0] == change for is_ in should.values()), name)


@test
def over_files_of_events():
    with Town() as town:
        should = town.differences()
        check({change for change, _ in should.values()} >= {"vanishes", "moves"}, "too tame")
        check_rows(town.backtest("--events", town.events), should)


@test
def over_the_journal_of_an_engine():
    with Town() as town:
        town.engine_start()
        town.engine_ready()
        check_eq(town.collect("jsonl", "--end-tick", "last", town.events).end(), 0)
        before = town.cards()
        should = town.differences()
        check_rows(town.backtest("--data-dir", town.folder), should)
        check_eq(town.cards(), before, "a back-test changes nothing")
        # the engine's own editions and moves have no part in it
        rules(town, "import", "--move", "calendars", town.hall[1])
        rules(town, "rollback", "1")
        check_rows(town.backtest("--data-dir", town.folder), should)


@test
def of_a_time_alone():
    with Town() as town:
        should = town.differences(FROM, TO)
        check(0 < len(should) < len(town.differences()))
        check_rows(town.backtest("--events", town.events, "--from", FROM, "--to", TO), should)


@test
def of_a_time_of_which_the_engine_heard_later():
    """A year that was loaded afterwards has the cards of each of its days, whenever it came."""
    with Town() as town:
        town.clock = "wall"
        town.engine_start()
        town.engine_ready()
        check_eq(town.collect("jsonl", town.events).end(), 0)
        should = {}
        for row in town.backtest("--data-dir", town.folder):
            if row["type"] != "card":
                continue
            is_in = FROM <= row["due_at"] < TO
            was_in = FROM <= row.get("was", row["due_at"]) < TO
            change = row["change"]
            if change == "moves" and is_in != was_in:
                change = "appears" if is_in else "vanishes"
            if is_in or was_in:
                should[row["card"]] = (change, row["org"])
        check(should, "nothing of these days")
        check_rows(town.backtest("--data-dir", town.folder, "--from", FROM, "--to", TO), should)


@test
def a_date_is_the_calendars():
    """A day's cards fall at its midnight, which in Shanghai is 16:00 of the day before in UTC."""
    with Town() as town:
        should = town.differences(FROM, TO)
        some_at_midnight = town.differences(FROM, FROM[:11] + "00:00:01+08:00")
        check(some_at_midnight, "a day whose first instant has cards")
        words = ["--events", town.events, "--from", FROM[:10], "--to", TO[:10]]
        check_rows(town.backtest(*words), should)
        said = rules(town, "backtest", *words, town.hall[1])
        check("from 2025-01-22 00:00 Asia/Shanghai\nto 2025-01-24 00:00 Asia/Shanghai\n" in said,
              said)


@test
def a_list_is_read_in_chinese():
    with Town() as town:
        said = rules(town, "backtest", "--lang", "zh", "--events", town.events, town.hall[1])
        levels = {line.split()[2] for line in said.splitlines() if line.startswith("  - 消失")}
        check(levels and levels <= {"预警", "黄牌", "红牌"}, said)


@test
def what_is_wrong_is_told():
    with Town() as town:
        done = rules(town, "backtest", "--from", "yesterday", town.hall[1], code=64)
        check("--from yesterday: must be a date" in done, done)
        done = rules(town, "backtest", "--data-dir", town.path("nowhere"), town.hall[1], code=66)
        check("no engine's journal" in done, done)


main("system/backtest")
