"""The quick way to GET /api/locate: a plain question is answered from memory before the web framework wakes up.

FastAPI's routing and reading of parameters cost several times the look-up itself. Whatever is not exactly
`lon=&lat=` or `lon=&lat=&as_of=` with plain, sound values goes on to the route, which knows every parameter and
says what is wrong. Both ways give the same bytes; a test holds them to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import cast

from starlette.types import ASGIApp, Receive, Scope, Send

from api.answers import as_json
from api.clock import today
from api.deps import Doors
from api.doorway import ALWAYS_SENT, SENT_BY_DEFAULT
from api.problems import lang_from

PATH = "/api/locate"
_DEGREES = rb"(-?[0-9]{1,3}(?:\.[0-9]{1,17})?)"
_QUESTION = re.compile(
    rb"lon=" + _DEGREES + rb"&lat=" + _DEGREES + rb"(?:&as_of=([0-9]{4}-[0-9]{2}-[0-9]{2}))?"
)
_HEADERS = [(b"content-type", b"application/json"), *ALWAYS_SENT, *SENT_BY_DEFAULT]


class QuickLocate:
    """ASGI middleware; outermost, so that it must send all headers itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass the request through."""
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] == "GET":
            body = _answered(scope)
            if body is not None:
                headers = [(b"content-length", str(len(body)).encode()), *_HEADERS]
                await send({"type": "http.response.start", "status": 200, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
        await self.app(scope, receive, send)


def _answered(scope: Scope) -> bytes | None:
    """The answer to a plain question; None where there is anything to think about."""
    question = _QUESTION.fullmatch(scope["query_string"])
    held = cast(Doors, scope["app"].state.doors)
    index = held.published.loaded
    if question is None or index is None:
        return None
    lon, lat = float(question[1]), float(question[2])
    if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
        return None
    try:
        day = date.fromisoformat(question[3].decode()) if question[3] else today(held.clock)
    except ValueError:
        return None
    lang = lang_from(_accepted(scope["headers"]), held.settings.lang)
    return as_json(index.locate(lon, lat, as_of=day), lang=lang, version=index.version)


def _accepted(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == b"accept-language"), "")
