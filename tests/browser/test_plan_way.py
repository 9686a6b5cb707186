"""A plan's way through real browsers: checked, mended, excepted, submitted, decided about grid by grid, published, asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from geo.plans.rules import profile
from layers.plans.drafts import copy_plan, delete_plans
from layers.plans.editing import edit
from layers.plans.operations import Assign, Merge
from layers.plans.procedure import move_plan
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.chain_tables import posts
from tests.browser.desk import Desk, desk_at, grid, paint, saved
from tests.layers import town

PATIENCE_MS = 60_000
"""A busy machine has it slowly."""
MIDDLES = (0.5, 3)
ASKED = """async (day) => {
  for (let i = 0; i < 120; i++) {  // a look-up hears of a publication within seconds
    const found = await (await fetch(`/api/locate?lon=108.7035&lat=34.3305&as_of=${day}`)).json();
    if (found.grid || (i > 2 && day < "2026-11-30")) return found;
    await new Promise((go) => setTimeout(go, 500));
  }
}"""


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    with desk_at(browser, tmp_path, (0, 1), (1, 1), (2, 2)) as made:
        yield made


def deed(page: Page, word: str) -> None:
    page.locator(f"[data-deed=deed_{word}]").click()


def stands(page: Page, state: str) -> None:
    page.locator(f".way .state.{state}").wait_for(timeout=PATIENCE_MS)


def test_a_plan_is_mended_submitted_decided_about_and_published(desk: Desk) -> None:
    page = desk.open()
    page.set_default_timeout(PATIENCE_MS)
    grid(page, "第一网格").click()
    page.keyboard.press("b")
    paint(page, (3.5, 0.5), (3.5, 0.51), middles=MIDDLES)  # a stray part, on purpose
    saved(page, 2)
    torn = page.locator(".findings li", has_text="分为 2 片")
    torn.wait_for()
    zoom = page.locator(".leaflet-control-scale-line").inner_text()
    torn.locator("button").first.click()
    page.locator(".leaflet-control-scale-line").filter(has_not_text=zoom).wait_for()
    deed(page, "submit")
    page.locator(".way form", has_text="1 处错误").wait_for()
    assert page.locator(".way form button.first").is_disabled()
    page.keyboard.press("Escape")
    torn.get_by_role("button", name="查看修补").click()
    page.locator(".preview td").first.wait_for()
    assert desk.names()["第一网格"] == 300  # looked at only
    page.get_by_role("button", name="采用").click()
    saved(page, 3)
    assert desk.names() == {"第一网格": 200, "第二网格": 200, "第三网格": 400}

    page.get_by_role("button", name="改名").wait_for()
    deed(page, "submit")
    page.get_by_label("意见（可不填）").fill("请审")
    page.locator(".way form button.first").click()
    stands(page, "submitted")
    assert page.get_by_text("此方案不能编辑").is_visible()

    desk_of_zhang = desk.open(who="zhang")
    desk_of_zhang.set_default_timeout(PATIENCE_MS)
    desk_of_zhang.locator(".way blockquote", has_text="请审").wait_for()
    deed(desk_of_zhang, "decide")
    for name, verdict in (("第一网格", "批准"), ("第二网格", "批准"), ("第三网格", "退回")):
        desk_of_zhang.get_by_label(f"{name} {verdict}", exact=True).check()
    desk_of_zhang.locator(".way form button.first").click()
    assert "请说明" in desk_of_zhang.locator(".faults:not([hidden])").inner_text()
    desk_of_zhang.get_by_label("意见（可不填）").fill("第三网格请拆开")
    desk_of_zhang.locator(".way form button.first").click()
    stands(desk_of_zhang, "returned")

    page.reload()
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    page.locator(".way blockquote", has_text="第三网格请拆开").wait_for()
    assert "已批准" in grid(page, "第一网格").inner_text()
    assert "已退回" in grid(page, "第三网格").inner_text()
    grid(page, "第三网格").click()
    page.get_by_role("button", name="改名").click()
    page.get_by_label("网格新名称").fill("第三网格东")
    page.keyboard.press("Enter")
    page.locator(".sizes button", has_text="第三网格东").wait_for()
    deed(page, "submit")
    page.locator(".way form button.first:enabled").click()
    stands(page, "submitted")

    desk_of_zhang.reload()
    desk_of_zhang.wait_for_selector("html[data-ready=yes]", state="attached")
    deed(desk_of_zhang, "decide")
    assert desk_of_zhang.get_by_label("第一网格 批准", exact=True).is_checked()
    desk_of_zhang.get_by_label("第三网格东 批准", exact=True).check()
    desk_of_zhang.locator(".way form button.first").click()
    stands(desk_of_zhang, "approved")
    deed(desk_of_zhang, "publish")
    desk_of_zhang.get_by_label("生效日期").fill("2072-01-01")
    desk_of_zhang.locator(".way form button.first").click()
    desk_of_zhang.locator(".faults", has_text="45 年").wait_for()
    desk_of_zhang.get_by_label("生效日期").fill("2026-11-30")
    desk_of_zhang.locator(".way form button.first").click()
    stands(desk_of_zhang, "published")
    desk_of_zhang.get_by_text("流程记录").click()
    desk_of_zhang.locator(".way-list > li").nth(
        5
    ).wait_for()  # submit, approve, return, submit, approve, publish
    today, tuesday = (desk_of_zhang.evaluate(ASKED, day) for day in ("2026-11-22", "2026-12-01"))
    assert today["grid"] is None
    assert tuesday["grid"]["name"] == "第三网格东"
    deed(desk_of_zhang, "withdraw")
    desk_of_zhang.get_by_label("意见", exact=True).fill("误发")
    desk_of_zhang.locator(".way form button.first").click()
    stands(desk_of_zhang, "retired")


def test_a_finding_is_excepted_with_reason_and_approver(desk: Desk) -> None:
    page = desk.open()
    page.set_default_timeout(PATIENCE_MS)
    grid(page, "第一网格").click()
    page.keyboard.press("b")
    paint(page, (3.5, 0.5), (3.5, 0.51), middles=MIDDLES)
    saved(page, 2)
    torn = page.locator(".findings li", has_text="分为 2 片")
    torn.get_by_role("button", name="登记例外").click()
    page.get_by_role("button", name="保存例外").click()
    assert "请说明理由" in torn.locator(".faults").inner_text()
    page.get_by_label("为什么可以保留").fill("一条河两岸，历来一格")
    page.get_by_label("批准人或批准文件").fill("街道办〔2026〕12号")
    page.get_by_role("button", name="保存例外").click()
    page.locator(".findings .notice", has_text="街道办〔2026〕12号").wait_for()
    deed(page, "submit")
    page.locator(".way form button.first:enabled").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="取消例外").click()
    page.locator(".findings .error").wait_for()


def test_who_may_not_is_told_so(desk: Desk) -> None:
    page = desk.open(who="zhang")
    assert "没有编辑" in page.locator("[data-noright]").inner_text()
    assert page.locator(".tools [data-tool]").count() == 0
    page.locator(".findings li").first.wait_for(timeout=PATIENCE_MS)


def test_what_a_search_finds_is_looked_at_and_given_up(desk: Desk) -> None:
    page = desk.open()
    page.set_default_timeout(PATIENCE_MS)
    page.get_by_role("button", name="重新划分").click()
    page.locator(".preview .busy").wait_for()
    page.locator(".preview p:not(.busy)").first.wait_for()
    page.get_by_role("button", name="放弃").click()
    assert page.locator(".preview").is_hidden()
    assert desk.names() == {"第一网格": 200, "第二网格": 200, "第三网格": 400}


def test_a_plan_is_compared_with_its_copy(desk: Desk) -> None:
    copied = copy_plan(desk.store, OPERATOR, desk.plan, actor="t", now=town.NOW)
    edit(desk.store, OPERATOR, copied, Assign(to="第二网格", buildings=("b20",)), actor="t", now=town.NOW)
    page = desk.open(plan=copied)
    page.set_default_timeout(PATIENCE_MS)
    page.locator(".compare > summary").click()
    page.locator(".compare .big").wait_for()
    assert "100 户更换网格（12.5%）" in page.locator(".compare .big").inner_text()
    assert "不变 1 · 调整 2" in page.locator(".compare").inner_text()
    page.get_by_label("左移右移：对照方案 ｜ 本方案").fill("50")
    assert page.evaluate("document.querySelector('.leaflet-before-pane').style.clip").startswith("rect(")
    with page.expect_download() as got:
        page.get_by_text("新旧编码对照表").click()
        page.get_by_role("button", name="下载对照表（CSV）").click()
    assert got.value.suggested_filename == f"编码对照-1-{copied}.csv"
    page.get_by_label("与哪个方案比较").select_option("")
    page.locator(".compare [role=alert]", has_text="没有生效的方案").wait_for()


def test_what_becomes_of_codes_and_of_those_who_serve_is_told_before_publishing(desk: Desk) -> None:
    store = desk.store
    publish(store, OPERATOR, plan_ids=[desk.plan], valid_from=town.DAY, actor="t", now=town.NOW)
    fact = {"community_code": town.WEST, "valid_from": town.DAY, "source": "t"}
    held = {"title": "网格长", "place_kind": "grid", "holder": "李", "public": True}
    with store.writing(OPERATOR, actor="t", now=town.NOW) as unit:
        unit.execute(posts.insert().values(id="p1", place=f"{town.WEST}001", **held, **fact))
    copied = copy_plan(store, OPERATOR, desk.plan, actor="t", now=town.NOW)
    edit(store, OPERATOR, copied, Merge(("第一网格", "第二网格"), into="第二网格"), actor="t", now=town.NOW)
    for deed_done in ("submit", "approve"):
        move_plan(store, OPERATOR, copied, deed_done, actor="t", now=town.NOW)  # type: ignore[arg-type]
    page = desk.open(who="zhang", plan=copied)
    page.set_default_timeout(PATIENCE_MS)
    deed(page, "publish")
    page.locator(".codes", has_text="编码：沿用 2 · 新设 0 · 停用 1").wait_for()
    ended = page.locator(".codes li", has_text="停用 第一网格")
    assert f"{town.WEST}001 · 归入第二网格" in ended.inner_text()
    page.locator(".compare > summary").click()
    page.locator(".serving", has_text="原网格撤销 网格长").wait_for()


def test_a_new_draft_is_made_from_a_template(desk: Desk) -> None:
    page = desk.open("/plans")
    page.set_default_timeout(PATIENCE_MS)
    page.get_by_text("新建草稿").click()
    page.get_by_role("button", name="新建", exact=True).click()
    page.locator(".new-draft .faults", has_text="还没有现行方案").wait_for()
    page.get_by_label("自动划分").check()
    assert (
        page.get_by_label("备选方案数").input_value() == "3"
    )  # what the engine draws: tests/api/test_plans.py
    page.get_by_label("全部归为一格").check()
    page.get_by_label("划分规则").select_option("county-urban")
    page.get_by_role("button", name="新建", exact=True).click()
    page.locator(".sizes button", has_text="800 户").wait_for()
    county = profile("county-urban")
    assert f"目标 {county.min_households}–{county.max_households} 户" in page.locator(".band").inner_text()


def test_before_the_first_plan_the_communities_of_the_area_can_be_chosen(desk: Desk) -> None:
    delete_plans(desk.store, OPERATOR, [desk.plan], actor="t", now=town.NOW)
    page = desk.open("/plans")
    page.set_default_timeout(PATIENCE_MS)
    page.get_by_text("还没有方案").wait_for()
    page.get_by_text("新建草稿").click()
    page.locator(".new-draft", has_text="西社区").wait_for()
    assert page.locator("#new-community").input_value() == town.WEST
    assert page.locator("#new-communities option").count() == 1
