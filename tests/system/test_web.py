#!/usr/bin/python3
"""test_web.py - cardwatch view web as a browser meets it: HTTP, and the WebSocket /live."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile

from tests.lib.check import check, check_eq, main, program, skip, test
from tests.lib.fake_engine import FakeEngine
from tests.lib.watched import Watched, wait_until
from tests.lib.websocket import Refused, WebSocket

WEB = program("cardwatch-view-web")
PAGE = os.path.join(os.path.dirname(__file__), "../../viewer/web/page")


class Wall:
    def __init__(self, engine, watched):
        self.engine, self.watched = engine, watched
        address = watched.wait_out(1)[0]
        self.port = int(re.fullmatch(r"https?://127\.0\.0\.1:(\d+)/", address).group(1))

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer, answer.read()
        finally:
            connection.close()

    def raw(self, text):
        """The answer to any bytes at all."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            connection.sendall(text)
            connection.shutdown(socket.SHUT_WR)
            answer = b""
            with contextlib.suppress(ConnectionError, TimeoutError):
                while piece := connection.recv(65536):
                    answer += piece
            return answer

    def live(self, **options):
        return WebSocket("127.0.0.1", self.port, "/live", **options)

    def stop(self):
        self.watched.process.send_signal(signal.SIGTERM)
        check_eq(self.watched.end(), 0, str(self.watched.err[-5:]))
        return {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", self.watched.err[-1])}


@contextlib.contextmanager
def hall():
    home = tempfile.mkdtemp(prefix="cardwatch-web-")
    engine = FakeEngine(home).start()
    try:
        yield engine
    finally:
        engine.stop()
        shutil.rmtree(home)


@contextlib.contextmanager
def wall(engine, *more):
    with Watched([WEB, "--home", engine.home, "--listen", "127.0.0.1:0", "--lang", "en",
                  *more]) as watched:
        yield Wall(engine, watched)


def messages(live, kind, until=lambda m: True, timeout=20):
    """The first message of this kind for which `until` holds."""
    def find():
        text = live.receive(timeout)
        check(text is not None, "the server has closed")
        message = json.loads(text)
        return message if message["t"] == kind and until(message) else None
    return wait_until(find, f"a {kind}", timeout)


def snapshot(place, until=lambda m: True):
    """Connect again and again until the snapshot is as wanted."""
    def look():
        with place.live() as live:
            message = json.loads(live.receive())
        check_eq(message["t"], "snapshot", "the first message")
        return message if until(message) else None
    return wait_until(look, "a snapshot")


def standing(message):
    return {one["level"]: one["standing"] for one in message["levels"]}


# --- HTTP ------------------------------------------------------------------------------------------

@test
def each_file_of_the_page_is_served_with_strict_headers():
    types = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8",
             ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
    with hall() as engine, wall(engine) as place:
        for name in ["", *os.listdir(PAGE)]:
            status, answer, body = place.ask("GET", "/" + name)
            with open(os.path.join(PAGE, name or "index.html"), "rb") as file:
                check_eq((status, body), (200, file.read()), name)
            check_eq(answer.headers["Content-Type"],
                     types[os.path.splitext(name or "index.html")[1]])
            check_eq(answer.headers["X-Content-Type-Options"], "nosniff")
            check_eq(answer.headers["Referrer-Policy"], "no-referrer")
            policy = answer.headers["Content-Security-Policy"]
            check(policy.startswith("default-src 'none'; "), policy)
            check("unsafe" not in policy and "http" not in policy and "*" not in policy, policy)


@test
def the_page_has_no_inline_code_and_names_no_other_host():
    for name in os.listdir(PAGE):
        with open(os.path.join(PAGE, name), encoding="utf-8") as file:
            text = file.read().replace("http://www.w3.org/2000/svg", "")
        check(not re.search(r"https?://|wss?://\w|url\(|@import|innerHTML|eval\(", text), name)
        if name.endswith(".html"):
            check(not re.search(r"<style|style=|\son\w+=|<script(?![^>]*src=)", text), name)


@test
def head_has_the_length_and_no_body():
    with hall() as engine, wall(engine) as place:
        _, got, body = place.ask("GET", "/wall.css")
        status, answer, nothing = place.ask("HEAD", "/wall.css")
        check_eq((status, nothing), (200, b""))
        check_eq(answer.headers["Content-Length"], str(len(body)))
        check_eq(answer.headers["Content-Type"], got.headers["Content-Type"])
        check_eq(place.ask("HEAD", "/nowhere")[0], 404)


@test
def what_is_not_there_is_404_and_other_methods_are_405():
    with hall() as engine, wall(engine) as place:
        check_eq(place.ask("GET", "/nowhere")[0], 404)
        check("Content-Security-Policy" in place.ask("GET", "/nowhere")[1].headers)
        for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
            status, answer, _ = place.ask(method, "/", body="x" * 100)
            check_eq((status, answer.headers["Allow"]), (405, "GET, HEAD"), method)
        check_eq(place.ask("GET", "/live")[0], 400)
        check_eq(place.ask("GET", "/wall.css?v=1")[0], 200)


@test
def no_path_leads_out_of_the_page():
    paths = ["/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd",
             "//etc/passwd", "/etc/passwd", "/wall.css/../../main.c", "/./../main.c",
             "/%00", "/wall.css%00.html", "/\\..\\..\\etc\\passwd", "/?" + "a" * 3000]
    with hall() as engine, wall(engine) as place:
        for path in paths:
            answer = place.raw(f"GET {path} HTTP/1.1\r\nHost: h\r\n\r\n".encode())
            check(b"root:" not in answer and b"#include" not in answer, path)
        for nonsense in (b"\r\n\r\n", b"BREW / HTTP/1.1\r\nHost: h\r\n\r\n", b"\x16\x03\x01\x00",
                         b"GET / HTTP/1.1\r\n" + b"X-A: " + b"a" * 20000 + b"\r\n\r\n",
                         b"GET / " + b"\xff" * 500, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
            check(b"root:" not in place.raw(nonsense + b"\r\n\r\n"))
        check_eq(place.ask("GET", "/")[0], 200, "it still serves")


@test
def health_says_whether_the_engine_is_in_sight():
    with hall() as engine, wall(engine) as place:
        wait_until(lambda: place.ask("GET", "/health")[0] == 200, "well")
        engine.is_pulsing = False
        wait_until(lambda: place.ask("GET", "/health")[0] == 503, "not well")


# --- the WebSocket ---------------------------------------------------------------------------------

@test
def a_browser_gets_a_snapshot_and_then_each_card_and_pulse():
    with hall() as engine, wall(engine, "--title", "某某市政务服务中心") as place:
        for i in range(40):
            engine.issue(case=f"案件-{i:04}", level=["warn", "yellow", "red"][i % 3])
        first = snapshot(place, lambda m: m.get("have") == 40)
        check_eq(first["title"], "某某市政务服务中心")
        check_eq(standing(first), {"warn": 14, "yellow": 13, "red": 13})
        check_eq([c["seq"] for c in first["cards"]], list(range(11, 41)))
        check_eq(first["orgs"], [{"org": "规划局", "by": [14, 13, 13]}])
        check_eq(sum(map(sum, first["hours"]["by"])), 40)
        check_eq((len(first["hours"]["by"]), len(first["days"]["by"])), (24, 30))
        with place.live() as live:
            messages(live, "snapshot")
            engine.issue(case="案件-9999", level="red", over="2 workday")
            fresh = messages(live, "cards")
            check_eq([(c["seq"], c["case"], c["level"], c["over"]) for c in fresh["cards"]],
                     [(41, "9999", "red", "2 workday")])
            check_eq(standing(fresh)["red"], 14)
            pulse = messages(live, "pulse", lambda m: m["head"] == 41)
            check_eq((pulse["clock"], standing(pulse)["red"], pulse["have"]), ("wall", 14, 41))


@test
def nothing_personal_leaves_the_house():
    with hall() as engine, wall(engine) as place:
        engine.sources = [{"source": "hall", "seq": 1, "last_at": None, "silent_since": None,
                           "operator": "SECRET"}]
        engine.issue(case="SECRET-430102199001011234", handler="SECRET-张三", step="SECRET",
                     reason="SECRET reason", receipt={"SECRET": 1}, attrs={"phone": "SECRET"})
        with place.live() as live:
            text = live.receive()
            while '"case":"1234"' not in text:
                text += live.receive()
            engine.issue(case="SECRET-号码五六七八", handler="SECRET")
            while "五六七八" not in text:
                text += live.receive()
            check("SECRET" not in text, text)
            check("号码" not in text, text)
    with hall() as engine, wall(engine, "--show-case") as place:
        engine.issue(case="WABO-2013-17")
        check_eq(snapshot(place, lambda m: m["cards"])["cards"][0]["case"], "WABO-2013-17")


@test
def counts_are_true_after_a_restart_and_follow_every_change_of_state():
    with hall() as engine:
        def tell(case, *states, level="red"):
            for state in states:
                engine.issue(case=case, state=state, level=level)
        tell("A", "issued")
        tell("B", "issued", "superseded", level="warn")
        tell("C", "issued", "withdrawn", "issued")
        tell("D", "issued", "appealed", "dismissed")
        tell("E", "pending")
        tell("F", "pending", "issued", "appealed", level="yellow")
        tell("G", "pending", "withdrawn")
        tell("H", "issued", "closed")
        for _ in range(2):
            with wall(engine) as place:
                first = snapshot(place, lambda m: m.get("have") == len(engine.cards))
                check_eq(standing(first), {"warn": 0, "yellow": 1, "red": 2})
                check_eq({one["level"]: one["raised"] for one in first["levels"]},
                         {"warn": 1, "yellow": 1, "red": 4})
                check_eq(first["withdrawn"], 0)  # C was given back
                check_eq(first["orgs"], [{"org": "规划局", "by": [0, 1, 2]}])
                check_eq([(c["case"], c["state"]) for c in first["cards"]],
                         [("A", "issued"), ("B", "issued"), ("C", "issued"), ("C", "withdrawn"),
                          ("C", "issued"), ("D", "issued"), ("F", "issued"), ("H", "issued")])


@test
def levels_that_only_a_rule_set_knows_are_counted_too():
    with hall() as engine, wall(engine) as place:
        for i in range(12):
            engine.issue(case=f"C-{i}", level=f"level-{i}")
        first = snapshot(place, lambda m: m.get("have") == 12)
        check_eq(len(first["levels"]), 8)
        check_eq(sum(standing(first).values()), 12)


@test
def ranking_is_by_standing_cards_and_bounded():
    with hall() as engine, wall(engine) as place:
        for i in range(30):
            for n in range(i):
                engine.issue(case=f"C-{i}-{n}", org=f"org {i:02}")
        first = snapshot(place, lambda m: m.get("have") == 435)
        check_eq([o["org"] for o in first["orgs"]], [f"org {i}" for i in range(29, 17, -1)])


@test
def a_dead_engine_is_told_with_the_hour_and_so_is_its_return():
    with hall() as engine, wall(engine) as place, place.live() as live:
        messages(live, "pulse")
        engine.is_pulsing = False
        sight = messages(live, "sight", lambda m: m["blind"])
        check(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+08:00", sight["since"]),
              sight["since"])
        check(snapshot(place)["blind"], "who comes later sees it too")
        engine.is_pulsing = True
        messages(live, "sight", lambda m: not m["blind"])
        messages(live, "pulse")


@test
def another_ledger_begins_the_counts_again():
    with hall() as engine, wall(engine) as place, place.live() as live:
        for i in range(5):
            engine.issue(case=f"C-{i}")
        messages(live, "pulse", lambda m: standing(m)["yellow"] == 5)
        engine.stop()
        engine.wipe("fake-2")
        engine.lose(case="D-1", level="red")
        engine.start()
        again = messages(live, "snapshot", lambda m: m.get("have") == 1)
        check_eq(standing(again), {"warn": 0, "yellow": 0, "red": 1})
        check_eq([c["seq"] for c in again["cards"]], [1])


@test
def a_slow_browser_gets_a_fresh_snapshot_and_holds_nobody_up():
    with hall() as engine, wall(engine) as place:
        with place.live(receive_buffer=2048) as slow, place.live() as quick:
            messages(slow, "snapshot")
            for number in range(1, 41):  # more than any buffer between them holds
                for i in range(500):
                    engine.issue(case=f"C-{number}-{i}", item="长" * 30, org="部" * 30)
                messages(quick, "pulse", lambda m, have=number * 500: m["have"] >= have)
            seen = messages(slow, "snapshot", lambda m: m["have"] > 500)
            check_eq(len(seen["cards"]), 30)
            messages(slow, "pulse", lambda m: standing(m)["yellow"] == 20000)
        with open(f"/proc/{place.watched.process.pid}/status", encoding="ascii") as file:
            resident_kib = int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))
        with open(f"/proc/{place.watched.process.pid}/maps", encoding="utf-8") as file:
            is_sanitized = "asan" in file.read()  # which keeps what is freed for a while
        check(resident_kib < (800 if is_sanitized else 100) * 1024, f"bounded: {resident_kib} KiB")
        check(place.stop()["resynced"] >= 1, str(place.watched.err))


