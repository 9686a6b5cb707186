"""Member households by building, from what `layers.people.households` reads: which buildings have a member to turn to."""

from __future__ import annotations

import pandas as pd

from geo.privacy.small_counts import LEAST_INSIDE


def members_by_building(households: pd.DataFrame, dwellings: pd.Series) -> pd.DataFrame:
    """One row a building where member households live, by `ref`: households (of them), centre (whether one of them is a
    centre household).

    `dwellings` are the households of each building by ref: in one with fewer than five a mark would point at a family, so
    it is left out. `households` has members, centre and building_ref as `read_households` gives them, with its right and its audit; those
    without a building are left out too. Counts are whole: mask small ones before showing them.

    >>> members_by_building(pd.DataFrame({"members": ["local", None, "enrolled|local", "local"],
    ...     "centre": [True, False, False, False], "building_ref": ["b1", "b1", "b1", "b2"]}),
    ...     pd.Series({"b1": 40, "b2": 2})).values.tolist()
    [['b1', 2, True]]
    """
    some = households["members"].fillna("").ne("") | households["centre"].fillna(False).astype(bool)
    enough = dwellings.index[(dwellings.fillna(0) >= LEAST_INSIDE).to_numpy()]
    tied = households[(some & households["building_ref"].isin(enough)).to_numpy()]
    groups = tied.assign(centre=tied["centre"].fillna(False).astype(bool)).groupby("building_ref")
    told = pd.DataFrame({"households": groups.size(), "centre": groups["centre"].any()})
    return told.rename_axis("ref").reset_index()
