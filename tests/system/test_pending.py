#!/usr/bin/python3
"""test_pending.py - a card that waits for a supervisor, from its list to his decision, as he does it."""

import json

from tests.lib.check import check, check_eq, main, test
from tests.lib.changed import rules
from tests.lib.told import HEAD, engine_of, has, has_not, read, tell
from tests.lib.watched import wait_until
from tests.verify.verify import verify

ASKED = """rule: asked
revision: 1
clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}
cards:
  - yellow: {when: after statutory, issue: {confirm: 2 workday}}
  - red: {when: 1 workday after statutory, issue: confirm}
"""


def shown(house, *words, lang="en"):
    """What the lists say, blanks made one."""
    return " ".join(read(house, *words, lang=lang).split())


def decide(house, *lines):
    """Lines at the end of the supervisors' file, and the push that explain names."""
    path = house.path("decisions.jsonl")
    with open(path, "a", encoding="utf-8") as file:
        for line in lines:
            file.write(line + "\n")
    check_eq(house.collect("jsonl", "--source", "supervisors", "--position",
                           house.path("decisions.pos"), path).end(), 0)


@test
def a_supervisor_sees_what_waits_and_releases_it_as_he_is_told_to():
    with engine_of(ASKED) as house:
        has(read(house, "pending"), "no card waits")
        has(house.ask("waiting")["text"], "pending")  # no such question: those that there are
        tell(house, "A 2025-03-03 10:00 accept org=O", "B 2025-03-04 10:00 accept org=P",
             "A 2025-03-11 10:00 rating rating=5")
        # A's statutory limit ended with the 10th; two workdays from the 11th are the 12th and 13th
        status = house.ask("status")
        check_eq((status["cards"]["yellow"], status["cards_pending"], status["cards_overdue"]),
                 (0, {"yellow": 1}, 0))
        has(read(house, "status"), "pending")
        has(read(house, "status", lang="zh"), "待发")
        card = house.cards()[-1]
        check_eq((card["state"], card["until"]), ("pending", "2025-03-14T00:00:00+08:00"))
        has(shown(house, "pending"), f"2025-03-14 00:00:00 ■ yellow A O 2025-03-11 00:00:00 {card['card']}")
        text = read(house, "explain", card["card"])
        has(shown(house, "explain", card["card"]), "waits since 2025-03-11 00:00:00",
            "decide by 2025-03-14 00:00:00 · 2 workday")
        has(read(house, "explain", card["card"], lang="zh"), "待发自", "应决定于", "2 个工作日")
        line = next(line.strip() for line in text.splitlines() if '"kind":"release"' in line)
        decide(house, line.replace("NOW", "2025-03-12T10:00:00+08:00").replace("YOU", "Li"))
        wait_until(lambda: house.cards()[-1]["state"] == "issued", "the card to be issued")
        released = house.cards()[-1]
        check_eq((released["card"], released["due_at"], released["issued_at"], released["reason"]),
                 (card["card"], card["due_at"], "2025-03-12T10:00:00+08:00",
                  "released: by a supervisor"))
        check("until" not in released, released)
        text = shown(house, "explain", card["card"])
        has(text, "released by Li · 2025-03-12 10:00:00")
        has_not(text, "waits since", "To release it")
        has(read(house, "explain", card["card"], lang="zh"), "确认人", "Li", "监察员确认")
        status = house.ask("status")
        # that of B fell due with the 12th
        check_eq((status["cards"]["yellow"], status["cards"]["red"], status["cards_pending"]),
                 (1, 0, {"yellow": 1, "red": 1}))


