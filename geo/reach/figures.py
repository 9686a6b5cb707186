"""Figures of reach: households, people and buildings within so many minutes on foot, by any grouping of the doors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from geo.errors import InputError
from geo.reach.linework import Floats, Ints

MINUTES = (5, 10, 15)
"""The steps people speak of; 15 minutes is the norm for a community's services (GB 50180-2018)."""
NORM_RADII_M = (800, 1_000)
"""Circles the norm speaks of for fifteen minutes (GB 50180-2018, distance unverified)."""
_COUNTED = ("households", "people")


@dataclass(frozen=True, slots=True)
class Nearest:
    """Of each door: its nearest station and the next one."""

    station: Ints
    """(n,) position of the nearest station, -1 where none can be reached."""
    metres: Floats
    """(n,) metres to it on foot, infinite where there is none."""
    second: Ints
    """(n,) position of the second nearest."""
    second_m: Floats
    """(n,)"""


def nearest_two(door_m: Floats) -> Nearest:
    """The nearest and second nearest of stations for doors, from metres (s, n); of equals the first.

    >>> two = nearest_two(np.array([[5.0, np.inf], [7.0, np.inf]]))
    >>> two.station.tolist(), two.second.tolist(), two.second_m.tolist()
    ([0, -1], [1, -1], [7.0, inf])
    """
    count, doors = door_m.shape
    rows = np.full((doors, max(count, 2)), np.inf)
    rows[:, :count] = door_m.T
    every = np.arange(doors)
    station = rows.argmin(axis=1)
    metres = rows[every, station]
    rows[every, station] = np.inf
    second = rows.argmin(axis=1)
    second_m = rows[every, second]
    return Nearest(_or_none(station, metres), metres, _or_none(second, second_m), second_m)


def _or_none(station: Ints, metres: Floats) -> Ints:
    return np.asarray(np.where(np.isfinite(metres), station, -1), dtype=np.int64)


def reach_table(
    doors: pd.DataFrame, *, by: str | None = None, minutes: Sequence[float] = MINUTES, speed_m_s: float
) -> pd.DataFrame:
    """Reach of groups of doors, one row each, by name; one row in all without `by`.

    `doors` has metres (to the nearest station on foot; infinite where none), households, people (missing counts 0) and
    the column `by`. Columns of the answer: the group, then buildings, households and people in all, and for each of
    `minutes` the same within it (households_15 ...) with reach_15: households reached, 0–1, missing where there are
    none. Doors without a group are the group "". Raises `InputError` for a speed that is not above 0.
    """
    if not speed_m_s > 0:
        raise InputError(
            f"a walking speed must be above 0 m/s, not {speed_m_s}", f"步行速度须大于 0，得到 {speed_m_s}"
        )
    counted: dict[str, Any] = {"buildings": np.ones(len(doors), dtype=np.int64)}
    for name in _COUNTED:
        counted[name] = doors[name].fillna(0).to_numpy(dtype=np.int64)
    metres = doors["metres"].to_numpy(dtype=np.float64)
    table = pd.DataFrame({"group": "" if by is None else doors[by].fillna("").to_numpy()} | counted)
    for limit in minutes:
        within = metres <= limit * 60 * speed_m_s
        for name in ("buildings", *_COUNTED):
            table[f"{name}_{limit:g}"] = np.where(within, table[name], 0)
    summed = table.groupby("group", sort=True).sum().reset_index() if len(table) else table
    for limit in minutes:
        share = summed[f"households_{limit:g}"] / summed["households"].where(summed["households"] > 0)
        summed[f"reach_{limit:g}"] = share.astype("float64")
    return summed.rename(columns={"group": by}) if by else summed.drop(columns="group")


def circle_m(stations_xy: Floats, doors_xy: Floats) -> Floats:
    """(n,) straight metres from each door to the nearest station: 直线估算, what a circle would say. Same metres for both.

    >>> circle_m(np.array([[0.0, 0], [9, 0]]), np.array([[3.0, 4]])).tolist()
    [5.0]
    """
    if not len(stations_xy):
        return np.full(len(doors_xy), np.inf)
    return np.asarray(KDTree(stations_xy).query(doors_xy)[0], dtype=np.float64)
