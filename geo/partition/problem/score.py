"""The one evaluator of plans. Every figure is a sum over grids (or a count of them), so a change of two grids is
judged by looking at two grids; only `moved_households` needs the whole plan, for its matching of old and new."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.errors import InputError
from geo.partition.problem.bounds import bounds_by_component
from geo.partition.problem.problem import Problem


@dataclass(frozen=True, slots=True, eq=False)
class GridFigures:
    """The figures of each grid of a plan, in order of its label. Arrays of shape (k,)."""

    labels: NDArray[np.int64]
    """The labels in use, ascending."""
    households: NDArray[np.int64]
    over: NDArray[np.int64]
    """Households above the upper bound and its tolerance."""
    under: NDArray[np.int64]
    """Households missing to the lower bound less its tolerance."""
    parts: NDArray[np.int64]
    """Connected parts; 1 in a sound plan."""
    barrier_inside: NDArray[np.int64]
    """Neighbour pairs across a barrier inside the grid."""
    cut_m: NDArray[np.float64]
    """Outline shared with other grids, metres, half of it counted on either side."""
    inertia: NDArray[np.float64]
    """Households times squared metres to their mean point."""


@dataclass(frozen=True, slots=True)
class Score:
    """How good a plan is. Smaller is better in every field."""

    grids: int
    lower_bound: int
    """No plan within the upper bound has fewer grids."""
    over: int
    """Grids above the upper bound and its tolerance."""
    under: int
    """Grids below the lower bound less its tolerance."""
    disconnected: int
    """Grids in more than one part."""
    violation: int
    """Households outside the bounds and their tolerance, all grids added."""
    complexes_split: int
    """Complexes with households in more than one grid, those in `complexes_forced` included."""
    complexes_forced: int
    """Complexes above the upper bound: they must be split."""
    complexes_split_freely: int
    """Complexes split although they would fit into one grid."""
    barrier_inside: int
    """Neighbour pairs across a barrier inside one grid."""
    cut_edges: int
    """Neighbour pairs in different grids."""
    cut_length_m: float
    """Shared outline of different grids."""
    inertia: float
    """Sum of households times squared metres to the mean point of their grid."""
    moved_households: int | None
    """Households whose grid changes against today's plan, under the best match; None without one."""

    @property
    def feasible(self) -> bool:
        """Connected, and every grid within the bounds."""
        return self.over == 0 and self.under == 0 and self.disconnected == 0

    @property
    def at_lower_bound(self) -> bool:
        """Feasible with a number of grids that is proved to be the fewest."""
        return self.feasible and self.grids == self.lower_bound


def checked_labels(problem: Problem, labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """`labels` as int64. Raises `InputError` unless there is one whole number, 0 or more, per cell."""
    array = np.asarray(labels)
    if array.shape != (problem.n,) or array.dtype.kind not in "iu" or (array < 0).any():
        raise InputError(
            f"a plan needs one label of 0 or more for each of the {problem.n} cells, got {array.dtype} {array.shape}",
            f"方案应为 {problem.n} 个基元各给出一个非负整数标号，收到的是 {array.dtype} {array.shape}",
        )
    return array.astype(np.int64)


def grid_figures(problem: Problem, labels: NDArray[np.integer]) -> GridFigures:
    """The figures of each grid."""
    used, grid = np.unique(checked_labels(problem, labels), return_inverse=True)
    k = len(used)
    households = np.bincount(grid, problem.households, k)
    a, b, shared_m, barrier = problem.pairs()
    inside = grid[a] == grid[b]
    graph = coo_array((np.ones(inside.sum(), np.int8), (a[inside], b[inside])), shape=(problem.n, problem.n))
    _, part = connected_components(graph, directed=False)
    _, first = np.unique(part, return_index=True)
    half_cut = np.bincount(grid[a[~inside]], shared_m[~inside], k) + np.bincount(
        grid[b[~inside]], shared_m[~inside], k
    )
    weight = np.where(households > 0, households, 1)
    x = problem.x_m - (np.bincount(grid, problem.households * problem.x_m, k) / weight)[grid]
    y = problem.y_m - (np.bincount(grid, problem.households * problem.y_m, k) / weight)[grid]
    counts = households.astype(np.int64)
    return GridFigures(
        labels=used,
        households=counts,
        over=np.maximum(0, counts - problem.most),
        under=np.maximum(0, problem.least - counts),
        parts=np.bincount(grid[first], minlength=k),
        barrier_inside=np.bincount(grid[a[inside & barrier]], minlength=k),
        cut_m=half_cut / 2,
        inertia=np.bincount(grid, problem.households * (x * x + y * y), k).astype(np.float64),
    )


def evaluate(problem: Problem, labels: NDArray[np.integer]) -> Score:
    """The score of a plan.

    `labels` (n,): the grid of each cell, any whole numbers of 0 or more. Raises `InputError` for anything else.

    >>> row = {"lo": 2, "hi": 4, "nodes": [
    ...     {"id": i, "x": 100 * i, "y": 0, "households": 2, "area": 1e4, "complex": None} for i in range(4)],
    ...     "edges": [{"a": i, "b": i + 1, "shared_m": 100, "barrier": False} for i in range(3)]}
    >>> score = evaluate(Problem.from_instance(row), np.array([0, 0, 1, 1]))
    >>> score.feasible, score.grids, score.cut_length_m, score.inertia
    (True, 2, 100.0, 20000.0)
    """
    figures = grid_figures(problem, labels)
    grid = np.searchsorted(figures.labels, np.asarray(labels))
    a, b, _, _ = problem.pairs()
    split, forced, freely = _complexes(problem, grid)
    return Score(
        grids=len(figures.labels),
        lower_bound=sum(bounds.fewest for bounds in bounds_by_component(problem)),
        over=int((figures.over > 0).sum()),
        under=int((figures.under > 0).sum()),
        disconnected=int((figures.parts > 1).sum()),
        violation=int(figures.over.sum() + figures.under.sum()),
        complexes_split=split,
        complexes_forced=forced,
        complexes_split_freely=freely,
        barrier_inside=int(figures.barrier_inside.sum()),
        cut_edges=int((grid[a] != grid[b]).sum()),
        cut_length_m=float(figures.cut_m.sum()),
        inertia=float(figures.inertia.sum()),
        moved_households=None
        if problem.current is None
        else _moved(problem.current, grid, problem.households),
    )


def _complexes(problem: Problem, grid: NDArray[np.int64]) -> tuple[int, int, int]:
    """Complexes split, complexes above the bound, complexes split though they would fit."""
    held = (problem.complex_of >= 0) & (problem.households > 0)
    count = len(problem.complexes)
    size = np.bincount(problem.complex_of[held], problem.households[held], count)
    pieces = np.unique(np.column_stack([problem.complex_of[held], grid[held]]), axis=0)[:, 0]
    split = np.bincount(pieces, minlength=count) > 1
    too_large = size > problem.most
    return int(split.sum()), int(too_large.sum()), int((split & ~too_large).sum())


def _moved(current: NDArray[np.int64], grid: NDArray[np.int64], households: NDArray[np.int64]) -> int:
    known = current >= 0  # a cell without a grid today moves nobody
    if not known.any():
        return 0
    current, grid, households = current[known], grid[known], households[known]
    _, old = np.unique(current, return_inverse=True)
    shape = (int(old.max()) + 1, int(grid.max()) + 1)
    overlap = coo_array((households, (old, grid)), shape=shape).toarray()
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    return int(households.sum() - overlap[rows, columns].sum())
