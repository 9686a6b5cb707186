"""What an address means in a register that one knows by heart (see `town`)."""

from __future__ import annotations

import pickle

import pytest

from geo.addresses.match.resolve import COLUMNS, AddressMatch, Matcher
from tests.geo.addresses.town import gazetteer

MATCHER = Matcher(gazetteer())


def found(text: str) -> AddressMatch:
    return MATCHER.match(text)


@pytest.mark.parametrize(
    ("text", "building", "unit", "room"),
    [
        ("陕西省咸阳市秦都区望江街道桃安社区芙蓉苑3号楼2单元501室", "C1-3", "2", "501"),
        ("芙蓉苑3-2-501", "C1-3", "2", "501"),
        ("芙蓉苑3#-2-501", "C1-3", "2", "501"),
        ("芙蓉苑 3 2 501", "C1-3", "2", "501"),
        ("芙蓉苑３栋２单元５０１", "C1-3", "2", "501"),
        ("芙蓉苑三号楼二单元五〇一", "C1-3", "2", "501"),
        ("芙蓉苑叁号楼贰单元伍零壹室", "C1-3", "2", "501"),
        ("芙蓉苑十三号楼", "C1-13", "", ""),
        ("芙蓉苑13A幢1单元101", "C1-14", "1", "101"),
        ("芙蓉苑3号2单元501", "C1-3", "2", "501"),
        ("芙蓉苑03栋02单元0501室", "C1-3", "2", "501"),
        ("芙蓉苑3号楼2501", "C1-3", "2", "501"),
        ("芙蓉苑3-502", "C1-3", "", "502"),
        ("芙蓉苑3-2-501，3-2-501", "C1-3", "2", "501"),
        ("芙蓉苑芙蓉苑3-2-501", "C1-3", "2", "501"),
        ("咸阳市秦都區芙蓉苑3號樓2單元501戶", "C1-3", "2", "501"),
        ("现住：芙蓉苑3号楼2单元501（租户）", "C1-3", "2", "501"),
        ("【常住】芙蓉苑3号楼2单元501，联系物业", "C1-3", "2", "501"),
        ("芙蓉苑南门3号楼2单元501", "C1-3", "2", "501"),
        ("芙蓉苑3号娄2单园501事", "C1-3", "2", "501"),
        ("思源中路29号院3号楼2单元501", "C1-3", "2", "501"),
        ("思源路中段二十九号院内3-2-501", "C1-3", "2", "501"),
        ("思源中路29号芙蓉苑3-2-501", "C1-3", "2", "501"),
        ("思原中路29号3-2-501", "C1-3", "2", "501"),
        ("丹泽花园对面芙蓉苑3-2-501", "C1-3", "2", "501"),
        ("芙蓉苑3-2-501，靠近丹泽花园", "C1-3", "2", "501"),
        ("符蓉苑3-2-501", "C1-3", "2", "501"),
        ("芙蓉宛3-2-501", "C1-3", "2", "501"),
        ("芙蓉蓉苑3-2-501", "C1-3", "2", "501"),
        ("蓉芙苑3-2-501", "C1-3", "2", "501"),
        ("芙蓉3-2-501", "C1-3", "2", "501"),
        ("海棠新城（二区）3栋1单元101", "C5-1", "1", "101"),
        ("海棠新城2区3栋1单元101", "C5-1", "1", "101"),
        ("二区海棠新城3栋", "C5-1", "", ""),
        ("海棠新城8栋", "C5-6", "", ""),
        ("望江街道翠锦新城1号楼", "C6-1", "", ""),
        ("海园社区翠锦新城1号楼", "C7-1", "", ""),
        ("纺机厂西院2号楼1单元101", "C8-2", "1", "101"),
        ("金瑞国际b座1502", "C9-2", "", "1502"),
        ("金瑞国际甲楼4楼西户", "C9-4", "", ""),
        ("金瑞国际芙蓉阁1801", "C9-5", "", "1801"),
        ("中山路1号A座3F302", "C9-1", "", "302"),
        ("人民路39号院2号楼", "C10-2", "", ""),
        ("秦都芙蓉苑3栋", "C1-3", "", ""),
        ("人民路上的芙蓉苑3栋", "C1-3", "", ""),
        ("芙蓉苑小区3号楼", "C1-3", "", ""),
        ("芙蓉苑（3号楼）2单元501", "C1-3", "2", "501"),
        ("芙蓉苑3号楼2单元501、502", "C1-3", "2", "501"),
        ("芙蓉苑3号楼2号501", "C1-3", "2", "501"),
        ("芙蓉苑3号楼地下室", "C1-3", "", ""),
        ("13800000000 芙蓉苑3-2-501", "C1-3", "2", "501"),
        ("710000芙蓉苑3-2-501 13800000000", "C1-3", "2", "501"),
        ("金瑞国际A1502", "C9-1", "", "1502"),
        ("海棠一区1栋", "C4-1", "", ""),
    ],
)
def test_one_building_is_left(text: str, building: str, unit: str, room: str) -> None:
    match = found(text)
    assert (match.status, match.building_id, match.unit, match.room) == ("matched", building, unit, room)
    assert match.confidence > 0.95
    assert match.grid_id == f"G-{building.split('-')[0]}"
    assert match.evidence
    assert match.candidates == ()


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("海棠新城3栋", {"C4-3", "C5-1"}),
        ("翠锦新城1号楼", {"C6-1", "C7-1"}),
        ("丹泽2幢", {"C2-2", "C3-2"}),
        ("人民路12号芙蓉苑3号楼", {"C1-3", "C2-3"}),
        ("芙蓉苑丹泽苑2号楼", {"C1-2", "C2-2"}),
        ("人民路39号院", {"C10-1", "C10-2"}),
        ("丹泽苑", {"C2-1", "C2-2", "C2-3"}),
        ("芙蓉苑3、4号楼", {"C1-3", "C1-4"}),
        ("芙蓉苑3号楼或4号楼", {"C1-3", "C1-4"}),
        ("芙蓉苑3号楼2单元501室以及4号楼", {"C1-3", "C1-4"}),
        ("芙蓉苑3号楼501室，另有丹泽苑2号楼101室", {"C1-3", "C2-2"}),
        ("芙蓉苑3号楼501室→丹泽苑2号楼101室", {"C1-3", "C2-2"}),
        ("芙蓉苑3号楼搬到丹泽苑2号楼", {"C1-3", "C2-2"}),
        ("1、芙蓉苑3号楼501室 2、丹泽苑2号楼101室", {"C1-3", "C2-2"}),
        ("①芙蓉苑3号楼②丹泽苑2号楼", {"C1-3", "C2-2"}),
        ("芙蓉苑西门往东50米3号楼", {"C1-3"}),
        ("芙蓉苑商铺3号", {"C1-3"}),
    ],
)
def test_several_are_all_listed(text: str, candidates: set[str]) -> None:
    match = found(text)
    assert (match.status, set(match.candidates), match.building_id) == ("ambiguous", candidates, None)
    assert match.confidence == 0


