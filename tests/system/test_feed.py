#!/usr/bin/python3
"""test_feed.py - viewer/feed as `cardwatch view tail` shows it, against an engine that misbehaves."""

import contextlib
import json
import shutil
import signal
import tempfile
import time

from tests.lib.check import check, check_eq, main, program, test
from tests.lib.fake_engine import FakeEngine
from tests.lib.watched import Watched, wait_until

TAIL = program("cardwatch-view-tail")


@contextlib.contextmanager
def hall(is_started=True):
    home = tempfile.mkdtemp(prefix="cardwatch-feed-")
    engine = FakeEngine(home)
    try:
        yield engine.start() if is_started else engine
    finally:
        engine.stop()
        shutil.rmtree(home)


def tail(engine, *more):
    return Watched([TAIL, "--home", engine.home, "--json", "--lang", "en", *more])


def seqs(watched):
    return [json.loads(line)["seq"] for line in watched.out]


def is_subscribed(engine, watched, first=1):
    """A card that arrives shows that the way is open; it is the first of the row."""
    engine.issue(case="first")
    watched.wait_out(first)


@test
def each_card_comes_once_and_in_order():
    with hall() as engine, tail(engine, "--from", "start") as watched:
        is_subscribed(engine, watched)
        for _ in range(500):
            engine.issue()
        watched.wait_out(501)
        check_eq(seqs(watched), list(range(1, 502)))
        check_eq(watched.err, [])


@test
def the_line_is_the_one_that_came():
    with hall() as engine, tail(engine, "--from", "start") as watched:
        is_subscribed(engine, watched)
        card = engine.issue(case="长沙-1", reason='with "quotes" and \\')
        check_eq(json.loads(watched.wait_out(2)[1]), card)


@test
def what_the_feed_lost_is_asked_for():
    with hall() as engine, tail(engine, "--from", "start") as watched:
        is_subscribed(engine, watched)
        for i in range(300):
            engine.lose() if i % 7 == 3 else engine.issue()
        engine.lose()  # the last of all: only the pulse can tell
        watched.wait_out(302)
        check_eq(seqs(watched), list(range(1, 303)))


@test
def a_viewer_that_does_not_read_loses_nothing():
    with hall(is_started=False) as engine:
        engine.queue_max = 100
        engine.start()
        with tail(engine, "--from", "start") as watched:
            is_subscribed(engine, watched)
            watched.process.send_signal(signal.SIGSTOP)
            for _ in range(10000):  # more than the system keeps between them
                engine.issue()
            engine.settle()
            asked = engine.asked["cards"]
            watched.process.send_signal(signal.SIGCONT)
            watched.wait_out(10001)
            check_eq(seqs(watched), list(range(1, 10002)))
            check(engine.asked["cards"] > asked, "the feed had lost some")


@test
def a_long_past_is_paged_while_new_cards_come():
    with hall() as engine:
        for _ in range(2500):
            engine.issue()
        with tail(engine, "--from", "start") as watched:
            for _ in range(2500):
                engine.issue()
            watched.wait_out(5000)
            check_eq(seqs(watched), list(range(1, 5001)))


@test
def now_means_from_now():
    with hall() as engine:
        for _ in range(10):
            engine.issue()
        engine.settle()
        with tail(engine) as watched:
            wait_until(lambda: engine.asked["status"], "the first status")
            for _ in range(5):
                engine.issue()
            wait_until(lambda: watched.out and seqs(watched)[-1] == 15, "the last card")
            check(11 <= seqs(watched)[0], seqs(watched))


@test
def the_newest_can_be_had_first():
    with hall() as engine:
        for _ in range(30):
            engine.issue()
        engine.settle()
        with tail(engine, "--last", "4") as watched:
            watched.wait_out(4)
            engine.issue()
            watched.wait_out(5)
            check_eq(seqs(watched), [27, 28, 29, 30, 31])
        with tail(engine, "--last", "99", "--count", "31") as watched:
            check_eq(watched.end(), 0)
            check_eq(seqs(watched), list(range(1, 32)))


