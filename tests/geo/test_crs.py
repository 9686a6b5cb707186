"""Datums round trip, local metres are metres, and declared systems win."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo.crs import (
    KEPT_CRS,
    LocalMetres,
    areas_m2,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_kept_crs,
    wgs84_to_gcj02,
)
from geo.errors import InputError, MissingCrsError

METRE_DEG = 1e-5


@pytest.fixture(scope="module")
def points() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    return rng.uniform(74, 134, 20_000), rng.uniform(18, 53, 20_000)


def test_gcj02_inverse_is_exact_to_a_tenth_of_a_micrometre(points: tuple[np.ndarray, np.ndarray]) -> None:
    lon, lat = gcj02_to_wgs84(*wgs84_to_gcj02(*points))
    assert np.hypot(lon - points[0], lat - points[1]).max() < 1e-7 * METRE_DEG


def test_bd09_inverse_is_exact_to_a_tenth_of_a_micrometre(points: tuple[np.ndarray, np.ndarray]) -> None:
    lon, lat = bd09_to_wgs84(*gcj02_to_bd09(*wgs84_to_gcj02(*points)))
    assert np.hypot(lon - points[0], lat - points[1]).max() < 1e-7 * METRE_DEG


def test_gcj02_shifts_hundreds_of_metres_in_china_and_nothing_abroad() -> None:
    lon, lat = wgs84_to_gcj02(np.array([116.404, 7.42]), np.array([39.915, 43.73]))
    assert (lon[0], lat[0]) == pytest.approx((116.4102445, 39.9164043), abs=1e-6)
    assert (lon[1], lat[1]) == (7.42, 43.73)


def test_local_metres_agree_with_the_ellipsoid_near_the_centre() -> None:
    local = LocalMetres.around(108.7, 34.33)
    (line,) = local.to_degrees([shapely.LineString([(-500, -300), (500, 300)])])
    (lon1, lat1), (lon2, lat2) = line.coords
    geod = pyproj.Geod(ellps="GRS80")
    assert geod.inv(lon1, lat1, lon2, lat2)[2] == pytest.approx(np.hypot(1000, 600), rel=1e-5)


def test_local_metres_come_back_to_the_kept_coordinates() -> None:
    box = shapely.box(108.123456789, 34.1, 108.2, 34.123456789)
    local = LocalMetres.of([box])
    assert local.to_degrees(local.to_metres([box]))[0].equals_exact(box, 0)


def test_areas_agree_with_the_ellipsoid() -> None:
    box = shapely.segmentize(shapely.box(108.70, 34.33, 108.71, 34.34), 0.001)
    want = abs(pyproj.Geod(ellps="GRS80").geometry_area_perimeter(box)[0])
    assert areas_m2([box])[0] == pytest.approx(want, rel=1e-4)


@pytest.mark.parametrize("epsg", [4513 + 36 - 25, 4534 + 36 - 25])
def test_three_degree_zones_are_read(epsg: int) -> None:
    zone = gpd.GeoDataFrame(geometry=[shapely.Point(108.7, 34.33)], crs=KEPT_CRS).to_crs(epsg)
    assert zone.geometry.iloc[0].x > 400_000
    back = to_kept_crs(zone.set_crs(None, allow_override=True), declared=f"EPSG:{epsg}")
    assert back.crs == KEPT_CRS
    assert back.geometry.iloc[0].equals_exact(shapely.Point(108.7, 34.33), 2e-9)


@pytest.mark.parametrize("declared", ["gcj02", "GCJ-02"])
def test_a_declared_datum_wins(declared: str) -> None:
    lon, lat = wgs84_to_gcj02(np.array([108.7]), np.array([34.33]))
    frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs=4326)
    assert (
        to_kept_crs(frame, declared=declared).geometry.iloc[0].equals_exact(shapely.Point(108.7, 34.33), 1e-9)
    )
    assert frame.crs == "EPSG:4326"


def test_nothing_declared_is_an_error() -> None:
    with pytest.raises(MissingCrsError, match="--crs"):
        to_kept_crs(gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)]))


def test_an_unknown_crs_is_an_error() -> None:
    with pytest.raises(InputError, match="EPSG:99999"):
        to_kept_crs(gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)]), declared="EPSG:99999")
