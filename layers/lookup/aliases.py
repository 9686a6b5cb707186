"""Other names of places: of complexes, their addresses on roads, old names of roads; each with days and author.

Imported, or confirmed by whoever reviews addresses; they feed the gazetteer (`layers.lookup.gazetteer`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd
import sqlalchemy as sa

from layers.batches.batch import Batch
from layers.store.address_tables import aliases
from layers.store.rows import Upserted
from layers.store.unit import Reading, Writing


def write_aliases(unit: Writing, rows: pd.DataFrame, *, source: str, batch: Batch | None = None) -> Upserted:
    """Keep other names: kind, target, text, valid_from, valid_to (`date` or None). A known one gets the new days,
    author and source. `batch` keeps what an import replaces."""
    known = _known(unit)
    added, changed = [], []
    for row in rows.drop_duplicates(["kind", "target", "text"], keep="last").itertuples():
        values = {
            "valid_from": row.valid_from if isinstance(row.valid_from, date) else None,
            "valid_to": row.valid_to if isinstance(row.valid_to, date) else None,
            "author": unit.actor,
            "at": unit.now,
            "source": source,
        }
        found = known.get((row.kind, row.target, row.text))
        if found is None:
            added.append({"kind": row.kind, "target": row.target, "text": row.text, **values})
        else:
            changed.append({"the_id": found, **values})
    if added:
        unit.execute(aliases.insert(), added)
        if batch is not None:
            there = _known(unit)
            batch.added(aliases, [there[row["kind"], row["target"], row["text"]] for row in added])
    if changed:
        if batch is not None:
            batch.keep(aliases, [row["the_id"] for row in changed])
        unit.execute(aliases.update().where(aliases.c.id == sa.bindparam("the_id")), changed)
    return Upserted(len(added), len(changed))


def _known(unit: Reading) -> dict[tuple[str, str, str], int]:
    columns = aliases.c.id, aliases.c.kind, aliases.c.target, aliases.c.text
    return {(row.kind, row.target, row.text): row.id for row in unit.execute(sa.select(*columns))}


def read_aliases(
    unit: Reading,
    *,
    as_of: date | None = None,
    kinds: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Other names in use on a day (all when `as_of` is None). Names of places are public: the same for every viewer.

    An old name still leads to its place after its last day, because people go on using it; only a name whose
    first day is yet to come is left out.
    """
    statement = sa.select(aliases).order_by(aliases.c.id)
    if as_of is not None:
        statement = statement.where(sa.or_(aliases.c.valid_from.is_(None), aliases.c.valid_from <= as_of))
    if kinds is not None:
        statement = statement.where(aliases.c.kind.in_(list(kinds)))
    return unit.table(statement)
