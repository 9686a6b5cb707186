"""Matching the grids of two plans."""

from __future__ import annotations

from geo.plans.overlaps import best_match, distance, moved, moved_households

BEFORE = [0, 0, 1, 1]
HOUSEHOLDS = [10, 30, 30, 10]


def test_the_best_match_keeps_most_households() -> None:
    assert best_match(BEFORE, [5, 6, 6, 5], HOUSEHOLDS) in ({5: 1, 6: 0}, {5: 0, 6: 1})
    assert moved_households(BEFORE, [5, 6, 6, 5], HOUSEHOLDS) == 40


def test_a_grid_too_many_moves_whole() -> None:
    assert moved(BEFORE, [0, 1, 2, 2], HOUSEHOLDS).tolist() == [True, False, False, False]


def test_cells_without_a_grid_before_do_not_move() -> None:
    assert moved_households([-1, 0, 0, 0], [0, 0, 1, 1], HOUSEHOLDS) == 30


def test_distance_is_a_share_and_ignores_names() -> None:
    assert distance(BEFORE, [9, 9, 4, 4], HOUSEHOLDS) == 0
    assert distance(BEFORE, [0, 0, 0, 1], HOUSEHOLDS) == 30 / 80
    assert distance(BEFORE, [0, 0, 0, 1], [0, 0, 0, 0]) == 0.25
