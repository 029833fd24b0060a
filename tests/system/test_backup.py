"""A copy taken while events stream in stands for itself: an engine starts on it and goes on, and
`verify` finds everything sound; a single byte that is not what it was is found and named."""

import json
import os
import shutil
import subprocess

from tests.lib.check import check, check_eq, main, program, test
from tests.lib.house import House
from tests.lib.watched import Watched, wait_until

RULES = ["rules/sets/wabo.yaml", "rules/calendars/nl.yaml"]
DAYS = 120
# A build with sanitizers leaves a bad page's signal to the program, as every other build does.
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "ASAN_OPTIONS": "handle_segv=0:handle_sigbus=0"}


def run(*words):
    return subprocess.run([program("cardwatch"), *words], capture_output=True, encoding="utf-8",
                          timeout=120, check=False, env=ENVIRONMENT)


def verify(folder, *options):
    done = run("verify", "--json", *options, folder)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def write_events(path, per_day=60):
    """Some months of permits: each is asked for, most are decided, some of them too late."""
    with open(path, "w", encoding="utf-8") as file:
        for day in range(DAYS):
            for case in range(per_day):
                at = f"2012-{1 + day // 28:02d}-{1 + day % 28:02d}T09:{case % 60:02d}:00Z"
                file.write(json.dumps({"case": f"W-{day}-{case}", "kind": "apply", "at": at,
                                       "org": f"org{case % 7}"}) + "\n")
                if day >= 40 and case % 3:
                    file.write(json.dumps({"case": f"W-{day - 40 - case % 20 if day > 60 else 0}"
                                                   f"-{case}", "kind": "finish", "at": at}) + "\n")


def house_with_cards(house, *options):
    write_events(house.path("events.jsonl"))
    house.engine_start("--map-mib", "256")
    house.engine_ready()
    return house.collect("jsonl", "--source", "hall", *options, house.path("events.jsonl"))


@test
def a_copy_taken_under_way_starts_and_is_sound():
    with House(RULES) as house:
        collector = house_with_cards(house, "--speed", "1500000")
        wait_until(lambda: house.ask("status")["head"] > 20, "some cards")
        copy = house.path("copy")
        done = run("backup", "--json", "--data-dir", house.folder, copy)
        check_eq(done.returncode, 0, done.stderr)
        facts = json.loads(done.stdout)
        check(facts["entries"] > 10 and facts["cards"] > 20, facts)
        check_eq(collector.process.poll(), None, "it streams on")
        code, found = verify(copy)
        check_eq((code, found["ok"], found["bad"]), (0, True, []))
        check_eq((found["entries"], found["cards"]), (facts["entries"], facts["cards"]))
        check_eq(verify(house.folder)[0], 0, "beside a running engine")
        check_eq(collector.end(120), 0)
        ledger = house.cards()
        check(len(ledger) > facts["cards"])

        with House(RULES) as second:
            os.rename(copy, second.path("restored"))
            engine = Watched([program("cardwatch-engine"), "--data-dir", second.path("restored"),
                              "--clock", "events", "--intake", second.endpoint("intake"),
                              "--query", second.endpoint("query")])
            second.engine = engine
            second.engine_ready()
            check_eq(second.cards(), ledger[:facts["cards"]])
            again = second.collect("jsonl", "--source", "hall", house.path("events.jsonl"))
            check_eq(again.end(120), 0)
            check_eq(second.cards(), ledger, "what came after the copy was sent again")
            check_eq(second.ask("status")["ledger_differs"], 0)
            check_eq(second.engine_stop(), 0)


@test
def a_viewer_is_told_that_an_older_copy_has_taken_the_ledgers_place():
    """Of a restart it is told nothing, since nothing is another then."""
    with House(RULES) as house:
        check_eq(house_with_cards(house).end(120), 0)
        check_eq(run("backup", "--data-dir", house.folder, house.path("copy")).returncode, 0)
        old = len(house.cards())
        with open(house.path("events.jsonl"), "a", encoding="utf-8") as file:
            for case in range(60):
                file.write(json.dumps({"case": f"L-{case}", "kind": "apply", "org": "late",
                                       "at": f"2012-09-01T09:{case:02d}:00Z"}) + "\n")
            file.write(json.dumps({"case": "M-1", "kind": "apply", "at": "2013-09-01T09:00:00Z"}))
        events = ("--source", "hall", house.path("events.jsonl"))
        check_eq(house.collect("jsonl", *events).end(120), 0)
        ledger = house.cards()
        check(len(ledger) > old, "cards behind the copy")
        with Watched([program("cardwatch-view-tail"), "--json", "--lang", "en", "--from", "start",
                      "--home", house.folder]) as tail:
            tail.wait_out(len(ledger))
            house.engine_stop()
            house.engine_start("--map-mib", "256")
            house.engine_ready()
            starts_over(house)
            tail.wait_err(f"an older copy of the ledger: it ends at card {old}, below {len(ledger)}")
            tail.wait_out(len(ledger) + old)
            check_eq(house.collect("jsonl", *events).end(120), 0)
            tail.wait_out(2 * len(ledger))
            check_eq([json.loads(line) for line in tail.out], ledger + ledger)
            check_eq(len([line for line in tail.err if "ledger" in line]), 1, str(tail.err))


