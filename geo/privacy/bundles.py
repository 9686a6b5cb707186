"""Places with small counts told together with their neighbours, once and for all questions.

Where somebody may ask any number of questions (other minutes, other stations, another day's grids) every set of places
can be cut out as the difference of two answers, and withholding figures answer by answer protects nobody. So small
places are bundled first: a bundle is counted as a whole or not at all, and the difference of any two answers is a sum
of whole bundles, each of `least` or more.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.privacy.small_counts import LEAST_INSIDE

NOWHERE = -1
"""Stands for the bundle of a place that is counted nowhere: all of its group together are too few."""


def bundled(
    xy: NDArray[np.float64],
    counts: NDArray[np.int64],
    group: NDArray[np.int64],
    *,
    least: int = LEAST_INSIDE,
) -> NDArray[np.int64]:
    """(n,) position of the place with which each place is counted, its own where it stands alone or for others.

    `xy` (n, 2) in metres, `counts` (n, k) of whatever is shown of a place (households, people), `group` (n,) what no
    bundle crosses (communities). Every bundle has 0 or `least` and more of each count; what cannot have that is
    `NOWHERE`. A place that is too small joins the bundle nearest to it, and the place with the greatest first count
    stands for the bundle. The same places give the same bundles, in any order of the groups.

    Limits: bundles hold for one state of the places. Who keeps answers from before and after a place was counted
    anew sees the difference.

    >>> bundled(np.array([[0.0, 0], [9, 0], [20, 0]]), np.array([[40], [2], [3]]), np.zeros(3, np.int64)).tolist()
    [0, 0, 0]
    >>> bundled(np.array([[0.0, 0], [30, 0], [35, 0]]), np.array([[40], [2], [3]]), np.zeros(3, np.int64)).tolist()
    [0, 2, 2]
    """
    whole = np.arange(len(counts))
    for name in np.unique(group[_small(counts, least)]):
        inside = np.flatnonzero(group == name)
        local = _in_one_group(xy[inside], counts[inside], least)
        whole[inside] = np.where(local < 0, NOWHERE, inside[local])
    return whole


def _small(counts: NDArray[np.int64], least: int) -> NDArray[np.bool_]:
    return np.asarray(((counts > 0) & (counts < least)).any(axis=1))


def _in_one_group(xy: NDArray[np.float64], counts: NDArray[np.int64], least: int) -> NDArray[np.int64]:
    stands = np.arange(len(counts))
    sums = counts.astype(np.int64, copy=True)
    leads = np.ones(len(counts), dtype=bool)
    while (waiting := np.flatnonzero(leads & _small(sums, least))).size:
        one = waiting[0]
        others = np.flatnonzero(leads)
        others = others[others != one]
        if not len(others):
            stands[stands == one] = NOWHERE
            break
        near = others[np.argmin(np.hypot(*(xy[others] - xy[one]).T))]
        lead, led = (near, one) if counts[near, 0] >= counts[one, 0] else (one, near)
        stands[stands == led] = lead
        sums[lead] += sums[led]
        leads[led] = False
    return stands