@test
def there_is_a_cap_and_a_place_that_is_given_back_is_free():
    with hall() as engine, wall(engine, "--clients-max", "2") as place:
        first, second = place.live(), place.live()
        check(first.receive() and second.receive())
        try:
            place.live()
            check(False, "a third was let in")
        except Refused:
            pass
        check_eq(place.ask("GET", "/")[0], 200, "pages are still served")
        first.close()

        def again():
            with contextlib.suppress(Refused):
                with place.live() as live:
                    return live.receive()
            return None
        wait_until(again, "a free place")
        second.close()
        check(place.stop()["turned_away"] >= 1)


@test
def another_site_another_path_and_talking_back_are_refused():
    with hall() as engine, wall(engine) as place:
        own = f"http://127.0.0.1:{place.port}"
        for path, headers in [("/live", {"Origin": "http://evil.example"}),
                              ("/live", {"Origin": own + "1"}), ("/live", {"Origin": "null"}),
                              ("/", {}), ("/live/x", {}), ("/index.html", {})]:
            try:
                WebSocket("127.0.0.1", place.port, path, headers=headers)
                check(False, f"let in: {path} {headers}")
            except Refused:
                pass
        with place.live(headers={"Origin": own}) as live:
            check(live.receive())
            live.send("hello")
            wait_until(lambda: live.receive() is None, "the end")
        check_eq(place.ask("GET", "/")[0], 200)


