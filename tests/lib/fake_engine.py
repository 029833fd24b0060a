#!/usr/bin/python3
"""fake_engine.py - an engine as a viewer sees it: the feed and the queries of engine/wire/README.md,
and whatever can go wrong with them, on command.

    with FakeEngine(home) as engine:
        engine.issue(level="red", case="A-1")   # on the ledger and on the feed
        engine.lose(level="red")                # on the ledger only: the feed has a gap
        engine.forget(10)                       # cards up to seq 10 are no longer kept
        engine.is_pulsing = False               # silent, but there
        engine.is_holding = True                # answers are made, and sent when it no longer is
        engine.stop(); engine.start()           # restart
        engine.restore(10)                      # an older copy of the ledger, which ends at 10

As a program it plays a busy hall until it is ended, to look at the viewers with:
    fake_engine.py HOME [CARDS_PER_SECOND]
"""

import collections
import hashlib
import json
import os
import random
import signal
import sys
import threading
import time
from datetime import datetime, timedelta, timezone

import zmq

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
from tests.lib.watched import wait_until  # noqa: E402 (as a program it is not on the path)

ZONE = timezone(timedelta(hours=8))
PULSE_S = 0.1  # tests have no second to lose; viewers do not mind


def text_of(at):
    return at.astimezone(ZONE).isoformat(timespec="seconds")


def now():
    return datetime.now(ZONE)


