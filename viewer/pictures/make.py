#!/usr/bin/env python3
"""make.py - the pictures of the README, taken from the running demo.

    PORT=8099 make demo &           then, from the top of the tree:
    PYTHONPATH=. viewer/pictures/make.py HOME http://127.0.0.1:8099/

The wall is a screenshot of headless Chromium; the terminal is what tmux holds, drawn as a page."""

import contextlib
import html
import http.server
import os
import re
import subprocess
import sys
import threading
import unicodedata

from tests.lib.browser import Browser
from tests.lib.check import program
from tests.lib.watched import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
COLOURS = ["#1d2330", "#ff5c57", "#5af78e", "#f3f99d", "#57c7ff", "#ff6ac1", "#9aedfe", "#e6edf3"]
SESSION = "cardwatch-picture"


def style(codes, state):
    for code in codes:
        if code == 0:
            state.clear()
        elif code == 1:
            state["bold"] = True
        elif code == 2:
            state["dim"] = True
        elif code == 7:
            state["reverse"] = True
        elif 30 <= code <= 37:
            state["fg"] = COLOURS[code - 30]
        elif code == 39:
            state.pop("fg", None)
        elif 40 <= code <= 47:
            state["bg"] = COLOURS[code - 40]
        elif code == 49:
            state.pop("bg", None)
    front, back = state.get("fg", "#e6edf3"), state.get("bg", "transparent")
    if state.get("reverse"):
        front, back = "#0d1117", state.get("fg", "#e6edf3")
    return (f"color:{front};background:{back};font-weight:{'bold' if state.get('bold') else 'normal'};"
            f"opacity:{0.6 if state.get('dim') else 1}")


def cell(character):
    """A terminal's characters are one or two cells wide, whatever font draws them."""
    wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
    if wide == 1 and character.isascii():
        return html.escape(character)
    return f'<i style="display:inline-block;width:{wide}ch;font-style:normal">{character}</i>'


def as_page(screen):
    state, out = {}, []
    for part in re.split(r"(\x1b\[[0-9;]*m)", screen):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if code:
            now = style([int(number or 0) for number in code.group(1).split(";")], state)
            out.append(f'</span><span style="{now}">')
        else:
            out.append("".join(cell(character) for character in part))
    return ('<meta charset="utf-8"><body style="margin:0;background:#0d1117;color:#e6edf3">'
            '<pre style="font:15px/1.3 \'DejaVu Sans Mono\',\'Noto Sans Mono CJK SC\',monospace;padding:16px;margin:0">'
            f"<span>{''.join(out)}</span></pre>")


def terminal(home, lang):
    command = f"LC_ALL=C.UTF-8 {program('cardwatch-view-top')} --home {home} --lang {lang}"
    subprocess.run(["tmux", "new-session", "-d", "-s", SESSION, "-x", "122", "-y", "32", command],
                   check=True)

    def screen():
        return subprocess.run(["tmux", "capture-pane", "-e", "-p", "-t", SESSION], check=True,
                              capture_output=True, text=True).stdout
    wait_until(lambda: screen().count("case-") > 20 and re.search("live|实时", screen()),
               "a live terminal")
    taken = screen()
    subprocess.run(["tmux", "kill-session", "-t", SESSION], check=True)
    return taken


@contextlib.contextmanager
def served(page):
    """The page behind an address of this machine, for as long as it is looked at."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):  # noqa: N802, the library's name
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_):
            pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def main():
    home, address = sys.argv[1:3]
    with Browser(1920, 1080) as browser:
        browser.open(address + "?lang=zh")
        browser.until("document.querySelectorAll('li').length > 8")
        browser.screenshot(os.path.join(HERE, "wall.png"))
    for lang in ("en", "zh"):
        with served(as_page(terminal(home, lang))) as page, Browser(1160, 680) as browser:
            browser.open(page)
            browser.screenshot(os.path.join(HERE, f"top-{lang}.png"))


main()
