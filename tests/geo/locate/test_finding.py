"""The one box: names of every kind, coordinates as people write them, and the best answer where there is no building."""

from __future__ import annotations

import pytest

from geo.locate.coordinates import Point, coordinates
from geo.locate.finding import Names, Thing

HERE, THERE = "999901001001", "999901001002"
THINGS = [
    Thing("grid", "第一网格", f"{HERE}001", HERE, "鹭坊社区"),
    Thing("grid", "第一网格", f"{THERE}001", THERE, "溪庭社区"),
    Thing("community", "鹭坊社区", HERE, HERE, "鹭坊社区"),
    Thing("station", "鹭坊社区党群服务中心", "S1", HERE, "鹭坊社区"),
    Thing("institution", "锦川第一小学", "B1", THERE, "溪庭社区"),
    Thing("road", "望江西路", ""),
]
NAMES = Names.of(THINGS)


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("108.7,34.33", Point(108.7, 34.33)),
        ("34.33 108.7", Point(108.7, 34.33)),
        ("34.33，108.7", Point(108.7, 34.33)),
        ("(108.7, 34.33)", Point(108.7, 34.33)),
        ("108°42'0\"E 34°19'48\"N", Point(108.7, 34.33)),
        ("N34°19′48″ E108°42′", Point(108.7, 34.33)),
        ("北纬34度19.8分，东经108度42分0秒", Point(108.7, 34.33)),
        ("lon=108.7 lat=34.33", Point(108.7, 34.33)),
        ("纬度：34.33，经度：108.7", Point(108.7, 34.33)),
        ("芙蓉小区3-2-501", None),
        ("3, 4", None),
        ("108.7", None),
        ("", None),
    ],
)
def test_coordinates_in_any_order_and_form(text: str, point: Point | None) -> None:
    assert coordinates(text) == point


@pytest.mark.parametrize(
    ("typed", "here", "keys"),
    [
        ("第一网格", "", [f"{HERE}001", f"{THERE}001"]),
        ("第一网格", THERE, [f"{THERE}001", f"{HERE}001"]),
        ("溪庭社区第一网格", HERE, [f"{THERE}001"]),
        (f"{THERE}001", HERE, [f"{THERE}001"]),
        ("鹭坊", "", [HERE]),
        ("LFSQ", "", [HERE, "S1"]),
        ("XITING", "", []),
        ("WANGJIANGXI", "", [""]),
        ("第一小学", "", ["B1"]),
        ("党群服务", "", ["S1"]),
        ("", "", []),
    ],
)
def test_names_codes_pinyin_and_initials(typed: str, here: str, keys: list[str]) -> None:
    assert [thing.key for thing in NAMES.meaning(typed, here)] == keys


def test_suggestions_go_beyond_a_whole_name() -> None:
    assert [thing.key for thing in NAMES.beginning("鹭坊社区", "")] == [HERE, f"{HERE}001", "S1"]
