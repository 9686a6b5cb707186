"""The web pages, and the files they are made of. No page holds data: its scripts ask for them, each with its own right."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api.http.callers import Caller
from api.http.deps import InDoors
from api.http.guarded import guarded
from api.http.turned_away import ACCOUNT_PAGE, SIGN_IN_PAGE
from api.http.web_files import asset, page, sent
from layers.rights.rights import Right
from layers.rights.viewer import Role

router = APIRouter(include_in_schema=False, route_class=guarded(any_query=True))

MAP_PAGE, REACH_PAGE = "/map", "/reach"
_FIRST = (
    (Right.DISPLAY, MAP_PAGE),
    (Right.LOOKUP, "/lookup"),
    (Right.HOUSEHOLDS, "/review"),
    (Right.AUDIT, "/audit"),
    (Right.ACCOUNTS, "/admin"),
)


@router.get("/")
async def front(request: Request, held: InDoors) -> RedirectResponse:
    """A browser that comes without a path sees the first page it may open."""
    identity = held.identity
    caller = await identity.caller(request.scope) if identity.accounts else None
    if caller is not None and _leads(caller):
        return RedirectResponse(REACH_PAGE)
    for right, path in _FIRST:
        if right in identity.open or (caller is not None and caller.may(right)):
            return RedirectResponse(path)
    return RedirectResponse(SIGN_IN_PAGE if caller is None else ACCOUNT_PAGE)


def _leads(caller: Caller) -> bool:
    """Whether somebody comes as a leader: he asks who is not served before anything else."""
    granted = () if caller.session is None else caller.session.grants
    return any(grant.role is Role.LEADER for grant in granted) and caller.may(Right.FIGURES)


@router.get(SIGN_IN_PAGE)
async def sign_in(request: Request) -> Response:
    """Name and password."""
    return sent(request, page("signin"))


@router.get(ACCOUNT_PAGE)
async def account(request: Request) -> Response:
    """One's own account: what it was granted, its password."""
    return sent(request, page("account"))


@router.get(MAP_PAGE)
async def grids(request: Request) -> Response:
    """The map of grids in the frame of the pages."""
    return sent(request, page("grids"))


@router.get(REACH_PAGE)
async def reach(request: Request) -> Response:
    """覆盖: who is not reached, where, and what another station changes."""
    return sent(request, page("reach"))


@router.get("/lookup")
async def lookup(request: Request) -> Response:
    """One box that takes an address or a point."""
    return sent(request, page("lookup"))


@router.get("/plans")
async def plans(request: Request) -> Response:
    """Plans, and the editor of drafts."""
    return sent(request, page("plans"))


@router.get("/data")
async def data(request: Request) -> Response:
    """数据: files loaded, jobs, addresses in doubt."""
    return sent(request, page("data"))


@router.get("/review")
async def review(request: Request) -> Response:
    """Addresses in doubt."""
    return sent(request, page("review"))


@router.get("/admin")
async def admin(request: Request) -> Response:
    """管理: accounts, tokens, settings."""
    return sent(request, page("admin"))


@router.get("/audit")
async def audit(request: Request) -> Response:
    """审计: who did and saw what."""
    return sent(request, page("audit"))


@router.get("/web/{name}")
async def file(request: Request, name: Annotated[str, Path(max_length=40)]) -> Response:
    """A script or style of the pages. Raises 404 for a name that is none."""
    found = asset(name)
    if found is None:
        raise HTTPException(404)
    return sent(request, found)
