"""check.py - the whole test harness for Python, the sister of check.h.

    from tests.lib.check import check, check_eq, skip, test, main

    @test
    def an_empty_file_gives_no_events():
        check_eq(collect(""), [])

    main("system/collect")

A failed check ends its test and lets the others run. The program ends by printing
"NAME: tests=N failed=M checks=K", which tests/run.sh counts; its log is shown only when something
failed. An argument runs only the tests with that word in their name. tests/run.sh puts the top of
the tree on PYTHONPATH, and the folder of the programs in CARDWATCH_BIN and on PATH.
"""

import os
import sys
import traceback

BIN = os.environ.get("CARDWATCH_BIN", os.path.join(os.getcwd(), "build", "release", "bin"))

_tests = []
_state = {"checks": 0}


class _Skip(Exception):
    pass


def test(function):
    _tests.append(function)
    return function


def program(name):
    """The path of a program of this build: program("cardwatch-due")."""
    return os.path.join(BIN, name)


def check(condition, said=""):
    _state["checks"] += 1
    if not condition:
        raise AssertionError(said or "check failed")


def check_eq(is_value, should, said=""):
    _state["checks"] += 1
    if is_value != should:
        raise AssertionError(f"{said + ': ' if said else ''}is {is_value!r}, should be {should!r}")


def skip(reason):
    """Leave this test and say why; never for a test that merely does not pass."""
    raise _Skip(reason)


def main(suite):
    only = sys.argv[1] if len(sys.argv) > 1 else ""
    run = failed = skipped = 0
    for function in _tests:
        if only not in function.__name__:
            continue
        run += 1
        try:
            function()
        except _Skip as reason:
            skipped += 1
            print(f"skip {suite}/{function.__name__}: {reason}")
        except Exception:
            failed += 1
            traceback.print_exc(file=sys.stdout)
            print(f"not ok {suite}/{function.__name__}")
        sys.stdout.flush()
    more = f" skipped={skipped}" if skipped else ""
    print(f"{suite}: tests={run} failed={failed} checks={_state['checks']}{more}")
    sys.exit(1 if failed or run == 0 else 0)
