"""The last import of a layer taken back, in one transaction, as a batch of its own: nothing is forgotten, and an undo
can be taken back like any other batch.

What would be lost by it refuses it: rows that changed since, and rows that something leans on by now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import sqlalchemy as sa

from geo.errors import ConflictError, Words
from layers.batches.batch import KEPT, Batch, Closed, wait_for_others
from layers.batches.cell_sets import cell_sets_of, drop_cells
from layers.batches.leaning import leaning
from layers.batches.listing import Kept, to_take_back
from layers.plans.days import china_day
from layers.rights.viewer import Viewer
from layers.store import copies
from layers.store.batch_tables import batch_rows, batches
from layers.store.copies import Row
from layers.store.database import Store
from layers.store.unit import Reading, Writing

_ROWS_A_QUERY = 500
_BESIDE = "ended"
_HINDRANCES_TOLD = 8

Step = Literal["removed", "put back", "as before"]
"""What happens to a row: it goes, as it was not there before; it comes back; it gets its values of before."""


@dataclass(frozen=True, slots=True)
class RowStep:
    """One row that an undo touches."""

    layer: str
    key: str
    name: str
    """What it is called; empty where it has no name."""
    step: Step


@dataclass(frozen=True, slots=True)
class Hindrance:
    """Why a row cannot be taken back."""

    layer: str
    key: str
    name: str
    words: Words


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What taking a batch back would do."""

    batch: Kept
    steps: tuple[RowStep, ...]
    """Row by row, by layer and key."""
    hindrances: tuple[Hindrance, ...]
    """What stands in the way; with any nothing is done."""
    notes: tuple[Words, ...] = ()

    def counts(self) -> dict[str, dict[Step, int]]:
        """How many rows of each layer would be removed, put back and changed."""
        found: dict[str, dict[Step, int]] = {}
        for step in self.steps:
            of = found.setdefault(step.layer, {"removed": 0, "put back": 0, "as before": 0})
            of[step.step] += 1
        return found


@dataclass(frozen=True, slots=True)
class _Change:
    """A kept row beside what is there now."""

    layer: str
    key: str
    before: Row | None
    after: str | None
    """What it was known by after the batch."""
    now: Row | None

    @property
    def step(self) -> Step:
        """What taking the batch back does to the row."""
        if self.before is None:
            return "removed"
        return "put back" if self.after is None else "as before"

    @property
    def moved_on(self) -> bool:
        """Whether the row is no longer what the batch left."""
        return (None if self.now is None else copies.digest(self.now)) != self.after


def foresee_undo(unit: Reading, layer: str, *, number: int | None = None, now: datetime) -> Foreseen:
    """What taking back the last import of `layer`, or batch `number`, would do. Raises `NotFoundError`."""
    return _foreseen(unit, to_take_back(unit, layer, number), now)[0]


def undo(
    store: Store, viewer: Viewer, layer: str, *, number: int | None = None, actor: str, now: datetime
) -> tuple[Foreseen, Closed]:
    """Take back the last import of `layer` that stands, or the batch `number`; what was done, and the new batch.

    Raises `NotFoundError` where there is none, `ConflictError` with what stands in the way.
    """
    with store.writing(viewer, actor=actor, now=now) as unit:
        wait_for_others(unit)
        taken = to_take_back(unit, layer, number)
        foreseen, changes = _foreseen(unit, taken, now)
        if foreseen.hindrances:
            raise _refusal(foreseen)
        batch = Batch(
            unit, action="undo", layer=layer, source=taken.source, reason=taken.reason, undoes=taken.number
        )
        _take_back(unit, batch, changes)
        closed = batch.close()
        detail = {"layer": layer, "batch": closed.number, "undoes": taken.number, "source": taken.source}
        unit.record(action="undo", detail=detail | closed.counts._asdict())
    return foreseen, closed


def _foreseen(unit: Reading, taken: Kept, now: datetime) -> tuple[Foreseen, list[_Change]]:
    changes = _changes(unit, taken.number)
    steps = tuple(
        RowStep(change.layer, change.key, _name(change.before or change.now), change.step)
        for change in changes
        if change.layer != _BESIDE
    )
    hindrances = [*_moved_on(unit, taken, changes), *_leaned_on(unit, changes, now)]
    return Foreseen(taken, steps, tuple(hindrances), tuple(_notes(unit, changes))), changes


def _changes(unit: Reading, number: int) -> list[_Change]:
    rows = batch_rows.c
    kept = unit.execute(
        sa.select(rows.layer, rows.key, rows.before, rows.after)
        .where(rows.batch_id == number)
        .order_by(rows.layer, rows.key)
    ).all()
    now: dict[tuple[str, str], Row] = {}
    for layer in {row.layer for row in kept}:
        table = KEPT[layer]
        keys = copies.keys_of(table, (row.key for row in kept if row.layer == layer))
        there = copies.plain(table, copies.read_rows(unit, table, keys))
        now |= {(layer, key): row for key, row in there.items()}
    return [_Change(row.layer, row.key, row.before, row.after, now.get((row.layer, row.key))) for row in kept]


