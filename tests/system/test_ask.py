#!/usr/bin/python3
"""test_ask.py - cardwatch case, explain, status, open, soon, quarantine, as a person runs them."""

import contextlib
import json
import os
import shutil
import subprocess
import tempfile

from tests.lib.check import check, check_eq, main, program, test
from tests.lib.fake_engine import FakeEngine, scene
from tests.lib.house import House
from tests.lib.watched import wait_until

ASK = program("cardwatch-ask")
CASE = "许可-2025-0017"


@contextlib.contextmanager
def hall():
    home = tempfile.mkdtemp(prefix="cardwatch-ask-")
    try:
        with FakeEngine(home) as engine:
            engine.card = scene(engine)
            yield engine
    finally:
        shutil.rmtree(home)


def ask(engine, *words, lang="en", home=None):
    where = ["--home", home or engine.home, "--lang", lang]
    done = subprocess.run([ASK, *words, *where], capture_output=True, text=True, timeout=30,
                          env={**os.environ, "LC_ALL": "C.UTF-8"})
    return done.returncode, done.stdout, done.stderr


def in_order(text, *pieces):
    at = 0
    for piece in pieces:
        found = text.find(piece, at)
        check(found >= 0, f"{piece!r} is not in its place:\n{text}")
        at = found + len(piece)


@test
def a_case_is_one_line_of_time():
    with hall() as engine:
        code, text, _ = ask(engine, "case", CASE)
        check_eq(code, 0)
        in_order(text, f"Case {CASE} · open", "cannot judge since 2025-02-20 09:00:00", "Timeline",
                 "2025-01-20 09:00:00     applied", "2025-01-20 10:00:00     accepted",
                 "step started 初审", "special procedure started", "专家评审",
                 "2025-02-19 09:00:00  ⬢  red issued", engine.card["card"],
                 "2025-02-26 09:00:00  →  will turn ⬢ red", "Clock license · running",
                 "limit", "20 workday  from the item", "pause", "not counted 4 workday",
                 "▲ warning", "issued", "⬢ red", "waiting", "5 workday after")
        code, text, _ = ask(engine, "case", CASE, lang="zh")
        in_order(text, f"办件 {CASE} · 在办", "起无法判断", "时间线", "申请", "受理", "环节开始 初审",
                 "特别程序开始", "⬢  红牌 已发", "将发 ⬢ 红牌", "时钟 license · 计时中", "已用 17 个工作日",
                 "20 个工作日", "来自事项目录", "不计入 4 个工作日", "未到")


@test
def a_receipt_can_be_counted_with_a_finger():
    with hall() as engine:
        code, text, _ = ask(engine, "explain", engine.card["card"])
        check_eq(code, 0)
        in_order(text, "⬢ red · issued", engine.card["card"], "rule", "行政许可法 第四十二条", "calendar",
                 "known up to 2026-12-31", "convention", "whole days · from the next day", "start",
                 "accepted · 2025-01-20 10:00:00 · counted from 2025-01-21", "limit", "20 workday",
                 "Not counted", "专家评审", "day by day", "2025-01-20  Mon     –",
                 "2025-01-21  Tue     1", "2025-01-22  Wed     2", "春节 · 国办发明电〔2024〕12号",
                 "2025-02-05  Wed     3", "used          20 workday", "over")
        _, text, _ = ask(engine, "explain", engine.card["card"], lang="zh")
        in_order(text, "⬢ 红牌 · 已发", "行政许可办理期限", "次日起算", "逐日计算", "周二", "20 个工作日")


@test
def explaining_a_case_shows_its_clocks():
    with hall() as engine:
        code, text, _ = ask(engine, "explain", CASE)
        check_eq(code, 0)
        in_order(text, "Clock license", "3 workday before", "at the limit", "waiting")


@test
def the_lists_are_aligned():
    with hall() as engine:
        for words, pieces in (
                (["status"], ["Engine", "instance", "fake-1", "cards", "⬢ red 1", "Sources",
                              "hall", "speaks", "12345-hotline", "! cannot judge since"]),
                (["open"], ["case", "next", CASE, "h-204"]),
                (["open", "--org", "nobody"], ["no open cases"]),
                (["soon", "--within", "2 day", "--max", "3"], ["due", "D-1000", "D-1001", "D-1002"]),
                (["quarantine"], ["number", "1", "unknown_item", "item: not in the catalogue"]),
                (["quarantine", "list", "--after", "1"], ["热线-3", "no_zone"])):
            code, text, said = ask(engine, *words)
            check_eq((code, said), (0, ""))
            in_order(text, *pieces)
        _, text, _ = ask(engine, "soon", lang="zh")
        columns = {sum(2 if ord(c) > 0x2e80 else 1 for c in line[:line.index("license")])
                   for line in text.splitlines()[1:]}
        check_eq(len(columns), 1, "the last column begins at one place")


@test
def json_is_the_answer_as_one_line():
    with hall() as engine:
        for words in (["status"], ["case", CASE], ["explain", engine.card["card"]], ["open"],
                      ["soon"], ["quarantine"]):
            code, text, _ = ask(engine, *words, "--json")
            check_eq((code, text.count("\n")), (0, 1))
            check_eq(json.loads(text)["ok"], True)


