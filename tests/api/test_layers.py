"""GET /api/layers/{layer}: outlines in a box, of a day."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from tests.layers import town

ALL = f"{town.LON - 1},{town.LAT - 1},{town.LON + 1},{town.LAT + 1}"


def keys(client: Any, layer: str, bbox: str = ALL, **more: str) -> list[str]:
    answer = client.get(f"/api/layers/{layer}", params={"bbox": bbox, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return [feature["properties"]["key"] for feature in answer.json()["features"]]


def test_each_layer_has_its_outlines(desk: Any) -> None:
    assert keys(desk, "communities") == [town.WEST, town.EAST]
    assert keys(desk, "complexes") == ["c-east-1", "c-east-2", "c-west"]
    assert keys(desk, "grids") == [f"{town.WEST}001", f"{town.WEST}002", f"{town.EAST}001"]
    assert len(keys(desk, "buildings")) == 16
    found = desk.get("/api/layers/buildings", params={"bbox": ALL}).json()["features"][0]
    assert found["properties"] == {"key": "b00", "name": "1号楼"}
    drawn, true = shapely.normalize([shape(found["geometry"]), town.square(0, 0, shrink=0.3)])
    assert shapely.equals_exact(drawn, true, 1e-6)


def test_communities_and_grids_say_where_their_name_finds_room(desk: Any) -> None:
    for layer in ("communities", "grids"):
        said = desk.get(f"/api/layers/{layer}", params={"bbox": ALL}).json()["features"][0]["properties"]
        assert said["radius_m"] > 50
        assert town.LON < said["at"][0] < town.LON + 0.004


def test_only_what_reaches_into_the_box(desk: Any) -> None:
    corner = f"{town.LON},{town.LAT},{town.LON + 0.0001},{town.LAT + 0.0001}"
    assert keys(desk, "communities", corner) == [town.WEST]
    assert keys(desk, "buildings", corner) == []
    assert keys(desk, "grids", "0,0,1,1") == []


def test_grids_are_those_of_the_day(desk: Any) -> None:
    assert keys(desk, "grids", as_of="2026-05-31") == []
    assert keys(desk, "communities", as_of="2026-05-31") == [town.WEST, town.EAST]


@pytest.mark.parametrize("bbox", ["", "1,2,3", "a,b,c,d", "3,2,1,4", "0,0,999,1", "nan,0,1,1"])
def test_a_bad_box_is_a_problem(desk: Any, bbox: str) -> None:
    answer = desk.get("/api/layers/grids", params={"bbox": bbox, "lang": "en"})
    assert answer.status_code == 422
    assert "west,south,east,north" in answer.json()["detail"]


def test_residents_are_no_layer(desk: Any) -> None:
    assert desk.get("/api/layers/residents", params={"bbox": ALL}).status_code == 422
    assert desk.get("/api/layers/grids").status_code == 422
