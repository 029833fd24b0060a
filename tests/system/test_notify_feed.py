#!/usr/bin/python3
"""test_notify_feed.py - cardwatch view notify when the feed is not as it was: another ledger, an older
copy of it, old answers, cards lost. No card is told of by nobody."""

import re

from tests.lib.check import check, check_eq, main, test
from tests.lib.office import count_of, office, stopped
from tests.lib.watched import wait_until


@test
def another_ledger_is_not_told_from_its_first_card():
    """Nor passed over, however many cards it has: noticed while it runs, and at its start."""
    for is_running in (True, False):
        with office("*,,w@example.org,,,\n") as place:
            with place.notify() as watched:
                for i in range(5):
                    place.engine.issue(case=f"C-{i}")
                wait_until(lambda: count_of(place, '"position":5,'), "what was collected, on disk")
                wait_until(lambda: any("C-4" in m.subject + m.body for m in place.mail.messages),
                           "the last of them")
                if not is_running:
                    stopped(watched)
                place.engine.stop()
                place.engine.wipe("fake-2")
                for _ in range(9):
                    place.engine.lose(case="X-old")
                place.engine.start()
                if is_running:
                    goes_on_behind(place, watched, 9)
            if not is_running:
                with place.notify() as watched:
                    goes_on_behind(place, watched, 9)


def goes_on_behind(place, watched, seq):
    watched.wait_err(f"another ledger: fake-2, up to card {seq}; its cards up to {seq} are not told of")
    wait_until(lambda: count_of(place, f'"position":{seq},"ledger":"fake-2"'), "its position")
    place.engine.issue(case="X-new")
    wait_until(lambda: any("X-new" in m.subject for m in place.mail.messages), "the new one")
    check(not any("X-old" in m.subject + m.body for m in place.mail.messages))


@test
def an_answer_that_cards_have_overtaken_passes_no_card_over():
    with office("*,,w@example.org,,,\n") as place:
        place.engine.is_holding = True
        with place.notify("--digest-max", "1") as watched:
            wait_until(lambda: sum(place.engine.asked.values()), "a question")
            for i in range(5):
                place.engine.issue(case=f"C-{i}")
            place.engine.wait_pulses(3)
            place.engine.is_holding = False
            place.engine.wait_pulses(3)
            place.engine.issue(case="C-5")
            place.wait_mails(6)
            check_eq(sorted(re.search(r"C-\d", m.subject).group() for m in place.mail.messages),
                     [f"C-{i}" for i in range(6)])
            check(not any("ledger" in line for line in watched.err), str(watched.err))


@test
def what_was_collected_of_a_ledger_is_told_of_when_an_older_copy_takes_its_place():
    with office("规划局,,w@example.org,,,\n") as place, place.notify("--window", "1 hour") as watched:
        for i in range(5):
            place.engine.issue(case=f"C-{i}")
        place.engine.issue(org="别的局")
        watched.wait_err("no recipient for a card")  # so all of them have come
        place.engine.stop()
        place.engine.restore(2)
        place.engine.start()
        watched.wait_err("its cards up to 2 are not told of")
        check("C-4" in place.wait_mails(1)[0].body)


@test
def what_the_feed_has_lost_is_told_of_and_counted():
    with office("*,,w@example.org,,,\n") as place, place.notify("--digest-max", "1") as watched:
        place.engine.issue(case="C-0")
        place.wait_mails(1)
        for i in range(1, 4):
            place.engine.lose(case=f"C-{i}")
        place.wait_mails(4)
        lines = watched.wait_err("cards did not come by the feed and were asked for")
        check("in all=" in lines[-1], str(lines))


main("system/notify_feed")
