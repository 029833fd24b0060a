#!/usr/bin/python3
"""test_terminal.py - what cardwatch rules prints on a terminal that is too narrow for it: lines and
rows go on below where they began, and nothing of them is lost."""

import contextlib
import fcntl
import os
import struct
import subprocess
import termios

from tests.lib.changed import Changed
from tests.lib.check import check, check_eq, main, program, test

WIDE = 60


def on_terminal(*command):
    """What a program prints on a terminal of so many columns."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, WIDE, 0, 0))
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


main("system/terminal")
