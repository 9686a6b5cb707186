"""Reach (覆盖率): metres on foot from every station to every home, and the figures that follow, for one viewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, get_args

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import EmptyLayerError, InputError, NotFoundError
from geo.reach.areas import circles, walk_areas
from geo.reach.figures import MINUTES, NORM_RADII_M, circle_m, nearest_two, reach_table
from geo.reach.linework import Floats
from geo.reach.ties import tie_places
from geo.reach.walk import speed_of
from layers.ground.regions import (
    community_codes,
    read_communities,
    read_complexes,
    read_districts,
    read_streets,
)
from layers.plans.plans import read_grids
from layers.reach.changes import Changes, no_station, seen_stations
from layers.reach.walks import Walks
from layers.rights.counting import least_for
from layers.rights.viewer import Viewer
from layers.store.database import Store

By = Literal["district", "street", "community", "grid", "kind"]
BYS: tuple[By, ...] = get_args(By)
MOST_MINUTES = 120.0


@dataclass(frozen=True)
class Reach:
    """Who reaches a station on foot."""

    minutes: float
    speed_m_s: float
    homes: pd.DataFrame
    """The viewer's buildings with households: those of `Walks.counted`, and complex, grid_code, grid, community, street,
    district (names), metres, station (ref), second_m, second, circle_m. Missing where nothing is reached."""
    stations: gpd.GeoDataFrame
    """The viewer's stations, with households and buildings nearest to each within the minutes, off_street_m, and shut_in:
    no street is reached from there but through water or a wall."""
    station_m: Floats
    """(s, n) metres from every station that counts, seen or not, to each home."""
    kind_m: dict[str, tuple[Floats, Floats]]
    """Kind of station → (n,) metres on foot and straight from each home to the nearest of that kind."""
    names: dict[str, dict[str, str]]
    """`district`, `street`, `community`, `grid` → code → name."""
    node_m: Floats
    """(nodes,) metres from the nearest of all stations, for walk areas."""

    @property
    def limit_m(self) -> float:
        """How far one walks in the minutes."""
        return self.minutes * 60 * self.speed_m_s

    def steps(self) -> tuple[float, ...]:
        """The minutes shown beside each other, ascending; the asked ones among them."""
        return tuple(sorted({*MINUTES, self.minutes}))

    def table(self, by: By | None = None) -> pd.DataFrame:
        """One row a group: code and name, buildings, households and people in all and within the minutes, the share
        reached; the same for the straight-line circle (circle_households, 直线估算) and how many points it overstates; households within the circles of the norm (circle_800_m,
        circle_1000_m)."""
        if by == "kind":
            return self._by_kind()
        done = self._rows(self.homes, None if by is None else f"{by}_code")
        if by is None:
            return done
        done = done.rename(columns={f"{by}_code": "code"})
        done.insert(1, "name", named(done["code"], self.names[by]))
        return done

    def _by_kind(self) -> pd.DataFrame:
        rows = [
            self._rows(self.homes.assign(metres=walked, circle_m=straight), None)
            for walked, straight in self.kind_m.values()
        ]
        done = pd.concat(rows, ignore_index=True) if rows else self._rows(self.homes, None).iloc[:0]
        done.insert(0, "code", list(self.kind_m))
        done.insert(1, "name", "")
        return done

    def _rows(self, homes: pd.DataFrame, by: str | None) -> pd.DataFrame:
        steps = self.steps()
        walked = reach_table(homes, by=by, minutes=steps, speed_m_s=self.speed_m_s)
        drawn = reach_table(
            homes.assign(metres=homes["circle_m"]), by=by, minutes=(self.minutes,), speed_m_s=self.speed_m_s
        )
        for radius in NORM_RADII_M:
            circle = homes.assign(metres=homes["circle_m"])
            within = reach_table(circle, by=by, minutes=(radius,), speed_m_s=1 / 60)
            walked[f"circle_{radius}_m"] = within[f"households_{radius}"]
        key = f"{self.minutes:g}"
        walked["circle_households"] = drawn[f"households_{key}"]
        walked["circle_overstates"] = (drawn[f"reach_{key}"] - walked[f"reach_{key}"]) * 100
        walked["not_reached"] = walked["households"] - walked[f"households_{key}"]
        return walked

    def gaps(self) -> pd.DataFrame:
        """The homes that reach no station within the minutes, most households first, those furthest off first among
        equals; of homes counted together the one that stands for them."""
        off = self.homes["metres"].isna() | (self.homes["metres"] > self.limit_m)
        far = self.homes[(off & (self.homes["together"] > 0)).to_numpy()]
        order = np.lexsort((far["ref"], -far["metres"].fillna(np.inf), -far["households"].astype(np.int64)))
        return far.iloc[order].reset_index(drop=True)

    def histogram(self) -> list[int]:
        """Households by minutes to the nearest station: of 0–1 minute, 1–2 ..., and at last of all beyond 30 or with
        no way."""
        minutes = self.homes["metres"].fillna(np.inf).to_numpy(dtype=np.float64) / (60 * self.speed_m_s)
        place = np.minimum(np.where(np.isfinite(minutes), minutes, 30.0), 30.0).astype(np.int64)
        weights = self.homes["households"].to_numpy(dtype=np.int64)
        return [int(count) for count in np.bincount(place, weights=weights, minlength=31)]


def named(codes: pd.Series, names: dict[str, str]) -> list[str]:
    """The name of each code; the empty text where there is none."""
    return ["" if pd.isna(name := names.get(code, "")) else name for code in codes]


def require_minutes(minutes: float) -> None:
    """Raise `InputError` for minutes that nobody means."""
    if not 0 < minutes <= MOST_MINUTES:
        raise InputError(
            f"minutes must be above 0 and at most {MOST_MINUTES:g}, not {minutes:g}",
            f"步行分钟数须大于 0 且不超过 {MOST_MINUTES:g}，得到 {minutes:g}",
        )


def measure_reach(
    store: Store,
    viewer: Viewer,
    walks: Walks,
    *,
    as_of: date,
    minutes: float = 15.0,
    profile: str = "default",
    codes: Sequence[str] | None = None,
    kinds: Sequence[str] | None = None,
    changes: Changes | None = None,
) -> Reach:
    """Reach of the viewer's homes (`codes` are prefixes), grids and stations as on the day `as_of`, stations of `kinds`
    only. Homes and streets are today's for every day, so what differs between two days is what stations brought, and a
    sum of the same bundles (`layers.reach.counted`).

    A home may walk to a station outside the viewer's area: the metres are true, and the station is not named. Who may
    not count single buildings is told small ones with their neighbours (`layers.reach.counted`). Raises
    `InputError` for minutes, profile or changes that cannot be, `NotFoundError` for a prefix or kind that matches
    nothing, `EmptyLayerError` where the viewer has no home.
    """
    require_minutes(minutes)
    speed = speed_of(profile)
    stations = there = walks.stations_on(as_of)
    with store.reading(viewer) as unit:
        seen = community_codes(unit, prefixes=codes)
        names, grids = _names(unit, seen), read_grids(unit, as_of=as_of, codes=seen)
        complexes = read_complexes(unit, codes=seen)
    theirs = seen_stations(viewer, stations)
    fresh: set[str] = set()
    if changes:
        for ref in [*changes.close, *changes.move]:
            if ref not in theirs:
                raise no_station(ref)
        stations = changes.applied(stations)
        fresh = set(stations["ref"]) - set(there["ref"])
    if kinds is not None:
        stations = _of_kinds(stations, kinds, set(there["kind"].fillna("other")), fresh)
    mine = np.flatnonzero(walks.homes["community_code"].isin(seen).to_numpy())
    if not len(mine):
        raise EmptyLayerError(
            "no building with households here; import buildings first", "此范围内还没有住户楼栋；请先导入楼栋"
        )
    points = np.asarray(stations.geometry.array, dtype=object)
    ties, nodes = tie_places(walks.streets, points), walks.node_m(points)
    door_m = walks.door_m(points)[:, mine]
    two = nearest_two(door_m)
    kind = stations["kind"].fillna("other").to_numpy()
    at = walks.homes_xy[mine]
    kind_m = {
        str(one): (door_m[kind == one].min(axis=0), circle_m(ties.xy[kind == one], at))
        for one in sorted(set(kind))
    }
    shown = np.array([*stations["ref"].where(stations["ref"].isin(theirs | fresh)), None])
    homes = walks.counted(least_for(viewer)).iloc[mine].reset_index(drop=True)
    homes = homes.assign(
        complex=named(homes["complex_ref"], dict(zip(complexes["ref"], complexes["name"], strict=True))),
        **_places(homes, grids, names),
        metres=_finite(two.metres),
        station=shown[two.station],
        second_m=_finite(two.second_m),
        second=shown[two.second],
        circle_m=circle_m(ties.xy, at),
    )
    served = _served(stations, homes, two, minutes * 60 * speed, ties)
    here = served["ref"].isin(theirs | fresh)
    here &= served["community_code"].isna() | served["community_code"].isin(seen)
    return Reach(
        minutes,
        speed,
        homes,
        served[here.to_numpy()].reset_index(drop=True),
        door_m,
        kind_m,
        names,
        nodes.min(axis=0, initial=np.inf),
    )


def areas_of(walks: Walks, reach: Reach, minutes: Sequence[float] = MINUTES) -> gpd.GeoDataFrame:
    """Walk areas around all stations for the eye, one a step: minutes and geometry (EPSG:4490)."""
    limits = [step * 60 * reach.speed_m_s for step in minutes]
    shapes = walk_areas(walks.streets, walks.network, walks.squares, reach.node_m, limits)
    return gpd.GeoDataFrame({"minutes": list(minutes)}, geometry=list(shapes), crs=reach.stations.crs)


def circles_of(walks: Walks, reach: Reach) -> gpd.GeoDataFrame:
    """The service circles (直线估算) around the viewer's stations: ref and geometry (EPSG:4490)."""
    shapes = circles(walks.streets, np.asarray(reach.stations.geometry.array, dtype=object), reach.limit_m)
    return gpd.GeoDataFrame({"ref": reach.stations["ref"]}, geometry=list(shapes), crs=reach.stations.crs)