@test
def a_viewer_goes_on_where_it_was():
    with hall() as engine:
        for _ in range(20):
            engine.issue()
        with tail(engine, "--from", "8", "--count", "6") as watched:
            check_eq(watched.end(), 0)
            check_eq(seqs(watched), [8, 9, 10, 11, 12, 13])


@test
def what_is_no_longer_kept_is_told():
    with hall() as engine:
        for _ in range(20):
            engine.issue()
        engine.settle()
        engine.forget(12)
        with tail(engine, "--from", "5") as watched:
            watched.wait_out(8)
            check_eq(seqs(watched), list(range(13, 21)))
            check_eq(len(watched.wait_err("cards 5 to 12 are no longer kept")), 1)


@test
def a_restart_doubles_nothing_and_loses_nothing():
    with hall() as engine, tail(engine, "--from", "start") as watched:
        is_subscribed(engine, watched)
        for round_number in range(3):
            for _ in range(50):
                engine.issue()
            watched.wait_out(51 + 120 * round_number)
            engine.stop()
            for _ in range(20):  # judged at the start, before anybody listens
                engine.lose()
            engine.start()
            for _ in range(50):
                engine.issue()
            count = 1 + 120 * (round_number + 1)
            watched.wait_out(count)
            check_eq(seqs(watched), list(range(1, count + 1)))
        check_eq(watched.err, [], "an engine that starts again is the same to a viewer")


@test
def an_engine_that_starts_later_is_found():
    with hall(is_started=False) as engine, tail(engine, "--from", "start", "--blind-ms",
                                                "300") as watched:
        watched.wait_err("blind since")
        engine.issue()
        engine.start()
        watched.wait_out(1)
        watched.wait_err("sight is back")


@test
def silence_is_blindness_and_it_passes():
    with hall() as engine, tail(engine, "--from", "start", "--blind-ms", "1000") as watched:
        is_subscribed(engine, watched)
        engine.is_pulsing = False
        watched.wait_err("blind since")
        engine.is_pulsing = True
        watched.wait_err("sight is back")


@test
def unanswered_queries_make_blind_and_no_card_jumps_the_queue():
    with hall() as engine, tail(engine, "--from", "start", "--blind-ms", "1000") as watched:
        is_subscribed(engine, watched)
        engine.is_answering = False
        engine.lose()
        for _ in range(5000):  # more than are held
            engine.issue()
        watched.wait_err("blind since")
        check_eq(seqs(watched), [1])
        engine.is_answering = True
        watched.wait_out(5002)
        check_eq(seqs(watched), list(range(1, 5003)))
        watched.wait_err("sight is back")


@test
def an_answer_that_cards_have_overtaken_is_no_other_ledger():
    """It was true when it was made: the ledger ended there, and went on before it was read."""
    for start in ("1", "4"):
        with hall() as engine:
            for _ in range(3):
                engine.issue()
            engine.settle()
            engine.is_holding = True
            with tail(engine, "--from", start) as watched:
                wait_until(lambda: sum(engine.asked.values()), "a question")
                for _ in range(5):
                    engine.issue()
                engine.wait_pulses(3)
                engine.is_holding = False
                watched.wait_out(9 - int(start))
                engine.wait_pulses(3)
                check_eq(seqs(watched), list(range(int(start), 9)))
                check_eq(watched.err, [])


@test
def a_pulse_that_answers_have_overtaken_is_no_other_ledger():
    with hall() as engine, tail(engine, "--from", "start") as watched:
        is_subscribed(engine, watched)
        stale = json.dumps({"head": 0, "instance": "fake-1", "started_at": engine.started_at})
        for number in range(20):
            engine.lose()
            engine.send("pulse", stale)
            engine.issue()
            watched.wait_out(3 + 2 * number)
        check_eq(seqs(watched), list(range(1, 42)))
        check_eq(watched.err, [])


