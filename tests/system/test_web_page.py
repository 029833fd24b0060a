#!/usr/bin/python3
"""test_web_page.py - the wall as it stands on a screen: a real browser, a real server, an engine that
misbehaves."""

import contextlib
import re
import shutil
import signal
import tempfile

from tests.lib.browser import Browser, find
from tests.lib.check import check, check_eq, main, program, skip, test
from tests.lib.fake_engine import FakeEngine, scene, text_of
from tests.lib.watched import Watched

WEB = program("cardwatch-view-web")
SEQS = "[...document.querySelectorAll('#cards .card:not(.is-leaving)')].map(r => r.seq)"
LIVE = "!document.body.matches('.is-starting, .is-stopped')"
SIZES = [(1920, 1080), (3840, 2160), (1080, 1920), (1366, 768)]


def serve(home, listen="127.0.0.1:0"):
    return Watched([WEB, "--home", home, "--listen", listen, "--title", "某某市政务服务中心"])


@contextlib.contextmanager
def screen(width=1920, height=1080, query="?lang=zh", prepare=lambda engine: None):
    if find() is None:
        skip("no Chromium is installed")
    home = tempfile.mkdtemp(prefix="cardwatch-page-")
    engine = FakeEngine(home)
    try:
        prepare(engine)
        engine.start()
        with serve(home) as server:
            address = server.wait_out(1)[0]
            with Browser(width, height) as browser:
                browser.call("Network.enable")
                browser.open(address + query)
                browser.until(LIVE)
                yield engine, browser, server, address
    finally:
        engine.stop()
        shutil.rmtree(home)


def fill(engine, count=60):
    for i in range(count):
        engine.lose(case=f"C-{i:04}", level=["warn", "yellow", "red"][i % 3], org=f"部门{i % 9}",
                    over="2 workday" if i % 3 == 2 else "0 workday")


# Right edge of a level's name, left edge of its number.
EDGES = """[...document.querySelectorAll('.number .level')].map(name => {
  const range = document.createRange(); range.selectNodeContents(name);
  return [range.getBoundingClientRect().right,
          name.closest('.number').querySelector('.big').getBoundingClientRect().left]; })"""


@test
def a_large_number_leaves_room_for_its_name():
    def many(engine):
        for i in range(1100):
            engine.lose(case=f"C-{i:04}", level="warn")
    for lang in ("zh", "en"):
        with screen(query=f"?lang={lang}", prepare=many) as (_, browser, _, _):
            browser.until("document.querySelector('.number .big').textContent === '1,100'")
            for name, number in browser.value(EDGES):
                check(name < number, f"{lang}: a name ends at {name}, its number begins at {number}")
            height = browser.value("document.querySelector('.number .level').offsetHeight")
            check(height < 60, f"{lang}: the name of the level is broken: {height}")


@test
def cards_stand_in_order_and_the_newest_comes_in_on_top():
    with screen(prepare=fill) as (engine, browser, _, address):
        browser.until(f"{SEQS}[0] === 60")
        seqs = browser.value(SEQS)
        check_eq(seqs, list(range(60, 60 - len(seqs), -1)))
        check(len(seqs) >= 8, str(seqs))
        engine.issue(case="C-9999", level="red", org="市规划局", item="建筑许可", over="3 workday")
        browser.until(f"{SEQS}[0] === 61")
        row = browser.value("document.querySelector('.card').innerText.split(/\\n+/)")
        for words in ("红牌", "市规划局", "建筑许可", "超期 3 个工作日", "9999"):
            check(words in row, f"{words} in {row}")
        check_eq(browser.value("document.querySelectorAll('.number .big')[2].textContent"), "21")
        check("C-9999" not in browser.value("document.documentElement.outerHTML"), "masked")
        check_eq(browser.complaints(), [])
        foreign = [e["params"]["request"]["url"] for e in browser.events
                   if e.get("method") == "Network.requestWillBeSent"
                   and not e["params"]["request"]["url"].startswith(address)]
        check_eq(foreign, [])


@test
def a_withdrawn_card_is_struck_out_and_no_longer_counted():
    with screen() as (engine, browser, _, _address):
        engine.issue(case="C-1", level="red")
        engine.issue(case="C-1", level="red", state="withdrawn", reason="SECRET")
        browser.until(f"{SEQS}.length === 2")
        check_eq(browser.value("document.querySelector('.card.is-back .level').textContent"), "撤销")
        browser.until("document.querySelectorAll('.number .big')[2].textContent === '0'")
        check("SECRET" not in browser.value("document.documentElement.outerHTML"))


@test
def it_dies_visibly_when_the_pulse_stops_and_comes_back_by_itself():
    with screen(prepare=fill) as (engine, browser, _, _address):
        engine.is_pulsing = False
        browser.until("document.body.matches('.is-stopped')")
        check_eq(browser.value("getComputedStyle(document.getElementById('wall')).filter"),
                 "grayscale(1) brightness(0.42)")
        text = browser.value("document.getElementById('stopped').innerText")
        check(re.search(r"数据中断\s+自 \d\d:\d\d:\d\d 起\s+已 \d+ 秒", text), text)
        since = browser.value("document.getElementById('stopped-since').textContent")
        count = browser.value("document.getElementById('stopped-count').textContent")
        browser.until(f"document.getElementById('stopped-count').textContent !== '{count}'")
        check_eq(browser.value("document.getElementById('stopped-since').textContent"), since)
        engine.is_pulsing = True
        browser.until(LIVE)
        check(browser.value("document.getElementById('stopped').hidden"))
        engine.issue(case="C-after")
        browser.until(f"{SEQS}[0] === 61")


