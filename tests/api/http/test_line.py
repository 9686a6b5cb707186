"""A stranger's tricks with a connection, played against a real server on loopback, each bounded in time and number."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from api.http import bodies, line
from api.http.serving import options

pytestmark = pytest.mark.parametrize("standing", ["sqlite"], indirect=True)
"""No store is asked here."""
TOKEN = "a-token-of-enough-length"  # noqa: S105  made up
LOCATE = b"GET /api/locate?lon=108.7025&lat=34.305 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class Served:
    """A running server and connections to it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.opened: list[socket.socket] = []

    def connect(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        self.opened.append(made)
        return made

    def ask(self, *sent: bytes, pause_s: float = 0.0) -> bytes:
        """All that comes back for what is sent, until the server closes or an answer is whole."""
        made = self.connect()
        try:
            for part in sent:
                made.sendall(part)
                time.sleep(pause_s)
        except OSError:
            pass  # the server has had enough; it may have answered
        return read(made)

    def locates(self) -> bool:
        return self.ask(LOCATE).startswith(b"HTTP/1.1 200")


def read(made: socket.socket) -> bytes:
    found = b""
    try:
        while part := made.recv(65_536):
            found += part
            head, end, body = found.partition(b"\r\n\r\n")
            length = next(
                (int(h[15:]) for h in head.lower().split(b"\r\n") if h.startswith(b"content-length:")), None
            )
            if end and length is not None and len(body) >= length:
                break
    except OSError:
        pass
    return found


def ended(made: socket.socket, within_s: float) -> bool:
    """Whether the server closes a connection in time."""
    made.settimeout(within_s)
    try:
        while made.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


@pytest.fixture
def quick_to_lose_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in (
        (line, "HEAD_S", 0.6),
        (line, "READING_S", 0.6),
        (line, "_LOOK_S", 0.1),
        (bodies, "PATIENCE_S", 0.5),
        (bodies, "DRAINED_S", 0.3),
    ):
        monkeypatch.setattr(module, name, value)


@pytest.fixture
def serve(standing: Any, quick_to_lose_patience: None) -> Iterator[Callable[..., Served]]:
    """Starts the app over the standing town as `wangge serve` does."""
    stops: list[Callable[[], None]] = []

    def start(**settings: Any) -> Served:
        told = standing.settings(review_token=TOKEN, **settings)
        app = standing.app(review_token=TOKEN, **settings)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, **(options(told) | {"port": port})))
        thread = threading.Thread(target=server.run)  # with the loop of `options`, not with that of asyncio
        thread.start()
        served = Served(port)

        def stop() -> None:
            for made in served.opened:
                made.close()
            server.should_exit = True
            thread.join(20)

        stops.append(stop)
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < deadline
            time.sleep(0.02)
        return served

    yield start
    for stop in stops:
        stop()


PATIENCE = 10
"""Machines that do other work at the same time are slower; a server that waits for ever takes longer than this."""


@contextmanager
def in_time(most_s: float) -> Iterator[None]:
    began = time.monotonic()
    yield
    assert time.monotonic() - began < PATIENCE * most_s


PUT = b"PUT /api/review/names HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
BEARER = f"Authorization: Bearer {TOKEN}\r\n".encode()


def test_a_body_is_not_read_before_the_token_is_looked_at(serve: Callable[..., Served]) -> None:
    served = serve()
    with in_time(5):
        for size in (100 << 20, 1 << 50):
            answer = served.ask(PUT + b"Content-Length: %d\r\n\r\n" % size, b'{"a":' + b"[" * 200_000)
            assert answer.startswith(b"HTTP/1.1 403")
            assert b"connection: close" in answer
        endless = served.ask(
            PUT + b"Transfer-Encoding: chunked\r\n\r\n", *[b"10000\r\n" + b"[" * 65_536 + b"\r\n"] * 64
        )
        assert endless.startswith(b"HTTP/1.1 403") or endless == b""  # cut while it was still sending
        assert served.locates()


