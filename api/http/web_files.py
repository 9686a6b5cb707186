"""The pages and the files they are made of, as they are sent; nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from fastapi import Request
from starlette.responses import Response

from maps.look.assets import read_static, vendored
from maps.look.style import css_variables

_SCRIPT, _STYLE, _PAGE = (
    "text/javascript; charset=utf-8",
    "text/css; charset=utf-8",
    "text/html; charset=utf-8",
)
_OWN = {
    "account.js": _SCRIPT,
    "admin.js": _SCRIPT,
    "admin_accounts.js": _SCRIPT,
    "admin_settings.js": _SCRIPT,
    "admin_tokens.js": _SCRIPT,
    "audit.js": _SCRIPT,
    "keeping_words.js": _SCRIPT,
    "ask.js": _SCRIPT,
    "forms.js": _SCRIPT,
    "grids.js": _SCRIPT,
    "lookup.js": _SCRIPT,
    "map.js": _SCRIPT,
    "cutting.js": _SCRIPT,
    "plan_ground.js": _SCRIPT,
    "editor.js": _SCRIPT,
    "names.js": _SCRIPT,
    "plans.js": _SCRIPT,
    "plan_compare.js": _SCRIPT,
    "plan_findings.js": _SCRIPT,
    "plan_growth.js": _SCRIPT,
    "plan_notes.js": _SCRIPT,
    "plan_new.js": _SCRIPT,
    "plan_preview.js": _SCRIPT,
    "plan_walk.js": _SCRIPT,
    "plan_way.js": _SCRIPT,
    "plan_words.js": _SCRIPT,
    "strokes.js": _SCRIPT,
    "noright.js": _SCRIPT,
    "rates.js": _SCRIPT,
    "data.js": _SCRIPT,
    "data_jobs.js": _SCRIPT,
    "data_map.js": _SCRIPT,
    "data_record.js": _SCRIPT,
    "data_sheets.js": _SCRIPT,
    "data_words.js": _SCRIPT,
    "reach.js": _SCRIPT,
    "reach_figures.js": _SCRIPT,
    "reach_map.js": _SCRIPT,
    "reach_try.js": _SCRIPT,
    "reach_layers.js": _SCRIPT,
    "reach_print.js": _SCRIPT,
    "review.js": _SCRIPT,
    "shell.js": _SCRIPT,
    "signin.js": _SCRIPT,
    "words.js": _SCRIPT,
    "page.css": _STYLE,
    "forms.css": _STYLE,
    "plans.css": _STYLE,
    "keeping.css": _STYLE,
    "data.css": _STYLE,
    "reach.css": _STYLE,
}
_OF_MAPS = ("labels.js", "placing.js", "scene.js", "shapes.js")
"""Scripts of the map files that pages draw with too."""
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class WebFile(NamedTuple):
    """One file, ready to send."""

    etag: str
    kind: str
    body: bytes


@cache
def page(name: str) -> WebFile:
    """A page by its name without the ending."""
    return _made(_PAGE, _read(f"{name}.html"))


@cache
def asset(name: str) -> WebFile | None:
    """A script or style; None for what is none of ours."""
    if name == "leaflet.js":
        return _made(_SCRIPT, vendored(name))
    if name == "leaflet.css":
        return _made(_STYLE, vendored(name))
    if name in _OF_MAPS:
        return _made(_SCRIPT, read_static(name))
    if name == "look.css":
        return _made(_STYLE, css_variables())
    return _made(_OWN[name], _read(name)) if name in _OWN else None


def sent(request: Request, found: WebFile, *, status: int = 200) -> Response:
    """The answer with a file, or that the browser has it already."""
    headers = {
        "ETag": found.etag,
        "Cache-Control": "private, no-cache",  # a new program version is noticed at once
        "Content-Security-Policy": _POLICY,
    }
    if status == 200 and found.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(found.body, status, headers=headers, media_type=found.kind)


def _read(name: str) -> str:
    return files("api").joinpath("web", name).read_text("utf-8")


def _made(kind: str, text: str) -> WebFile:
    body = text.encode()
    return WebFile(f'"{hashlib.sha256(body).hexdigest()[:32]}"', kind, body)
