"""Personal columns, encrypted: AES-GCM with a key kept outside the store, bound to table, column and row, so that whoever has
the database reads nothing of them and can move nothing of them elsewhere.

A sealed text is `k1:` and the base64 of nonce (12 bytes), cipher text and tag (16 bytes): which key, and the rest. Nothing sealed
is searched: records are known by references made with a key.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from geo.errors import StoreError
from layers.store.keys import Keys

SEALED: dict[str, tuple[str, frozenset[str]]] = {
    "residents": ("ref", frozenset({"address", "members"})),
    "matches": ("resident_ref", frozenset({"unit", "floor", "room", "before"})),
}
"""Of each table that has any: the column that names its rows, and the columns that are sealed. A test holds it to what
`layers.store.belonging` calls personal."""
PURPOSE = "columns"
_NONCE_BYTES = 12
_FORM = re.compile(r"k[1-9][0-9]{0,5}:[A-Za-z0-9+/]{38,}={0,2}")


class Sealer:
    """Seals and opens with the keys of one store. Cheap to make; safe to share between threads."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._ciphers: dict[str, AESGCM] = {}

    @property
    def newest(self) -> str:
        """The name of the key for what is new."""
        return self._keys.newest

    def derived(self, key: str, purpose: str, salt: str) -> bytes:
        """A secret of 32 bytes that is kept nowhere: the same whenever it is made of the same. Raises `StoreError` without
        the key."""
        return hmac.digest(self._keys.part(key, purpose), salt.encode(), "sha256")

    def seal(self, place: str, row: str, text: str) -> str:
        """`text` sealed with the newest key, for the column `place` (`table.column`) of the row named `row`."""
        key = self._keys.newest
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher(key).encrypt(nonce, text.encode(), _bound(place, row))
        return f"{key}:{base64.b64encode(sealed).decode('ascii')}"

    def open(self, place: str, row: str, sealed: str) -> str:
        """The text that was sealed for this place. Raises `StoreError` for anything else, and without its key."""
        key, _, body = sealed.partition(":")
        try:
            raw = base64.b64decode(body, validate=True)
            return (
                self._cipher(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _bound(place, row)).decode()
            )
        except (InvalidTag, ValueError, binascii.Error):
            raise StoreError(
                f"a value of {place} was not sealed for its row by this store; restore it from a backup",
                f"{place} 中有值并非由本库为该行加密；请从备份恢复",
            ) from None

    def seal_frame(self, table: sa.Table, frame: pd.DataFrame) -> pd.DataFrame:
        """`frame` with the sealed columns of `table` sealed; what is None stays so."""
        key, columns = SEALED.get(table.name, ("", frozenset()))
        mine = [name for name in frame.columns if name in columns]
        if not mine or frame.empty:
            return frame
        rows = frame[key].tolist()
        done = {
            name: self._column(f"{table.name}.{name}", rows, frame[name], self._sealed_value) for name in mine
        }
        return frame.assign(**done)

    def open_frame(self, frame: pd.DataFrame, selected: Sequence[sa.ColumnElement[Any]]) -> pd.DataFrame:
        """`frame`, what a select of the columns `selected` gave, with what is sealed in it opened. Raises `TypeError` where
        the select does not say of which row a sealed value is."""
        of = {_base(column): column.key for column in selected}
        done: dict[str, pd.Series] = {}
        for base, name in of.items():
            if base is None or base.name not in SEALED.get(base.table.name, ("", frozenset()))[1]:
                continue
            key = base.table.c[SEALED[base.table.name][0]]
            named = next(
                (of[one] for one in (key, *(link.column for link in key.foreign_keys)) if one in of), None
            )
            if named is None:
                raise TypeError(f"select {key} too: {base} is sealed for its row")
            place = f"{base.table.name}.{base.name}"
            opened = self._column(place, frame[named].tolist(), frame[str(name)], self._opened_value)
            done[str(name)] = opened if place in _JSON else opened.astype("str")
        return frame.assign(**done)

    def seal_values(self, table: sa.Table, row: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values of one row with what belongs sealed."""
        _, columns = SEALED[table.name]
        return {
            name: self._sealed_value(f"{table.name}.{name}", row, value) if name in columns else value
            for name, value in values.items()
        }

    def open_values(self, table: sa.Table, row: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The same, opened."""
        _, columns = SEALED[table.name]
        return {
            name: self._opened_value(f"{table.name}.{name}", row, value) if name in columns else value
            for name, value in values.items()
        }

    def _column(self, place: str, rows: list[Any], values: pd.Series, work: Callable[..., Any]) -> pd.Series:
        plain = values.astype(object).where(values.notna(), None).tolist()
        done = [work(place, row, value) for row, value in zip(rows, plain, strict=True)]
        return pd.Series(done, index=values.index, dtype=object)

    def _sealed_value(self, place: str, row: str, value: Any) -> str | None:
        if value is None:
            return None
        return self.seal(place, row, json.dumps(value, ensure_ascii=False) if place in _JSON else value)

    def _opened_value(self, place: str, row: str, value: Any) -> Any:
        if value is None:
            return None
        text = self.open(place, row, value)
        return json.loads(text) if place in _JSON else text

    def _cipher(self, name: str) -> AESGCM:
        if name not in self._ciphers:
            self._ciphers[name] = AESGCM(self._keys.part(name, PURPOSE))
        return self._ciphers[name]


_JSON = frozenset({"matches.before"})
"""Places that hold JSON, sealed as its text."""


def looks_sealed(value: Any) -> bool:
    """Whether a value has the form of a sealed one, or is none at all.

    >>> looks_sealed("桂苑3号楼"), looks_sealed(None)
    (False, True)
    """
    return value is None or (isinstance(value, str) and _FORM.fullmatch(value) is not None)


def require_sealed(table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Raise `TypeError` where a value of a sealed column would be written in clear."""
    columns = SEALED.get(table.name, ("", frozenset()))[1]
    for row in rows:
        for name in columns & row.keys():
            if not looks_sealed(row[name]):
                raise TypeError(f"{table.name}.{name} is written sealed only: use the unit's sealer")


def _bound(place: str, row: str) -> bytes:
    return f"{place}\x00{row}".encode()


def _base(column: sa.ColumnElement[Any]) -> Any:
    """The column of a table that a column of a select is; None for what is worked out."""
    bases = [
        base
        for base in column.base_columns
        if isinstance(base, sa.Column) and isinstance(base.table, sa.Table)
    ]
    return bases[0] if len(bases) == 1 else None