@test
def what_is_dismissed_or_overdue_says_so_and_a_wrong_word_does_nothing():
    with engine_of(ASKED) as house:
        tell(house, "A 2025-03-03 10:00 accept org=O", "B 2025-03-03 11:00 accept org=P",
             "A 2025-03-14 10:00 rating rating=5")
        # both: yellow overdue since the 14th began, red (without a time) since the 12th began
        status = house.ask("status")
        check_eq((status["cards_pending"], status["cards_overdue"]), ({"yellow": 2, "red": 2}, 2))
        has(read(house, "status"), "overdue")
        has(read(house, "status", lang="zh"), "超期未定")
        answer = house.ask("pending")
        check_eq([(row["case"], row["level"], row["overdue"]) for row in answer["pending"]],
                 [("A", "yellow", True), ("B", "yellow", True), ("A", "red", False),
                  ("B", "red", False)])
        check_eq([row["case"] for row in house.ask("pending", org="P")["pending"]], ["B", "B"])
        check_eq((len(house.ask("pending", max=1)["pending"]), house.ask("pending", max=1)["total"]),
                 (1, 4))
        has(shown(house, "pending"), "2025-03-14 00:00:00 ! overdue", "no time set")
        has(shown(house, "pending", "--max", "1", lang="zh"), "！超期", "共 4 张")
        rows = {(row["case"], row["level"]): row["card"] for row in answer["pending"]}
        has(read(house, "explain", rows["A", "yellow"]), "! overdue")
        decide(house, json.dumps({"case": "A", "kind": "dismiss", "card": "yellow of asked",
                                  "at": "2025-03-14T11:00:00+08:00", "handler": "Li", "org": "S",
                                  "reason": "a flood"}),
               json.dumps({"case": "A", "kind": "release", "card": "yellow of asked",
                           "at": "2025-03-14T12:00:00+08:00", "handler": "Wu"}))
        wait_until(lambda: house.ask("status")["stray"] == {"not-pending": 1}, "the stray release")
        check_eq(house.cards()[-1]["reason"], "dismissed: by a supervisor")
        has(shown(house, "explain", rows["A", "yellow"]), "dismissed by Li · S · ", "a flood")
        has(read(house, "explain", rows["A", "yellow"], lang="zh"), "不予发牌")
        has(read(house, "case", "A"), "the card does not wait to be released")
        has(read(house, "case", "A", lang="zh"), "该牌不在待发状态")
        decide(house, json.dumps({"case": "NO", "kind": "release", "card": "yellow of asked",
                                  "at": "2025-03-14T12:00:00+08:00", "handler": "Wu"}))
        refused = wait_until(lambda: house.ask("quarantine")["refused"], "the refusal")
        check_eq(refused[0]["code"], "unknown_case")


@test
def what_is_taken_back_before_its_release_says_that_it_never_was_public():
    with engine_of(ASKED) as house:
        tell(house, "A 2025-03-03 10:00 accept", "B 2025-03-03 10:00 accept",
             "A 2025-03-11 10:00 rating rating=5")
        decide(house, json.dumps({"case": "B", "kind": "release", "card": "yellow of asked",
                                  "at": "2025-03-11T11:00:00+08:00", "handler": "Li"}))
        tell(house, "A 2025-03-10 10:00 finish", "B 2025-03-10 10:00 finish",
             "A 2025-03-11 12:00 rating rating=5")
        told = [(card["case"], card["state"], card.get("unreleased")) for card in house.cards()]
        check_eq(sorted(told), [("A", "pending", None), ("A", "withdrawn", True),
                                ("B", "issued", None), ("B", "pending", None),
                                ("B", "withdrawn", None)])
        counts = {"issued": 0, "pending": 0, "withdrawn": 1, "taken_back": 1, "shadow": 0}
        check_eq(house.ask("counts", by="level")["counts"]["yellow"], counts)
        house.engine_stop()
        house.engine_start()
        house.engine_ready()
        check_eq(house.ask("counts", by="level")["counts"]["yellow"], counts)
        check_eq(house.ask("status")["ledger_differs"], 0)


TIMED = """rule: timed
revision: 1
clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}
cards:
  - yellow: {when: after statutory, issue: {confirm: 1 workday, then: issue}}
  - red: 2 workday after yellow card
"""


