"""The audit read: verified row by row against its seals and against checkpoints kept elsewhere, listed, exported."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd
import sqlalchemy as sa

from geo.errors import NotFoundError, StoreError, Words
from layers.accounts.accounts import KEEPER
from layers.store import chain
from layers.store.account_tables import audit
from layers.store.database import Store
from layers.store.keys import Keys
from layers.store.unit import Reading

LEAST_KEPT = timedelta(days=184)
"""What the law asks for; rows are never removed, so that all older ones are there too."""
_ROWS = 2_000
_CHECKPOINT = "checkpoint"


class Verdict(NamedTuple):
    """What verifying found."""

    rows: int
    first: str | None
    """When the oldest row was written; None for an empty audit."""
    last: str | None
    """When the newest was."""
    faults: tuple[Words, ...]
    """What was tampered with or is missing; none when the chain is whole."""
    notices: tuple[Words, ...]
    """What is whole but strange: a clock that went back."""


def write_audit(store: Store, *, who: str, now: datetime, **said: Any) -> None:
    """Add one row by itself, such as what somebody asked for before he is answered. Raises `StoreError` where it cannot be
    written: then he must not be answered."""
    with store.writing(KEEPER, actor=who, now=now) as unit:
        unit.audit(**said)


def verify(store: Store, *, checkpoints: Iterable[str] = ()) -> Verdict:
    """Whether every row is as it was written, none is missing in between, and none of those that `checkpoints` (lines of
    `checkpoint`) tell of is missing at the end. Raises `StoreError` without the keys."""
    keys = store.keys.read()
    faults: list[Words] = []
    notices: list[Words] = []
    sealed: dict[int, str] = {}
    number, before, at = 0, chain.FIRST, ""
    first: str | None = None
    with store.reading(KEEPER) as unit:
        for row in _rows(unit):
            number += 1
            if keys is None:
                raise _no_keys()
            if row.number != number:
                faults.append(
                    Words(
                        f"rows {number} to {row.number - 1} are missing",
                        f"缺少第 {number} 至 {row.number - 1} 行",
                    )
                )
                number = row.number
            elif row.before != before:
                faults.append(
                    Words(f"row {number} does not follow the one before", f"第 {number} 行与前一行不相接")
                )
            if not _whole(row, keys):
                faults.append(Words(f"row {number} was changed", f"第 {number} 行被改动"))
            if row.at < at:
                notices.append(
                    Words(f"the clock went back before row {number}", f"第 {number} 行之前时钟被回拨")
                )
            before, at = row.seal, row.at
            first = first or at
            sealed[number] = row.seal
    for line in checkpoints:
        if line.strip():
            faults += _against(line, sealed, keys)
    return Verdict(len(sealed), first, at or None, tuple(faults), tuple(notices))


def newest_is_ours(store: Store) -> bool:
    """Whether the last row was sealed with the keys that are here; True for an empty audit. Quick, where `verify` reads all.
    Raises `StoreError` without the keys."""
    with store.reading(KEEPER) as unit:
        row = unit.execute(sa.select(audit).order_by(audit.c.number.desc()).limit(1)).first()
    if row is None:
        return True
    keys = store.keys.read()
    if keys is None:
        raise _no_keys()
    return _whole(row, keys)


def checkpoint(store: Store, *, now: datetime) -> str:
    """One line that says how far the audit goes, to be kept outside the store. Raises `NotFoundError` for an empty audit."""
    keys = store.keys.read()
    with store.reading(KEEPER) as unit:
        head = unit.execute(sa.select(audit).order_by(audit.c.number.desc()).limit(1)).first()
    if head is None:
        raise NotFoundError("the audit is empty yet", "审计尚无记录")
    if keys is None:
        raise _no_keys()
    said = {"number": head.number, "seal": head.seal, "at": chain.moment(now), "key": keys.newest}
    return json.dumps(said | {"mark": _mark(said, keys)})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which rows are wanted; what is None is not looked at."""

    who: str | None = None
    """The account as the audit has it, such as `http:li`, or how it ends."""
    what: str | None = None
    """The deed."""
    since: datetime | None = None
    until: datetime | None = None
    """Before this moment."""
    area: tuple[str, ...] = ("",)
    """Code prefixes: rows that tell of another place are left out, and so are rows of none unless this is everywhere."""


_EVERYTHING = Asked()


