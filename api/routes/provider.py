"""Signing in at the organisation's own provider: the way there, and the way back.

Whatever goes wrong is told on the sign-in page: a browser that comes back from elsewhere must not be left with a problem in JSON.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import logging
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

import anyio
from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from api.http.cookies import begun_sign_in, clear_begun, session_token, set_begun, set_session
from api.http.deps import Doors, InDoors, Outside
from api.http.guarded import guarded
from api.http.problems import RefusedError
from api.http.slowing import address_of
from api.http.turned_away import SIGN_IN_PAGE
from api.routes.session import end_former
from api.settings import Settings
from layers.accounts.audit import write_audit
from layers.accounts.outside import Mapped, sign_in_outside
from layers.accounts.provider import OutsideError, Provider, Refusal, derived
from layers.accounts.sessions import new_token

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False, route_class=guarded(any_query=True))

T = TypeVar("T")
AT_ONCE = 4
"""So many threads wait for the provider; who comes then is told to come back."""
LONGEST_S = 40.0
"""All the provider's answers to one sign-in together; nobody waits longer."""
_SEE_OTHER = 303
_LONGEST_WAY = 1500
_UNAUDITED = (Refusal.AWAY, Refusal.BUSY, Refusal.FIRST)
"""Nobody was turned down."""
_BY_LAYER = (Refusal.GROUP, Refusal.LOCKED, Refusal.NAME, Refusal.TAKEN)
"""Audited where they are found out."""


def outside_of(settings: Settings) -> Outside | None:
    """The provider of the settings. Raises `InputError` for a mapping of groups that cannot be used."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    provider = Provider(
        settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret, settings.oidc_claim
    )
    return Outside(provider, Mapped.of(settings.oidc_grants), CapacityLimiter(AT_ONCE))


@router.get("/signin/provider")
async def begin(request: Request, held: InDoors) -> Response:
    """Send a browser to the provider; it keeps the secret of this sign-in and where it wanted to go."""
    outside, way = _outside(held), _way(request.query_params.multi_items())
    secret = new_token()
    try:
        _require_accounts(held)
        with held.identity.slowing.trying(request.scope):
            url = await _asked(outside, partial(outside.provider.begin, secret, _back(request)))
    except (OutsideError, RefusedError) as error:
        return await _told(request, held, way, error)
    answer = RedirectResponse(url, _SEE_OTHER)
    answer.headers["set-cookie"] = set_begun(request.scope, f"{secret}.{_packed(way)}")
    answer.headers["cache-control"] = "no-store"
    return answer


@router.get("/signin/back")
async def back(request: Request, held: InDoors) -> Response:
    """A browser that comes back from the provider: a session, or the sign-in page with what went wrong."""
    outside = _outside(held)
    secret, _, packed = begun_sign_in(request.scope).partition(".")
    way = _unpacked(packed)
    slowing = held.identity.slowing
    try:
        _require_accounts(held)
        with slowing.trying(request.scope):
            try:
                token = await _finished(request, held, outside, secret)
            except OutsideError as error:
                if error.reason in (Refusal.STALE, Refusal.UNFIT):
                    await slowing.wrong(request.scope, "answer of the provider")
                raise
    except (OutsideError, RefusedError) as error:
        return await _told(request, held, way, error)
    former = session_token(request.scope)
    if former:
        await end_former(held, former)
    held.identity.forget()
    answer = RedirectResponse(f"{SIGN_IN_PAGE}?{urlencode([*way, ('over', '1')])}", _SEE_OTHER)
    answer.headers.append("set-cookie", clear_begun(request.scope))
    answer.headers.append("set-cookie", set_session(request.scope, token))
    answer.headers["cache-control"] = "no-store"
    return answer


async def _finished(request: Request, held: Doors, outside: Outside, secret: str) -> str:
    said = request.query_params
    state, code = said.get("state", ""), said.get("code", "")
    if not secret or not hmac.compare_digest(state.encode(), derived(secret, "state").encode()):
        raise OutsideError(Refusal.STALE)
    if not code:
        raise OutsideError(Refusal.REFUSED)
    now = held.clock()
    claimed = await _asked(outside, partial(outside.provider.finish, secret, code, _back(request), now=now))
    granted = outside.mapped.granted(claimed.groups)
    come = partial(sign_in_outside, held.store, claimed, granted, origin=address_of(request.scope), now=now)
    return await to_thread.run_sync(come, limiter=held.signing)


async def _asked(outside: Outside, ask: Callable[[], T]) -> T:
    """Ask the provider in a thread. Raises `OutsideError`."""
    if outside.asking.statistics().tasks_waiting >= AT_ONCE:
        raise OutsideError(Refusal.BUSY)
    try:
        with anyio.fail_after(LONGEST_S):
            return await to_thread.run_sync(ask, limiter=outside.asking, abandon_on_cancel=True)
    except TimeoutError:
        raise OutsideError(Refusal.AWAY, "too slow") from None


async def _told(
    request: Request, held: Doors, way: list[tuple[str, str]], error: OutsideError | RefusedError
) -> Response:
    """The sign-in page with what went wrong."""
    reason = error.reason if isinstance(error, OutsideError) else Refusal.BUSY
    if reason in _BY_LAYER:
        held.identity.forget()  # his sessions may have ended
    log.warning("%s", error if isinstance(error, OutsideError) else "too many tries at the provider")
    if reason not in _UNAUDITED + _BY_LAYER:
        said = {
            "what": "sign-in-refused",
            "from": address_of(request.scope),
            "by": "oidc",
            "why": reason.value,
        }
        await to_thread.run_sync(partial(write_audit, held.store, who="http", now=held.clock(), **said))
    answer = RedirectResponse(f"{SIGN_IN_PAGE}?{urlencode([*way, ('provider', reason.value)])}", _SEE_OTHER)
    answer.headers["set-cookie"] = clear_begun(request.scope)
    answer.headers["cache-control"] = "no-store"
    return answer


def _outside(held: Doors) -> Outside:
    if held.provider is None:
        raise HTTPException(404)
    return held.provider


def _require_accounts(held: Doors) -> None:
    """The first account is made on the server's machine, so that somebody can always come in without the provider."""
    if not held.identity.accounts:
        raise OutsideError(Refusal.FIRST)


def _back(request: Request) -> str:
    """Where the provider sends the browser; it takes only what was told it before, so a made-up host gets nothing."""
    return f"{request.scope['scheme']}://{request.headers.get('host', '')}/signin/back"


def _way(said: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Where somebody wanted to go, and in which language; the sign-in page looks that it is a page of this server."""
    way = [(name, value) for name, value in said if name in ("next", "lang")]
    return way if len(urlencode(way)) <= _LONGEST_WAY else []


def _packed(way: list[tuple[str, str]]) -> str:
    return base64.urlsafe_b64encode(urlencode(way).encode()).rstrip(b"=").decode()


def _unpacked(packed: str) -> list[tuple[str, str]]:
    try:
        text = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)).decode()
    except (binascii.Error, ValueError):
        return []
    return _way(parse_qsl(text))
