"""Open cases move to another edition: the preview says what will happen, then exactly that does; and
what stands afterwards is what a replay under the new rules from the beginning gives for the open
cases, and what one under the old gives for the closed."""

import json
import os
import signal
import subprocess
import tempfile
from collections import Counter

from tests.lib.changed import NATION, SET, Changed, replayed, rules, standing
from tests.lib.check import check, check_eq, main, program, test
from tests.lib.watched import wait_until

def due_of(cards, wanted):
    return {key: (card["case"], card["clock"], card["rung"], card["due_at"], card["level"])
            for key, card in cards.items() if wanted(card["case"])}


def change_of(record):
    if record["state"] in ("withdrawn", "dismissed"):
        return "vanishes"
    return "moves" if record["reason"].startswith("moved: ") else "appears"


def told(records):
    return Counter((r["card"], change_of(r), r["due_at"], r["state"], r["reason"]) for r in records)


def check_zone(house, *words):
    """The machine's zone is UTC, the calendar's is eight hours ahead: the head goes by this one."""
    head = rules(house, "preview", "--data-dir", house.folder, *words).splitlines()[0]
    check(head.endswith(" Asia/Shanghai)"), head)


def previewed(house, *words):
    lines = rules(house, "preview", "--json", "--data-dir", house.folder, *words).splitlines()
    rows = [json.loads(line) for line in lines]
    cards = Counter((r["card"], r["change"], r["due_at"], r["state"], r["reason"])
                    for r in rows if r["type"] == "card")
    return rows, cards


def act_and_compare(house, words):
    before = house.cards()
    rows, cards = previewed(house, *words)
    check_eq(house.cards(), before, "a preview changes nothing")
    rules(house, "import", *words)
    after = house.moved()
    happened = told(after[len(before):])
    check(len(happened) > 20, f"few cards change: {len(happened)}")
    check_eq(happened - cards, Counter(), "happened and was not previewed")
    check_eq(cards - happened, Counter(), "was previewed and did not happen")
    return rows, before, after


@test
def a_calendar_moves_the_open_cases_as_previewed():
    with Changed() as house:
        notice = house.path("after/hall.yaml")
        check_zone(house, "--move", "calendars", notice)
        rows, before, after = act_and_compare(house, ["--move", "calendars", notice])
        changes = Counter(r["change"] for r in rows if r["type"] == "card")
        check(changes["vanishes"] > 0 and changes["appears"] + changes["moves"] > 0, changes)
        check(any(r["type"] == "limit" for r in rows))
        total = rows[-1]
        orgs = [r for r in rows if r["type"] == "org"]
        for name in ("cases", "cases_moved", "appear", "vanish", "move"):
            check_eq(sum(r[name] for r in orgs), total[name], name)
        check_eq(total["vanish"], changes["vanishes"])
        check_eq(total["cases_moved"], len({r["case"] for r in rows if r["type"] == "limit"}))
        # against a replay from the beginning
        old = replayed(house.events, [SET, house.items, NATION, house.path("before/hall.yaml")])
        new = replayed(house.events, [SET, house.items, NATION, notice])
        is_moved = can_move(house)
        stands = standing(after)
        check_eq(due_of(stands, is_moved), due_of(new, is_moved), "open cases")
        check_eq(due_of(stands, lambda case: not is_moved(case)),
                 due_of(old, lambda case: not is_moved(case)), "closed cases")
        check(due_of(old, is_moved) != due_of(new, is_moved), "the notice changes nothing")
        reasons = {r["reason"] for r in after[len(before):]}
        check(all("rules or the calendar of its case have changed" in reason or
                  "higher card" in reason for reason in reasons), reasons)


def can_move(house):
    """Which cases are open, or have a clock that runs: asked of the engine, case by case."""
    with open(house.events, encoding="utf-8") as file:
        cases = sorted({json.loads(line)["case"] for line in file})
    answers = {}
    for case in cases:
        answer = house.ask("case", case=case)["case"]
        answers[case] = answer["state"] == "open" or any(
            clock["state"] == "running" for clock in answer["clocks"])
    check(0 < sum(answers.values()) < len(answers))
    return lambda case: answers[case]


# The same as NOTICE, as the data of a paper: what it does not say is left as it was.
PAPER = {"year": 2025, "calendar": "hall", "amends": True, "document": "防汛〔2025〕2号", "days": [
    {"name": "台风", "date": "2025-01-20", "isOffDay": True},
    {"name": "台风", "date": "2025-01-21", "isOffDay": True},
    {"name": "台风", "date": "2025-02-15", "isOffDay": False}]}


@test
def a_paper_waits_for_its_second_person():
    with Changed() as house:
        paper = house.path("paper.json")
        with open(paper, "w", encoding="utf-8") as file:
            json.dump(PAPER, file, ensure_ascii=False)
        rules(house, "approval", "two")
        before = house.cards()
        rules(house, "import", "--author", "wang", "--move", "calendars", paper)
        _, from_file = previewed(house, paper)
        _, cards = previewed(house, "--draft", "1")
        check_eq(from_file, cards, "a paper alone moves calendars")
        check_eq(house.cards(), before)
        said = rules(house, "approve", "1", "--by", "wang", code=65)
        check_eq(house.ask("status")["edition"], 1, said)
        rules(house, "approve", "1", "--by", "li")
        happened = told(house.moved()[len(before):])
        check_eq(happened, cards)
        check(len(happened) > 20, f"few cards change: {len(happened)}")
        history = json.loads(rules(house, "history", "--json"))
        newest = max(history, key=lambda edition: edition["edition"])
        check_eq((newest["author"], newest["approver"], newest["move"]),
                 ("wang", "li", "calendars"))
        said = rules(house, "preview", "--data-dir", house.folder, "--draft", "1", code=65)
        check("no draft 1 of rules that waits" in said, said)


