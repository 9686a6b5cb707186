"""What an operation would make of a draft, looked at before it is taken. Nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd

from geo.plans.changes import Change
from geo.plans.edits import Draft
from geo.plans.grids import derive_grids
from layers.plans.arranging import Arrange, Mend
from layers.plans.edit_states import draft_state, ground_of
from layers.plans.operations import Operation, Redraw, Split, outcome, said
from layers.rights.viewer import Viewer
from layers.store.database import Store


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """A draft as it would be."""

    plan_id: int
    revision: int
    """The plan's that was looked at."""
    changed: gpd.GeoDataFrame
    """The grids that would look different, as `geo.plans.grids.derive_grids` gives them."""
    before: dict[str, int]
    """Households now of the grids that would change or go, by code."""
    gone: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]
    """Cell and the label it would get, for each that moves; numbered as after it, where it cuts cells."""
    moved_households: int
    take: Operation
    """What makes just this of the draft; a search asked again might find something else."""


def preview(
    store: Store, viewer: Viewer, plan_id: int, operation: Operation, *, revision: int | None = None
) -> Preview:
    """What `operation` would change. Raises as `layers.plans.editing.edit` does."""
    with store.reading(viewer) as unit:
        state = draft_state(unit, plan_id, revision)
        ground = ground_of(unit, state)
        done = outcome(operation, state.draft, ground)
    before, after, cells = state.draft, done.draft, state.stored.cells
    if done.recut is not None:
        before, cells = Draft(before.labels[done.recut.parent], before.grids), done.recut.cells
    grids = derive_grids(cells, after, community_code=state.plan.community_code)
    change = Change.between(before, after)
    touched = {label for label, _, _ in change.grids}
    touched |= {label for _, old, new in change.cells for label in (old, new)}
    households = cells["households"].to_numpy()
    own = before.grids
    moved = [cell for cell, _, _ in change.cells]
    return Preview(
        plan_id,
        int(state.plan.revision),
        grids[grids["label"].isin(touched)].reset_index(drop=True),
        {own[label].code: int(households[before.labels == label].sum()) for label in touched & own.keys()},
        tuple(sorted({one.code for one in own.values()} - {one.code for one in after.grids.values()})),
        tuple((cell, new) for cell, _, new in change.cells),
        int(households[moved].sum()),
        _take(operation, before, after),
    )


def _take(operation: Operation, before: Draft, after: Draft) -> Operation:
    """The operation that leads from `before` to `after` whenever it is done."""
    if not isinstance(operation, Split | Redraw | Mend):
        return operation
    known = {own.code: label for label, own in before.grids.items()}
    moves: dict[str, list[int]] = {}
    fresh = {
        label: f"+{place}" for place, label in enumerate(sorted(after.grids.keys() - before.grids.keys()), 1)
    }
    for cell, _, label in Change.between(before, after).cells:
        code = after.grids[label].code
        moves.setdefault(code if code in known else fresh[label], []).append(cell)
    freed = [
        own.code
        for label, own in before.grids.items()
        if own.kind == "exclusive" and label in after.grids and after.grids[label].kind != "exclusive"
    ]
    return Arrange(moves, tuple(freed)) if moves else operation


def tell_take(operation: Operation) -> dict[str, Any]:
    """`Preview.take` in plain values."""
    return {"operation": operation.operation} | said(operation)
