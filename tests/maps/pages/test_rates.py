"""The map of match rates: classes, the list, what is not told, and one kind of place only."""

from __future__ import annotations

import json
import re
from typing import Any

import pandas as pd
import pytest

from maps.pages.rates import Rates, rates_page
from tests.maps import sample

WEST, EAST = "610402001001", "610402001002"


def table(*rows: tuple[str, str, str, str, str, bool]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["key", "name", "listed", "matched", "share", "open"])


def drawn(rates: Rates) -> str:
    return rates_page(
        rates,
        grids=sample.grids(),
        communities=sample.communities(),
        complexes=sample.complexes(),
        buildings=sample.buildings(),
        roads=sample.roads(),
        water=sample.water(),
        title="人房关联率",
    )


def data_of(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="wangge-data">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_places_fall_into_classes_and_small_ones_into_none() -> None:
    rows = ((WEST, "芙蓉社区", "1,000", "921", "92.1%", True), (EAST, "渭滨社区", "<5", "<5", "", False))
    page = drawn(Rates("community", table(*rows)))
    told = data_of(page)["rates"]
    assert told["class"] == [2, -1]
    assert told["told"] == [["921", "1,000", "92.1%"], ["<5", "<5", ""]]
    assert told["open"] == [True, False]
    assert "90%–95%" in page
    assert "户数过少" in page
    assert "户已关联" not in page, "the sum would tell what the small place does not"
    assert data_of(page)["grids"]["code"] == [], "one kind of place: another beside it would give counts away"
    assert all(count is None for count in data_of(page)["buildings"]["households"])


@pytest.mark.parametrize(
    ("share", "number"), [("100.0%", 0), ("98.0%", 0), ("97.9%", 1), ("90.0%", 2), ("80.0%", 3), ("0.0%", 4)]
)
def test_bounds_belong_to_the_better_class(share: str, number: int) -> None:
    page = drawn(Rates("community", table((WEST, "芙蓉社区", "100", "90", share, False))))
    assert data_of(page)["rates"]["class"] == [number, -1]


def test_the_list_leads_to_its_places_and_writes_names_as_text() -> None:
    rows = (("", "", "12", "0", "0.0%", True), (EAST, "渭滨<b>社区", "40", "30", "75.0%", False))
    page = drawn(Rates("community", table(*rows)))
    assert f'<a href="#{EAST}">渭滨&lt;b&gt;社区</a>' in page
    assert "（无法归属）" in page


def test_by_grid_the_grids_are_shown() -> None:
    page = drawn(Rates("grid", table(("610402001001001", "第一网格", "300", "300", "100.0%", False))))
    told = data_of(page)
    assert told["rates"]["layer"] == "grids"
    assert told["rates"]["class"][0] == 0
    assert "100.0%" in page
