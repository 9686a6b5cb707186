"""Ways of writing an address that lead nowhere when read as they stand, on the register of `town`."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.addresses.match.resolve import AddressMatch, Matcher
from geo.addresses.register.gazetteer import Gazetteer, building_key
from tests.geo.addresses.town import gazetteer

MATCHER = Matcher(gazetteer())


def _door(text: str) -> tuple[str | None, str, str]:
    found = MATCHER.match(text)
    return found.building_id, found.unit, found.room


def _words(found: AddressMatch) -> str:
    return " ".join(words.en for words in found.evidence)


@pytest.mark.parametrize(
    "text",
    [
        "301室 2单元 9号楼 芙蓉苑 望江街道",
        "301室，2单元，9号楼，芙蓉苑，望江街道",
        "301室2单元9号楼芙蓉苑望江街道",
        "301室，2单元，9号楼，芙蓉苑，29号，思源中路，望江街道，秦都区，咸阳市，陕西省",
        "301 2单元 9号楼 芙蓉苑",
        "9号楼2单元301室 芙蓉苑",
        "9-2-301 芙蓉苑",
        "芙蓉苑 301室 2单元 9号楼",
        "301室-2单元-9号楼-芙蓉苑-望江街道",
        "芙蓉苑9号楼2单元301室 望江街道 秦都区",
        "301-2-9 芙蓉苑",
        "301，2，9，芙蓉苑",
        "9-2-301芙蓉苑",
        "望江街道9号楼2单元301室芙蓉苑",
        "陕西省 咸阳市 秦都区 望江街道 9号楼 2单元 301室 芙蓉苑",
        "秦都区9#楼2单元301室芙蓉苑",
        "301室 2单元 9号楼 芙蓉苑 思源中路29号 望江街道 秦都区 咸阳市 陕西省 712000",
        "三零一室 二单元 九号楼 芙蓉苑",
    ],
)
def test_levels_in_any_order(text: str) -> None:
    assert _door(text) == ("C1-9", "2", "301")


def test_a_plate_before_its_road() -> None:
    for text in ("2号楼 39号院 人民路", "2号楼39号院人民路", "2号楼 人民路39号院"):
        assert _door(text)[0] == "C10-2"


@pytest.mark.parametrize(
    ("text", "building"),
    [
        ("301室2单元3号楼海棠新城二区望江街道秦都区咸阳市", "C5-1"),
        ("301室，2号楼，人民路39号院，39号，人民路，河东街道，秦都区，咸阳市，陕西省", "C10-2"),
        ("2号楼301号，人民路39号院 河东街道", "C10-2"),
        ("芙蓉苑9号楼301室 望江街道 秦都区 咸阳市", "C1-9"),
    ],
)
def test_names_with_phases_and_plates_in_reverse(text: str, building: str) -> None:
    found = MATCHER.match(text)
    assert (found.building_id, found.room) == (building, "301")


def test_half_a_phase_of_two_sides_in_reverse() -> None:
    matcher = _one(["浦昌新村北苑"], ["8号楼", "9号楼"])
    assert matcher.match("302室8号楼浦昌新村北苑河东区苍梧市").building_id == "H0"


@pytest.mark.parametrize(
    "text",
    ["2号楼301室翠锦新城渭城区成都市", "301室2号楼金瑞国际渭城区", "301室2号楼人民路39号院武侯区成都市"],
)
def test_a_name_run_into_another_district_is_there(text: str) -> None:
    assert MATCHER.match(text).status == "none"


@pytest.mark.parametrize(
    "text",
    ["301室 9号楼 芙蓉苑 渭城区 咸阳市", "301室9号楼芙蓉苑武侯区成都市", "芙蓉苑9号楼301室 渭城区 咸阳市"],
)
def test_another_district_is_another_district_in_any_order(text: str) -> None:
    assert MATCHER.match(text).status == "none"


def test_another_order_makes_less_sure_and_is_said() -> None:
    found = MATCHER.match("301室 9号楼 芙蓉苑")
    assert 0.99 < found.confidence < MATCHER.match("芙蓉苑9号楼301室").confidence
    assert "another order" in _words(found)


@pytest.mark.parametrize(
    ("text", "building"),
    [
        ("furong苑3号楼", "C1-3"),
        ("芙rong苑3号楼", "C1-3"),
        ("芙蓉yuan3号楼", "C1-3"),
        ("FuRongYuan3号楼", "C1-3"),
        ("fu rong yuan 3-2-501", "C1-3"),
        ("fúróng苑3号楼", "C1-3"),
        ("秦都区danze花园2幢", "C3-2"),
        ("haitang新城二区3栋", "C5-1"),
        ("siyuan中路29号3号楼", "C1-3"),
        ("wangjiang街道furong苑3号楼", "C1-3"),
        ("3号楼 furong苑", "C1-3"),
        ("芙蓉YU苑3号楼", None),
        ("FU蓉苑3号楼", "C1-3"),
        ("纺JI厂家属楼2号楼", "C8-2"),
        ("海棠新城二QU3栋", "C5-1"),
        ("301室，3号楼，danze花园，河东街道，秦都区", "C3-3"),
    ],
)
def test_names_in_pinyin(text: str, building: str | None) -> None:
    assert MATCHER.match(text).building_id == building


@pytest.mark.parametrize("text", ["furong花园3号楼", "danze新村2幢", "芙rong府3号楼", "lanling苑3号楼"])
def test_pinyin_of_no_name_of_the_register_is_no_name(text: str) -> None:
    assert MATCHER.match(text).status == "none"


def test_pinyin_of_several_complexes_is_ambiguous() -> None:
    found = MATCHER.match("haitang新城3栋")
    assert (found.status, set(found.candidates)) == ("ambiguous", {"C4-3", "C5-1"})


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("芙蓉苑3号楼2单元3O1", ("C1-3", "2", "301")),
        ("芙蓉苑3号楼2单元6o2室", ("C1-3", "2", "602")),
        ("芙蓉苑3号楼2单元5D1", ("C1-3", "2", "501")),
        ("芙蓉苑3号楼2单元５Ｏ１", ("C1-3", "2", "501")),
        ("芙蓉苑3号楼2单元5○1", ("C1-3", "2", "501")),
        ("芙蓉苑1l号楼", ("C1-11", "", "")),
        ("芙蓉苑1I号楼", ("C1-11", "", "")),
        ("芙蓉苑l号楼l单元10l", ("C1-1", "1", "101")),
        ("芙蓉苑3号楼2单元4|1室", ("C1-3", "2", "411")),
        ("芙蓉苑3|2|501", ("C1-3", "2", "501")),
        ("芙蓉苑3-2-1O1", ("C1-3", "2", "101")),
        ("芙蓉苑3号楼2单元l01室", ("C1-3", "2", "101")),
        ("芙蓉苑3号楼I单元301", ("C1-3", "1", "301")),
        ("芙蓉苑3-2-l01", ("C1-3", "2", "101")),
        ("芙蓉苑3-2-I01室", ("C1-3", "2", "101")),
        ("芙蓉苑3号楼l01室", ("C1-3", "", "101")),
        ("芙蓉苑3号楼2单元l0l", ("C1-3", "2", "101")),
        ("芙蓉苑3-2-IO1", ("C1-3", "2", "101")),
        ("芙蓉苑lO号楼", ("C1-10", "", "")),
        ("金瑞国际A座12D", ("C9-1", "", "12D")),
        ("芙蓉苑二号楼二单元二○一室", ("C1-2", "2", "201")),
    ],
)
def test_letters_for_digits(text: str, door: tuple[str, str, str]) -> None:
    assert _door(text) == door


def test_letters_for_digits_make_less_sure() -> None:
    found = MATCHER.match("芙蓉苑3号楼2单元3O1")
    assert found.confidence < MATCHER.match("芙蓉苑3号楼2单元301").confidence
    assert "letters are read as digits" in _words(found)


@pytest.mark.parametrize("dash", ["一", "ー", "─", "—", "–", "－", "➖", "‐"])
def test_all_kinds_of_dashes(dash: str) -> None:
    assert _door(f"芙蓉苑12{dash}2{dash}301") == ("C1-12", "2", "301")


@pytest.mark.parametrize(
    "text", ["furong苑3haolou2danyuan501shi", "芙蓉苑3hao楼2danyuan501", "furongyuan 3dong 2danyuan 501shi"]
)
def test_classifiers_in_pinyin(text: str) -> None:
    assert _door(text) == ("C1-3", "2", "501")


def test_a_district_in_pinyin() -> None:
    assert _door("qindu区furong苑3号楼")[0] == "C1-3"


@pytest.mark.parametrize("text", ["芙蓉苑xiyuan3#501室", "芙蓉苑XIQU3栋", "海棠新城二区nanyuan3栋"])
def test_pinyin_left_after_a_name_may_be_another_complex(text: str) -> None:
    assert MATCHER.match(text).status != "matched"


@pytest.mark.parametrize(
    "text", ["芙蓉苑3号楼一2单元一501", "芙蓉苑3号一2一501", "芙蓉苑3栋一2一501室", "芙蓉苑3一2-501"]
)
def test_a_dash_after_a_classifier(text: str) -> None:
    assert _door(text) == ("C1-3", "2", "501")


def test_a_one_before_a_zero_is_no_dash() -> None:
    assert _door("芙蓉苑三号楼二单元一0一室") == _door("芙蓉苑三号楼二单元１０１") == ("C1-3", "2", "101")


def test_a_dash_after_a_lettered_building() -> None:
    assert _door("金瑞国际A一1203") == _door("金瑞国际A-1203") == ("C9-1", "", "1203")


def test_a_lettered_room_after_the_plate_of_a_tower() -> None:
    homes = pd.DataFrame({"complex_id": ["X"], "name": ["金鑫中心"], "road_addresses": ["人民路8号"]})
    house = pd.DataFrame({"building_id": ["H"], "complex_id": ["X"], "name": ["主楼"]})
    matcher = Matcher(Gazetteer.from_frames(homes, house))
    for text in ("人民路8号B3176", "人民路8号B3176室", "人民路8号C501室"):
        found = matcher.match(text)
        assert (found.building_id, found.room) == ("H", text[5:].removesuffix("室"))


def test_two_complexes_that_sound_alike_are_nobodys_choice() -> None:
    homes = pd.DataFrame({"complex_id": ["X", "Y"], "name": ["丹泽苑", "丹择苑"]})
    houses = pd.DataFrame({"building_id": ["H", "I"], "complex_id": ["X", "Y"], "name": "3号楼"})
    found = Matcher(Gazetteer.from_frames(homes, houses)).match("danze苑3号楼")
    assert (found.status, found.candidates) == ("ambiguous", ("H", "I"))


@pytest.mark.parametrize(
    "text",
    [
        "芙蓉苑3号楼2单元501室;芙蓉苑5号楼1单元101室",
        "芙蓉苑3号楼2单元501室；芙蓉苑5号楼1单元101室",
        "芙蓉苑3号楼2单元501室、5号楼1单元101室",
        "芙蓉苑3号楼2单元501室/芙蓉苑5号楼1单元101室",
        "芙蓉苑3号楼2单元501室和芙蓉苑5号楼1单元101室",
        "芙蓉苑3号楼2单元501室 芙蓉苑5号楼1单元101室",
        "芙蓉苑3号楼2单元501室芙蓉苑5号楼1单元101室",
        "秦都区望江街道芙蓉苑3号楼2单元501室,秦都区望江街道芙蓉苑5号楼1单元101室",
    ],
)
def test_two_addresses_in_one_cell_are_nobodys_choice(text: str) -> None:
    found = MATCHER.match(text)
    assert (found.status, found.candidates) == ("ambiguous", ("C1-3", "C1-5"))


def test_two_addresses_of_two_complexes() -> None:
    found = MATCHER.match("芙蓉苑3号楼2单元501室 丹泽苑2幢101")
    assert (found.status, found.candidates) == ("ambiguous", ("C1-3", "C2-2"))


@pytest.mark.parametrize(
    "text",
    [
        "芙蓉苑3号楼2单元501室 芙蓉苑3号楼2单元501室",
        "芙蓉苑3-2-501芙蓉苑3-2-501",
        "芙蓉苑3号楼2单元501室（丹泽苑对面）",
    ],
)
def test_one_address_said_twice_is_one(text: str) -> None:
    assert _door(text) == ("C1-3", "2", "501")


@pytest.mark.parametrize(
    "text",
    [
        "芙蓉苑3号楼501、502室",
        "芙蓉苑3号楼501,502",
        "芙蓉苑3号楼501/502/503室",
        "芙蓉苑3号楼501室、502室",
        "芙蓉苑3号楼501和502",
        "芙蓉苑3号楼501室及502室",
    ],
)
def test_several_rooms_are_the_first(text: str) -> None:
    assert _door(text) == ("C1-3", "", "501")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("芙蓉苑3号楼9单元", ["no such unit"]),
        ("芙蓉苑3号楼9单元2501室", ["no such unit", "no such storey"]),
        ("芙蓉苑3号楼2单元25层", ["no such storey"]),
        ("芙蓉苑3号楼2单元701", ["no such storey"]),
    ],
)
def test_what_the_building_has_not_is_remarked_on(text: str, said: list[str]) -> None:
    found = MATCHER.match(text)
    assert found.building_id == "C1-3"
    assert found.confidence <= 1 - 0.1 * len(said)
    assert all(words in _words(found) for words in said)


def test_the_last_storey_and_unit_are_had() -> None:
    assert MATCHER.match("芙蓉苑3号楼3单元602").confidence == 0.9999


def test_the_ground_floor_by_its_name() -> None:
    found = MATCHER.match("芙蓉苑3号楼首层")
    assert (found.building_id, found.floor) == ("C1-3", "1")


@pytest.mark.parametrize(
    "text", ["ئۈرۈمچى 芙蓉苑3号楼", "བོད་ལྗོངས 芙蓉苑3号楼", "ᠮᠣᠩᠭᠣᠯ 芙蓉苑3号楼", "芙蓉苑3号楼 ئۈرۈمچى"]
)
def test_the_same_in_another_script_is_passed_over(text: str) -> None:
    assert _door(text)[0] == "C1-3"


def test_radicals_left_by_a_pdf() -> None:
    assert MATCHER.match("纺机⼚⻄院1号楼").building_id == "C8-1"


def _one(complex_names: list[str], houses: list[str]) -> Matcher:
    homes = pd.DataFrame(
        {"complex_id": ["X"], "name": complex_names[:1], "aliases": ["|".join(complex_names[1:])]}
    )
    rows = pd.DataFrame(
        {"building_id": [f"H{i}" for i in range(len(houses))], "complex_id": "X", "name": houses, "units": 3}
    )
    return Matcher(Gazetteer.from_frames(homes, rows))


@pytest.mark.parametrize(
    "house",
    [
        "石榴花园3号楼",
        "石榴花园小区3号楼",
        "石榴苑3#",
        "第3幢",
        "石榴花园第3栋",
        "3号住宅楼",
        "3号楼（原5号楼）",
        "3#楼(东侧)",
        "三号楼",
        "3号居民楼",
    ],
)
def test_ordinary_names_of_a_building(house: str) -> None:
    assert _one(["石榴花园", "石榴苑"], [house, "4号楼"]).match("石榴花园3号楼2单元501室").building_id == "H0"


def test_a_building_called_after_its_complex_keeps_its_name() -> None:
    assert building_key("石榴花园", ["石榴花园"]) == "石榴花园"
    assert building_key("石榴阁", ["石榴花园"]) == "石榴阁"


def test_a_row_for_each_unit_and_two_rows_of_one_house() -> None:
    units = _one(["石榴花园"], ["3号楼1单元", "3号楼2单元", "4号楼"])
    assert units.match("石榴花园3号楼2单元501室").building_id == "H1"
    found = units.match("石榴花园3号楼")
    assert (found.status, found.candidates) == ("ambiguous", ("H0", "H1"))
    twice = _one(["石榴花园"], ["3号楼", "3号楼", "4号楼"]).match("石榴花园3号楼2单元501室")
    assert (twice.status, twice.candidates) == ("ambiguous", ("H0", "H1"))
