#!/usr/bin/env python3
"""demo_found.py - what the demo found: cases, cards by level, the worst orgs, whether the red cards
are those that the log's own official deadlines ask for, and why the last of them stands."""

import argparse
import collections
import datetime
import json
import os
import subprocess
import sys
import unicodedata


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--bin", "--home", "--lang"):
        parser.add_argument(name, required=True)
    parser.add_argument("--log", help="the log as canonical JSON lines")
    return parser.parse_args()


def run(given, program, *rest):
    done = subprocess.run([os.path.join(given.bin, program), *rest, "--home", given.home],
                          capture_output=True, text=True, timeout=60)
    if done.returncode != 0:
        sys.exit(done.stderr.rstrip("\n"))
    return done.stdout


def pad(text, width):
    wide = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
    return text + " " * max(0, width - wide)


def standing_cards(given, head):
    """Every card as its last record leaves it, without those withdrawn or dismissed."""
    cards = {}
    if head:
        out = run(given, "cardwatch-view-tail", "--json", "--from", "start", "--shadow",
                  "--count", str(head))  # the head counts the cards of shadow rules, too
        for line in out.splitlines():
            card = json.loads(line)
            cards[card["card"]] = card
    return [card for card in cards.values()
            if card["state"] in ("issued", "pending") and not card["shadow"]]


def official(path, until):
    """Of the log alone: cases that closed after their deadline, or are open past it at `until`."""
    due, finished, late = {}, {}, set()
    with open(path, encoding="utf-8") as file:
        for line in file:
            event = json.loads(line)
            at = datetime.datetime.fromisoformat(event["at"].replace("Z", "+00:00"))
            if event["kind"] == "apply" and at <= until and event.get("due_at"):
                due[event["case"]] = datetime.datetime.fromisoformat(
                    event["due_at"].replace("Z", "+00:00"))
            elif event["kind"] == "finish" and at <= until:
                finished[event["case"]] = at
    for case, deadline in due.items():
        if finished.get(case, until) > deadline:
            late.add(case)
    return due, late


def explained(given, card):
    """A card's receipt; of many days the first and the last few."""
    lines = run(given, "cardwatch-ask", "explain", card["card"], "--lang", given.lang).splitlines()
    shown = 3
    days = [i for i, line in enumerate(lines) if line[2:6].isdigit() and line[6:7] == "-"]
    if len(days) > 2 * shown + 1:
        first, last = days[shown], days[-shown]
        lines[first:last] = ["  … " + (f"另 {last - first} 天" if given.lang == "zh" else
                                       f"{last - first} more days")]
    return lines


def main():
    given = arguments()
    zh = given.lang == "zh"
    status = json.loads(run(given, "cardwatch-ask", "status", "--json"))
    status = status.get("status", status)
    cards = standing_cards(given, status["head"])
    levels = collections.Counter(card["level"] for card in cards)
    orgs = collections.defaultdict(collections.Counter)
    for card in cards:
        orgs[card["org"] or ("（无）" if zh else "(none)")][card["level"]] += 1
    say = (lambda en, cn: cn) if zh else (lambda en, cn: en)
    shapes = {"warn": "▲", "yellow": "■", "red": "⬢"}
    names = {"warn": "预警", "yellow": "黄牌", "red": "红牌"} if zh else {}
    print(say("What was found", "结果"))
    print("  " + pad(say("until", "截至"), 12) + status["now"])
    print("  " + pad(say("cases", "办件"), 12) +
          say(f"{status['cases']:,}, of them open {status['cases_open']:,}",
              f"{status['cases']:,}，其中在办 {status['cases_open']:,}"))
    for level in status["cards"]:
        print("  " + pad(f"{shapes.get(level, '●')} {names.get(level, level)}", 12) +
              f"{levels[level]:,}")
    print("  " + pad(say("worst orgs", "最差机构"), 12) +
          "  ".join(f"{org} {sum(count.values())}" for org, count in sorted(
              orgs.items(), key=lambda row: (-row[1]["red"], -sum(row[1].values())))[:5]))
    if given.log:
        until = datetime.datetime.fromisoformat(status["now"].replace("Z", "+00:00"))
        due, late = official(given.log, until)
        red = {card["case"] for card in cards if card["level"] == "red"}
        print("  " + pad(say("verdicts", "比对"), 12) +
              say(f"the log's own deadlines make {len(late):,} of {len(due):,} cases late; red "
                  f"cards missing {len(late - red)}, wrong {len(red - late)}",
                  f"按日志自带的法定期限，{len(due):,} 件中 {len(late):,} 件超期；"
                  f"红牌漏发 {len(late - red)}，错发 {len(red - late)}"))
    reds = [card for card in cards if card["level"] == "red"]
    if reds:
        print("\n" + say("Why the last of the red cards", "最后一张红牌为何发出"))
        print("\n".join("  " + line if line else "" for line in explained(given, reds[-1])))


main()
