"""The outermost layer of the server: security headers on every answer, a line in the log for what went wrong,
and the last resort for exceptions nobody expected."""

from __future__ import annotations

import logging
import time

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import lang_of, problem_of

log = logging.getLogger(__name__)

SLOW_S = 1.0
"""Answers slower than this are logged."""

ALWAYS_SENT = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
SENT_BY_DEFAULT = (
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
)
"""Set unless the route has set its own."""


class Doorway:
    """ASGI middleware; written as such because a Starlette middleware costs a task per request."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                have = {name for name, _ in headers}
                headers.extend(ALWAYS_SENT)
                headers.extend(header for header in SENT_BY_DEFAULT if header[0] not in have)
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self.app(scope, receive, sending)
        except Exception as error:
            log.exception("unexpected error in %s %s", scope["method"], _path(scope))
            if status:
                raise  # the answer is under way; the server can only cut the connection
            request = Request(scope)
            answer = problem_of(error, lang=lang_of(request), instance=request.url.path)
            await answer(scope, receive, sending)
        finally:
            seconds = time.perf_counter() - started
            level = logging.WARNING if status >= 500 else logging.INFO if seconds > SLOW_S else logging.DEBUG
            if log.isEnabledFor(level):
                log.log(level, "%s %s %d %.0f ms", scope["method"], _path(scope), status, seconds * 1000)


def _path(scope: Scope) -> str:
    """The path as sent, without the query (it holds coordinates), still percent-encoded: one line in the log."""
    raw = scope.get("raw_path")
    return raw.decode("latin-1") if raw else ascii(scope["path"])
