"""The body of a request as it comes in: counted, not believed, and waited for no longer than it is worth."""

from __future__ import annotations

import asyncio
import time

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive

from api.http.problems import RefusedError
from geo.errors import Words

BODY = "wangge.body"
"""Where the scope of a request holds it."""
LARGEST_BYTES = 64 << 10
"""The bound of every route that does not set its own: a decision, a name, an address."""
PATIENCE_S = 10.0
"""A body may pause for so long, and may take so long altogether before its speed counts."""
SLOWEST_BYTES_A_S = 16 << 10
"""After that it must have come at this speed at least."""
DRAINED_BYTES = 1 << 20
DRAINED_S = 1.0
"""So much of a body nobody wanted is read away, for so long, so that the client gets to see the answer."""


class Body:
    """Stands between the server and the application; its `receive` is the application's.

    Raises `RefusedError` out of `receive`; `length` is what the client says of it, None when it does not say.
    """

    __slots__ = ("_bytes", "_receive", "_since", "complete", "expected", "largest_bytes", "length", "wanted")

    def __init__(
        self, receive: Receive, *, length: bytes | None = None, chunked: bool = False, expects: bool = False
    ) -> None:
        self._receive = receive
        self._bytes, self._since = 0, 0.0
        self.largest_bytes = LARGEST_BYTES
        """The route sets it before it reads."""
        self.length = int(length) if length is not None and length.isdigit() else None
        self.complete = not chunked and not self.length
        """Whether nothing more will come."""
        self.expected = expects
        """The client waits for our word before it sends."""
        self.wanted = False

    def admit(self) -> None:
        """Refuse what calls itself too large; raises `RefusedError`."""
        if self.length is not None and self.length > self.largest_bytes:
            raise _too_large(self.largest_bytes)

    async def receive(self) -> Message:
        """The next part. Raises `RefusedError` (413) once more came than may, and what `admit` raises."""
        if self.complete:
            return await self._receive()
        if not self.wanted:
            self.wanted, self._since = True, time.monotonic()
            self.admit()
        message = await self._next(self._patience_s())
        if self._bytes > self.largest_bytes:
            raise _too_large(self.largest_bytes)
        return message

    async def whole(self) -> bytes:
        """All of it. Raises `ClientDisconnect` when the client leaves."""
        self.admit()
        parts, more = [], True
        while more:
            message = await self.receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            parts.append(message.get("body", b""))
            more = message.get("more_body", False)
        return b"".join(parts)

    async def drain(self) -> None:
        """Read away what is left of a body nobody wants, within bounds."""
        if self.complete or self.expected or (self.length or 0) > DRAINED_BYTES + self._bytes:
            return
        until, most = time.monotonic() + DRAINED_S, self._bytes + DRAINED_BYTES
        try:
            while not self.complete and self._bytes < most:
                await self._next(until - time.monotonic())
        except RefusedError:
            return

    def _patience_s(self) -> float:
        """How long the next part may take."""
        due = self._since + PATIENCE_S + self._bytes / SLOWEST_BYTES_A_S
        return min(PATIENCE_S, due - time.monotonic())

    async def _next(self, patience_s: float) -> Message:
        try:
            async with asyncio.timeout(max(patience_s, 0.0)):
                message = await self._receive()
        except TimeoutError:
            raise RefusedError(
                408,
                Words(
                    "the body came too slowly or stopped half-way; send it again",
                    "请求内容发送过慢或中断；请重新发送",
                ),
            ) from None
        if message["type"] == "http.request":
            self._bytes += len(message.get("body", b""))
            self.complete = not message.get("more_body", False)
        else:
            self.complete = True
        return message


def _too_large(largest_bytes: int) -> RefusedError:
    most = f"{largest_bytes >> 20} MB" if largest_bytes >= 1 << 20 else f"{largest_bytes >> 10} KB"
    return RefusedError(
        413, Words(f"the body is over {most}; send less of it at once", f"内容超过 {most}；请分批发送")
    )
