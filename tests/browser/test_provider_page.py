"""Signing in at an organisation's provider with a real Chromium and a real provider: the button, the way back, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from layers.accounts.accounts import Keeper, add_account
from layers.rights.rights import Grant
from layers.rights.viewer import Role
from layers.store.database import Store
from tests.browser.conftest import SIZE, Watched, serving
from tests.layers import households, town
from tests.provider_process import CLIENT, SECRET, Running, provider

pytestmark = pytest.mark.browser
BUTTON = "用单位账号登录"


@pytest.fixture(scope="module")
def there() -> Iterator[Running]:
    with provider() as running:
        yield running


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, there: Running) -> Iterator[str]:
    home = tmp_path_factory.mktemp("outside")
    store = Store.open(home=home)
    store.migrate()
    households.settle(store)
    add_account(store, Keeper("cli:test"), "wang", [Grant(Role.VIEWER, "")], now=town.NOW)
    store.close()
    settings = {"oidc_client_id": CLIENT, "oidc_client_secret": SECRET, "oidc_issuer": there.issuer}
    with serving(home, oidc_grants=(f"leads=leader@{town.WEST}",), **settings) as served:
        yield served


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A fresh browser that watches."""
    context = browser.new_context(viewport=SIZE, locale="zh-CN")
    made = Watched(context.new_page())
    made.listen()
    yield made
    context.close()


def go(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-ready=yes]", state="attached")


def test_a_person_comes_in_by_the_provider_and_is_where_he_wanted_to_be(
    watched: Watched, address: str, there: Running
) -> None:
    there.says("李娜.liyuan-street@office", ["leads"], at=town.NOW)
    page = watched.page
    go(page, f"{address}/lookup")
    expect(page).to_have_url(f"{address}/signin?next=%2Flookup")
    page.get_by_role("link", name=BUTTON).click()
    page.wait_for_url(f"{address}/lookup")
    go(page, f"{address}/account")
    expect(page.get_by_text("您通过单位统一登录进入")).to_be_visible()
    expect(page.get_by_text("李娜.liyuan-street@office").first).to_be_visible()
    expect(page.get_by_text("修改密码").first).to_be_hidden()
    assert watched.complaints == []


def test_who_has_no_group_is_told_so_on_the_sign_in_page(
    watched: Watched, address: str, there: Running
) -> None:
    there.says("zhao", ["staff"], at=town.NOW)
    page = watched.page
    go(page, f"{address}/signin?next=/lookup&lang=en")
    page.get_by_role("link", name="Sign in with your organisation").click()
    expect(page.get_by_role("alert")).to_contain_text("None of your groups may use this system")
    expect(page.get_by_role("link", name="Sign in with your organisation")).to_be_visible()
    expect(page).to_have_url(f"{address}/signin?next=%2Flookup&lang=en&provider=group")
    assert watched.complaints == []


def test_without_a_provider_there_is_no_button(watched: Watched, served: str) -> None:
    go(watched.page, f"{served}/signin")
    expect(watched.page.get_by_text(BUTTON)).to_be_hidden()
