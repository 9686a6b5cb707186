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


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """The plans to choose from."""

    plans: tuple[Alternative, ...]
    """The one for all goals first."""
    missing: Words | None = None
    """Why there are fewer than were asked for; None where there are not."""


def alternatives(
    problem: Problem,
    *,
    count: int,
    seed: int = 1,
    time_limit_s: float = 10.0,
    households: Ints | None = None,
) -> Choice:
    """Up to `count` plans that differ from each other by `LEAST_DISTANCE` or more, the one for all goals first.

    The others have the same number of grids, miss the bounds by no more, and are better than the first in what they
    aim at; where no more are found there are fewer than `count`, and why. `time_limit_s` bounds the search of each plan. `households` (n,) where the problem counts a
    workload instead.
    """
    found: list[Alternative] = []
    main = best(problem, seed=seed, time_limit_s=time_limit_s)
    found.append(_alternative(problem, "main", main, households))
    if count < 2:
        return Choice(tuple(found))
    held = problem.households if households is None else households
    fixed = replace(problem, k=main.score.grids) if problem.k is None else problem
    worse, near = dict[str, None](), dict[str, None]()
    for turn in range(_ROUNDS):
        for aim, changed in _aims(fixed, main.score.grids):
            if len(found) == count:
                return Choice(tuple(found))
            if any(one.aim == aim for one in found):
                continue
            plan = best(changed, seed=seed + turn, time_limit_s=time_limit_s)
            one = _alternative(problem, aim, plan, households)
            if not _is_worth_showing(one, found[0].figures):
                worse[aim] = None
            elif any(distance(one.labels, other.labels, held) < LEAST_DISTANCE for other in found):
                near[aim] = None
            else:
                found.append(one)
    if len(found) == count:
        return Choice(tuple(found))
    had = {one.aim for one in found}
    return Choice(
        tuple(found),
        _missing(
            count,
            len(found),
            [x for x in worse if x not in had | near.keys()],
            [x for x in near if x not in had],
        ),
    )


def _missing(count: int, found: int, worse: list[str], near: list[str]) -> Words:
    """Why fewer than `count` plans were found: the aims that gave none better, and those whose plans hardly differ."""
    why = []
    if worse:
        names = [TITLES[aim] for aim in worse]
        why.append(
            Words(
                f"aiming at {_listed(names).en} gave nothing better that keeps the number of grids and the bounds",
                f"按{_listed(names).zh}搜索，在网格数和上下限不变差的前提下没有更好的方案",
            )
        )
    if near:
        names = [TITLES[aim] for aim in near]
        why.append(
            Words(
                f"aiming at {_listed(names).en} gave plans with less than {LEAST_DISTANCE:.0%} of the households in other "
                "grids",
                f"按{_listed(names).zh}搜索，所得方案与已有方案归属不同的户数不到 {LEAST_DISTANCE:.0%}",
            )
        )
    if not why:
        why.append(Words("there is one for every aim already", "各个侧重都已有一个方案"))
    told = Words("; ".join(one.en for one in why), "；".join(one.zh for one in why))
    return Words(
        f"{found} of the {count} plans asked for were found: {told.en}",
        f"要求 {count} 个方案，得到 {found} 个：{told.zh}",
    )


def _listed(names: list[Words]) -> Words:
    return Words(", ".join(name.en for name in names), "、".join(f"“{name.zh}”" for name in names))


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
