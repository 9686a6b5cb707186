"""Cells of communities that go: they are made from what is stored, and are made anew."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from layers.store import copies
from layers.store import tables as t
from layers.store.unit import Reading, Writing

_ROWS_A_QUERY = 500


def cell_sets_of(unit: Reading, codes: Sequence[str]) -> list[int]:
    """The sets of cells of these communities, those cut out of others before them."""
    found: list[int] = []
    for start in range(0, len(codes), _ROWS_A_QUERY):
        some = codes[start : start + _ROWS_A_QUERY]
        found += unit.scalars(sa.select(t.cell_sets.c.id).where(t.cell_sets.c.community_code.in_(some))).all()
    return sorted(found, reverse=True)


def drop_cells(unit: Writing, codes: Sequence[str]) -> None:
    """Remove the cells of communities that go; they have no plan by then."""
    copies.remove(unit, t.cell_sets, cell_sets_of(unit, codes))
