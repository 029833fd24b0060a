"""receipts.py - a house whose rules come later, and the receipts of all its cards, counted again."""

import collections
import datetime
import json

import zmq

from tests.lib.check import check_eq
from tests.lib.house import House
from tests.verify.verify import verify


def plain(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Bare(House):
    """A house whose rules come later."""

    def __init__(self):
        super().__init__([])

    def __enter__(self):
        return self

    def take_in(self, events, *files):
        """Rules, an engine, and events as dicts, in the order of their arrival, to the last."""
        self.import_rules(*files)
        self.engine_start()
        self.engine_ready()
        path = self.path("events.jsonl")
        with open(path, "w", encoding="utf-8") as file:
            for event in events:
                file.write(json.dumps({**event, **{name: instant_text(event[name]) for name in
                                                   ("at", "entered_at") if name in event}}) + "\n")
        pushed = self.collect("jsonl", "--source", "hall", "--end-tick", "last", path)
        check_eq(pushed.end(), 0, "\n".join(pushed.err[-5:]))


def instant_text(at):
    """An instant that is a number of milliseconds, as text; a text as it is."""
    zone = datetime.timezone(datetime.timedelta(hours=8))
    return at if isinstance(at, str) else datetime.datetime.fromtimestamp(at // 1000, zone).isoformat()


class Asker:
    """Questions over one connection."""

    def __init__(self, house):
        self.socket = house.context.socket(zmq.REQ)
        self.socket.linger = 0
        self.socket.connect(house.endpoint("query"))

    def ask(self, query, **arguments):
        self.socket.send_string(json.dumps({"query": query, **arguments}))
        if not self.socket.poll(20000):
            raise AssertionError(f"no answer to {query}")
        return json.loads(self.socket.recv())

    def card_ids(self):
        """Every card's id once, as the pages of the ledger come."""
        seen, at, head = set(), 1, None
        while head is None or at <= head:
            page = self.ask("cards", **{"from": at})
            head = page["head"]
            if not page["cards"]:
                return
            for card in page["cards"]:
                at = card["seq"] + 1
                if card["card"] not in seen:
                    seen.add(card["card"])
                    yield card["card"]


def verify_all(house, calendars, keep=None):
    """Every card's receipt. Returns how many, by count and unit of the limit."""
    asker, kinds, wrong = Asker(house), collections.Counter(), []
    for card in asker.card_ids():
        receipt = asker.ask("explain", card=card)["receipt"]
        found = verify(plain(receipt), calendars)
        limit = receipt.get("limit")
        kind = "fact" if not limit else f"{receipt['convention']['count']}/{limit['unit']}"
        kinds[kind] += 1
        kinds["pauses"] += any(pause["excluded_steps"] for pause in receipt.get("pauses", []))
        kinds["extended"] += bool(receipt.get("extensions"))
        if receipt.get("confirm"):
            kinds[receipt["confirm"]["state"]] += 1
        kinds["cards"] += 1
        if keep is not None:
            keep.append(receipt)
        if found:
            card = receipt["card"]
            wrong.append(f"{card['case']} {card['clock']} {card['rung']} {card['state']}: {found}")
    check_eq(wrong[:5], [])
    return kinds


def said(kinds):
    return " ".join(f"{name}={kinds[name]}" for name in sorted(kinds) if kinds[name])
