"""Branch and price, against every division of small graphs, and the linear program beneath it by hand."""

from __future__ import annotations

import numpy as np
import pytest

from geo.partition.exact.branch import Division
from geo.partition.exact.connected_sets import whole
from geo.partition.exact.master import Master
from geo.partition.moves.kernels import random_state
from geo.partition.problem.problem import Problem
from tests.geo.partition.drawing import drawn, field_of, possible_numbers, sound_sets


def board(seed: int) -> Problem:
    """Nine cells in rows of three, one or two of them empty."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(20, 90, 9) * (rng.random(9) > 0.15)
    rows = "\n".join(" ".join(str(n) for n in row) for row in counts.reshape(3, 3))
    return drawn(rows, lo=90, hi=150)


def division(problem: Problem, number: int, seed: int | None = None) -> Division:
    """The search for so many grids."""
    rng = None if seed is None else random_state(seed)
    return Division(whole(field_of(problem)), number, problem.lo, problem.hi, rng)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_found_or_proved_is_what_all_divisions_say(seed: int) -> None:
    problem = board(seed)
    possible, sets = possible_numbers(problem), sound_sets(problem)
    for number in range(1, 7):
        search = division(problem, number, seed % 3 or None)
        found = search.search(10_000)
        there_is_one = any(other <= number for other in possible)
        assert found is None or there_is_one
        assert (found is not None) == there_is_one or not search.proved
        assert search.proved or search.rng is not None
        if found is None:
            continue
        cells = np.concatenate(found)
        assert len(cells) == len(set(cells.tolist()))
        assert {int(v) for v in np.flatnonzero(problem.households)} <= set(cells.tolist())
        assert {sum(1 << int(v) for v in own) for own in found} <= sets


@pytest.mark.parametrize("seed", range(20))
def test_the_bound_is_above_no_division(seed: int) -> None:
    problem = board(seed)
    for number in range(1, 6):
        assert division(problem, number).bound() <= min(possible_numbers(problem), default=99) + 1e-6


def test_known_sets_outside_the_bounds_are_not_learned() -> None:
    search = division(drawn("60 60 60", lo=100, hi=150), 2)
    search.learn([np.array([0, 1]), np.array([2]), np.array([0, 1, 2])])
    assert search.master.count == 1


def test_a_search_without_nodes_or_work_proves_nothing() -> None:
    problem = drawn("60 60 60", lo=100, hi=150)
    for search, nodes in ((division(problem, 1), 0), (division(problem, 1), 100)):
        search.most_work = 0 if nodes else search.most_work
        assert search.search(nodes) is None
        assert not search.proved


def test_pairs_of_a_triangle_are_taken_by_halves() -> None:
    master = Master(np.full(3, 9.0))
    assert master.add([np.array([0, 1]), np.array([2, 1]), np.array([0, 2]), np.array([1, 2])]) == 3
    relaxed = master.solve(np.ones(3, bool))
    assert relaxed.sets == pytest.approx(1.5)
    assert relaxed.share.tolist() == pytest.approx([0.5, 0.5, 0.5])
    assert relaxed.worth.sum() == pytest.approx(1.5)
    assert relaxed.covers


def test_what_is_not_covered_counts_unless_it_may_be_left() -> None:
    master = Master(np.array([9.0, 9.0, 0.0]))
    master.add([np.array([0]), np.array([1])])
    assert master.solve(np.array([True, True])).sets == pytest.approx(2.0)
    one = master.solve(np.array([True, False]))
    assert one.sets == pytest.approx(10.0)
    assert not one.covers


def test_a_cell_that_may_be_left_is_worth_nothing_or_less() -> None:
    # both sets pass through the last cell, so that one of them must go
    master = Master(np.array([9.0, 9.0, 0.0]))
    master.add([np.array([0, 2]), np.array([1, 2])])
    relaxed = master.solve(np.ones(2, bool))
    assert relaxed.sets == pytest.approx(10.0)
    assert relaxed.worth.tolist() == pytest.approx([9.0, 9.0, -8.0])