@pytest.mark.parametrize(
    "text",
    [
        "芙蓉苑3号楼；现住丹泽苑2号楼",
        "户籍：芙蓉苑3号楼 现住：丹泽苑2号楼",
        "丹泽苑2号楼，原住芙蓉苑3号楼",
    ],
)
def test_of_two_addresses_the_one_lived_in_where_the_text_says_so(text: str) -> None:
    assert found(text).building_id == "C2-2"


@pytest.mark.parametrize(
    "text",
    [
        "芙蓉苑23号楼",
        "芙蓉苑30号楼",
        "芙蓉花园3号楼",
        "丹泽公寓3幢",
        "芙容花园3号楼",
        "海棠新城四区3栋",
        "芙蓉苑东区3号楼",
        "海棠新城东院3栋",
        "纺机厂家属院2号楼",
        "纺机厂新家属楼2号楼",
        "芙蓉苑花园3号楼",
        "新芙蓉苑3号楼",
        "思源中路30号院3号楼",
        "思源东路29号院3号楼",
        "西安市雁塔区芙蓉苑3号楼",
        "四川省成都市武侯区芙蓉苑3号楼",
        "咸阳市渭城区芙蓉苑3号楼2单元501",
        "渭城区新兴街道芙蓉苑3号楼",
        "3号楼2单元501",
        "解放路万达电影院",
        "芙蓉苑幼儿园对面",
        "无",
        "",
        " ",
        "/",
        "3",
        "13800000000",
        "😀🏠",
        "\x00\x01\x02",
        "'; DROP TABLE residents; --",
        "<script>alert(3)</script>",
        "芙蓉苑3号楼" * 2_000,
        "楼" * 10_000,
        "3-" * 100,
    ],
)
def test_a_miss_stays_a_miss(text: str) -> None:
    match = found(text)
    assert match.status == "none"
    assert match.building_id is None
    assert match.evidence


