"""Deadlines that stand in real cases: Boston's 311 line 2011, a Dutch municipality 2010-2012.

What is not reproduced is counted by cause, so that a change which moves a case from one cause to
another is seen. Boston's targets and the Dutch deadlines are official; the limit per type of
Boston is fitted.
"""

import collections
import datetime

from tests.lib.check import check, check_eq, main, test
from tests.oracle.ask import Batch, rows, shipped

NEAR = datetime.timedelta(seconds=61)  # the source cuts seconds off
WEEKS = 8


def local(answer):
    return datetime.datetime.fromisoformat(answer.split("\t")[0]).replace(tzinfo=None)


def boston_due(batch, case, unit, n):
    """A question for one case: workdays are counted by the cut-off rules, days as they come."""
    if unit == "wd":
        batch.set(cutoff="17:00=08:30", day_off="same-time")
        return batch.ask("due", case["open"], f"{n} workday")
    batch.set(cutoff="none", day_off="as-is")
    return batch.ask("due", case["open"], f"{n} day")


def boston_cause(case, due, others):
    """Why a target is not what its type's limit gives."""
    target = datetime.datetime.fromisoformat(case["target"])
    if not case["rule_n"]:
        return "the case has no fitted rule"
    if any(abs(target - other) <= NEAR for other in others):
        return "another limit was set"
    if abs(target - due) < datetime.timedelta(hours=2):
        return "counted from another moment of the same hours"
    if target.second == 0 or target.time() == datetime.time(8, 30):
        return "set by hand, to a full minute"
    return "set otherwise"


BOSTON_CAUSES = {
    "another limit was set": 111,
    "counted from another moment of the same hours": 275,
    "set by hand, to a full minute": 134,
    "set otherwise": 15,
    "the case has no fitted rule": 32,
}


@test
def boston_gave_its_targets_by_these_rules():
    rules = {row["key"]: (row["unit"], int(row["n"]))
             for row in rows("boston311/boston311_2011H2.rules.csv")}
    cases = [row for row in rows("boston311/boston311_2011H2.csv.gz")
             if row["target"] and row["type"] in rules]
    batch = Batch()
    batch.calendar(shipped("us-boston-311"))
    batch.set(count="instant")
    for case in cases:
        boston_due(batch, case, *rules[case["type"]])
    missed = []
    for case, answer in zip(cases, batch.answers()):
        due = local(answer)
        if abs(due - datetime.datetime.fromisoformat(case["target"])) > NEAR:
            missed.append((case, due))
    print(f"  boston: {len(cases) - len(missed)} of {len(cases)} targets within 61 s")
    check(len(cases) - len(missed) >= 0.96 * len(cases))
    causes = boston_causes(missed)
    for cause, count in sorted(causes.items()):
        print(f"    {count:4} {cause}")
    check_eq(dict(causes), BOSTON_CAUSES)


def boston_causes(missed):
    """Each missed case is tried with every limit that the line used at all."""
    limits = [("wd", n) for n in range(1, 61)] + [("cal", n) for n in (1, 2, 3, 5, 7, 10, 14, 15,
              20, 21, 30, 45, 60, 90, 120, 180, 270, 365, 545)]
    batch = Batch()
    batch.calendar(shipped("us-boston-311"))
    batch.set(count="instant")
    for case, _ in missed:
        for unit, n in limits:
            boston_due(batch, case, unit, n)
    answers = batch.answers()
    causes = collections.Counter()
    for i, (case, due) in enumerate(missed):
        others = [local(a) for a in answers[i * len(limits):(i + 1) * len(limits)]]
        causes[boston_cause(case, due, others)] += 1
    return causes


@test
def eight_weeks_of_dutch_law_are_wall_clock_time():
    cases = [row for row in rows("wabo_receipt/receipt.cases.csv.gz") if row["deadline"]]
    batch = Batch()
    batch.calendar(shipped("nl"))
    batch.set(count="instant")
    for case in cases:
        batch.ask("due", case["startdate"], f"{WEEKS} week")
    exact = over_change = 0
    for case, answer in zip(cases, batch.answers()):
        due = datetime.datetime.fromisoformat(answer)
        deadline = datetime.datetime.fromisoformat(case["deadline"])
        if abs(due - deadline) < datetime.timedelta(seconds=1):
            exact += 1
            check_eq(due.utcoffset(), deadline.utcoffset())
            start = datetime.datetime.fromisoformat(case["startdate"])
            over_change += due - start != datetime.timedelta(weeks=WEEKS)
    print(f"  wabo: {exact} of {len(cases)} to the second, {over_change} over a change of clocks")
    check_eq(exact, 982)
    check(over_change > 100)


main("oracle/calendar_cases")