def _name(row: Mapping[str, Any] | None) -> str:
    values = row or {}
    said = (
        values.get("name")
        or values.get("text")
        or (values.get("community_code") if "cell_set_id" in values else None)
    )
    return said if isinstance(said, str) else ""


# ---------------------------------------------------------------- what stands in the way


def _moved_on(unit: Reading, taken: Kept, changes: Sequence[_Change]) -> list[Hindrance]:
    moved = [change for change in changes if change.moved_on and change.layer != _BESIDE]
    later = _later(unit, taken.number, moved)
    return [
        Hindrance(change.layer, change.key, _name(change.now or change.before), _since(change, later))
        for change in moved
    ]


def _later(unit: Reading, number: int, moved: Sequence[_Change]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The newest batch after this one that touched each row: number, layer, who."""
    found: dict[tuple[str, str], tuple[Any, ...]] = {}
    for layer in {change.layer for change in moved}:
        keys = [change.key for change in moved if change.layer == layer]
        for start in range(0, len(keys), _ROWS_A_QUERY):
            touched = unit.execute(
                sa.select(batch_rows.c.key, batches.c.id, batches.c.layer, batches.c.actor)
                .join(batches, batches.c.id == batch_rows.c.batch_id)
                .where(
                    batch_rows.c.batch_id > number,
                    batch_rows.c.layer == layer,
                    batch_rows.c.key.in_(keys[start : start + _ROWS_A_QUERY]),
                )
                .order_by(batches.c.id)
            )
            found |= {(layer, key): tuple(by) for key, *by in touched}
    return found


def _since(change: _Change, later: Mapping[tuple[str, str], tuple[Any, ...]]) -> Words:
    by = later.get((change.layer, change.key))
    if by is None:
        return Words("it was changed since", "此后已被修改")
    number, layer, actor = by
    return Words(
        f"it was changed since by {actor} (batch {number}, {layer}); take that back first",
        f"此后已由 {actor} 修改（批次 {number}，{layer}）；请先撤销该批次",
    )


def _leaned_on(unit: Reading, changes: Sequence[_Change], now: datetime) -> list[Hindrance]:
    """What leans on rows that would go. Rows that get another value take nothing from anybody."""
    going: dict[str, dict[str, str]] = {}
    for change in changes:
        if change.step == "removed" and change.now is not None:
            going.setdefault(change.layer, {})[change.key] = _name(change.now)
    freed = _freed(changes)
    found = []
    for layer, names in going.items():
        beside = {other: {*going.get(other, ()), *freed.get(other, ())} for other in {*going, *freed}}
        for lean in leaning(unit, layer, names, beside=beside, today=china_day(now)):
            words = Words(f"leaned on by {lean.words.en}", f"仍被引用：{lean.words.zh}")
            found.append(Hindrance(layer, lean.key, names[lean.key], words))
    return found


def _freed(changes: Sequence[_Change]) -> dict[str, set[str]]:
    """Rows that the same undo gives their values of before: they name no longer what they name now."""
    freed: dict[str, set[str]] = {}
    for change in changes:
        if change.step == "as before":
            freed.setdefault(change.layer, set()).add(change.key)
    return freed


def _refusal(foreseen: Foreseen) -> ConflictError:
    told = foreseen.hindrances[:_HINDRANCES_TOLD]
    more = len(foreseen.hindrances) - len(told)
    en = "; ".join(f"{h.layer} {h.key}: {h.words.en}" for h in told) + (f"; and {more} more" if more else "")
    zh = "；".join(f"{h.layer} {h.key}：{h.words.zh}" for h in told) + (f"；另有 {more} 项" if more else "")
    number = foreseen.batch.number
    return ConflictError(
        f"batch {number} cannot be taken back, nothing was changed: {en}",
        f"批次 {number} 无法撤销，未做任何更改：{zh}",
    )


def _notes(unit: Reading, changes: Sequence[_Change]) -> list[Words]:
    """What else there is to know: cells of communities that go are made anew, those that went do not come back."""
    steps = [(change.step, change.key) for change in changes if change.layer == "communities"]
    notes = []
    if cell_sets_of(unit, [code for step, code in steps if step == "removed"]):
        notes.append(
            Words("the cells of communities that are removed go with them", "被移除社区的基元一并移除")
        )
    if any(step == "put back" for step, _ in steps):
        notes.append(
            Words(
                "communities that are put back come without cells and drafts; make them anew: wangge cells, wangge partition",
                "恢复的社区不含原基元与草案；请重新运行 wangge cells 与 wangge partition",
            )
        )
    return notes


# ---------------------------------------------------------------- the deed


def _take_back(unit: Writing, batch: Batch, changes: Sequence[_Change]) -> None:
    for name, table in KEPT.items():
        mine = [change for change in changes if change.layer == name]
        if not mine:
            continue
        batch.keep(table, copies.keys_of(table, (change.key for change in mine)))
        gone = [change.key for change in mine if change.before is None]
        if name == "communities":
            drop_cells(unit, gone)
        copies.remove(unit, table, copies.keys_of(table, gone))
        copies.put_back(unit, table, [change.before for change in mine if change.before is not None])
