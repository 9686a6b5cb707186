"""/review in a real Chromium: nothing without the token, keys 1-5 choose, markup in addresses stays text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import EVIL, TOKEN

pytestmark = pytest.mark.browser

Visit = Callable[[str], Any]


def enter(page: Page, token: str = TOKEN) -> None:
    page.locator("#token").fill(token)
    page.keyboard.press("Enter")


def addresses(page: Page) -> list[str]:
    """The addresses of all cases, by walking through them; ends at the last one."""
    found = [page.locator(".address").inner_text()]
    while page.get_by_role("button", name="下一条").is_enabled():
        page.keyboard.press("ArrowRight")
        found.append(page.locator(".address").inner_text())
    return found


def test_nothing_is_shown_without_the_token(visit: Visit) -> None:
    watched = visit("/review")
    page = watched.page
    assert "管理口令" in page.locator("#gate").inner_text()
    assert "苑" not in page.content()
    enter(page, "wrong")
    expect(page.locator("#gate_error")).to_contain_text("管理口令")
    expect(page.locator("#case")).to_be_hidden()
    assert all("403" in said for said in watched.complaints)  # the browser's own line for a refused request
    assert watched.requests == []


def test_a_decision_that_was_not_kept_is_told_so(visit: Visit) -> None:
    page = visit("/review").page
    enter(page)
    page.get_by_text("更正为其他楼栋").click()
    page.route("**/api/review/*", lambda route: route.abort())
    page.locator("#search-correct").type("桂苑1")
    page.locator("#list-correct li", has_text="桂苑1号楼").click()
    expect(page.locator(".notice.wrong")).to_contain_text("未能完成")
    expect(page.locator("h1.address")).to_be_visible()


def test_cases_are_worked_through_by_keyboard(visit: Visit) -> None:
    watched = visit("/review")
    page = watched.page
    enter(page)
    expect(page.locator("#waiting")).to_have_text("待核对 3 条")
    page.locator("h1.address").focus()
    found = addresses(page)
    assert set(found) == {"兰苑2号楼", "月亮湾1号楼", EVIL}
    assert page.locator("#case img").count() == 0
    while page.locator(".address").inner_text() != "兰苑2号楼":
        page.keyboard.press("ArrowLeft")
    assert page.locator(".choices button[data-key='2'] span").inner_text() == "兰苑二期2号楼"
    page.keyboard.press("2")
    expect(page.locator(".notice")).to_have_text("已保存：已确认撤销")
    expect(page.locator("#waiting")).to_have_text("待核对 2 条")
    while page.locator(".address").inner_text() != EVIL:
        page.keyboard.press("ArrowRight")
    page.keyboard.press("0")
    expect(page.locator(".notice")).to_have_text("已保存：已搁置撤销")
    page.get_by_text("登记为小区别名").click()
    name, target = page.locator("details").nth(1).locator("input").all()
    name.fill("月亮湾")
    target.type("桂苑")
    expect(page.locator("#list-alias li").first).to_have_text("桂苑 西社区")
    target.press("ArrowDown")
    target.press("Enter")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".notice")).to_have_text("已保存：月亮湾")
    page.get_by_text("更正为其他楼栋").click()
    page.locator("#search-correct").type("桂苑1")
    page.locator("#list-correct li", has_text="桂苑1号楼").click()
    expect(page.locator("#case h1")).to_have_text("没有待核对的地址")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("h1.address")).to_have_text("月亮湾1号楼")
    assert watched.complaints == []
    assert watched.requests == []


def test_a_reload_asks_no_second_time_in_this_tab(visit: Visit) -> None:
    page = visit("/review").page
    enter(page)
    expect(page.locator("#case")).to_be_visible()
    page.reload()
    expect(page.locator("#case")).to_be_visible()


def test_rates_lead_to_the_cases_of_a_place(visit: Visit) -> None:
    watched = visit("/review")
    page = watched.page
    enter(page)
    page.get_by_role("link", name="关联率").click()
    expect(page.locator("#rates h1")).to_have_text("人房关联率")
    expect(page.locator("#case")).to_be_hidden()
    page.locator(".kinds").get_by_role("link", name="网格").click()
    expect(page.locator(".rates tbody tr")).to_have_count(4)
    assert not any(text in page.locator("#rates").inner_text() for text in ("月亮湾", "2单元", "号楼"))
    page.locator(".kinds").get_by_role("link", name="社区").click()
    row = page.locator(".rates tbody tr", has_text="西社区")
    expect(row.locator("td").nth(1)).to_have_text("—")  # too few to be told
    page.go_back()
    expect(page.locator(".kinds a[aria-current]")).to_have_text("网格")
    page.goto(page.url.split("#")[0] + "#community=999901001001&name=西社区")
    expect(page.locator(".filtered span")).to_have_text("只看：西社区 999901001001")
    expect(page.locator("#case h1")).to_have_text("此处没有待核对的地址")
    page.get_by_role("link", name="查看全部").click()
    expect(page.locator(".filtered")).to_have_count(0)
    assert watched.complaints == []
    assert watched.requests == []


def test_a_place_nobody_knows_and_a_dead_server_log_nobody_out(visit: Visit) -> None:
    page = visit("/review#community=<b>").page
    page.locator("#token").fill(TOKEN)
    page.keyboard.press("Enter")
    expect(page.locator("#gate_error")).not_to_be_empty()
    page.goto(page.url.split("#")[0] + "#cases")
    expect(page.locator("#tabs")).to_be_visible()
    page.route("**/api/review/rates*", lambda route: route.abort())
    page.get_by_role("link", name="关联率").click()
    expect(page.locator("#case [role=alert]")).to_contain_text("无法连接服务器")
    page.unroute("**/api/review/rates*")
    page.get_by_role("button", name="重试").click()
    expect(page.locator("#rates h1")).to_be_visible()


@pytest.mark.parametrize(
    ("token", "said"),
    [
        ("", "请输入管理口令"),
        ("口令" * 10, "管理口令不正确"),
        ("<b>" * 100, "管理口令缺失或不正确"),
        ("x" * 10_000, "不正确"),
    ],
)
def test_a_token_that_cannot_be_right_is_told_so(visit: Visit, token: str, said: str) -> None:
    page = visit("/review").page
    enter(page, token)
    expect(page.locator("#gate_error")).to_contain_text(said)
    assert page.evaluate("document.documentElement.scrollWidth") == 1366