@test
def it_speaks_tls_when_it_is_given_a_certificate():
    if shutil.which("openssl") is None:
        skip("openssl is not installed")
    with hall() as engine:
        cert, key = os.path.join(engine.home, "cert.pem"), os.path.join(engine.home, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-keyout", key, "-out", cert], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with wall(engine, "--tls-cert", cert, "--tls-key", key) as place:
            check(place.watched.out[0].startswith("https://"))
            trust = ssl.create_default_context(cafile=cert)
            trust.check_hostname = False
            connection = http.client.HTTPSConnection("127.0.0.1", place.port, context=trust)
            connection.request("GET", "/")
            answer = connection.getresponse()
            check_eq((answer.status, answer.version), (200, 11))
            check(b"<!doctype html>" in answer.read())
            connection.close()
            place.stop()


@test
def a_wrong_option_is_refused_in_words():
    with hall() as engine, wall(engine) as place:
        for more, code, words in [
                (["--listen", f"127.0.0.1:{place.port}"], 1, "cannot listen"),
                (["--listen", "nowhere"], 64, "should be ADDR:PORT"),
                (["--listen", "127.0.0.1:99999"], 64, "should be ADDR:PORT"),
                (["--tls-cert", "x"], 64, "go together"),
                (["--listen", "203.0.113.1:8080"], 1, "cannot listen")]:
            with Watched([WEB, "--home", engine.home, "--lang", "en", *more]) as watched:
                check_eq(watched.end(), code, words)
                check(any(words in line for line in watched.err), str(watched.err))


main("system/web")
