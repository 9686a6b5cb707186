"""Proven bounds, held against all plans of small problems."""

from __future__ import annotations

import numpy as np
import pytest

from geo.partition.problem.bounds import count_bounds


@pytest.mark.parametrize(
    ("households", "fewest", "most", "violation"),
    [
        ([100] * 10, 2, 3, 0),
        ([300, 300, 300], 3, 3, 0),  # no two fit together although 900 / 500 would need 2
        ([260, 260, 240, 240], 2, 3, 0),
        ([260, 250, 250], 2, 2, 0),
        ([550], 2, 1, 50),
        ([100, 50], 1, 0, 150),
        ([0, 0], 1, 0, 300),
        ([600, 100, 300], 2, 3, 100),  # the large cell stays 100 above whatever joins it
        ([275, 275], 2, 1, 50),  # one grid 50 above or two 25 below each
    ],
)
def test_bounds_of_300_to_500(households: list[int], fewest: int, most: int, violation: int) -> None:
    bounds = count_bounds(np.array(households), lo=300, hi=500)
    assert bounds.fewest == fewest
    assert bounds.most == min(most, len(households))
    assert bounds.violation == violation


def _partitions(items: list[int]) -> list[list[list[int]]]:
    if not items:
        return [[]]
    first, rest = items[0], items[1:]
    found = []
    for groups in _partitions(rest):
        found.append([[first], *groups])
        found += [[*groups[:i], [first, *groups[i]], *groups[i + 1 :]] for i in range(len(groups))]
    return found


def test_no_partition_beats_the_bounds() -> None:
    rng = np.random.default_rng(5)
    for _ in range(60):
        households = rng.integers(0, 14, rng.integers(1, 7))
        lo = int(rng.integers(0, 9))
        hi = lo + int(rng.integers(1, 6))
        bounds = count_bounds(households, lo=lo, hi=hi)
        for groups in _partitions(households.tolist()):
            sums = np.array([sum(group) for group in groups])
            missing = int(np.maximum(0, sums - hi).sum() + np.maximum(0, lo - sums).sum())
            assert missing >= bounds.violation
            if missing == 0:
                assert bounds.fewest <= len(groups) <= bounds.most
