"""The audit: rows that are only ever added, each sealed with a key kept outside the store and holding the seal of the one
before, so that a row that was changed, taken out or put in shows."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.errors import StoreError
from layers.store.account_tables import audit
from layers.store.keys import KeyPlace, Keys

FIRST = "0" * 64
"""What the first row holds as the seal before it."""
PURPOSE = "audit"
CIRCUMSTANCES: ContextVar[Mapping[str, str]] = ContextVar("circumstances")
"""What the doors know of how a deed came to be done (from where, by which route, in which request); it goes into its row."""
_LOCK = 0x77616E67


def append(connection: Connection, place: KeyPlace, said: Mapping[str, Any], *, now: datetime) -> None:
    """Add a row, in the caller's transaction, which should end soon: nobody else can add one until then.

    Raises `StoreError` without the keys the chain was begun with: then what should be audited must not happen.
    """
    if connection.dialect.name == "postgresql":  # SQLite has one writer, from the start of its transaction
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    head = connection.execute(
        sa.select(audit.c.number, audit.c.seal, audit.c.at).order_by(audit.c.number.desc()).limit(1)
    ).first()
    keys = _keys(place, begun=head is not None)
    number, before = (1, FIRST) if head is None else (head.number + 1, head.seal)
    at = moment(now)
    row = (
        dict(CIRCUMSTANCES.get({}))
        | dict(said)
        | ({"clock": "set back"} if head is not None and at < head.at else {})
    )
    text = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    key = keys.newest
    connection.execute(
        audit.insert().values(
            number=number,
            before=before,
            at=at,
            text=text,
            key=key,
            seal=seal_of(keys, key, number=number, before=before, at=at, text=text),
        )
    )


def seal_of(keys: Keys, key: str, *, number: int, before: str, at: str, text: str) -> str:
    """The seal of a row. Raises `StoreError` for a key that is not here."""
    sealed = json.dumps([number, before, at, text], ensure_ascii=False)
    return hmac.new(keys.part(key, PURPOSE), sealed.encode(), "sha256").hexdigest()


def moment(now: datetime) -> str:
    """A moment as it is kept: text, because databases round what they take for a date."""
    return now.astimezone(UTC).isoformat(timespec="microseconds")


def keys_of(connection: Connection, place: KeyPlace) -> Keys:
    """The keys of a store; the first is made where nothing was ever written with any. Raises `StoreError` where they are
    missing."""
    begun = connection.execute(sa.select(audit.c.number).limit(1)).first() is not None
    return _keys(place, begun=begun)


def _keys(place: KeyPlace, *, begun: bool) -> Keys:
    keys = place.read()
    if keys is not None:
        return keys
    if begun:
        where = place.path or "WANGGE_KEYS"
        raise StoreError(
            f"the keys of this store are not here ({where}), so nothing can be audited and nothing personal is shown; "
            "bring them from the machine or the backup that has them",
            f"缺少本库的密钥（{where}），无法写入审计，故不提供个人信息；请从原机器或备份取回",
        )
    return place.make()