@test
def it_dies_visibly_when_the_server_goes_and_finds_it_again():
    with screen(prepare=fill) as (engine, browser, server, address):
        listen = re.search(r"//(.*)/", address).group(1)
        server.process.send_signal(signal.SIGKILL)
        server.end()
        browser.until("document.body.matches('.is-stopped')")
        check("网页服务" in browser.value("document.getElementById('stopped').innerText"))
        engine.issue(case="C-meanwhile", level="red")
        with serve(engine.home, listen):
            browser.until(LIVE, 30)
            browser.until(f"{SEQS}[0] === 61")


@test
def a_new_build_and_a_failure_load_the_page_anew():
    with screen() as (_, browser, _server, _address):
        browser.value("window.mark = 1; import('/guard.js').then(g => g.seeBuild('another'))")
        browser.until("window.mark === undefined")
        browser.until(LIVE)


@test
def it_stays_as_small_as_it_began():
    count = "document.querySelectorAll('*').length"
    with screen(prepare=fill) as (engine, browser, _, _address):
        before = browser.value(count)
        for i in range(600):
            engine.issue(case=f"D-{i}", org=f"部门{i % 40}", level=["warn", "red"][i % 2])
        browser.until(f"{SEQS}[0] === 660")
        browser.until(f"{count} <= {before} + 30")
        check_eq(browser.complaints(), [])


@test
def text_is_text_whatever_it_says():
    with screen() as (engine, browser, _, _address):
        evil = "<img src=x onerror=alert(1)>"
        engine.sources = [{"source": evil, "last_at": None, "silent_since": None}]
        engine.issue(org=evil, item=evil, case=evil, level=evil, limit=evil, used=evil, over=evil)
        browser.until("document.querySelector('.card .org')?.textContent.startsWith('<img')")
        browser.until("document.querySelector('.source-name')?.textContent.startsWith('<img')")
        check_eq(browser.value("document.querySelectorAll('img').length"), 1)
        check_eq(browser.complaints(), [])


@test
def with_nothing_to_show_it_says_so():
    with screen() as (_, browser, _server, _address):
        shown = browser.value("[...document.querySelectorAll('.empty')]"
                              ".filter(e => !e.hidden).map(e => e.innerText)")
        check_eq(len(shown), 4)
        check("尚未发牌" in shown[0], str(shown))


@test
def it_speaks_the_language_that_is_asked_for():
    with screen(query="?lang=en", prepare=scene) as (_, browser, _server, _address):
        check_eq(browser.value("document.documentElement.lang"), "en")
        text = browser.value("document.body.innerText")
        check("cannot judge since" in text and "Open cases" in text, text)
        check(not re.search("[实时发牌]{4}|数据来源", text), text)


@test
def a_silent_source_is_named_with_the_hour():
    with screen(prepare=scene) as (engine, browser, _, _address):
        silent = text_of(engine.now()).replace("T", " ")[:10]
        check(silent)
        text = browser.value("document.querySelector('.source.is-silent').innerText")
        check(re.search(r"12345-hotline\s+无法判断 自 ", text), text)


@test
def nothing_hangs_over_on_any_screen():
    over = """[...document.querySelectorAll('#wall *')].filter(e => {
        const box = e.getBoundingClientRect();
        return box.width && !e.closest('.said') && !e.matches('.is-leaving, .is-leaving *') &&
            (box.right > innerWidth + 1 || box.bottom > innerHeight + 1 || box.left < -1);
    }).map(e => e.outerHTML.slice(0, 80))"""
    with screen(prepare=lambda engine: (scene(engine), fill(engine))) as (_, browser, _s, _a):
        for width, height in SIZES:
            browser.resize(width, height)
            browser.until(f"innerWidth === {width}")
            browser.until(f"({over}).length === 0")
            check_eq(browser.value("document.documentElement.scrollHeight <= innerHeight"), True)
            shown = browser.value(SEQS)
            check(len(shown) >= 4, f"{width}x{height}: {shown}")


CONTRAST = """(() => {
    const light = c => c.map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const rgb = text => text.match(/[\\d.]+/g).map(Number);
    const ground = e => {
        for (; e; e = e.parentElement) {
            const c = rgb(getComputedStyle(e).backgroundColor);
            if (c.length === 3 || c[3] > 0) return c.slice(0, 3);
        }
        return [255, 255, 255];
    };
    return [...document.querySelectorAll('body *')].filter(e => e.getClientRects().length &&
        [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim())).map(e => {
        const style = getComputedStyle(e);
        const [a, b] = [light(rgb(e.closest('svg') ? style.fill : style.color).slice(0, 3)),
            light(ground(e))].sort((x, y) => y - x);
        return [(a + 0.05) / (b + 0.05), e.textContent];
    }).filter(pair => pair[0] < 4.5);
})()"""


@test
def every_word_can_be_read():
    with screen(prepare=lambda engine: (scene(engine), fill(engine))) as (engine, browser, _s, _a):
        browser.call("Emulation.setEmulatedMedia",
                     features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        check_eq(browser.value("getComputedStyle(document.querySelector('.card'))"
                               ".transitionDuration"), "0s")
        check_eq(browser.value(CONTRAST), [])
        check_eq(browser.value("document.getElementById('said').ariaLive || "
                               "document.getElementById('said').getAttribute('aria-live')"),
                 "polite")
        engine.issue(org="市规划局")
        browser.until("document.getElementById('said').textContent.includes('市规划局')")


main("system/web_page")
