"""The quick way to GET /api/locate: a plain question is answered from memory before the web framework wakes up.

FastAPI's routing and reading of parameters cost several times the look-up itself. Whatever is not exactly
`lon=&lat=` or `address=`, either with `&as_of=`, with plain, sound values goes on to the route, which knows every
parameter and says what is wrong. Both ways give the same bytes; a test holds them to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import cast
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from api.address_answers import as_json as address_json
from api.answers import as_json
from api.clock import today
from api.deps import Doors
from api.doorway import ALWAYS_SENT, SENT_BY_DEFAULT
from api.problems import lang_from
from api.questions import MOST_ADDRESS_CHARACTERS
from api.settings import Lang

PATH = "/api/locate"
_DEGREES = rb"(-?[0-9]{1,3}(?:\.[0-9]{1,17})?)"
_DAY = rb"(?:&as_of=([0-9]{4}-[0-9]{2}-[0-9]{2}))?"
_POINT = re.compile(rb"lon=" + _DEGREES + rb"&lat=" + _DEGREES + _DAY)
_ADDRESS = re.compile(rb"address=([A-Za-z0-9%._~-]{1,2000})" + _DAY)
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
    held = cast(Doors, scope["app"].state.doors)
    lookup = held.published.loaded_addresses
    if lookup is None:
        return None
    query = scope["query_string"]
    version = lookup.index.version
    if point := _POINT.fullmatch(query):
        lon, lat = float(point[1]), float(point[2])
        day = _day(point[3], held)
        if day is None or not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0):
            return None
        return as_json(lookup.index.locate(lon, lat, as_of=day), lang=_lang(scope, held), version=version)
    if asked := _ADDRESS.fullmatch(query):
        text, day = _decoded(asked[1]), _day(asked[2], held)
        if text is None or day is None:
            return None
        return address_json(lookup.locate(text, as_of=day), lang=_lang(scope, held), version=version)
    return None


def _day(text: bytes | None, held: Doors) -> date | None:
    try:
        return date.fromisoformat(text.decode()) if text else today(held.clock)
    except ValueError:
        return None


def _decoded(raw: bytes) -> str | None:
    """The address, where every byte of it is sound and it is no longer than the route takes."""
    try:
        text = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return None
    return text if 0 < len(text) <= MOST_ADDRESS_CHARACTERS else None


def _lang(scope: Scope, held: Doors) -> Lang:
    return lang_from(_accepted(scope["headers"]), held.settings.lang)


def _accepted(headers: Iterable[tuple[bytes, bytes]]) -> str:
    return next((value.decode("latin-1") for name, value in headers if name == b"accept-language"), "")
