"""Everything personal sealed anew with the newest key, some rows at a time; and what an older program left in clear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from layers.store import address_tables, chain_tables
from layers.store.keys import Keys
from layers.store.sealed_texts import of_post
from layers.store.sealing import SEALED, Sealer, looks_sealed

ROWS = 1_000


class _Kept(NamedTuple):
    """A table with sealed columns."""

    table: sa.Table
    key: str
    columns: frozenset[str]
    bound: Callable[[sa.RowMapping, str], tuple[str, str]]
    """What a column of a row is sealed for."""
    beside: tuple[str, ...] = ()
    """Columns that `bound` reads."""
    where: sa.ColumnElement[bool] = sa.true()
    """The rows in which these columns are sealed."""


def _of_row(table: sa.Table) -> _Kept:
    key, columns = SEALED[table.name]
    return _Kept(table, key, columns, lambda row, column: (f"{table.name}.{column}", row[key]))


_KEPT = (
    _of_row(address_tables.residents),
    _of_row(address_tables.matches),
    _Kept(
        chain_tables.posts,
        "id",
        frozenset({"holder", "phone"}),
        lambda row, column: of_post(row["place"], row["title"], column),
        ("place", "title"),
        chain_tables.posts.c.public.is_(sa.false()),
    ),
)


def count_unsealed(connection: Connection, newest: str | None) -> int:
    """How many rows hold something that is not sealed with the key `newest`; None: with any key."""
    return sum(
        int(
            connection.scalar(sa.select(sa.func.count()).select_from(kept.table).where(_older(kept, newest)))
            or 0
        )
        for kept in _KEPT
    )


def reseal_some(connection: Connection, keys: Keys) -> int:
    """Seal some rows with the newest key, at most `ROWS`; how many. 0: there are none left. Raises `StoreError` for a value
    that was sealed with a key that is not here."""
    sealer = Sealer(keys)
    for kept in _KEPT:
        key = kept.table.c[kept.key]
        wanted = [key, *(kept.table.c[name] for name in (*sorted(kept.columns), *kept.beside))]
        statement = sa.select(*wanted).where(_older(kept, keys.newest)).limit(ROWS)
        if connection.dialect.name == "postgresql":
            statement = statement.with_for_update()
        found = connection.execute(statement).mappings().all()
        for row in found:
            fresh = {column: _anew(sealer, *kept.bound(row, column), row[column]) for column in kept.columns}
            connection.execute(kept.table.update().where(key == row[kept.key]).values(**fresh))
        if found:
            return len(found)
    return 0


def _anew(sealer: Sealer, place: str, row: str, value: Any) -> str | None:
    if value is None:
        return None
    return sealer.seal(place, row, sealer.open(place, row, value) if looks_sealed(value) else value)


def _older(kept: _Kept, newest: str | None) -> sa.ColumnElement[bool]:
    begin = "k%:%" if newest is None else f"{newest}:%"
    columns = (kept.table.c[name] for name in kept.columns)
    return sa.and_(
        kept.where, sa.or_(*(sa.and_(column.is_not(None), column.not_like(begin)) for column in columns))
    )
