"""Where kept rows lie: who may see a batch, and take it back, is whoever sees every place it touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from layers.store import tables as t
from layers.store.copies import Row
from layers.store.unit import Reading

NOWHERE = ""
"""What belongs to no community (roads, districts, streets): it concerns everybody."""
_KEYS_A_QUERY = 500


def places_of(unit: Reading, layer: str, rows: Sequence[Row]) -> set[str]:
    """The communities of rows of `layer`; `NOWHERE` among them for rows of none."""
    if layer == "aliases":
        return set(_communities_of(unit, {str(row["target"]) for row in rows}))
    column = "code" if layer == "communities" else "community_code"
    return {_code(row, column) for row in rows}


def _code(row: Mapping[str, Any], column: str) -> str:
    code = row.get(column)
    return code if isinstance(code, str) else NOWHERE


def _communities_of(unit: Reading, refs: set[str]) -> Iterable[str]:
    """The communities of the complexes that other names lead to."""
    known: dict[str, str | None] = {}
    asked, of = sorted(refs), t.complexes.c
    for start in range(0, len(asked), _KEYS_A_QUERY):
        some = sa.select(of.ref, of.community_code).where(of.ref.in_(asked[start : start + _KEYS_A_QUERY]))
        known |= {row.ref: row.community_code for row in unit.execute(some)}
    return (known.get(ref) or NOWHERE for ref in refs)
