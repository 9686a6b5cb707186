"""Balancing: what one move cannot do, a swap can."""

from __future__ import annotations

import numpy as np
import pytest

from geo.partition.moves.balance import balance
from geo.partition.moves.connected import way_back
from geo.partition.moves.construct import connected_labels
from geo.partition.moves.kernels import random_state
from geo.partition.problem.problem import Problem
from tests.geo.partition.drawing import drawn, field_of, is_sound, labels_of

# west has 61 households, east 59; 11 and a 10 of the east must change places, and no single move helps
UNEVEN = drawn(
    """
    10 11 10 10
    10 10 10  9
    10 10 10 10
    """,
    lo=60,
    hi=60,
)
HALVES = "a a b b  a a b b  a a b b"
COLD = 0.01
"""Households: no plan further from the bounds is ever accepted."""


def balance_cold(problem: Problem, labels: np.ndarray, *, steps: int = 20_000, enough: float = 0.0) -> float:
    return float(balance(field_of(problem), labels, steps, COLD, COLD, enough, 0.0, 0.0, random_state(1)))


def test_two_cells_change_places_where_no_single_move_helps() -> None:
    labels = labels_of(HALVES)
    assert balance_cold(UNEVEN, labels) == 0
    assert is_sound(UNEVEN, labels)
    assert np.bincount(labels).tolist() == [6, 6]


def test_a_row_has_no_swap_that_keeps_its_halves_whole() -> None:
    problem = drawn("10 11 10 9", lo=20, hi=20)
    labels = labels_of("a a b b")
    assert balance_cold(problem, labels) == 2
    assert labels.tolist() == [0, 0, 1, 1]


def test_a_swap_that_would_cut_off_a_cell_is_not_made() -> None:
    # 11 and the 10 beside it would bring both grids to 30, but 11 touches nothing else of the east
    problem = drawn("11 10 10\n10 10 9", lo=30, hi=30)
    labels = labels_of("a b b  a a b")
    assert balance_cold(problem, labels) == 2
    assert connected_labels(field_of(problem), labels).max() == 1


def test_a_cell_comes_back_from_where_the_two_grids_touch() -> None:
    field, labels = field_of(UNEVEN), labels_of(HALVES)
    found = {way_back(field, labels, 1, 0, 1, random_state(seed)) for seed in range(200)}
    # east cells beside a west cell other than cell 1 itself: the second and third row
    assert found == {-1, 6, 10}


def test_one_move_is_made_where_it_helps() -> None:
    problem = drawn("20 20 20 10", lo=30, hi=40)
    labels = labels_of("a a a b")
    assert balance_cold(problem, labels) == 0
    assert labels.tolist() == [0, 0, 1, 1]


def test_the_last_cell_of_a_grid_stays() -> None:
    # joining the two would cost nothing: together they are within bounds, alone neither is
    problem = drawn("20 20", lo=40, hi=40)
    labels = labels_of("a b")
    assert balance_cold(problem, labels) == 40
    assert sorted(labels.tolist()) == [0, 1]


def test_balancing_stops_at_what_is_enough() -> None:
    labels = labels_of(HALVES)
    assert balance_cold(UNEVEN, labels, enough=2.0) == 2
    assert labels.tolist() == labels_of(HALVES).tolist()


@pytest.mark.parametrize("seed", range(8))
def test_hot_or_cold_grids_stay_connected_and_the_best_plan_is_left(seed: int) -> None:
    field, labels = field_of(UNEVEN), labels_of("a a b b  a c c b  a c c b")
    before = np.bincount(labels, field.households)
    missing = balance(field, labels, 3_000, 30.0, 30.0, 0.0, 0.0, 0.0, random_state(seed))
    sums = np.bincount(labels, field.households)
    assert missing == np.abs(sums - 60).sum() <= np.abs(before - 60).sum()
    assert connected_labels(field, labels).max() + 1 == 3
