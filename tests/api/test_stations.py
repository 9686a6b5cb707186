"""GET /api/stations and its files, over the street of `tests.layers.reach.place`."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

from tests.layers.reach.place import EAST, WEST, point


def test_the_stations_as_they_are(walkers: Any) -> None:
    answer = walkers.get("/api/stations?lang=en")
    assert answer.status_code == 200
    lon, lat = point(0)
    assert answer.json() == {
        "stations": [
            {
                "ref": "s1",
                "name": "甲社区党群服务中心",
                "kind": "party_service",
                "kind_name": "Party-service centre",
                "floor_area_m2": 400.0,
                "opening_hours": None,
                "capacity": None,
                "opened_on": None,
                "community_code": WEST,
                "community": "甲社区",
                "lon": round(lon, 7),
                "lat": round(lat, 7),
            }
        ]
    }
    assert walkers.get("/api/stations").json()["stations"][0]["kind_name"] == "党群服务中心"


def test_by_community_and_kind(walkers: Any) -> None:
    def refs(query: str) -> list[str]:
        return [one["ref"] for one in walkers.get(f"/api/stations?{query}").json()["stations"]]

    assert refs(f"community={WEST}&community={EAST}&kind=party_service&kind=clinic") == ["s1"]
    assert refs(f"community={EAST}") == []
    assert refs("kind=clinic") == []


def test_as_files(walkers: Any) -> None:
    drawn = walkers.get("/api/stations.geojson")
    assert drawn.headers["content-type"] == "application/geo+json"
    (feature,) = drawn.json()["features"]
    assert feature["id"] == feature["properties"]["ref"] == "s1"
    assert feature["geometry"]["coordinates"] == pytest.approx(point(0), abs=1e-7)
    text = walkers.get("/api/stations.csv")
    assert text.headers["content-disposition"] == 'attachment; filename="stations.csv"'
    assert text.content.startswith(b"\xef\xbb\xbfref,name,kind,")
    book = walkers.get("/api/stations.xlsx")
    assert pd.read_excel(io.BytesIO(book.content), engine="openpyxl")["name"].tolist() == [
        "甲社区党群服务中心"
    ]


def test_an_unchanged_list_is_not_sent_again(walkers: Any) -> None:
    first = walkers.get("/api/stations.csv")
    again = walkers.get("/api/stations.csv", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("/api/stations?community=110101", 404, "110101"),
        ("/api/stations?kind=bakery", 404, "bakery"),
        ("/api/stations?kinds=clinic", 422, "kind is perhaps meant"),
        ("/api/stations?community=%27", 422, "community"),
        ("/api/stations.pdf", 422, "pdf"),
    ],
)
def test_what_cannot_be_is_told(walkers: Any, query: str, status: int, said: str) -> None:
    answer = walkers.get(query, headers={"accept-language": "en"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.text


def test_an_area_hides_the_rest(walked: Any, run_app: Any) -> None:
    with run_app(walked.app(area=(EAST,))) as client:
        assert client.get("/api/stations").json() == {"stations": []}
        assert client.get("/api/stations.geojson").json()["features"] == []
        assert client.get(f"/api/stations?community={WEST}").status_code == 404


def test_an_empty_store_has_none(store: Any, town_of: Any, run_app: Any) -> None:
    with run_app(town_of(store).app()) as client:
        assert client.get("/api/stations").json() == {"stations": []}
        assert client.get("/api/stations.xlsx").status_code == 200
