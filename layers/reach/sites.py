"""Where the next stations should stand, among crossings and public buildings or places named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import KEPT_CRS
from geo.errors import InputError
from geo.reach.candidates import crossings
from geo.reach.linework import Floats
from geo.reach.models import Model
from geo.reach.siting import Siting, choose_sites
from geo.reach.ties import tie_places
from geo.reach.walk import walk_m
from layers.reach.changes import Changes, Point
from layers.reach.reach import Reach
from layers.reach.walks import Walks

MOST_NEW = 200
MOST_ALTERNATIVES = 10


@dataclass(frozen=True, slots=True)
class Sites:
    """Choices of new stations, best first, and what they were chosen among."""

    model: Model
    reached_now: int
    """Households that reach a station before anything is built."""
    households: int
    """All households asked about."""
    candidates: int
    choices: tuple[Siting, ...]
    places: gpd.GeoDataFrame
    """One row a chosen place: choice (1 is the best), number, lon, lat, near (complex or building next to it),
    community_code, gained (households reached by this place that no kept station reaches)."""


def propose_sites(
    walks: Walks,
    reach: Reach,
    *,
    new: int,
    model: Model = Model.MOST,
    candidates: Sequence[Point] | None = None,
    capacity: float | None = None,
    alternatives: int = 1,
    time_limit_s: float = 10.0,
) -> Sites:
    """The best places for `new` stations for the homes of `reach`, whose minutes and speed hold.

    The stations `reach` was measured with stay, as changed there. Without `candidates` (lon, lat), crossings near homes are
    tried. `capacity` is the households one station can serve, for those kept and the new ones alike. Raises
    `InputError` for numbers out of bounds or without a candidate.
    """
    if not 1 <= new <= MOST_NEW or not 1 <= alternatives <= MOST_ALTERNATIVES:
        raise InputError(
            f"ask for 1 to {MOST_NEW} new stations and 1 to {MOST_ALTERNATIVES} alternatives",
            f"新增站点数应为 1 至 {MOST_NEW}，备选方案数应为 1 至 {MOST_ALTERNATIVES}",
        )
    if capacity is not None and not capacity > 0:
        raise InputError(
            f"a capacity must be above 0, not {capacity:g}", f"服务能力须大于 0，得到 {capacity:g}"
        )
    place = pd.Series(np.arange(len(walks.homes)), index=walks.homes["ref"].to_numpy())
    mine = reach.homes["ref"].map(place).to_numpy(dtype=np.int64)
    spots = _spots(walks, mine, candidates)
    kept_m = np.where(reach.station_m <= reach.limit_m, reach.station_m, np.inf)
    candidate_m = _metres(walks, spots, mine, reach.limit_m)
    households = reach.homes["households"].to_numpy(dtype=np.float64)
    found = choose_sites(
        kept_m,
        candidate_m,
        households,
        model=model,
        new=new,
        limit_m=reach.limit_m,
        kept_capacity=None if capacity is None else np.full(len(kept_m), capacity),
        candidate_capacity=None if capacity is None else np.full(len(spots), capacity),
        alternatives=alternatives,
        time_limit_s=time_limit_s,
    )
    now = kept_m.min(axis=0, initial=np.inf) <= reach.limit_m
    if capacity is None and model is Model.MOST:
        found = _without_idle(found, kept_m, candidate_m, households, reach.limit_m)
    gained = ((candidate_m <= reach.limit_m) & ~now) @ households
    return Sites(
        model,
        int(households[now].sum()),
        int(households.sum()),
        len(spots),
        found,
        _places(walks, mine, spots, found, gained),
    )


def _without_idle(
    found: tuple[Siting, ...], kept_m: Floats, candidate_m: Floats, households: Floats, limit_m: float
) -> tuple[Siting, ...]:
    """Choices without the places that reach nobody whom the others do not reach; of equal ones the first."""
    done: list[Siting] = []
    for one in found:
        left = one.chosen
        for place in one.chosen:
            fewer = left[left != place]
            near = np.concatenate([kept_m, candidate_m[fewer]]).min(axis=0, initial=np.inf) <= limit_m
            if households[near].sum() >= one.reached:
                left = fewer
        if not any(np.array_equal(left, known.chosen) for known in done):
            done.append(replace(one, chosen=left))
    return tuple(done)


def _spots(walks: Walks, mine: np.ndarray, candidates: Sequence[Point] | None) -> np.ndarray:
    """Candidates as points in degrees."""
    if candidates is None:
        found = crossings(walks.streets, walks.homes_xy[mine])
        return walks.streets.local.to_degrees(shapely.points(found))
    Changes(add=candidates).applied(walks.stations)  # raises where a point is none
    return np.asarray(shapely.points(np.array(candidates, dtype=np.float64).reshape(-1, 2)))


def _metres(walks: Walks, points: np.ndarray, mine: np.ndarray, limit_m: float) -> Floats:
    if not len(points):
        return np.empty((0, len(mine)))
    return walk_m(walks.network, tie_places(walks.streets, points), limit_m=limit_m)[:, mine]


def _places(
    walks: Walks, mine: np.ndarray, spots: np.ndarray, found: tuple[Siting, ...], gained: Floats
) -> gpd.GeoDataFrame:
    rows = np.concatenate([[], *(one.chosen for one in found)]).astype(np.int64)
    choice = np.repeat(np.arange(1, len(found) + 1), [len(one.chosen) for one in found])
    number = np.concatenate([[], *(np.arange(1, len(one.chosen) + 1) for one in found)]).astype(np.int64)
    points = np.asarray(spots[rows], dtype=object)
    homes = walks.homes.iloc[mine]
    tree = shapely.STRtree(shapely.points(walks.homes_xy[mine]))
    near = (
        tree.query_nearest(walks.streets.local.to_metres(points), all_matches=False)[1]
        if len(points)
        else rows
    )
    return gpd.GeoDataFrame(
        {
            "choice": choice,
            "number": number,
            "lon": shapely.get_x(points),
            "lat": shapely.get_y(points),
            "near": homes["ref"].to_numpy()[near],
            "community_code": homes["community_code"].to_numpy()[near],
            "gained": gained[rows].round().astype(np.int64),
        },
        geometry=list(points),
        crs=KEPT_CRS,
    )
