"""Zones and older datums: the right code is told, Beijing 1954 is shifted, Xian 1980 refused."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from geo.crs import to_kept_crs
from geo.errors import InputError
from geo.zones import is_beijing, is_xian, other_zones, require_zone, shift_words

PLACE = shapely.Point(114.3, 30.6)  # zone 38 of 3° (114 E), zone 20 of 6° (117 E)


def numbers(code: int) -> gpd.GeoDataFrame:
    """The place in a code, without saying so."""
    shown = gpd.GeoDataFrame(geometry=[PLACE], crs=4490).to_crs(code)
    return shown.set_crs(None, allow_override=True)


@pytest.mark.parametrize(
    ("true", "declared", "right"),
    [
        (4526, 4525, "EPSG:4526"),  # 38 529 526 under zone 37
        (4526, 4547, "EPSG:4526"),  # with its zone, under the code without
        (4547, 4526, "EPSG:4547"),  # without its zone, under the code with
        (4498, 4497, "EPSG:4498"),  # 6°: 20 240 000 under zone 19
        (4509, 4498, "EPSG:4509"),
        (4526, 4498, "EPSG:4526"),
    ],
)
def test_an_easting_of_another_zone_names_the_right_code(true: int, declared: int, right: str) -> None:
    with pytest.raises(InputError, match=f"declare --crs {right}$"):
        to_kept_crs(numbers(true), declared=f"EPSG:{declared}")
    back = to_kept_crs(numbers(true), declared=right).geometry.iloc[0]
    assert back.distance(PLACE) < 1e-8


@pytest.mark.parametrize("code", [4526, 4547, 4498, 4509, 32650])
def test_what_fits_is_read(code: int) -> None:
    assert to_kept_crs(numbers(code), declared=str(code)).geometry.iloc[0].distance(PLACE) < 1e-8


@pytest.mark.parametrize("code", [4526, 4547])
def test_northings_first_are_told(code: int) -> None:
    swapped = numbers(code)
    swapped = swapped.set_geometry([shapely.Point(p.y, p.x) for p in swapped.geometry])
    with pytest.raises(InputError, match="swapped"):
        to_kept_crs(swapped, declared=f"EPSG:{code}")


@pytest.mark.parametrize("code", [4610, 2327, 2338, 2349, 2362, 2383, 2390, 4555])
def test_xian_1980_is_refused_with_a_way_out(code: int) -> None:
    crs = CRS.from_epsg(code)
    assert is_xian(crs)
    with pytest.raises(InputError, match=r"no public transformation.*declare --crs EPSG:4"):
        to_kept_crs(gpd.GeoDataFrame(geometry=[PLACE], crs=4326), declared=f"EPSG:{code}")


@pytest.mark.parametrize(("code", "twin"), [(4610, "EPSG:4490"), (2362, "EPSG:4526"), (2383, "EPSG:4547")])
def test_the_code_of_the_same_numbers_is_named(code: int, twin: str) -> None:
    with pytest.raises(InputError, match=f"--crs {twin}"):
        to_kept_crs(numbers(4547), declared=f"EPSG:{code}")


def test_a_prj_of_arcgis_is_understood() -> None:
    text = (
        'PROJCS["Xian_1980_3_Degree_GK_CM_108E",GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",'
        'SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
        'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],PARAMETER["False_Northing",0.0],'
        'PARAMETER["Central_Meridian",108.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
        'UNIT["Meter",1.0]]'
    )
    assert is_xian(CRS.from_wkt(text))
    beijing = text.replace("Xian_1980", "Beijing_1954").replace("6378140.0,298.257", "6378245.0,298.3")
    assert is_beijing(CRS.from_wkt(beijing))
    ours = text.replace("Xian_1980", "China_Geodetic_Coordinate_System_2000").replace(
        "6378140.0", "6378137.0"
    )
    assert not is_beijing(CRS.from_wkt(ours))
    assert not is_xian(CRS.from_wkt(ours))


@pytest.mark.parametrize("code", [4214, 2414, 2434, 2435, 21420, 21460])
def test_beijing_1954_is_shifted_and_said(code: int) -> None:
    """Against each published shift of EPSG: none lies farther off than is said."""
    crs = CRS.from_epsg(code)
    place = gpd.GeoDataFrame(geometry=[PLACE], crs=4214)
    made = place if code == 4214 else place.to_crs(code)
    moved = to_kept_crs(made).geometry.iloc[0]
    metres = np.hypot((moved.x - PLACE.x) * 96_000, (moved.y - PLACE.y) * 111_000)
    assert 30 < metres < 90
    words = shift_words(crs)
    assert words is not None
    assert "20 m" in words.en
    assert shift_words(CRS.from_epsg(4526)) is None


def test_other_zones_are_those_without_a_number() -> None:
    assert "EPSG:4547" in other_zones(CRS.from_epsg(4546))
    assert "EPSG:4546" not in other_zones(CRS.from_epsg(4546))
    assert len(other_zones(CRS.from_epsg(4546))) == 20
    for code in (4526, 4490, 32650):
        assert other_zones(CRS.from_epsg(code)) == []


def test_no_shapes_have_no_zone() -> None:
    nothing: Any = np.array([None, shapely.Point()], dtype=object)
    require_zone(nothing, CRS.from_epsg(4526))
