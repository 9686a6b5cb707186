"""The outermost layer of the server: what every request passes before it is anybody's, and every answer afterwards.

In: the name it was asked under, the texts of its path and query, its body, counted. Out: security headers, problems for
whatever was raised, a line in the log for what went wrong.
"""

from __future__ import annotations

import logging
import re
import secrets
import time
from itertools import count

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.http.bodies import BODY, Body
from api.http.counted import Counted
from api.http.hosts import Hosts
from api.http.problems import lang_asked, problem_of
from api.http.queries import sound_request
from api.logs import REQUEST
from api.settings import Lang, Settings

log = logging.getLogger(__name__)

REQUEST_ID = "wangge.request"
"""Where the scope of a request holds what it is called in logs and in the audit."""

SLOW_S = 1.0
"""Answers slower than this are logged."""

ALWAYS_SENT = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"SAMEORIGIN"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_ID_HEADER = b"x-request-id"
_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
_SERIAL, _PROCESS = count(1), secrets.token_hex(4)
SENT_BY_DEFAULT = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
"""Set unless the route has set its own."""
_BOTH = [*ALWAYS_SENT, *SENT_BY_DEFAULT]
_DEFAULTS = {name for name, _ in SENT_BY_DEFAULT}
_CLOSE = (b"connection", b"close")


class Doorway:
    """ASGI middleware; written as such because a Starlette middleware costs a task per request."""

    def __init__(self, app: ASGIApp, *, settings: Settings, counted: Counted) -> None:
        self.app, self._settings, self._counted = app, settings, counted
        self._hosts = Hosts(settings.hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request through."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        passage = _Passage(scope, receive, send)
        try:
            self._hosts.require(passage.host, http_version=scope["http_version"])
            sound_request(scope)
            if scope["method"] == "HEAD":
                scope = {**scope, "method": "GET"}
            await self.app(scope, passage.body.receive, passage.send)
        except ClientDisconnect:
            passage.left = True
        except Exception as error:
            answer = problem_of(error, lang=self._lang(scope), instance=_path(scope))
            if answer.status_code >= 500 and answer.status_code != 503:
                log.exception("unexpected error in %s %s", scope["method"], _path(scope))
            if passage.status:
                raise  # the answer is under way; the server can only cut the connection
            await answer(scope, passage.body.receive, passage.send)
        finally:
            self._counted.answered(scope, passage.status, passage.done())

    def _lang(self, scope: Scope) -> Lang:
        return lang_asked(scope["query_string"], Headers(scope=scope), self._settings.lang)


class _Passage:
    """One request on its way through."""

    __slots__ = ("_head_only", "_name", "_scope", "_send", "_started", "body", "host", "left", "status")

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._send = scope, send
        self._started = time.perf_counter()
        self._head_only = scope["method"] == "HEAD"
        self.status, self.left = 0, False
        self.host: bytes | None = None
        hosts, length, chunked, expects = 0, None, False, False
        self._name = b""
        for name, value in scope["headers"]:
            if name == b"host":
                self.host, hosts = value, hosts + 1
            elif name == b"content-length":
                length = value
            elif name == b"transfer-encoding":
                chunked = True
            elif name == b"expect":
                expects = True
            elif name == _ID_HEADER and _ID.fullmatch(value):
                self._name = value  # a proxy in front has given it a name already
        self._name = self._name or f"{_PROCESS}-{next(_SERIAL):x}".encode()
        scope[REQUEST_ID] = str(self._name, "ascii")
        REQUEST.set(scope[REQUEST_ID])
        if hosts != 1:
            self.host = None
        self.body = scope[BODY] = Body(receive, length=length, chunked=chunked, expects=expects)

    async def send(self, message: Message) -> None:
        """Send part of the answer, the head with what every answer carries."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = [*message.get("headers", ()), (_ID_HEADER, self._name)]
            have = {name for name, _ in headers}
            if not _DEFAULTS.isdisjoint(have):
                headers += ALWAYS_SENT
                headers += [header for header in SENT_BY_DEFAULT if header[0] not in have]
            else:
                headers += _BOTH
            if not self.body.complete:
                await self.body.drain()
                if not self.body.complete:
                    headers.append(_CLOSE)
            message = {"type": "http.response.start", "status": self.status, "headers": headers}
        elif self._head_only:
            message = {"type": "http.response.body", "more_body": message.get("more_body", False)}
        await self._send(message)

    def done(self) -> float:
        """Say in the log what was slow or failed; the seconds it took."""
        seconds = time.perf_counter() - self._started
        level = (
            logging.WARNING
            if self.status >= 500 or (not self.status and not self.left)
            else logging.INFO
            if seconds > SLOW_S
            else logging.DEBUG
        )
        if log.isEnabledFor(level):
            log.log(
                level,
                "%s %s %d %.0f ms",
                self._scope["method"],
                _path(self._scope),
                self.status,
                seconds * 1000,
            )
        return seconds


def _path(scope: Scope) -> str:
    """The path as sent, without the query (it holds coordinates), still percent-encoded: one line in the log."""
    raw = scope.get("raw_path")
    return raw.decode("latin-1") if raw else ascii(scope["path"])
