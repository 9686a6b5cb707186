"""Cell sets and what they were cut from: which set new work begins on, which are needed, and labels of one over another.

A set made from the ground has no parent; one that an edit cut names the set it cut, and each of its cells the cell it came
from. Cells of a parent keep their numbers in its children, where pieces cut off are added behind them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.cells.cutting import Recut
from geo.errors import NotFoundError
from layers.plans.states import PUBLISHED
from layers.store import planning_tables as p
from layers.store import tables as t
from layers.store.narrowing import of_codes
from layers.store.unit import Reading, Writing

Ints = NDArray[np.int64]


def current_sets(unit: Reading, *, codes: Sequence[str] | None = None) -> dict[str, int]:
    """The cells new plans of each community are drawn on: the newest made from the ground, or, where the plan in force
    stands on cells that were cut out of these, those of this plan. Communities without cells are left out."""
    rows = unit.execute(
        of_codes(
            sa.select(t.cell_sets.c.id, t.cell_sets.c.community_code, t.cell_sets.c.parent_set_id),
            t.cell_sets.c.community_code,
            codes,
        )
    ).all()
    parents = {int(row.id): row.parent_set_id for row in rows}
    current: dict[str, int] = {}
    for row in rows:
        if row.parent_set_id is None:
            current[row.community_code] = max(int(row.id), current.get(row.community_code, 0))
    in_force = sa.select(t.plans.c.community_code, t.plans.c.cell_set_id).where(
        t.plans.c.state == PUBLISHED, t.plans.c.valid_to.is_(None)
    )
    for code, used in unit.execute(of_codes(in_force, t.plans.c.community_code, codes)):
        if _chain(parents, int(used))[-1] == current.get(code):
            current[code] = int(used)
    return current


def needed_sets(unit: Reading, community_code: str) -> set[int]:
    """The sets that a plan or its edits stand on, and those these were cut from."""
    found = unit.execute(
        sa.select(t.cell_sets.c.id, t.cell_sets.c.parent_set_id).where(
            t.cell_sets.c.community_code == community_code
        )
    )
    parents = {int(number): parent for number, parent in found}
    plans = sa.select(t.plans.c.id).where(t.plans.c.community_code == community_code)
    used = set(
        unit.scalars(sa.select(t.plans.c.cell_set_id).where(t.plans.c.community_code == community_code))
    )
    for column in (p.edits.c.from_set_id, p.edits.c.to_set_id):
        used |= set(unit.scalars(sa.select(column).where(p.edits.c.plan_id.in_(plans), column.is_not(None))))
    return {one for number in used for one in _chain(parents, int(number))}


def labels_over(unit: Reading, labels: Ints, own: int, wanted: int) -> Ints | None:
    """Labels of the cells of the set `own` over those of `wanted`, where these are the same or were cut out of them; None
    where they were not."""
    cells = ancestors(unit, wanted, own)
    return None if cells is None else labels[cells]


def ancestors(unit: Reading, cell_set_id: int, of: int) -> Ints | None:
    """(n,) the cell of the set `of` that each cell of a set came from; None where it did not come from there."""
    chain = _chain_of(unit, cell_set_id)
    if of not in chain:
        return None
    cells: Ints | None = None
    for number in chain[: chain.index(of)]:
        rows = sa.select(t.cells.c.parent).where(t.cells.c.cell_set_id == number).order_by(t.cells.c.cell)
        parent = np.fromiter(unit.scalars(rows), np.int64)
        cells = parent if cells is None else parent[cells]
    return np.arange(_size(unit, of)) if cells is None else cells


def keep_recut(unit: Writing, of: int, made: Recut) -> int:
    """Keep cells that were cut out of the set `of`; returns the number of the new set."""
    kept = [t.cell_sets.c[name] for name in ("community_code", "options", "notes", "ground")]
    values = dict(unit.execute(sa.select(*kept).where(t.cell_sets.c.id == of)).mappings().one())
    row = t.cell_sets.insert().values(**values, made_at=unit.now, actor=unit.actor, parent_set_id=of)
    number = int(unit.execute(row.returning(t.cell_sets.c.id)).scalar_one())
    unit.insert_frame(t.cells, made.cells, cell_set_id=number)
    unit.insert_frame(t.cell_edges, made.edges, cell_set_id=number)
    return number


def levels_follow(unit: Writing, plan_id: int, before: int, after: int) -> None:
    """Let the levels of a plan speak of the cells it stands on now: pieces belong where the cell they came from did."""
    rows = p.level_cells
    if unit.scalar(sa.select(sa.func.count()).select_from(rows).where(rows.c.plan_id == plan_id)) == 0:
        return
    line = _chain_of(unit, before)
    common = next(number for number in _chain_of(unit, after) if number in line)
    count = _size(unit, common)
    unit.execute(rows.delete().where(rows.c.plan_id == plan_id, rows.c.cell >= count))
    table = unit.table(sa.select(rows.c.level, rows.c.cell, rows.c.label).where(rows.c.plan_id == plan_id))
    came_from = ancestors(unit, after, common)
    assert came_from is not None  # noqa: S101  the set is one of its line
    for level, members in table.groupby("level"):
        label = members.set_index("cell")["label"]
        fresh = [
            {"plan_id": plan_id, "level": level, "cell": cell, "label": int(label[came_from[cell]])}
            for cell in range(count, len(came_from))
        ]
        if fresh:
            unit.execute(rows.insert(), fresh)


def _size(unit: Reading, cell_set_id: int) -> int:
    count = sa.select(sa.func.count()).select_from(t.cells).where(t.cells.c.cell_set_id == cell_set_id)
    return int(unit.scalar(count) or 0)


def _chain_of(unit: Reading, cell_set_id: int) -> list[int]:
    """A set and those it was cut from, one after another. Raises `NotFoundError` for one that is not there."""
    of = sa.select(t.cell_sets.c.community_code).where(t.cell_sets.c.id == cell_set_id)
    found = unit.execute(
        sa.select(t.cell_sets.c.id, t.cell_sets.c.parent_set_id).where(
            t.cell_sets.c.community_code.in_(of), t.cell_sets.c.id <= cell_set_id
        )
    ).all()
    if not found:
        raise NotFoundError(f"there is no cell set {cell_set_id}", f"没有编号为 {cell_set_id} 的基元集")
    return _chain({int(number): parent for number, parent in found}, cell_set_id)


def _chain(parents: dict[int, int | None], number: int) -> list[int]:
    chain = [number]
    while (parent := parents.get(chain[-1])) is not None:
        chain.append(int(parent))
    return chain
