#!/usr/bin/python3
"""test_notify.py - cardwatch view notify against a real SMTP server and a real HTTP server."""

import collections
import hashlib
import hmac
import random
import re
import threading

from tests.lib.check import check, check_eq, main, test
from tests.lib.office import HEADER, SECRET, count_of, office, stopped
from tests.lib.watched import wait_until


@test
def one_card_is_a_plain_mail_in_the_readers_language():
    with office("规划局,李主任,li@example.org,,,zh\n") as place, place.notify():
        card = place.engine.issue(case="许可-17", level="red", step="初审", handler="h-204",
                                  over="0 workday")
        mail = place.wait_mails(1)[0]
        check_eq(mail.to, "li@example.org")
        check_eq(mail.subject, "【红牌】规划局：办件 许可-17，建筑许可")
        for words in ("李主任，您好", "许可-17", "初审", "h-204", "20 个工作日", card["card"]):
            check(words in mail.body, f"{words!r} in {mail.body}")
        check(re.fullmatch(r"<[0-9a-f]{32}@watch\.example>", mail.id), mail.id)
        check(max(map(len, mail.raw.split(b"\r\n"))) <= 78, "lines of a mail are short")


@test
def what_falls_together_is_one_digest_with_columns_that_align():
    with office("*,Watch,w@example.org,,,en\n") as place:
        cards = [place.engine.issue(case=f"案-{i}", org="住建局" if i % 2 else "规划局",
                                    level=["warn", "yellow", "red"][i % 3]) for i in range(9)]
        with place.notify() as watched:
            mail = place.wait_mails(1)[0]
            check_eq(mail.subject, "[red card 3, yellow card 3, warning 3] 规划局 and others")
            rows = [line for line in mail.body.split("\n") if "案-" in line]
            check_eq(len(rows), len(cards))
            starts = {columns(line[:re.search("规划局|住建局", line).start()]) for line in rows}
            check_eq(len(starts), 1, f"one column: {rows}")
            check_eq(stopped(watched)["notices"], 1)


def columns(text):
    return sum(2 if ord(c) > 0x1100 else 1 for c in text)


@test
def a_withdrawn_card_is_told_too_and_other_states_are_not():
    with office("规划局,,li@example.org,,red,\n") as place, place.notify("--digest-max", "1"):
        for state in ("issued", "superseded", "appealed", "withdrawn", "closed", "pending"):
            place.engine.issue(case="C-1", level="red", state=state, reason="a late event")
        place.engine.issue(case="C-2", level="red")
        mails = sorted(place.wait_mails(3), key=lambda m: m.subject)
        check_eq([m.subject for m in mails],
                 ["[red card] 规划局: case C-1, 建筑许可", "[red card] 规划局: case C-2, 建筑许可",
                  "[withdrawn: red card] 规划局: case C-1, 建筑许可"])
        check("a late event" in mails[2].body)


@test
def a_card_that_never_was_public_is_not_told_of_when_it_is_withdrawn():
    with office("*,,all@example.org,,,\n") as place, place.notify("--digest-max", "1"):
        place.engine.issue(case="C-1", state="pending")
        place.engine.issue(case="C-1", state="withdrawn", unreleased=True, reason="withdrawn: late")
        place.engine.issue(case="C-2")
        check("C-2" in place.wait_mails(1)[0].subject, place.mail.messages[0].subject)


@test
def who_asks_for_it_is_told_of_a_card_that_nobody_decides_on():
    rows = ("规划局,,own@example.org,,,\n*,,star@example.org,,*,\n"
            "*,,chief@example.org,,overdue,en\n*,,chief.zh@example.org,,red overdue,zh\n")
    with office(rows) as place, place.notify("--digest-max", "1"):
        place.engine.issue(case="C-1", state="pending", until="2025-03-14T00:00:00+08:00")
        place.engine.issue(case="C-1", state="pending", until="2025-03-14T00:00:00+08:00",
                           reason="overdue: its time to be decided on has passed")
        mails = sorted(place.wait_mails(2), key=lambda mail: mail.to)
        check_eq([(mail.to, mail.subject.split(": case")[0].split("：办件")[0]) for mail in mails],
                 [("chief.zh@example.org", "【超期未定：黄牌】规划局"),
                  ("chief@example.org", "[not decided on: yellow card] 规划局")])
        check("2025-03-14 00:00" in mails[0].body and "应决定于" in mails[0].body, mails[0].body)
        check("decide by" in mails[1].body and "raised" not in mails[1].body, mails[1].body)
        place.engine.issue(case="C-2")
        told = {mail.to for mail in place.wait_mails(4)[2:]}
        check_eq(told, {"own@example.org", "star@example.org"})


