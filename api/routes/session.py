"""Signing in and out, and one's own password."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TypeVar, cast

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from api.http.callers import Caller
from api.http.cookies import clear_session, require_own_page, session_token, set_session
from api.http.deps import AskedLang, Doors, InDoors
from api.http.guarded import guarded
from api.http.identity import CALLER
from api.http.refusals import sign_in_needed
from api.http.schemas import errors
from api.http.session_schemas import AccountRef, AreaRef, NewPassword, Places, SessionNow, SignIn
from api.http.slowing import address_of
from api.http.workshop import busy
from geo.errors import ConflictError, NotAllowedError
from layers.accounts.sessions import Session, change_password, end_session, sign_in
from layers.accounts.standing import name_areas, places_in
from layers.rights.rights import Right, widest, within

router = APIRouter(prefix="/api/session", tags=["session"], route_class=guarded())

T = TypeVar("T")
MOST_WAITING = 16
"""So many passwords wait to be looked at; whoever comes then is told to come back."""


@router.get("", responses=errors(422, 500, 503))
async def now(request: Request, held: InDoors, _lang: AskedLang) -> SessionNow:
    """Who is signed in, and what he may do; for a stranger, what is open to everybody."""
    identity = held.identity
    if not identity.accounts:
        return _now(held, None)
    return await _told(held, await identity.caller(request.scope))


@router.get("/places", responses=errors(401, 403, 422, 500, 503))
async def places(request: Request, held: InDoors, _lang: AskedLang) -> Places:
    """Districts, streets and communities of one's own area, to choose what to look at."""
    area = widest(grant.area for grant in _session(request).grants)
    found = await asyncio.to_thread(places_in, held.store, within(area, held.settings.area))
    return Places(places=[AreaRef(code=code, name=name) for code, name in found])


@router.post("", responses=errors(400, 403, 408, 409, 413, 422, 429, 500, 503))
async def begin(
    request: Request, response: Response, held: InDoors, _lang: AskedLang, said: SignIn
) -> SessionNow:
    """A session for a name and a password, as a cookie. Only from a page of this server; programs have tokens.

    403: wrong, or locked, without saying which. 409: there is no account at all yet.
    """
    require_own_page(request.scope)
    if not held.identity.accounts:
        raise ConflictError(
            "there is no account yet; make the first on the server's machine: wangge user add NAME --role planner",
            "尚无账号；请在服务器上新建第一个：wangge user add 账号名 --role planner",
        )
    look = partial(
        sign_in, held.store, said.name, said.password, origin=address_of(request.scope), now=held.clock()
    )
    before = session_token(request.scope)
    token = await _looked_at(request, held, look)
    if before:
        await end_former(held, before)
    response.headers["set-cookie"] = set_session(request.scope, token)
    return await _told(held, await held.identity.caller_with(token))


@router.delete("", status_code=204, responses=errors(401, 403, 422, 500, 503))
async def end(request: Request, response: Response, held: InDoors, _lang: AskedLang) -> None:
    """Sign out: the session is over for every process of the server."""
    await asyncio.to_thread(end_session, held.store, _session(request), now=held.clock())
    held.identity.forget()
    response.headers["set-cookie"] = clear_session(request.scope)


@router.put("/password", responses=errors(400, 401, 403, 408, 413, 422, 429, 500, 503))
async def password(request: Request, held: InDoors, _lang: AskedLang, said: NewPassword) -> SessionNow:
    """Take a new password; all other sessions of the account end. 403: the present one is wrong."""
    session = _session(request)
    change = partial(
        change_password, held.store, session, said.old_password, said.new_password, now=held.clock()
    )
    await _looked_at(request, held, change)
    held.identity.forget()
    return await _told(held, await held.identity.caller(request.scope))


async def _looked_at(request: Request, held: Doors, look: partial[T]) -> T:
    """Run what looks at a password, in one of few places. Raises what it raises, after a wait where the password is wrong,
    and `RefusedError` when too many wait (503), or too many of the same address (429)."""
    slowing = held.identity.slowing
    if held.signing.statistics().tasks_waiting >= MOST_WAITING:
        raise busy()
    with slowing.trying(request.scope):
        try:
            return await to_thread.run_sync(look, limiter=held.signing)
        except NotAllowedError:
            await slowing.wrong(request.scope, "password")
            raise


def _session(request: Request) -> Session:
    caller = cast(Caller | None, request.scope[CALLER])
    if caller is None or caller.session is None:
        raise sign_in_needed()
    return caller.session


async def end_former(held: Doors, token: str) -> None:
    """End the session the browser had before."""
    old = await held.identity.caller_with(token)
    if old is not None and old.session is not None:
        await asyncio.to_thread(end_session, held.store, old.session, now=held.clock())
        held.identity.forget()


async def _told(held: Doors, caller: Caller | None) -> SessionNow:
    session = None if caller is None else caller.session
    area = widest(grant.area for grant in session.grants) if session is not None else ()
    names = await asyncio.to_thread(name_areas, held.store, area) if area else []
    return _now(held, caller, areas=[AreaRef(code=code, name=name) for code, name in names])


def _now(held: Doors, caller: Caller | None, *, areas: list[AreaRef] | None = None) -> SessionNow:
    identity = held.identity
    session = None if caller is None else caller.session
    bound = session is not None and session.must_change
    mine = {
        right for right in Right if caller is not None and not bound and caller.may(right)
    } | identity.open
    return SessionNow(
        accounts=identity.accounts,
        review_token=identity.trial and not identity.accounts and held.settings.review_token is not None,
        provider=identity.accounts and held.settings.oidc_issuer is not None,
        account=None
        if session is None
        else AccountRef(
            name=session.name,
            must_change=session.must_change,
            outside=session.outside,
            idle_s=session.idle.total_seconds(),
            roles=list(dict.fromkeys(grant.role.value for grant in session.grants)),
            areas=areas or [],
        ),
        notice=identity.choices.notice if session is not None else "",
        may=[right.value for right in Right if right in mine],
    )
