"""Plans to choose from: different, as good within the bounds, each good in its own way."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from geo.partition.alternatives import LEAST_DISTANCE, alternatives
from geo.partition.problem.figures import plan_figures
from geo.plans.overlaps import distance
from tests.geo.partition.lattice import lattice

PROBLEM = lattice(6, 4, lo=40, hi=120, barrier_after=(2,), current=[0] * 12 + [1] * 12)
"""Today's two grids lie one above the other; cut upright along the barrier they would be rounder."""


def test_the_first_is_for_all_goals_and_the_others_are_better_in_what_they_aim_at() -> None:
    found = alternatives(PROBLEM, count=3, time_limit_s=0.5).plans
    assert found[0].aim == "main"
    assert found[0].figures.outline_m == 400
    moved = {one.aim: one.figures.moved_households or 0 for one in found}
    assert moved["main"] == 120
    assert moved["moves"] < 120  # how few depends on how far the search came
    assert len(moved) == 2
    assert {one.figures.grids for one in found} == {2}
    assert {one.figures.violations for one in found} == {0}


def test_plans_differ() -> None:
    counts = [10, 30, 10, 20, 40, 10, 10, 20, 30, 10, 20, 10, 30, 10, 20, 10, 10, 40, 10, 20, 10, 30, 10, 20]
    today = [i // 8 for i in range(24)]
    problem = lattice(6, 4, lo=80, hi=200, households=counts, barrier_after=(2,), current=today)
    found = alternatives(problem, count=5, time_limit_s=0.3).plans
    assert len(found) > 2
    assert len({one.aim for one in found}) == len(found)
    for one, other in itertools.combinations(found, 2):
        assert distance(one.labels, other.labels, problem.households) >= LEAST_DISTANCE
    uneven = {one.aim: one.figures.largest - one.figures.smallest for one in found}
    assert uneven.get("balanced", -1) < uneven["main"]


def test_one_plan_is_one_search() -> None:
    choice = alternatives(PROBLEM, count=1, time_limit_s=0.2)
    (only,) = choice.plans
    assert choice.missing is None
    assert only.figures == plan_figures(PROBLEM, only.labels)


def test_where_there_is_only_one_plan_there_is_no_choice_and_it_is_told_why() -> None:
    choice = alternatives(lattice(4, 1, lo=180, hi=180, households=180), count=3, time_limit_s=0.1)
    assert len(choice.plans) == 1
    assert choice.missing is not None
    assert choice.missing.zh.startswith("要求 3 个方案，得到 1 个：按“形状最紧凑”、“封闭边界最短”")
    assert "1 of the 3 plans asked for were found: aiming at most compact" in choice.missing.en


def test_plans_that_hardly_differ_are_told_as_such() -> None:
    choice = alternatives(PROBLEM, count=7, time_limit_s=0.3)
    assert len(choice.plans) < 7
    assert choice.missing is not None
    assert f"要求 7 个方案，得到 {len(choice.plans)} 个" in choice.missing.zh


def test_cells_that_fill_a_grid_alone_do_no_harm() -> None:
    problem = replace(lattice(4, 1, lo=180, hi=360, households=180), k=3, current=np.array([0, 0, 1, 1]))
    assert alternatives(problem, count=3, time_limit_s=0.2).plans[0].figures.grids == 3


def test_compactness_is_that_of_shapes() -> None:
    square, line = lattice(4, 4, lo=1, hi=999), lattice(16, 1, lo=1, hi=999)
    everything = np.zeros(16, np.int64)
    assert plan_figures(square, everything).compactness > 0.9
    assert plan_figures(line, everything).compactness < 0.3