@test
def a_card_that_moved_or_was_restored_says_so():
    with office("规划局,,li@example.org,,,zh\n") as place, place.notify("--digest-max", "1"):
        place.engine.issue(case="C-1", reason="moved: its instant was judged again")
        place.engine.issue(case="C-2", reason="restored: the higher card was withdrawn")
        place.engine.issue(case="C-3", reason="late: found after its instant")
        mails = sorted(place.wait_mails(3), key=lambda m: re.search(r"C-\d", m.subject).group())
        check_eq([m.subject.split("】")[0] for m in mails], ["【改期：黄牌", "【恢复：黄牌", "【黄牌"])
        check("迟发" in mails[2].body and "found after" not in mails[2].body, mails[2].body)


@test
def an_organisation_is_told_of_its_own_levels_and_the_star_of_all():
    rows = ("规划局,,red@example.org,,red,\n规划局,,all@example.org,,,\n"
            "*,,star@example.org,,yellow;red,\n*,,all@example.org,,,\n")
    with office(rows) as place:
        place.engine.issue(case="C-1", level="red")
        place.engine.issue(case="C-2", level="warn")
        place.engine.issue(case="C-3", level="yellow", org="别的局")
        with place.notify():
            mails = {m.to: re.findall(r"C-\d", m.subject + m.body) for m in place.wait_mails(3)}
            check_eq({to: sorted(set(cases)) for to, cases in mails.items()},
                     {"red@example.org": ["C-1"], "all@example.org": ["C-1", "C-2", "C-3"],
                      "star@example.org": ["C-1", "C-3"]})
            check_eq(len(place.mail.messages), 3, "one message an address")
            check_eq(mails["all@example.org"].count("C-1"), 1)


@test
def an_organisation_that_nobody_stands_for_is_counted():
    with office("规划局,,li@example.org,,,\n") as place:
        place.engine.issue(org="别的局")
        place.engine.issue(org="规划局")
        with place.notify() as watched:
            place.wait_mails(1)
            counts = stopped(watched)
            check_eq((counts["cards"], counts["no_recipient"], counts["sent"]), (2, 1, 1))


@test
def a_webhook_is_signed_and_carries_its_key():
    with office("*,,,HOOK,,\n") as place, place.notify():
        card = place.engine.issue(case="C-1", level="red")
        call = wait_until(lambda: place.hook.calls, "a call")[0]
        mac = hmac.new(SECRET.encode(), call.body, hashlib.sha256).hexdigest()
        check_eq(call.headers["X-Cardwatch-Signature"], "sha256=" + mac)
        check_eq(call.headers["Idempotency-Key"], call.json["id"])
        check_eq(call.headers["Content-Type"], "application/json; charset=utf-8")
        check_eq((call.json["kind"], call.json["counts"]), ("card", {"red": 1}))
        check_eq(call.json["cards"][0]["card"], card["card"])


@test
def a_refusal_for_good_is_recorded_and_holds_nobody_up():
    rows = "规划局,,gone@example.org,,,\n规划局,,li@example.org,,,\n规划局,,,HOOK,,\n"
    with office(rows) as place:
        place.mail.refuse["gone@example.org"] = "550 no such user"
        place.hook.answers = [410]
        place.engine.issue(case="C-1")
        with place.notify() as watched:
            check_eq(place.wait_mails(1)[0].to, "li@example.org")
            wait_until(lambda: count_of(place, '"failed"') == 2, lambda: str(watched.err))
            counts = stopped(watched)
            check_eq((counts["sent"], counts["failed"], counts["waiting"]), (1, 2, 0))
        with open(place.position, encoding="utf-8") as file:
            failed = [line for line in file if '"failed"' in line]
        check_eq(len(failed), 2, str(failed))
        check(any('"code":550' in line for line in failed), str(failed))


@test
def a_mail_server_that_says_no_goodbye_does_not_hold_up_the_end():
    with office("规划局,,li@example.org,,,\n") as place:
        place.mail.is_mute = True
        place.engine.issue(case="C-1")
        with place.notify() as watched:
            wait_until(lambda: count_of(place, '"sent"') == 1, "it is recorded as sent")
            check_eq(stopped(watched)["waiting"], 0)


