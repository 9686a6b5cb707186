"""Metres on foot over real OpenStreetMap streets: the same as a plain search by networkx, for every building."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.crs import to_kept_crs
from geo.frames import ROAD_CLASSES
from geo.reach.streets import street_graph
from geo.reach.ties import tie_places
from geo.reach.walk import walk_m, walk_network
from tests.geo.reach.plain import plain_search

pytestmark = pytest.mark.real

EXTRACTS = ["shanghai_lujiazui", "monaco", "finland_karhula_suburb", "bayreuth_north"]
"""All there are with streets, buildings and places."""


def _layer(file: Path, *names: str) -> gpd.GeoDataFrame:
    there = {name for name, _ in pyogrio.list_layers(file)}
    found = [to_kept_crs(gpd.read_file(file, layer=name)) for name in names if name in there]
    return pd.concat(found, ignore_index=True) if found else gpd.GeoDataFrame(geometry=[], crs=4490)


def _yes(frame: gpd.GeoDataFrame, *names: str) -> Any:
    column = next((name for name in names if name in frame), None)
    none = np.zeros(len(frame), dtype=bool)
    return none if column is None else frame[column].isin([True, 1, "yes", "viaduct", "True"]).to_numpy()


def _lines(frame: gpd.GeoDataFrame, classes: Sequence[str]) -> gpd.GeoDataFrame:
    level = pd.to_numeric(frame["layer"], errors="coerce") if "layer" in frame else np.nan
    columns = {
        "ref": [f"{classes[0]}{number}" for number in range(len(frame))],
        "road_class": list(classes),
        "bridge": pd.array(_yes(frame, "bridge", "is_bridge"), dtype="boolean"),
        "tunnel": pd.array(_yes(frame, "tunnel", "is_tunnel"), dtype="boolean"),
        "level": level,
    }
    return gpd.GeoDataFrame(columns, geometry=list(frame.geometry), crs=frame.crs)


@pytest.mark.parametrize("extract", EXTRACTS)
def test_every_building_from_every_station_to_the_metre(extract: str, real_data: Path) -> None:
    file = real_data / "osm" / f"{extract}.gpkg"
    plain, rails = _layer(file, "roads"), _layer(file, "railways")
    names = [str(name).removesuffix("_link") for name in plain["class"]]
    roads = [_lines(plain, [name if name in ROAD_CLASSES else "other" for name in names])]
    if len(rails):
        roads.append(_lines(rails, ["rail"] * len(rails)))
    water = _layer(file, "water", "waterways").rename(columns={"class": "kind"})
    complexes = _layer(file, "residential")
    complexes["ref"] = [f"c{number}" for number in range(len(complexes))]
    streets = street_graph(
        pd.concat(roads, ignore_index=True), water=water if len(water) else None, complexes=complexes
    )
    middles = shapely.point_on_surface(_layer(file, "buildings").geometry.to_numpy())
    listed = _layer(file, "service_pois", "pois").geometry.to_numpy()
    doors = tie_places(streets, middles)
    stations = tie_places(streets, shapely.point_on_surface(listed))
    ours = walk_m(walk_network(streets, doors), stations)
    theirs = plain_search(streets, doors, stations)
    assert np.array_equal(np.isfinite(ours), np.isfinite(theirs))
    reached = np.isfinite(ours)
    assert reached.mean() > 0.5
    np.testing.assert_allclose(ours[reached], theirs[reached], atol=0.5)
    straight = np.hypot(*(stations.xy[:, None] - doors.xy).transpose(2, 0, 1))
    assert (ours[reached] >= straight[reached] - 0.5).all()
