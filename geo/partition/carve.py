"""Grids that stay as they are are carved out of a problem first; the rest is divided, and both are put together."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components

from geo.partition.problem.beyond import beyond_some
from geo.partition.problem.problem import Problem

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Carved:
    """A problem without the grids that stay."""

    rest: Problem | None
    """What is left to divide; None when nothing is."""
    cells: Ints
    """(r,) the cells of `rest`, ascending."""
    stays: Ints
    """(n,) today's grid of each cell that stays, -1 for the cells of the rest."""

    @property
    def kept(self) -> Ints:
        """The labels in today's plan of the grids that stay, ascending."""
        return np.unique(self.stays[self.stays >= 0])

    def join(self, labels: ArrayLike) -> Ints:
        """The whole plan, (n,): grids of the rest by `labels` (r,), renumbered from 0 in order of their label; then
        the grids that stay, in order of `kept`."""
        whole = np.empty(len(self.stays), np.int64)
        used, rest = np.unique(np.asarray(labels, np.int64), return_inverse=True)
        whole[self.cells] = rest
        held = self.stays >= 0
        whole[held] = len(used) + np.searchsorted(self.kept, self.stays[held])
        return whole


def carve(problem: Problem, today: ArrayLike, staying: Collection[int]) -> Carved:
    """Take the grids `staying` of the plan `today` (labels of shape (n,), -1 for no grid) out of `problem`.

    They keep all their cells, whatever their size, so neither bounds nor the number of grids apply to them; a
    wanted number counts the grids of the rest alone. What they cut off becomes a part of its own, but ground without
    households that only they touch cannot be a grid: it goes with the one it shares the longest outline with.

    >>> row = {"lo": 2, "hi": 4, "nodes": [
    ...     {"id": i, "x": 100 * i, "y": 0, "households": 2, "area": 1e4, "complex": None} for i in range(5)],
    ...     "edges": [{"a": i, "b": i + 1, "shared_m": 100, "barrier": False} for i in range(4)]}
    >>> carved = carve(Problem.from_instance(row), [0, 0, 5, 1, 1], {5})
    >>> carved.cells.tolist(), carved.rest.components()[0], carved.join([0, 0, 1, 1]).tolist()
    ([0, 1, 3, 4], 2, [0, 0, 2, 1, 1])
    """
    labels = np.asarray(today, np.int64)
    stays = _with_enclosed(problem, np.where(np.isin(labels, sorted(staying)), labels, -1))
    cells = np.flatnonzero(stays < 0)
    rest = None if not len(cells) else problem if len(cells) == problem.n else subproblem(problem, cells)
    return Carved(rest, cells, stays)


def _with_enclosed(problem: Problem, stays: Ints) -> Ints:
    """`stays` with the ground without households that is cut off from everything else."""
    a, b, shared_m, _ = problem.pairs()
    free = (stays[a] < 0) & (stays[b] < 0)
    graph = coo_array((np.ones(int(free.sum()), np.int8), (a[free], b[free])), shape=(problem.n, problem.n))
    _, part = connected_components(graph, directed=False)
    empty = np.bincount(part, problem.households)[part] == 0
    outline: dict[tuple[int, int], float] = {}
    for cell, other in ((a, b), (b, a)):
        touching = (stays[cell] < 0) & empty[cell] & (stays[other] >= 0)
        rows = zip(part[cell[touching]], stays[other[touching]], shared_m[touching], strict=True)
        for own, grid, metres in rows:
            outline[int(own), int(grid)] = outline.get((int(own), int(grid)), 0.0) + float(metres)
    taken = stays.copy()
    for (own, grid), _ in sorted(outline.items(), key=lambda item: (item[1], -item[0][1])):
        taken[(part == own) & (stays < 0)] = grid  # the longest comes last
    return taken


def subproblem(problem: Problem, cells: ArrayLike) -> Problem:
    """`problem` restricted to `cells` (ascending, at least one), renumbered from 0 in their order."""
    chosen = np.asarray(cells, np.int64)
    # entry numbers travel as values (from 1, because 0 means "no entry" in a sparse matrix)
    entries = np.arange(1, len(problem.indices) + 1)
    graph = csr_array((entries, problem.indices, problem.indptr), shape=(problem.n, problem.n))
    part = graph[chosen][:, chosen]
    part.sort_indices()
    entry = part.data - 1
    held = problem.complex_of[chosen]
    used, complex_of = np.unique(held, return_inverse=True)
    complex_of = complex_of - (used[0] < 0)
    return replace(
        problem,
        households=problem.households[chosen],
        x_m=problem.x_m[chosen],
        y_m=problem.y_m[chosen],
        area_m2=problem.area_m2[chosen],
        complex_of=np.asarray(complex_of, np.int32),
        complexes=tuple(problem.complexes[number] for number in used[used >= 0]),
        indptr=part.indptr.astype(np.int64),
        indices=part.indices.astype(np.int64),
        shared_m=problem.shared_m[entry],
        barrier=problem.barrier[entry],
        people=None if problem.people is None else problem.people[chosen],
        current=None if problem.current is None else problem.current[chosen],
        nets=None if problem.nets is None else np.ascontiguousarray(problem.nets[:, chosen]),
        lon_lat=None if problem.lon_lat is None else problem.lon_lat[chosen],
        cell_names=tuple(problem.cell_names[cell] for cell in chosen) if problem.cell_names else (),
        row_of=None if problem.row_of is None else problem.row_of[chosen],
        beyond=None
        if problem.beyond is None
        else beyond_some(problem.beyond, chosen, problem.n, problem.pairs()[:3]),
    )
