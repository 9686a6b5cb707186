"""GET /api/maps/reach.html: one page that fetches nothing, and tells no more than the figures do."""

from __future__ import annotations

from typing import Any

import pytest

from tests.layers.reach.place import EAST, settle
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
