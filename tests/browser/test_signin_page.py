"""Signing in with a real Chromium: the first password changed, links only to what one may open, the way out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from layers.accounts.accounts import Keeper, add_account, lock_account, reset_password
from layers.rights.rights import Grant
from layers.rights.viewer import OfPeople, Purpose, Role
from layers.store.database import Store
from tests.browser.conftest import SIZE, Watched, serving
from tests.layers import households, town

pytestmark = pytest.mark.browser

OPER = Keeper("cli:test")
GOOD = "Lotus-gate-41"


@dataclass(frozen=True)
class Office:
    """A server with accounts, and the store behind it."""

    address: str
    store: Store
    first: dict[str, str]
    """First passwords."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("office")
    store = Store.open(home=home)
    store.migrate()
    households.settle(store)
    households.move_in(store, *households.HOMES)
    households.match(store)
    steward = Grant(Role.STEWARD, "", OfPeople.FULL, Purpose.MAINTENANCE)
    granted = {
        "li": [Grant(Role.LEADER, town.WEST)],
        "wang": [steward],
        "zhao": [Grant(Role.AUDITOR, "")],
    }
    first = {name: add_account(store, OPER, name, given, now=town.NOW) for name, given in granted.items()}
    with serving(home, index_poll_s=0.1) as address:
        yield Office(address, store, first)
    store.close()


@pytest.fixture
def visit_office(browser: Browser, office: Office) -> Iterator[Callable[[str], Watched]]:
    """Open a page of the office's server as a stranger with a fresh browser."""
    context = browser.new_context(viewport=SIZE, locale="zh-CN")

    def opened(path: str) -> Watched:
        watched = Watched(context.new_page())
        watched.page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((office.address, "data:"))
                else watched.requests.append(asked.url)
            ),
        )
        watched.listen()
        watched.page.goto(office.address + path)
        ready(watched.page)
        return watched

    yield opened
    context.close()


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready=yes]", state="attached")


def sign_in(page: Page, name: str, password: str) -> None:
    page.locator("#name").fill(name)
    page.locator("#password").fill(password)
    page.keyboard.press("Enter")


def change_password(page: Page, first: str) -> None:
    """Change the first password, on the page it leads to."""
    page.wait_for_url("**/account?*")
    ready(page)
    page.locator("#old").fill(first)
    page.locator("#new").fill(GOOD)
    page.locator("#again").fill(GOOD)
    page.keyboard.press("Enter")