@test
def an_engine_that_answers_too_late_is_waited_for_longer():
    with hall() as engine:
        engine.lose()
        engine.answer_s = 2.5  # a question is given up after two seconds, at first
        with tail(engine, "--from", "start") as watched:
            watched.wait_out(1)
            check(engine.asked["cards"] >= 2, engine.asked)


@test
def an_answer_that_cannot_be_is_not_asked_for_in_a_circle():
    with hall() as engine, tail(engine, "--from", "start") as watched:
        is_subscribed(engine, watched)
        engine.send("pulse", json.dumps({"head": 99, "instance": "fake-1",
                                         "started_at": engine.started_at}))
        asked, began = engine.asked["cards"], time.monotonic()
        engine.wait_pulses(10)
        check(engine.asked["cards"] - asked <= 3 + time.monotonic() - began, engine.asked)
        engine.lose()
        watched.wait_out(2)


@test
def another_ledger_is_told_and_read_from_its_first_card():
    """Whether it ends below what was seen, there, or above."""
    for count in (0, 31, 50):
        with hall() as engine, tail(engine, "--from", "start") as watched:
            is_subscribed(engine, watched)
            for _ in range(30):
                engine.issue()
            watched.wait_out(31)
            engine.stop()
            engine.wipe("fake-9")
            for _ in range(count):
                engine.lose(org="B")
            engine.start()
            watched.wait_err(f"another ledger: fake-9, up to card {count}; its cards follow")
            for _ in range(5):
                engine.issue(org="B")
            watched.wait_out(31 + count + 5)
            check_eq(seqs(watched)[31:], list(range(1, count + 6)))
            check_eq({json.loads(line)["org"] for line in watched.out[31:]}, {"B"})
            check_eq(len(watched.err), 1, str(watched.err))


@test
def an_older_copy_of_the_ledger_is_told():
    with hall() as engine, tail(engine, "--from", "start") as watched:
        is_subscribed(engine, watched)
        for _ in range(30):
            engine.issue()
        watched.wait_out(31)
        engine.stop()
        engine.restore(12)
        engine.start()
        watched.wait_err("an older copy of the ledger: it ends at card 12, below 31 that was seen")
        engine.issue()
        watched.wait_out(31 + 13)
        check_eq(seqs(watched)[31:], list(range(1, 14)))
        check_eq(len(watched.err), 1, str(watched.err))


@test
def an_older_copy_that_has_grown_beyond_what_was_seen_is_told():
    """No number shows it: the cards themselves do."""
    with hall() as engine, tail(engine, "--from", "start", "--blind-ms", "500") as watched:
        is_subscribed(engine, watched)
        for _ in range(30):
            engine.issue()
        watched.wait_out(31)
        engine.is_pulsing = False
        watched.wait_err("blind since")
        engine.is_pulsing = True
        watched.wait_err("sight is back")  # so it had a pulse behind the last card
        engine.stop()
        engine.restore(12)
        for _ in range(40):
            engine.lose(org="B")
        engine.start()
        for _ in range(5):
            engine.issue(org="B")
        watched.wait_err("its card 31 is not the one that was seen")
        wait_until(lambda: len(watched.out) > 40 and seqs(watched)[-1] == 57, lambda: watched.out[-1])
        check_eq([json.loads(line)["org"] for line in watched.out[-57:]],
                 ["规划局"] * 12 + ["B"] * 45)
        check_eq(seqs(watched)[-57:], list(range(1, 58)))


@test
def a_viewer_that_asks_for_more_than_there_is_is_told():
    with hall() as engine:
        engine.lose()
        with tail(engine, "--from", "9") as watched:
            watched.wait_err("it ends at card 1, below 8 that was seen")
            watched.wait_out(1)


@test
def a_ledger_that_cannot_be_asked_for_makes_blind():
    """Whose cards come, only an answer tells: until then they are not handed on."""
    with hall() as engine, tail(engine, "--from", "2", "--blind-ms", "500") as watched:
        engine.is_answering = False
        watched.wait_err("blind since")
        engine.lose()
        engine.issue()
        engine.wait_pulses(2)
        check_eq(watched.out, [])
        engine.is_answering = True
        watched.wait_err("sight is back")
        watched.wait_out(1)


