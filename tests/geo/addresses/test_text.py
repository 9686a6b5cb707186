"""One form for all spellings; tails, names and slips on their own."""

from __future__ import annotations

import cn2an
import pytest

from geo.addresses.parts.classifiers import retyped
from geo.addresses.parts.tails import read_tail, split_tail
from geo.addresses.text.fuzzy import How, Names
from geo.addresses.text.names import Form, forms_of, phase_variants, split_phase, split_suffix
from geo.addresses.text.normalise import normalise, normalise_with_remarks
from geo.addresses.text.numerals import to_chinese, to_digits


@pytest.mark.parametrize(
    ("written", "number"),
    [("十", "10"), ("二十", "20"), ("三十五", "35"), ("一百", "100"), ("一百一十", "110"), ("二百四十三", "243"), ("〇一", "01"), ("贰拾叁", "23"), ("四0一", "401"), ("两", "2")],
)  # fmt: skip
def test_numbers(written: str, number: str) -> None:
    assert to_digits(written) == number


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("咸 阳市　秦都区", "咸阳市秦都区"),
        ("世庭苑 19 2 501", "世庭苑19-2-501"),
        ("小区12 A-　1103", "小区12A-1103"),
        ("３Ａ＃―２－５０１", "3A#-2-501"),
        ("３号樓―２－５０１", "3号楼2-501"),
        ("新兴，路街道。3号楼", "新兴路街道3号楼"),
        ("观源花园（西院）7栋", "观源花园西院7栋"),
        ("观源花园-西院7栋", "观源花园西院7栋"),
        ("雍庭嘉园Ⅱ期", "雍庭嘉园II期"),
        ("兰华二;路万达", "兰华二路万达"),
        ("3号楼(2人)", "3号楼"),
        ("3单元301、有一条狗", "3单元301"),
        ("274号院　内 十栋", "274号院内十栋"),
    ],
)
def test_one_form(written: str, plain: str) -> None:
    assert normalise(written) == plain


def test_remarks_are_kept_beside() -> None:
    assert normalise_with_remarks("(常住)丹阁府3号楼  已核实").remarks == ("常住", "已核实")


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("5号楼3单元702室", ("5", "3", "", "702", "")),
        ("3单元5号楼702", ("5", "3", "", "702", "")),
        ("5栋二楼201", ("5", "", "2", "201", "")),
        ("5楼3单元702", ("5", "3", "", "702", "")),
        ("12#-1-2", ("12", "1", "", "2", "")),
        ("5-702", ("5", "", "", "", "702")),
        ("A-702", ("A", "", "", "", "702")),
        ("5", ("5", "", "", "", "")),
        ("702", ("", "", "", "702", "")),
        ("402室", ("", "", "", "402", "")),
        ("3号门洞402", ("", "3", "", "402", "")),
        ("36A栋1门洞201", ("36A", "1", "", "201", "")),
        ("8号2门7号", ("8", "2", "", "7", "")),
    ],
)
def test_tails(tail: str, expected: tuple[str, ...]) -> None:
    read = read_tail(tail)
    assert (read.building, read.unit, read.floor, read.room, read.loose) == expected
    assert read.whole


def test_a_tail_begins_where_the_name_ends() -> None:
    assert split_tail("纺机厂家属楼36座4门601")[:2] == ("纺机厂家属楼", "36座4门601")
    assert split_tail("海棠新城一区16-1002")[:2] == ("海棠新城一区", "16-1002")
    assert split_tail("逸景新村北门55#楼")[:2] == ("逸景新村北门", "55#楼")
    assert split_tail("金瑞国际甲楼2单元")[:2] == ("金瑞国际", "甲楼2单元")
    assert split_tail("芙蓉苑") == ("芙蓉苑", "", "")


def test_phases_and_endings() -> None:
    assert split_phase("清岛佳苑B区") == ("清岛佳苑", "B区")
    assert split_suffix("瑞华府") == ("瑞华", "府")
    assert set(phase_variants("二期")) >= {"2期", "II期", "第二期", "第2期"}
    written = dict(forms_of("海棠新城二区", "海棠新城", "二区", ("老棉纺院",)))
    assert written["海棠新城2区"] is Form.FULL
    assert written["二区海棠新城"] is Form.FULL
    assert written["海棠新城"] is Form.NO_PHASE
    assert written["海棠"] is Form.CORE
    assert written["老棉纺院"] is Form.FULL


NAMES = Names(
    [
        (spelling, form, row)
        for row, name in enumerate(["芙蓉苑", "丹泽苑", "丹泽花园", "国棉二厂家属院", "银祥佳苑", "霞野嘉园"])
        for spelling, form in forms_of(name, name, "", ())
    ]
)


@pytest.mark.parametrize(
    ("written", "row", "how"),
    [("芙蓉苑", 0, How.EXACT), ("福容苑", 0, How.SOUND), ("芙蓉宛", 0, How.SLIP), ("国棉2厂家属院", 3, How.EXACT), ("国棉二厂冢属院", 3, How.SLIP)],
)  # fmt: skip
def test_a_slip_is_forgiven(written: str, row: int, how: How) -> None:
    hit = NAMES.find(written)
    assert hit is not None
    assert (hit.owners, hit.how, hit.certain) == ({row}, how, True)


@pytest.mark.parametrize(
    "written", ["丹泽公寓", "芙蓉家园", "银祥苑", "国棉三厂家属院", "国棉7厂家属院", "大芙蓉苑"]
)
def test_another_name_is_not(written: str) -> None:
    hit = NAMES.find(written)
    assert hit is None or not hit.certain


def test_classifiers_typed_wrong() -> None:
    assert retyped("逸茂名邸一期三十四幢一门二〇三事") == "逸茂名邸一期三十四幢一门二〇三室"
    assert retyped("33拣2门502户") == "33栋2门502户"
    assert retyped("芙蓉苑3号楼2单元501室") == "芙蓉苑3号楼2单元501室"


def test_numbers_are_written_as_cn2an_writes_them() -> None:
    written = {number: cn2an.an2cn(number, "low") for number in range(1, 130)}
    assert {number: to_chinese(number) for number in written} == written
