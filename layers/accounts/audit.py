"""The audit read: verified row by row against its seals and against checkpoints kept elsewhere, listed, exported."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator
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
    last: str | None
    """When the newest row was written; None for an empty audit."""
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
            sealed[number] = row.seal
    for line in checkpoints:
        if line.strip():
            faults += _against(line, sealed, keys)
    return Verdict(len(sealed), at or None, tuple(faults), tuple(notices))


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


def read_audit(store: Store, *, before: int | None = None, limit: int = 200) -> pd.DataFrame:
    """The newest `limit` rows (older than number `before`), newest first: number, at, who, what, and the rest as said."""
    statement = sa.select(audit).order_by(audit.c.number.desc()).limit(limit)
    if before is not None:
        statement = statement.where(audit.c.number < before)
    with store.reading(KEEPER) as unit:
        rows = unit.execute(statement).all()
    return as_table(rows)


def all_rows(store: Store) -> pd.DataFrame:
    """Every row, oldest first, as `read_audit` shows them, with seals."""
    with store.reading(KEEPER) as unit:
        rows = list(_rows(unit))
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


def _rows(unit: Reading) -> Iterator[Any]:
    last = 0
    while rows := unit.execute(
        sa.select(audit).where(audit.c.number > last).order_by(audit.c.number).limit(_ROWS)
    ).all():
        yield from rows
        last = rows[-1].number


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