class FakeEngine:
    def __init__(self, home, pulse_s=PULSE_S, at=None):
        self.home = str(home)
        self.pulse_s = pulse_s
        self.at = at  # a standing clock for screens that are compared; None: the wall clock
        self.feed = f"ipc://{self.home}/feed"
        self.query = f"ipc://{self.home}/query"
        self.instance = "fake-1"  # the ledger's name: a restart does not change it
        self.started_at = None
        self.is_pulsing = True
        self.is_answering = True
        self.is_holding = False
        self.queue_max = 200000  # messages for a viewer that does not read; more are lost to it
        self.answer_s = 0  # from a question to its answer
        self.pulses = 0
        self.cards = []  # the ledger: index 0 is seq 1
        self.kept_from = 1
        self.events = 0
        self.sources = []
        self.cases = {}
        self.receipts = {}
        self.due = []
        self.refused = []
        self.stray = {}
        self.asked = collections.Counter()
        self.has_card_counts = True  # by org; False: cases only
        self._outbox = collections.deque()
        self._held = collections.deque()
        self._is_sending = False
        self._lock = threading.Lock()
        self._thread = None
        self._stop = threading.Event()

    # --- what a test commands ---------------------------------------------------------------------

    def start(self):
        os.makedirs(self.home, exist_ok=True)
        self._stop.clear()
        self.started_at = now().isoformat()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(10)
        return self

    def stop(self):
        if self._thread:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def now(self):
        return self.at or now()

    def issue(self, is_published=True, is_shadow=False, **fields):
        """Put a card on the ledger, and on the feed; returns it."""
        with self._lock:
            card = self._card(len(self.cards) + 1, is_shadow, fields)
            self.cards.append(card)
            if is_published:
                row = "shadow" if is_shadow else "card"
                topic = f"{row}.{card['level']}.{card['area'] or '-'}.{card['org'] or '-'}"
                self._outbox.append((topic, card))
        return card

    def settle(self):
        """Wait until all cards so far are out: a viewer that starts now does not see them come."""
        wait_until(lambda: not self._outbox and not self._is_sending, "an empty outbox")

    def lose(self, **fields):
        return self.issue(is_published=False, **fields)

    def forget(self, seq):
        self.kept_from = seq + 1

    def wipe(self, instance):
        """Another ledger: as if the data folder had been exchanged. The engine stands still."""
        self.restore(0)
        self.instance = instance

    def restore(self, seq):
        """An older copy of the ledger in its place. The engine stands still."""
        assert self._thread is None
        self.cards = self.cards[:seq]
        self.kept_from = 1
        self._outbox.clear()
        self._held.clear()

    def wait_pulses(self, count):
        """So many more are out, behind everything that was sent before."""
        self.settle()
        least = self.pulses + count
        wait_until(lambda: self.pulses >= least, "the pulse")

    def send(self, topic, text):
        """Any bytes on the feed."""
        with self._lock:
            self._outbox.append((topic, text))

    # --- the engine -------------------------------------------------------------------------------

    def _card(self, seq, is_shadow, fields):
        at = self.now()
        card = {
            "card": "", "case": f"C-{seq}", "item": "建筑许可", "org": "规划局", "area": "430000000000",
            "step": "", "handler": "", "level": "yellow", "rule": "license", "rule_version": 1,
            "clock": "license", "rung": "at", "due_at": text_of(at), "issued_at": text_of(at),
            "late_ms": 3, "state": "issued", "limit": "20 workday", "used": "20 workday",
            "over": "0 workday", "seq": seq, "reason": "", "shadow": is_shadow, "edition": 1,
        }
        card.update(fields)
        whole = f"{card['case']}\0{card['clock']}\0{card['rung']}"
        card["card"] = card["card"] or hashlib.blake2b(whole.encode(), digest_size=16).hexdigest()
        return card

    def _status(self):
        levels = collections.Counter(c["level"] for c in self.cards if not c["shadow"])
        return {
            "head": len(self.cards), "now": text_of(self.now()), "clock": "wall",
            "instance": self.instance, "started_at": self.started_at, "edition": 3, "events": self.events,
            "refused": len(self.refused), "cases": len(self.cases) + 120,
            "cases_open": len(self.cases) + 31, "cards": dict(levels),
            "due_next": self.due[0]["due_at"] if self.due else None, "sources": self.sources,
            "journal_bytes": 48211, "map_used_permille": 12, "uptime_s": 86403,
            "stray": self.stray,
        }

    def _run(self, ready):
        context = zmq.Context()
        feed = context.socket(zmq.XPUB)
        router = context.socket(zmq.ROUTER)
        for socket, endpoint in ((feed, self.feed), (router, self.query)):
            socket.linger = 0
            socket.sndhwm = self.queue_max
            socket.bind(endpoint)
        ready.set()
        pulse_at = 0.0
        poller = zmq.Poller()
        poller.register(router, zmq.POLLIN)
        poller.register(feed, zmq.POLLIN)
        while not self._stop.is_set():
            for socket, _ in poller.poll(5):
                if socket is feed:
                    feed.recv()
                else:
                    self._answer(router)
            while self._held and not self.is_holding and self._held[0][0] <= time.monotonic():
                router.send_multipart(self._held.popleft()[1])
            self._is_sending = True
            while self._outbox:
                topic, card = self._outbox.popleft()
                text = card if isinstance(card, str) else json.dumps(card, ensure_ascii=False)
                feed.send_multipart([topic.encode(), text.encode()])
            self._is_sending = False
            if self.is_pulsing and time.monotonic() >= pulse_at:
                with self._lock:
                    if self._outbox:
                        continue  # a pulse never says more than the feed before it
                    pulse = json.dumps(self._status(), ensure_ascii=False)
                pulse_at = time.monotonic() + self.pulse_s
                feed.send_multipart([b"pulse", pulse.encode()])
                self.pulses += 1
        feed.close()
        router.close()
        context.term()

    def _answer(self, router):
        *route, body = router.recv_multipart()
        if not self.is_answering:
            return
        query = json.loads(body)
        self.asked[query["query"]] += 1
        answer = getattr(self, "_on_" + query["query"], self._on_unknown)(query)
        answer.setdefault("ok", "error" not in answer)
        self._held.append((time.monotonic() + self.answer_s,
                           route + [json.dumps(answer, ensure_ascii=False).encode()]))

    def _on_unknown(self, query):
        return {"error": "unknown_query", "text": f"no such query: {query['query']}"}

    def _on_status(self, _):
        return self._status()

    def _on_cards(self, query):
        first = max(query["from"], self.kept_from)
        page = self.cards[first - 1:first - 1 + min(query.get("max", 1000), 1000)]
        return {"cards": page, "head": len(self.cards), "gap": query["from"] < self.kept_from,
                "instance": self.instance}

    def _on_card(self, query):
        found = [c for c in self.cards if c["card"] == query["card"]]
        return {"card": found[-1], "history": found} if found else self._absent("card")

    def _on_case(self, query):
        case = self.cases.get(query["case"])
        return {"case": case} if case else self._absent("case")

    def _on_explain(self, query):
        if "case" in query:
            case = self.cases.get(query["case"])
            return {"case": query["case"], "clocks": case["clocks"]} if case else self._absent("case")
        receipt = self.receipts.get(query["card"])
        return {"receipt": receipt} if receipt is not None else self._absent("card")

    @staticmethod
    def _absent(what):
        return {"error": "not_found", "text": f"no such {what}"}

    def _on_open(self, query):
        names = sorted(n for n in self.cases if n > query.get("after", ""))
        rows = [
            {k: self.cases[n].get(k) for k in ("case", "state", "item", "org", "area", "handler")}
            | {"next": self.due[0] if self.due else None}
            for n in names
            if not query.get("org") or self.cases[n]["org"] == query["org"]
        ]
        return {"cases": rows[:query.get("max", 100)]}

    def _on_due(self, query):
        rows = [d for d in self.due if not query.get("org") or d["org"] == query["org"]]
        return {"due": rows[:query.get("max", 100)]}

    def _on_counts(self, query):
        by = query["by"]
        rows = {}
        for card in self.cards:
            row = rows.setdefault(card[by], {"key": card[by], "open": 0, "cards": {}})
            row["cards"][card["level"]] = row["cards"].get(card["level"], 0) + 1
        if self.has_card_counts:
            return {"counts": list(rows.values())}
        return {"counts": {key: {"cases": 1, "open": 1} for key in rows}}

    def _on_quarantine(self, query):
        rows = [r for r in self.refused if r["number"] > query.get("after", 0)]
        return {"refused": rows[:query.get("max", 100)]}

    def _on_requeue(self, query):
        if not query.get("who") or not query.get("why"):
            return {"error": "missing", "text": "who and why must be given"}
        found = [r["number"] for r in self.refused if r["number"] in query["numbers"]]
        self.refused = [r for r in self.refused if r["number"] not in query["numbers"]]
        return {"taken": found}


