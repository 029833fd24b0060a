#!/usr/bin/python3
"""test_terminal.py - what is printed on a terminal that is too narrow for it: what cardwatch rules
says goes on below where it began, and nothing of it is lost; the lines of the feed are one line each,
as many columns as there are."""

import contextlib
import fcntl
import os
import struct
import subprocess
import tempfile
import termios

from tests.lib.changed import Changed
from tests.lib.check import check, check_eq, main, program, test
from tests.lib.fake_engine import FakeEngine

WIDE = 60


def on_terminal(*command, wide=WIDE):
    """What a program prints on a terminal of so many columns."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, wide, 0, 0))
    with subprocess.Popen(command, stdout=theirs) as running:
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # its end
            while piece := os.read(ours, 65536):
                said += piece
        check_eq(running.wait(), 0)
    os.close(ours)
    return said.decode().replace("\r\n", "\n").splitlines()


def columns(text):
    return sum(2 if ord(c) > 0x2e80 else 1 for c in text)


def compare(house, verb, *words):
    """The lines on a terminal hold what the program says else, and none is too long."""
    command = (program("cardwatch-rules"), verb, "--store", house.path("rules"), *words)
    lines = on_terminal(*command)
    whole = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    check(max(map(columns, whole)) > WIDE, "the text has no long line")
    long = [line for line in lines if columns(line) > WIDE]
    check_eq(long, [])
    check_eq("".join("".join(lines).split()), "".join("".join(whole).split()))
    return lines, whole


@test
def what_a_rule_says_and_what_a_preview_lists_goes_on_below_where_it_began():
    with Changed() as house:
        for lang in ("en", "zh"):
            lines, whole = compare(house, "show", "--lang", lang, "permit-acceptance")
            begun = [line for line in lines if any(w.startswith(line) for w in whole)]
            check_eq(len(begun), len(whole))
            for before, line in zip(lines, lines[1:]):
                indents = [len(text) - len(text.lstrip()) for text in (before, line)]
                check(line in begun or indents[0] == indents[1], "\n".join(lines))
            lines, _ = compare(house, "preview", "--lang", lang, "--data-dir", house.folder,
                               "--move", "calendars", house.path("after/hall.yaml"))
            check(any(line.startswith(" " * 4) for line in lines), "\n".join(lines))


@test
def a_card_of_the_feed_is_one_line_whatever_the_terminal():
    case, item = "33040500280953", "1133040002000900"
    with tempfile.TemporaryDirectory(prefix="cw.") as home:
        engine = FakeEngine(home).start()
        for level in ("warn", "yellow", "red"):
            engine.issue(level=level, case=case, item=item, org="自然资源和规划局不动产登记中心",
                         reason="late: found after its instant")
        for wide in (80, 90, 100, 118, 132, 160, 240):
            for lang in ("en", "zh"):
                lines = on_terminal(program("cardwatch-view-tail"), "--home", home, "--from",
                                    "start", "--count", "3", "--color", "never", "--lang", lang,
                                    wide=wide)
                check_eq(len(lines), 4, "\n".join(lines))
                check_eq([line for line in lines if columns(line) > wide], [])
                check_eq([case in line for line in lines], [False, True, True, True])
                check_eq(item in lines[1], wide > 140)
                starts = [columns(line[:line.index("自")]) for line in lines[1:]]
                check_eq(len(set(starts)), 1)
        engine.stop()


main("system/terminal")
