"""receipt.py - one receipt, counted again from what it states and a calendar.

Written from the law of counting and from the description of the receipt in engine/wire/README.md.
check(receipt, calendar) returns what does not agree; nothing, when all does.
"""

import hashlib
import re

from tests.verify.across import check_across
from tests.verify.conditions import check_conditions
from tests.verify.days import Unknown
from tests.verify.moves import check_moves, is_of_today, is_withdrawn_by_move
from tests.verify.receipt_confirm import check_confirm
from tests.verify.receipt_count import Counted, card_id, instant_of, term_of
from tests.verify.windows import check_counts, check_handled, check_stop

STANDING = ("pending", "issued", "superseded", "appealed", "dismissed", "closed")


def text_of(value):
    """The one way to write a value: keys in order, no blanks, as few escapes as can be."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{text_of(k)}:{text_of(value[k])}" for k in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(text_of(one) for one in value) + "]"
    if isinstance(value, str):
        return '"' + re.sub(r'[\x00-\x1f"\\]', escaped, value) + '"'
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, int):
        raise ValueError(f"not a number that a receipt may have: {value}")
    return str(value)


def escaped(match):
    short = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r",
             "\t": "\\t"}
    return short.get(match.group(), f"\\u{ord(match.group()):04X}")


def digest_of(receipt):
    body = {name: value for name, value in receipt.items() if name != "digest"}
    return hashlib.blake2b(text_of(body).encode(), digest_size=16).hexdigest()


def learned_later(receipt):
    """Is there an event that came only after the card's newest record?"""
    written = instant_of(receipt["card"]["issued_at"])
    return any(instant_of(event["arrived_at"]) >= written and
               (event["version"] or event["kind"] == "extend" or
                instant_of(event["at"]) < instant_of(receipt["due_at"]))
               for event in receipt["learned_later"])


def check_papers(receipt, expect):
    """What stands in it twice says the same; its id and its digest are what they must be."""
    card = receipt["card"]
    expect("receipt", receipt["receipt"], 1)
    expect("digest", receipt.get("digest"), digest_of(receipt))
    expect("card.card", card["card"], card_id(card))
    if "about_org" in card:  # another org's card: nobody of the org that it is about handles it
        expect("card.about_org", card["about_org"] not in ("", card["org"]), True)
        expect("card.handler", card["handler"], "")
    if "rule" not in receipt:  # the clock is gone: the card alone says what was counted
        for name in ("used", "over"):
            expect(name, receipt.get(name) or "", card[name] or "")
        return
    if "across" in receipt:
        return
    if card["state"] in STANDING and not learned_later(receipt):
        expect("used", card["used"] or "", receipt["used"])
        expect("over", card["over"] or "", receipt["over"])
    by_move = is_withdrawn_by_move(card)  # then the record is of the edition that has withdrawn it
    edition = receipt["edition"] if by_move else card.get("edition", receipt["edition"])
    revision = receipt["rule"]["revision"] if by_move else card["rule_version"]
    for name, said, should in (
            ("rule.name", receipt["rule"]["name"], card["rule"]),
            ("rule.revision", receipt["rule"]["revision"], revision),
            ("clock.name", receipt["clock"]["name"], card["clock"]),
            ("clock.cycle", receipt["clock"]["cycle"], card["cycle"]),
            ("clock.step", receipt["clock"]["step"] or "", card["step"] or ""),
            ("rung.name", receipt["rung"]["name"], card["rung"]),
            ("rung.level", receipt["rung"]["level"], card["level"]),
            ("rung.due_at", receipt["rung"]["due_at"], receipt["due_at"]),
            ("edition", receipt["edition"], edition)):
        expect(name, said, should)
    if receipt["limit"] is not None and not by_move:
        expect("limit.term", receipt["limit"]["term"] or "", card["limit"] or "")


