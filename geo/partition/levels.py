"""Levels of a plan, always nested: micro-grids and building groups divide each grid, branches unite several."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import InputError, Words
from geo.partition.carve import subproblem
from geo.partition.explain import reasons
from geo.partition.problem.problem import Problem
from geo.partition.solve import best

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Levelled:
    """The units of one level."""

    labels: Ints
    """(n,) unit of each cell, 0 to k - 1 in order of grid and, inside a grid, from west to east."""
    notes: tuple[tuple[int, Words], ...]
    """What cannot be met: the grid it is about (-1 for the community), and why."""


def divide(
    problem: Problem,
    grids: ArrayLike,
    *,
    alone: ArrayLike = (),
    seed: int = 1,
    time_limit_s: float = 1.0,
) -> Levelled:
    """Divide every grid by itself within the bounds of `problem`, so that no unit leaves its grid.

    `grids` (n,): the grid of each cell. Cells that stand `alone` are units of their own, with empty ground that only
    they touch. `time_limit_s` bounds the search of each grid. A grid without households is one unit.

    >>> row = {"lo": 2, "hi": 4, "nodes": [
    ...     {"id": i, "x": 100 * i, "y": 0, "households": 2, "area": 1e4, "complex": None} for i in range(6)],
    ...     "edges": [{"a": i, "b": i + 1, "shared_m": 100, "barrier": False} for i in range(5)]}
    >>> divide(Problem.from_instance(row), [0, 0, 0, 0, 1, 1]).labels.tolist()
    [0, 0, 1, 1, 2, 2]
    """
    parent = _checked(problem, grids)
    apart = np.zeros(problem.n, dtype=bool)
    apart[np.asarray(alone, np.int64)] = True
    labels = np.empty(problem.n, np.int64)
    notes: list[tuple[int, Words]] = []
    used = 0
    for grid in np.unique(parent):
        whole = np.flatnonzero(parent == grid)
        own_units = whole[apart[whole]]
        labels[own_units] = used + np.arange(len(own_units))
        used += len(own_units)
        cells = whole[~apart[whole]]
        if len(own_units):
            cells = _without_empty(problem, cells, own_units, labels)
        if not len(cells):
            continue
        own = subproblem(replace(problem, k=None), cells)
        if not own.households.any():
            labels[cells] = used
            used += 1
            continue
        found = best(own, seed=seed, time_limit_s=time_limit_s)
        labels[cells] = used + found.labels
        used += found.score.grids
        notes += [(int(grid), words) for words in reasons(own)]
    return Levelled(labels, tuple(notes))


def _without_empty(problem: Problem, cells: Ints, own_units: Ints, labels: Ints) -> Ints:
    """`cells` less the connected parts of them without households, which go to the one of `own_units` that shares most
    of their outline (`labels` are set)."""
    if not len(cells):
        return cells
    own = subproblem(problem, cells)
    _, part = own.components()
    place = np.full(problem.n, -1, np.int64)
    place[cells] = part
    a, b, shared_m, _ = problem.pairs()
    stays = np.ones(len(cells), dtype=bool)
    for empty in np.flatnonzero(np.bincount(part, own.households) == 0).tolist():
        rim = np.zeros(len(own_units))
        for one, other in ((a, b), (b, a)):
            touch = (place[one] == empty) & np.isin(other, own_units)
            np.add.at(rim, np.searchsorted(own_units, other[touch]), shared_m[touch])
        if rim.any():
            labels[cells[part == empty]] = labels[own_units[int(rim.argmax())]]
            stays &= part != empty
    return cells[stays]


def unite(problem: Problem, grids: ArrayLike, *, seed: int = 1, time_limit_s: float = 5.0) -> Levelled:
    """Unite whole neighbouring grids within the bounds of `problem`, so that no grid is cut.

    `grids` (n,): the grid of each cell. The graph is that of the grids; pairs of grids with a barrier along more than
    half of their shared outline count as pairs across a barrier.
    """
    parent = _checked(problem, grids)
    _, grid = np.unique(parent, return_inverse=True)
    coarse = graph_of_grids(problem, grid)
    found = best(coarse, seed=seed, time_limit_s=time_limit_s)
    order = {int(label): place for place, label in enumerate(dict.fromkeys(found.labels.tolist()))}
    labels = np.array([order[int(label)] for label in found.labels], np.int64)[grid]
    return Levelled(labels, tuple((-1, words) for words in reasons(coarse)))


def graph_of_grids(problem: Problem, grids: ArrayLike) -> Problem:
    """The problem whose cells are the grids 0 to k - 1 of a plan, (n,); bounds, goals and prices stay."""
    grid = np.asarray(grids, np.int64)
    k = int(grid.max()) + 1
    mass = np.bincount(grid, problem.households, k)
    weight = np.where(mass[grid] > 0, problem.households, 1).astype(np.float64)
    total = np.bincount(grid, weight, k)
    a, b, shared_m, barrier = problem.pairs()
    one, other = np.minimum(grid[a], grid[b]), np.maximum(grid[a], grid[b])
    apart = one != other
    pairs, at = np.unique(np.column_stack([one, other])[apart], axis=0, return_inverse=True)
    shared = np.bincount(at.reshape(-1), shared_m[apart], len(pairs))
    across = np.bincount(at.reshape(-1), (shared_m * barrier)[apart], len(pairs))
    made = Problem.from_instance(
        {
            "lo": problem.lo,
            "hi": problem.hi,
            "name": problem.name,
            "nodes": [
                {"id": i, "x": x, "y": y, "households": int(h), "area": area, "complex": None}
                for i, (x, y, h, area) in enumerate(
                    zip(
                        (np.bincount(grid, weight * problem.x_m, k) / total).tolist(),
                        (np.bincount(grid, weight * problem.y_m, k) / total).tolist(),
                        mass.tolist(),
                        np.bincount(grid, problem.area_m2, k).tolist(),
                        strict=True,
                    )
                )
            ],
            "edges": [
                {"a": i, "b": j, "shared_m": metres, "barrier": bool(wall > metres / 2)}
                for (i, j), metres, wall in zip(pairs.tolist(), shared.tolist(), across.tolist(), strict=True)
            ],
        }
    )
    people = None
    if problem.people is not None:
        people = np.bincount(grid, problem.people, k).astype(np.int64)
    return replace(
        made,
        weights=problem.weights,
        goal=problem.goal,
        tolerance=problem.tolerance,
        people=people,
        max_people=problem.max_people,
    )


def nested(inner: ArrayLike, outer: ArrayLike) -> bool:
    """Whether every unit of `inner` lies in one unit of `outer`; both (n,) over the same cells.

    >>> nested([0, 1, 2], [5, 5, 6]), nested([0, 1, 1], [5, 5, 6])
    (True, False)
    """
    pairs = np.unique(np.column_stack([np.asarray(inner), np.asarray(outer)]), axis=0)
    return len(pairs) == len(np.unique(pairs[:, 0]))


def _checked(problem: Problem, grids: ArrayLike) -> Ints:
    parent = np.asarray(grids, np.int64)
    if parent.shape != (problem.n,) or (parent < 0).any():
        raise InputError(
            f"levels need the grid of each of the {problem.n} cells, 0 or more; got {parent.shape}",
            f"分级需要 {problem.n} 个基元各自的网格编号（非负）；收到 {parent.shape}",
        )
    return parent
