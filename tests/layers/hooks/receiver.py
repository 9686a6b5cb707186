"""A receiver on this machine that keeps what it is sent and answers as it is told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

LOOPBACK = "127.0.0.0/8"


class Got(NamedTuple):
    """One message."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """What it got, and how it answers."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.status = 204
        self.drips = False
        """Whether it sends its answer for ever, one header a moment."""
        self.port = 0

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/grids"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver while it runs."""
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            made.got.append(Got(self.path, {name.lower(): text for name, text in self.headers.items()}, body))
            self.send_response(made.status)
            self.send_header("location", "/elsewhere")
            self.flush_headers()
            for _ in range(100 if made.drips else 0):
                self.wfile.write(b"x-more: 1\r\n")
                time.sleep(0.1)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def handle(self) -> None:
            """A sender that hung up is no error here."""
            try:
                super().handle()
            except ConnectionError:
                return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