def check(receipt, calendars=None):
    """What is wrong with a receipt: a list of sentences. calendars: by name; without them the days
    are taken from the receipt itself, and what lies beyond them is not looked at."""
    wrong = []

    def expect(name, said, should):
        if said != should:
            wrong.append(f"{name}: is {said!r}, should be {should!r}")

    try:
        check_papers(receipt, expect)
        card = receipt["card"]
        if "across" in receipt:
            return wrong + check_across(receipt)
        if "counts" in receipt:
            wrong += check_windows(receipt, calendars, receipt)
        elif "count(" in receipt.get("rung", {}).get("text", "") and \
                "within" in receipt["rung"]["text"] and receipt["start"]["kind"]:
            wrong.append("counts: nothing tells what was counted in the window")
        if "stop_when" in receipt:
            wrong += check_windows(receipt, calendars, receipt, check_stop)
        if "handled" in receipt:
            wrong += check_handled(receipt, instant_of)
        if "rule" in receipt:
            wrong += check_conditions(receipt, instant_of)
        if "rule" in receipt and receipt["clock"]["state"] == "fact":
            expect("due_at", instant_of(receipt["due_at"]), instant_of(receipt["start"]["at"]))
        elif receipt.get("limit") is not None:
            name = receipt["calendar"]["name"]
            if calendars is not None and not is_by_edition(calendars) and \
                    name not in calendars:
                return wrong + [f"calendar: there is no {name} to count by"]
            wrong += check_count(receipt, calendar_of(calendars, receipt, receipt))
        if receipt.get("moves"):
            wrong += check_moves(receipt, lambda count: check_again(count, calendars, receipt))
        if "confirm" in receipt:
            wrong += check_confirm(receipt, receipt["calendar"] and calendar_of(
                calendars, receipt, receipt), instant_of, term_of)
        if card["state"] in STANDING and "rule" in receipt:
            expect("card.due_at", card["due_at"], receipt["due_at"])
            late = instant_of(card["issued_at"]) - instant_of(card["due_at"])
            expect("card.late_ms", card["late_ms"], max(0, late))
            stop = instant_of(receipt["stop_at"])
            if stop is not None and receipt["limit"] and instant_of(card["due_at"]) >= stop:
                wrong.append("stop_at: the clock had stopped before the card was due")
    except (KeyError, ValueError, TypeError, IndexError, AttributeError, OverflowError) as error:
        wrong.append(f"cannot be read: {type(error).__name__}: {error}")
    return wrong


def check_windows(count, calendars, receipt, check_them=check_counts):
    from tests.verify.receipt_calendar import ListCalendar
    name = count["calendar"]["name"]
    if calendars is not None and not is_by_edition(calendars) and name not in calendars:
        return [f"calendar: there is no {name} to count by"]
    return check_them(count, calendar_of(calendars, receipt, count) or ListCalendar(count),
                      instant_of)


def check_again(count, calendars, receipt):
    """A count under an edition that the case came under later."""
    wrong = check_conditions(count, instant_of)
    if count["limit"] is not None:
        wrong += check_count(count, calendar_of(calendars, receipt, count))
    if "counts" in count:
        wrong += check_windows(count, calendars, receipt)
    if "stop_when" in count:
        wrong += check_windows(count, calendars, receipt, check_stop)
    return wrong


def is_by_edition(calendars):
    return bool(calendars) and all(isinstance(edition, int) for edition in calendars)


def calendar_of(calendars, receipt, count):
    """calendars: by name, those of the newest edition; or by edition, and then by name."""
    if is_by_edition(calendars):
        return calendars[count["calendars_edition"]][count["calendar"]["name"]]
    is_known = calendars and is_of_today(receipt, count)
    return calendars[count["calendar"]["name"]] if is_known else None


def check_count(receipt, calendar):
    from tests.verify.receipt_calendar import ListCalendar
    if calendar is None and not receipt["days"]:
        return []  # nothing was counted, and there is nothing to count by
    calendar = calendar or ListCalendar(receipt)
    if str(calendar.zone) != receipt["calendar"]["zone"]:
        return [f"calendar.zone: is {receipt['calendar']['zone']}, should be {calendar.zone}"]
    if calendar.horizon.isoformat() != receipt["calendar"]["horizon"]:
        return [f"calendar.horizon: is {receipt['calendar']['horizon']}"]
    one = Counted(receipt, calendar)
    if one.start is None and not calendar.is_whole:
        return []  # a pause lies beyond the days: without a calendar there is nothing to count by
    due = instant_of(receipt["due_at"])
    for part in (one.check_start, one.check_pauses, one.check_limit, one.check_rung):
        try:
            part()
        except Unknown:
            if calendar.is_whole:
                one.wrong.append(f"calendar: {part.__name__[6:]} lies beyond it")
    one.check_sum(one.check_days(due), due)
    return one.wrong