@test
def a_refusal_for_now_is_tried_again_under_the_same_id():
    with office("规划局,,li@example.org,HOOK,,\n") as place:
        place.mail.refuse_next = ["451 later", "452 later still"]
        place.hook.answers = [503, 429]
        place.engine.issue(case="C-1")
        with place.notify() as watched:
            place.wait_mails(1)
            wait_until(lambda: len(place.hook.calls) >= 3, lambda: str(place.hook.calls))
            check_eq(len({c.headers["Idempotency-Key"] for c in place.hook.calls}), 1)
            wait_until(lambda: count_of(place, '"sent"') == 2, "both are recorded as sent")
            check_eq(place.mail.rejected, 2)
            check_eq(stopped(watched)["retried"], 4)


@test
def a_dead_webhook_rests_and_mails_go_on():
    with office("规划局,,li@example.org,http://127.0.0.1:9/,,\n") as place:
        with place.notify("--digest-max", "1") as watched:
            for i in range(20):
                place.engine.issue(case=f"C-{i}")
            place.wait_mails(20)
            counts = stopped(watched)
            check_eq((counts["sent"], counts["waiting"]), (20, 20))


@test
def a_redirect_is_not_followed():
    with office("*,,,HOOK,,\n") as place:
        place.hook.answers, place.hook.location = [302], "file:///etc/passwd"
        place.engine.issue(case="C-1")
        with place.notify() as watched:
            watched.wait_err("given up")
            counts = stopped(watched)
            check_eq((counts["failed"], len(place.hook.calls)), (1, 1))


@test
def a_restart_tells_nothing_twice_and_forgets_nothing():
    with office("*,,w@example.org,,,\n") as place:
        place.engine.issue(case="C-1")
        with place.notify() as watched:
            place.wait_mails(1)
            stopped(watched)
        place.engine.issue(case="C-2")
        with place.notify() as watched:
            place.wait_mails(2)
            check_eq(stopped(watched)["cards"], 1)
        check_eq([re.search(r"C-\d", m.subject).group() for m in place.mail.messages],
                 ["C-1", "C-2"])


@test
def without_a_position_it_begins_with_the_cards_to_come():
    with office("*,,w@example.org,,,\n") as place:
        place.engine.issue(case="C-old")
        with place.notify("--begin", "now") as watched:
            watched.wait_err("beginning behind card 1")
            place.engine.issue(case="C-new")
            check("C-new" in place.wait_mails(1)[0].subject)


@test
def a_full_outbox_waits_for_the_server_to_come_back():
    with office("*,,w@example.org,,,\n") as place:
        place.mail.refuse["w@example.org"] = "421 not now"
        with place.notify("--digest-max", "1") as watched:
            place.engine.issue(case="C-1")
            watched.wait_err("trying again")
            place.mail.refuse.clear()
            check("C-1" in place.wait_mails(1)[0].subject)


@test
def a_position_that_was_tampered_with_is_refused_and_left_alone():
    with office("*,,w@example.org,,,\n") as place:
        with place.notify("--digest-max", "1") as watched:
            place.engine.issue(case="C-1")
            place.engine.issue(case="C-2")
            wait_until(lambda: count_of(place, '"sent"') == 2, "sent")
            stopped(watched)
        with open(place.position, "r+", encoding="utf-8") as file:
            text = file.read().replace('"position":', '"Position":', 1)
            file.seek(0)
            file.write(text)
        with place.notify() as watched:
            check_eq(watched.end(), 65)
            check("damaged" in watched.err[0], str(watched.err))
        with open(place.position, encoding="utf-8") as file:
            check_eq(file.read(), text)


@test
def a_torn_last_line_is_cut_off():
    with office("*,,w@example.org,,,\n") as place:
        place.engine.issue(case="C-1")
        with place.notify() as watched:
            wait_until(lambda: count_of(place, '"sent"') == 1, "sent")
            stopped(watched)
        with open(place.position, "a", encoding="utf-8") as file:
            file.write('0123456789abcdef {"r":"intend","posi')
        with place.notify() as watched:
            watched.wait_err("torn last line")
            place.engine.issue(case="C-2")
            place.wait_mails(2)
            check_eq(stopped(watched)["cards"], 1)


@test
def two_of_them_do_not_share_a_position():
    with office("*,,w@example.org,,,\n") as place, place.notify() as first:
        first.wait_err("started")
        with place.notify() as second:
            check_eq(second.end(), 75)
            check("another process" in second.err[0], str(second.err))


