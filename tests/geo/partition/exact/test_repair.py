"""Plans brought within the bounds by dividing a few neighbouring grids anew."""

from __future__ import annotations

import numpy as np

from geo.partition.exact.repair import repaired, repaired_start
from geo.partition.moves.kernels import random_state
from tests.geo.partition.drawing import drawn, field_of, is_sound, labels_of

HOUSEHOLDS = """
50 40 30 20 60
40 20  0 30 50
60 30 50 40 30
20 50 30 60 40
"""
PLAN = """
a a b b b
a a b c b
a d d c c
d d d c c
"""


def test_a_grid_above_the_bound_and_those_around_it_are_divided_anew() -> None:
    problem = drawn(HOUSEHOLDS, lo=150, hi=200)
    plan = labels_of(PLAN)
    assert np.bincount(plan, problem.households).tolist() == [210, 160, 200, 180]
    better = repaired(field_of(problem), plan, rng=random_state(1))
    assert is_sound(problem, better)
    assert better.max() == 3
    assert (better == repaired(field_of(problem), plan, rng=random_state(1))).all()


def test_a_plan_within_the_bounds_stays_as_it_is() -> None:
    problem = drawn(HOUSEHOLDS, lo=150, hi=210)
    plan = labels_of(PLAN)
    assert repaired(field_of(problem), plan, rng=random_state(1)) is plan


def test_where_nothing_helps_the_plan_comes_back() -> None:
    problem = drawn("60 60 60 60 60", lo=100, hi=110)
    plan = np.array([0, 0, 1, 1, 1])
    assert repaired(field_of(problem), plan, rng=random_state(1)).tolist() == plan.tolist()


def test_a_start_has_as_many_grids_as_wanted_and_is_sound_where_that_is_easy() -> None:
    problem = drawn(HOUSEHOLDS, lo=150, hi=250)
    labels = repaired_start(field_of(problem), 4, seed=3, rng=random_state(3))
    assert is_sound(problem, labels)
    assert labels.max() == 3
