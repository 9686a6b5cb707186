"""Service stations (服务站点): one of the party's service centre in each community, others where people live."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import KEPT_CRS
from layers.demo.housing import apportion
from layers.demo.sizes import Figures

KINDS = {
    "pioneer_post": ("先锋驿站", 0.4, (40, 180), "08:00-20:00"),
    "day_care": ("日间照料中心", 0.26, (200, 900), "08:30-17:30"),
    "clinic": ("卫生服务站", 0.2, (120, 420), "08:00-18:00"),
    "police_room": ("警务室", 0.14, (40, 120), "00:00-24:00"),
}
"""Name, share of the stations beyond one centre per community, floor area (m²), opening hours."""
CENTRE_AREA_M2 = (380, 1_500)


def station_frame(
    rng: np.random.Generator, buildings: gpd.GeoDataFrame, communities: gpd.GeoDataFrame, wanted: Figures
) -> gpd.GeoDataFrame:
    """Stations in shops and public buildings, as points in EPSG:4490. Their refs are `S`, the community's code and two digits."""
    extra = wanted.stations - len(communities)
    counts = apportion(np.array([share for _, share, _, _ in KINDS.values()]), extra)
    kinds = ["party_service"] * len(communities)
    kinds += [kind for kind, count in zip(KINDS, counts, strict=True) for _ in range(count)]
    largest = np.argsort(-communities["households"].to_numpy(), kind="stable")
    hosts = np.concatenate([np.arange(len(communities)), rng.permutation(np.resize(largest, extra))])
    frame = pd.DataFrame({"kind": kinds, "host": hosts}).sort_values("host", kind="stable", ignore_index=True)
    frame["number"] = frame.groupby("host").cumcount() + 1
    codes = communities["code"].to_numpy()[frame["host"]]
    names = communities["name"].to_numpy()[frame["host"]]
    titles = [
        f"{name}{'党群服务中心' if kind == 'party_service' else KINDS[kind][0]}"
        for name, kind in zip(names, frame["kind"], strict=True)
    ]
    ranges = np.array(
        [CENTRE_AREA_M2 if kind == "party_service" else KINDS[kind][2] for kind in frame["kind"]]
    )
    hours = ["08:30-18:00" if kind == "party_service" else KINDS[kind][3] for kind in frame["kind"]]
    columns = {
        "ref": [f"S{code}{number:02d}" for code, number in zip(codes, frame["number"], strict=True)],
        "name": titles,
        "kind": frame["kind"],
        "floor_area_m2": pd.Series(np.round(rng.uniform(ranges[:, 0], ranges[:, 1]), -1), dtype="Float64"),
        "opening_hours": hours,
        "community_code": codes,
    }
    return gpd.GeoDataFrame(columns, geometry=_points(rng, buildings, codes), crs=KEPT_CRS)


def _points(rng: np.random.Generator, buildings: gpd.GeoDataFrame, codes: NDArray[Any]) -> NDArray[Any]:
    """A different building for each station of a community, shops and public ones first."""
    draw = rng.random(len(buildings)) + (buildings["use"] == "residential").to_numpy() * 1.0
    order = np.argsort(draw, kind="stable")
    by_community = dict(list(pd.Series(order).groupby(buildings["community_code"].to_numpy()[order])))
    turn = pd.Series(codes).groupby(codes).cumcount()
    rows = [int(by_community[code].iloc[number]) for code, number in zip(codes, turn, strict=True)]
    middle = shapely.centroid(buildings.geometry.to_numpy()[rows])
    return np.asarray(shapely.transform(middle, lambda xy: np.round(xy, 9)))
