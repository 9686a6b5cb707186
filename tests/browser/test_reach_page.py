"""覆盖 in a real Chromium, over the street of `tests.layers.reach.place`: which buildings are worst served, what one more
station changes, and the sheet that is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from layers.accounts.accounts import Keeper, add_account
from layers.reach.stations import add_station
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, Role
from layers.store.database import Store
from tests.browser.conftest import SIZE, Watched, serving
from tests.browser.test_signin_page import change_password, sign_in
from tests.layers.reach import place

pytestmark = pytest.mark.browser

TABLET = {"width": 1024, "height": 768}
Visit = Callable[..., Watched]


def _served(home: Path, **layers: bool) -> None:
    store = Store.open(home=home)
    store.migrate()
    place.settle(store, **layers)
    store.close()


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("street")
    _served(home)
    with serving(home) as address:
        yield address


@pytest.fixture
def visit_street(browser: Browser, street: str) -> Iterator[Visit]:
    """Open a page over the street, or over another server, and watch it."""
    contexts = []

    def opened(
        path: str = "/reach", *, size: dict[str, int] = SIZE, touch: bool = False, at: str = ""
    ) -> Watched:
        contexts.append(browser.new_context(viewport=size, has_touch=touch, locale="zh-CN"))
        watched = Watched(contexts[-1].new_page())
        here = at or street
        watched.page.on(
            "request",
            lambda asked: (
                None if asked.url.startswith((here, "data:", "blob:")) else watched.requests.append(asked.url)
            ),
        )
        watched.listen()
        watched.page.goto(here + path)
        drawn(watched.page)
        return watched

    yield opened
    for context in contexts:
        context.close()


def drawn(page: Page) -> None:
    """A server that was just started measures and draws for the first time: seconds, on a full machine many."""
    page.wait_for_selector("html[data-ready=yes][data-drawn=yes]", state="attached", timeout=90_000)


def figures(page: Page) -> list[str]:
    """Households, reached, not reached."""
    return page.locator("#figures .figure b").all_inner_texts()


def test_worst_served_one_more_station_and_the_sheet(visit_street: Visit, tmp_path: Path) -> None:
    watched = visit_street()
    page = watched.page
    assert figures(page) == ["103", "60", "43"]
    expect(page.locator("#rows button .name")).to_have_text(["乙社区", "甲社区"])
    gap = page.locator("#gaps button")
    expect(gap).to_have_count(1)
    expect(gap).to_contain_text("4号楼等 2 栋")
    expect(gap).to_contain_text("43 户")
    gap.click()
    card = page.locator(".popup")
    expect(card).to_contain_text("甲社区党群服务中心")
    card.get_by_role("button", name="试：在此新增站点").click()
    expect(page.locator("#figures .old").nth(1)).to_have_text("原 60+43")
    assert figures(page) == ["103", "103", "0"]
    expect(page.locator(".brings")).to_contain_text("+43 户（58.3% → 100.0%）")
    expect(page.locator(".station.fresh")).to_have_count(1)
    expect(page.locator("#gaps")).to_contain_text("全部可达")
    sheet = page.pdf(path=tmp_path / "sheet.pdf", prefer_css_page_size=True)
    assert sheet.startswith(b"%PDF")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for gone in ("#print", "#asked", ".bar", ".tools", ".leaflet-control-zoom"):
        expect(page.locator(gone)).to_be_hidden()
    expect(page.locator("#paper")).to_contain_text("内部工作用图")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#print")).to_be_visible()
    page.reload()
    drawn(page)
    assert figures(page) == ["103", "103", "0"]  # the address holds what is tried out
    page.get_by_role("button", name="全部撤销").click()
    expect(page.locator("#figures .old")).to_have_count(0)
    assert figures(page) == ["103", "60", "43"]
    assert watched.complaints == []
    assert watched.requests == []


def test_rows_choose_and_the_way_leads_back(visit_street: Visit) -> None:
    page = visit_street().page
    page.locator("#rows button").first.click()
    expect(page.locator("#where h1")).to_have_text("乙社区")
    assert figures(page) == ["43", "0", "43"]
    expect(page.locator("#map path.leaflet-interactive")).to_have_count(0)
    page.get_by_role("button", name="5 分钟", exact=True).click()
    page.locator("#where button").first.click()
    expect(page.locator("#where h1")).to_have_text("全部辖区")
    expect(page.locator("#figures .figure b").nth(1)).to_have_text("10")
    page.get_by_role("button", name="15 分钟").click()
    page.get_by_role("button", name="老年步速").click()
    expect(page.locator("#figures .figure b").nth(1)).to_have_text("30")


def test_two_days_stand_side_by_side(visit_street: Visit, tmp_path: Path) -> None:
    _served(tmp_path)
    store = Store.open(home=tmp_path)
    said = {"name": "乙社区驿站", "kind": "pioneer_post", "opened_on": "2026-06-01"}
    add_station(store, OPERATOR, "s2", place.point(1600), said, actor="test", now=place.NOW)
    store.close()
    with serving(tmp_path) as address:
        watched = visit_street("/reach#beside=2026-05-31", at=address)
        page = watched.page
        assert figures(page) == ["103", "103", "0"]
        expect(page.locator("#figures .old").nth(1)).to_have_text("原 60+43")
        expect(page.locator("#figures")).to_contain_text("2026-05-31 的站点，按今天的住户与道路计算")
        expect(page.locator("#rows li", has_text="乙社区").locator(".more")).to_have_text("+43")
        expect(page.locator(".station")).to_have_count(2)
        page.get_by_role("button", name="乙社区").click()
        expect(page.locator("#rows h3")).to_have_text(["2026-11-22", "2026-05-31"])
        expect(page.locator("#figures .old").nth(1)).to_have_text("原 0+43")
        page.locator("#asked summary").click()
        page.get_by_label("对照日期").fill("")
        expect(page.locator("#rows h3")).to_have_count(0)
        expect(page.locator("#figures .old")).to_have_count(0)
        with page.expect_navigation():
            page.get_by_label("日期", exact=True).fill("2026-05-31")
        drawn(page)
        assert figures(page) == ["43", "0", "43"]
        expect(page.locator(".station")).to_have_count(1)
        assert watched.complaints == []


def test_a_station_is_closed_and_moved(visit_street: Visit) -> None:
    watched = visit_street()
    page = watched.page
    page.locator(".station").click()
    page.get_by_role("button", name="试：关闭此站点").click()
    expect(page.locator("#figures .figure b").nth(1)).to_have_text("0")
    expect(page.locator(".station.closed")).to_have_count(1)
    page.locator(".station").click()
    page.get_by_role("button", name="恢复开放").click()
    expect(page.locator("#figures .figure b").nth(1)).to_have_text("60")
    box, there = page.locator(".station").bounding_box(), page.locator("#map").bounding_box()
    assert box is not None
    assert there is not None
    page.mouse.move(box["x"] + 17, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(there["x"] + there["width"] / 2, box["y"] + 20, steps=8)  # some 1,400 m along the street
    page.mouse.up()
    expect(page.locator(".changes li")).to_contain_text("移动：甲社区党群服务中心")
    expect(page.locator("#figures .figure b").nth(1)).to_have_text("73")
    page.get_by_role("button", name="撤销：移动").click()
    expect(page.locator("#figures .figure b").nth(1)).to_have_text("60")
    assert watched.complaints == []


def test_the_best_place_and_a_click_on_the_map(visit_street: Visit) -> None:
    page = visit_street(size=TABLET, touch=True).page
    page.get_by_role("button", name="试算：新增、移动或关闭站点").tap()
    page.get_by_role("button", name="最佳位置").tap()
    expect(page.locator("#trying [role=status]")).to_contain_text("多覆盖 43 户")
    expect(page.locator(".station.fresh")).to_have_count(1)
    page.get_by_role("button", name="点图新增").tap()
    page.locator("#map").tap(position={"x": 300, "y": 400})
    expect(page.locator(".station.fresh")).to_have_count(2)
    for button in page.locator(".tools button, .picks button, #rows button").all():
        size = button.bounding_box()
        assert size is not None
        assert size["height"] >= 44


def test_the_keyboard_alone_tries_a_station(visit_street: Visit) -> None:
    watched = visit_street()
    page = watched.page
    page.locator("#gaps button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="试：在此新增站点")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".popup")).to_have_count(0)
    page.locator("#gaps button").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#figures .figure b").nth(1)).to_have_text("103")
    page.locator(".station.fresh").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="去掉新站点")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#figures .figure b").nth(1)).to_have_text("60")
    assert watched.complaints == []


def test_layers_are_switched_and_the_community_answers(visit_street: Visit) -> None:
    page = visit_street().page
    page.locator("#layers label", has_text="党群服务中心").locator("input").uncheck()
    expect(page.locator(".station")).to_have_count(0)
    page.locator("#map").click(position={"x": 120, "y": 340})
    expect(page.locator(".popup h2")).to_have_text("甲社区")
    expect(page.locator(".popup")).to_contain_text("60 · 100.0%")
    page.get_by_role("button", name="只看此社区").click()
    expect(page.locator("#where h1")).to_have_text("甲社区")


@pytest.mark.parametrize(
    ("layers", "said"),
    [({"roads": False}, "尚不能计算步行可达"), ({"stations": False}, "还没有服务站点")],
)
def test_what_is_not_there_yet_is_told(
    visit_street: Visit, tmp_path: Path, layers: dict[str, bool], said: str
) -> None:
    _served(tmp_path, **layers)
    with serving(tmp_path) as address:
        page = visit_street(at=address).page
        expect(page.locator("#figures")).to_contain_text(said)
        expect(page.locator("#print")).to_be_visible(visible="stations" in layers)
        expect(page.locator(".station")).to_have_count(1 if layers.get("stations", True) else 0)
        if "stations" in layers:
            page.get_by_role("button", name="试放第一个站点").click()
            expect(page.locator(".station.fresh")).to_have_count(1)


def test_a_place_that_is_none_leads_back(visit_street: Visit) -> None:
    page = visit_street("/reach?lang=en#in=110101001").page
    expect(page.locator("#figures [role=alert]")).to_be_visible()
    page.get_by_role("button", name="Back to the whole area").click()
    expect(page.locator("#figures .figure b").first).to_have_text("103")


def test_a_leader_begins_here_and_sees_his_own(visit_street: Visit, tmp_path: Path) -> None:
    _served(tmp_path)
    store = Store.open(home=tmp_path)
    first = add_account(store, Keeper("cli:test"), "li", [Grant(Role.LEADER, place.EAST)], now=place.NOW)
    with serving(tmp_path) as address:
        watched = Watched(visit_street("/reach").page.context.new_page())
        page = watched.page
        page.goto(address + "/signin")
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        sign_in(page, "li", first)
        change_password(page, first)
        page.wait_for_url("**/reach")
        drawn(page)
        assert figures(page) == ["43", "0", "43"]
        assert "甲社区" not in page.content()
    store.close()
