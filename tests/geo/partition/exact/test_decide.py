"""Proofs of the number of grids, against every division of small graphs."""

from __future__ import annotations

import numpy as np
import pytest

from geo.partition.exact.decide import decide, least_grids
from geo.partition.moves.kernels import random_state
from geo.partition.problem.problem import Problem
from tests.geo.partition.drawing import drawn, field_of, graph, is_sound, possible_numbers


def star(centre: int, leaves: list[int], *, lo: int, hi: int) -> Problem:
    """A centre with leaves that touch nothing else."""
    return graph([centre, *leaves], [(0, i + 1) for i in range(len(leaves))], lo=lo, hi=hi)


def random_graph(seed: int, *, empty: bool) -> Problem:
    """A connected graph of eight or nine cells with some extra pairs and tight bounds."""
    rng = np.random.default_rng(seed)
    n = int(rng.integers(8, 10))
    pairs = {(int(rng.integers(0, i)), i) for i in range(1, n)}
    pairs |= {(a, b) for a in range(n) for b in range(a + 1, n) if rng.random() < 0.12}
    households = rng.integers(20, 90, n)
    if empty:
        households[rng.random(n) < 0.35] = 0
        households[0] = 50
    hi = int(rng.integers(100, 180))
    return graph(households.tolist(), sorted(pairs), lo=int(hi * rng.choice([0.2, 0.6, 0.8])), hi=hi)


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_what_is_decided_is_what_all_divisions_say(seed: int, empty: bool) -> None:
    problem = random_graph(seed, empty=empty)
    field, possible = field_of(problem), possible_numbers(problem)
    by_sum = -(-int(problem.households.sum()) // problem.hi)
    for number in range(by_sum, problem.n):
        decision = decide(field, number, nodes=1000)
        assert decision.possible == any(other <= number for other in possible)
        assert decision.possible == (decision.labels is not None)
        if decision.labels is not None:
            assert is_sound(problem, decision.labels)
            assert len(set(decision.labels.tolist())) <= number


@pytest.mark.parametrize("seed", range(15))
def test_with_small_cells_joined_a_plan_is_sound_and_nothing_is_claimed(seed: int) -> None:
    problem = random_graph(seed, empty=True)
    field, possible = field_of(problem), possible_numbers(problem)
    number = min(possible, default=3)
    field = field._replace(households=field.households * 10, lo=field.lo * 10, hi=field.hi * 10)
    decision = decide(field, number, nodes=1000, rng=random_state(seed))
    assert decision.labels is None or is_sound(problem, decision.labels)
    assert decision.possible is not False


@pytest.mark.parametrize("empty", [False, True])
@pytest.mark.parametrize("seed", range(15))
def test_the_least_number_is_never_above_a_plan(seed: int, empty: bool) -> None:
    problem = random_graph(seed, empty=empty)
    by_sum = -(-int(problem.households.sum()) // problem.hi)
    least = least_grids(field_of(problem), by_sum, problem.n + 1)
    assert by_sum <= least
    assert least <= min(possible_numbers(problem), default=problem.n + 1)


def test_leaves_that_only_the_centre_joins_need_a_grid_each() -> None:
    # two leaves and the centre have 130 households: by the sum of 310 four grids of 100 would do
    problem = star(10, [60] * 5, lo=60, hi=100)
    field = field_of(problem)
    assert least_grids(field, 4, 9) == 5
    assert decide(field, 4, nodes=1000).possible is False
    five = decide(field, 5, nodes=1000)
    assert five.labels is not None
    assert is_sound(problem, five.labels)
    assert possible_numbers(problem) == {5}


def test_an_empty_centre_serves_one_grid_only() -> None:
    # if the empty centre joined any two leaves, two grids would do
    problem = star(0, [50] * 4, lo=50, hi=100)
    field = field_of(problem)
    assert least_grids(field, 2, 5) == 3
    assert decide(field, 2, nodes=1000).possible is False
    three = decide(field, 3, nodes=1000)
    assert three.possible
    assert three.labels is not None
    assert is_sound(problem, three.labels)


@pytest.mark.parametrize("leaves", [[40, 40, 80], [80, 40, 40]])
def test_an_empty_cell_goes_to_the_grid_it_holds_together(leaves: list[int]) -> None:
    problem = star(0, leaves, lo=80, hi=80)
    decision = decide(field_of(problem), 2, nodes=1000)
    assert decision.labels is not None
    assert is_sound(problem, decision.labels)


def test_empty_cells_end_up_in_a_grid_that_needs_or_touches_them() -> None:
    problem = drawn(
        """
        40 0 40 0
         0 .  . 0
        30 0 50 0
        """,
        lo=80,
        hi=80,
    )
    decision = decide(field_of(problem), 2, nodes=1000)
    assert decision.labels is not None
    assert is_sound(problem, decision.labels)


def test_where_no_number_will_do_the_range_is_used_up() -> None:
    # cells of 60 cannot make grids of 100 to 110
    problem = drawn("60 60 60 60 60", lo=100, hi=110)
    assert possible_numbers(problem) == set()
    assert decide(field_of(problem), 3, nodes=1000).possible is False


def test_a_cell_above_the_bound_makes_every_number_impossible() -> None:
    assert decide(field_of(drawn("60 160 60", lo=10, hi=110)), 3, nodes=1000).possible is False


def test_too_few_grids_for_all_households_are_not_looked_at() -> None:
    assert decide(field_of(drawn("60 60 60", lo=10, hi=80)), 2, nodes=1000).possible is None


def test_a_search_that_is_cut_short_claims_nothing() -> None:
    decision = decide(field_of(star(10, [60] * 5, lo=60, hi=100)), 4, nodes=0)
    assert (decision.possible, decision.labels) == (None, None)
