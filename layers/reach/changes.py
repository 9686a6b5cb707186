"""Stations as they might be: some added, moved or closed, in thought only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count, islice

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import KEPT_CRS
from geo.errors import InputError, NotFoundError
from layers.rights.viewer import Viewer

Point = tuple[float, float]
"""Longitude and latitude in degrees (EPSG:4490)."""
NEW = "new-"
"""The ref of an added station: this and its number, from 1; numbers that stations have are left out."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is tried out. Nothing of it is written."""

    add: Sequence[Point] = ()
    close: Sequence[str] = ()
    """Refs of stations."""
    move: Mapping[str, Point] = field(default_factory=dict)
    """Ref of a station → where it would stand."""

    def __bool__(self) -> bool:
        return bool(self.add or self.close or self.move)

    def applied(self, stations: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """`stations` (EPSG:4490) with these changes. Raises `NotFoundError` for a ref that is not among them, `InputError` for a
        point that is no place on earth or a station both closed and moved."""
        known = set(stations["ref"])
        for ref in [*self.close, *self.move]:
            if ref not in known:
                raise no_station(ref)
        if twice := set(self.close) & set(self.move):
            ref = min(twice)
            raise InputError(
                f"station {ref} is to be closed and moved; choose one", f"站点 {ref} 不能既关闭又迁移"
            )
        for point in [*self.add, *self.move.values()]:
            _require_place(point)
        done = stations.copy()
        for ref, point in self.move.items():
            done.loc[done["ref"] == ref, "geometry"] = shapely.Point(point)
        done = done[~done["ref"].isin(list(self.close)).to_numpy()]
        if not self.add:
            return done.reset_index(drop=True)
        refs = (ref for number in count(1) if (ref := f"{NEW}{number}") not in known)
        fresh = gpd.GeoDataFrame(
            {
                "ref": list(islice(refs, len(self.add))),
                "name": [f"新站点{number}" for number in range(1, len(self.add) + 1)],
            },
            geometry=shapely.points(np.array(self.add)),
            crs=KEPT_CRS,
        ).reindex(columns=done.columns)
        fresh = fresh.astype({name: kind for name, kind in done.dtypes.items() if name != "geometry"})
        return gpd.GeoDataFrame(pd.concat([done, fresh], ignore_index=True), crs=KEPT_CRS)


def closed_but(keep: Sequence[str], changes: Changes, stations: gpd.GeoDataFrame, viewer: Viewer) -> Changes:
    """`changes` with all the viewer's `stations` closed but those to `keep` and those moved. Raises `NotFoundError` for one to keep that is not there, or not
    in the viewer's area."""
    theirs = seen_stations(viewer, stations)
    for ref in keep:
        if ref not in theirs:
            raise no_station(ref)
    shut = theirs - set(keep) - set(changes.move)
    return replace(changes, close=sorted(shut | set(changes.close)))


def seen_stations(viewer: Viewer, stations: gpd.GeoDataFrame) -> set[str]:
    """Refs of the stations, one a row, that lie in the viewer's area."""
    if viewer.sees_everything:
        return set(stations["ref"])
    codes = zip(stations["ref"], stations["community_code"], strict=True)
    return {ref for ref, code in codes if not pd.isna(code) and viewer.sees(code)}


def no_station(ref: str) -> NotFoundError:
    """What is said of a station that is not there, or not the viewer's."""
    return NotFoundError(f"there is no station {ref}", f"没有站点 {ref}")


def _require_place(point: Point) -> None:
    lon, lat = point
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InputError(
            f"{lon}, {lat} is no longitude and latitude", f"{lon}, {lat} 不是有效的经纬度（经度在前）"
        )
