"""Houses of no complex: known by their road address, by all of it, and by nothing that is only like it."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.addresses.match.resolve import Matcher
from geo.addresses.match.suggest import Suggester
from geo.addresses.register.gazetteer import Gazetteer
from geo.addresses.register.houses import door_of
from geo.errors import InputError
from tests.geo.addresses import town

EAST, WEST = ("河东街道", "海园社区"), ("望江街道", "桃安社区")
HOUSES = pd.DataFrame(
    [
        ("H15", "", "张家胡同15号", *EAST),
        ("H15A", "", "张家胡同甲15号", *EAST),
        ("H17", "钟楼饭店", "张家胡同17号", *EAST),
        ("H19-1", "1号楼", "张家胡同19号", *EAST),
        ("H19-2", "2号楼", "张家胡同19号", *EAST),
        ("H12", "", "人民路12号", *EAST),
        ("H8E", "", "柳巷8号", *EAST),
        ("H8W", "", "秦都区望江街道柳巷八号", *WEST),
        ("HC", "", "解放路3号|柳巷1号", *WEST),
    ],
    columns=["building_id", "name", "road_addresses", "street", "community"],
).assign(complex_id="")
REGISTER = Gazetteer.from_frames(
    town.COMPLEXES, pd.concat([town.BUILDINGS, HOUSES]), roads=town.ROADS, areas=town.AREAS
)
MATCHER = Matcher(REGISTER)


@pytest.mark.parametrize(
    ("text", "building"),
    [
        ("张家胡同15号", "H15"),
        ("张家胡同十五号", "H15"),
        ("张家胡同15号院内", "H15"),
        ("陕西省咸阳市秦都区河东街道海园社区张家胡同15号", "H15"),
        ("张家胡同甲15号", "H15A"),
        ("张家胡同17号", "H17"),
        ("张家胡同17号钟楼饭店", "H17"),
        ("张家胡同19号2号楼", "H19-2"),
        ("人民路12号1幢", "C2-1"),
        ("人民路12号丹泽苑1幢", "C2-1"),
        ("望江街道柳巷8号", "H8W"),
        ("海园社区柳巷8号", "H8E"),
        ("柳巷1号", "HC"),
        ("解放路3号", "HC"),
        ("中山路3号", "HC"),  # the old name of 解放路
    ],
)
def test_a_road_address_names_its_house(text: str, building: str) -> None:
    match = MATCHER.match(text)
    assert (match.status, match.building_id) == ("matched", building)
    assert bool(match.complex_id) is building.startswith("C")


def test_unit_and_room_are_read_behind_it() -> None:
    match = MATCHER.match("张家胡同15号2单元301室")
    assert (match.building_id, match.unit, match.room, match.level) == ("H15", "2", "301", "room")
    assert str(match.evidence[0]) == "door plate 张家胡同15号"


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("人民路12号", ("C2-1", "C2-2", "C2-3", "H12")),  # a complex and a house have it
        ("柳巷8号", ("H8E", "H8W")),  # two roads of one name
        ("张家胡同19号", ("H19-1", "H19-2")),  # a yard of two houses
        ("张家胡同15号老王面馆", ("H15",)),
        ("张家胡同15号东厢房", ("H15",)),
        ("张家胡同15号甲", ("H15",)),
    ],
)
def test_what_fits_several_or_goes_on_is_left_to_a_person(text: str, candidates: tuple[str, ...]) -> None:
    match = MATCHER.match(text)
    assert (match.status, match.candidates) == ("ambiguous", candidates)


def test_the_reason_names_the_plate() -> None:
    assert MATCHER.match("张家胡同15号老王面馆").evidence[-1].zh == "门牌之后有不明文字"


@pytest.mark.parametrize(
    "text",
    [
        "张家胡同15号楼",  # a building's number is no door plate
        "张家胡同15",
        "张家胡同5号",
        "张家胡同115号",
        "张家胡同15-1号",
        "张家胡同15号附1号",
        "张家胡同乙15号",
        "张家胡同15号2号楼",
        "李家胡同15号",  # another road, one character off
        "章家胡同15号",  # ... or of the same sound
        "北张家胡同15号",
        "东柳巷1号",
        "张家胡同15号对面",
        "人民路12号对面1幢",
        "渭城区张家胡同15号",
        "渭城区柳巷1号",
        "宝鸡市张家胡同15号",
        "钟楼饭店",
        "张家胡同",
    ],
)
def test_what_is_only_like_it_is_a_miss(text: str) -> None:
    match = MATCHER.match(text)
    assert (match.status, match.building_id) == ("none", None)


def test_names_of_houses_leave_other_addresses_alone() -> None:
    plain, more = Matcher(town.gazetteer()), Matcher(REGISTER)
    for text in (
        "芙蓉苑3号楼",
        "丹泽1幢钟楼饭店",
        "钟楼饭店对面芙蓉苑3号楼",
        "人民路39号院1号楼",
        "翠锦新城2号楼",
    ):
        one, two = plain.match(text), more.match(text)
        assert (one.status, one.building_id, one.candidates) == (two.status, two.building_id, two.candidates)


def test_type_ahead_completes_to_the_house() -> None:
    suggester = Suggester(REGISTER)
    found = [(one.label, one.building_id) for one in suggester.suggest("zhangjiahutong19")]
    assert found == [("张家胡同19号1号楼", "H19-1"), ("张家胡同19号2号楼", "H19-2")]
    assert [one.label for one in suggester.suggest("张家胡同15")] == ["张家胡同15号"]


def test_a_house_without_a_road_address_is_an_error_of_the_register() -> None:
    lost = pd.DataFrame({"building_id": ["X"], "complex_id": [""], "name": ["门房"]})
    with pytest.raises(InputError, match="of no complex and its road address ''"):
        Gazetteer.from_frames(town.COMPLEXES, lost)


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("陕西省咸阳市秦都区张家胡同15号", ("张家胡同", "15")),
        ("徐家巷子15号", ("徐家巷子", "15")),
        ("永安里15", ("永安里", "15")),
        ("人民西路12-1号", ("人民西路", "12-1")),
        ("建国路三十五号", ("建国路", "35")),
        ("芙蓉苑3号楼", None),
        ("建国路1号楼", None),
        ("建国路15号2单元301", None),
        ("张家胡同15号甲", None),
        ("十里铺村15号", None),
        ("附近", None),
        ("", None),
    ],
)
def test_a_road_address_is_read_or_refused(text: str, door: tuple[str, str] | None) -> None:
    assert door_of(text) == door
