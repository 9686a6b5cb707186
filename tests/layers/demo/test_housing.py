"""Shares of a total as whole numbers."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.demo.housing import apportion


def test_the_rest_goes_where_the_remainder_is_largest() -> None:
    assert apportion(np.array([5.0, 3.0, 2.0]), 7).tolist() == [4, 2, 1]


def test_what_is_full_leaves_its_share_to_others() -> None:
    assert apportion(np.array([8.0, 1.0, 1.0]), 10, most=np.array([4, 9, 9])).tolist() == [4, 3, 3]


@given(
    rooms=st.lists(st.integers(0, 300), min_size=1, max_size=30).filter(lambda rooms: sum(rooms) > 0),
    part=st.floats(0.0, 1.0),
    seed=st.integers(0, 99),
)
def test_totals_are_exact_and_nobody_gets_more_than_fits(rooms: list[int], part: float, seed: int) -> None:
    most = np.array(rooms)
    total = int(most.sum() * part)
    weights = most * np.random.default_rng(seed).uniform(0.5, 1.0, len(most))
    shares = apportion(weights, total, most=most)
    assert shares.sum() == total
    assert (shares <= most).all()
    assert (shares >= 0).all()