@test
def a_restart_in_the_middle_loses_nothing():
    with Changed() as house:
        house.engine_stop()
        house.engine_start("--turn-events", "1")
        house.engine_ready()
        rules(house, "import", "--move", "calendars", house.path("after/hall.yaml"))
        wait_until(lambda: house.ask("status")["to_move"], "the move to begin")
        house.engine.process.send_signal(signal.SIGKILL)
        house.engine.end()
        house.engine_start("--turn-events", "1")
        house.engine_ready()
        wait_until(lambda: house.ask("status")["to_move"] == 0, "the rest to move")
        done = subprocess.run([program("cardwatch-verify"), "--rules", house.path("rules"),
                               "--data-dir", house.folder], capture_output=True, text=True,
                              check=False)
        check_eq(done.returncode, 0, done.stdout + done.stderr)
        new = replayed(house.events, [SET, house.items, NATION, house.path("after/hall.yaml")])
        is_moved = can_move(house)
        check_eq(due_of(standing(house.cards()), is_moved), due_of(new, is_moved))


# The fourth yellow card of an org in a month is a red one for it.
WATCH = """set: watch
calendar: cn
rules:
  - rule: permit
    revision: 1
    ground: 行政许可法
    clock: {start: accept, stop: [finish, reject, forward], pauses: [pause … resume],
      limits: {promised: from item}}
    cards:
%s  - rule: fourth
    revision: 1
    ground: 绩效考核办法
    across: {per: org, window: month, cards: {level: yellow, rule: permit}, count: 4}
    card: red
"""
WATCH_BEFORE = "      - yellow: after promised\n"
WATCH_AFTER = "      - warn: 1 workday before promised\n" + WATCH_BEFORE


def fourth_of(cards):
    """Counted anew from the ledger: the due instant of the fourth yellow of an org in a month."""
    due = {}
    for card in cards.values():
        if card["rule"] == "permit" and card["level"] == "yellow":
            due.setdefault((card["org"], card["due_at"][:7]), []).append(card["due_at"])
    return {f"org:{org}/{month}": sorted(of)[3] for (org, month), of in due.items() if len(of) > 3}


def check_fourth(cards):
    is_ = {card["case"]: card["due_at"] for card in cards.values() if card["rule"] == "fourth"}
    check_eq(is_, fourth_of(cards))
    return is_


def settled(house, edition):
    wait_until(lambda: house.ask("status")["edition"] == edition, "the next edition")
    wait_until(lambda: house.ask("status")["to_move"] == 0, "all to move")


@test
def what_is_counted_across_cases_follows_the_move():
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, name) for name in ("watch.yaml", "watch-2.yaml")]
        for path, cards in zip(files, (WATCH_BEFORE, WATCH_AFTER)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(WATCH % cards)
        with Changed(files[0]) as house:
            first = check_fourth(standing(house.cards()))
            rules(house, "import", "--move", "all", files[1])
            settled(house, 2)
            check_eq(check_fourth(standing(house.cards())), first)
            rules(house, "import", "--move", "calendars", house.path("after/hall.yaml"))
            settled(house, 3)
            second = check_fourth(standing(house.cards()))
            check(len(first) > 2 and first != second, f"{first} and {second}")
            rules(house, "import", "--move", "calendars", house.path("before/hall.yaml"))
            settled(house, 4)
            check_eq(check_fourth(standing(house.cards())), first)


PERMIT = """rule: permit
revision: {revision}
ground: 行政许可法
calendar: cn
clock: {{start: accept, stop: [finish, reject, forward], pauses: [pause … resume],
  limits: {{promised: from item, statutory: from item}}}}
cards:
{cards}
"""
CARDS_BEFORE = """  - warn: 1 workday before promised
  - yellow: after promised
  - {red: {when: after statutory, issue: shadow}}"""
CARDS_AFTER = """  - warn: 2 workday before promised
  - red: after statutory"""


def permit(house, name, revision, cards):
    path = house.path(name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(PERMIT.format(revision=revision, cards=cards))
    return path


@test
def other_rules_for_open_cases():
    with tempfile.TemporaryDirectory() as folder:
        first = os.path.join(folder, "permit.yaml")
        with open(first, "w", encoding="utf-8") as file:
            file.write(PERMIT.format(revision=1, cards=CARDS_BEFORE))
        with Changed(first) as house:
            changed = permit(house, "permit-2.yaml", 2, CARDS_AFTER)
            _, before, after = act_and_compare(house, ["--move", "all", changed])
            is_moved = can_move(house)
            hall = house.path("before/hall.yaml")
            new = replayed(house.events, [changed, house.items, NATION, hall])
            check_eq(due_of(standing(after), is_moved), due_of(new, is_moved))
            more = after[len(before):]
            check(any(r["level"] == "yellow" and r["state"] == "withdrawn" for r in more),
                  "a card that the new rules do not have is withdrawn")
            check(any(r["level"] == "red" and r["state"] == "issued" for r in more),
                  "what was in the shadow is public now")


main("system/move")
