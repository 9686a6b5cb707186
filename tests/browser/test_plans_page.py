"""The editor in a real browser: painted, undone, shared by two, and not lost while the server is away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from playwright.sync_api import Browser

from layers.imports.imports import import_frame
from layers.plans.editing import edit
from layers.plans.operations import Rename
from layers.rights.viewer import OPERATOR
from tests.browser.desk import Desk, at, desk_at, grid, paint, saved
from tests.layers import town

LONG = "长春路以东人民路以北至滨河大道之间含安置房与人才公寓的第一综合服务网格<b>甲</b>"


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    with desk_at(browser, tmp_path) as made:
        yield made


def test_what_stands_on_the_ground_is_drawn_and_the_page_works_without(desk: Desk) -> None:
    page = desk.open()
    page.wait_for_selector("#map[data-ground=drawn]")
    assert page.locator(".leaflet-ground-pane canvas").count() == 1
    assert page.locator("#side > .notice[role=status]").count() == 0
    page.route("**/api/layers/**", lambda route: route.abort())
    page.reload()
    page.wait_for_selector("#side > .notice[role=status]:has-text('未能显示')")
    grid(page, "第一网格").click()
    page.keyboard.press("b")
    paint(page, (2.5, 0.5), (2.5, 1.5))
    saved(page, 2)


def test_a_stroke_is_one_step_and_is_taken_back(desk: Desk) -> None:
    page = desk.open()
    grid(page, "第一网格").click()
    page.keyboard.press("b")
    paint(page, (2.5, 0.5), (2.5, 1.5))
    saved(page, 2)
    assert desk.names() == {"第一网格": 600, "第二网格": 200}
    assert "600 户" in grid(page, "第一网格").inner_text()
    page.wait_for_selector(".findings .warning")  # above the bound
    page.keyboard.press("Control+z")
    saved(page, 3)
    assert desk.names() == {"第一网格": 400, "第二网格": 400}
    page.keyboard.press("Control+Shift+z")
    saved(page, 4)
    page.reload()
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert "600 户" in grid(page, "第一网格").inner_text()


def test_without_a_chosen_grid_a_stroke_makes_one_and_it_is_named_and_locked(desk: Desk) -> None:
    page = desk.open()
    page.locator("[data-tool=box]").click()
    paint(page, (3.02, -0.2), (4.2, 2.2))
    saved(page, 2)
    assert desk.names() == {"第一网格": 400, "第二网格": 200, "第三网格": 200}
    page.get_by_role("button", name="改名").click()
    page.get_by_label("网格新名称").fill(LONG)
    page.keyboard.press("Enter")
    saved(page, 3)
    page.get_by_role("button", name="锁定", exact=True).click()
    saved(page, 4)
    assert LONG in desk.names()
    assert page.locator(".grid-label b").count() == 0  # a name is text, whatever it holds
    grid(page, "第一网格").click()
    page.locator("[data-tool=brush]").click()
    paint(page, (3.5, 0.5), (3.5, 1.5))
    assert desk.names()[LONG] == 200  # locked: the brush leaves it alone


def test_a_grid_is_cut_along_a_line_by_hand_and_by_keyboard(desk: Desk) -> None:
    page = desk.open()
    places = [(0.9, 0.5), (0.7, 0.5), (2.8, 1.1), (3.2, 0.9), (1.8, 1.05), (2.9, 0.95), (4.2, 1.02)]
    spot = {place: at(page, *place) for place in places}
    grid(page, "第一网格").click()
    page.keyboard.press("k")
    paint(page, (0.8, -0.2), (0.8, 2.2))
    saved(page, 2)
    assert desk.names() == {"第一网格": 200, "第二网格": 400, "第三网格": 200}
    page.keyboard.press("v")
    page.mouse.click(*spot[0.9, 0.5])  # a cell that was not there before
    page.wait_for_selector(".sizes [aria-pressed=true]:has-text('第一网格')")
    page.mouse.click(*spot[0.7, 0.5])
    page.wait_for_selector(".sizes [aria-pressed=true]:has-text('第三网格')")
    page.keyboard.press("Control+z")
    saved(page, 3)
    assert desk.names() == {"第一网格": 400, "第二网格": 400}
    page.keyboard.press("k")
    page.keyboard.press("Escape")
    page.mouse.click(*spot[2.8, 1.1])
    page.mouse.click(*spot[3.2, 0.9])
    assert "2 个点" in page.locator(".cut-line").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_selector(".notice.wrong:not([hidden])")
    assert "没有把" in page.locator(".notice.wrong").inner_text()
    page.mouse.click(*spot[1.8, 1.05])
    page.mouse.click(*spot[2.9, 0.95])
    page.mouse.dblclick(*spot[4.2, 1.02])
    saved(page, 4)
    assert desk.names() == {"第一网格": 400, "第二网格": 200, "第三网格": 200}
    grid(page, "第一网格").click()
    page.locator("#map").focus()
    page.keyboard.press(" ")
    assert "1 个点" in page.locator(".cut-line").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".sizes [aria-pressed=true]").count() == 1


def test_two_people_on_one_draft_lose_nothing(desk: Desk) -> None:
    page = desk.open()
    edit(desk.store, OPERATOR, desk.plan, Rename("第二网格", "对方改名"), actor="li", now=town.NOW)
    grid(page, "第一网格").click()
    page.locator("[data-tool=brush]").click()
    paint(page, (2.5, 0.5), (2.5, 0.6))
    page.wait_for_selector(".conflict:not([hidden])")
    said = page.locator(".conflict").inner_text()
    assert "对方的修改：第二网格 → 对方改名\n" in said.replace("\n\n", "\n")
    assert "您的修改（1 步未保存）：第一网格 400 → 500；第二网格 400 → 300" in said
    page.get_by_role("button", name="在对方基础上重做我的").click()
    saved(page, 3)
    assert desk.names() == {"第一网格": 500, "对方改名": 300}


def test_mine_may_become_a_draft_of_its_own(desk: Desk) -> None:
    page = desk.open()
    edit(desk.store, OPERATOR, desk.plan, Rename("第二网格", "对方改名"), actor="li", now=town.NOW)
    grid(page, "第一网格").click()
    page.locator("[data-tool=brush]").click()
    paint(page, (2.5, 0.5), (2.5, 0.6))
    page.wait_for_selector(".conflict:not([hidden])")
    page.get_by_role("button", name="我的另存为草稿").click()
    page.wait_for_url("**/plans?plan=2")
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    page.wait_for_selector("html:not([data-saved=no])", state="attached")
    assert "500 户" in grid(page, "第一网格").inner_text()
    assert desk.names() == {"第一网格": 400, "对方改名": 400}


def test_strokes_wait_in_the_browser_while_the_server_is_away(desk: Desk) -> None:
    page = desk.open()
    grid(page, "第一网格").click()
    page.locator("[data-tool=brush]").click()
    page.context.set_offline(True)
    paint(page, (2.5, 0.5), (2.5, 0.6))
    page.wait_for_selector(".saved.waiting")
    assert "1 步未保存" in page.locator(".saved").inner_text()
    assert desk.names() == {"第一网格": 400, "第二网格": 400}
    page.context.set_offline(False)
    saved(page, 2)
    assert desk.names() == {"第一网格": 500, "第二网格": 300}


def test_what_planned_buildings_bring_follows_the_brush(desk: Desk) -> None:
    page = desk.open()
    assert (page.locator(".ahead").count(), page.locator(".growth").inner_text()) == (0, "")
    said = {"planned_for": ["2028-03-01", "2031-05-01"], "planned_households": [240, 60]}
    sites = gpd.GeoDataFrame(
        {"ref": ["n1", "n2"], "name": ["滨江·翰林府二期（人才公寓）12号楼", None], "use": "residential"}
        | said,
        geometry=[shapely.box(x, 34.3304, x + 0.00015, 34.3306) for x in (108.70205, 108.70305)],
        crs=4490,
    )
    import_frame(desk.store, OPERATOR, "buildings", sites, source="t", actor="t", now=town.NOW)
    page.reload()
    ahead = grid(page, "第二网格").locator(".ahead")
    ahead.wait_for()
    years = [span.inner_text() for span in ahead.locator("span").all()]
    assert years == ["1 年后 400 户", "3 年后 640 户", "5 年后 700 户"]
    assert ahead.locator(".off").count() == 2  # the target ends at 500
    assert page.locator(".growth").inner_text() == "规划楼栋 2 栋，将新增 300 户；现有户数不含这些户。"
    grid(page, "第一网格").click()
    page.keyboard.press("b")
    paint(page, (2.5, 0.5), (2.5, 0.51))
    saved(page, 2)
    grid(page, "第一网格").locator(".ahead", has_text="3 年后 740 户").wait_for()
    assert "5 年后 360 户" in grid(page, "第二网格").inner_text()


def test_plans_are_listed_and_one_that_is_not_there_is_told(desk: Desk) -> None:
    page = desk.open("/plans")
    page.locator(".plan-row", has_text="西社区").click()
    page.wait_for_selector(".sizes button")
    page = desk.open("/plans?plan=999")
    assert "999" in page.locator(".card.wrong").inner_text()


def test_the_keyboard_alone_is_enough(desk: Desk) -> None:
    page = desk.open()
    grid(page, "第一网格").focus()
    page.keyboard.press("Enter")
    page.get_by_text("楼栋", exact=True).click()
    page.get_by_label("查找楼栋或小区").fill("5号楼")
    page.locator(".find li button").first.focus()
    page.keyboard.press("Enter")
    saved(page, 2)
    assert desk.names() == {"第一网格": 500, "第二网格": 300}
    assert "5号楼" in page.locator("#live").inner_text()
