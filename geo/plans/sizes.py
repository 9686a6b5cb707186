"""What a cell counts towards the size bounds: households, or a workload weighted by households, people, buildings."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.plans.rules import Rules

Ints = NDArray[np.int64]


def cell_sizes(cells: pd.DataFrame, rules: Rules) -> Ints:
    """The size of each cell under `rules`, shape (n_cells,): households, or units of workload, whole numbers.

    `cells` has households and, where the workload asks for them, people, building_ref and events (none kept: no such column).

    >>> from dataclasses import replace
    >>> from geo.plans.rules import Workload, profile
    >>> cells = pd.DataFrame({"households": [10, 0], "people": [30, 0], "building_ref": ["b", None]})
    >>> cell_sizes(cells, replace(profile("national"), workload=Workload(1.0, 0.5, 5.0))).tolist()
    [30, 0]
    """
    households = cells["households"].to_numpy(dtype=np.int64)
    if rules.workload is None:
        return np.asarray(households)
    weights = rules.workload
    units = weights.household * households
    if weights.person:
        people = cell_people(cells)
        units = units + weights.person * (0 if people is None else people)
    if weights.building:
        units = units + weights.building * cells["building_ref"].notna().to_numpy(dtype=bool)
    if weights.event and "events" in cells.columns:
        units = units + weights.event * cells["events"].to_numpy(dtype=np.int64)
    return np.asarray(np.round(units), np.int64)


def cell_people(cells: pd.DataFrame) -> Ints | None:
    """People of each cell, shape (n_cells,); where they are unknown, as many per household as in the other cells.
    None when people are known nowhere.

    >>> cell_people(pd.DataFrame({"households": [10, 20], "people": pd.array([30, None], "Int64")})).tolist()
    [30, 60]
    """
    if "people" not in cells.columns:
        return None
    people = cells["people"].to_numpy(dtype=np.float64, na_value=np.nan)
    households = cells["households"].to_numpy(dtype=np.float64)
    known = ~np.isnan(people) & (households > 0)
    if not known.any():
        return None
    per_household = people[known].sum() / households[known].sum()
    return np.asarray(np.round(np.where(np.isnan(people), households * per_household, people)), np.int64)
