"""All faults of a frame are found, each with row, column, value and reason."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.conform import conform, try_conform
from geo.errors import FrameError, InputError, MissingCrsError
from geo.frames import BUILDINGS, COMMUNITIES, COMPLEXES

SQUARE = shapely.box(108, 34, 108.1, 34.1)


def frame(geometry: object = SQUARE, **columns: object) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({k: [v] for k, v in columns.items()}, geometry=[geometry], crs=4490)


def faults_of(raw: gpd.GeoDataFrame, contract: object = COMMUNITIES) -> list[tuple[int | None, str | None]]:
    _, faults = try_conform(raw, contract, rows=[7] * len(raw))  # type: ignore[arg-type]
    return [(fault.row, fault.column) for fault in faults]


def test_a_good_frame_is_typed_and_completed() -> None:
    typed = conform(frame(code=610402001001, name=" 甲 ", households="300", extra=1), COMMUNITIES)
    assert list(typed.columns) == ["code", "name", "kind", "households", "people", "geometry"]
    assert typed.iloc[0][["code", "name", "households"]].tolist() == ["610402001001", "甲", 300]
    assert typed["people"].isna().all()


@pytest.mark.parametrize(
    ("columns", "column"),
    [
        ({"code": "610402001001"}, "name"),
        ({"code": "61", "name": "x"}, "code"),
        ({"code": None, "name": "x"}, "code"),
        ({"code": "610402001001", "name": "  "}, "name"),
        ({"code": "610402001001", "name": "x", "households": "many"}, "households"),
        ({"code": "610402001001", "name": "x", "households": 3.5}, "households"),
        ({"code": "610402001001", "name": "x", "households": -1}, "households"),
        ({"code": "610402001001", "name": "x", "households": float("inf")}, "households"),
        ({"code": "610402001001", "name": "x", "kind": "town"}, "kind"),
    ],
)
def test_each_fault_is_named(columns: dict[str, object], column: str) -> None:
    assert column in {name for _, name in faults_of(frame(**columns))}


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        shapely.Polygon(),
        shapely.Point(108, 34),
        shapely.box(34, 108, 34.1, 108.1),
        shapely.box(36_400_000, 3_800_000, 36_400_100, 3_800_100),
    ],
    ids=["missing", "empty", "point", "swapped", "metres"],
)
def test_each_bad_geometry_is_named(geometry: object) -> None:
    assert faults_of(frame(geometry, code="610402001001", name="x")) == [(7, "geometry")]


def test_duplicate_keys_name_the_first_row() -> None:
    raw = gpd.GeoDataFrame({"ref": ["a", "a"]}, geometry=[SQUARE, SQUARE], crs=4490)
    with pytest.raises(FrameError, match="already used in row 1"):
        conform(raw, BUILDINGS)


def test_every_fault_is_collected() -> None:
    raw = gpd.GeoDataFrame(
        {"code": ["1", "2"], "name": ["", ""], "households": ["x", "y"]}, geometry=[None, None], crs=4490
    )
    with pytest.raises(FrameError) as error:
        conform(raw, COMMUNITIES)
    assert len(error.value.faults) == 8
    assert "8" in error.value.text("zh")


def test_names_are_split() -> None:
    assert conform(frame(ref="c", aliases="甲|乙"), COMPLEXES)["aliases"].iloc[0] == ["甲", "乙"]


def test_flags_speak_chinese() -> None:
    assert conform(frame(ref="b", households_estimated="是"), BUILDINGS)["households_estimated"].iloc[0]


def test_input_is_not_changed() -> None:
    raw = frame(code="610402001001", name=" 甲 ")
    conform(raw, COMMUNITIES)
    assert raw["name"].iloc[0] == " 甲 "


def test_crs_is_required() -> None:
    with pytest.raises(MissingCrsError):
        conform(frame(code="1").set_crs(None, allow_override=True), COMMUNITIES)
    with pytest.raises(InputError, match="EPSG:3857"):
        conform(frame(code="1").to_crs(3857), COMMUNITIES)
