"""Accounts: made, listed, granted, locked and given new passwords by whoever keeps them; no account is there by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from layers.accounts.passwords import hashed, made_password
from layers.rights.rights import Grant, Right, viewer_for
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import grants, sessions, users
from layers.store.database import Store
from layers.store.moments import as_utc
from layers.store.unit import Reading, Writing

_NAME = re.compile(r"[\w.@-]{2,40}")

OUTSIDE = "oidc:"
"""What `made_by` of an account begins with that belongs to somebody of the organisation's provider; his subject follows."""
KEEPER = OPERATOR
"""Accounts are read and written by the program for itself; who may ask it to is decided by `Keeper` and the doors."""


class Account(NamedTuple):
    """One account with what it was granted; nothing of its password."""

    name: str
    grants: tuple[Grant, ...]
    locked: bool
    """Locked by whoever keeps the accounts."""
    locked_until: datetime | None
    """Locked for a while after wrong passwords; None when that is over."""
    must_change: bool
    """Still has the password it was given."""
    made_at: datetime


class Keeper(NamedTuple):
    """Who keeps accounts: the operator with no bounds, or an admin inside his own areas."""

    actor: str
    grants: tuple[Grant, ...] | None = None
    """What an admin was granted himself; None for the operator."""

    def require(self, asked: Iterable[Grant]) -> None:
        """Raise `NotAllowedError` unless all of `asked` lies where this keeper keeps accounts."""
        if self.grants is None:
            return
        area = viewer_for(self.grants, Right.ACCOUNTS).area
        for place in [grant.area for grant in asked] or [""]:  # who has no grant is nobody's part
            if not any(place.startswith(prefix) for prefix in area):
                raise NotAllowedError(
                    f"the area {place or 'everywhere'} is not yours; you keep accounts of {', '.join(area)}",
                    f"范围 {place or '全部'} 不归您管理；您可管理：{'、'.join(area)}",
                )


def add_account(store: Store, keeper: Keeper, name: str, granted: Iterable[Grant], *, now: datetime) -> str:
    """Make an account and answer its first password, which it must change at once. Told here and never again.

    Raises `InputError` for a name that cannot be used, `ConflictError` for one that is taken, `NotAllowedError` for a
    grant the keeper may not give.
    """
    given = tuple(dict.fromkeys(granted))
    if not fit_name(name):
        raise InputError(
            "an account's name has 2 to 40 letters, digits or . _ - @",
            "账号名为 2–40 个字符：文字、数字或 . _ - @",
        )
    if not given:
        raise InputError("grant the account a role", "请至少授予一个角色")
    keeper.require(given)
    password = made_password()
    kept = hashed(password)
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        unit.lock(users)
        if find_user(unit, name) is not None:
            raise ConflictError(f"there is an account {name} already", f"账号 {name} 已存在")
        add_user(unit, name, given, password_hash=kept, must_change=True, made_by=keeper.actor, now=now)
    return password


def fit_name(name: str) -> bool:
    """Whether an account can have this name.

    >>> fit_name("li.na@office"), fit_name("x")
    (True, False)
    """
    return _NAME.fullmatch(name) is not None


def add_user(
    unit: Writing,
    name: str,
    given: tuple[Grant, ...],
    *,
    password_hash: str,
    must_change: bool,
    made_by: str,
    now: datetime,
) -> int:
    """Write a new account down and answer its number; whether it may be made was asked before."""
    made = unit.execute(
        users.insert()
        .values(
            name=name.lower(),
            password_hash=password_hash,
            must_change=must_change,
            failures=0,
            locked=False,
            made_at=now,
            made_by=made_by,
        )
        .returning(users.c.id)
    )
    user_id = int(made.scalar_one())
    _grant(unit, user_id, given)
    unit.record(action="account-add", detail={"account": name.lower(), "grants": _plain(given)})
    return user_id


def list_accounts(store: Store, keeper: Keeper, *, now: datetime) -> list[Account]:
    """All accounts the keeper keeps, by name."""
    with store.reading(KEEPER) as unit:
        held: dict[int, list[Grant]] = {}
        for row in unit.execute(sa.select(grants).order_by(grants.c.id)):
            held.setdefault(row.user_id, []).append(grant_of(row))
        found = [
            Account(
                row.name,
                tuple(held.get(row.id, ())),
                row.locked,
                until if (until := as_utc(row.locked_until)) is not None and until > now else None,
                row.must_change,
                made_at,
            )
            for row in unit.execute(sa.select(users).order_by(users.c.name))
            if (made_at := as_utc(row.made_at)) is not None
        ]
    return [account for account in found if _keeps(keeper, account)]


