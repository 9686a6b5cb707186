"""Accounts: made, listed, granted, locked and given new passwords by whoever keeps them; no account is there by itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from layers.accounts.passwords import hashed, made_password
from layers.rights.rights import Grant, Right, viewer_for
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import grants, sessions, users
from layers.store.database import Store
from layers.store.unit import Reading, Writing

_NAME = re.compile(r"[\w.@-]{2,40}")

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
        for grant in asked:
            if not any(grant.area.startswith(prefix) for prefix in area):
                raise NotAllowedError(
                    f"the area {grant.area or 'everywhere'} is not yours; you keep accounts of {', '.join(area)}",
                    f"范围 {grant.area or '全部'} 不归您管理；您可管理：{'、'.join(area)}",
                )


def add_account(store: Store, keeper: Keeper, name: str, granted: Iterable[Grant], *, now: datetime) -> str:
    """Make an account and answer its first password, which it must change at once. Told here and never again.

    Raises `InputError` for a name that cannot be used, `ConflictError` for one that is taken, `NotAllowedError` for a
    grant the keeper may not give.
    """
    given = tuple(dict.fromkeys(granted))
    if not _NAME.fullmatch(name):
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
        made = unit.execute(
            users.insert()
            .values(
                name=name.lower(),
                password_hash=kept,
                must_change=True,
                failures=0,
                locked=False,
                made_at=now,
                made_by=keeper.actor,
            )
            .returning(users.c.id)
        )
        _grant(unit, int(made.scalar_one()), given)
        unit.record(action="account-add", detail={"account": name.lower(), "grants": _plain(given)})
    return password


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
    """Give an account these grants instead of those it had. Raises `NotFoundError`, `NotAllowedError`, `InputError`."""
    given = tuple(dict.fromkeys(granted))
    if not given:
        raise InputError("grant the account a role, or lock it", "请至少授予一个角色，或锁定该账号")
    keeper.require(given)
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        row = _kept_user(unit, keeper, name)
        unit.execute(grants.delete().where(grants.c.user_id == row.id))
        _grant(unit, row.id, given)
        unit.record(action="account-grant", detail={"account": row.name, "grants": _plain(given)})


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
    `NotFoundError`."""
    password = made_password()
    kept = hashed(password)
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        row = _kept_user(unit, keeper, name)
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


def as_utc(moment: datetime | None) -> datetime | None:
    """A moment of the store; SQLite forgets that it was UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


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


def _keeps(keeper: Keeper, account: Account) -> bool:
    try:
        keeper.require(account.grants)
    except NotAllowedError:
        return False
    return True
