"""Who is told when grids change: made, listed, taken away; how far each was told, and when he is told again."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotFoundError, Words
from layers.hooks.sending import Target, network_of, target_of
from layers.hooks.signing import secret_text
from layers.plans.feed import START, Cursor, newest_cursor
from layers.rights.rights import widest
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from layers.store.hook_tables import hooks
from layers.store.moments import as_utc
from layers.store.sealing import Sealer
from layers.store.unit import Reading, Writing

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
"""After a failure it is tried again after the first, then after twice that, and so on."""
GIVEN_UP = timedelta(days=3)
"""Who fails for so long is told nothing more until somebody opens him again."""
CLAIMED = timedelta(minutes=10)
"""So long nobody else is asked to tell the same."""
MOST = 50
PURPOSE = "hooks"
_NAME = re.compile(r"[\w.@-]{2,40}")
_AREA = re.compile(r"(\d{6}|\d{9}|\d{12})?")


class Hook(NamedTuple):
    """One receiver, without the secret he knows what is sent by."""

    number: int
    name: str
    url: str
    area: tuple[str, ...]
    networks: tuple[str, ...]
    cursor: Cursor
    """Until here he was told."""
    told_at: datetime | None
    due_at: datetime | None
    failing_since: datetime | None
    failures: int
    trouble: Words | None
    """Why the last try failed."""
    halted: bool

    @property
    def target(self) -> Target:
        """Where it is sent."""
        return target_of(self.url, self.networks)


def add_hook(
    store: Store,
    name: str,
    url: str,
    *,
    area: Sequence[str],
    networks: Sequence[str] = (),
    from_start: bool = False,
    actor: str,
    now: datetime,
) -> str:
    """Have somebody told of what becomes of grids in `area` (code prefixes, `("",)` for everywhere); the secret he checks it
    with, which is shown this once.

    `networks` are those he may lie in; without any he must have a public address. `from_start` tells all that was ever
    published too. Raises `InputError`, and `ConflictError` for a name there is, or too many.
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            "a name has 2 to 40 letters, digits or . _ - @", "名称为 2–40 个字符：文字、数字或 . _ - @"
        )
    if not area or not all(_AREA.fullmatch(prefix) for prefix in area):
        raise InputError(
            "an area is one or more codes of districts, streets or communities",
            "范围为一个或多个区县、街道或社区编码",
        )
    within = [str(network_of(text)) for text in networks]
    target = target_of(url, within)
    salt = secrets.token_hex(16)
    with store.writing(OPERATOR, actor=actor, now=now) as unit:
        if unit.scalar(sa.select(hooks.c.id).where(hooks.c.name == name)) is not None:
            raise ConflictError(f"there is a hook {name} already", f"推送 {name} 已存在")
        if int(unit.scalar(sa.select(sa.func.count()).select_from(hooks))) >= MOST:
            raise ConflictError(f"there are {MOST} hooks already", f"推送已达 {MOST} 个")
        key = unit.sealer.newest
        wide = list(widest(area))
        unit.execute(
            hooks.insert().values(
                name=name,
                url=url,
                area=wide,
                networks=within,
                key=key,
                salt=salt,
                cursor=START if from_start else str(newest_cursor(unit)),
                made_at=now,
                made_by=actor,
                failures=0,
                halted=False,
            )
        )
        unit.record(
            action="hook-add", detail={"hook": name, "to": target.name, "area": wide, "networks": within}
        )
        return secret_text(_secret(unit.sealer, key, salt))


def remove_hook(store: Store, name: str, *, actor: str, now: datetime) -> None:
    """Tell somebody nothing more. Raises `NotFoundError`."""
    with store.writing(OPERATOR, actor=actor, now=now) as unit:
        _row(unit, hooks.c.name == name, name)
        unit.execute(hooks.delete().where(hooks.c.name == name))
        unit.record(action="hook-remove", detail={"hook": name})


def open_hook(store: Store, name: str, *, actor: str, now: datetime) -> None:
    """Try somebody again who failed, at once. Raises `NotFoundError`."""
    with store.writing(OPERATOR, actor=actor, now=now) as unit:
        _row(unit, hooks.c.name == name, name)
        anew = {"halted": False, "failures": 0, "failing_since": None, "due_at": None}
        unit.execute(hooks.update().where(hooks.c.name == name).values(**anew))
        unit.record(action="hook-open", detail={"hook": name})


