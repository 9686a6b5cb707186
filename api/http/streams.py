"""An answer that comes in steps from the workshop: sent as it is made, given up when nobody reads it any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

AT_ONCE_BYTES = 256 << 10
"""Larger steps are sent in pieces, so that other answers come in between."""


class JobResponse(Response):
    """The steps of a job as a body. Its first step is there before anything is sent, so that what the job refuses is
    a problem with a status of its own."""

    def __init__(self, job: AbstractAsyncContextManager[AsyncIterator[bytes]], *, media_type: str) -> None:
        super().__init__(media_type=media_type)
        del self.headers["content-length"]
        self._job = job

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Run the job and send it."""
        async with self._job as steps:
            first = await anext(steps, b"")
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            leaving = asyncio.ensure_future(_left(receive))
            try:
                await _send(first, send)
                while not leaving.done() and (step := await anext(steps, None)) is not None:
                    await _send(step, send)
            finally:
                leaving.cancel()
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send(step: bytes, send: Send) -> None:
    for start in range(0, len(step), AT_ONCE_BYTES):
        piece = step[start : start + AT_ONCE_BYTES]
        await send({"type": "http.response.body", "body": piece, "more_body": True})


async def _left(receive: Receive) -> None:
    """Returns when the client is gone."""
    message: dict[str, Any] = {}
    while message.get("type") != "http.disconnect":
        message = dict(await receive())
