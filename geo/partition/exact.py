"""Proofs of the number of grids: every connected set within bounds is listed, and covers by such sets are bounded.

Where K grids hold all T households, none can hold fewer than hi - (K hi - T): the tighter the number, the fewer the
sets. Cells without households are dropped and their neighbours joined, so that the proof holds for the problem itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import breadth_first_order

from geo.partition.connected_sets import Populated, connected_sets, populated, whole
from geo.partition.construct import connected_labels
from geo.partition.cover import Columns, bound_on_sets, cheapest_cover
from geo.partition.field import Field

MOST_SETS = 3_000_000
MOST_WHOLE_SETS = 600_000
"""The same with empty cells, which multiply the sets."""
MOST_WORK = 40_000_000
_MOST_CHOICES = 60_000
"""Sets CP-SAT is given at the most."""


@dataclass(frozen=True, slots=True, eq=False)
class Decision:
    """Whether a part can be divided into so many grids within bounds."""

    possible: bool | None
    """None where it was not decided."""
    labels: NDArray[np.int64] | None
    """(n,) such a plan where one was found."""


def least_grids(field: Field, fewest: int, most: int) -> int:
    """The number of grids that no plan within bounds can beat, from `fewest` up to `most`, by linear programming."""
    graph = populated(field)
    for grids in range(fewest, most):
        columns = _sets(field, graph, grids, MOST_SETS)
        if columns is None or bound_on_sets(columns, len(graph.cells)).fewest <= grids + 1e-6:
            return grids
    return most


def decide(field: Field, grids: int, *, effort: float) -> Decision:
    """Whether `grids` grids within bounds are possible; first without the empty cells, then with them.

    `effort` bounds the solver in its deterministic time. Not decided where the connected sets are too many.
    """
    for graph, most_sets in ((populated(field), MOST_SETS), (whole(field), MOST_WHOLE_SETS)):
        columns = _sets(field, graph, grids, most_sets)
        if columns is None:
            return Decision(None, None)
        bound = bound_on_sets(columns, len(graph.cells))
        if bound.fewest > grids + 1e-6:
            return Decision(False, None)
        choice = columns.take(np.flatnonzero(bound.spare <= grids - bound.fewest + 1e-6))
        if choice.sets > _MOST_CHOICES:
            return Decision(None, None)
        nothing = np.zeros(choice.sets, np.int64)
        found = cheapest_cover(choice, nothing, len(graph.cells), exactly=grids, effort=effort)
        if found.chosen is None:
            return Decision(False if found.proved else None, None)
        labels = _labels(field, graph, choice.take(found.chosen))
        if labels is not None:
            return Decision(True, labels)
    return Decision(None, None)


def _sets(field: Field, graph: Populated, grids: int, most_sets: int) -> Columns | None:
    """The connected sets a plan of `grids` grids can be made of; None where they are too many to list."""
    total = int(field.households.sum())
    least = max(field.lo, field.hi - (grids * field.hi - total), 1)
    if not len(graph.cells) or int(graph.households.max()) > field.hi or least > field.hi:
        return None
    offsets, members, complete = connected_sets(graph, least, field.hi, most_sets, 12 * most_sets, MOST_WORK)
    return Columns(offsets, members) if complete else None


def _labels(field: Field, graph: Populated, cover: Columns) -> NDArray[np.int64] | None:
    """The cover as labels of all cells, empty cells joined to a grid that needs or touches them; None where two grids
    need the same."""
    labels = np.full(len(field.households), -1, np.int64)
    for grid in range(cover.sets):
        labels[graph.cells[cover.members[cover.offsets[grid] : cover.offsets[grid + 1]]]] = grid
    for grid in range(cover.sets):
        _join_pieces(field, labels, grid)
    while (free := np.flatnonzero(labels < 0)).size:
        before = free.size
        for cell in free:
            beside = labels[field.indices[field.indptr[cell] : field.indptr[cell + 1]]]
            if (beside >= 0).any():
                labels[cell] = beside.max()
        if (labels < 0).sum() == before:
            return None
    return labels if int(connected_labels(field, labels).max()) + 1 == cover.sets else None


def _join_pieces(field: Field, labels: NDArray[np.int64], grid: int) -> None:
    """Give `grid` the free cells on shortest ways between its pieces."""
    n = len(labels)
    while True:
        own = labels == grid
        usable = own | (labels < 0)
        keep = usable[field.source] & usable[field.indices]
        graph = csr_array(
            (np.ones(int(keep.sum()), np.int8), (field.source[keep], field.indices[keep])), shape=(n, n)
        )
        start = int(np.flatnonzero(own)[0])
        inside = own[field.source] & own[field.indices]
        within = csr_array(
            (np.ones(int(inside.sum()), np.int8), (field.source[inside], field.indices[inside])), shape=(n, n)
        )
        reached = np.zeros(n, bool)
        reached[breadth_first_order(within, start, return_predecessors=False)] = True
        if reached[own].all():
            return
        order, before = breadth_first_order(graph, start)
        target = next((int(cell) for cell in order if own[cell] and not reached[cell]), -1)
        if target < 0:
            return
        while target != start:
            labels[target] = grid
            target = int(before[target])
