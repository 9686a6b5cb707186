"""The last list of residents taken back: what it brought is removed for good, with where it was found, and no copy is kept
anywhere, neither here nor in the history. So it cannot be had again but by importing the list again; and records that gave
way to it, or whose counts it changed, come back only with the earlier list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from geo.errors import ConflictError, NotFoundError, Words
from layers.batches.batch import Batch, Closed, Counts, wait_for_others
from layers.batches.listing import Kept, read_batches, to_take_back
from layers.rights.viewer import Viewer
from layers.store.address_tables import matches, residents
from layers.store.database import Store
from layers.store.unit import Reading

RESIDENTS = "residents"
_HOLDING = (matches, residents)
"""Tables that hold something of people; emptied of what was removed."""


@dataclass(frozen=True, slots=True)
class ListTaken:
    """What taking back a list of residents would do. Counts only: no record is named."""

    batch: Kept
    records: int
    """Records that it brought and that are still there; they would be removed."""
    hindrances: tuple[Words, ...]
    """What stands in the way; with any nothing is done."""
    notes: tuple[Words, ...]
    """What it brings back no more."""


def foresee_list(unit: Reading, *, number: int | None = None) -> ListTaken:
    """What taking back the last list of residents, or the batch `number`, would do. Raises `NotFoundError`."""
    taken = to_take_back(unit, RESIDENTS, number)
    if taken.action == "undo":
        raise NotFoundError(
            f"what batch {taken.number} took back is gone, nothing of it was kept; import the list again",
            f"批次 {taken.number} 撤销的居民数据已彻底删除，未留副本；请重新导入名单",
        )
    mine = residents.c.batch_id == taken.number
    records = int(unit.scalar(sa.select(sa.func.count()).select_from(residents).where(mine)) or 0)
    decided = sa.select(residents.c.ref).join(matches, matches.c.resident_ref == residents.c.ref)
    some = unit.scalars(decided.where(mine, matches.c.decision.is_not(None)).limit(1)).first() is not None
    return ListTaken(taken, records, tuple(_hindrances(unit, taken, decided=some)), tuple(_notes(taken)))


def take_back_list(
    store: Store, viewer: Viewer, *, number: int | None = None, actor: str, now: datetime
) -> tuple[ListTaken, Closed, bool]:
    """Remove what the last list of residents, or the batch `number`, brought; what was done, the new batch, and whether
    the store's own files hold nothing of it any more (`Store.forget`).

    Raises `NotFoundError` where there is none, `ConflictError` with what stands in the way, `NotAllowedError` for whoever
    may not see households.
    """
    with store.writing(viewer, actor=actor, now=now) as unit:
        wait_for_others(unit)
        seen = foresee_list(unit, number=number)
        if seen.hindrances:
            raise _refusal(seen)
        taken = seen.batch
        batch = Batch(unit, action="undo", layer=RESIDENTS, source=taken.source, undoes=taken.number)
        unit.execute(residents.delete().where(residents.c.batch_id == taken.number))
        closed = batch.close(people=Counts(0, 0, seen.records))
        detail = {"layer": RESIDENTS, "batch": closed.number, "undoes": taken.number, "removed": seen.records}
        unit.record(action="undo", detail=detail)
    return seen, closed, store.forget(*_HOLDING)


def _hindrances(unit: Reading, taken: Kept, *, decided: bool) -> list[Words]:
    later = [
        other
        for other in read_batches(unit, layer=RESIDENTS)
        if other.number > taken.number and other.action == "import" and other.taken_back_by is None
    ]
    found = [
        Words(
            f"a later list stands on it (batch {other.number}, {other.source}); take that back first",
            f"其后又导入了名单（批次 {other.number}，{other.source}）；请先撤销该批次",
        )
        for other in later
    ]
    if decided:
        found.append(
            Words(
                "somebody decided in review where some of its records are; undo that first (wangge review --undo)",
                "其中有记录已经人工核定；请先撤销核定（wangge review --undo）",
            )
        )
    return found


def _notes(taken: Kept) -> list[Words]:
    notes = [
        Words(
            "what is removed is gone for good and cannot be had again but by importing the list again",
            "撤销后彻底删除，不留副本；如需恢复只能重新导入名单",
        )
    ]
    if taken.ended or taken.changed:
        notes.append(
            Words(
                f"{taken.ended:,} records gave way to this list and {taken.changed:,} got new counts: of what they were no "
                "copy is kept; import the earlier list again",
                f"该名单更替了 {taken.ended:,} 条、改动了 {taken.changed:,} 条记录，原内容未留副本；请重新导入此前的名单",
            )
        )
    return notes


def _refusal(seen: ListTaken) -> ConflictError:
    number, words = seen.batch.number, seen.hindrances
    return ConflictError(
        f"batch {number} cannot be taken back, nothing was changed: {'; '.join(w.en for w in words)}",
        f"批次 {number} 无法撤销，未做任何更改：{'；'.join(w.zh for w in words)}",
    )
