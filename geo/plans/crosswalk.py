"""From several existing nets to one plan: what each old area becomes, and how the nets lie over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.plans.codes import crosswalk, overlap_table
from geo.plans.overlaps import moved_households


@dataclass(frozen=True, slots=True)
class NetFigures:
    """How one net fares in a plan."""

    areas: int
    """Areas of the net with cells here."""
    whole: int
    """Areas that lie in one new grid, by households (or wholly, where nobody lives)."""
    households: int
    """Households in its areas."""
    moved: int
    """Households that come to another grid than the one their area becomes, under the best match."""


def net_figures(areas: ArrayLike, labels: ArrayLike, households: ArrayLike) -> NetFigures:
    """The figures of a net: `areas` (n,) its area of each cell, -1 for none; `labels` (n,) the plan.

    >>> net_figures([0, 0, 1, -1], [0, 0, 0, 1], [5, 5, 2, 9])
    NetFigures(areas=2, whole=2, households=12, moved=2)
    """
    own, plan, held = (np.asarray(each, np.int64) for each in (areas, labels, households))
    inside = own >= 0
    count = len(np.unique(own[inside]))
    lived = inside & (held > 0)
    pairs = np.unique(np.column_stack([own[lived], plan[lived]]), axis=0)
    empty = np.setdiff1d(own[inside], own[lived])
    alone = np.unique(np.column_stack([own, plan])[inside & np.isin(own, empty)], axis=0)
    whole = sum(int((np.bincount(some[:, 0]) == 1).sum()) for some in (pairs, alone) if len(some))
    return NetFigures(count, whole, int(held[inside].sum()), moved_households(own, plan, held))


def net_crosswalk(
    areas: ArrayLike,
    refs: Sequence[str],
    labels: ArrayLike,
    codes: Mapping[int, str],
    *,
    households: ArrayLike,
    area_m2: ArrayLike,
) -> pd.DataFrame:
    """Old area to new grids: columns area, grid_code, households, area_m2, share_of_area, share_of_grid (0-1).

    `areas` (n,): position in `refs` of each cell's area, -1 for none; `labels` (n,) with `codes` the new grids. Shares
    by households, or by ground where nobody lives. Sorted by area and grid; cells in no area have none.

    >>> net_crosswalk([0, 0], ["P1"], [0, 1], {0: "a", 1: "b"}, households=[3, 1], area_m2=[1, 1])[
    ...     ["area", "grid_code", "share_of_area"]].to_numpy().tolist()
    [['P1', 'a', 0.75], ['P1', 'b', 0.25]]
    """
    own = np.asarray(areas, np.int64)
    names = np.array([*refs, None], dtype=object)[own]  # -1 takes the None at the end
    table = crosswalk(overlap_table(labels, names, households=households, area_m2=area_m2), codes)
    return table.rename(
        columns={
            "old_code": "area",
            "new_code": "grid_code",
            "share_of_old": "share_of_area",
            "share_of_new": "share_of_grid",
        }
    )


def overlay(nets: Mapping[str, NDArray[np.object_]], *, households: ArrayLike) -> pd.DataFrame:
    """How nets lie over each other: one column for each net (the ref of its area, None for none), then cells and
    households of each combination that occurs; the largest first.

    >>> a, b = np.array(["x", "x", None], object), np.array(["1", "2", "2"], object)
    >>> overlay({"civil": a, "police": b}, households=[5, 7, 0]).to_numpy().tolist()[0]
    ['x', '2', 1, 7]
    """
    frame = pd.DataFrame({name: pd.Series(refs, dtype="str") for name, refs in nets.items()})
    frame = frame.assign(cells=1, households=np.asarray(households, np.int64))
    table = frame.groupby(list(nets), dropna=False, as_index=False)[["cells", "households"]].sum()
    order = ["households", "cells", *nets]
    return table.sort_values(order, ascending=[False, False, *(True for _ in nets)]).reset_index(drop=True)
