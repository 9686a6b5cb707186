"""Bounds on what any plan can reach, against every plan there is."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate
from geo.partition.quality import inertia_bound, quality
from geo.partition.solve import best
from geo.plans.goals import Goal


def lattice(households: list[int], *, lo: int, hi: int, goal: Goal = Goal.PLANNING, **more: Any) -> Problem:
    """Two rows of cells."""
    n = len(households)
    nodes = [
        {"id": i, "x": 100 * (i // 2), "y": 100 * (i % 2), "households": h, "area": 1e4, "complex": None}
        for i, h in enumerate(households)
    ]
    for node, name in zip(nodes, more.pop("complexes", []), strict=False):
        node["complex"] = name
    pairs = [(i, i + 2) for i in range(n - 2)] + [(i, i + 1) for i in range(0, n, 2)]
    edges = [{"a": a, "b": b, "shared_m": 100, "barrier": False} for a, b in pairs]
    return Problem.from_instance({"lo": lo, "hi": hi, "nodes": nodes, "edges": edges} | more, goal=goal)


def feasible_plans(problem: Problem, grids: int) -> list[Any]:
    """Every feasible plan with `grids` grids, by trying all labels in order of first appearance."""
    found = []
    for labels in itertools.product(range(grids), repeat=problem.n):
        if list(dict.fromkeys(labels)) == list(range(grids)):
            score = evaluate(problem, np.array(labels))
            if score.feasible:
                found.append(score)
    return found


def test_no_plan_has_less_inertia_than_the_bound() -> None:
    problem = lattice([3, 4, 5, 3, 4, 4, 3, 5], lo=6, hi=16)
    every = [score for grids in (2, 3, 4) for score in feasible_plans(problem, grids)]
    bound = inertia_bound(problem)
    assert 0 < bound <= min(score.inertia for score in every)


def test_the_way_from_centres_is_met_where_the_relaxation_is_tight() -> None:
    # two halves of three cells: the middle of each serves two neighbours at one step
    problem = lattice([4, 4, 4, 4, 4, 4], lo=12, hi=12, goal=Goal.HOP_MEDIAN, k=2)
    found = quality(problem, best(problem, time_limit_s=3))
    assert found.way_gap == pytest.approx(0, abs=1e-6)
    assert "within 0.00% of the bound" in found.words().en


def test_a_split_that_cannot_be_avoided_is_proved() -> None:
    # three complexes of 8 in grids of 12: at two grids one of them must be cut
    problem = lattice([4, 4, 4, 4, 4, 4], lo=10, hi=12, complexes=["A", "A", "B", "B", "C", "C"])
    found = quality(problem, best(problem, time_limit_s=3))
    assert (found.grids, found.fewest) == (2, 2)
    assert (found.complexes_split, found.splits_bound) == (1, 1)


def test_a_plan_that_breaks_the_bounds_has_no_bound_on_its_shape() -> None:
    problem = lattice([4, 4], lo=10, hi=12)
    assert quality(problem, best(problem, time_limit_s=1)).inertia_bound is None
