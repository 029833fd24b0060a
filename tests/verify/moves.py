"""moves.py - what a receipt says of the moves of its case to other editions, checked again.

Written from the description of the receipt in engine/wire/README.md: a card is counted under the
edition that it was judged under, and again under each that its case came under since.
"""

import datetime

from tests.verify.days import Unknown

BY_MOVE = ": the rules or the calendar of its case have changed"
OUTCOMES = ("stands", "moved", "withdrawn", "issued", "withdrawn-before")
COUNTS_MAX = 8


def instant_of(text):
    return None if text is None else datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def is_withdrawn_by_move(card):
    return card["state"] == "withdrawn" and card["reason"].endswith(BY_MOVE)


def edition_of(said):
    return said["edition"], said["calendars_edition"]


def is_of_today(receipt, count=None):
    """Was it counted by the calendars that are in force for the case now?"""
    moves = receipt.get("moves")
    newest = moves[-1]["to"]["calendars_edition"] if moves else receipt["calendars_edition"]
    return (count or receipt)["calendars_edition"] == newest


def judged_before(receipt):
    """The first move that came behind the card's newest record; the one that withdrew the card
    counts as behind what it withdrew."""
    moves, card = receipt["moves"], receipt["card"]
    at = sum(move["cards_before"] < card["seq"] for move in moves)
    return at - 1 if is_withdrawn_by_move(card) else at


def check_moves(receipt, check_count):
    """check_count: of a count under another edition, what is wrong with it."""
    wrong, moves, card = [], receipt["moves"], receipt["card"]

    def expect(name, said, should):
        if said != should:
            wrong.append(f"moves.{name}: is {said!r}, should be {should!r}")

    for before, move in zip(moves, moves[1:]):
        expect("from", edition_of(move["from"]), edition_of(before["to"]))
        expect("in order", before["entry"] < move["entry"] and
               before["cards_before"] <= move["cards_before"] and
               instant_of(before["at"]) <= instant_of(move["at"]), True)
    judged = judged_before(receipt)
    should = moves[judged]["from"] if judged < len(moves) else moves[-1]["to"]
    expect("edition", edition_of(receipt), edition_of(should))
    for i, move in enumerate(moves):
        kept = edition_of(move["from"])[0] == edition_of(move["to"])[0]
        expect("move", move["move"], "calendars" if kept else "all")
        if move["outcome"] not in OUTCOMES:
            wrong.append(f"moves.outcome: {move['outcome']!r} is none")
        if i < judged:
            expect("count", move["count"], None)
            continue
        last = "withdrawn" if is_withdrawn_by_move(card) and i == judged else \
            "withdrawn-before" if card["state"] == "withdrawn" else "stands"
        expect("outcome", move["outcome"], last)
        if last != "withdrawn-before":
            expect("due_before", move["due_before"], card["due_at"] if last == "stands" else
                   receipt["due_at"])
        wrong += check_again(receipt, move, i - judged, check_count)
    return wrong


def check_again(receipt, move, number, check_count):
    """The count under the edition that the case came under with this move."""
    count, outcome = move["count"], move["outcome"]
    if count is None:
        missing = outcome == "stands" and number < COUNTS_MAX
        return ["moves.count: is missing"] if missing else []
    wrong = []
    if edition_of(count) != edition_of(move["to"]):
        wrong.append("moves.count: is of another edition")
    for name in ("rung", "clock"):
        if count[name]["name"] != receipt[name]["name"]:
            wrong.append(f"moves.count.{name}: is another one")
    if outcome == "stands" and count["due_at"] != receipt["due_at"]:
        wrong.append(f"moves.count.due_at: is {count['due_at']}, and the card stands")
    due, stop = instant_of(count["due_at"]), instant_of(count["stop_at"])
    is_held = due is not None and due < instant_of(move["at"]) and (stop is None or due < stop)
    if outcome == "withdrawn" and is_held:
        wrong.append("moves.outcome: the card was withdrawn, and should stand")
    whole = {**count, "card": receipt["card"], "learned_later": []}
    try:
        wrong += ["moves.count: " + found for found in check_count(whole)]
    except Unknown as day:
        wrong.append(f"moves.count: {day} does not stand among its days")
    return wrong