def starts_over(house):
    """With what the copy holds, laid over what is there: the image of the newer state stays."""
    house.engine_stop()
    check(os.path.exists(os.path.join(house.path("journal"), "image")))
    shutil.copytree(os.path.join(house.path("copy"), "journal"), house.path("journal"),
                    dirs_exist_ok=True)
    house.engine_start("--map-mib", "256")
    house.engine_ready()


@test
def an_image_of_the_newer_state_is_of_no_use_when_the_copy_has_grown_beyond_it():
    with House(RULES) as house:
        check_eq(house_with_cards(house).end(120), 0)
        check_eq(run("backup", "--data-dir", house.folder, house.path("copy")).returncode, 0)
        check_eq(collected(house, "newer", "N", 3), 0)
        starts_over(house)
        check_eq(collected(house, "second", "S", 7), 0)
        cases = house.ask("status")["cases"]
        ledger = house.cards()
        house.engine.process.kill()  # before it has an image of its own
        house.engine.end()
        house.engine_start("--map-mib", "256")
        house.engine_ready()
        check_eq(house.ask("status")["cases"], cases)
        check(house.ask("case", case="S-6-1")["ok"] and not house.ask("case", case="N-0-1")["ok"])
        check_eq(house.cards(), ledger)
        check(any("cannot be used" in line for line in house.engine.err), str(house.engine.err))


def collected(house, source, name, days):
    """Each day is a batch of its own, and so an entry of the journal."""
    code = 0
    for day in range(days):
        path = house.path(f"{source}.jsonl")
        with open(path, "a", encoding="utf-8") as file:
            for case in range(60):
                file.write(json.dumps({"case": f"{name}-{day}-{case}", "kind": "apply",
                                       "at": f"2013-01-{1 + day:02d}T09:{case:02d}:00Z"}) + "\n")
        code = code or house.collect("jsonl", "--source", source, "--position",
                                     house.path(source), path).end(120)
    return code


@test
def a_copy_is_not_made_over_something_and_not_of_nothing():
    with House(RULES) as house:
        os.mkdir(house.path("empty"))
        check_eq(run("backup", "--data-dir", house.path("empty"), house.path("copy")).returncode, 66)
        done = run("backup", "--data-dir", house.folder, house.path("rules"))
        check_eq(done.returncode, 73)
        check("is not empty" in done.stderr, done.stderr)
        check_eq(run("backup").returncode, 64)
        check_eq(run("verify", house.path("nowhere")).returncode, 66)


@test
def a_byte_that_is_not_what_it_was_is_named():
    with House(RULES) as house:
        check_eq(house_with_cards(house).end(120), 0)
        line = house.cards()[16]
        check_eq(house.engine_stop(), 0)
        copy = house.path("copy")
        check_eq(run("backup", "--data-dir", house.folder, copy).returncode, 0)
        check_eq(verify(copy)[0], 0)

        data = os.path.join(copy, "journal", "data.mdb")
        with open(data, "rb") as file:
            content = file.read()
        mark = f'"case":"{line["case"]}"'.encode()
        at = content.index(b'{"card":"' + line["card"].encode())
        at = content.index(mark, at) + len(mark) - 2
        changed = bytearray(content)
        changed[at] ^= 1
        with open(data, "wb") as file:
            file.write(changed)
        code, found = verify(copy)
        check_eq((code, found["ok"]), (65, False))
        check_eq((found["bad"][0]["record"], found["bad"][0]["number"]), ("card", 17))
        check("the journal gives" in found["bad"][0]["what"], found)
        shown = run("verify", copy)
        check_eq(shown.returncode, 65)
        check("bad: card 17: the ledger has" in shown.stdout, shown.stdout)
        check_eq(verify(copy, "--quick")[0], 0, "it is a sound line all the same")

        # An event in the journal: the case's name is another one now, so its cards are others'.
        at = content.index(b"W-10-7\xa5apply")
        changed = bytearray(content)
        changed[at + 2:at + 4] = b"99"
        with open(data, "wb") as file:
            file.write(changed)
        code, found = verify(copy)
        check_eq((code, found["ok"]), (65, False))

        # A page of the journal in pieces is survived, whatever LMDB makes of it.
        changed = bytearray(content)
        for page in range(4 * 4096, len(changed) - 4096, 4096):
            changed[page:page + 16] = b"\xff" * 16
        with open(data, "wb") as file:
            file.write(changed)
        check_eq(run("verify", copy).returncode, 65)


main("system/backup")
