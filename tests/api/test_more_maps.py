"""The maps of stations and of all together, and loads by place, over the street of `tests.layers.reach.place`."""

from __future__ import annotations

import gzip
from datetime import date
from typing import Any

from layers.reach.workload import keep_load
from layers.rights.viewer import OPERATOR
from tests.api.conftest import NOW
from tests.layers.reach.place import point, settle
from tests.maps.links import outward_links
from tests.maps.pages.test_grids import data_of

FORM = {"content-type": "text/html; charset=utf-8"}


def test_each_map_is_one_page_that_fetches_nothing(walkers: Any) -> None:
    for name, holds in (("stations", "服务站点图"), ("all", "网格与覆盖总图")):
        answer = walkers.get(f"/api/maps/{name}.html")
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == FORM["content-type"]
        assert outward_links(answer.text) == []
        assert holds in answer.text
        again = walkers.get(f"/api/maps/{name}.html", headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
    data = data_of(walkers.get("/api/maps/all.html").text)
    assert data["reach"]["unreached"] == [3, 4]
    assert data["members"] is None
    assert walkers.get("/api/maps/members.html").status_code == 403
    assert walkers.get("/api/maps/all.html?heat=none").status_code == 404


def test_loads_are_heat_with_few_counted_with_their_neighbours(
    store: Any, town_of: Any, run_app: Any
) -> None:
    settle(store)
    places = [point(0)] * 12 + [point(400)] * 3 + [point(1600)] * 20
    keep_load(
        store,
        OPERATOR,
        "12345",
        ["2026-10-02"] * len(places),
        lon=[x for x, _ in places],
        lat=[y for _, y in places],
        source="t",
        actor="t",
        now=NOW,
        as_of=date(2026, 11, 22),
    )
    with run_app(town_of(store).app()) as client:
        told = client.get("/api/workload?name=12345&by=hexagon").json()
        assert client.get("/api/workload").json()["names"] == ["12345"]
        page = client.get("/api/maps/all.html?heat=12345").text
        assert client.get("/api/workload?name=12345&by=month").status_code == 422
    assert sorted(row["events"] for row in told["rows"]) == [15, 20]  # three are told with the twelve
    heat = data_of(page)["heat"]
    assert len(heat["shapes"]) == len(heat["class"]) == 2
    assert "12345：15 件" in page
    assert "与邻近位置合并" in page
    assert len(gzip.compress(page.encode())) < 400_000
