"""Comments on a spot and a line, and a public consultation, in real browsers."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from layers.plans.notes import Note, add_note, read_notes
from layers.plans.procedure import move_plan
from layers.rights.viewer import OPERATOR
from tests.browser.desk import Desk, at, desk_at
from tests.layers import town

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000
SAID = "此处有围墙<b>，住户绕行</b>；" * 12


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    with desk_at(browser, tmp_path) as made:
        yield made


def test_a_spot_and_a_line_are_marked_and_answered(desk: Desk) -> None:
    page = desk.open()
    page.set_default_timeout(PATIENCE_MS)
    page.locator(".notes .soft").wait_for()
    places = [at(page, *place) for place in ((0.5, 0.5), (1.2, 0.4), (1.8, 1.0), (2.6, 1.2))]
    page.locator("[data-note=new]").click()
    page.get_by_role("button", name="保存", exact=True).click()
    assert "请填写内容" in page.locator(".notes-of-plan .faults").inner_text()
    page.get_by_label("内容", exact=True).fill(SAID)
    page.get_by_role("button", name="在地图上标注").click()
    page.mouse.click(*places[0])
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(".notes li", has_text="此处有围墙").wait_for()
    assert page.locator(".notes b").count() == 0  # text stays text
    assert page.locator(".note-mark").count() == 1

    page.keyboard.press("b")  # marking works over any tool, and leaves it as it was
    page.locator("[data-note=new]").click()
    page.get_by_label("内容", exact=True).fill("界线走这条巷")
    page.get_by_role("button", name="在地图上标注").click()
    page.mouse.move(*places[1])
    page.mouse.down()
    page.mouse.move(*places[2], steps=5)
    page.mouse.move(*places[3], steps=5)
    page.mouse.up()
    page.get_by_label("所涉网格").select_option(label="第二网格")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(".notes li", has_text="界线走这条巷").wait_for()
    assert desk.names() == {"第一网格": 400, "第二网格": 400}  # nothing was painted
    with desk.store.reading(OPERATOR) as unit:
        notes = read_notes(unit, desk.plan)
    assert [shape.geom_type for shape in notes.geometry] == ["Point", "LineString"]
    assert abs(notes.geometry.iloc[0].x - (town.LON + 0.5 * town.STEP_DEG)) < 0.1 * town.STEP_DEG

    row = page.locator(".notes li[data-number='1']")
    row.get_by_role("button", name="答复").click()
    page.get_by_label("处理结果").select_option("adopted")
    page.get_by_label("答复内容").fill("已移到墙外")
    row.locator("form button.first").click()
    page.locator(".notes li.done", has_text="采纳 已移到墙外").wait_for()


def test_a_plan_is_shown_and_remarks_are_heard_before_it_is_published(desk: Desk) -> None:
    move_plan(desk.store, OPERATOR, desk.plan, "submit", actor="wang", now=town.NOW)
    page = desk.open(who="zhang")
    page.set_default_timeout(PATIENCE_MS)
    page.locator("[data-note=consult]").click()
    page.locator(".notes-of-plan form button.first").click()
    assert "审图号与免审理由" in page.locator(".notes-of-plan .faults").inner_text()
    page.get_by_label("起始日").fill("2026-11-22")
    page.get_by_label("截止日").fill("2026-11-29")
    page.get_by_label("意见反映的方式与地点").fill("请到西社区党群服务中心窗口反映，或致电社区")
    page.get_by_label("或：无需审图号的理由").fill("示意图")
    page.locator(".notes-of-plan form button.first").click()
    page.locator(".notes-of-plan .notice", has_text="进行中").wait_for()
    with page.context.expect_page() as opened:
        page.get_by_text("打开公示页").click()
    notice = opened.value
    notice.wait_for_selector("html[data-ready=yes]", state="attached")
    assert "西社区网格调整方案公示" in notice.title()
    assert "户" not in notice.locator("body").inner_text().replace("户外", "")

    looks = desk.open("/map", who="zhang")
    looks.set_default_timeout(PATIENCE_MS)
    looks.get_by_role("link", name="西社区（至 2026-11-29）").wait_for()

    page.locator("[data-note=new]").click()
    page.get_by_label("内容", exact=True).fill("请回电13800138000")
    page.get_by_label("来源").select_option("counter")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(".notes-of-plan .faults", has_text="手机号").wait_for()
    page.get_by_label("内容", exact=True).fill("六号楼应归第一网格")
    page.get_by_role("button", name="保存", exact=True).click()
    page.locator(".notes li", has_text="公众 · 窗口 · 2026-11-22").wait_for()
    with page.expect_download() as got:
        page.get_by_text("下载意见表").click()
    assert "六号楼应归第一网格" in Path(got.value.path()).read_text(encoding="utf-8-sig")


def test_what_is_seen_is_printed_with_what_was_said(desk: Desk, tmp_path: Path) -> None:
    add_note(desk.store, OPERATOR, desk.plan, Note("界线走这条巷"), actor="wang", now=town.NOW)
    page = desk.open()
    page.set_default_timeout(PATIENCE_MS)
    page.locator(".notes li", has_text="界线走这条巷").wait_for()
    page.evaluate(
        "addEventListener('afterprint', () => { document.documentElement.dataset.printed = 'yes'; })"
    )
    file = tmp_path / "plan.pdf"
    page.pdf(path=file, prefer_css_page_size=True, print_background=True)
    page.wait_for_selector("html[data-printed=yes]", state="attached")
    assert page.evaluate("document.getElementById('map').style.zoom") == ""  # as it was before
    text = subprocess.run(
        ["pdftotext", "-layout", file, "-"], check=True, capture_output=True, text=True
    ).stdout
    assert [word in text for word in ("西社区", "第一网格 400", "第二网格 400", "界线走这条巷")] == [True] * 4
    assert [word in text for word in ("画笔", "写批注", "退出", "提交审批")] == [False] * 4
    picture = subprocess.run(
        ["pdftoppm", "-r", "20", "-l", "1", file], check=True, capture_output=True
    ).stdout
    pixels = np.frombuffer(picture, np.uint8)[-(len(picture) // 3 - 10) * 3 :].reshape(-1, 3).astype(int)
    coloured = (pixels.max(axis=1) - pixels.min(axis=1)) > 8
    assert coloured.mean() > 0.2  # grids, not their names alone
