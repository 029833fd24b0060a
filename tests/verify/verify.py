"""Counts a receipt again, by a second implementation, and refuses it when one byte was changed.

    cardwatch explain CARD --json >receipt.json
    /usr/bin/python3 tests/verify/verify.py receipt.json --calendar rules/calendars/cn.yaml

A file holds a receipt a line, bare or in the engine's answer. Without a calendar the days are those
that the receipt lists itself. Ends with 0 when every receipt is right, 1 when one is not.
"""

import argparse
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))

from tests.verify import receipt as receipts  # noqa: E402
from tests.verify.receipt_calendar import read_calendars  # noqa: E402


def once(pairs):
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def verify(text, calendars=None):
    """What is wrong with one receipt as text: also what would not change what it says."""
    try:
        found = json.loads(text, object_pairs_hook=once)
        plain = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        is_plain = "\\u" in plain or plain == text.strip("\n")
        found = found.get("receipt", found) if "card" not in found else found
    except (ValueError, AttributeError) as error:
        return [f"not a receipt: {error}"]
    wrong = [] if is_plain else ["it is not written as the engine writes it"]
    return wrong + receipts.check(found, calendars)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("receipts", nargs="+", metavar="RECEIPT.json")
    parser.add_argument("--calendar", nargs="+", metavar="FILE.yaml", default=[])
    options = parser.parse_args()
    calendars = read_calendars(options.calendar) if options.calendar else None
    count = refused = 0
    for path in options.receipts:
        with open(path, "rb") as file:
            for line in file:
                count += 1
                try:
                    wrong = verify(line.decode(), calendars)
                except UnicodeDecodeError as error:
                    wrong = [f"not a receipt: {error}"]
                refused += bool(wrong)
                for what in wrong:
                    print(f"{path}:{count}: {what}")
    print(f"receipts={count} refused={refused}")
    sys.exit(1 if refused or not count else 0)


if __name__ == "__main__":
    main()
