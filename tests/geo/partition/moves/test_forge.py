"""Plans made and bettered at a fixed number of grids."""

from __future__ import annotations

import numpy as np
import pytest

from geo.partition.moves.construct import connected_labels
from geo.partition.moves.field import Field
from geo.partition.moves.forge import balanced, finished, forged, metis_start, start_at
from geo.partition.moves.kernels import random_state
from geo.partition.moves.state import new_state, plan_cost
from geo.partition.problem.problem import Problem
from tests.geo.partition.drawing import drawn, field_of, is_sound, labels_of

TOWN = drawn(
    """
    20 30 10 10 40 20
    10 20 10  0 30 10
    30 10 20 20 10 40
    10 40  0 10 20 10
    20 10 30 20 10 30
    """,
    """
    A A . B B .
    A A . B B .
    . C C C . D
    . C C . D D
    . . . . . .
    """,
    lo=90,
    hi=130,
)
NUMBER = 5


def town(*, want: int = NUMBER) -> Field:
    """The field of TOWN with its number of grids held."""
    return field_of(TOWN, grids=NUMBER)._replace(want=want)


def split(problem: Problem, labels: np.ndarray) -> int:
    """Complexes with cells in more than one grid."""
    return sum(len(set(labels[problem.complex_of == c].tolist())) > 1 for c in range(len(problem.complexes)))


@pytest.mark.parametrize("seed", range(6))
def test_a_start_with_whole_complexes_cuts_none_and_has_the_number(seed: int) -> None:
    labels = start_at(town(), NUMBER, whole_complexes=True, effort=0, seed=seed, rng=random_state(seed))
    assert split(TOWN, labels) == 0
    assert len(set(labels.tolist())) == NUMBER
    assert connected_labels(town(), labels).max() + 1 == NUMBER


def test_a_complex_too_large_for_a_grid_may_be_cut() -> None:
    problem = drawn("50 50 50 50", "A A A A", lo=100, hi=100)
    labels = start_at(field_of(problem), 2, whole_complexes=True, effort=0, seed=2, rng=random_state(1))
    assert is_sound(problem, labels)


def test_whole_complexes_give_way_where_they_are_fewer_than_the_grids() -> None:
    problem = drawn("30 30 30 30", "A A B B", lo=30, hi=60)
    labels = start_at(field_of(problem), 3, whole_complexes=True, effort=0, seed=1, rng=random_state(1))
    assert len(set(labels.tolist())) == 3


@pytest.mark.parametrize("effort", [0, 1])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_balanced_start_is_within_bounds(seed: int, effort: int) -> None:
    labels = start_at(town(), NUMBER, whole_complexes=False, effort=effort, seed=seed, rng=random_state(seed))
    assert is_sound(TOWN, labels)
    assert len(set(labels.tolist())) == NUMBER


def test_balancing_changes_the_number_of_grids_only_to_the_one_asked_for() -> None:
    start = np.zeros(TOWN.n, np.int64)
    labels = balanced(town(), start, 6, effort=0, rng=random_state(3))
    assert len(set(labels.tolist())) == 6
    assert start.sum() == 0


def test_even_seeds_and_skewed_cells_start_from_one_grid() -> None:
    assert metis_start(town(), NUMBER, seed=2).tolist() == [0] * TOWN.n
    assert len(set(metis_start(town(), NUMBER, seed=3).tolist())) >= NUMBER
    skewed = field_of(drawn("900 1 1 1", lo=1, hi=1000))
    assert metis_start(skewed, 4, seed=3).tolist() == [0] * 4


@pytest.mark.parametrize("seed", range(4))
def test_forging_ends_within_bounds_with_the_same_number(seed: int) -> None:
    field, seen = town(), list[np.ndarray]()
    start = start_at(field, NUMBER, whole_complexes=True, effort=0, seed=seed, rng=random_state(seed))
    plans = [
        plan.copy()
        for plan in forged(field, start, hot=2.0, rounds=8, floor=0.0, seen=seen, rng=random_state(seed, 1))
    ]
    assert len(plans) == 8 + 2  # each round, the finished one, and the last word
    assert len(seen) == 4
    assert is_sound(TOWN, plans[-1])
    for plan in (*plans, *seen):
        assert len(set(plan.tolist())) == NUMBER
        assert connected_labels(field, plan).max() + 1 == NUMBER


def test_finishing_never_leaves_the_bounds_and_never_costs_more() -> None:
    field = town()
    for seed in range(4):
        start = start_at(field, NUMBER, whole_complexes=False, effort=0, seed=seed, rng=random_state(seed))
        before = plan_cost(field, new_state(field, start))
        labels = finished(field, start, rounds=2, rng=random_state(seed, 2))
        after = plan_cost(field, new_state(field, labels))
        assert after[:2] <= before[:2]
        assert after[2] <= before[2] + 1e-9


def test_the_last_round_of_forging_is_finished() -> None:
    field, gains = town(), []
    for seed in range(4):
        start = start_at(field, NUMBER, whole_complexes=True, effort=0, seed=seed, rng=random_state(seed))
        steps = forged(field, start, hot=2.0, rounds=2, floor=0.0, seen=[], rng=random_state(seed, 1))
        costs = [plan_cost(field, new_state(field, plan)) for plan in steps]
        assert costs[2] <= costs[1]
        gains.append(costs[2] < costs[1])
    assert any(gains)


def test_finishing_mends_a_complex_that_need_not_be_cut() -> None:
    problem = drawn("20 20 20 20\n20 20 20 20", "A A B B\nA A B B", lo=60, hi=100)
    labels = finished(
        field_of(problem)._replace(want=2), labels_of("a a a b  a a b b"), rounds=3, rng=random_state(1)
    )
    assert split(problem, labels) == 0
