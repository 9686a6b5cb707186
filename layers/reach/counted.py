"""Homes as their viewer may count them: one by one, or small ones with their neighbours (`geo.privacy.bundles`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.privacy.bundles import bundled
from geo.reach.linework import Floats

COUNTS = ("households", "people")


def counted_homes(homes: pd.DataFrame, xy: Floats, *, least: int) -> pd.DataFrame:
    """`homes` (community_code, households, people, households_estimated) at `xy` (n, 2) metres, with the counts of a
    bundle at the one home that stands for it and 0 at the others, so that every sum of homes is one of whole bundles.

    Adds `together`: of how many homes the counts are, 0 where another stands for them, or where a community has fewer than
    `least` in all and is counted nowhere. Homes of one community only are bundled, so that viewers of different areas are
    told the same.
    """
    counts = np.column_stack([homes[name].fillna(0).to_numpy(dtype=np.int64) for name in COUNTS])
    group = pd.factorize(homes["community_code"].fillna(""))[0].astype(np.int64)
    stands = bundled(xy, counts, group, least=least)
    told = np.flatnonzero(stands >= 0)
    sums = np.zeros_like(counts)
    np.add.at(sums, stands[told], counts[told])
    together = np.bincount(stands[told], minlength=len(homes))
    estimated = homes["households_estimated"].fillna(False).to_numpy(dtype=bool)
    some = np.zeros(len(homes), dtype=bool)
    np.logical_or.at(some, stands[told], estimated[told])
    columns = {name: pd.array(sums[:, number], dtype="Int64").copy() for number, name in enumerate(COUNTS)}
    for name, column in columns.items():
        column[(homes[name].isna().to_numpy()) & (together == 1)] = pd.NA
    return homes.assign(**columns, households_estimated=some, together=together)
