"""审计 and 管理 with a real Chromium: what an auditor filters, verifies and exports; what whoever keeps the accounts does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from layers.accounts.audit import write_audit
from layers.rights.rights import Grant
from layers.rights.viewer import Role
from layers.store.database import Store
from tests.api.signed_in import signed_in
from tests.browser.conftest import SIZE, Watched, serving
from tests.layers import households, town

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Office:
    """A server with accounts, the store behind it, and who is signed in."""

    address: str
    store: Store
    people: dict[str, dict[str, str]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    home = tmp_path_factory.mktemp("office")
    store = Store.open(home=home)
    store.migrate()
    households.settle(store)
    people = {
        "zhao": signed_in(store, "zhao", Grant(Role.AUDITOR, ""), now=town.NOW),
        "boss": signed_in(store, "boss", Grant(Role.ADMIN, ""), now=town.NOW),
    }
    for number in range(120):
        write_audit(store, who="http:li", now=town.NOW, what="refused", number=number)
    with serving(home, index_poll_s=0.1) as address:
        yield Office(address, store, people)
    store.close()


@pytest.fixture
def visit(browser: Browser, office: Office) -> Iterator[Callable[[str, str], Watched]]:
    """Open a page as somebody who is signed in."""
    contexts = []

    def opened(path: str, name: str) -> Watched:
        context = browser.new_context(viewport=SIZE, locale="zh-CN")
        contexts.append(context)
        token = office.people[name]["cookie"].partition("=")[2]
        context.add_cookies([{"name": "wangge", "value": token, "url": office.address}])
        watched = Watched(context.new_page())
        watched.listen()
        watched.page.goto(office.address + path)
        ready(watched.page)
        return watched

    yield opened
    for context in contexts:
        context.close()


def ready(page: Page) -> None:
    page.wait_for_selector("html[data-ready=yes]", state="attached")


def test_an_auditor_filters_pages_verifies_and_exports(
    visit: Callable[[str, str], Watched], tmp_path: Path
) -> None:
    watched = visit("/audit", "zhao")
    page = watched.page
    rows = page.locator(".rows tbody tr")
    expect(rows).to_have_count(100)
    expect(rows.first).to_contain_text("越权被拒")
    page.get_by_role("button", name="更早的记录").click()
    expect(rows).to_have_count(122)
    page.locator("#who").fill("nobody")
    page.keyboard.press("Enter")
    expect(page.locator(".list .empty")).to_have_text("没有符合条件的记录。")
    page.locator("#who").fill("")
    page.locator("#what").select_option("account-add")
    expect(rows).to_have_count(2)
    page.get_by_role("button", name="校验完整性").click()
    expect(page.locator("#verdict .good")).to_have_text("审计链完整")
    with page.expect_download() as got:
        page.get_by_role("button", name="导出（CSV）").click()
    file = tmp_path / "audit.csv"
    got.value.save_as(file)
    assert file.read_text("utf-8-sig").count("account-add") == 2
    assert watched.complaints == []


def test_whoever_keeps_accounts_makes_locks_and_regrants_one(visit: Callable[[str, str], Watched]) -> None:
    watched = visit("/admin", "boss")
    page = watched.page
    assert page.locator("nav").first.locator("a").all_inner_texts() == ["管理"]
    page.get_by_role("button", name="新建账号").click()
    expect(page.locator("#wrong")).to_have_text("请填写账号")
    page.locator("#name").fill("sun")
    page.locator("[name=area]").fill(town.WEST)
    page.keyboard.press("Enter")
    expect(page.locator(".secret-once strong")).to_have_text("sun 的首次密码")
    assert len(page.locator(".secret-once code").inner_text()) == 19
    page.get_by_role("button", name="已记下，收起").click()
    row = page.locator("tr", has_text="sun")
    expect(row).to_contain_text("查看人员 · 西社区")
    row.get_by_role("button", name="锁定").click()
    row.get_by_role("button", name="确定锁定？").click()
    expect(row).to_contain_text("已锁定")
    row.get_by_role("button", name="改权限").click()
    page.locator("[name=role]").select_option("steward")
    assert page.locator("[name=of_people]").input_value() == "full"
    page.get_by_role("button", name="保存权限").click()
    expect(row).to_contain_text("数据管理员 · 西社区")
    expect(page.locator("tr", has_text="boss").get_by_role("button", name="锁定")).to_be_disabled()
    assert watched.complaints == []


def test_a_token_is_shown_once_and_settings_are_kept(visit: Callable[[str, str], Watched]) -> None:
    watched = visit("/admin#tokens", "boss")
    page = watched.page
    expect(page.locator("#list")).to_contain_text("还没有程序令牌")
    page.locator("#name").fill("hotline-12345")
    page.keyboard.press("Enter")
    expect(page.locator(".secret-once code")).to_contain_text("wgt_")
    page.get_by_role("link", name="设置").click()
    expect(page.locator(".secret-once")).to_have_count(0)
    page.locator("#notice").fill("今晚升级")
    page.keyboard.press("Enter")
    expect(page.locator("#told")).to_have_text("设置已保存，数秒内生效。")
    page.reload()
    expect(page.locator(".announced")).to_have_text("今晚升级")
    page.locator("select.area").select_option(town.WEST)
    page.wait_for_load_state()
    ready(page)
    expect(page.locator("select.area")).to_have_value(town.WEST)
    assert watched.complaints == []


def test_what_a_row_says_is_in_words(visit: Callable[[str, str], Watched], office: Office) -> None:
    """Nothing of how it is kept: no braces, no names of columns, on a narrow screen too."""
    grants = [{"area": "", "of_people": "building", "purpose": "display", "role": "planner"}]
    write_audit(
        office.store,
        who="cli:root",
        now=town.NOW,
        what="account-grant",
        role="operator",
        area=[""],
        purpose="maintenance",
        detail={"account": "qian", "grants": grants},
    )
    page = visit("/audit?who=root", "zhao").page
    said = page.locator(".rows tbody tr").first.locator(".said")
    expect(said).to_have_text("账号 qian · 授予 规划员 全部辖区 到楼栋")
    page.set_viewport_size({"width": 420, "height": 800})
    expect(said).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 420
    expect(page.locator("body")).not_to_contain_text("[object")