# --- a scene: one city hall with everything in it ---------------------------------------------------

ORGS = ["市规划局", "市住建局", "市市场监管局", "市生态环境局", "市公安局出入境管理支队", "卫健委", "Parks"]
ITEMS = ["建筑工程施工许可", "食品经营许可", "排污许可", "户外广告设置", "Tree felling", "医疗机构执业登记"]


def scene(engine, seed=7):
    """One case with all that a case can have, its receipt, what falls due, and refused events."""
    at = datetime(2025, 1, 20, 9, 0, tzinfo=ZONE)
    day = timedelta(days=1)
    card = engine.issue(
        case="许可-2025-0017", item="建筑工程施工许可", org="市规划局", level="red", rung="at",
        handler="h-204", due_at=text_of(at + 30 * day), issued_at=text_of(at + 30 * day))
    events = [
        (1, "apply", at, "", ""), (2, "accept", at + timedelta(hours=1), "", ""),
        (5, "step_start", at + day, "初审", ""), (9, "pause", at + 3 * day, "", "专家评审"),
        (14, "resume", at + 9 * day, "", ""), (20, "step_end", at + 10 * day, "初审", ""),
    ]
    rungs = [
        {"rung": "before-3", "level": "warn", "text": "3 workday before", "state": "issued",
         "due_at": text_of(at + 26 * day), "why": ""},
        {"rung": "at", "level": "red", "text": "at the limit", "state": "issued",
         "due_at": text_of(at + 30 * day), "why": ""},
        {"rung": "after-5", "level": "red", "text": "5 workday after", "state": "waiting",
         "due_at": text_of(at + 37 * day), "why": ""},
    ]
    clock = {
        "clock": "license", "rule": "license", "rule_version": 3, "state": "running",
        "start_at": text_of(at + timedelta(hours=1)), "counted_from": "2025-01-21",
        "stop_at": None, "used": "17 workday",
        "limits": [{"name": "limit", "limit": "20 workday", "due_at": text_of(at + 30 * day),
                    "source": "item", "provisional": False}],
        "pauses": [{"from": text_of(at + 3 * day), "to": text_of(at + 9 * day),
                    "kind": "专家评审", "excluded": "4 workday"}],
        "rungs": rungs,
    }
    engine.cases[card["case"]] = {
        "case": card["case"], "state": "open", "item": card["item"], "org": card["org"],
        "area": card["area"], "handler": "h-204", "edition": 3, "source": "hall",
        "judgeable": False, "silent_since": text_of(at + 31 * day), "cards": [card],
        "clocks": [clock],
        "events": [{"seq": s, "kind": k, "at": text_of(t), "step": step, "org": card["org"],
                    "handler": "h-204", "result": "", "reason": why, "term": "", "version": 0,
                    "arrived_at": text_of(t + timedelta(seconds=2))}
                   for s, k, t, step, why in events],
    }
    engine.receipts[card["card"]] = receipt(card, at, clock["pauses"])
    engine.due = due(random.Random(seed), engine.now())
    engine.sources = [
        {"source": "hall", "seq": 40211, "last_at": text_of(engine.now()), "silent_since": None},
        {"source": "12345-hotline", "seq": 912,
         "last_at": text_of(engine.now() - timedelta(minutes=40)),
         "silent_since": text_of(engine.now() - timedelta(minutes=30))},
    ]
    engine.refused = [
        {"number": 1, "source": "hall", "seq": 77, "code": "unknown_item", "field": "item",
         "text": "not in the catalogue of items in force",
         "event": {"case": "C-9", "kind": "accept", "item": "X-1"}},
        {"number": 4, "source": "12345-hotline", "seq": 12, "code": "no_zone", "field": "at",
         "text": "a time without an offset from UTC",
         "event": {"case": "热线-3", "kind": "apply", "at": "2025-01-01 10:00"}},
    ]
    return card