@test
def requeue_says_who_and_why():
    with hall() as engine:
        code, _, said = ask(engine, "quarantine", "requeue", "1")
        check_eq(code, 64)
        check("--who and --why must be given" in said, said)
        code, text, _ = ask(engine, "quarantine", "requeue", "1", "4", "--who", "li", "--why", "fixed")
        check_eq((code, text), (0, "taken in again: 1 4\n"))
        check_eq(engine.refused, [])


@test
def what_is_not_there_is_said():
    with hall() as engine:
        for words in (["case", "NO-1"], ["explain", "NO-1"], ["explain", "0" * 32]):
            code, text, said = ask(engine, *words)
            check_eq((code, text), (66, ""))
            check("no such" in said, said)
        code, _, said = ask(engine, "status", "--wait", "200 ms", home="./nowhere")
        check_eq(code, 69)
        check("is it running?" in said, said)


@test
def mistakes_are_named():
    with hall() as engine:
        for words, piece in ((["case"], "something is missing"), (["case", "a", "b"], "too much"),
                             (["quarantine", "requeue", "x", "--who", "a", "--why", "b"],
                              "is not a number"),
                             (["quarantine", "eat"], "expected list or requeue"),
                             (["open", "--zone", "Mars/Base"], "no such time zone")):
            code, _, said = ask(engine, *words)
            check_eq(code, 64)
            check(piece in said, said)
        done = subprocess.run([ASK, "--help"], capture_output=True, text=True)
        check_eq(done.returncode, 0)
        check("cardwatch explain" in done.stdout, done.stdout)


@test
def what_is_missing_in_an_answer_is_left_out():
    with hall() as engine:
        engine.cases["bare"] = {"case": "bare"}
        engine.receipts["f" * 32] = {}
        for words in (["case", "bare"], ["explain", "f" * 32]):
            code, text, said = ask(engine, *words)
            check_eq((code, said), (0, ""))
            check("null" not in text, text)


@test
def an_event_without_effect_is_told_with_its_reason():
    with hall() as engine:
        engine.cases["S-1"] = {"case": "S-1", "state": "open", "events": [
            {"seq": 1, "kind": "resume", "at": "2011-03-02T09:00:00+01:00", "stray": "no-pause"},
            {"seq": 2, "kind": "extend", "at": "2011-03-03T09:00:00+01:00",
             "stray": "extension-spent", "stray_rule": "wabo-decision"},
            {"seq": 3, "kind": "finish", "at": "2011-03-04T09:00:00+01:00"}]}
        _, text, _ = ask(engine, "case", "S-1")
        in_order(text, "2011-03-02 09:00:00", "! no pause is open: no effect",
                 "2011-03-03 09:00:00",
                 "! no further extension is allowed: no effect by rule wabo-decision",
                 "2011-03-04 09:00:00")
        check_eq(text.count("! "), 2, text)
        _, text, _ = ask(engine, "case", "S-1", lang="zh")
        in_order(text, "！没有正在进行的暂停：不起作用",
                 "！不允许再次延期：不起作用，规则 wabo-decision")
        engine.stray = {"reversed": 2, "no-pause": 1}
        _, text, _ = ask(engine, "status")
        in_order(text, "refused", "1: no pause is open", "2: the pause ends before it begins", "cases")


HALL = """calendar: hall
zone: Asia/Shanghai
known: {from: 2025-01-01, to: 2025-03-31}
week: {mon-fri: "09:00-17:00", sat-sun: off}
"""
RULE = """rule: r
revision: 1
ground: 行政许可法
calendar: hall
clock: {start: accept, stop: finish, limits: {statutory: 5 workday}}
cards: [red: after statutory]
"""


@test
def the_keeper_is_reminded_sixty_days_before_a_calendar_ends():
    with tempfile.TemporaryDirectory() as folder:
        files = [os.path.join(folder, name) for name in ("hall.yaml", "r.yaml")]
        for path, text in zip(files, (HALL, RULE)):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        reminded(files)


def reminded(files):
    with House(files) as house:
        house.engine_start()
        house.engine_ready()
        for at, days in (("2025-01-29T12:00:00+08:00", None), ("2025-01-30T12:00:00+08:00", 60),
                         ("2025-04-02T12:00:00+08:00", -2)):
            row = {"case": "A", "kind": "rating", "rating": 5, "at": at}
            with open(house.path(f"{days}.jsonl"), "w", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            check_eq(house.collect("jsonl", "--source", str(days), "--position",
                                   house.path(f"{days}.pos"), house.path(f"{days}.jsonl")).end(), 0)
            wait_until(lambda at=at: house.ask("status")["now"] == at, f"the engine to be at {at}")
            should = [] if days is None else [
                {"calendar": "hall", "known_to": "2025-03-31", "days_left": days}]
            check_eq(house.ask("status")["calendars_ending"], should)
        house.engine.wait_err("calendar hall is known until 2025-03-31 (-2 days)")
        done = subprocess.run([ASK, "status", "--home", house.folder, "--lang", "zh"],
                              capture_output=True, text=True, check=False)
        check("hall 已知至 2025-03-31，还有 -2 天" in done.stdout, done.stdout)


main("system/ask")
