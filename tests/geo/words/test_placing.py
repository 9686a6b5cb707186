"""Words put on the ground of a small town, and what is told of those that are not."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.words.claims import place
from geo.words.placing import meaning
from geo.words.register import Register
from tests.geo.words.town import ROWS, buildings, register

TOWN: Register = register()


def houses(text: str) -> set[str]:
    """What a text means, each house by what it is called in the town."""
    meant = meaning(0, text, TOWN)
    return {called(row) for row in meant.named | meant.around}


def called(row: int) -> str:
    """Complex and name, or address."""
    _, name, home, address = ROWS[row]
    return f"{home or ''}{name or address or '?'}"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("芙蓉小区1-3号楼、5号楼", {"F1号楼", "F2号楼", "F3号楼", "F5号楼"}),
        ("芙蓉小区1-6号楼（双号）", {"F2号楼", "F4号楼", "F6号楼"}),
        ("芙蓉小区2-4幢", {"F2号楼", "F3号楼", "F4号楼"}),
        ("老芙蓉院6#", {"F6号楼"}),
        ("芙蓉小区（除1-6号楼）", {"F商业1号楼", "F?"}),
        (
            "人民路12号院、桂苑",
            {*(f"F{n}号楼" for n in range(1, 7)), "F商业1号楼", "F?", "G1幢", "G2幢", "G3幢", "GA座"},
        ),
        ("桂苑A座；桂苑二期", {"GA座", "G21幢"}),
        ("芙蓉小区商业1号楼", {"F商业1号楼"}),
        ("桂花路1-7号（单号）", {"桂花路1号", "桂花路3号", "桂花路5号", "桂花路7号"}),
        ("旧桂路8号", {"桂花路8号"}),
        ("桂花路：6号及以后", {"桂花路6号", "桂花路7号", "桂花路8号"}),
        ("桂花路（双）", {"桂花路2号", "桂花路4号", "桂花路6号", "桂花路8号"}),
        ("桂花路全部（2-8号除外）", {"桂花路1号"}),
        ("桂花路2-8号双号，不含4号", {"桂花路2号", "桂花路6号", "桂花路8号"}),
        ("永乐村：1组1号、2组1号", {"永乐村1组1号", "永乐村2组1号"}),
        ("永乐村1组1号-2号", {"永乐村1组1号", "永乐村1组2号"}),
        ("锦川第一小学", {"锦川第一小学教学楼", "锦川第一小学体育馆"}),
        ("无名楼栋（#B25）", {"F?"}),
        (
            "中街以东、人民路以南的地区（不含芙蓉小区、桂苑、桂苑二期）",
            {"锦川第一小学体育馆", *(f"桂花路{n}号" for n in range(5, 9))},
        ),
        ("中街以东的桂花路1-8号（双号）", {"桂花路6号", "桂花路8号"}),
        (
            "东至中街，北至人民路，除芙蓉小区、桂苑、桂花路外",
            {"永乐村1组1号", "永乐村1组2号", "永乐村2组1号", "锦川第一小学教学楼"},
        ),
        (
            "西街—人民路—中街—南街所围成的区域（不含芙蓉小区、桂苑、桂花路全部、永乐村1组1号-2号）",
            {"永乐村2组1号", "锦川第一小学教学楼"},
        ),
    ],
)
def test_words_mean_their_houses(text: str, meant: set[str]) -> None:
    assert houses(text) == meant
    assert not meaning(0, text, TOWN).troubles


@pytest.mark.parametrize(
    ("text", "rule", "value"),
    [
        ("芙蓉小区99号楼", "words-number", "芙蓉小区99号楼"),
        ("芙蓉小区1号", "words-number", "芙蓉小区1号"),
        ("梅园", "words-unknown", "梅园"),
        ("桂花路99号", "words-number", "桂花路99号"),
        ("芙蓉小区1号楼2单元", "words-unplaced", "芙蓉小区1号楼2单元"),
        ("芙蓉小区1号楼等", "words-etc", "芙蓉小区1号楼等"),
        ("远河以东", "words-unplaced", "远河以东"),
        ("人民路以东", "words-unplaced", "人民路以东"),
        ("西街-东街所围成的区域", "words-unplaced", "西街-东街所围成的区域"),
        ("中街从南街至人民路一段", "words-unplaced", "中街从南街至人民路一段"),
        ("无名楼栋（#B99）", "words-number", "#B99"),
        ("桂花路1-8号；东至中街", "words-bounds", "东至中街"),
    ],
)
def test_what_cannot_be_placed_is_told_word_by_word(text: str, rule: str, value: str) -> None:
    told = meaning(0, text, TOWN).troubles
    assert [(one.rule, one.value) for one in told] == [(rule, value)]
    assert told[0].reason.zh
    assert told[0].reason.en


def test_a_house_of_two_grids_and_one_of_none_come_back_as_a_list() -> None:
    placed = place(["芙蓉小区1-3号楼", "芙蓉小区3-6号楼；桂苑", "中街以东"], TOWN)
    by = {called(row): int(owner) for row, owner in enumerate(placed.owner)}
    assert (by["F3号楼"], by["F4号楼"], by["桂花路8号"], by["桂花路1号"]) == (0, 1, 2, -1)
    twice = next(one for one in placed.troubles if one.rule == "words-twice")
    assert (twice.grid, twice.value) == (1, "芙蓉小区3号楼")
    nobody = [one for one in placed.troubles if one.rule == "words-nobody"]
    assert {"桂花路1号"} <= {part for one in nobody for part in one.value.split("、")}


@pytest.mark.parametrize(
    ("units", "whole"),
    [
        ("1单元、2单元、3单元", True),
        ("1-3单元", True),
        ("（1-3单元）", True),
        ("1、2单元", False),
        ("2单元", False),
        ("1-99999999单元", True),
    ],
)
def test_a_building_by_its_units_is_whole_or_told(units: str, whole: bool) -> None:
    homes = buildings().assign(units=3)
    named = pd.DataFrame({"ref": ["F"], "name": ["芙蓉小区"], "phase": [None], "aliases": [[]]})
    town = Register.of("锦川社区", homes, named)
    meant = meaning(0, f"芙蓉小区1号楼{units}", town)
    assert bool(meant.named) == whole
    assert any("1号楼共 3 个单元" in one.reason.zh for one in meant.troubles) != whole
