"""Plans to choose from: different, as good within the bounds, each good in its own way."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np

from geo.partition.alternatives import LEAST_DISTANCE, alternatives
from geo.partition.figures import plan_figures
from geo.plans.overlaps import distance
from tests.geo.partition.lattice import lattice

COMPLEXES = [None if i % 6 in (2, 3) else f"C{i // 12}{i % 6 // 3}" for i in range(24)]
PROBLEM = lattice(6, 4, lo=40, hi=80, complexes=COMPLEXES, barrier_after=(2,))


def test_the_first_is_for_all_goals_and_the_others_differ() -> None:
    found = alternatives(PROBLEM, count=4, time_limit_s=0.3)
    assert found[0].aim == "main"
    assert len(found) > 1
    assert len({one.aim for one in found}) == len(found)
    for one, other in itertools.combinations(found, 2):
        assert distance(one.labels, other.labels, PROBLEM.households) >= LEAST_DISTANCE
    assert {one.figures.grids for one in found} == {3}
    assert {one.figures.violations for one in found} == {0}


def test_the_plan_of_fewest_moves_moves_fewest() -> None:
    today = np.array([0, 0, 1, 1, 2, 2] * 4)
    found = alternatives(replace(PROBLEM, current=today), count=3, time_limit_s=0.3)
    moves = {one.aim: one.figures.moved_households for one in found}
    assert moves.get("moves", moves["main"]) == 0


def test_one_plan_is_one_search() -> None:
    (only,) = alternatives(PROBLEM, count=1, time_limit_s=0.2)
    assert only.figures == plan_figures(PROBLEM, only.labels)


def test_where_there_is_only_one_plan_there_is_no_choice() -> None:
    assert len(alternatives(lattice(4, 1, lo=180, hi=180, households=180), count=3, time_limit_s=0.1)) == 1


def test_cells_that_fill_a_grid_alone_do_no_harm() -> None:
    problem = replace(lattice(4, 1, lo=180, hi=360, households=180), k=3, current=np.array([0, 0, 1, 1]))
    assert alternatives(problem, count=3, time_limit_s=0.2)[0].figures.grids == 3


def test_compactness_is_that_of_shapes() -> None:
    square, line = lattice(4, 4, lo=1, hi=999), lattice(16, 1, lo=1, hi=999)
    everything = np.zeros(16, np.int64)
    assert plan_figures(square, everything).compactness > 0.9
    assert plan_figures(line, everything).compactness < 0.3
