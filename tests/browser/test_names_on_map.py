"""The names on the map of the pages: none over another at any zoom, the answering grid always; outlines come through."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.layers import town

pytestmark = pytest.mark.browser

Visit = Callable[[str], Any]
SIDE = 24
"""So many small grids in a row and in a column over the west."""


def crowded() -> str:
    """A district's worth of small grids with long and short names."""
    step = 0.004 / SIDE
    features = []
    for i, j in itertools.product(range(SIDE), range(SIDE // 2)):
        west, south = town.LON + i * step, town.LAT + j * step
        ring = [
            [west, south],
            [west + step, south],
            [west + step, south + step],
            [west, south + step],
            [west, south],
        ]
        name = f"锦川区第{i}小学专属网格" if i % 3 == 0 else f"第{i * SIDE + j}网格"
        said = {
            "key": f"g{i}-{j}",
            "name": name,
            "at": [west + step / 2, south + step / 2],
            "radius_m": step * 46_000,
        }
        geometry = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": said, "geometry": geometry})
    return json.dumps({"type": "FeatureCollection", "features": features})


def boxes(page: Page) -> list[list[float]]:
    return page.evaluate(
        "[...document.querySelectorAll('.grid-name span, .community-name span')].map((node) => "
        "{ const b = node.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; })"
    )


def overlapping(found: list[list[float]]) -> list[Any]:
    return [
        (a, b)
        for a, b in itertools.combinations(found, 2)
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


def test_no_name_stands_over_another_at_any_zoom(visit: Visit) -> None:
    page = visit("/lookup").page
    page.route(
        "**/api/layers/grids*",
        lambda route: route.fulfill(body=crowded(), content_type="application/geo+json"),
    )
    page.reload()
    page.wait_for_selector("html[data-drawn=yes]", state="attached")
    counts = []
    for press in ("−", "−", "+", "+", "+"):
        page.get_by_role("button", name=press).click()
        page.wait_for_timeout(500)  # the animation of a zoom
        found = boxes(page)
        assert overlapping(found) == []
        counts.append(len(found))
    assert min(counts) >= 1
    assert max(counts) > 10


def test_the_answering_grid_is_named_where_others_yield(visit: Visit) -> None:
    page = visit("/lookup").page
    page.locator("#box").fill("桂苑3号楼")
    page.keyboard.press("Enter")
    expect(page.locator(".grid-name.lit")).to_have_text("第一网格")
    pin = page.locator(".pin").bounding_box()
    assert pin is not None
    others = [box for box in boxes(page) if box[0] < pin["x"] + pin["width"] and pin["x"] < box[2]]
    assert all(box[3] <= pin["y"] or box[1] >= pin["y"] + pin["height"] for box in others)


def test_a_slow_first_answer_takes_no_outlines_away(visit: Visit) -> None:
    page = visit("/lookup").page
    seen: list[str] = []

    def first_is_late(route: Route) -> None:
        seen.append(route.request.url)
        if len(seen) == 1:
            time.sleep(0.4)
        route.continue_()

    page.route("**/api/layers/communities*", first_is_late)
    page.reload()
    expect(page.locator(".grid-name span").first).to_be_visible()


def test_a_candidate_without_a_name_of_its_own_is_asked_for_by_its_point(visit: Visit) -> None:
    page = visit("/lookup").page
    point = {"lon": town.LON + 0.0005, "lat": town.LAT + 0.0005}
    place = {"complex": None, "community": None, "grid": None, "point": point}
    said = {
        "status": "ambiguous", "grid": None, "candidate_count": 2, "reason": "", "evidence": [],
        "candidates": [
            {**place, "building": {"ref": "h1", "name": "二马路9号"}},
            {**place, "complex": {"ref": "c-west", "name": "桂苑"}, "building": {"ref": "b10", "name": "3号楼"}},
        ],
    }  # fmt: skip
    page.route("**/api/locate?address=%E4%BA%8C*", lambda route: route.fulfill(json=said))
    page.locator("#box").fill("二马路9号")
    page.keyboard.press("Enter")
    page.locator(".choices button").first.click()
    expect(page.locator("#answer h1")).to_contain_text("桂苑1号楼 → 第一网格")
