"""Every kind of sheet says what it is for, and to strangers no more than they may know; on both stores."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.answers.sheet_terms import Leader, Made, Per, Terms, make
from api.answers.sheets import sheet_jobs
from geo.errors import InputError
from geo.plans.levels import Level
from geo.plans.rules import profile
from layers.history import read_history
from layers.imports.imports import import_frame
from layers.imports.posts import import_posts
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.drafts import copy_plan
from layers.plans.level_units import read_level
from layers.plans.levels import draw_level
from layers.plans.plans import read_grids
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers import households, town

TERMS = Terms(town.DAY, date(2026, 11, 28))
LED = (
    Leader("", "西社区", "1", "王建国", "029-0001"),
    Leader("第一网格", "西社区", "3", "古丽娜尔·阿布都热合曼", ""),
    Leader("第一网格", "东社区", "3", "别处人", ""),
)
POSTS = f"网格编码,网格长,网格长电话,网格员,公示\n{town.WEST}001,张三,029-1234,李四,网格长\n"
"""The name of 网格长 is posted, that of 网格员 not."""
SMALL = 'text-anchor="end">4<'
"""The households of the small grid in a table."""
PLANNER = Viewer(Role.PLANNER, (town.WEST,), Purpose.DISPLAY)


@pytest.fixture
def printed(store: Store) -> Store:
    """West and east in two grids each, one of them of 4 households; the west is one complex."""
    west = households.buildings()
    few = west.drop(columns="people").assign(households=west["households"].where(west["ref"] > "b1", 2))
    import_frame(store, OPERATOR, "communities", town.communities(), source="t", actor="t", now=town.NOW)
    import_frame(store, OPERATOR, "complexes", households.complexes(), source="t", actor="t", now=town.NOW)
    import_frame(store, OPERATOR, "buildings", few, source="t", actor="t", now=town.NOW)
    list(build_cells(store, OPERATOR, actor="t", now=town.NOW))
    for code in (town.WEST, town.EAST):
        first = 0 if code == town.WEST else 4
        grids = town.drawn_grids((first, 1), (first + 1, 3), community=code)
        made = adopt_grids(
            store, OPERATOR, grids, rules=profile("national"), source="t", actor="t", now=town.NOW
        )
        publish(
            store,
            OPERATOR,
            plan_ids=made.plan_ids,
            valid_from=town.DAY,
            as_drawn=True,
            actor="t",
            now=town.NOW,
        )
    return store


def sheets(store: Store, per: Per, viewer: Viewer = OPERATOR, **terms: Any) -> list[Made]:
    asked = sheet_jobs(
        store,
        viewer,
        per=per,
        communities=[town.WEST],
        terms=replace(TERMS, **terms),
        kind="svg",
        actor="t",
        now=town.NOW,
    )
    return [make(job) for job in asked]


def words(made: Made) -> str:
    return b"".join(made.pages).decode()


def test_each_kind_says_what_it_is_for(printed: Store) -> None:
    (dossier,) = sheets(printed, Per.COMPLEX, facts={"桂苑": (("物业公司", "安居物业"),)}, leaders=LED)
    for said in (
        "基本情况",
        "物业公司",
        "安居物业",
        "分属 2 个网格",
        "楼栋均有楼号",
        "8号楼",
        "古丽娜尔·阿布都热合曼",
    ):
        assert said in words(dossier), said
    first, _ = sheets(printed, Per.GRID, leaders=LED)
    assert "桂苑1号楼" in words(first)
    assert "桂苑3号楼" not in words(first)
    assert "古丽娜尔·阿布都热合曼" in words(first)
    (chart,) = sheets(printed, Per.COMMUNITY, leaders=LED)
    assert "网格长" in words(chart)
    assert "别处人" not in words(chart)
    (book,) = sheets(printed, Per.BOOKLET)
    assert f"第 {len(book.pages)} 页" in book.pages[-1].decode()
    for said in ("目录", "网格、小区、道路索引", "西社区 第一网格", "桂苑"):
        assert said in words(book), said


def test_a_notice_for_the_board_needs_a_right_to_be_public(printed: Store) -> None:
    with pytest.raises(InputError, match="approval number"):
        sheets(printed, Per.BOARD, leaders=LED)
    with pytest.raises(InputError, match="empty"):
        sheets(printed, Per.BOARD, exemption=" ")
    (board,) = sheets(printed, Per.BOARD, exemption="张贴于社区", leaders=LED, pledge=("有诉必复",))
    for said in ("一级", "王建国", "三级", "古丽娜尔·阿布都热合曼", "有诉必复", "张贴于社区"):
        assert said in words(board), said
    with printed.reading(OPERATOR) as unit:
        (kept,) = read_history(unit).query("action == 'public-export'").to_dict("records")
    assert kept["detail"]["exemption"] == "张贴于社区"


def test_without_a_list_the_posts_of_the_store_are_shown_as_far_as_the_right_reaches(
    printed: Store, tmp_path: Path
) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(POSTS, "utf-8")
    import_posts(printed, OPERATOR, file, day=town.DAY, actor="t", now=town.NOW)
    (chart,) = sheets(printed, Per.COMMUNITY)
    assert ">张三<" in words(chart)
    assert "李四" not in words(chart), "the column tells who leads"
    first, _ = sheets(printed, Per.GRID)
    for said in ("网格长", "张三", "网格员", "李四"):
        assert said in words(first), said
    (board,) = sheets(printed, Per.BOARD, exemption="张贴于社区")
    assert "张三" in words(board)
    assert "李四" not in words(board), "his name is not posted"
    (listed,) = sheets(printed, Per.COMMUNITY, leaders=LED)
    assert "张三" not in words(listed), "the list of the office goes first"


@pytest.mark.parametrize("per", [Per.COMMUNITY, Per.GRID, Per.COMPLEX, Per.BOOKLET])
def test_small_counts_stay_inside(printed: Store, per: Per) -> None:
    inside = "".join(words(made) for made in sheets(printed, per))
    assert SMALL in inside or per is Per.COMPLEX
    outside = "".join(words(made) for made in sheets(printed, per, approval="陕S(2026)001号"))
    for value in (SMALL, ">600<", ">100<", "内部工作用图"):
        assert value not in outside, value
    assert "少于 10 的数字" in outside
    if per is not Per.COMPLEX:
        assert "&lt;10" in outside
        counted = "".join(words(made) for made in sheets(printed, per, PLANNER))
        assert "&lt;5" in counted
        assert ">600<" not in counted


def test_public_sheets_are_not_made_by_nobody(printed: Store) -> None:
    jobs = sheet_jobs(printed, OPERATOR, per=Per.AREA, communities=None, terms=replace(TERMS, approval="1"))
    with pytest.raises(ValueError, match="recorded"):
        next(jobs)


def test_micro_grids_are_a_table_for_who_may_know_what_buildings_hold(printed: Store) -> None:
    with printed.reading(OPERATOR) as unit:
        (plan,) = set(read_grids(unit, as_of=town.DAY, codes=[town.WEST])["plan_id"].astype(int))
    draft = copy_plan(printed, OPERATOR, plan, actor="t", now=town.NOW)
    (step,) = draw_level(
        printed,
        OPERATOR,
        level=Level.MICRO,
        plan_ids=[draft],
        rules=replace(profile("micro"), min_households=1, max_households=150),
        time_limit_s=0.2,
        actor="t",
        now=town.NOW,
    )
    assert step.error is None
    publish(
        printed,
        OPERATOR,
        plan_ids=[draft],
        valid_from=town.DAY + timedelta(days=7),
        as_drawn=True,
        actor="t",
        now=town.NOW,
    )
    later = town.DAY + timedelta(days=7)
    with printed.reading(OPERATOR) as unit:
        units = read_level(unit, level=Level.MICRO, plan_ids=[draft], grids=read_grids(unit, as_of=later))
    assert len(units)
    words = "".join(page.decode() for made in sheets(printed, Per.GRID, as_of=later) for page in made.pages)
    assert ">微网格</text>" in words
    assert all(f">{code}<" in words for code in units["code"])
    public = sheets(printed, Per.GRID, as_of=later, exemption="试")
    assert not any(">微网格</text>" in page.decode() for made in public for page in made.pages)
