"""Members on a map: buildings are lit, small counts are in no file, and all maps can lie in one."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest

from maps.pages.members import Members
from tests.maps import sample
from tests.maps.links import outward_links
from tests.maps.pages.test_grids import data_of, legend_of
from tests.maps.pages.test_reach import FRAMES, page, walked

REFS = sorted(FRAMES["buildings"]["ref"])


def members(**counts: int) -> Members:
    """So many member households by building, with a centre household in b00."""
    refs = list(counts)
    return Members(
        pd.DataFrame(
            {"ref": refs, "households": list(counts.values()), "centre": [ref == "b00" for ref in refs]}
        )
    )


def test_buildings_are_lit_and_small_counts_are_nowhere() -> None:
    document = page(members=members(b01=3, b00=1234, gone=77), lang="zh")
    told = data_of(document)["members"]
    assert [REFS[row] for row in told["row"]] == ["b00", "b01"]
    assert told["told"] == ["1,234", "<5"]
    assert told["centre"] == [1, 0]
    assert len(told["at"]) == 2
    assert 3 not in json.loads(json.dumps(told))["told"]
    assert "1,237" not in document  # the sum would tell the small one
    assert "每栋少于 5 户的党员户数不细分" in document
    legend = legend_of(document)
    assert "有党员户的楼栋 3" in legend
    assert "有党员中心户的楼栋 1" in legend
    assert outward_links(document) == []


def test_the_sum_is_told_where_it_tells_nobody() -> None:
    document = page(members=members(b01=30, b00=1234), lang="en")
    assert "1,264" in document
    assert "are not told apart" not in document


def test_without_members_there_is_no_layer() -> None:
    document = page(walked())
    assert data_of(document)["members"] is None
    assert "党员户" not in "".join(legend_of(document))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_all_maps_in_one(lang: str) -> None:
    document = page(walked(), members=members(b01=30, b00=12), grids=sample.grids(), lang=lang)
    data = data_of(document)
    assert len(data["grids"]["code"]) == len(sample.grids())
    assert len(data["reach"]["walks"]) == 3
    assert data["members"]["told"] == ["12", "30"]
    legend = legend_of(document)
    for text in {
        "zh": ("步行 5 分钟", "有党员户", "网格"),
        "en": ("Households within 5", "member households", "Grid"),
    }[lang]:
        assert any(text.lower() in row.lower() for row in legend), text


def test_the_same_whatever_the_order_of_rows() -> None:
    found = members(b01=30, b00=12)
    turned: Any = Members(found.homes.iloc[::-1].reset_index(drop=True))
    assert page(members=found) == page(members=turned)
