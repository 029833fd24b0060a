#!/usr/bin/python3
"""test_collect.py - cardwatch collect against an engine that loses, forgets, restarts and goes away.
Each event must arrive, once, under the same number, in order."""

import contextlib
import json
import os
import random
import signal
import subprocess

from tests.lib.check import check, check_eq, main, test
from tests.lib.collecting import (CASE_MAP, arrived_in_order as check_arrived, collect, dry, hall, jsonl,
                                  kill_at_random, place, start, table, write)


# --- nothing lost, nothing twice ------------------------------------------------------------------


@test
def all_arrive_and_a_second_run_sends_nothing():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(5000))
        said = collect(intake, "jsonl", path)
        check("events=5000 committed=5000" in said, said)
        events, _ = dry("jsonl", path)
        check_arrived(intake, "hall", events)
        said = collect(intake, "jsonl", path)
        check("events=0 committed=5000 already_there=5000" in said, said)


@test
def lost_answers_and_lost_batches_are_made_good():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(3000))
        intake.drop_acks = 0.15
        intake.drop_batches = 0.1
        collect(intake, "jsonl", path, "--batch", "200")
        check_arrived(intake, "hall", dry("jsonl", path)[0])
        check(intake.hellos > 1, "nothing was ever lost")


@test
def a_slow_credit_is_kept_to():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(700))
        intake.credit = 7
        collect(intake, "jsonl", path)
        check_arrived(intake, "hall", dry("jsonl", path)[0])
        check(intake.batches >= 100, f"{intake.batches} batches for 700 events at a credit of 7")


@test
def an_engine_that_is_away_is_waited_for():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(10))
        intake.stop()
        process = start(intake, "jsonl", path)
        line = process.stderr.readline()
        check("waiting for it" in line, line)
        intake.start()
        _, said = process.communicate(timeout=60)
        check_eq(process.returncode, 0, said)
        check("the engine answered after" in said, said)
        check_arrived(intake, "hall", dry("jsonl", path)[0])


@test
def an_engine_without_rules_is_waited_for_too():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(10))
        intake.error = ("missing", "no rules are in force yet")
        process = start(intake, "jsonl", path)
        line = process.stderr.readline()
        check("no rules are in force yet" in line, line)
        intake.error = None
        _, said = process.communicate(timeout=60)
        check_eq(process.returncode, 0, said)


@test
def a_source_that_belongs_to_another_is_given_up():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(10))
        intake.error = ("foreign_source", "this peer may not speak for that source")
        said = collect(intake, "jsonl", path, code=76)
        check("the engine refuses source hall: foreign_source" in said, said)


