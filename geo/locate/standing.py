"""What covers fixed points on any day: found once for all days, so that no day costs more than another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.locate.layers import GRIDS, Rows, Stack
from geo.locate.tiles import Floats, Tiles

POINTS_AT_ONCE = 200_000


@dataclass(frozen=True, slots=True)
class Standing:
    """For each of n points the rows of the stack that cover it. Make it with `LookupIndex.standing`.

    Row -1 stands for nothing, and point -1 for no point: nothing covers it.
    """

    _stack: Stack
    _grids: tuple[tuple[int, ...], ...]
    """Rows of the grids of all days over each point, in answering order; one more, empty."""
    _point: Rows
    """The same rows flat: the point of each pair, ascending."""
    _grid: Rows
    _community: Rows
    """The row of the community over each point; shape (n + 1,)."""

    @classmethod
    def over(
        cls,
        stack: Stack,
        tiles: Tiles,
        homes: Tiles,
        lon: ArrayLike,
        lat: ArrayLike,
        *,
        seen: NDArray[np.bool_] | None = None,
    ) -> Standing:
        """What `tiles` (grids of all days among them) and `homes` (communities) hold at n points (degrees, EPSG:4490;
        shape (n,)), of the communities that are `seen` (as `Stack.inside`)."""
        x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
        point, grid = _covering(stack, tiles, x, y, until=int(stack.ends[GRIDS]), seen=seen)
        grids: list[list[int]] = [[] for _ in range(len(x) + 1)]
        for at, row in zip(point.tolist(), grid.tolist(), strict=True):
            grids[at].append(row)
        inside, row = _covering(stack, homes, x, y, until=len(stack.shapes), seen=seen)
        community = np.full(len(x) + 1, -1, dtype=np.int64)
        first = _first(inside)
        community[inside[first]] = row[first]
        return cls(stack, tuple(map(tuple, grids)), point, grid, community)

    def at(self, point: int, as_of: dt.date) -> tuple[int, int]:
        """Row of the grid over a point on a day, and the row its community is read at; -1 without one."""
        day = as_of.toordinal()
        since, until = self._stack.since, self._stack.until
        for row in self._grids[point]:
            if since[row] <= day < until[row]:
                return row, row
        return -1, int(self._community[point])

    def on(self, as_of: dt.date) -> tuple[Rows, Rows]:
        """As `at` for all points at once; two arrays of shape (n + 1,), the last value that of no point."""
        day = as_of.toordinal()
        holds = (self._stack.since[self._grid] <= day) & (day < self._stack.until[self._grid])
        point, row = self._point[holds], self._grid[holds]
        first = _first(point)
        grid = np.full(len(self._community), -1, dtype=np.int64)
        grid[point[first]] = row[first]
        return grid, np.where(grid >= 0, grid, self._community)


def _covering(
    stack: Stack, tiles: Tiles, x: Floats, y: Floats, *, until: int, seen: NDArray[np.bool_] | None
) -> tuple[Rows, Rows]:
    """All (point, row) with a seen row below `until` that covers the point, sorted by point, then row."""
    over = np.sort(tiles.order(x, y))
    points, rows = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for start in range(0, len(over), POINTS_AT_ONCE):
        lot = over[start : start + POINTS_AT_ONCE]
        pair, row = tiles.pairs(x[lot], y[lot])
        keep = row < until
        if seen is not None:
            keep &= seen[stack.community[row]]
        pair, row = pair[keep], row[keep]
        point = lot[pair]
        hit = shapely.intersects_xy(stack.shapes[row], x[point], y[point])
        points.append(point[hit])
        rows.append(row[hit])
    return np.concatenate(points), np.concatenate(rows)


def _first(point: Rows) -> NDArray[np.bool_]:
    """True at the first of equal neighbours."""
    first = np.ones(len(point), dtype=bool)
    first[1:] = point[1:] != point[:-1]
    return first
