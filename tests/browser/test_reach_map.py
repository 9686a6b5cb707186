"""The map of reach in a real Chromium with the network cut: drawn, clickable, quiet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import expect

from maps.look.style import MEMBERS, UNREACHED, WALKS
from maps.pages.members import Members
from tests.browser.test_grids_map import click, colour_at
from tests.maps.pages.test_reach import page as document
from tests.maps.pages.test_reach import walked

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]


def test_walk_areas_and_homes_not_reached_are_drawn(open_page: Open) -> None:
    watched = open_page(document(walked()))
    page = watched.page
    assert [colour_at(page, x, 300) for x in (10, 205, 395 - 5)] == list(WALKS)
    assert colour_at(page, 490, 237) == UNREACHED["fill"]
    assert watched.complaints == []
    assert watched.requests == []


def test_a_click_tells_the_minutes_and_the_station(open_page: Open) -> None:
    page = open_page(document(walked())).page
    click(page, 90, 279)
    card = page.locator(".card-of.building").inner_text()
    for text in ("2号楼", "40", "5 分钟", "心心秦家"):
        assert text in card
    page.keyboard.press("Escape")
    click(page, 690, 163)
    assert "无路可达" in page.locator(".card-of.building").inner_text()


def test_layers_can_be_hidden_and_the_legend_follows(open_page: Open) -> None:
    page = open_page(document(walked())).page
    row = page.locator("#legend [data-layer=walks]").first
    assert row.is_visible()
    page.get_by_role("checkbox", name="步行范围").uncheck()
    expect(page.locator("#legend [data-layer=walks]").first).to_be_hidden()
    assert colour_at(page, 10, 300) not in WALKS


def test_buildings_with_members_are_lit_and_their_card_says_so(open_page: Open) -> None:
    found = Members(pd.DataFrame({"ref": ["b01", "b33"], "households": [3, 12], "centre": [False, True]}))
    watched = open_page(document(walked(), members=found))
    page = watched.page
    assert colour_at(page, 90, 279) == MEMBERS["fill"]
    click(page, 90, 279)
    card = page.locator(".card-of.building").inner_text()
    assert "党员户" in card
    assert "<5" in card
    page.get_by_role("checkbox", name="有党员户的楼栋").uncheck()
    expect(page.locator("#legend [data-layer=members]").first).to_be_hidden()
    assert colour_at(page, 90, 279) != MEMBERS["fill"]
    assert watched.complaints == []
    assert watched.requests == []