def test_from_the_first_password_to_the_answer_and_out(
    visit_office: Callable[[str], Watched], office: Office
) -> None:
    watched = visit_office("/lookup#q=桂苑3号楼")
    page = watched.page
    assert "/signin?next=%2Flookup" in page.url
    assert page.locator("nav a").count() == 0
    assert "苑" not in page.content()
    expect(page.locator("#name")).to_be_focused()
    sign_in(page, "li", office.first["li"])
    page.wait_for_url("**/account?*")
    ready(page)
    expect(page.locator("#first")).to_be_visible()
    page.locator("#old").fill(office.first["li"])
    page.locator("#new").fill("short")
    page.locator("#again").fill("short")
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_contain_text("10–128 个字符")
    expect(page.locator("#new")).to_have_attribute("aria-invalid", "true")
    page.locator("#new").fill(GOOD)
    page.locator("#again").fill(GOOD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/lookup")
    ready(page)
    assert page.locator("nav a").all_inner_texts() == ["地图", "覆盖", "查询"]
    assert page.locator(".who .area").inner_text() == "西社区"
    assert page.locator(".who .name").inner_text() == "li"
    page.locator("#box").fill("桂苑3号楼2单元501室")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("第一网格")
    page.locator("#box").fill("兰苑2号楼")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text("未找到", timeout=10_000)
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/signin?out=1")
    ready(page)
    expect(page.locator("#told")).to_have_text("已退出登录。")
    page.goto(office.address + "/lookup")
    assert "/signin?next=" in page.url
    assert page.context.cookies() == []
    assert all("422" in said for said in watched.complaints), watched.complaints
    assert watched.requests == []


def test_what_is_wrong_is_told_at_its_place(visit_office: Callable[[str], Watched], office: Office) -> None:
    watched = visit_office("/signin?next=https://evil.example.com/")
    page = watched.page
    page.keyboard.press("Enter")
    expect(page.locator("#wrong a")).to_have_text(["请填写账号", "请填写密码"])
    expect(page.locator("#name")).to_be_focused()
    sign_in(page, "wang", "not the password")
    expect(page.locator("#wrong")).to_contain_text("账号或密码错误")
    expect(page.locator("#password")).to_have_value("")
    expect(page.locator("#password")).to_be_focused()
    assert page.locator("#name").input_value() == "wang"
    page.locator("#password").fill("seen")
    page.locator("#reveal").click()
    assert page.locator("#password").get_attribute("type") == "text"
    page.route("**/api/session*", lambda route: route.abort())
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("#wrong")).to_contain_text("无法连接服务器")
    page.unroute("**/api/session*")
    sign_in(page, "wang", office.first["wang"])
    change_password(page, office.first["wang"])
    page.wait_for_url(office.address + "/map")  # no page elsewhere
    ready(page)
    assert page.locator("nav a").all_inner_texts() == ["地图", "覆盖", "查询", "数据"]
    page.goto(office.address + "/review")
    expect(page.locator("#waiting")).to_have_text("待核对 2 条")
    expect(page.locator("#gate")).to_be_hidden()
    page.locator("h1.address").focus()
    page.keyboard.press("0")
    expect(page.locator(".notice")).to_contain_text("已搁置")
    lock_account(office.store, OPER, "wang", locked=True, now=town.NOW)
    page.wait_for_timeout(500)
    page.get_by_role("button", name="撤销").click()
    page.wait_for_url("**/signin?*")
    ready(page)
    expect(page.locator("#told")).to_contain_text("登录已失效")
    assert "next=%2Freview" in page.url


def test_a_page_without_the_right_says_so_and_where_to_go(
    visit_office: Callable[[str], Watched], office: Office
) -> None:
    page = visit_office("/signin?lang=en").page
    expect(page.locator("h1").first).to_have_text("Sign in to Wangge")
    sign_in(page, "zhao", office.first["zhao"])
    change_password(page, office.first["zhao"])
    page.wait_for_url(office.address + "/audit")
    page.goto(office.address + "/review?lang=en")
    ready(page)
    expect(page.locator("h1")).to_have_text("You may not open this page")
    assert page.locator("nav a").all_inner_texts() == ["Audit"]
    expect(page.locator("#open a")).to_have_text(["Audit", "My account"])


def test_a_page_nobody_uses_is_left_when_the_session_is_over(
    visit_office: Callable[[str], Watched], office: Office
) -> None:
    add_account(office.store, OPER, "sun", [Grant(Role.VIEWER, "")], now=town.NOW)
    page = visit_office("/signin?next=/lookup").page
    page.clock.install()
    first = reset_password(office.store, OPER, "sun", now=town.NOW)
    sign_in(page, "sun", first)
    change_password(page, first)
    page.wait_for_url("**/lookup")
    ready(page)
    page.clock.fast_forward("29:00")
    assert page.url == office.address + "/lookup"
    lock_account(office.store, OPER, "sun", locked=True, now=town.NOW)
    for _ in range(60):  # the server looks how accounts stand once a second, and later when it is busy
        page.clock.fast_forward("01:30")
        page.wait_for_timeout(500)
        if "/signin" in page.url:
            break
    page.wait_for_url("**/signin?*")
    assert "next=%2Flookup" in page.url
    assert "over=1" in page.url


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_the_page_fits_the_screen(visit_office: Callable[[str], Watched], width: int, height: int) -> None:
    page = visit_office("/signin").page
    page.set_viewport_size({"width": width, "height": height})
    page.keyboard.press("Enter")
    expect(page.locator("#wrong")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == width
    for part in ("#name", "#password", "button.main", "#wrong"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["y"] + box["height"] <= height
