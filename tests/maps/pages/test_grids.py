"""The page of a plan: one file that asks nobody for anything, says only what it knows, and never changes by itself."""

from __future__ import annotations

import json
import re
from datetime import date
from html import unescape
from typing import Any

import pandas as pd
import pytest

from geo.errors import InputError
from geo.plans.rules import profile
from maps.pages.grids import grids_page
from maps.pages.page import policy
from tests.maps import sample
from tests.maps.links import outward_links

AS_OF = date(2026, 11, 22)
EVIL = "<script>alert(1)</script>${7*7}</script><img src=x onerror=alert(2)>\u2028"


def page(**changes: Any) -> str:
    return grids_page(
        **(
            {**sample.frames(), "title": "秦都区网格图", "as_of": AS_OF, "rules": profile("national")}
            | changes
        )
    )


def data_of(document: str) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="wangge-data">(.*?)</script>', document, flags=re.DOTALL
    )
    assert found
    return dict(json.loads(found[1]))


def legend_of(document: str) -> list[str]:
    rows = re.findall(
        r'class="row".*?<span>(.*?) <span class="wait">.*?</span></span>(?:<span class="count">(.*?)</span>)?',
        document,
    )
    return [unescape(f"{text} {count}".strip()) for text, count in rows]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_page_loads_nothing_from_anywhere(lang: str) -> None:
    document = page(lang=lang)
    assert outward_links(document) == []
    assert "<link" not in document.replace('<link rel="icon" href="data:,">', "")
    assert not re.search(r"<script[^>]+src", document)
    assert not re.search(r"jquery|bootstrap|fontawesome|glyphicon", document, flags=re.IGNORECASE)


def test_the_policy_names_every_script_of_the_page_and_nothing_else() -> None:
    document = page()
    scripts = re.findall(r"<script>(.*?)</script>", document, flags=re.DOTALL)
    assert len(scripts) == 8
    assert f'content="{policy(scripts)}"' in document
    assert "default-src 'none'" in policy(scripts)
    assert "unsafe-inline" not in policy(scripts).split("style-src")[0]


def test_a_page_depends_on_neither_row_order_nor_time() -> None:
    shuffled = {name: frame.sample(frac=1, random_state=7) for name, frame in sample.frames().items()}
    assert page() == page() == page(**shuffled)


def test_names_in_the_frames_cannot_become_markup() -> None:
    document = page(
        grids=sample.grids(name=[EVIL] * 8, code=[f"{EVIL}{i}" for i in range(8)]),
        communities=sample.communities(EVIL, EVIL),
        buildings=sample.buildings(EVIL.replace("{", "{{").replace("}", "}}")),
        title=EVIL,
        notice=EVIL,
        credit=EVIL,
    )
    assert "alert(1)</script>" not in document
    assert "<img" not in document
    assert "\u2028" not in document.split("<body>")[1].split("wangge-data")[1]
    assert data_of(document)["grids"]["name"] == [EVIL] * 8


def test_the_title_block_says_version_dates_notice_and_credit() -> None:
    document = page(credit="秦都区民政局")
    for text in (
        "秦都区网格图",
        "方案第 3 版",
        "2026-12-01 起施行",
        "截至 2026-11-22",
        "内部工作用图",
        "数据：秦都区民政局",
    ):
        assert text in document
    assert "审图号：GS(2026)0001号" in page(notice="审图号：GS(2026)0001号")


def test_dates_nobody_knows_are_not_there() -> None:
    document = page(as_of=None, grids=sample.grids().drop(columns=["plan_version", "valid_from"]))
    assert '<p class="dates"></p>' in document


def test_several_plans_show_the_span_of_versions() -> None:
    assert "方案第 2–4 版" in page(grids=sample.grids(plan_version=[2, 2, 2, 2, 4, 4, 4, 4]))


def test_the_legend_counts_each_class_that_occurs() -> None:
    assert legend_of(page())[:4] == [
        "300–500 户 3",
        "不足 300 户 ↓ 2",
        "超过 500 户 ↑ 2",
        "专属网格 1",
    ]
    assert "不连片 ✕ 1" in legend_of(page(grids=sample.grids(stray=True)))
    assert legend_of(page(rules=None))[0] == "网格（颜色仅用于区分相邻网格） 7"


def test_the_legend_and_the_switch_hold_only_what_is_drawn() -> None:
    bare = {name: frame for name, frame in sample.nothing().items() if name not in {"grids", "communities"}}
    document = page(**bare)
    assert legend_of(document)[-1] == "社区界线"
    switch = document.split("overlays :")[1].split("}")[0]
    shown = [json.loads(name) for name in re.findall(r'("[^"]*") :', switch)]
    assert shown == ["网格名称", "网格", "社区"]


def test_layers_are_named_in_the_language_of_the_page() -> None:
    def switch(document: str) -> list[str]:
        return [
            json.loads(n) for n in re.findall(r'("[^"]*") :', document.split("overlays :")[1].split("}")[0])
        ]

    assert switch(page()) == ["网格名称", "服务站点", "网格", "社区", "小区", "楼栋", "道路", "水系"]
    assert switch(page(lang="en"))[:3] == ["Grid names", "Stations", "Grids"]
    assert '<html lang="en">' in page(lang="en")


def test_estimates_are_marked_wherever_they_are_summed() -> None:
    assert "≈3,180" in page()
    known = sample.grids(households_estimated=[False] * 8)
    buildings = sample.buildings().assign(households_estimated=False)
    document = page(grids=known, buildings=buildings)
    assert "≈" not in document.split('<div id="left">')[1].split('<script type="application/json"')[0]


def test_working_areas_are_called_by_their_name() -> None:
    communities = sample.communities().assign(kind="working")
    assert "工作区（无社区界线资料）" in legend_of(page(communities=communities))
    assert "社区界线" not in legend_of(page(communities=communities))


def test_without_grids_the_page_says_what_to_do() -> None:
    first = page(grids=sample.grids().iloc[:0])
    assert "还没有网格" in first
    assert "<code>wangge partition</code>" in first
    assert "wangge import" not in first
    nothing = grids_page(**sample.nothing(), title="Grids", lang="en")
    assert "No grids to show yet" in nothing
    assert "<code>wangge import communities FILE</code>" in nothing


def test_coordinates_are_whole_steps_of_a_millionth_of_a_degree() -> None:
    data = data_of(page())
    assert data["step"] == 1e-6
    numbers = [
        n
        for layer in ("grids", "buildings", "roads")
        for rings in data[layer]["shapes"]
        for r in rings
        for n in r
    ]
    assert all(isinstance(number, int) for number in numbers)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InputError, match="'de'"):
        page(lang="de")


def test_a_building_says_how_sure_its_use_is_and_what_is_inside_it() -> None:
    buildings = sample.buildings()
    buildings = buildings.assign(home_sure=0.75, use=None, households_estimated=True)
    inside = pd.DataFrame(
        {
            "building_ref": [buildings["ref"].iloc[0]] * 2,
            "code": ["99990100100100101", "99990100100100102"],
            "name": ["第一微网格", "第二微网格"],
            "part": ["1单元", "2单元"],
            "households": [36, 34],
        }
    )
    document = page(buildings=buildings, micro=inside)
    assert '["第一微网格","99990100100100101","1单元",36]' in document
    assert f"用途不明：{len(buildings)} 栋按住宅计" in document
    assert "把握 75%" in document