def _finite(metres: Floats) -> pd.Series:
    return pd.Series(np.where(np.isfinite(metres), np.round(metres, 1), np.nan))


def _of_kinds(
    stations: gpd.GeoDataFrame, kinds: Sequence[str], known: set[str], fresh: set[str]
) -> gpd.GeoDataFrame:
    """The stations of `kinds`; those added in thought are of the kinds asked about."""
    for kind in kinds:
        if kind not in known:
            names = ", ".join(sorted(known))
            there = (
                (f"there are {names}", f"现有：{names}") if known else ("there is no station yet", "尚无站点")
            )
            raise NotFoundError(
                f"no station of kind {kind}; {there[0]}", f"没有类别为 {kind} 的站点；{there[1]}"
            )
    right = stations["kind"].fillna("other").isin(list(kinds)) | stations["ref"].isin(fresh)
    return stations[right.to_numpy()].reset_index(drop=True)


def _names(unit: Any, codes: Sequence[str]) -> dict[str, dict[str, str]]:
    frames = {
        "district": read_districts(unit),
        "street": read_streets(unit),
        "community": read_communities(unit, codes=codes),
    }
    return {
        by: dict(zip(frame["code"], frame["name"].fillna(""), strict=True)) for by, frame in frames.items()
    }


def _places(homes: pd.DataFrame, grids: gpd.GeoDataFrame, names: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Codes of the grid, community, street and district of each home, and the grids' names put among `names`."""
    names["grid"] = dict(zip(grids["code"], grids["name"].fillna(""), strict=True))
    points = shapely.points(homes["lon"], homes["lat"])
    place = np.full(len(homes), -1, dtype=np.int64)
    if len(grids):
        home, grid = shapely.STRtree(np.asarray(grids.geometry.array)).query(points, predicate="covered_by")
        order = np.lexsort((-grid, home))
        place[home[order]] = grid[order]
    code = homes["community_code"]
    return {
        "grid_code": np.array([*grids["code"], None], dtype=object)[place],
        "street_code": code.str[:9],
        "district_code": code.str[:6],
    }


def _served(
    stations: gpd.GeoDataFrame, homes: pd.DataFrame, two: Any, limit_m: float, ties: Any
) -> gpd.GeoDataFrame:
    """`stations` with the buildings and households nearest to each within the limit, and its way to the street."""
    near = (two.station >= 0) & (two.metres <= limit_m)
    weights = homes["households"].to_numpy(dtype=np.int64)[near]
    count = len(stations)
    off = np.full(count, np.inf)
    np.minimum.at(off, ties.place, ties.walk_m)
    return stations.assign(
        households=np.bincount(two.station[near], weights=weights, minlength=count).astype(np.int64)[:count],
        buildings=np.bincount(two.station[near], minlength=count)[:count],
        off_street_m=np.round(off, 1),
        shut_in=np.isin(np.arange(count), ties.through),
    )
