"""The grids seen, and the plan put together from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.partition.exact.pool import Pool
from geo.partition.moves.state import new_state, plan_cost
from tests.geo.partition.drawing import drawn, field_of, is_sound, labels_of

STRIP = drawn(
    """
    10 10 10 10 10 10 10 10
    10 10 10 10 10 10 10 10
    """,
    lo=30,
    hi=50,
)
GOOD_WEST = labels_of("a a b b c c c d  a a b b c d d d")  # two squares, two ragged grids
GOOD_EAST = labels_of("a a a b c c d d  a b b b c c d d")  # the other way round
GOOD = labels_of("a a b b c c d d  a a b b c c d d")


def price(labels: np.ndarray) -> float:
    """Soft cost of a plan."""
    field = field_of(STRIP, grids=4)
    return float(plan_cost(field, new_state(field, labels))[2])


def test_two_half_good_plans_give_a_good_one() -> None:
    pool = Pool(field_of(STRIP, grids=4))
    pool.add(GOOD_WEST)
    plan = pool.best_plan(GOOD_EAST, effort=1.0)
    assert price(plan) == pytest.approx(price(GOOD))
    assert price(plan) < min(price(GOOD_WEST), price(GOOD_EAST)) - 0.1
    assert [len(set(plan[g == GOOD].tolist())) for g in range(4)] == [1, 1, 1, 1]
    assert is_sound(STRIP, plan)


def test_a_plan_that_nothing_betters_stays() -> None:
    pool = Pool(field_of(STRIP, grids=4))
    pool.add(GOOD_WEST)
    assert price(pool.best_plan(GOOD, effort=1.0)) == pytest.approx(price(GOOD))


def test_only_grids_within_bounds_are_kept() -> None:
    pool = Pool(field_of(STRIP, grids=4))
    pool.add(labels_of("a a b b b b b b  a a b b c c c c"))
    kept = {tuple(np.frombuffer(key, np.int32).tolist()) for key in pool.prices}
    assert kept == {(0, 1, 8, 9), (12, 13, 14, 15)}  # b has 80 households


def test_the_same_grid_under_another_name_is_kept_once() -> None:
    pool = Pool(field_of(STRIP, grids=4))
    pool.add(GOOD)
    pool.add(3 - GOOD)
    assert len(pool.prices) == 4


def test_prices_of_the_grids_add_up_to_that_of_the_plan() -> None:
    pool = Pool(field_of(STRIP, grids=4))
    pool.add(GOOD_WEST)
    assert sum(pool.prices.values()) == pytest.approx(price(GOOD_WEST))


def test_a_cheaper_plan_with_another_number_of_grids_is_no_answer() -> None:
    field = field_of(replace(STRIP, hi=80), grids=4)
    plans = [GOOD, labels_of("a a a a b b b b  a a a a b b b b")]
    cheap, dear = sorted(plans, key=price)
    pool = Pool(field)
    pool.add(cheap)
    plan = pool.best_plan(dear, effort=1.0)
    assert len(set(plan.tolist())) == len(set(dear.tolist()))


def test_the_pool_says_how_many_grids_it_was_asked_about() -> None:
    pool = Pool(field_of(STRIP, grids=4))
    assert pool.asked == 0
    pool.best_plan(GOOD, effort=1.0)
    assert pool.asked == len(pool.prices) == 4
