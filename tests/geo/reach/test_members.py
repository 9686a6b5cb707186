"""Advice on branches, by the rules as published."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import InputError
from geo.reach.members import Advice, branch_advice

ROW = (np.array([0, 1, 2]), np.array([1, 2, 3]))
"""Four grids in a row."""


@pytest.mark.parametrize(
    ("count", "advice"),
    [
        (0, Advice.NONE),
        (3, Advice.BRANCH),
        (50, Advice.BRANCH),
        (51, Advice.GENERAL),
        (100, Advice.GENERAL),
        (101, Advice.COMMITTEE),
    ],
)
def test_what_a_number_allows(count: int, advice: Advice) -> None:
    assert branch_advice(np.array([count]), ROW[0][:0], ROW[1][:0])[0].advice is advice


def test_too_few_join_small_neighbours_before_large_ones() -> None:
    found = branch_advice(np.array([20, 2, 1, 0]), *ROW)
    assert found[1].with_grids == (2,)
    assert found[2].with_grids == (1,)


def test_too_few_join_a_large_one_where_no_small_one_is_near() -> None:
    assert branch_advice(np.array([20, 2, 0, 1]), *ROW)[1].with_grids == (0,)


def test_too_few_reach_over_a_neighbour() -> None:
    assert branch_advice(np.array([1, 1, 1, 9]), *ROW)[0].with_grids == (1, 2)


def test_nobody_to_join() -> None:
    found = branch_advice(np.array([2, 0, 0, 5]), *ROW)
    assert (found[0].advice, found[0].members) == (Advice.CANNOT, 2)


def test_a_count_below_nothing_is_told() -> None:
    with pytest.raises(InputError, match="below 0: -1"):
        branch_advice(np.array([-1]), ROW[0][:0], ROW[1][:0])
