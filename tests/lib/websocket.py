"""websocket.py - a WebSocket client of one page (RFC 6455), out of the standard library.

    with WebSocket("127.0.0.1", 8080, "/live") as socket:
        message = socket.receive(timeout=5)     # text; None when the other side has closed

Good enough for tests: no extensions, no TLS; fragments and pings are handled.
"""

import base64
import os
import socket as sockets
import struct
import time


class Closed(Exception):
    pass


class Refused(Exception):
    def __init__(self, head):
        super().__init__(head.split("\r\n")[0])
        self.head = head


class WebSocket:
    def __init__(self, host, port, path, headers=None, timeout=10, receive_buffer=0):
        self.socket = sockets.socket()
        if receive_buffer:  # before connect: the window is agreed on there
            self.socket.setsockopt(sockets.SOL_SOCKET, sockets.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(timeout)
        self.socket.connect((host, port))
        self.bytes = b""
        lines = [
            f"GET {path} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket",
            "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: " + base64.b64encode(os.urandom(16)).decode(),
        ] + [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = self._until(b"\r\n\r\n").decode()
        if " 101 " not in head.split("\r\n")[0]:
            self.close()
            raise Refused(head)

    def _more(self):
        piece = self.socket.recv(65536)
        if not piece:
            raise Closed()
        self.bytes += piece

    def _until(self, mark):
        try:
            while mark not in self.bytes:
                self._more()
        except (Closed, ConnectionError):
            self.close()
            raise Refused(self.bytes.decode(errors="replace") or "closed without an answer")
        head, self.bytes = self.bytes.split(mark, 1)
        return head

    def _take(self, count):
        while len(self.bytes) < count:
            self._more()
        taken, self.bytes = self.bytes[:count], self.bytes[count:]
        return taken

    def _frame(self):
        # A frame is taken only when it is whole: a time-out in the middle loses nothing.
        need = 2
        while True:
            while len(self.bytes) < need:
                self._more()
            first, second = self.bytes[0], self.bytes[1]
            length, start = second & 127, 2
            if length >= 126:
                start = 4 if length == 126 else 10
                if len(self.bytes) < start:
                    need = start
                    continue
                length = struct.unpack(">H" if start == 4 else ">Q", self.bytes[2:start])[0]
            if len(self.bytes) < start + length:
                need = start + length
                continue
            return first >> 7, first & 15, self._take(start + length)[start:]

    def receive(self, timeout=10):
        """The next text; None when the other side closes. Raises TimeoutError."""
        until = time.monotonic() + timeout
        text = b""
        while True:
            self.socket.settimeout(max(0.001, until - time.monotonic()))
            try:
                is_last, kind, payload = self._frame()
            except (Closed, ConnectionError):
                return None
            if kind == 9:
                self._send(10, payload)
            elif kind == 8:
                return None
            elif kind in (0, 1, 2):
                text += payload
                if is_last:
                    return text.decode()

    def send(self, text):
        self._send(1, text.encode())

    def _send(self, kind, payload):
        mask = os.urandom(4)
        count = len(payload)
        head = bytes([0x80 | kind])
        if count < 126:
            head += bytes([0x80 | count])
        elif count < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", count)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", count)
        body = bytes(b ^ mask[i % 4] for i, b in enumerate(payload))
        self.socket.sendall(head + mask + body)

    def close(self):
        self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
