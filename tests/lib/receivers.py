"""receivers.py - where notices arrive: a real SMTP server (aiosmtpd) and an HTTP server for
webhooks. Both write down what comes, and refuse on command.

    with MailServer() as mail, HookServer() as hook:
        mail.refuse["li@example.org"] = "550 no such user"
        …
        mail.messages[0].id, .to, .subject, .body
"""

import asyncio
import collections
import email
import email.policy
import http.server
import json
import threading

from aiosmtpd.controller import Controller

Message = collections.namedtuple("Message", "id to subject body raw")
Call = collections.namedtuple("Call", "path headers body json")


class MailServer:
    def __init__(self):
        self.messages = []
        self.refuse = {}  # address: what RCPT is answered with
        self.refuse_next = []  # answers to the next DATAs, in order
        self.delay_s = 0.0  # between taking a message and saying so
        self.rejected = 0
        self.is_mute = False  # does not answer QUIT
        self._pause = threading.Event()
        self._controller = Controller(self, hostname="127.0.0.1", port=0, ready_timeout=30)

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refuse:
            self.rejected += 1
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.refuse_next:
            self.rejected += 1
            return self.refuse_next.pop(0)
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.messages.append(Message(parsed["Message-ID"], envelope.rcpt_tos[0], parsed["Subject"],
                                     parsed.get_content(), envelope.content))
        if self.delay_s:
            self._pause.wait(self.delay_s)
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        while self.is_mute:
            await asyncio.sleep(0.05)
        return "221 bye"

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self):
        # The controller of Debian 12 cannot say which free port it took: choose one here.
        with http.server.HTTPServer(("127.0.0.1", 0), None) as probe:
            self.port = probe.server_address[1]
        self._controller.port = self.port
        self._controller.start()
        return self

    def __exit__(self, *_):
        self.is_mute = False
        self._controller.stop()


class HookServer:
    def __init__(self):
        self.calls = []
        self.answers = []  # statuses of the next calls; then 200
        self.location = None  # of an answer of 3xx
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = owner.answers.pop(0) if owner.answers else 200
                owner.calls.append(Call(self.path, dict(self.headers), body, json.loads(body)))
                self.send_response(status)
                if owner.location:
                    self.send_header("Location", owner.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                owner.calls.append(Call(self.path, dict(self.headers), b"", None))
                self.send_error(400)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that was killed

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
