"""Proofs that a few neighbouring cells alone make the bounds impossible, whatever is done with all others.

In any plan within bounds, what the grids take of a region is covered by whole grids and by pieces of grids that
reach out of it; a piece touches the region's rim and holds no more than the upper bound. Where the cells of a region
have no such cover there is no plan, and the region is the reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.partition.exact.connected_sets import Graph, connected_sets, whole, within
from geo.partition.exact.cover import Columns, cheapest_cover
from geo.partition.moves.field import Field

_SIZES = (1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 17, 20, 24)
"""Cells in the regions tried, smallest first."""
_MOST_SETS = 40_000
_MOST_WORK = 2_000_000
_EFFORT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Knot:
    """A region that cannot be divided within the bounds."""

    cells: NDArray[np.int64]
    """(r,) its cells, ascending."""
    lower: int | None
    """The highest lower bound under which the region can be divided, all else the same; None where none helps."""
    upper: int | None
    """The lowest upper bound under which it can; None where none helps up to twice the present one."""


def find_knot(field: Field, near: NDArray[np.int64]) -> Knot | None:
    """The smallest region found around one of the cells `near` that proves the bounds impossible; None for none."""
    graph = whole(field)
    centres = near[np.argsort(-field.households[near], kind="stable")]
    for size in _SIZES:
        for centre in centres[: max(3, 24 // size)]:
            region = _ball(graph, int(centre), size)
            if _divisible(graph, region, field.lo, field.hi) is False:
                return _knot(graph, region, field.lo, field.hi)
    return None


def _knot(graph: Graph, region: NDArray[np.int64], lo: int, hi: int) -> Knot:
    lower = _first(range(lo - 1, -1, -1), lambda value: _divisible(graph, region, value, hi) is not False)
    upper = _first(range(hi + 1, 2 * hi + 1), lambda value: _divisible(graph, region, lo, value) is not False)
    return Knot(np.sort(region), lower, upper)


def _first(values: range, holds: Callable[[int], bool]) -> int | None:
    """The first of `values` for which `holds`, which does so for all after it; by halving."""
    if not len(values) or not holds(values[-1]):
        return None
    low, high = 0, len(values) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(values[middle]) else (middle + 1, high)
    return values[low]


def _ball(graph: Graph, centre: int, size: int) -> NDArray[np.int64]:
    """The `size` cells nearest to `centre` by neighbour steps, those with most households first in each step."""
    found, seen, ring = [centre], {centre}, [centre]
    while ring and len(found) < size:
        ahead = {int(u) for v in ring for u in graph.indices[graph.indptr[v] : graph.indptr[v + 1]]} - seen
        ring = sorted(ahead, key=lambda u: (-graph.households[u], u))
        seen |= ahead
        found += ring
    return np.array(sorted(found[:size]), np.int64)


def _divisible(graph: Graph, region: NDArray[np.int64], lo: int, hi: int) -> bool | None:
    """Whether the region has a cover by grids and pieces of grids; None where the sets are too many to tell."""
    inner = within(graph, region)
    rim = np.diff(inner.indptr) < np.diff(graph.indptr)[region]
    if (inner.households > hi).any():
        return False
    offsets, members, complete = connected_sets(inner, 0, hi, _MOST_SETS, 24 * _MOST_SETS, _MOST_WORK)
    if not complete:
        return None
    columns = Columns(offsets, members)
    sums = np.add.reduceat(inner.households[members], offsets[:-1])
    open_sets = np.add.reduceat(rim[members].astype(np.int64), offsets[:-1]) > 0
    usable = columns.take(np.flatnonzero((sums >= lo) | open_sets))
    if not usable.sets:
        return False
    cover = cheapest_cover(usable, np.zeros(usable.sets, np.int64), len(region), effort=_EFFORT)
    return cover.chosen is not None if cover.proved or cover.chosen is not None else None