def list_hooks(store: Store) -> list[Hook]:
    """All of them, by name."""
    with store.reading(OPERATOR) as unit:
        return [_hook(row) for row in unit.execute(sa.select(hooks).order_by(hooks.c.name))]


def find_hook(store: Store, number: int) -> Hook:
    """One by its number. Raises `NotFoundError`."""
    with store.reading(OPERATOR) as unit:
        return _hook(_row(unit, hooks.c.id == number, str(number)))


def secret_of(store: Store, number: int, *, actor: str, now: datetime) -> bytes:
    """What signs for one: made of a key of the store, never kept. Raises `NotFoundError`, `StoreError` without the key."""
    with store.writing(OPERATOR, actor=actor, now=now) as unit:
        row = _row(unit, hooks.c.id == number, str(number))
        return _secret(unit.sealer, row.key, row.salt)


def claim_due(store: Store, *, now: datetime) -> list[Hook]:
    """Those for whom there is news and who may be told now; nobody else gets them for `CLAIMED`."""
    with store.reading(OPERATOR) as unit:
        waiting = sa.select(hooks).where(hooks.c.halted.is_(False)).order_by(hooks.c.id)
        newest = newest_cursor(unit)
        behind = [hook for row in unit.execute(waiting) if (hook := _hook(row)).cursor != newest]
        ready = [hook for hook in behind if hook.due_at is None or hook.due_at <= now]
    if not ready:
        return []
    with store.writing(OPERATOR, actor="hooks", now=now) as unit:
        return [hook for hook in ready if _claimed(unit, hook, now)]


def told(store: Store, hook: Hook, cursor: Cursor, *, now: datetime) -> None:
    """Record that he has been told up to `cursor`."""
    well = {"told_at": now, "failures": 0, "failing_since": None, "trouble": None}
    _set(store, hook, now, cursor=str(cursor), **well)


def rested(store: Store, hook: Hook, *, now: datetime) -> None:
    """Record that there is nothing more to tell for now, so that he may be claimed again."""
    _set(store, hook, now, due_at=None)


def failed(store: Store, hook: Hook, trouble: Words, *, gone: bool, now: datetime) -> None:
    """Record that he could not be told: he is tried again later, or, `gone` or failing for `GIVEN_UP`, not before he is
    opened."""
    since = hook.failing_since or now
    wait = min(FIRST_WAIT * 2.0 ** min(hook.failures, 16), LONGEST_WAIT)
    halted = gone or now - since >= GIVEN_UP
    again = {"failures": hook.failures + 1, "failing_since": since, "due_at": now + wait}
    _set(store, hook, now, trouble=list(trouble), halted=halted, **again)


def _claimed(unit: Writing, hook: Hook, now: datetime) -> bool:
    free = sa.or_(hooks.c.due_at.is_(None), hooks.c.due_at <= now)
    mine = hooks.update().where(hooks.c.id == hook.number, free).values(due_at=now + CLAIMED)
    return unit.execute(mine).rowcount == 1


def _set(store: Store, hook: Hook, now: datetime, **values: Any) -> None:
    with store.writing(OPERATOR, actor=f"hook:{hook.name}", now=now) as unit:
        unit.execute(hooks.update().where(hooks.c.id == hook.number).values(**values))


def _secret(sealer: Sealer, key: str, salt: str) -> bytes:
    return sealer.derived(key, PURPOSE, salt)


def _row(unit: Reading, which: sa.ColumnElement[bool], named: str) -> Any:
    row = unit.execute(sa.select(hooks).where(which)).one_or_none()
    if row is None:
        raise NotFoundError(
            f"there is no hook {named}; wangge hook list", f"没有推送 {named}；用 wangge hook list 查看"
        )
    return row


def _hook(row: Any) -> Hook:
    return Hook(
        int(row.id),
        row.name,
        row.url,
        tuple(row.area),
        tuple(row.networks),
        Cursor.parse(row.cursor),
        as_utc(row.told_at),
        as_utc(row.due_at),
        as_utc(row.failing_since),
        int(row.failures),
        None if row.trouble is None else Words(*row.trouble),
        bool(row.halted),
    )