def test_a_body_of_a_stranger_who_waits_for_our_word_is_never_asked_for(serve: Callable[..., Served]) -> None:
    answer = serve().ask(PUT + b"Content-Length: 50\r\nExpect: 100-continue\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403")


@pytest.mark.parametrize("path", [b"PUT /api/review/names", b"POST /api/locate", b"POST /api/review/a1"])
def test_bodies_are_bounded_as_declared_and_as_counted(serve: Callable[..., Served], path: bytes) -> None:
    served = serve()
    head = path + b" HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n" + BEARER
    with in_time(5):
        declared = served.ask(head + b"Content-Length: 70000\r\n\r\n", b"x" * 70_000)
        assert declared.startswith(b"HTTP/1.1 413")
        counted = served.ask(
            head + b"Transfer-Encoding: chunked\r\n\r\n",
            *[b"8000\r\n" + b"x" * 32_768 + b"\r\n"] * 3,
            b"0\r\n\r\n",
        )
        assert counted.startswith(b"HTTP/1.1 413")
    assert "64 KB" in json.loads(counted.partition(b"\r\n\r\n")[2])["detail"]


def test_an_upload_has_a_bound_of_its_own(serve: Callable[..., Served]) -> None:
    served = serve(max_upload_mb=1)
    head = b"POST /api/locate/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/csv\r\n"
    row = b"a,108.7025,34.305\r\n"
    rows = b"id,lon,lat\r\n" + row * (200_000 // len(row))
    over = served.ask(head + b"Content-Length: 2000000\r\n\r\n", rows)
    assert over.startswith(b"HTTP/1.1 413")
    chunks = [b"10000\r\n" + b"x" * 65_536 + b"\r\n"] * 18
    assert served.ask(head + b"Transfer-Encoding: chunked\r\n\r\n", *chunks).startswith(b"HTTP/1.1 413")
    made = served.connect()
    made.settimeout(60)
    made.sendall(head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(rows) + rows)
    found = b""
    while part := made.recv(65_536):
        found += part
    assert found.startswith(b"HTTP/1.1 200")
    assert found.count(b"matched") == rows.count(b"a,")


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /api/locate?lon=1&lat=2 HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        b"\r\n\r\n\r\n",
        LOCATE + b"GET /he",
    ],
)
def test_a_head_that_stops_half_way_is_not_waited_for(serve: Callable[..., Served], sent: bytes) -> None:
    made = serve().connect()
    made.sendall(sent)
    with in_time(3):
        assert ended(made, 3)


def test_a_head_that_drips_is_not_waited_for(serve: Callable[..., Served]) -> None:
    made, sent = serve().connect(), 0
    try:
        while sent < 200:
            made.sendall(b"\r\n")
            sent += 1
            time.sleep(0.05)
    except OSError:
        pass
    assert sent < 80


@pytest.mark.parametrize("part", [b"", b'{"addr'])
def test_a_body_that_stops_half_way_is_answered_and_cut(serve: Callable[..., Served], part: bytes) -> None:
    served = serve()
    head = b"POST /api/locate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    made = served.connect()
    made.sendall(head + part)
    with in_time(4):
        answer = read(made)
        assert answer.startswith(b"HTTP/1.1 408")
        assert ended(made, 2)


def test_a_body_that_drips_is_answered_and_cut(serve: Callable[..., Served]) -> None:
    served = serve()
    head = b"POST /api/locate HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n"
    with in_time(8):
        assert served.ask(head, *[b"x"] * 40, pause_s=0.05).startswith(b"HTTP/1.1 408")


def test_a_body_nobody_wants_holds_no_connection(serve: Callable[..., Served]) -> None:
    made = serve().connect()
    made.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900\r\n\r\nxx")
    with in_time(4):
        assert read(made).startswith(b"HTTP/1.1 200")
        assert ended(made, 2)


