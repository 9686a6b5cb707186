"""One connection, bounded: how long it may think, how much it may say before a question is complete, how slowly it may
read. Everything here happens before there is a request that the application could refuse.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MOST_HEAD_BYTES = 16 << 10
"""Request line and headers together; an address of 500 characters, percent-encoded, takes 4,500."""
HEAD_S = 10.0
"""Within this long of connecting, or of the last answer, the next head must be complete. Idle connections are closed
sooner, by uvicorn's keep-alive time."""
READING_S = 30.0
"""A client that takes nothing of a waiting answer for so long is cut off."""
FRAMING = 8
"""So many bytes may stand around each byte of a body: sizes of chunks, extensions, trailers."""
_LOOK_S = 1.0

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: 27\r\nconnection: close\r\n\r\nthe headers are too large.\r\n"
)


class Line(HttpToolsProtocol):
    """uvicorn's connection with bounds. Time is looked at once a second, not by a timer a request."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to count; when there are too many connections the one that has waited longest makes room.

        Transports of uvloop are none of asyncio's classes, so their class cannot be asked for.
        """
        self._make_room()
        super().connection_made(transport)
        self._waiting_since: float | None = self.loop.time()
        self._stuck_since: float | None = None
        self._beside_bodies = 0
        self._bodies = 0
        self._watch = self.loop.call_later(_LOOK_S, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop looking at the time."""
        self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take some bytes, and refuse heads, chunk sizes and trailers without end."""
        self._beside_bodies += len(data)
        super().data_received(data)
        allowed = MOST_HEAD_BYTES + FRAMING * self._bodies
        if self._beside_bodies > allowed and not self.transport.is_closing():
            if self._waiting_since is not None:
                self.transport.write(_TOO_LARGE)
                self.transport.close()
            else:
                self.transport.abort()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer, which nobody here reads."""
        if self._waiting_since is not None:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head is there; what follows is the body's."""
        self._waiting_since = None
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Part of a body."""
        self._beside_bodies -= len(body)
        self._bodies += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The next question begins from nothing."""
        self._beside_bodies = self._bodies = 0
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Answered: wait for the next head, unless part of it came meanwhile."""
        self._waiting_since = self.loop.time()
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client reads more slowly than we answer."""
        self._stuck_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """It caught up."""
        self._stuck_since = None
        super().resume_writing()

    def _look(self) -> None:
        now = self.loop.time()
        if self._stuck_since is not None and now - self._stuck_since > READING_S:
            self.transport.abort()
        elif self._waiting_since is not None and now - self._waiting_since > HEAD_S:
            self.transport.close()
        else:
            self._watch = self.loop.call_later(_LOOK_S, self._look)

    def _make_room(self) -> None:
        """At the limit whoever has said nothing for longest goes, so that silence keeps nobody out."""
        most = self.limit_concurrency
        if most is None or len(self.connections) < most - 1:
            return
        silent: list[tuple[float, Any]] = [
            (line._waiting_since, line)
            for line in self.connections
            if isinstance(line, Line) and line._waiting_since is not None and not line.transport.is_closing()
        ]
        if silent:
            oldest = min(silent, key=lambda pair: pair[0])[1]
            oldest.transport.abort()
            self.connections.discard(oldest)  # it is lost only later, and would be counted until then