def set_grants(store: Store, keeper: Keeper, name: str, granted: Iterable[Grant], *, now: datetime) -> None:
    """Give an account these grants instead of those it had. Raises `NotFoundError`, `NotAllowedError`, `InputError`, and
    `ConflictError` for an account of the provider, which is granted what its groups are mapped to."""
    given = tuple(dict.fromkeys(granted))
    if not given:
        raise InputError("grant the account a role, or lock it", "请至少授予一个角色，或锁定该账号")
    keeper.require(given)
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        row = _kept_user(unit, keeper, name)
        _require_ours(row)
        replace_grants(unit, row.id, row.name, given)


def replace_grants(unit: Writing, user_id: int, name: str, given: tuple[Grant, ...]) -> None:
    """Write other grants of an account down."""
    unit.execute(grants.delete().where(grants.c.user_id == user_id))
    _grant(unit, user_id, given)
    unit.record(action="account-grant", detail={"account": name, "grants": _plain(given)})


def lock_account(store: Store, keeper: Keeper, name: str, *, locked: bool, now: datetime) -> None:
    """Lock an account and end its sessions, or open it again, also after wrong passwords. Raises `NotFoundError`."""
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        row = _kept_user(unit, keeper, name)
        unit.execute(
            users.update().where(users.c.id == row.id).values(locked=locked, locked_until=None, failures=0)
        )
        if locked:
            unit.execute(sessions.delete().where(sessions.c.user_id == row.id))
        unit.raise_state("accounts")
        unit.record(action="account-lock" if locked else "account-open", detail={"account": row.name})


def reset_password(store: Store, keeper: Keeper, name: str, *, now: datetime) -> str:
    """A new first password, told once; what was signed in is ended, a lock after wrong passwords is over. Raises
    `NotFoundError`, and `ConflictError` for an account of the provider, which has none."""
    password = made_password()
    kept = hashed(password)
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        row = _kept_user(unit, keeper, name)
        _require_ours(row)
        unit.execute(
            users.update()
            .where(users.c.id == row.id)
            .values(password_hash=kept, must_change=True, locked_until=None, failures=0)
        )
        unit.execute(sessions.delete().where(sessions.c.user_id == row.id))
        unit.raise_state("accounts")
        unit.record(action="account-reset", detail={"account": row.name})
    return password


def any_account(store: Store) -> bool:
    """Whether there is an account at all."""
    with store.reading(KEEPER) as unit:
        return unit.scalar(sa.select(users.c.id).limit(1)) is not None


def find_user(unit: Reading, name: str) -> Any:
    """The row of an account by its name, however it is spelt in capitals; None without one."""
    return unit.execute(sa.select(users).where(users.c.name == name.lower())).first()


def grants_of(unit: Reading, user_id: int) -> tuple[Grant, ...]:
    """What an account was granted."""
    statement = sa.select(grants).where(grants.c.user_id == user_id).order_by(grants.c.id)
    return tuple(grant_of(row) for row in unit.execute(statement))


def grant_of(row: Any) -> Grant:
    """A row of `grants`."""
    return Grant(Role(row.role), row.area, OfPeople(row.of_people), Purpose(row.purpose))


def _grant(unit: Writing, user_id: int, given: Iterable[Grant]) -> None:
    rows = [
        {"user_id": user_id, "role": g.role, "area": g.area, "of_people": g.of_people, "purpose": g.purpose}
        for g in given
    ]
    unit.execute(grants.insert(), rows)


def _plain(given: Iterable[Grant]) -> list[dict[str, str]]:
    return [
        {"role": g.role.value, "area": g.area, "of_people": g.of_people.value, "purpose": g.purpose.value}
        for g in given
    ]


def _kept_user(unit: Reading, keeper: Keeper, name: str) -> Any:
    row = find_user(unit, name)
    if row is not None and keeper.grants is not None:
        try:
            keeper.require(grants_of(unit, row.id))
        except NotAllowedError:
            row = None  # whether it is there is not his to know
    if row is None:
        raise NotFoundError(
            f"there is no account {name}; see wangge user list", f"没有账号 {name}；见 wangge user list"
        )
    return row


def _require_ours(row: Any) -> None:
    if row.made_by.startswith(OUTSIDE):
        raise ConflictError(
            f"{row.name} signs in at your organisation's provider: its password and its groups are kept there; here it can "
            "be locked",
            f"{row.name} 通过单位统一登录：密码与所属组在统一登录平台维护；此处只能锁定",
        )


def _keeps(keeper: Keeper, account: Account) -> bool:
    try:
        keeper.require(account.grants)
    except NotAllowedError:
        return False
    return True
