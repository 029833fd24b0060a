"""browser.py - Chromium without a screen, driven through its debugging port.

    with Browser(1920, 1080) as browser:
        browser.open("http://127.0.0.1:8080/?lang=zh")
        browser.until("document.querySelectorAll('.card').length === 3")
        browser.screenshot("wall.png")

Everything it writes lies in a new folder that goes with it.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

from tests.lib.websocket import WebSocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0",
    "--disable-extensions", "--mute-audio", "--no-proxy-server", "--force-color-profile=srgb",
]


def find():
    """The path of a browser, or None."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


class Browser:
    def __init__(self, width=1920, height=1080, flags=()):
        self.folder = tempfile.mkdtemp(prefix="cardwatch-browser-")
        self.number = 0
        self.events = []
        self.process = subprocess.Popen(
            [find(), *FLAGS, *flags, f"--user-data-dir={self.folder}",
             f"--window-size={width},{height}", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            self.port = self._port()
            page = next(p for p in self._pages() if p["type"] == "page")
            self.socket = WebSocket("127.0.0.1", self.port,
                                    "/devtools/page/" + page["id"], timeout=20)
            self.call("Page.enable")
            self.call("Runtime.enable")
            self.call("Log.enable")
            self.resize(width, height)
        except BaseException:
            self.close()
            raise

    def _port(self):
        path = os.path.join(self.folder, "DevToolsActivePort")
        until = time.monotonic() + 30
        while time.monotonic() < until:
            if os.path.exists(path):
                with open(path, encoding="ascii") as file:
                    lines = file.read().split("\n")
                if len(lines) > 1:
                    return int(lines[0])
            time.sleep(0.05)
        raise TimeoutError("the browser does not open its debugging port")

    def _pages(self):
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        until = time.monotonic() + 20
        while True:
            try:
                with opener.open(f"http://127.0.0.1:{self.port}/json", timeout=5) as answer:
                    pages = json.load(answer)
                if any(p["type"] == "page" for p in pages):
                    return pages
            except OSError:
                if time.monotonic() > until:
                    raise
            time.sleep(0.05)

    def call(self, method, **parameters):
        self.number += 1
        self.socket.send(json.dumps(
            {"id": self.number, "method": method, "params": parameters}))
        while True:
            text = self.socket.receive(timeout=60)
            if text is None:
                raise ConnectionError("the browser has gone")
            message = json.loads(text)
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)
            del self.events[:-2000]

    def resize(self, width, height):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def open(self, address):
        self.call("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && location.protocol.startsWith('http')")

    def value(self, expression):
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                           awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, expression, timeout=20):
        """Wait until the expression is true in the page."""
        until = time.monotonic() + timeout
        while True:
            try:
                if self.value(expression):
                    return
            except RuntimeError:
                if time.monotonic() > until:
                    raise
            if time.monotonic() > until:
                raise TimeoutError(f"never true: {expression}")
            time.sleep(0.05)

    def complaints(self):
        """What the page's console holds against it: errors, refused content, exceptions."""
        self.value("0")  # whatever is under way comes in before the answer
        texts = []
        for event in self.events:
            parameters = event.get("params", {})
            if event.get("method") == "Runtime.exceptionThrown":
                texts.append(json.dumps(parameters["exceptionDetails"])[:500])
            entry = parameters.get("entry", {})
            if event.get("method") == "Log.entryAdded" and entry.get("level") == "error":
                texts.append(f"{entry.get('text')} {entry.get('url', '')}")
        return texts

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png")["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def close(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