def receipt(card, at, pauses):
    days, counted = [], 0
    for i in range(31):
        day = at + timedelta(days=i)
        holiday = 8 <= i <= 15
        is_counted = i > 0 and day.weekday() < 5 and not holiday and not 3 <= i <= 7
        counted += is_counted
        days.append({
            "date": day.date().isoformat(),
            "weekday": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][day.weekday()],
            "counted": is_counted, "n": counted if is_counted else None,
            "name": "春节" if holiday else "专家评审" if 3 <= i <= 7 else "", "ground": "国办发明电〔2024〕12号" if holiday else ""})
    return {
        "card": card,
        "rule": {"name": "license", "revision": 3, "ground": "行政许可法 第四十二条",
                 "title_zh": "行政许可办理期限", "title_en": "Time limit of a permit"},
        "calendar": {"name": "cn", "zone": "Asia/Shanghai", "horizon": "2026-12-31"},
        "convention": {"count": "day", "end": "end-of-day", "roll": "next", "start": "next-day"},
        "start": {"kind": "accept", "at": text_of(at + timedelta(hours=1)),
                  "counted_from": "2025-01-21"},
        "limit": {"name": "limit", "term": "20 workday", "source": "item",
                  "due_at": card["due_at"]},
        "rung": {"text": "at the limit", "due_at": card["due_at"]},
        "pauses": pauses, "days": days, "used": "20 workday", "over": "0 workday", "edition": 3,
    }


def due(dice, at):
    rows = []
    for i in range(40):
        at += timedelta(minutes=dice.randint(1, 90))
        rows.append({
            "case": f"D-{1000 + i}", "item": dice.choice(ITEMS), "org": dice.choice(ORGS),
            "step": "", "clock": "license", "rule": "license", "rung": "at",
            "level": dice.choice(["warn", "yellow", "red"]), "due_at": text_of(at),
            "limit": "20 workday"})
    return rows


def random_card(dice, at):
    late = dice.random() < 0.1
    return {
        "case": f"湘政许〔2025〕{dice.randint(1, 9999)}号", "item": dice.choice(ITEMS),
        "org": dice.choice(ORGS), "step": dice.choice(["", "受理", "初审", "决定"]),
        "level": dice.choices(["warn", "yellow", "red"], [5, 3, 1])[0],
        "state": "withdrawn" if dice.random() < 0.05 else "issued",
        "late_ms": dice.randint(10 ** 6, 10 ** 8) if late else dice.randint(0, 12),
        "reason": "a late event re-judged the case" if late else "",
        "due_at": text_of(at),
    }


def play(home, per_second):
    dice = random.Random(11)
    with FakeEngine(home, pulse_s=1.0) as engine:
        scene(engine)
        ended = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
        while not ended.wait(1 / per_second):
            engine.events += dice.randint(1, 400)
            engine.sources[0].update(seq=40211 + engine.events, last_at=text_of(now()))
            engine.issue(**random_card(dice, now()))


if __name__ == "__main__":
    play(sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else 2.0)
