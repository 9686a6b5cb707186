"""A few plans that differ: each good in its own way, so that a planner has a choice and sees what it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.errors import Words
from geo.partition.exact.regions import Knot
from geo.partition.problem.figures import PlanFigures, plan_figures
from geo.partition.problem.problem import Problem
from geo.partition.solve import Solution, best
from geo.plans.goals import Goal, Weights
from geo.plans.overlaps import distance

Ints = NDArray[np.int64]
LEAST_DISTANCE = 0.05
"""Plans with a smaller share of households in different grids are one plan."""
MOVED_PRICE = 12.0
"""Price of moved households where fewest moves are the aim; see `Weights.moved`."""
STRONG = 4.0
"""How much an aim's own goal is raised above its usual price."""
EVENNESS = 0.08
"""Balanced sizes: every grid within this share of the mean, where the cells allow it."""
_ROUNDS = 3
"""Times the aims are gone through with other seeds while plans are missing."""


@dataclass(frozen=True, slots=True, eq=False)
class Alternative:
    """One plan to choose from."""

    aim: str
    title: Words
    labels: Ints
    """(n,) grid of each cell, 0 to k - 1."""
    figures: PlanFigures
    fewest: int
    """No plan within bounds is known to be possible with fewer grids."""
    reasons: tuple[Words, ...]
    """What the search proved to stand in the way."""
    knots: tuple[Knot, ...] = ()
    """The regions these speak of."""


TITLES = {
    "main": Words("all goals", "综合"),
    "moves": Words("fewest households moved", "调整户数最少"),
    "compact": Words("most compact", "形状最紧凑"),
    "outline": Words("shortest walls to close", "封闭边界最短"),
    "complexes": Words("complexes whole", "小区最完整"),
    "balanced": Words("balanced sizes", "规模最均衡"),
    "barriers": Words("fewest barriers inside", "跨越道路水系最少"),
}
"""What the aims are called."""

_AIMED_AT: dict[str, Callable[[PlanFigures], float]] = {
    "moves": lambda plan: plan.moved_households or 0,
    "compact": lambda plan: plan.middle_m,
    "outline": lambda plan: plan.outline_m,
    "complexes": lambda plan: plan.complexes_split,
    "balanced": lambda plan: plan.largest - plan.smallest,
    "barriers": lambda plan: plan.barriers_inside,
}
"""The figure each aim makes small."""


def alternatives(
    problem: Problem,
    *,
    count: int,
    seed: int = 1,
    time_limit_s: float = 10.0,
    households: Ints | None = None,
) -> tuple[Alternative, ...]:
    """Up to `count` plans that differ from each other by `LEAST_DISTANCE` or more, the one for all goals first.

    The others have the same number of grids, miss the bounds by no more, and are better than the first in what they
    aim at; fewer than `count` are returned where no more are found. `time_limit_s` bounds the search of each plan. `households` (n,) where the problem counts a
    workload instead.
    """
    found: list[Alternative] = []
    main = best(problem, seed=seed, time_limit_s=time_limit_s)
    found.append(_alternative(problem, "main", main, households))
    if count < 2:
        return tuple(found)
    held = problem.households if households is None else households
    fixed = replace(problem, k=main.score.grids) if problem.k is None else problem
    for turn in range(_ROUNDS):
        for aim, changed in _aims(fixed, main.score.grids):
            if len(found) == count:
                return tuple(found)
            if any(one.aim == aim for one in found):
                continue
            plan = best(changed, seed=seed + turn, time_limit_s=time_limit_s)
            one = _alternative(problem, aim, plan, households)
            if _is_worth_showing(one, found[0].figures) and all(
                distance(one.labels, other.labels, held) >= LEAST_DISTANCE for other in found
            ):
                found.append(one)
    return tuple(found)


def _is_worth_showing(one: Alternative, main: PlanFigures) -> bool:
    """As good as the main plan within the bounds, and better in what it aims at."""
    own = one.figures
    if own.violation > main.violation or own.people_over > main.people_over or own.grids != main.grids:
        return False
    return _AIMED_AT[one.aim](own) < _AIMED_AT[one.aim](main)


def _alternative(problem: Problem, aim: str, plan: Solution, households: Ints | None) -> Alternative:
    figures = plan_figures(problem, plan.labels, households=households)
    return Alternative(aim, TITLES[aim], plan.labels, figures, plan.fewest, plan.reasons, plan.knots)


def _aims(problem: Problem, grids: int) -> Iterator[tuple[str, Problem]]:
    """The problem once for each aim, with other prices, another goal or narrower bounds."""
    usual = problem.weights
    if problem.current is not None:
        nets, weights = problem.nets, replace(usual, moved=MOVED_PRICE)
        if nets is None:
            nets = problem.current[None, :]
        yield "moves", replace(problem, nets=nets, weights=weights)
    # where few moves are wanted anyway, the other aims may spend some
    problem = _with(problem, moved=usual.moved / STRONG)
    yield "compact", _with(problem, compactness=STRONG * max(usual.compactness, 1.0), outline=0.0)
    yield "outline", _with(problem, outline=STRONG * max(usual.outline, 1.0), compactness=0.0)
    if usual.complexes:
        yield "complexes", _with(problem, complexes=STRONG * usual.complexes)
    mean = problem.households.sum() / grids
    lo, hi = int(np.floor(mean * (1 - EVENNESS))), int(np.ceil(mean * (1 + EVENNESS)))
    yield "balanced", replace(problem, lo=max(lo, problem.lo), hi=max(1, min(hi, problem.hi)))
    if usual.barriers and problem.barrier.any():
        yield "barriers", _with(problem, barriers=STRONG * usual.barriers)


def _with(problem: Problem, **prices: float) -> Problem:
    weights: Weights = replace(problem.weights, **prices)
    return replace(problem, goal=Goal.PLANNING, weights=weights)