@test
def shadow_cards_are_no_gap():
    with hall() as engine, tail(engine, "--from", "start") as plain, \
            tail(engine, "--from", "start", "--shadow") as both:
        is_subscribed(engine, plain)
        both.wait_out(1)
        for i in range(40):
            engine.issue(is_shadow=i % 4 == 0, is_published=i % 5 != 0)
        both.wait_out(41)
        plain.wait_out(31)
        check_eq(seqs(both), list(range(1, 42)))
        check_eq(seqs(plain), [s for s in range(1, 42) if s < 2 or (s - 2) % 4 != 0])
        check_eq(plain.err + both.err, [])


@test
def broken_messages_do_not_stop_it():
    with hall() as engine, tail(engine, "--from", "start") as watched:
        is_subscribed(engine, watched)
        for text in ("", "{", "[1]", '{"seq": -4}', '{"seq": "7"}', "\x00\x01", '{"seq":1,"seq":2}'):
            engine.send("card.red.-.-", text)
            engine.send("pulse", text)
        engine.issue()
        watched.wait_out(2)
        check_eq(seqs(watched), [1, 2])


@test
def filters_choose_by_level_and_org():
    with hall() as engine:
        for level in ("warn", "yellow", "red", "blue"):
            for org in ("A", "B"):
                engine.issue(level=level, org=org)
        with tail(engine, "--from", "start", "--level", "red,yellow", "--org", "B", "--count",
                  "2") as watched:
            check_eq(watched.end(), 0)
            check_eq([(json.loads(x)["level"], json.loads(x)["org"]) for x in watched.out],
                     [("yellow", "B"), ("red", "B")])


@test
def lines_are_aligned_and_safe():
    with hall() as engine:
        engine.issue(case="许可-1", org="规划局", due_at="2025-01-20T10:00:00+08:00")
        engine.issue(case="a-case-number-that-is-too-long", org="\x1b[31mred\x1b[0m", level="red",
                     state="withdrawn", reason="the case had been finished in time")
        engine.issue(case="C", late_ms=7300000, reason="late event")
        for locale, marks in (("C.UTF-8", "■⬢↩…"), ("C", "#@<~")):
            with Watched([TAIL, "--home", engine.home, "--from", "start", "--count", "3", "--lang",
                          "zh", "--zone", "Europe/Amsterdam"], LC_ALL=locale) as watched:
                check_eq(watched.end(), 0)
                text = "\n".join(watched.out)
                check(all(mark in text for mark in marks), text)
                check("\x1b" not in text and "?[31mred" in text, text)
                check("01-20 03:00" in watched.out[0], "in the zone that was asked for: " + text)
                check("已撤销" in watched.out[1] or "撤销" in watched.out[1], text)
                check("+2 小时" in watched.out[2] and "20 个工作日" in watched.out[2], text)


@test
def it_ends_when_told_and_when_nobody_reads():
    with hall() as engine:
        with tail(engine, "--from", "start") as watched:
            is_subscribed(engine, watched)
            watched.process.send_signal(signal.SIGTERM)
            check_eq(watched.end(), 0)
        with Watched(["sh", "-c", f"{TAIL} --home {engine.home} --from start --json >/dev/full"]) \
                as watched:
            check_eq(watched.end(), 74)


@test
def mistakes_are_named():
    for arguments, words in ((["--from", "soon"], "a card number, start or now"),
                             (["--zone", "Mars/Base"], "a time zone of this machine"),
                             (["--color", "blue"], "auto, always or never"),
                             (["x"], "takes no operands")):
        with Watched([TAIL, "--lang", "en", *arguments]) as watched:
            check_eq(watched.end(), 64)
            check(words in "\n".join(watched.err), watched.err)


main("system/feed")
