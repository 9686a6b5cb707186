"""Landmarks before, after and in the place of an address: a remark costs itself only, a reference is no address."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.addresses.match.resolve import Matcher
from geo.addresses.parts.parse import parse
from geo.addresses.register.gazetteer import Areas, Gazetteer
from geo.addresses.text.normalise import normalise

MATCHER = Matcher(
    Gazetteer.from_frames(
        pd.DataFrame(
            {
                "complex_id": ["C1", "C2", "C3"],
                "name": ["芙蓉小区", "金鑫大厦", "幸福里"],
                "road_addresses": ["人民路12号", "解放路1号", ""],
            }
        ),
        pd.DataFrame(
            {
                "building_id": ["B3", "B13", "BA", "BX", "BY"],
                "complex_id": ["C1", "C1", "C1", "C2", "C3"],
                "name": ["3号楼", "13号楼", "A栋", "金鑫大厦", "3号楼"],
            }
        ),
        areas=Areas("陕西省", "咸阳市", "锦川区"),
    )
)
DOOR = ("B3", "2", "501")

REMARKS = [
    "，门禁旁", " 超市对面", "，东门旁边", " 大门口旁边", "，小区南门旁边", " 锅炉房后面", "；路口东侧", "/超市对面", "-门禁旁", "。超市对面",
    "，门禁旁。", "，楼道旁，租户", "，门禁旁，电话13800000000", "，幸福里对面", "，7-11便利店旁", "，3路公交站旁", "，人民路与解放路交叉口",
    "门禁旁", "（门禁旁）", "(超市对面", "，对面是学校", "，旁边有超市", "，附近有超市", "，靠近东门", "靠近超市", " 户主张三", "，房东李四", "，门卫代收",
]  # fmt: skip


@pytest.mark.parametrize("remark", REMARKS)
@pytest.mark.parametrize(
    "address", ["芙蓉小区3号楼2单元501室", "锦川区人民路12号芙蓉小区三号楼二单元五〇一室"]
)
def test_a_remark_at_the_end_costs_itself_only(address: str, remark: str) -> None:
    match = MATCHER.match(address + remark)
    assert (match.building_id, match.unit, match.room) == DOOR
    parts = parse(address + remark)
    assert (parts.complex, parts.building, parts.unit, parts.room) == ("芙蓉小区", "3", "2", "501")


@pytest.mark.parametrize("remark", ["，东门旁边", " 超市对面", "-超市对面", "，7-11便利店旁"])
def test_a_remark_after_bare_numbers(remark: str) -> None:
    for address in ("芙蓉小区3-2-501", "芙蓉小区3号楼2单元501", "芙蓉小区 3 2 501"):
        match = MATCHER.match(address + remark)
        assert (match.building_id, match.unit, match.room) == DOOR


@pytest.mark.parametrize(
    "text",
    [
        "超市对面芙蓉小区3号楼",
        "超市对面，芙蓉小区3号楼",
        "（超市对面）芙蓉小区3号楼",
        "芙蓉小区（超市对面）3号楼",
        "超市对面的芙蓉小区3号楼，东门旁边",
        "幸福里隔壁芙蓉小区3号楼-门禁旁",
        "人民路与解放路交叉口芙蓉小区3号楼",
        "靠近幸福里的芙蓉小区3号楼",
        "靠近人民医院，芙蓉小区3号楼",
        "人民路12号3号楼 超市对面",
    ],
)
def test_a_landmark_before_the_address(text: str) -> None:
    assert MATCHER.match(text).building_id == "B3"


@pytest.mark.parametrize(
    "text",
    [
        "芙蓉小区对面",
        "芙蓉小区 对面",
        "芙蓉小区3号楼对面",
        "芙蓉小区3号楼，对面",
        "芙蓉小区3号楼（对面）",
        "芙蓉小区3号楼旁",
        "芙蓉小区3号楼旁边的小卖部",
        "芙蓉小区3号楼 旁边的小卖部",
        "芙蓉小区3号楼，旁边的小卖部",
        "芙蓉小区3号楼 隔壁小院",
        "芙蓉小区3号楼2单元501室旁",
        "芙蓉小区，3号楼旁",
        "芙蓉小区 三号楼对面",
        "芙蓉小区 A栋对面",
        "芙蓉小区3号楼 2单元旁边",
        "芙蓉小区13号楼，3号楼旁边",
        "金鑫大厦对面",
        "金鑫大厦 对面",
        "金鑫大厦，门口对面",
        "靠近芙蓉小区3号楼",
        "靠近金鑫大厦",
    ],
)
def test_a_place_that_only_helps_to_find_another_is_not_the_address(text: str) -> None:
    assert MATCHER.match(text).status == "none"


@pytest.mark.parametrize(
    "text",
    [
        "超市对面，四川省成都市武侯区芙蓉小区3号楼",
        "（学校旁）西安市雁塔区芙蓉小区3号楼",
        "学校旁边的咸阳市渭城区芙蓉小区3号楼",
    ],
)
def test_another_district_after_a_landmark_is_another_district(text: str) -> None:
    assert MATCHER.match(text).status == "none"
    assert MATCHER.match("学校旁边的咸阳市锦川区芙蓉小区3号楼").building_id == "B3"


def test_a_place_near_another_is_one_of_the_two() -> None:
    match = MATCHER.match("芙蓉小区，靠近幸福里，3号楼")
    assert (match.status, set(match.candidates)) == ("ambiguous", {"B3", "BY"})


@pytest.mark.parametrize(
    ("text", "building"),
    [
        ("金鑫大厦 超市对面", "BX"),
        ("金鑫大厦501室门禁旁", "BX"),
        ("解放路1号 金鑫大厦", "BX"),
        ("解放路5号 金鑫大厦", "BX"),
        ("人民路12号 芙蓉小区A栋", "BA"),
        ("人民路12号 A栋", "BA"),
    ],
)
def test_what_stands_apart_may_be_the_name(text: str, building: str) -> None:
    assert MATCHER.match(text).building_id == building


@pytest.mark.parametrize("text", ["人民路12号 金鑫大厦", "芙蓉小区 靠近学校", "芙蓉小区，超市对面"])
def test_nothing_is_decided_by_what_was_set_aside(text: str) -> None:
    assert MATCHER.match(text).status == "ambiguous"


def test_the_landmark_is_told_apart_without_a_register() -> None:
    after = parse("芙蓉小区3号楼2单元501室，门禁旁")
    assert (after.landmark, after.complex, after.room, after.rest) == ("门禁旁", "芙蓉小区", "501", "")
    towards = parse("靠近人民医院的芙蓉小区3号楼")
    assert (towards.landmark, towards.complex) == ("靠近人民医院", "芙蓉小区")
    for text in ("芙蓉小区对面", "芙蓉小区3号楼旁边", "芙蓉小区3号楼，对面"):
        reference = parse(text)
        assert (reference.complex, reference.building) == ("", "")
        assert reference.landmark == normalise(text)
    shop = parse("芙蓉小区3号楼旁边的小卖部")
    assert (shop.landmark, shop.complex, shop.building) == ("芙蓉小区3号楼旁边", "小卖部", "")
    assert parse("对面山小区3号楼").complex == "对面山小区"
