"""Random plans within the bounds, drawn without any goal: they put a plan in its place among all that were possible.

A chain of random trees: neighbouring grids are joined and cut again along a random spanning tree with random prices,
which is accepted whenever it misses the bounds by no more. The sample is broad but not uniform: no figure of it is a
probability.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.partition.moves.field import Field, build_field, canonical_order
from geo.partition.moves.kernels import below, compiled, random_state, uniform
from geo.partition.moves.trees import cut_tree, spanning_tree
from geo.partition.problem.figures import COMPARED, Figure, PlanFigures
from geo.partition.problem.problem import Problem
from geo.plans.goals import Weights

Ints = NDArray[np.int64]
_PRICE = 3000.0
"""Price of missing the bounds by one upper bound's worth of households, against random prices below 1."""
_BURN_IN = 8
"""Steps per grid before the first plan is taken, so that the plan the chain began with is forgotten."""
_THINNING = 2
"""Steps per grid between two plans."""


def sample_plans(problem: Problem, start: ArrayLike, *, count: int = 200, seed: int = 1) -> Iterator[Ints]:
    """`count` random plans (n,) with as many grids as `start` (n,), none missing the bounds by more than it does.

    Grids of `start` must be connected; each stays in the connected part it lies in.
    """
    neutral = replace(problem, weights=Weights(0.0, 0.0, 0.0, 0.0, 0.0), nets=None, net_weights=None)
    order = canonical_order(problem)
    _, part = problem.components()
    labels = np.asarray(start, np.int64)
    chains = []
    for number in dict.fromkeys(part[order].tolist()):
        cells = order[part[order] == number]
        used, own = np.unique(labels[cells], return_inverse=True)
        field = build_field(neutral, cells, grids=len(used), want=len(used))
        chains.append((cells, used, field, own.astype(np.int64), random_state(seed, int(number))))
    for turn in range(count):
        plan = np.empty(problem.n, np.int64)
        for cells, used, field, own, rng in chains:
            steps = (_THINNING + (_BURN_IN if turn == 0 else 0)) * len(used)
            if len(used) > 1:
                priced = field._replace(cut=_random_prices(field, rng))
                wander(priced, own, len(used), steps, _PRICE / problem.hi, rng)
            plan[cells] = used[own]
        yield plan


def _random_prices(field: Field, rng: NDArray[np.uint64]) -> NDArray[np.float64]:
    seed = int(rng[0] & np.uint64(0xFFFFFFFF))
    return np.random.default_rng(seed).random(len(field.indices))


@compiled
def wander(field: Field, labels: Ints, grids: int, steps: int, price: float, rng: NDArray[np.uint64]) -> int:
    """Move `labels` (0 to `grids` - 1, in place) by so many random recuts of two neighbouring grids; how many held."""
    n = len(labels)
    sums = np.zeros(grids, np.int64)
    people = np.zeros(grids, np.int64)
    for v in range(n):
        sums[labels[v]] += field.households[v]
        people[labels[v]] += field.people[v]
    place = np.full(n, -1, np.int64)
    cells = np.empty(n, np.int64)
    held = 0
    for _ in range(steps):
        u = below(rng, n)
        degree = field.indptr[u + 1] - field.indptr[u]
        if degree == 0:
            continue
        one = labels[u]
        other = labels[field.indices[field.indptr[u] + below(rng, degree)]]
        if one == other:
            continue
        size = 0
        for v in range(n):
            if labels[v] == one or labels[v] == other:
                cells[size] = v
                place[v] = size
                size += 1
        order, parent, entry = spanning_tree(field, cells[:size], place, 0.5 * uniform(rng), rng)
        # two grids are wanted: the price of a grid is tried from dear to cheap until the cut makes two
        grid, parts = cut_tree(field, cells[:size], order, parent, entry, price, 10.0)
        if parts < 2:
            grid, parts = cut_tree(field, cells[:size], order, parent, entry, price, -0.5)
        for i in range(size):
            place[cells[i]] = -1
        if parts != 2:
            continue
        left, left_people = 0, 0
        for i in range(size):
            if grid[i] == 0:
                left += field.households[cells[i]]
                left_people += field.people[cells[i]]
        total, total_people = sums[one] + sums[other], people[one] + people[other]
        before = _outside(field, sums[one], people[one]) + _outside(field, sums[other], people[other])
        after = _outside(field, left, left_people)
        after += _outside(field, total - left, total_people - left_people)
        if after > before:
            continue
        for i in range(size):
            labels[cells[i]] = one if grid[i] == 0 else other
        sums[one], sums[other] = left, total - left
        people[one], people[other] = left_people, total_people - left_people
        held += 1
    return held


@compiled
def _outside(field: Field, households: int, people: int) -> int:
    """Households (and people) outside the bounds."""
    return int(
        max(0, households - field.hi) + max(0, field.lo - households) + max(0, people - field.most_people)
    )


def places(own: PlanFigures, others: list[PlanFigures]) -> dict[str, float]:
    """The share of `others` a plan is better than, by figure of `COMPARED`, 0-1; equal ones count half.

    Figures in which neither the plan nor the others differ, or that are unknown, are left out.
    """
    found = {}
    for figure in COMPARED:
        mine = _value(figure, own)
        values = [_value(figure, one) for one in others]
        if mine is None or None in values or all(value == mine for value in values):
            continue
        theirs = np.array(values, np.float64)
        worse = theirs < mine if figure.more_is_better else theirs > mine
        found[figure.field] = float(worse.mean() + 0.5 * (theirs == mine).mean())
    return found


def _value(figure: Figure, plan: PlanFigures) -> float | None:
    value = getattr(plan, figure.field)
    return None if value is None else float(value)