def test_digits_are_never_bent() -> None:
    for written in range(1, 40):
        match = found(f"芙蓉苑{written}号楼2单元501")
        assert match.building_id == (f"C1-{written}" if written <= 13 else None)


def test_a_door_plate_is_no_building() -> None:
    assert found("人民路3号").status == "none"
    assert found("人民路12号").candidates == ("C2-1", "C2-2", "C2-3")
    assert found("人民路12号3幢").building_id == "C2-3"


def test_the_grid_is_known_when_all_candidates_share_it() -> None:
    assert found("丹泽苑").grid_id == "G-C2"
    assert found("丹泽2幢").grid_id is None


def test_the_wrong_street_does_not_outvote_a_name_but_doubles_a_doubt() -> None:
    assert found("河东街道芙蓉苑3号楼").building_id == "C1-3"
    assert found("河东街道芙蓉宛3号楼").status == "ambiguous"


def test_the_level_reached_is_said() -> None:
    assert found("芙蓉苑3-2-501").level == "room"
    assert found("芙蓉苑3栋2单元").level == "unit"
    assert found("芙蓉苑3栋").level == "building"
    assert (found("芙蓉苑99栋").level, found("芙蓉苑99栋").complex_id) == ("complex", "C1")
    assert found("解放路万达电影院").level == "road"


def test_the_path_is_told_in_both_languages() -> None:
    path = found("秦都区河东街道人民路12号芙蓉苑3号楼").evidence
    assert path[-1].en == "name and door plate are of different complexes"
    assert path[-1].zh == "小区名与门牌号属于不同小区"
    assert any("门牌 人民路12号" in words.zh for words in path)


def test_many_are_answered_as_one_by_one_and_in_order() -> None:
    texts = ["芙蓉苑3-2-501", "", "丹泽2幢", "海棠新城8栋", "芙蓉花园3号楼"]
    table = MATCHER.match_many(texts)
    assert tuple(table.columns) == COLUMNS
    for row, text in zip(table.itertuples(index=False), texts, strict=True):
        match = found(text)
        assert (row.status, row.building_id or None, row.unit, row.room) == (
            match.status,
            match.building_id,
            match.unit,
            match.room,
        )
        assert (row.candidates, row.grid_id or None, row.level) == (
            "|".join(match.candidates),
            match.grid_id,
            match.level,
        )
        assert (row.confidence, row.complex_id or None, row.floor) == (
            match.confidence,
            match.complex_id,
            match.floor,
        )
        assert row.reason
    assert MATCHER.match_many([]).empty


def test_the_parts_are_there_for_the_asking() -> None:
    parts = found("秦都区望江街道芙蓉苑3-2-501").parts
    assert (parts.street, parts.complex, parts.building, parts.unit, parts.room) == (
        "望江街道",
        "芙蓉苑",
        "3",
        "2",
        "501",
    )


def test_a_matcher_travels() -> None:
    again = pickle.loads(pickle.dumps(MATCHER))  # noqa: S301
    assert again.match("芙蓉苑3-2-501") == found("芙蓉苑3-2-501")