@test
def killed_at_forty_random_moments():
    with place() as (folder, intake):
        mapping, path = hall(folder, 30000)
        events, _ = dry("csv", "--map", mapping, path)
        dice = random.Random(42)
        intake.credit = 512
        intake.drop_acks = 0.02
        share = len(events) // 41 + 1  # the engine never gets further than the kills have come
        intake.commit_max = share

        def between(kills):
            intake.commit_max = share * (kills + 1)
            if kills % 9 == 0:
                intake.restart()
            if kills % 13 == 0:  # it comes back from a copy of some time ago
                count = intake.committed("hall")
                intake.restore("hall", count - dice.randrange(count + 1) // 2)

        kills, said = kill_at_random(
            intake, ["csv", "--map", mapping, "--position", folder + "/position", path], dice, 40,
            between)
        check_eq(kills, 40, said)
        check_arrived(intake, "hall", events)
        position = json.load(open(folder + "/position", encoding="utf-8"))
        check_eq(position["seq"], len(events))
        check(position["done"])


@test
def killed_without_a_position_file():
    with place() as (folder, intake):
        mapping, path = hall(folder, 20000)
        intake.commit_max = 3000

        def between(kills):
            intake.commit_max = 3000 * (kills + 1)

        arguments = ["csv", "--map", mapping, path]
        kills, _ = kill_at_random(intake, arguments, random.Random(7), 12, between)
        check_eq(kills, 12)
        check_arrived(intake, "hall", dry("csv", "--map", mapping, path)[0])


@test
def the_simulator_goes_on_where_it_was_killed():
    with place() as (folder, intake):
        arguments = ["sim", "--seed", "5", "--events", "60000"]
        intake.commit_max = 5000

        def between(kills):
            intake.commit_max = 5000 * (kills + 1)

        kills, _ = kill_at_random(intake, [*arguments, "--position", folder + "/position"],
                                  random.Random(3), 10, between)
        check_eq(kills, 10)
        check_arrived(intake, "sim", dry(*arguments)[0])


@test
def a_position_file_spares_reading_again():
    with place() as (folder, intake):
        mapping, path = hall(folder, 3000)
        arguments = ["csv", "--map", mapping, "--position", folder + "/p", path]
        collect(intake, *arguments)
        said = collect(intake, *arguments)
        check("events=0" in said and "already_there=0" in said, said)
        check("refused=0" in said, "the rows before the position were read again: " + said)


@test
def the_next_file_follows_the_one_before():
    with place() as (folder, intake):
        january = write(folder, "january.jsonl", jsonl(300))
        february = write(folder, "february.jsonl", jsonl(200, first=300))
        position = ["--source", "hall", "--position", folder + "/p"]
        collect(intake, "jsonl", *position, january)
        said = collect(intake, "jsonl", *position, february)
        check("is taken to follow it" in said, said)
        both = dry("jsonl", january, february)[0]
        check_arrived(intake, "hall", both)
        collect(intake, "jsonl", *position, january, february)
        check_arrived(intake, "hall", both)


@test
def another_file_under_the_same_name_is_noticed():
    with place() as (folder, intake):
        collect(intake, "jsonl", "--source", "hall", write(folder, "a.jsonl", jsonl(100)))
        other = write(folder, "b.jsonl", jsonl(150, first=5000))
        said = collect(intake, "jsonl", "--source", "hall", other, code=65)
        check("event 100 of source hall is another one in the engine" in said, said)
        check_eq(intake.committed("hall"), 100)


@test
def an_engine_that_has_more_is_named():
    with place() as (folder, intake):
        collect(intake, "jsonl", "--source", "hall", write(folder, "a.jsonl", jsonl(100)))
        shorter = write(folder, "b.jsonl", jsonl(60))
        said = collect(intake, "jsonl", "--source", "hall", shorter, code=65)
        check("the engine has 100 events of source hall, this input gives only 60" in said, said)


@test
def events_the_engine_refuses_are_reported_with_their_row():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(50))
        intake.refuse = {17: ("unknown_item", "item", "not in the catalogue of items in force")}
        said = collect(intake, "jsonl", path, "--report", folder + "/report")
        check("hall.jsonl:17: event 17: the engine refused it: item: not in the catalogue" in said, said)
        reported = [json.loads(line) for line in open(folder + "/report", encoding="utf-8")]
        check_eq([(r["seq"], r["row"], r["code"]) for r in reported], [(17, 17, "unknown_item")])
        collect(intake, "jsonl", path, "--strict")


@test
def at_the_end_time_goes_on():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(30))
        collect(intake, "jsonl", path, "--end-tick", "last")
        check_eq(intake.ticks[-1], ("hall", 1736175600000))  # 2025-01-06 23:00 +08:00
        collect(intake, "jsonl", path, "--end-tick", "2025-02-01T00:00:00+08:00")
        check_eq(intake.ticks[-1], ("hall", 1738339200000))


@test
def paced_by_the_time_of_the_events():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(24))
        said = collect(intake, "jsonl", path, "--speed", "86400")  # 23 hours in 0.96 s
        seconds = float(said.rsplit("seconds=", 1)[1].split()[0])
        check(0.9 <= seconds < 20, said)
        ticks = [at for _, at in intake.ticks]
        check(len(ticks) >= 2 and ticks == sorted(ticks), f"ticks: {ticks}")