@test
def what_nobody_decides_on_is_issued_where_the_rule_says_so_and_the_receipts_agree():
    with engine_of(TIMED) as house:
        tell(house, "A 2025-03-03 10:00 accept org=O", "B 2025-03-03 11:00 accept org=P",
             "A 2025-03-11 10:00 rating rating=5")
        decide(house, json.dumps({"case": "B", "kind": "release", "card": "yellow of timed",
                                  "at": "2025-03-11T11:00:00+08:00", "handler": "Li"}))
        tell(house, "A 2025-03-20 10:00 rating rating=5")
        # yellow of A: pending since the 11th began, so issued when the 12th is over; B's on the 11th
        told = {(card["case"], card["level"], card["state"]): (card["due_at"], card["issued_at"])
                for card in house.cards()}
        check_eq(told["A", "yellow", "issued"],
                 ("2025-03-11T00:00:00+08:00", "2025-03-13T00:00:00.001+08:00"))
        check_eq(told["B", "yellow", "issued"][1], "2025-03-11T11:00:00+08:00")
        # two workdays from the 13th are the 14th and the 17th; from the 11th, the 12th and 13th
        check_eq((told["A", "red", "issued"][0], told["B", "red", "issued"][0]),
                 ("2025-03-18T00:00:00+08:00", "2025-03-14T00:00:00+08:00"))
        for card in {card["card"] for card in house.cards()}:
            receipt = house.ask("explain", card=card)["receipt"]
            check_eq(verify(json.dumps(receipt, ensure_ascii=False, separators=(",", ":"))), [],
                     card)
        card = next(card["card"] for card in house.cards()
                    if (card["case"], card["level"]) == ("A", "yellow"))
        has(shown(house, "explain", card), "released nobody decided by 2025-03-13 00:00:00")
        has(shown(house, "explain", card, lang="zh"), "期限内无人决定")


def edition(house, revision, yellow, red):
    """The rule with these words for its cards, as a file."""
    path = house.path(f"moved-{revision}.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"rule: moved\n{HEAD}revision: {revision}\n"
                   "clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}\ncards:\n"
                   f"  - yellow: {{when: after statutory, issue: {yellow}}}\n"
                   f"  - red: {{when: 1 workday after statutory, issue: {red}}}\n")
    return path


@test
def what_a_supervisor_has_dismissed_stays_so_under_rules_that_ask_nobody():
    with engine_of("rule: other\nrevision: 1\nfact: {on: fee, is: fee_paid > fee_due}\n"
                   "card: red\n") as house:
        rules(house, "import", chained(house, 1, "confirm"))
        wait_until(lambda: house.ask("status")["edition"] == 2, "the rule to be in force")
        tell(house, "A 2025-03-03 10:00 accept", "B 2025-03-03 10:00 accept",
             "A 2025-03-11 10:00 rating rating=5")
        decide(house, json.dumps({"case": "A", "kind": "dismiss", "card": "yellow of moved",
                                  "at": "2025-03-11T11:00:00+08:00", "handler": "Li",
                                  "reason": "a flood"}))
        rules(house, "import", "--move", "all", chained(house, 2, "auto"))
        wait_until(lambda: house.ask("case", case="B")["case"]["edition"] == 3, "to move")
        # A's stays dismissed, and nothing follows it; B's waits for nobody any more
        tell(house, "A 2025-03-20 10:00 rating rating=5")
        check_eq(newest(house, "A"), {"yellow of moved": ("dismissed", True)})
        check_eq(newest(house, "B"), {"yellow of moved": ("issued", None),
                                      "red of moved": ("issued", None),
                                      "red of order": ("issued", None)})
        check_eq(house.ask("status")["stray"], {})
        for card in {card["card"] for card in house.cards()}:
            receipt = house.ask("explain", card=card)["receipt"]
            check_eq(verify(json.dumps(receipt, ensure_ascii=False, separators=(",", ":"))), [],
                     card)
        house.engine_stop()
        house.engine_start()
        house.engine_ready()
        check_eq(house.ask("status")["ledger_differs"], 0)
        # a pause that comes late moves A's card behind the dismissal: that decided on another one
        tell(house, "A 2025-03-04 10:00 pause", "A 2025-03-10 10:00 resume",
             "A 2025-03-20 11:00 rating rating=5")
        check_eq(newest(house, "A")["yellow of moved"], ("issued", None))
        check_eq(house.ask("status")["stray"], {"no-card": 1})
        tell(house, "A 2025-03-05 10:00 finish", "A 2025-03-20 12:00 rating rating=5")
        check_eq(newest(house, "A")["yellow of moved"], ("withdrawn", None))


