"""Which batches there are, and which of them stand: an undo takes a batch back, and an undo of that undo lets it stand again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from geo.errors import NotFoundError
from layers.rights.viewer import OPERATOR
from layers.store.batch_tables import batches
from layers.store.database import Store
from layers.store.unit import Reading

GRIDS = "grids"
"""The layer whose imports become drafts."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A batch as it is listed."""

    number: int
    at: datetime
    actor: str
    action: str
    """`import`, `end` or `undo`."""
    layer: str
    source: str
    """The name of the file it came from, without its path."""
    reason: str | None
    undoes: int | None
    added: int
    changed: int
    ended: int
    taken_back_by: int | None
    """The undo that took it back; None while it stands."""


def read_batches(unit: Reading, *, layer: str | None = None) -> list[Kept]:
    """The batches of a layer, or all of them, the newest first: those whose every place the viewer sees."""
    statement = sa.select(batches).order_by(batches.c.id.desc())
    rows = unit.execute(statement if layer is None else statement.where(batches.c.layer == layer)).all()
    taken: dict[int, int] = {}
    for row in rows:  # an undo is younger than what it takes back: whether it stands is known by then
        if row.undoes is not None and row.id not in taken:
            taken.setdefault(int(row.undoes), int(row.id))
    return [_kept(row, taken.get(int(row.id))) for row in rows]


def to_take_back(unit: Reading, layer: str, number: int | None) -> Kept:
    """The newest import or end of the layer that stands, or the batch with this number.

    Raises `NotFoundError` where there is none, or where it is taken back already.
    """
    known = read_batches(unit, layer=layer)
    if number is None:
        found = next((b for b in known if b.action != "undo" and b.taken_back_by is None), None)
        if found is None:
            raise NotFoundError(
                f"there is no import of {layer} to take back; wangge imports lists what there is",
                f"没有可撤销的 {layer} 导入；可用 wangge imports 查看",
            )
        return found
    found = next((b for b in known if b.number == number), None)
    if found is None:
        raise NotFoundError(
            f"there is no batch {number} of {layer}; wangge imports lists them",
            f"{layer} 没有批次 {number}；可用 wangge imports 查看",
        )
    if layer == GRIDS and found.action == "undo":
        raise NotFoundError(
            f"the drafts that batch {number} took back are gone; import the grids again",
            f"批次 {number} 撤销的草案已删除；请重新导入网格",
        )
    if found.taken_back_by is not None:
        raise NotFoundError(
            f"batch {number} was taken back by {found.taken_back_by} already; to have it again take that one back",
            f"批次 {number} 已由批次 {found.taken_back_by} 撤销；如需恢复，请撤销批次 {found.taken_back_by}",
        )
    return found


def _kept(row: Any, taken_back_by: int | None) -> Kept:
    return Kept(
        int(row.id),
        row.at,
        row.actor,
        row.action,
        row.layer,
        row.source,
        row.reason,
        None if row.undoes is None else int(row.undoes),
        int(row.added),
        int(row.changed),
        int(row.ended),
        taken_back_by,
    )


def batch_at(store: Store, actor: str, at: datetime) -> int | None:
    """The number of the batch that `actor` made with the moment `at`; None if there is none. Deeds that may be done again
    after a crash find out by it whether they were done."""
    with store.reading(OPERATOR) as unit:
        found = unit.scalar(sa.select(batches.c.id).where(batches.c.actor == actor, batches.c.at == at))
    return None if found is None else int(found)