@test
def told_to_end_it_ends_clean():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(20000))
        intake.commit_max = 4000
        arguments = ["jsonl", path, "--position", folder + "/p"]
        process = start(intake, *arguments)
        check(intake.wait_for(lambda: intake.committed("hall") == 4000), "it never came so far")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        check_eq(process.returncode, 0, said)
        check("stopped; the rest is sent next time" in said, said)
        intake.commit_max = None
        collect(intake, *arguments)
        check_arrived(intake, "hall", dry("jsonl", path)[0])


# --- following ------------------------------------------------------------------------------------


def append(path, text):
    with open(path, "a", encoding="utf-8") as file:
        file.write(text)


@contextlib.contextmanager
def following(intake, folder, *arguments):
    process = start(intake, *arguments, "--follow", "--position", folder + "/p")
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def arrived(intake, count, source="hall"):
    check(intake.wait_for(lambda: intake.committed(source) >= count),
          f"{intake.committed(source)} of {count}: {intake.faults}")


@test
def a_growing_file_is_followed_and_half_a_line_waits():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(10))
        with following(intake, folder, "jsonl", path, "--alive", "100 ms") as process:
            arrived(intake, 10)
            line = jsonl(1, first=10)
            append(path, line[:20])
            check(intake.wait_for(lambda: len(intake.ticks) >= 2), "it does not say that it lives")
            check_eq(intake.committed("hall"), 10)
            append(path, line[20:])
            arrived(intake, 11)
            check_eq(process.poll(), None)
        write(folder, "all.jsonl", jsonl(11))
        check_arrived(intake, "hall", dry("jsonl", folder + "/all.jsonl")[0])


@test
def rotation_is_followed():
    with place() as (folder, intake):
        mapping = write(folder, "map.yaml", CASE_MAP)
        path = write(folder, "hall.csv", table(20))
        with following(intake, folder, "csv", "--map", mapping, path):
            first = len(dry("csv", "--map", mapping, path)[0])
            arrived(intake, first)
            append(path, table(5, first=20, header=False))
            os.rename(path, path + ".1")
            append(path + ".1", table(5, first=25, header=False))  # a writer that was not told yet
            write(folder, "hall.csv", table(10, first=30))
            both = dry("csv", "--map", mapping, path + ".1", path)[0]
            arrived(intake, len(both))
        check_arrived(intake, "hall", both)


@test
def a_rotation_while_nobody_looked_is_caught_up():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(100))
        with following(intake, folder, "jsonl", path):
            arrived(intake, 100)
        append(path, jsonl(50, first=100))
        os.rename(path, path + ".1")
        write(folder, "hall.jsonl", jsonl(50, first=150))
        with following(intake, folder, "jsonl", path):
            arrived(intake, 200)
        check_arrived(intake, "hall", dry("jsonl", path + ".1", path)[0])


@test
def a_file_that_is_cut_off_begins_again():
    with place() as (folder, intake):
        path = write(folder, "hall.jsonl", jsonl(40))
        with following(intake, folder, "jsonl", path):
            arrived(intake, 40)
            write(folder, "hall.jsonl", jsonl(5, first=40))
            arrived(intake, 45)
        write(folder, "all.jsonl", jsonl(45))
        check_arrived(intake, "hall", dry("jsonl", folder + "/all.jsonl")[0])


@test
def killed_while_following_a_file_that_grows_and_turns():
    with place() as (folder, intake):
        path = folder + "/hall.jsonl"
        dice = random.Random(11)
        written = 0
        files = 0
        append(path, "")
        for turn in range(12):
            process = start(intake, "jsonl", path, "--follow", "--position", folder + "/p")
            for _ in range(dice.randrange(4)):
                append(path, jsonl(37, first=written))
                written += 37
                intake.wait_for(lambda: intake.committed("hall") >= written, dice.random() / 5)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            if turn % 4 == 2:  # turned while nobody looks
                files += 1
                os.rename(path, f"{path}.{files}")
                append(path, "")
        with following(intake, folder, "jsonl", path):
            arrived(intake, written)
        write(folder, "all.jsonl", jsonl(written))
        check_arrived(intake, "hall", dry("jsonl", folder + "/all.jsonl")[0])


main("system/collect")
