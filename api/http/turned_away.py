"""What a person in a browser is shown instead of a page he may not open: the sign-in page, his account, or that he lacks the
right."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from api.http.cookies import session_token
from api.http.problems import RefusedError
from api.http.refusals import FIRST_PASSWORD, SIGN_IN
from api.http.web_files import page, sent
from geo.errors import NotAllowedError

SIGN_IN_PAGE, ACCOUNT_PAGE = "/signin", "/account"
_SEE_OTHER = 303


def turned_away(error: RefusedError | NotAllowedError, request: Request) -> Response:
    """The answer for somebody who may not open a page. Raises `error` again where no page helps."""
    name = error.name if isinstance(error, RefusedError) else None
    if name in (SIGN_IN, FIRST_PASSWORD):
        to = SIGN_IN_PAGE if name == SIGN_IN else ACCOUNT_PAGE
        over = name == SIGN_IN and bool(session_token(request.scope))
        return RedirectResponse(f"{to}?{_way_back(request)}{'&over=1' if over else ''}", _SEE_OTHER)
    if isinstance(error, NotAllowedError):
        return sent(request, page("noright"), status=403)
    raise error


def _way_back(request: Request) -> str:
    """Where he wanted to go, and in which language, as the query of the page he is shown instead."""
    query = request.scope["query_string"].decode("latin-1")
    wanted = quote(request.scope["path"]) + (f"?{query}" if query else "")
    said = {"next": wanted}
    lang = request.query_params.get("lang")
    if lang in ("zh", "en"):
        said["lang"] = lang
    return urlencode(said)
