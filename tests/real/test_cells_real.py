"""Cells and working areas of real OpenStreetMap extracts, with everything that is wrong in them."""

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

from geo.cells.cover import make_cells
from geo.cells.working import working_areas
from geo.conform import conform
from geo.crs import areas_m2, to_kept_crs
from geo.frames import BUILDINGS, COMPLEXES, ROAD_CLASSES, ROADS, WATER, Contract

pytestmark = pytest.mark.real

EXTRACTS = ["shanghai_lujiazui", "monaco", "finland_karhula_suburb", "bayreuth_north"]
HOMES = {"apartments", "residential", "house"}


def _frame(contract: Contract, parts: Sequence[gpd.GeoDataFrame], **columns: Any) -> gpd.GeoDataFrame:
    geometry = np.concatenate([np.asarray(part.geometry.array, dtype=object) for part in parts] or [[]])
    rows = {"ref": [f"{contract.layer[0]}{i:05d}" for i in range(len(geometry))]} | columns
    return conform(gpd.GeoDataFrame(rows, geometry=list(geometry), crs="EPSG:4490"), contract)


def _layers(file: Path) -> dict[str, gpd.GeoDataFrame]:
    """The frames of one extract, in the product's columns."""
    there = {name for name, _ in pyogrio.list_layers(file)}
    found = {name: to_kept_crs(gpd.read_file(file, layer=name)) for name in sorted(there)}

    def flag(frame: gpd.GeoDataFrame) -> list[bool]:
        column = next((name for name in ("tunnel", "is_tunnel") if name in frame), None)
        return (
            [False] * len(frame)
            if column is None
            else frame[column].isin([True, 1, "yes", "True", "1"]).tolist()
        )

    roads, rails = found["roads"], found.get("railways", found["roads"].iloc[:0])
    classes = [str(name).removesuffix("_link") for name in roads["class"]]
    houses = found["buildings"]
    heights = pd.to_numeric(houses["height"], errors="coerce") if "height" in houses else [None] * len(houses)
    return {
        "buildings": _frame(
            BUILDINGS,
            [houses],
            use=[
                "residential" if use in HOMES else None if pd.isna(use) else "public" for use in houses["use"]
            ],
            height_m=list(heights),
        ),
        "complexes": _frame(COMPLEXES, [found["residential"]]),
        "roads": _frame(
            ROADS,
            [roads, rails],
            road_class=[name if name in ROAD_CLASSES else "other" for name in classes]
            + ["rail"] * len(rails),
            tunnel=flag(roads) + flag(rails),
        ),
        "water": _frame(WATER, [found[name] for name in ("water", "waterways") if name in found]),
    }


@pytest.fixture(scope="module", params=EXTRACTS)
def extract(request: pytest.FixtureRequest, real_data: Path) -> dict[str, gpd.GeoDataFrame]:
    return _layers(real_data / "osm" / f"{request.param}.gpkg")


def test_the_whole_extract_as_one_community(extract):
    outline = shapely.box(*extract["buildings"].total_bounds)
    found = make_cells(outline, **extract)
    polygons = np.asarray(found.cells.geometry.array, dtype=object)
    assert shapely.coverage_is_valid(polygons)
    assert shapely.area(polygons).sum() == pytest.approx(outline.area, rel=1e-9)
    assert sorted(found.cells["building_ref"].dropna()) == sorted(extract["buildings"]["ref"])
    assert found.cells["area_m2"].sum() == pytest.approx(areas_m2(outline)[0], rel=1e-9)
    # what one sees: a cell holds the middle of its building, except where buildings overlap or cross a road
    cells = found.cells.dropna(subset="building_ref").set_index("building_ref").geometry
    middles = shapely.point_on_surface(extract["buildings"].set_index("ref").geometry.loc[cells.index].array)
    assert np.mean(shapely.contains(np.asarray(cells.array), middles)) > 0.98


def test_working_areas_cover_every_building_and_each_can_be_cut(extract):
    areas = working_areas(extract["roads"], extract["water"], extract["buildings"])
    polygons = np.asarray(areas.geometry.array, dtype=object)
    assert shapely.coverage_is_valid(polygons)
    assert len(areas) > 1
    whole = shapely.coverage_union_all(polygons)
    assert shapely.covers(whole, np.asarray(extract["buildings"].geometry.array)).all()
    largest = int(np.argmax(shapely.area(polygons)))
    found = make_cells(polygons[largest], **extract, name=areas["name"].iloc[largest])
    assert shapely.coverage_is_valid(np.asarray(found.cells.geometry.array, dtype=object))
