"""Tokens of machines: rights and area named one by one, an end, shown once, kept as a hash."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from geo.errors import InputError, NotAllowedError, NotFoundError
from layers.accounts.accounts import KEEPER, Keeper
from layers.accounts.sessions import key_of
from layers.rights.rights import NEEDS, SCOPES, Right, viewer_for, widest
from layers.rights.viewer import Role, Viewer
from layers.store.account_tables import tokens
from layers.store.database import Store
from layers.store.moments import as_utc

PREFIX = "wgt_"
"""What tokens begin with, so that a leaked one is recognised."""
LONGEST_DAYS = 730
_BYTES = 32
_NAME = re.compile(r"[\w.@-]{2,40}")
_AREA = re.compile(r"(\d{6}|\d{9}|\d{12})?")


class Token(NamedTuple):
    """One token, without itself."""

    number: int
    name: str
    """What it is for, for people."""
    rights: tuple[Right, ...]
    area: tuple[str, ...]
    made_at: datetime
    made_by: str
    ends_at: datetime
    revoked_at: datetime | None

    def over(self, now: datetime) -> bool:
        """Whether it ended or was revoked."""
        return self.revoked_at is not None or not self.made_at - timedelta(minutes=1) <= now < self.ends_at

    def viewer(self, right: Right) -> Viewer:
        """The program that holds it, as it uses `right`. Raises `NotAllowedError` for a right it was not made for."""
        if right not in self.rights:
            raise NotAllowedError(
                f"the token {self.name} was not made for this ({right.value})",
                f"令牌 {self.name} 不含此项权限（{right.value}）",
            )
        return Viewer(Role.SYSTEM, self.area, *NEEDS[right])


def make_token(
    store: Store,
    keeper: Keeper,
    name: str,
    rights: Sequence[Right],
    area: Sequence[str],
    *,
    days: int,
    now: datetime,
) -> str:
    """Make a token and answer it; it cannot be shown again. `area`: code prefixes, `("",)` for everywhere.

    Raises `InputError` for what cannot be granted to a program, `NotAllowedError` outside the keeper's area.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            "a token's name has 2 to 40 letters, digits or . _ - @",
            "令牌名为 2–40 个字符：文字、数字或 . _ - @",
        )
    if not rights or not set(rights) <= set(SCOPES):
        listed = ", ".join(right.value for right in SCOPES)
        raise InputError(f"a token is for some of {listed}", f"令牌的权限可选：{listed}")
    if not area or not all(_AREA.fullmatch(prefix) for prefix in area):
        raise InputError(
            "a token's area is one or more codes of districts, streets or communities",
            "令牌范围为一个或多个区县、街道或社区编码",
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError(f"a token lasts 1 to {LONGEST_DAYS} days", f"令牌有效期为 1–{LONGEST_DAYS} 天")
    if keeper.grants is not None:
        own = viewer_for(keeper.grants, Right.ACCOUNTS).area
        if not all(any(prefix.startswith(mine) for mine in own) for prefix in area):
            raise NotAllowedError("that area is not yours to give", "该范围不归您管理")
    token = PREFIX + secrets.token_urlsafe(_BYTES)
    wide = widest(area)
    names = [right.value for right in SCOPES if right in rights]
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        unit.execute(
            tokens.insert().values(
                name=name,
                hash=key_of(token),
                rights=names,
                area=list(wide),
                made_at=now,
                made_by=keeper.actor,
                ends_at=now + timedelta(days=days),
            )
        )
        unit.record(
            action="token-make", detail={"token": name, "rights": names, "area": list(wide), "days": days}
        )
    return token


def find_token(store: Store, token: str, *, now: datetime) -> Token | None:
    """What this token is, if it is one and not over."""
    with store.reading(KEEPER) as unit:
        row = unit.execute(sa.select(tokens).where(tokens.c.hash == key_of(token))).first()
    found = None if row is None else _token(row)
    return None if found is None or found.over(now) else found


def list_tokens(store: Store, keeper: Keeper) -> list[Token]:
    """Every token the keeper could have made, the newest first, revoked and ended ones too."""
    with store.reading(KEEPER) as unit:
        found = [_token(row) for row in unit.execute(sa.select(tokens).order_by(tokens.c.id.desc()))]
    return [token for token in found if _keeps(keeper, token)]


def revoke_token(store: Store, keeper: Keeper, number: int, *, now: datetime) -> None:
    """End a token at once. Raises `NotFoundError`."""
    with store.writing(KEEPER, actor=keeper.actor, now=now) as unit:
        row = unit.execute(sa.select(tokens).where(tokens.c.id == number)).first()
        if row is None or not _keeps(keeper, _token(row)):
            raise NotFoundError(f"there is no token {number}", f"没有令牌 {number}")
        unit.execute(
            tokens.update().where(tokens.c.id == number, tokens.c.revoked_at.is_(None)).values(revoked_at=now)
        )
        unit.record(action="token-revoke", detail={"token": row.name, "number": number})


def _keeps(keeper: Keeper, token: Token) -> bool:
    if keeper.grants is None:
        return True
    own = viewer_for(keeper.grants, Right.ACCOUNTS).area
    return all(any(prefix.startswith(mine) for mine in own) for prefix in token.area)


def _token(row: sa.Row[tuple[object, ...]]) -> Token:
    made_at, ends_at = as_utc(row.made_at), as_utc(row.ends_at)
    assert made_at is not None and ends_at is not None  # noqa: S101, PT018  columns that are never empty
    return Token(
        row.id,
        row.name,
        tuple(Right(name) for name in row.rights),
        tuple(row.area),
        made_at,
        row.made_by,
        ends_at,
        as_utc(row.revoked_at),
    )
