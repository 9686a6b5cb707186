"""A redraw played from end to end in real browsers: two planners, an approver, and a server that is killed on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.apart import Apart
from tests.browser.desk import Desk, at, desk_at, grid, paint, saved

pytestmark = pytest.mark.browser
PATIENCE_MS = 60_000


@pytest.fixture
def server() -> dict[str, Apart]:
    """The one that serves, once it does."""
    return {}


@pytest.fixture
def desk(browser: Browser, tmp_path: Path, server: dict[str, Apart]) -> Iterator[Desk]:
    @contextmanager
    def apart(home: Path) -> Iterator[str]:
        server["it"] = made = Apart(home)
        try:
            yield made.address
        finally:
            made.kill()

    with desk_at(browser, tmp_path, served=apart) as made:
        yield made


def opened(desk: Desk, who: str) -> Page:
    page = desk.open(who=who)
    page.set_default_timeout(PATIENCE_MS)
    return page


def again(page: Page) -> None:
    page.reload()
    page.wait_for_selector("html[data-ready=yes]", state="attached")


def deed(page: Page, word: str, remark: str | None = None) -> None:
    page.locator(f"[data-deed=deed_{word}]").click()
    if remark:
        page.locator(".way form textarea").fill(remark)
    if word == "publish":
        page.get_by_label("生效日期").fill("2026-11-30")
    page.locator(".way form button.first:enabled").click()


def stands(page: Page, state: str) -> None:
    page.locator(f".way .state.{state}").wait_for()


def test_from_a_draft_to_a_publication_and_back(desk: Desk, server: dict[str, Apart]) -> None:
    wang = opened(desk, "wang")

    # brush, lasso, cut: one step each
    ring = [at(wang, *place) for place in [(0.1, 1.1), (0.1, 1.9), (0.9, 1.9), (0.9, 1.1), (0.2, 1.1)]]
    grid(wang, "第一网格").click()
    wang.keyboard.press("b")
    paint(wang, (2.5, 0.5), (2.5, 1.5))
    saved(wang, 2)
    assert desk.names() == {"第一网格": 600, "第二网格": 200}
    grid(wang, "第二网格").click()
    wang.keyboard.press("l")
    first, *rest = ring
    wang.mouse.move(*first)
    wang.mouse.down()
    for place in rest:
        wang.mouse.move(*place, steps=4)
    wang.mouse.up()
    saved(wang, 3)
    assert desk.names() == {"第一网格": 500, "第二网格": 300}
    wang.keyboard.press("Control+z")  # a far corner, which the checks would call a stray part
    saved(wang, 4)
    grid(wang, "第一网格").click()
    wang.keyboard.press("k")
    paint(wang, (1.0, -0.2), (1.0, 2.2), middles=(1.5, 3.5))
    saved(wang, 5)
    assert sorted(desk.names().values()) == [200, 200, 400]

    # the server is killed in the middle of a stroke: it waits in the browser and is saved when there is one again
    wang.keyboard.press("Escape")
    grid(wang, "第二网格").click()
    wang.keyboard.press("b")
    x, y = at(wang, 2.5, 0.5, (0.5, 3.5))
    wang.mouse.move(x, y)
    wang.mouse.down()
    server["it"].kill()
    wang.mouse.move(x + 3, y)
    wang.mouse.up()
    wang.wait_for_selector(".saved.waiting")
    assert "1 步未保存" in wang.locator(".saved").inner_text()
    assert desk.names()["第二网格"] == 200
    server["it"].start()
    saved(wang, 6)
    assert desk.names()["第二网格"] == 300

    # two planners on one draft: the second sees what the first did, and both are kept
    li = opened(desk, "li")
    grid(li, "第二网格").click()
    li.get_by_role("button", name="改名").click()
    li.get_by_label("网格新名称").fill("河东网格")
    li.keyboard.press("Enter")
    saved(li, 7)
    grid(wang, "第二网格").click()
    wang.get_by_role("button", name="锁定", exact=True).click()
    wang.wait_for_selector(".conflict:not([hidden])")
    assert "河东网格" in wang.locator(".conflict").inner_text()
    wang.get_by_role("button", name="在对方基础上重做我的").click()
    saved(wang, 8)
    assert "河东网格" in grid(wang, "河东网格").inner_text()
    assert "已锁" in grid(wang, "河东网格").inner_text()

    # checked, submitted, sent back with a remark, edited, approved, published from a day, withdrawn
    wang.locator(".findings li").first.wait_for()
    assert wang.locator(".findings .error").count() == 0
    deed(wang, "submit", "请审")
    stands(wang, "submitted")
    zhang = opened(desk, "zhang")
    deed(zhang, "return", "第一网格请改名")
    stands(zhang, "returned")
    again(wang)
    wang.locator(".way blockquote", has_text="第一网格请改名").wait_for()
    grid(wang, "第一网格").click()
    wang.get_by_role("button", name="改名").click()
    wang.get_by_label("网格新名称").fill("河西网格")
    wang.keyboard.press("Enter")
    wang.locator(".sizes button", has_text="河西网格").wait_for()
    deed(wang, "submit")
    stands(wang, "submitted")
    again(zhang)
    deed(zhang, "approve")
    stands(zhang, "approved")
    deed(zhang, "publish")
    stands(zhang, "published")
    deed(zhang, "withdraw", "误发")
    stands(zhang, "retired")
    zhang.get_by_text("流程记录").click()
    zhang.locator(".way-list > li").nth(5).wait_for()
    said = zhang.locator(".way-list > li b").all_inner_texts()
    assert said == ["提交", "退回", "提交", "批准", "发布", "撤回发布"]