@test
def what_is_wrong_with_the_recipients_is_said():
    cases = [
        ("", 78, "row 1: the file is empty"),
        ("org_code,name\n", 78, "row 1: the header needs org_code and one of email, webhook"),
        ("org_code,email,tel\n", 78, "row 1: an unknown column"),
        ("org_code,email,email\n", 78, "row 1: a column stands twice: email"),
        (HEADER + "A,,,,,\n", 78, "row 2: neither email nor webhook: A"),
        (HEADER + ",,a@b.c,,,\n", 78, "row 2: org_code is empty"),
        (HEADER + "A,,a b@c,,,\n", 78, "row 2: not an e-mail address: a b@c"),
        (HEADER + 'A,,"a@b.c\nBcc: x@y.z",,,\n', 78, "row 2: a field that is too long, or not"),
        (HEADER + "A,,,ftp://h/,,\n", 78, "row 2: a webhook should begin with https:// or http://"),
        (HEADER + "A,,a@b.c,,,fr\n", 78, "row 2: lang should be zh or en: fr"),
        (HEADER + "A,,a@b.c\n", 78, "row 2: fewer fields"),
        (HEADER + "A,,a@b.c,,,,x\n", 78, "row 2: more fields"),
        (HEADER + 'A,,"a@b.c,,,\n', 78, "a quote that is not closed"),
    ]
    with office("*,,w@example.org,,,\n", is_started=False) as place:
        for text, code, words in cases:
            place.write("recipients.csv", text)
            with place.notify() as watched:
                check_eq(watched.end(), code, words)
                check(words in watched.err[0], f"{words!r} in {watched.err}")


@test
def a_password_or_secret_that_is_missing_is_asked_for():
    with office("*,,w@example.org,,,\n", is_started=False) as place:
        for flag, value, words in [("--smtp", "http://h/", "should be smtp://"),
                                   ("--from", "nobody", "not an e-mail address"),
                                   ("--smtp-user", "u", "go together"),
                                   ("--begin", "soon", "should be a number")]:
            with place.notify(flag, value) as watched:
                check(watched.end() in (64, 78), flag)
                check(words in watched.err[0], str(watched.err))


# --- exactly once --------------------------------------------------------------------------------

KILLS = 60
CARDS = 400


def feed_slowly(place, ended):
    dice = random.Random(3)
    for i in range(CARDS):
        place.engine.issue(case=f"K-{i:04}", org=dice.choice(["规划局", "住建局", "卫健委"]),
                           level=dice.choice(["warn", "yellow", "red"]))
        if ended.wait(dice.uniform(0, 0.04)):
            break


def told(messages, key, text):
    """For each receiver's id the cards that came under it; an id always says the same."""
    by_id = collections.defaultdict(set)
    for message in messages:
        cases = frozenset(re.findall(r"K-\d{4}", text(message)))
        by_id[key(message)].add(cases)
    check(all(len(versions) == 1 for versions in by_id.values()), "a second copy is a copy")
    return collections.Counter(case for versions in by_id.values() for case in next(iter(versions)))


@test
def each_notice_arrives_once_by_its_id_across_kills_at_random_moments():
    dice, pause = random.Random(17), threading.Event()
    with office("*,,w@example.org,HOOK,,\n") as place:
        place.mail.delay_s = 0.004  # so that kills fall between the server's log and its answer
        feeder = threading.Thread(target=feed_slowly, args=(place, pause))
        feeder.start()
        try:
            for _ in range(KILLS):
                with place.notify("--window", "20 ms", "--digest-max", "5") as watched:
                    pause.wait(dice.uniform(0.01, 0.25))
                    watched.process.kill()
        finally:
            feeder.join()
        with place.notify("--window", "20 ms") as watched:
            every = {f"K-{i:04}" for i in range(CARDS)}
            wait_until(lambda: every <= told(place.mail.messages, lambda m: m.id,
                                             lambda m: m.body).keys(), "all cards by mail", 60)
            wait_until(lambda: every <= told(place.hook.calls, lambda c: c.json["id"],
                                             lambda c: c.body.decode()).keys(), "by hook", 60)
            check_eq(stopped(watched)["waiting"], 0)
        mails = told(place.mail.messages, lambda m: m.id, lambda m: m.body)
        hooks = told(place.hook.calls, lambda c: c.json["id"], lambda c: c.body.decode())
        for counted in (mails, hooks):
            check_eq(set(counted), every)
            check_eq({case: n for case, n in counted.items() if n != 1}, {}, "told twice")
        ids = len({m.id for m in place.mail.messages}), len({c.json["id"] for c in place.hook.calls})
        print(f"kills={KILLS} cards={CARDS} mails={ids[0]} hooks={ids[1]} raw duplicates: "
              f"mails={len(place.mail.messages) - ids[0]} hooks={len(place.hook.calls) - ids[1]}")


main("system/notify")
