"""The web pages 查询 (look up) and 数据 (review), and the files they are made of; nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from api.http.guarded import guarded
from api.http.identity import Asks
from maps.look.assets import read_static, vendored
from maps.look.style import css_variables

router = APIRouter(include_in_schema=False, route_class=guarded(Asks.NOTHING, any_query=True))

_SCRIPT, _STYLE, _PAGE = (
    "text/javascript; charset=utf-8",
    "text/css; charset=utf-8",
    "text/html; charset=utf-8",
)
_OWN = {
    "ask.js": _SCRIPT,
    "lookup.js": _SCRIPT,
    "map.js": _SCRIPT,
    "names.js": _SCRIPT,
    "rates.js": _SCRIPT,
    "review.js": _SCRIPT,
    "words.js": _SCRIPT,
    "page.css": _STYLE,
}
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class _File(NamedTuple):
    etag: str
    kind: str
    body: bytes


@router.get("/lookup")
async def lookup(request: Request) -> Response:
    """One box that takes an address or a point."""
    return _sent(request, _page("lookup"))


@router.get("/review")
async def review(request: Request) -> Response:
    """Addresses in doubt; the page itself holds none and asks for the operator's token first."""
    return _sent(request, _page("review"))


@router.get("/web/{name}")
async def file(request: Request, name: Annotated[str, Path(max_length=40)]) -> Response:
    """A script or style of the pages."""
    found = _asset(name)
    if found is None:
        raise HTTPException(404)
    return _sent(request, found)


@cache
def _page(name: str) -> _File:
    return _made(_PAGE, _read(f"{name}.html"))


@cache
def _asset(name: str) -> _File | None:
    if name == "leaflet.js":
        return _made(_SCRIPT, vendored(name))
    if name == "leaflet.css":
        return _made(_STYLE, vendored(name))
    if name == "placing.js":
        return _made(_SCRIPT, read_static(name))
    if name == "look.css":
        return _made(_STYLE, css_variables())
    return _made(_OWN[name], _read(name)) if name in _OWN else None


def _read(name: str) -> str:
    return files("api").joinpath("web", name).read_text("utf-8")


def _made(kind: str, text: str) -> _File:
    body = text.encode()
    return _File(f'"{hashlib.sha256(body).hexdigest()[:32]}"', kind, body)


def _sent(request: Request, found: _File) -> Response:
    headers = {
        "ETag": found.etag,
        "Cache-Control": "private, no-cache",  # a new program version is noticed at once
        "Content-Security-Policy": _POLICY,
    }
    if found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.body, headers=headers, media_type=found.kind)
