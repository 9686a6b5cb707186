"""GET /api/maps/reach.html: one page that fetches nothing, and tells no more than the figures do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.layers.reach.place import EAST, WEST, point, settle
from tests.maps.links import outward_links
from tests.maps.pages.test_grids import data_of


def test_the_page_shows_who_is_reached_and_fetches_nothing(walkers: Any) -> None:
    answer = walkers.get("/api/maps/reach.html")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert outward_links(answer.text) == []
    assert "内部工作用图" in answer.text
    data = data_of(answer.text)
    assert data["reach"]["unreached"] == [3, 4]
    assert data["reach"]["minutes"] == [1, 7, 13, 19, 25]
    assert data["reach"]["served"] == [60]
    again = walkers.get("/api/maps/reach.html", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_small_buildings_and_those_told_with_them_tell_no_households(walkers: Any) -> None:
    data = data_of(walkers.get("/api/maps/reach.html").text)
    assert data["buildings"]["households"] == [10, 20, 30, None, None]


def test_the_same_as_data_and_what_changes_in_it(walkers: Any) -> None:
    answer = walkers.get("/api/maps/reach.json")
    scene = answer.json()
    assert scene["communities"]["code"] == [WEST, EAST]
    assert scene["homes"] == [0, 1, 2, 3, 4]
    assert scene["reach"]["minutes"] == [1, 7, 13, 19, 25]
    assert scene["buildings"]["households"] == [10, 20, 30, None, None]  # as on the page
    assert (scene["lacking"], scene["notice"]) == (None, "内部工作用图")
    again = walkers.get("/api/maps/reach.json", headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304
    lon, lat = point(1600)
    tried = walkers.post("/api/maps/reach.json", json={"add": [{"lon": lon, "lat": lat}]}).json()
    assert tried["origin"] == scene["origin"]
    assert tried["minutes"] == [1, 7, 13, 7, 1]
    assert tried["unreached"] == []
    assert [tried["stations"][number] for number in tried["nearest"][:1]] == ["甲社区党群服务中心"]
    assert len(tried["walks"]) == 3
    assert len(tried["circles"]) == 2
    shut = walkers.post("/api/maps/reach.json", json={"close": ["s1"]}).json()
    assert (shut["unreached"], set(shut["minutes"]), set(shut["nearest"])) == ([0, 1, 2, 3, 4], {-1}, {-1})
    slow = walkers.post("/api/maps/reach.json?profile=elderly", json={}).json()
    assert slow["unreached"] == [2, 3, 4]
    assert "households" not in str(tried)


def test_minutes_and_language_make_other_pages(walkers: Any) -> None:
    english = walkers.get("/api/maps/reach.html?minutes=20&lang=en").text
    assert "Households within 15 minutes" in english
    assert "Households not reached in 20 minutes" not in english  # nobody
    assert walkers.get("/api/maps/reach.html?minutes=0").status_code == 422
    assert walkers.get("/api/maps/reach.html?community=110101").status_code == 404


def test_an_area_hides_the_rest(walked: Any, run_app: Any) -> None:
    with run_app(walked.app(area=(EAST,))) as client:
        text = client.get("/api/maps/reach.html").text
        assert "甲社区" not in text
        data = data_of(text)
        assert data["buildings"]["name"] == ["4号楼", "5号楼"]
        assert data["reach"]["circles"] == []
        assert data["reach"]["nearest"] == ["", ""]
        answers = [client.get("/api/maps/reach.json"), client.post("/api/maps/reach.json", json={})]
        assert not any("甲社区" in answer.text for answer in answers)
        assert [len(answers[0].json()["homes"]), len(answers[1].json()["minutes"])] == [2, 2]
        assert client.post("/api/maps/reach.json", json={"close": ["s1"]}).status_code == 404


@pytest.mark.parametrize("with_homes", [False, True])
def test_what_is_not_there_yet_is_said_on_the_page(
    store: Any, town_of: Any, run_app: Any, with_homes: bool
) -> None:
    if with_homes:
        settle(store, roads=False)
    with run_app(town_of(store).app()) as client:
        answer = client.get("/api/maps/reach.html")
        assert answer.status_code == 200
        assert "尚不能计算步行可达" in answer.text
        assert len(data_of(answer.text)["stations"]["at"]) == (1 if with_homes else 0)
        scene = client.get("/api/maps/reach.json").json()
        assert "请先" in scene["lacking"] or "导入" in scene["lacking"]
        assert (len(scene["stations"]["at"]), scene["homes"]) == (1 if with_homes else 0, [])
        assert (scene["extent"] is None) is not with_homes
