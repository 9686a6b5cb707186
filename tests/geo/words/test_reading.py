"""Texts of the kinds that school zones, service areas and registers of grids have, with made-up names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.words.clauses import Says, flat
from geo.words.reading import read_areas


def said(text: str) -> list[str]:
    """Each clause in short: relation, name, numbers, side."""
    return [
        " ".join(
            part
            for part in (
                relation,
                clause.name,
                clause.numbers(),
                clause.parity,
                clause.side and f"{clause.says}:{clause.side}",
            )
            if part
        )
        for clause, relation in flat(read_areas(text))
    ]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("芙蓉小区1-8号楼、10号楼，人民路12号院", ["芙蓉小区 1-8号楼、10号楼", "人民路 12号院"]),
        ("33幢1号-16号、34幢1号-13号（单号）", ["33幢1-16号、34幢1-13号（单号）"]),
        ("太平社区：1-1（44个）、1-2（30个）", ["太平社区 1-1、1-2"]),
        ("芙蓉四村全部", ["芙蓉四村"]),
        ("石榴花园二期（除12号楼）", ["石榴花园二期", "less 石榴花园二期 12号楼"]),
        ("桂苑除3、4号楼外", ["桂苑", "less 桂苑 3号楼、4号楼"]),
        ("芙蓉苑（1-3号楼、5号楼，不含2号楼）", ["芙蓉苑 1-3号楼、5号楼", "less 芙蓉苑 2号楼"]),
        (
            "桂花路：680 弄、750 弄－840弄 （双号）；石榴路：4~186 号（双号）、8 弄",
            ["桂花路 680弄、750-840弄（双号）", "石榴路 4-186号（双号）、8弄"],
        ),
        ("新街1号至165号单号", ["新街 1-165号（单号）"]),
        ("桂花路（单）:69-373 弄；2.石榴路（双）", ["桂花路 69-373弄（单号）", "石榴路 even"]),
        (
            "桂花路：(双)684—1088弄、1112弄、1136弄(单)669弄—1249弄",
            ["桂花路 684-1088弄（双号）、1112弄、1136弄、669-1249弄（单号）"],
        ),
        ("桂花路：640 号（双号）-652 弄 3 号", ["桂花路 640号-652弄3号（双号）"]),
        ("桂花路（双）:1152-1696号（1350弄除外）", ["桂花路 1152-1696号（双号）", "less 桂花路 1350弄"]),
        ("桂花路1424弄及以前；石榴路:1520 号及以后", ["桂花路 1424弄及以前", "石榴路 1520号及以后"]),
        ("福兴街34号附1号-附130号", ["福兴街 34号附1-附130号"]),
        ("永乐村：1组1号、2组69号、3组1号至19号", ["永乐村 1组1号、2组69号、3组1-19号"]),
        ("石榴路:友谊新村 1-7号、390-412 弄", ["友谊新村 1-7号", "石榴路 390-412弄"]),
        ("1. 圣美邸（宋园路 69 弄）2. 张虹路 90 弄", ["圣美邸", "张虹路 90弄"]),
        ("潘家塔（1-40 号）", ["潘家塔 1-40号"]),
        (
            "甲路以东、乙路（规划）以南、丙高速（G15）以西、丁河以北的地区，以及戊路35弄、38弄",
            ["甲路 side:east", "乙路 side:south", "丙高速 side:west", "丁河 side:north", "戊路 35弄、38弄"],
        ),
        (
            "东至甲路、南至乙河、西至G15、北至S5区域内",
            ["甲路 bound:east", "乙河 bound:south", "G15 bound:west", "S5 bound:north"],
        ),
        ("东以甲路为界，南以乙街街心为界所围成的区域", ["甲路 bound:east", "乙街 bound:south"]),
        ("西至甲河、石榴路；北至人民路", ["甲河-石榴路 bound:west", "人民路 bound:north"]),
        (
            "甲路—乙路—公园围墙（含公园）—丙江所围成的区域；丁路1-70号",
            ["甲路-乙路-公园围墙-丙江", "plus 公园", "丁路 1-70号"],
        ),
        ("甲路-乙路-丙江所围成的区域（不含丁路1-70号）", ["甲路-乙路-丙江", "less 丁路 1-70号"]),
        ("甲路过乙桥连丙路以东", ["甲路-乙桥-丙路 side:east"]),
        ("桂花路以东的石榴路4-186号", ["石榴路 4-186号", "only 桂花路 side:east"]),
        ("古园社区（走马塘以北）", ["古园社区", "only 走马塘 side:north"]),
        ("油房街北侧；凯旋中路东侧从德胜路口至公园路口一段", ["油房街 side:north", "凯旋中路 section:east"]),
        ("马陆片区（除金沙湾、沈徐社区等）", ["马陆片区", "less 金沙湾", "less 沈徐社区"]),
        ("江桥镇嘉禧社区、嘉翔社区等", ["嘉禧社区", "嘉翔社区"]),
        ("芙蓉小区A座、B座", ["芙蓉小区 A座、B座"]),
        ("芙蓉小區十二號樓，一组", ["芙蓉小区 12号楼、1组"]),
        ("401医院、第一小学", ["401医院", "第一小学"]),
        ("中山路单号1-99号、双号2-100号", ["中山路 1-99号（单号）、2-100号（双号）"]),
        ("中山路（1-99号单号，2-100号双号）", ["中山路 1-99号（单号）、2-100号（双号）"]),
        ("芙蓉一村、二村", ["芙蓉一村", "芙蓉二村"]),
        ("芙蓉小区一期、二期（1-5号楼）", ["芙蓉小区一期", "芙蓉小区二期 1-5号楼"]),
        ("人民路88弄（1-20号）", ["人民路 88弄1-20号"]),
        ("张庄村第一、二、三村民小组", ["张庄村 1组、2组、3组"]),
        (
            "和平里七区甲1号-甲10号；文化路甲12号、乙12号",
            ["和平里七区甲 1-10号", "文化路甲 12号", "文化路乙 12号"],
        ),
        ("长江路（解放路—建设路段）", ["长江路"]),
        ("滨河社区除翠湖小区外全部区域", ["滨河社区", "less 翠湖小区"]),
        ("第一网格：芙蓉小区1-8号楼", ["芙蓉小区 1-8号楼"]),
    ],
)
def test_a_text_is_taken_apart(text: str, clauses: list[str]) -> None:
    assert said(text) == clauses


def test_marks_beside_the_name_are_kept() -> None:
    planned, old, town, more = read_areas(
        "崇文路（规划）以南；老街（原人民路）1-9号；江桥镇嘉禧社区；石榴花园等"
    )
    assert planned.planned
    assert old.also == ("人民路",)
    assert town.within == "江桥镇"
    assert more.etc


def test_sides_of_one_sentence_hold_together_and_others_apart() -> None:
    a, b, c = read_areas("甲路以东、乙路以南的地区，以及丙路以西")
    assert a.group == b.group != c.group


def test_what_names_no_place_is_told_as_such() -> None:
    (clause,) = read_areas("学籍制对口：接收五年级毕业生直升")
    assert clause.says is Says.OTHER


@given(st.text(max_size=60) | st.text("甲路东至1-9号弄（）除以、，；：双单附组 ", max_size=40))
def test_any_text_is_read(text: str) -> None:
    for clause, _ in flat(read_areas(text)):
        assert isinstance(clause.numbers(), str)
