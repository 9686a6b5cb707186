"""Accounts of people who sign in at the organisation's provider: made at the first sign-in, granted what their groups are
mapped to, each time anew."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from geo.errors import InputError
from layers.accounts.accounts import (
    KEEPER,
    OUTSIDE,
    add_user,
    find_user,
    fit_name,
    grants_of,
    replace_grants,
)
from layers.accounts.passwords import hashed
from layers.accounts.provider import Claimed, OutsideError, Refusal
from layers.accounts.sessions import new_token, open_session
from layers.rights.rights import Grant, usual_sight
from layers.rights.viewer import OfPeople, Purpose, Role
from layers.store.account_tables import grants, sessions, users
from layers.store.database import Store
from layers.store.unit import Reading, Writing

_ORDER = tuple(OfPeople)
_LINE = re.compile(
    r"(?P<group>.*\S)\s*=\s*(?P<role>\w+)@(?P<area>\d+|\*)(/(?P<sight>\w+)(/(?P<purpose>\w+))?)?"
)


class Mapped(NamedTuple):
    """What each group is granted."""

    grants: Mapping[str, tuple[Grant, ...]]

    @classmethod
    def of(cls, lines: Iterable[str]) -> Mapped:
        """From `GROUP=ROLE@AREA[/OF_PEOPLE[/PURPOSE]]`, `*` for everywhere. Raises `InputError` naming the line.

        >>> Mapped.of(["planners=planner@610402"]).granted(["staff", "planners"])[0].of_people
        <OfPeople.BUILDING: 'building'>
        """
        found: dict[str, list[Grant]] = {}
        for line in lines:
            group, grant = _parsed(line)
            found.setdefault(group, []).append(grant)
        return cls({group: tuple(given) for group, given in found.items()})

    def granted(self, groups: Iterable[str]) -> tuple[Grant, ...]:
        """What somebody in these groups is granted; of two grants that differ in how much of people they show, the larger."""
        kept: dict[tuple[Role, str, Purpose], Grant] = {}
        for group in groups:
            for one in self.grants.get(group, ()):
                key = (one.role, one.area, one.purpose)
                if key not in kept or _ORDER.index(kept[key].of_people) < _ORDER.index(one.of_people):
                    kept[key] = one
        return tuple(kept.values())


def sign_in_outside(
    store: Store, claimed: Claimed, granted: tuple[Grant, ...], *, origin: str, now: datetime
) -> str:
    """Open a session for somebody the provider vouches for and answer its token; `granted` is what his groups give him.

    An account belongs to the provider's subject, never to a name: whoever comes under the name of another account, one with
    a password too, does not get it. A lock after wrong passwords does not keep him out, for he has none; the lock of whoever
    keeps accounts does. Raises `OutsideError` (group, locked, name, taken); without a group his sessions and grants end.
    """
    token = new_token()
    with store.reading(KEEPER) as unit:
        known = _find(unit, claimed.subject)
    kept = "" if known is not None else hashed(secrets.token_hex(32))  # a password nobody knows
    # a name that has no account yet, or is another's, is not who acts
    who = "http" if known is None else f"http:{known.name}"
    with store.writing(KEEPER, actor=who, now=now) as unit:
        unit.lock(users)
        row = _find(unit, claimed.subject)
        refusal = _refusal(unit, row, claimed.name, granted)
        if refusal is None:
            user_id = row.id if row is not None else _make(unit, claimed, kept, granted, now)
            if set(grants_of(unit, user_id)) != set(granted):
                replace_grants(unit, user_id, claimed.name if row is None else row.name, granted)
                unit.raise_state("accounts")
            open_session(unit, user_id, token, now)
        elif refusal is Refusal.GROUP and row is not None:
            unit.execute(grants.delete().where(grants.c.user_id == row.id))
            unit.execute(sessions.delete().where(sessions.c.user_id == row.id))
            unit.raise_state("accounts")
        unit.audit()
        why = {"account": claimed.name.lower()} if refusal is None else {"why": refusal.value}
        unit.record(
            action="sign-in" if refusal is None else "sign-in-refused",
            detail={"from": origin, "by": "oidc", **why},
        )
    if refusal is not None:
        raise OutsideError(refusal)
    return token


def _find(unit: Reading, subject: str) -> Any:
    return unit.execute(sa.select(users).where(users.c.made_by == OUTSIDE + subject)).first()


def _refusal(unit: Reading, row: Any, name: str, granted: tuple[Grant, ...]) -> Refusal | None:
    if row is not None and row.locked:
        return Refusal.LOCKED
    if not granted:
        return Refusal.GROUP
    if row is None and not fit_name(name):
        return Refusal.NAME
    if row is None and find_user(unit, name) is not None:
        return Refusal.TAKEN
    return None


def _make(unit: Writing, claimed: Claimed, kept: str, granted: tuple[Grant, ...], now: datetime) -> int:
    return add_user(
        unit,
        claimed.name,
        granted,
        password_hash=kept,
        must_change=False,
        made_by=OUTSIDE + claimed.subject,
        now=now,
    )


def _parsed(line: str) -> tuple[str, Grant]:
    found = _LINE.fullmatch(line)
    if found is None:
        raise _unmapped(line)
    try:
        role = Role(found["role"])
        sight = OfPeople(found["sight"]) if found["sight"] else usual_sight(role)
        purpose = Purpose(found["purpose"]) if found["purpose"] else Purpose.DISPLAY
    except ValueError:
        raise _unmapped(line) from None
    return found["group"], Grant(role, found["area"].replace("*", ""), sight, purpose)


def _unmapped(line: str) -> InputError:
    return InputError(
        f"WANGGE_OIDC_GRANTS: {line!r} is no mapping; write GROUP=ROLE@AREA (* for everywhere), as in "
        "planners=planner@610402 or stewards=steward@*/full/maintenance",
        f"WANGGE_OIDC_GRANTS：“{line}”无法识别；请写成 组=角色@范围（* 为全部），"
        "例如 planners=planner@610402 或 stewards=steward@*/full/maintenance",
    )
