"""Accounts, tokens and settings over HTTP, for whoever keeps them: inside his own areas, and not his own account."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, TypeVar, cast

from anyio import to_thread
from fastapi import APIRouter, Depends, Path, Request

from api.http.callers import Caller
from api.http.deps import AskedLang, Doors, InDoors
from api.http.guarded import guarded
from api.http.identity import CALLER
from api.http.keeping_schemas import (
    AccountSaid,
    AccountsNow,
    ChoicesNow,
    FirstPassword,
    GrantSaid,
    NewAccount,
    NewChoices,
    NewGrants,
    NewToken,
    State,
    TokenOnce,
    TokenSaid,
    TokensNow,
)
from api.http.refusals import sign_in_needed
from api.http.schemas import errors
from geo.errors import ConflictError
from layers.accounts.accounts import (
    Account,
    Keeper,
    add_account,
    list_accounts,
    lock_account,
    reset_password,
    set_grants,
)
from layers.accounts.choices import Choices, choose, find_choices
from layers.accounts.tokens import list_tokens, make_token, revoke_token

router = APIRouter(prefix="/api", tags=["accounts"], route_class=guarded())

T = TypeVar("T")
Name = Annotated[str, Path(min_length=2, max_length=40, description="Name of the account")]


def keeping(request: Request) -> Keeper:
    """Whoever asks, as he keeps accounts: his session is what the guard let in."""
    caller = cast(Caller | None, request.scope[CALLER])
    if caller is None or caller.session is None:
        raise sign_in_needed()
    return Keeper(caller.actor, caller.session.grants)


Keeping = Annotated[Keeper, Depends(keeping)]


@router.get("/accounts", responses=errors(422, 500, 503))
def accounts(held: InDoors, keeper: Keeping, _lang: AskedLang) -> AccountsNow:
    """The accounts whose areas all lie in one's own."""
    found = list_accounts(held.store, keeper, now=held.clock())
    return AccountsNow(accounts=[_account(one) for one in found])


@router.post("/accounts", status_code=201, responses=errors(400, 403, 408, 409, 413, 422, 500, 503))
async def add(held: InDoors, keeper: Keeping, _lang: AskedLang, said: NewAccount) -> FirstPassword:
    """Make an account; its first password is told here and never again."""
    given = [one.grant() for one in said.grants]
    password = await _signing(
        held, partial(add_account, held.store, keeper, said.name, given, now=held.clock())
    )
    return FirstPassword(name=said.name.lower(), password=password)


@router.put(
    "/accounts/{name}/grants", status_code=204, responses=errors(400, 403, 404, 408, 409, 413, 422, 500, 503)
)
def regrant(held: InDoors, keeper: Keeping, _lang: AskedLang, name: Name, said: NewGrants) -> None:
    """Give an account these grants instead of those it had."""
    _require_another(keeper, name)
    set_grants(held.store, keeper, name, [one.grant() for one in said.grants], now=held.clock())
    held.identity.forget()


@router.post("/accounts/{name}/lock", status_code=204, responses=errors(403, 404, 409, 422, 500, 503))
def lock(held: InDoors, keeper: Keeping, _lang: AskedLang, name: Name) -> None:
    """Lock an account and end its sessions."""
    _require_another(keeper, name)
    lock_account(held.store, keeper, name, locked=True, now=held.clock())
    held.identity.forget()


@router.post("/accounts/{name}/open", status_code=204, responses=errors(403, 404, 422, 500, 503))
def unlock(held: InDoors, keeper: Keeping, _lang: AskedLang, name: Name) -> None:
    """Open a locked account again, also one that was locked after wrong passwords."""
    lock_account(held.store, keeper, name, locked=False, now=held.clock())
    held.identity.forget()


@router.post("/accounts/{name}/reset", responses=errors(403, 404, 409, 422, 500, 503))
async def reset(held: InDoors, keeper: Keeping, _lang: AskedLang, name: Name) -> FirstPassword:
    """A new first password, told once; what was signed in is ended."""
    _require_another(keeper, name)
    password = await _signing(held, partial(reset_password, held.store, keeper, name, now=held.clock()))
    held.identity.forget()
    return FirstPassword(name=name.lower(), password=password)


@router.get("/tokens", responses=errors(422, 500, 503))
def tokens(held: InDoors, keeper: Keeping, _lang: AskedLang) -> TokensNow:
    """Tokens of programs, ended ones too."""
    now = held.clock()
    return TokensNow(
        tokens=[
            TokenSaid(
                number=one.number,
                name=one.name,
                rights=list(one.rights),
                area=list(one.area),
                made_at=one.made_at,
                made_by=one.made_by,
                ends_at=one.ends_at,
                over=one.over(now),
            )
            for one in list_tokens(held.store, keeper)
        ]
    )


@router.post("/tokens", status_code=201, responses=errors(400, 403, 408, 413, 422, 500, 503))
def make(held: InDoors, keeper: Keeping, _lang: AskedLang, said: NewToken) -> TokenOnce:
    """Make a token; it is told here and never again."""
    made = make_token(held.store, keeper, said.name, said.rights, said.area, days=said.days, now=held.clock())
    return TokenOnce(token=made)


@router.delete("/tokens/{number}", status_code=204, responses=errors(403, 404, 422, 500, 503))
def revoke(
    held: InDoors, keeper: Keeping, _lang: AskedLang, number: Annotated[int, Path(ge=1, le=2**62)]
) -> None:
    """End a token at once."""
    revoke_token(held.store, keeper, number, now=held.clock())
    held.identity.forget()


@router.get("/settings", responses=errors(422, 500, 503))
def settings(held: InDoors, _lang: AskedLang) -> ChoicesNow:
    """What may be changed while the server runs."""
    return _choices(held, find_choices(held.store))


@router.put("/settings", responses=errors(400, 403, 408, 413, 422, 500, 503))
async def change(held: InDoors, keeper: Keeping, _lang: AskedLang, said: NewChoices) -> ChoicesNow:
    """Choose anew; it holds in every process within a second or so, and is audited."""
    changed = said.model_dump(exclude_unset=True, exclude_none=True)
    chosen = await to_thread.run_sync(partial(choose, held.store, keeper, changed, now=held.clock()))
    await held.identity.refresh()
    return _choices(held, chosen)


async def _signing(held: Doors, work: partial[T]) -> T:
    """Run what makes a password, in one of few places."""
    return await to_thread.run_sync(work, limiter=held.signing)


def _require_another(keeper: Keeper, name: str) -> None:
    if keeper.actor == f"http:{name.lower()}":
        raise ConflictError(
            "this is your own account; another keeper changes it, or wangge user on the server's machine",
            "这是您自己的账号；请由其他管理员修改，或在服务器上使用 wangge user",
        )


def _choices(held: Doors, chosen: Choices) -> ChoicesNow:
    public = held.settings.public if chosen.public is None else chosen.public
    return ChoicesNow(
        public=list(public),
        public_of_server=chosen.public is None,
        idle_minutes=chosen.idle_minutes,
        notice=chosen.notice,
    )


def _account(one: Account) -> AccountSaid:
    until: datetime | None = one.locked_until
    state: State = (
        "locked" if one.locked else "waiting" if until else "first_password" if one.must_change else "open"
    )
    return AccountSaid(
        name=one.name,
        grants=[GrantSaid.of(grant) for grant in one.grants],
        state=state,
        locked_until=until,
        made_at=one.made_at,
    )
