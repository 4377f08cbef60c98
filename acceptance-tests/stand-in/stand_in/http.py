"""HTTP/1.1 in front of the stand-in: threads, keep-alive, exact lengths, and connections dropped on request."""

import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit


@dataclass
class Request:
    """One HTTP request, its body read to the end."""

    method: str
    path: str
    query: str
    headers: Message
    body: bytes


@dataclass
class Response:
    """What is sent back; the length is computed when it is sent."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


class DropConnection(Exception):
    """Raised to close the connection without an answer."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = 300

    def _serve(self):
        parts = urlsplit(self.path)
        request = Request(self.command, parts.path, parts.query, self.headers, self._read_body())
        try:
            response = self.server.app(request)
        except DropConnection:
            self.close_connection = True
            return
        self.send_response_only(response.status)
        self.send_header("Date", self.date_time_string())
        for name, value in response.headers.items():
            if name.lower() not in ("content-length", "connection", "date", "transfer-encoding"):
                self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:
            self.wfile.write(response.body)

    def _read_body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            chunks = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                chunks.append(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():
                pass
            return b"".join(chunks)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _serve

    def log_message(self, *_):
        pass


class _Server(HTTPServer):
    """Each thread takes its connections itself: handed over by another, each would cost more than most answers do."""

    request_queue_size = 128

    def __init__(self, *of):
        super().__init__(*of)
        self._waiting, self._count = 0, threading.Lock()

    def serve_on_threads(self):
        """Answers one connection after the other, while another thread waits for the next."""
        while True:
            with self._count:
                self._waiting += 1
            request, address = self._next()
            with self._count:
                self._waiting -= 1
                if not self._waiting:
                    threading.Thread(target=self.serve_on_threads, daemon=True).start()
            try:
                self.finish_request(request, address)
            except Exception:
                self.handle_error(request, address)
            finally:
                self.shutdown_request(request)

    def _next(self):
        """The next connection. One whose client is gone before it is taken is none."""
        while True:
            with suppress(OSError):
                return self.get_request()

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


def serve(app, port, announce):
    """Serves on the loopback address until stdin closes or SIGTERM comes; ``announce`` gets the endpoint."""
    server = _Server(("127.0.0.1", port), Handler)
    endpoint = f"http://127.0.0.1:{server.server_port}"
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    signal.signal(signal.SIGINT, lambda *_: os._exit(0))
    server.app = app

    def end_with_stdin():
        while sys.stdin.buffer.read(4096):
            pass
        os._exit(0)

    threading.Thread(target=end_with_stdin, daemon=True).start()
    announce(endpoint)
    server.serve_on_threads()
