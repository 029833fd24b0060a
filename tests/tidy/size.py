#!/usr/bin/python3
"""size.py FILE... - C files of at most 500 lines, functions of 70, lines of 100 columns."""

import sys

FILE_LINES, FUNCTION_LINES, COLUMNS = 500, 70, 100

wrong = 0


def complain(text):
    global wrong
    wrong += 1
    print("size: " + text, file=sys.stderr)


for path in sys.argv[1:]:
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    if len(lines) > FILE_LINES:
        complain(f"{path}: {len(lines)} lines; {FILE_LINES} are enough for one idea")
    opened = 0
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            complain(f"{path}:{number}: {len(line)} columns")
        if line.startswith("{"):
            opened = number
        elif line.startswith("}") and opened:
            if number - opened - 1 > FUNCTION_LINES:
                complain(f"{path}:{opened}: a function of {number - opened - 1} lines")
            opened = 0

if wrong:
    sys.exit(1)
print(f"size: ok ({len(sys.argv) - 1} files)")
