"""How good a plan is proved to be: its figures beside what no plan within the bounds can beat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_array, csr_array, eye_array, kron, vstack

from geo.errors import Words
from geo.partition.exact.decide import least_grids
from geo.partition.moves.contract import contracted, pieces
from geo.partition.moves.field import build_field, canonical_order
from geo.partition.moves.state import new_state, plan_cost
from geo.partition.problem.problem import Problem
from geo.partition.solve import Solution
from geo.plans.goals import Goal

MOST_CELLS = 6_000
"""Above this no bound on compactness is computed: it looks at every pair of cells."""
MOST_CENTRES = 160
"""Above this no bound on the way from a centre is computed: its linear program has cells x cells unknowns."""


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of a plan and proven bounds on them. A bound holds for every plan within the size bounds."""

    grids: int
    fewest: int
    """No plan has fewer grids."""
    complexes_split: int
    splits_bound: int
    """No plan with as many grids splits fewer: those above the upper bound themselves, and one more where it is proved
    that not all others can stay whole."""
    inertia: float
    """Households times squared metres to the mean point of their grid."""
    inertia_bound: float | None
    """No plan has less; None where none was computed. A weak bound: every household has at least the lower bound's
    worth of nearest households around it."""
    way: float | None
    """For the goals of a centre: the way to all households, as a multiple of `way_bound`'s unit; else None."""
    way_bound: float | None
    """The same by the linear relaxation at this number of grids: no plan with as many has less."""

    @property
    def way_gap(self) -> float | None:
        """Share by which the way may be above the best possible; None without a bound."""
        return None if self.way is None or not self.way_bound else self.way / self.way_bound - 1

    def words(self) -> Words:
        """In a sentence."""
        number = "proved fewest" if self.grids == self.fewest else f"proved at least {self.fewest}"
        number_zh = "已证明最少" if self.grids == self.fewest else f"已证明不少于 {self.fewest} 个"
        en = f"{self.grids} grids ({number}); {self.complexes_split} complexes split (at least {self.splits_bound})"
        zh = f"{self.grids} 个网格（{number_zh}）；拆分小区 {self.complexes_split} 个（不少于 {self.splits_bound} 个）"
        if self.way_gap is not None:
            en += f"; way from the centres within {self.way_gap:.2%} of the bound"
            zh += f"；到中心的路程与下界相差不超过 {self.way_gap:.2%}"
        elif self.inertia_bound:
            en += f"; moment of inertia {self.inertia:.3g} (at least {self.inertia_bound:.3g})"
            zh += f"；转动惯量 {self.inertia:.3g}（不小于 {self.inertia_bound:.3g}）"
        return Words(en, zh)


def quality(problem: Problem, solution: Solution) -> Quality:
    """The figures of `solution` with their bounds. Bounds on compactness take about a second for 2,000 cells.

    >>> row = {"lo": 2, "hi": 4, "nodes": [
    ...     {"id": i, "x": 100 * i, "y": 0, "households": 2, "area": 1e4, "complex": None} for i in range(4)],
    ...     "edges": [{"a": i, "b": i + 1, "shared_m": 100, "barrier": False} for i in range(3)]}
    >>> from geo.partition.solve import best
    >>> problem = Problem.from_instance(row)
    >>> quality(problem, best(problem)).words().en
    '2 grids (proved fewest); 0 complexes split (at least 0)'
    """
    score = solution.score
    way, way_bound = _centres(problem, solution)
    return Quality(
        grids=score.grids,
        fewest=solution.fewest,
        complexes_split=score.complexes_split,
        splits_bound=_splits_bound(problem, solution),
        inertia=score.inertia,
        inertia_bound=inertia_bound(problem) if score.feasible and problem.n <= MOST_CELLS else None,
        way=way,
        way_bound=way_bound,
    )


def _splits_bound(problem: Problem, solution: Solution) -> int:
    """Complexes above the bound; one more where pieces of all others cannot be made into so many grids."""
    forced, grids = solution.score.complexes_forced, solution.score.grids
    count, _ = problem.components()
    freely = solution.score.complexes_split_freely
    if count != 1 or not freely or not solution.score.feasible or problem.goal is not Goal.PLANNING:
        return forced
    field = build_field(problem, canonical_order(problem), grids=grids, want=grids)
    coarse = contracted(field, pieces(field, field.hi))
    return forced + (least_grids(coarse, grids, grids + 1) > grids)


def inertia_bound(problem: Problem) -> float:
    """Least moment of inertia any plan within the bounds can have.

    A grid's moment is half the mean, over pairs of its households, of their squared distance. Whoever a household
    shares its grid with, they are `lo` households or more, and no nearer than the `lo` nearest ones.
    """
    held = np.flatnonzero(problem.households > 0)
    weight = problem.households[held].astype(np.float64)
    x, y = problem.x_m[held], problem.y_m[held]
    if problem.lo == 0 or weight.sum() < problem.lo:
        return 0.0
    total = 0.0
    for own, x0, y0 in zip(weight, x, y, strict=True):
        square = (x - x0) ** 2 + (y - y0) ** 2
        near = np.argsort(square, kind="stable")
        before = np.cumsum(weight[near]) - weight[near]
        taken = np.clip(problem.lo - before, 0.0, weight[near])
        total += own * float(taken @ square[near]) / problem.lo
    return total / 2


def _centres(problem: Problem, solution: Solution) -> tuple[float | None, float | None]:
    """The way from the best centres and its bound, in the unit of the search's cost."""
    count, _ = problem.components()
    if problem.goal not in (Goal.HOP_MEDIAN, Goal.PATROL) or count != 1 or not solution.score.feasible:
        return None, None
    cells = canonical_order(problem)
    grids = solution.score.grids
    field = build_field(problem, cells, grids=grids, want=grids)
    way = float(plan_cost(field, new_state(field, solution.labels[cells]))[2])
    if problem.n > MOST_CENTRES:
        return way, None
    return way, _median_bound(field.distance, field.households, grids=grids, lo=field.lo, hi=field.hi)


def _median_bound(
    price: NDArray[np.float64], households: NDArray[np.int64], *, grids: int, lo: int, hi: int
) -> float | None:
    """The k-median relaxation of Hess et al. (1965): cells served by `grids` centres with `lo` to `hi` households each."""
    n = len(households)
    served = kron(eye_array(n), np.ones((1, n)))  # x[i, j]: cell i by centre j
    own = coo_array((np.ones(n), (np.zeros(n, int), np.arange(n) * (n + 1))), shape=(1, n * n))
    load = kron(households[None, :].astype(float), eye_array(n))
    opened = coo_array((np.ones(n), (np.arange(n), np.arange(n) * (n + 1))), shape=(n, n * n))
    copies = csr_array(kron(np.ones((n, 1)), opened))
    upper = vstack([load - hi * opened, lo * opened - load, eye_array(n * n) - copies])
    answer = linprog(
        price.ravel(),
        A_ub=csr_array(upper),
        b_ub=np.zeros(upper.shape[0]),
        A_eq=csr_array(vstack([served, own])),
        b_eq=np.append(np.ones(n), grids),
        method="highs-ipm",
    )
    return float(answer.fun) if answer.status == 0 else None
