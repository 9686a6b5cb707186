"""/api/locate: the answer, every way of asking, and what is said of bad questions."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo.crs import gcj02_to_bd09, wgs84_to_gcj02
from tests.api.headers import shared


def ask(client: Any, point: tuple[float, float], **more: str) -> dict[str, Any]:
    answer = client.get("/api/locate", params={"lon": point[0], "lat": point[1], **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_point_in_a_building_gets_the_whole_answer(client: Any, standing: Any) -> None:
    found = ask(client, standing.west)
    plan = found.pop("plan")
    assert found == {
        "status": "matched",
        "grid": {"code": "999901001001001", "name": "第一网格", "kind": "base"},
        "community": {"code": "999901001001", "name": "甲社区"},
        "complex": None,
        "building": {"ref": "b1", "name": "1号楼"},
        "as_of": "2026-11-22",
        "confidence": 1.0,
        "reason": "该点位于此网格内",
        "index_version": 1,
        "chain": None,
        "micro_grid": None,
    }
    assert plan["valid_from"] == "2026-06-01"
    assert plan["valid_to"] is None
    assert plan["version"] == 1


def test_between_buildings_and_without_a_name(client: Any, standing: Any) -> None:
    assert ask(client, standing.garden)["building"] is None
    assert ask(client, standing.right)["building"] == {"ref": "b3", "name": None}


def test_outside_is_an_answer(client: Any, standing: Any) -> None:
    found = ask(client, standing.outside)
    assert found["status"] == "outside"
    assert (found["grid"], found["community"], found["plan"], found["confidence"]) == (None, None, None, 0)


def test_a_shared_edge_goes_to_the_smallest_code_and_says_so(client: Any, standing: Any) -> None:
    found = ask(client, standing.border, lang="en")
    assert found["community"]["code"] == "999901001001"
    assert found["confidence"] == 0.5
    assert "edge" in found["reason"]


def test_before_the_first_day_nothing_is_planned(client: Any, standing: Any) -> None:
    assert ask(client, standing.west, as_of="2026-06-01")["status"] == "matched"
    before = ask(client, standing.west, as_of="2026-05-31")
    assert before["status"] == "unplanned"
    assert before["grid"] is None
    assert before["community"]["name"] == "甲社区"
    assert before["as_of"] == "2026-05-31"


def test_vendor_datums_lead_to_the_same_place(client: Any, standing: Any) -> None:
    gcj = wgs84_to_gcj02(np.array([standing.west[0]]), np.array([standing.west[1]]))
    bd = gcj02_to_bd09(*gcj)
    plain = ask(client, standing.west)
    assert ask(client, (gcj[0][0], gcj[1][0]), crs="gcj02") == plain
    assert ask(client, (bd[0][0], bd[1][0]), crs="bd09") == plain
    assert ask(client, (bd[0][0], bd[1][0]))["building"] is None  # taken as it is, it lies elsewhere


@pytest.mark.parametrize("place", ["west", "garden", "border", "outside"])
@pytest.mark.parametrize("day", ["", "&as_of=2026-05-31", "&as_of=2026-07-01"])
@pytest.mark.parametrize("accepted", ["en", "zh-CN,zh;q=0.9", "fr"])
def test_every_way_of_asking_gives_the_same_bytes(
    client: Any, standing: Any, place: str, day: str, accepted: str
) -> None:
    lon, lat = getattr(standing, place)
    headers = {"accept-language": accepted}
    said = {"lon": lon, "lat": lat} | dict(pair.split("=") for pair in day[1:].split("&") if pair)
    plain = client.get(f"/api/locate?lon={lon}&lat={lat}{day}", headers=headers)
    others = (
        client.get(f"/api/locate?lat=%2B{lat}&l%6Fn=0{lon}{day}&crs=EPSG:4326", headers=headers),
        client.post("/api/locate", json=said, headers=headers),
        client.post(
            f"/api/locate?lat={lat}", json={k: v for k, v in said.items() if k != "lat"}, headers=headers
        ),
    )
    assert plain.status_code == 200
    for other in others:
        assert (other.status_code, other.content) == (200, plain.content)
        assert shared(other) == shared(plain)


@pytest.mark.parametrize(
    "query", ["lon=181&lat=34", "lon=108&lat=91", "lon=108&lat=34&as_of=2026-02-30", "lon=108&lat=34&as_of="]
)
def test_bad_values_are_refused(client: Any, query: str) -> None:
    assert client.get(f"/api/locate?{query}").status_code == 422


def test_language_by_query_header_and_setting(client: Any, standing: Any) -> None:
    question = {"lon": standing.west[0], "lat": standing.west[1]}
    english = client.get("/api/locate", params=question, headers={"accept-language": "en-GB,en;q=0.9"})
    assert english.json()["reason"] == "the point lies in this grid"
    both = client.get("/api/locate", params=question | {"lang": "zh"}, headers={"accept-language": "en"})
    assert both.json()["reason"] == "该点位于此网格内"
    other = client.get("/api/locate", params=question, headers={"accept-language": "fr"})
    assert other.json()["reason"] == "该点位于此网格内"


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("lat=34", "lon", "is missing"),
        ("lon=x&lat=34", "lon", "not a number"),
        ("lon=nan&lat=34", "lon", "finite"),
        ("lon=1e999&lat=34", "lon", "finite"),
        ("lon=34.3&lat=108.7", "lat", "at most 90"),
        ("lon=-181&lat=34", "lon", "at least -180"),
        ("lon=108&lat=34&as_of=yesterday", "as_of", "YYYY-MM-DD"),
        ("lon=108&lat=34&as_of=0", "as_of", "YYYY-MM-DD"),
        ("lon=108&lat=34&as_of=1700000000", "as_of", "YYYY-MM-DD"),
        ("lon=108&lat=34&as_of=2026-02-30", "as_of", "YYYY-MM-DD"),
        ("lon=108&lat=34&crs=EPSG:3857", "crs", "gcj02"),
    ],
)
def test_a_bad_question_is_a_problem_that_names_the_parameter(
    client: Any, query: str, parameter: str, said: str
) -> None:
    answer = client.get(f"/api/locate?{query}&lang=en")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    (fault,) = answer.json()["faults"]
    assert fault["parameter"] == parameter
    assert said in fault["reason"]
    chinese = client.get(f"/api/locate?{query}&lang=zh").json()
    assert chinese["title"] == "输入有误"
    assert not chinese["faults"][0]["reason"].isascii()


def test_a_full_width_number_is_no_way_around_the_checks(client: Any) -> None:
    assert client.get("/api/locate", params={"lon": "１０８", "lat": "34"}).status_code == 422
    assert client.get("/api/locate", params={"lon": "٩٩٩", "lat": "34"}).status_code == 422