def read_audit(
    store: Store, asked: Asked = _EVERYTHING, *, before: int | None = None, limit: int = 200
) -> pd.DataFrame:
    """The newest `limit` rows asked for (older than number `before`), newest first: number, at, who, what, and the rest as
    said."""
    found: list[Any] = []
    with store.reading(KEEPER) as unit:
        while len(found) < limit:
            statement = _wanted(asked).order_by(audit.c.number.desc()).limit(_ROWS)
            if before is not None:
                statement = statement.where(audit.c.number < before)
            rows = unit.execute(statement).all()
            found += [row for row in rows if _tells(row, asked)]
            if len(rows) < _ROWS:
                break
            before = rows[-1].number
    return as_table(found[:limit])


def all_rows(store: Store, asked: Asked = _EVERYTHING) -> pd.DataFrame:
    """Every row asked for, oldest first, as `read_audit` shows them, with seals."""
    with store.reading(KEEPER) as unit:
        rows = [row for row in _rows(unit, asked) if _tells(row, asked)]
    return as_table(rows).assign(before=[row.before for row in rows], seal=[row.seal for row in rows])


def as_table(rows: Iterable[Any]) -> pd.DataFrame:
    """Rows of the audit, their text in columns: what was said beside who and what goes to `said`, as JSON."""
    shown = []
    for row in rows:
        text = json.loads(row.text)
        who, what = text.pop("who", ""), text.pop("what", "")
        said = json.dumps(text, ensure_ascii=False, sort_keys=True)
        shown.append({"number": row.number, "at": row.at, "who": who, "what": what, "said": said})
    return pd.DataFrame(shown, columns=["number", "at", "who", "what", "said"])


def _rows(unit: Reading, asked: Asked = _EVERYTHING) -> Iterator[Any]:
    last = 0
    while rows := unit.execute(
        _wanted(asked).where(audit.c.number > last).order_by(audit.c.number).limit(_ROWS)
    ).all():
        yield from rows
        last = rows[-1].number


def _wanted(asked: Asked) -> sa.Select[*tuple[Any, ...]]:
    """A select that leaves out most of what is not asked for; `_tells` leaves out the rest."""
    statement = sa.select(audit)
    for said in (asked.who, asked.what):
        if said is not None:
            statement = statement.where(audit.c.text.contains(said, autoescape=True))
    if asked.since is not None:
        statement = statement.where(audit.c.at >= chain.moment(asked.since))
    if asked.until is not None:
        statement = statement.where(audit.c.at < chain.moment(asked.until))
    return statement


def _tells(row: Any, asked: Asked) -> bool:
    """Whether a row is one of those asked for."""
    said = json.loads(row.text)
    who = str(said.get("who", ""))
    if asked.who is not None and who != asked.who and who.partition(":")[2] != asked.who:
        return False
    if asked.what is not None and said.get("what") != asked.what:
        return False
    if asked.area == ("",):
        return True
    places = [str(said["community"])] if said.get("community") else [str(one) for one in said.get("area", ())]
    return bool(places) and all(any(one.startswith(mine) for mine in asked.area) for one in places)


def _whole(row: Any, keys: Keys) -> bool:
    if row.key not in keys.of:
        return False
    seal = chain.seal_of(keys, row.key, number=row.number, before=row.before, at=row.at, text=row.text)
    return hmac.compare_digest(seal, row.seal)


def _against(line: str, sealed: dict[int, str], keys: Keys | None) -> list[Words]:
    """What is wrong with the audit by one checkpoint, or with the checkpoint."""
    try:
        said = json.loads(line)
        mark, number = said.pop("mark"), int(said["number"])
        genuine = keys is not None and hmac.compare_digest(str(mark), _mark(said, keys))
    except (ValueError, TypeError, KeyError, AttributeError, StoreError):
        genuine = False
    if not genuine:
        return [
            Words("a checkpoint was not written with the keys of this store", "有检查点并非由本库密钥写入")
        ]
    if sealed.get(number) == said["seal"]:
        return []
    if number > len(sealed):
        return [
            Words(
                f"the audit ends at row {len(sealed)}, a checkpoint of {said['at']} saw row {number}: its end was cut off",
                f"审计止于第 {len(sealed)} 行，而 {said['at']} 的检查点已有第 {number} 行：末尾被截去",
            )
        ]
    return [Words(f"row {number} is not the one a checkpoint saw", f"第 {number} 行与检查点所见不符")]


def _mark(said: dict[str, Any], keys: Keys) -> str:
    text = json.dumps(said, sort_keys=True)
    return hmac.new(keys.part(said["key"], _CHECKPOINT), text.encode(), "sha256").hexdigest()


def _no_keys() -> StoreError:
    return StoreError(
        "the keys of this store are not here; bring them from the machine or the backup that has them",
        "缺少本库的密钥；请从原机器或备份取回",
    )
