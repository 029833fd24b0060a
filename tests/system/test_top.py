#!/usr/bin/python3
"""test_top.py - cardwatch view top in a real terminal (tmux), as a person sees it and types to it."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from datetime import timedelta

from tests.lib.check import check, check_eq, main, program, skip, test
from tests.lib.fake_engine import FakeEngine, scene, text_of
from tests.lib.watched import wait_until

TOP = program("cardwatch-view-top")


class Terminal:
    """A terminal of a tmux server of its own; a shell stays in it when the program ends."""

    def __init__(self, name, command, width, height, environment):
        self.name = name
        # a hangup that comes while a leak checker looks leaves a process that never ends
        environment = {"ASAN_OPTIONS": "detect_leaks=0", **environment}
        set_up = " ".join(f"{key}={value}" for key, value in environment.items())
        self.tmux("-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", str(width), "-y",
                  str(height), f"env {set_up} {command}; echo ended with $?; exec cat")

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-L", self.name, *words], capture_output=True, text=True,
                              timeout=20, env={**os.environ, "LC_ALL": "C.UTF-8"})
        return done.stdout

    def screen(self, with_ink=False):
        return self.tmux("capture-pane", "-p", "-t", "t", *(["-e"] if with_ink else []))

    def wait(self, *words, without=()):
        def is_there():
            text = self.screen()
            return all(w in text for w in words) and not any(w in text for w in without)
        wait_until(is_there, lambda: f"{words} without {without} on:\n{self.screen()}")
        return self.screen()

    def type(self, *keys):
        self.tmux("send-keys", "-t", "t", *keys)

    def resize(self, width, height):
        self.tmux("resize-window", "-t", "t", "-x", str(width), "-y", str(height))


@contextlib.contextmanager
def hall(width=80, height=24, lang="en", cards=8, **environment):
    if not shutil.which("tmux"):
        skip("tmux is not installed")
    home = tempfile.mkdtemp(prefix="cardwatch-top-")
    terminal = None
    try:
        with FakeEngine(home) as engine:
            scene(engine)
            for i in range(cards):
                engine.issue(case=f"C-{i}", org="市规划局" if i % 2 else "Parks",
                             level=["warn", "yellow", "red"][i % 3])
            engine.settle()
            terminal = Terminal(os.path.basename(home),  # the last one's server may still be ending
                                f"{TOP} --home {home} --lang {lang} --blind-ms 1500", width, height,
                                {"LC_ALL": "C.UTF-8", **environment})
            yield engine, terminal
    finally:
        if terminal:
            terminal.tmux("kill-server")
        shutil.rmtree(home)


def columns(line):
    return sum(2 if ord(c) > 0x2e80 else 1 for c in line)


@test
def all_of_it_fits_80_by_24():
    with hall() as (_, terminal):
        text = terminal.wait("C-7", "Organisations 2", "D-1000", "12345", "live")
        for piece in ("fake-1", "rules 3", "events/s", "▲ warning", "■ yellow", "⬢ red", "open 32",
                      "refused 2", "Cards 9", "Due soon 40", "Sources 2", "q quit"):
            check(piece in text, f"{piece!r} is missing:\n{text}")
        lines = text.splitlines()
        check_eq(len(lines), 24)
        check(all(columns(line) <= 80 for line in lines), text)
        order = [line for line in lines if " C-" in line]
        check(" C-7 " in order[0] and " C-0 " in order[-1], "the newest is on top:\n" + text)


@test
def a_large_screen_shows_more_side_by_side():
    with hall(120, 40, lang="zh") as (_, terminal):
        text = terminal.wait("C-0", "部门排名 2", "D-1008", "无法判断，自", "● 实时")
        for piece in ("电子监察", "规则第 3 版", "▲ 预警", "■ 黄牌", "⬢ 红牌", "今日/累计", "发牌 9",
                      "即将到期 40", "来源 2", "退出"):
            check(piece in text, f"{piece!r} is missing:\n{text}")
        line = [x for x in text.splitlines() if "部门排名" in x][0]
        check("发牌" in line, "beside each other:\n" + text)


@test
def where_the_bar_is_short_the_instance_gives_way():
    with hall(62, 20) as (_, terminal):
        text = terminal.wait("rules 3", "live", without=("fake-1",))
        check("events/s" in text, text)


@test
def what_falls_due_today_stands_in_the_column_of_other_days():
    with hall(100, 30) as (engine, terminal):
        now = engine.now()
        engine.due = [{**engine.due[0], "case": case, "due_at": text_of(at)}
                      for case, at in (("TODAY", now), ("LATER", now + timedelta(days=1)))]
        text = terminal.wait("TODAY", "LATER")
        columns_of = {columns(line[:line.index(case)]) for line in text.splitlines()
                      for case in ("TODAY", "LATER") if case in line}
        check_eq(len(columns_of), 1, text)


@test
def organisations_are_ranked_by_what_was_seen_if_need_be():
    for has_counts in (True, False):
        with hall() as (engine, terminal):
            engine.has_card_counts = has_counts
            for _ in range(4):
                engine.issue(org="Parks", level="red")
            terminal.wait("Organisations 2")
            wait_until(lambda: [x for x in terminal.screen().splitlines()
                                if x.startswith("Parks") and "⬢5" in x and "▲2" in x],
                       lambda: terminal.screen())


@test
def a_thousand_cards_of_an_organisation_are_not_cut():
    with hall(width=100, cards=6060) as (_, terminal):
        terminal.wait("Parks", "■1010")


@test
def a_new_card_appears_and_a_withdrawn_one_is_marked():
    with hall() as (engine, terminal):
        terminal.wait("C-7", "live")
        engine.issue(case="NEW-1", state="withdrawn", reason="finished in time", level="red")
        text = terminal.wait("NEW-1")
        line = [x for x in text.splitlines() if "NEW-1" in x][0]
        check("↩" in line and "withdrawn" in line, line)


@test
def a_card_that_waits_says_until_when_and_counts_for_nothing():
    with hall() as (engine, terminal):
        engine.has_card_counts = False
        terminal.wait("C-7", "live")
        engine.issue(case="W-1", state="pending", level="red", org="Parks",
                     until="2025-03-14T09:30:00+08:00")
        engine.issue(case="W-2", state="withdrawn", level="red", org="Parks", unreleased=True)
        text = terminal.wait("W-2", "by 03-14")
        line = [x for x in text.splitlines() if "W-1" in x][0]
        check("?" in line and "by 03-14" in line, line)
        wait_until(lambda: [x for x in terminal.screen().splitlines()  # of C-2 alone
                            if x.startswith("Parks") and "⬢1" in x], lambda: terminal.screen())


@test
def a_dead_feed_looks_dead_and_comes_back():
    with hall() as (engine, terminal):
        terminal.wait("C-7", "live", without=["BLIND"])
        engine.stop()
        terminal.wait("BLIND: no pulse since")
        ink = terminal.screen(with_ink=True).splitlines()
        loud = [line for line in ink if "BLIND: no pulse" in line][0]
        check("\x1b[41m" in loud or ";41m" in loud or "\x1b[7m" in loud, repr(loud))
        rest = "\n".join(line for line in ink if line != loud)
        check("\x1b[2m" in rest or "\x1b[0;2m" in rest, "faint: " + repr(rest))
        check(not any(f"\x1b[{colour}m" in rest for colour in (31, 33, 36)), "grey: " + repr(rest))
        terminal.type("l")
        terminal.wait("失明：自", "没有心跳")
        terminal.type("l")
        engine.start()
        terminal.wait("live", without=["BLIND"])


@test
def another_ledger_is_told_and_its_cards_alone_are_shown():
    with hall() as (engine, terminal):
        terminal.wait("C-7", "live")
        engine.stop()
        engine.wipe("fake-9")
        for i in range(12):
            engine.lose(case=f"D-{i}")
        engine.start()
        terminal.wait("another ledger: fake-9, up to card 12", "D-11", without=["C-7", "BLIND"])


@test
def enter_shows_why():
    with hall() as (_, terminal):
        terminal.wait("C-7", "live")
        terminal.type("End", "Enter")
        terminal.wait("why", "⬢ red · issued · 许可-2025-0017", "行政许可法 第四十二条")
        terminal.type("PageDown", "PageDown", "PageDown")
        terminal.wait("used", "20 workday", "over")
        terminal.type("Escape")
        terminal.wait("Cards 9", "Due soon")


@test
def a_question_does_not_stop_the_screen():
    with hall() as (engine, terminal):
        terminal.wait("C-7", "D-1000", "live")
        engine.is_answering = False
        terminal.type("Enter")
        terminal.wait("asking")
        engine.events += 1000000
        engine.issue(case="MEANWHILE")
        terminal.wait("The engine did not answer")
        terminal.type("q")
        terminal.wait("MEANWHILE")


@test
def a_filter_leaves_only_what_it_names():
    with hall() as (_, terminal):
        terminal.wait("C-7", "live")
        terminal.type("/", "规划")
        text = terminal.wait("Cards 5 · filter: 规划")
        check("C-7" in text and "C-6" not in text, text)
        terminal.type("Escape")
        terminal.wait("Cards 9", "C-6")
        terminal.type("Tab", "Enter")  # the first organisation of the ranking
        terminal.wait("filter: ")


@test
def the_chosen_line_stays_with_its_card():
    with hall() as (engine, terminal):
        terminal.wait("C-7", "live")

        def chosen():
            return [x for x in terminal.screen(with_ink=True).splitlines()[4:] if "\x1b[7m" in x]

        def wait_chosen():
            wait_until(lambda: chosen() and "C-5" in chosen()[0], lambda: f"C-5 in {chosen()}")
        terminal.type("Down", "Down")
        wait_chosen()
        engine.issue(case="AFTER-1")
        engine.issue(case="AFTER-2")
        terminal.wait("AFTER-2")
        wait_chosen()


@test
def help_and_language():
    with hall(100, 30) as (_, terminal):
        terminal.wait("C-7", "live")
        terminal.type("?")
        terminal.wait("shows an engine at work", "Shift-Tab")
        terminal.type("q")
        terminal.wait("Cards 9", without=["Shift-Tab"])
        terminal.type("l")
        terminal.wait("发牌 9", "红牌", "q 退出")
        terminal.type("?")
        terminal.wait("显示引擎的实时情况")


@test
def resizing_is_safe():
    with hall() as (engine, terminal):
        terminal.wait("C-7", "live")
        for width, height in ((200, 60), (60, 16), (30, 5), (110, 17), (250, 24), (80, 24)):
            terminal.resize(width, height)
            engine.issue(case=f"S-{width}")
            if width < 60:
                terminal.wait("too small")
            else:
                text = terminal.wait(f"S-{width}", "q quit")
                check(all(columns(line) <= width for line in text.splitlines()), text)


@test
def the_terminal_is_given_back():
    for keys, code in ((["q"], "0"), (["C-c"], "0")):
        with hall() as (_, terminal):
            terminal.wait("C-7", "live")
            terminal.type(*keys)
            text = terminal.wait(f"ended with {code}", without=["Cards"])
            terminal.type("typed", "Enter")
            terminal.wait("typed")
            check("C-7" not in text, text)


@test
def ascii_and_monochrome_work():
    with hall(TERM="vt100", LC_ALL="C") as (_, terminal):
        text = terminal.wait("C-7", "live")
        check("# yellow" in text and "@ red" in text and "^ warning" in text, text)
        check("市规划局" in text, "names stay as they are:\n" + text)


@test
def without_a_terminal_it_says_so():
    done = subprocess.run([TOP, "--home", "./nowhere", "--lang", "en"], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, timeout=20)
    check_eq(done.returncode, 64)
    check("cardwatch view tail" in done.stderr, done.stderr)


main("system/top")