def chained(house, revision, issue):
    """A card that others hang on: one of its own clock, and the clock of another rule."""
    path = house.path(f"chained-{revision}.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"set: moved\n{HEAD}rules:\n  - rule: moved\n    revision: {revision}\n"
                   "    clock: {start: accept, stop: finish, pauses: [pause … resume], "
                   "limits: {statutory: 5 workday}}\n    cards:\n"
                   f"      - yellow: {{when: after statutory, issue: {issue}}}\n"
                   "      - red: 2 workday after yellow card\n"
                   f"  - rule: order\n    revision: {revision}\n"
                   "    clock: {start: {after: yellow of moved}, stop: supervise, "
                   "limits: {statutory: 1 workday}}\n    cards: [{red: after statutory}]\n")
    return path


def newest(house, case):
    return {f"{card['level']} of {card['rule']}": (card["state"], card.get("unreleased"))
            for card in house.cards() if card["case"] == case}


def states(house):
    last = {card["level"]: card for card in house.cards()}
    return {level: (card["state"], card["reason"].split(":")[0]) for level, card in last.items()}


@test
def under_other_rules_what_waited_is_issued_and_what_was_public_stays_so():
    with engine_of("rule: other\nrevision: 1\nfact: {on: fee, is: fee_paid > fee_due}\n"
                   "card: red\n") as house:
        rules(house, "import", edition(house, 1, "confirm", "auto"))
        wait_until(lambda: house.ask("status")["edition"] == 2, "the rule to be in force")
        tell(house, "A 2025-03-03 10:00 accept", "A 2025-03-13 10:00 rating rating=5")
        check_eq(states(house), {"yellow": ("pending", ""), "red": ("issued", "")})
        for number, revision, words in ((3, 2, ("auto", "confirm")), (4, 3, ("confirm", "auto"))):
            rules(house, "import", "--move", "all", edition(house, revision, *words))
            wait_until(lambda: house.ask("case", case="A")["case"]["edition"] == number, "to move")
            check_eq(states(house), {"yellow": ("issued", "released"), "red": ("issued", "")})
            check_eq(house.ask("status")["cards_pending"], {})
        decide(house, *(json.dumps({"case": "A", "kind": kind, "card": "yellow of moved",
                                    "at": "2025-03-13T11:00:00+08:00", "handler": "Li",
                                    "reason": "seen"}) for kind in ("release", "dismiss")))
        wait_until(lambda: house.ask("status")["stray"] == {"not-pending": 2}, "the stray acts")
        house.engine_stop()
        house.engine_start()
        house.engine_ready()
        check_eq(states(house), {"yellow": ("issued", "released"), "red": ("issued", "")})
        tell(house, "A 2025-03-10 10:00 finish", "A 2025-03-14 10:00 rating rating=5")
        check_eq(states(house), {"yellow": ("withdrawn", "withdrawn"),
                                 "red": ("withdrawn", "withdrawn")})
        check_eq(house.ask("status")["cards"], {"warn": 0, "yellow": 0, "red": 0})
        check_eq(house.ask("status")["ledger_differs"], 0)


main("system/pending")
