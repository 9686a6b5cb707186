"""Barriers that cannot be crossed.

0 - 1 | 2 ~ 3 ~ 4        | a road, ~ the shores of the river 3
"""

from __future__ import annotations

import numpy as np

from geo.partition.problem.barriers import uncrossed

A, B = [0, 1, 2, 3], [1, 2, 3, 4]
ACROSS = [False, True, True, True]


def kept(size: list[int], shared: list[float]) -> list[bool]:
    return uncrossed(A, B, shared_m=shared, barrier=ACROSS, size=size).tolist()


def test_where_people_live_on_both_sides_nothing_crosses() -> None:
    assert kept([5, 5, 5, 5, 5], [1, 1, 1, 1]) == [True, False, False, False]


def test_water_stays_with_the_longer_shore() -> None:
    assert kept([5, 5, 5, 0, 5], [1, 1, 20, 30]) == [True, False, False, True]
    assert kept([5, 5, 5, 0, 5], [1, 1, 30, 20]) == [True, False, True, False]


def test_empty_ground_never_joins_two_lived_in_parts() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        size = rng.integers(0, 2, 5)
        stays = np.array(kept(size.tolist(), rng.random(4).tolist()))
        groups = np.cumsum(np.r_[0, ~stays])
        for group in np.unique(groups):
            cells = np.flatnonzero(groups == group)
            lived = [i for i in cells if size[i] > 0]
            within = [(a, b) for a, b, across in zip(A, B, ACROSS, strict=True) if not across]
            assert len(lived) < 2 or (lived == [0, 1] and (0, 1) in within)
