"""Whole tables of look-ups at once: what covers each of many points, and the columns of the answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.locate.layers import COMMUNITIES, GRIDS, Rows, Stack
from geo.locate.reasons import INSIDE, OUTSIDE, verdict
from geo.locate.tiles import Tiles

POINTS_AT_ONCE = 200_000
"""Points are worked on in lots of this size, which bounds the memory."""

_SOURCES = {
    "grid_code": ("key", "grid"),
    "grid_name": ("name", "grid"),
    "grid_kind": ("kind", "grid"),
    "community_code": ("community_code", "community"),
    "community_name": ("community_name", "community"),
    "complex_ref": ("key", "complex"),
    "complex_name": ("name", "complex"),
    "building_ref": ("key", "building"),
    "building_name": ("name", "building"),
    "plan_id": ("plan_id", "grid"),
    "plan_version": ("plan_version", "grid"),
    "valid_from": ("valid_from", "grid"),
    "valid_to": ("valid_to", "grid"),
}
"""Where a column of answers is read: which list of the stack, at the row of which layer."""


@dataclass(slots=True)
class Cover:
    """What covers each of n points, filled by `find`."""

    stack: Stack
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    seen: NDArray[np.bool_] | None = None
    """Of which communities rows are seen, as `Stack.inside`; None where all rows are."""
    lowest: Rows = field(init=False)
    """The row that answers, by layer and point, -1 for none; shape (4, n)."""
    shared: dict[int, list[int]] = field(init=False, default_factory=dict)
    """By point all rows of grids, or of communities, where more than one covers it."""

    def __post_init__(self) -> None:
        self.lowest = np.full((4, len(self.x)), -1, dtype=np.int64)

    def find(self, tiles: Tiles, points: Rows) -> None:
        """Ask which shapes of `tiles` cover the points at these positions."""
        points = points[tiles.order(self.x[points], self.y[points])]
        for start in range(0, len(points), POINTS_AT_ONCE):
            lot = points[start : start + POINTS_AT_ONCE]
            pair, row = tiles.pairs(self.x[lot], self.y[lot])
            if self.seen is not None:
                keep = self.seen[self.stack.community[row]]
                pair, row = pair[keep], row[keep]
            point = lot[pair]
            hit = shapely.intersects_xy(self.stack.shapes[row], self.x[point], self.y[point])
            self._sort_in(point[hit], row[hit])

    def _sort_in(self, point: Rows, row: Rows) -> None:
        """Take in hits, which come point by point with ascending rows."""
        layers = self.stack.layer(row)
        for layer in range(4):
            of = layers == layer
            at, rows = point[of], row[of]
            again = np.zeros(len(at) + 1, dtype=bool)
            again[1:-1] = at[1:] == at[:-1]
            self.lowest[layer, at[~again[:-1]]] = rows[~again[:-1]]
            if layer in (GRIDS, COMMUNITIES):
                for several in np.flatnonzero(again[:-1] | again[1:]).tolist():
                    self.shared.setdefault(int(at[several]), []).append(int(rows[several]))

    def table(self, columns: dict[str, Any], as_of: dt.date) -> dict[str, Any]:
        """The columns of the answers, by name; `columns` are those of the stack, see `columns`."""
        grid, community, complex_row, building = self.lowest
        confidence, reason = self._reasons(grid, community, as_of)
        status = np.where(grid >= 0, 0, np.where(community >= 0, 1, 2))
        rows = {"grid": grid, "community": np.where(grid >= 0, grid, community)}
        rows |= {"complex": complex_row, "building": building}
        table = {"status": pd.array(["matched", "unplanned", "outside"], dtype="str").take(status)}
        table |= {name: columns[of].take(rows[row]) for name, (of, row) in _SOURCES.items()}
        day = np.full(len(grid), as_of, dtype=object)
        return table | {"as_of": day, "confidence": confidence, "reason": reason}

    def _reasons(
        self, grid: Rows, community: Rows, as_of: dt.date
    ) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
        """Confidence and reason of each point; every text is made once."""
        confidence = np.where(grid >= 0, 1.0, 0.0)
        which = np.where(grid >= 0, 0, 1)
        texts = [INSIDE, OUTSIDE]
        unplanned = (grid < 0) & (community >= 0)
        rows, where = np.unique(community[unplanned], return_inverse=True)
        which[unplanned] = len(texts) + where
        texts += [verdict(self.stack, [], [row], as_of)[2] for row in rows.tolist()]
        known: dict[tuple[int, ...], tuple[float, int]] = {}
        for point, covering in self.shared.items():
            on = tuple(covering)
            if on not in known:
                grids = covering if grid[point] >= 0 else []
                _, sure, text = verdict(self.stack, grids, covering, as_of)
                known[on] = sure, len(texts)
                texts.append(text)
            confidence[point], which[point] = known[on]
        return confidence, _objects(texts)[which]


def columns(stack: Stack) -> dict[str, Any]:
    """The lists of the stack as arrays from which whole columns are taken."""
    texts = ("key", "name", "community_code", "community_name", "kind")
    arrays = {name: pd.array(getattr(stack, name), dtype="str") for name in texts}
    arrays |= {name: pd.array(getattr(stack, name), dtype="Int64") for name in ("plan_id", "plan_version")}
    return arrays | {name: _objects(getattr(stack, name)) for name in ("valid_from", "valid_to")}


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    """An array that holds the values as they are, tuples too."""
    return np.fromiter(values, dtype=object, count=len(values))