@pytest.mark.parametrize(
    "parts",
    [
        [b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n", *[b"a: " + b"x" * 1000 + b"\r\n"] * 40],
        [b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\na: ", *[b"x" * 4000] * 40],
        [b"GET /", *[b"x" * 4000] * 40],
        [
            b"POST /api/locate HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n5;",
            *[b"x" * 4000] * 40,
        ],
        [
            b"POST /api/locate HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
            *[b"a: " + b"x" * 1000 + b"\r\n"] * 100,
        ],
    ],
    ids=["headers", "header", "url", "chunk size", "trailers"],
)
def test_heads_chunk_sizes_and_trailers_have_an_end(serve: Callable[..., Served], parts: list[bytes]) -> None:
    served = serve()
    with in_time(5):
        answer = served.ask(*parts)
    assert answer[:12] in (b"", b"HTTP/1.1 431", b"HTTP/1.1 415", b"HTTP/1.1 400")
    assert b"200 OK" not in answer
    assert served.locates()


def test_silent_connections_keep_nobody_out(
    serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line, "HEAD_S", 30.0)
    served = serve(max_connections=8)
    silent = [served.connect() for _ in range(40)]
    with in_time(5):
        assert all(served.locates() for _ in range(5))
    assert len(silent) == 40


def test_who_does_not_read_is_cut_off(serve: Callable[..., Served], monkeypatch: pytest.MonkeyPatch) -> None:
    served, cut, lost = serve(), threading.Event(), line.Line.connection_lost

    def noted(self: line.Line, exc: Exception | None) -> None:
        lost(self, exc)
        if self._stuck_since is not None:
            cut.set()

    monkeypatch.setattr(line.Line, "connection_lost", noted)
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    made.connect(("127.0.0.1", served.port))
    served.opened.append(made)
    row = b"a,108.7025,34.305\r\n"
    rows = b"id,lon,lat\r\n" + row * 200_000
    head = b"POST /api/locate/batch HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/csv\r\n"
    made.settimeout(240)
    made.sendall(head + b"Content-Length: %d\r\n\r\n" % len(rows) + rows)
    made.recv(100)  # the answer has begun; no more is read of it
    assert cut.wait(120)
    with in_time(60):
        received = 0
        try:
            while part := made.recv(1 << 20):
                received += len(part)
        except OSError:
            pass
    assert received < 200_000 * 60  # whole, it would be ten times that
    assert served.locates()


@pytest.mark.parametrize("level", [logging.INFO, logging.DEBUG])
def test_a_websocket_is_not_opened_and_not_written_down(
    serve: Callable[..., Served], caplog: pytest.LogCaptureFixture, level: int
) -> None:
    caplog.set_level(level)
    for name in ("uvicorn.error", "uvicorn.access"):
        caplog.set_level(level, name)
    served = serve()
    answer = served.ask(
        b"GET /api/locate?lon=108.765432&lat=34.3 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + BEARER
        + b"\r\n"
    )
    assert answer.startswith(b"HTTP/1.1 200")  # an ordinary question, ordinarily answered
    assert "108.765432" not in caplog.text
    assert TOKEN not in caplog.text


OF_ITS_OWN = (b"date", b"x-request-id")
"""Headers of which each answer has its own."""


def test_head_is_get_without_a_body(serve: Callable[..., Served]) -> None:
    served = serve()
    for path in (
        b"/api/locate?lon=108.7&lat=34.3",
        b"/health",
        b"/lookup",
        b"/nowhere",
        b"/api/locate?lon=x",
    ):
        asked = b" %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" % path
        made = served.connect()
        made.sendall(b"HEAD" + asked)
        head = b""
        while part := made.recv(65_536):
            head += part
        got = served.ask(b"GET" + asked).partition(b"\r\n\r\n")[0]
        strip = lambda text: [h for h in text.split(b"\r\n") if h.split(b":")[0] not in OF_ITS_OWN]  # noqa: E731
        assert strip(head.removesuffix(b"\r\n\r\n")) == strip(got)
