"""The figures planners compare plans by, each with its direction; a plan's own, without regard to others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import Words
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate, grid_figures
from geo.plans.overlaps import moved_households


@dataclass(frozen=True, slots=True)
class PlanFigures:
    """One plan in a table of plans. Grids that stay as they are count in none of them."""

    grids: int
    violations: int
    """Grids outside the size bounds or in more than one part."""
    violation: int
    """Households (or units of workload) outside the bounds."""
    complexes_split: int
    barriers_inside: int
    """Neighbour pairs across a barrier inside one grid."""
    moved_households: int | None
    """Against today's plan, under the best match; None without one."""
    compactness: float
    """0-1, mean over households: how near the shape of their grid comes to a disc, by its moment of inertia."""
    middle_m: float
    """Root mean square distance of households to the mean point of their grid, metres."""
    outline_m: float
    """Outline shared by different grids, metres."""
    smallest: int
    """Size of the smallest grid."""
    largest: int
    people_over: int = 0
    """Grids above the bound on people."""


class Figure(NamedTuple):
    """How a figure is read."""

    field: str
    title: Words
    more_is_better: bool


COMPARED = (
    Figure("violation", Words("outside the bounds", "超限户数"), False),
    Figure("complexes_split", Words("complexes split", "拆分小区"), False),
    Figure("barriers_inside", Words("barriers inside", "跨越界线"), False),
    Figure("moved_households", Words("households moved", "调整户数"), False),
    Figure("compactness", Words("compactness", "紧凑度"), True),
    Figure("middle_m", Words("distance to the middle", "到网格中心距离"), False),
    Figure("outline_m", Words("outline", "内部边界长"), False),
    Figure("smallest", Words("smallest grid", "最小网格"), True),
    Figure("largest", Words("largest grid", "最大网格"), False),
)
"""The figures by which one plan may be better than another."""


def plan_figures(
    problem: Problem, labels: ArrayLike, *, households: NDArray[np.int64] | None = None
) -> PlanFigures:
    """The figures of a plan, labels of shape (n,). `households` (n,) where the problem counts a workload instead.

    >>> row = {"lo": 2, "hi": 4, "nodes": [
    ...     {"id": i, "x": 100 * i, "y": 0, "households": 2, "area": 1e4, "complex": None} for i in range(4)],
    ...     "edges": [{"a": i, "b": i + 1, "shared_m": 100, "barrier": False} for i in range(3)]}
    >>> found = plan_figures(Problem.from_instance(row), [0, 0, 1, 1])
    >>> found.grids, found.violations, found.outline_m, found.smallest, found.largest
    (2, 0, 100.0, 4, 4)
    """
    plan = np.asarray(labels, np.int64)
    score, grids = evaluate(problem, plan), grid_figures(problem, plan)
    held = problem.households if households is None else households
    moved = None if problem.current is None else moved_households(problem.current, plan, held)
    return PlanFigures(
        grids=score.grids,
        violations=int(((grids.over > 0) | (grids.under > 0) | (grids.parts > 1)).sum()),
        violation=score.violation,
        complexes_split=score.complexes_split,
        barriers_inside=score.barrier_inside,
        moved_households=moved,
        compactness=_compactness(problem, plan),
        middle_m=float(np.sqrt(score.inertia / max(1, int(problem.households.sum())))),
        outline_m=score.cut_length_m,
        smallest=int(grids.households.min()),
        largest=int(grids.households.max()),
        people_over=_people_over(problem, plan),
    )


def _compactness(problem: Problem, labels: NDArray[np.int64]) -> float:
    """Second moment of area of a disc over that of the grid, cells taken as discs (Li, Goodchild and Church 2013)."""
    _, grid = np.unique(labels, return_inverse=True)
    area = problem.area_m2 if problem.area_m2.sum() > 0 else np.ones(problem.n)
    total = np.bincount(grid, area)
    safe = np.where(total > 0, total, 1.0)
    x = problem.x_m - (np.bincount(grid, area * problem.x_m) / safe)[grid]
    y = problem.y_m - (np.bincount(grid, area * problem.y_m) / safe)[grid]
    moment = np.bincount(grid, area * (x * x + y * y) + area**2 / (2 * np.pi))
    index = np.where(moment > 0, total**2 / (2 * np.pi) / np.where(moment > 0, moment, 1.0), 1.0)
    weight = np.bincount(grid, problem.households) + 1e-9
    return float(np.average(np.minimum(index, 1.0), weights=weight))


def _people_over(problem: Problem, labels: NDArray[np.int64]) -> int:
    if problem.people is None or problem.max_people is None:
        return 0
    _, grid = np.unique(labels, return_inverse=True)
    return int((np.bincount(grid, problem.people) > problem.max_people).sum())
