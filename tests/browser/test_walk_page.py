"""The walk on site through a real browser: a sheet is scanned, stretches are ticked, signed, looked at, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from layers.plans.walking import read_stretches
from layers.rights.viewer import OPERATOR
from tests.browser.desk import Desk, desk_at
from tests.layers.town import WEST

PATIENCE_MS = 60_000
FIRST = f"{WEST}001"


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    with desk_at(browser, tmp_path) as made:
        yield made


def opened(desk: Desk, who: str = "wang") -> Page:
    page = desk.open(who=who)
    page.set_default_timeout(PATIENCE_MS)
    page.locator(".walk > summary").click()
    page.locator(".walk [data-grid]").first.wait_for()
    return page


def kept(desk: Desk) -> list[tuple[int, str, str]]:
    """Number, name and remark of what is kept of the first grid."""
    with desk.store.reading(OPERATOR) as unit:
        found = read_stretches(unit, desk.plan)
    own = found[(found["code"] == FIRST) & found["walked_by"].notna()]
    return list(zip(own["number"].astype(int), own["walked_by"], own["remark"], strict=True))


def test_a_sheet_is_scanned_signed_and_taken_back(desk: Desk) -> None:
    page = opened(desk)
    with desk.store.reading(OPERATOR) as unit:
        word = read_stretches(unit, desk.plan)["sheet"].iloc[0]
    page.get_by_label("扫描或输入踏勘图二维码内容").fill(f"{desk.plan} {FIRST} {word}")
    page.keyboard.press("Enter")
    page.locator(".walk h3", has_text="第一网格").wait_for()
    assert page.locator("#walk-word").input_value() == word
    page.get_by_role("button", name="录入所选线段").click()
    assert "请勾选线段" in page.locator(".walk .faults").inner_text()
    page.locator(".stretch", has_text="2").click()
    page.get_by_label("第 1 段", exact=True).check()
    assert page.get_by_label("第 2 段", exact=True).is_checked()
    page.locator("#walk-who").fill("王某 <b>")
    page.locator("#walk-day").fill("2026-11-21")
    page.locator("#walk-remark").fill("界桩缺失")
    page.get_by_role("button", name="录入所选线段").click()
    page.locator("[data-stretch='2'] td", has_text="王某 <b> 2026-11-21").wait_for()
    assert kept(desk) == [(1, "王某 <b>", "界桩缺失"), (2, "王某 <b>", "界桩缺失")]
    assert "2/" in page.locator(f"[data-grid='{FIRST}'] .size").inner_text()
    page.locator(".findings li", has_text="尚未现场踏勘的线段").first.wait_for()
    page.get_by_label("第 2 段", exact=True).check()
    page.get_by_role("button", name="删除所选记录").click()
    page.locator("[data-stretch='2'] td.off").wait_for()
    assert [number for number, *_ in kept(desk)] == [1]


def test_an_old_sheet_and_one_of_another_plan_are_refused(desk: Desk) -> None:
    page = opened(desk)
    scan = page.get_by_label("扫描或输入踏勘图二维码内容")
    for text, words in (
        ("12", "应为"),
        (f"999 {FIRST} ABCD", "方案 999"),
        (f"{desk.plan} 1 ABCD", "没有网格 1"),
    ):
        scan.fill(text)
        page.keyboard.press("Enter")
        assert words in scan.evaluate("(field) => field.validationMessage")
    scan.fill(f"{desk.plan} {FIRST} ZZZZ")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="全选").click()
    page.locator("#walk-who").fill("王某")
    page.locator("#walk-day").fill("2026-11-21")
    page.get_by_role("button", name="录入所选线段").click()
    page.locator(".walk .faults", has_text="已改动").wait_for()
    assert kept(desk) == []


def test_who_may_not_type_in_looks_only(desk: Desk) -> None:
    page = opened(desk, "zhang")
    page.locator(".walk [data-grid]").first.click()
    page.locator(".walk .notice", has_text="只能查看").wait_for()
    assert page.locator(".walk input[type=checkbox]").count() == 0
