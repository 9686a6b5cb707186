"""The operation that cuts a grid along a drawn line, and with it cells: it leads to another draft over other cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import geopandas as gpd
import numpy as np

from geo.cells.cutting import Recut
from geo.errors import Words
from geo.plans import edits
from geo.plans.cutting import Point, cut_grid, drawn_line
from geo.plans.edits import Draft
from geo.plans.sizes import cell_sizes
from geo.plans.true_reasons import with_true_reasons
from layers.plans.arranging import Under


class Standing(Under, Protocol):
    """What a cut looks at; `layers.plans.operations.Ground` is one."""

    @property
    def buildings(self) -> Callable[[], gpd.GeoDataFrame]:
        """The buildings of the community."""


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What an operation leads to."""

    draft: Draft
    recut: Recut | None = None
    """The cells it made; None where they are those of before."""
    notes: tuple[Words, ...] = ()
    """What the planner should know about it."""


@dataclass(frozen=True, slots=True)
class Cut:
    """A grid falls apart along a drawn line, and so do cells in which no building stands on it; the largest part keeps its
    code."""

    operation: ClassVar[str] = "cut"
    grid: str = ""
    line: tuple[Point, ...] = ()
    """Longitude and latitude of its points, degrees."""

    def apply(self, draft: Draft, ground: Standing) -> Outcome:
        """What comes of it. Raises as `geo.plans.cutting.cut_grid` does, `ConflictError` when the grid is locked."""
        label = draft.label_of(self.grid)
        own, chosen = draft.grids[label], draft.cells_of([label])
        edits.require_open(draft, chosen)
        line, buildings = drawn_line(self.line), ground.buildings()
        name = f"{own.code} {own.name}"
        made = cut_grid(ground.cells, ground.edges, chosen, line, buildings, grid=name)
        cells = made.recut.cells.iloc[made.cells]
        size = np.bincount(made.parts, cell_sizes(cells, ground.rules))
        heir = int(np.lexsort((np.bincount(made.parts, cells["area_m2"]), size))[-1])
        before = Draft(draft.labels[made.recut.parent], draft.grids)
        after = edits.divide(before, made.cells, made.parts, {heir: own.code}, ground.numbering)
        notes = () if not made.recut.on_line else (_left_whole(made.recut.on_line),)
        return Outcome(with_true_reasons(before, after), made.recut if made.recut.cut else None, notes)


def _left_whole(refs: Sequence[str]) -> Words:
    listed = ", ".join(refs[:5]) + (" …" if len(refs) > 5 else "")
    return Words(
        f"buildings stand on the line, their cells went whole to one side: {listed}",
        f"线上有楼栋，其基元整体归入一侧：{listed}",
    )
