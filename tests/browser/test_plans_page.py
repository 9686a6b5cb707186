"""The editor in a real browser: painted, undone, shared by two, and not lost while the server is away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from geo.plans.rules import profile
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.sessions import key_of
from layers.plans.adopting import adopt_grids
from layers.plans.editing import edit
from layers.plans.operations import Rename
from layers.plans.plans import read_grids
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import sessions, users
from layers.store.database import Store
from tests.browser.conftest import SIZE, serving
from tests.layers import town

RULES = replace(profile("national"), min_households=200, max_households=500)
LONG = "长春路以东人民路以北至滨河大道之间含安置房与人才公寓的第一综合服务网格<b>甲</b>"


class Desk:
    """A served draft, and browsers that are signed in."""

    def __init__(self, browser: Browser, address: str, store: Store, plan: int) -> None:
        self.browser, self.address, self.store, self.plan = browser, address, store, plan
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(self, path: str | None = None) -> Page:
        """The page in a browser of its own."""
        context = self.browser.new_context(viewport=SIZE, locale="zh-CN")
        context.add_cookies([{"name": "wangge", "value": "session-of-wang", "url": self.address}])
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address + (path or f"/plans?plan={self.plan}"))
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        return page

    def names(self) -> dict[str, int]:
        """Households by name of the grids as they are kept."""
        with self.store.reading(OPERATOR) as unit:
            grids = read_grids(unit, plan_ids=[self.plan])
        return dict(zip(grids["name"], grids["households"].astype(int), strict=True))

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture
def desk(browser: Browser, tmp_path: Path) -> Iterator[Desk]:
    store = Store.open(home=tmp_path)
    store.migrate()
    town.settle(store)
    frame = town.drawn_grids((0, 2), (2, 2))
    (plan,) = adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=town.NOW).plan_ids
    grant = Grant(Role.PLANNER, town.WEST, OfPeople.BUILDING, Purpose.PLANNING)
    add_account(store, Keeper("cli:test"), "wang", [grant], now=town.NOW)
    with store.writing(OPERATOR, actor="test", now=town.NOW) as unit:
        unit.execute(users.update().values(must_change=False))
        times = {"made_at": town.NOW, "seen_at": town.NOW, "ends_at": town.NOW + timedelta(hours=9)}
        unit.execute(sessions.insert().values(hash=key_of("session-of-wang"), user_id=1, **times))
    with serving(tmp_path) as address:
        made = Desk(browser, address, store, plan)
        yield made
        made.close()
    store.close()
    assert made.complaints == []


def saved(page: Page, revision: int) -> None:
    page.wait_for_selector(f"html[data-saved='{revision}']", state="attached")


def grid(page: Page, name: str) -> Any:
    return page.locator(".sizes button", has_text=name)


def at(page: Page, column: float, row: float) -> tuple[float, float]:
    """Where a place of the town (in cells from the south-west corner) is on the screen: the west fills the map."""
    box = page.locator("#map").bounding_box()
    assert box is not None
    shape = page.evaluate(
        "(() => { const r = [...document.querySelectorAll('.grid-label')].map((n) => n.getBoundingClientRect());"
        " return r.map((one) => [one.x, one.y]); })()"
    )
    (left, middle), (right, _) = sorted(shape)[
        :2
    ]  # the middles of the two grids: columns 1 and 3, half way up
    step = (right - left) / 2
    return left + (column - 1) * step, middle + (1 - row) * step / 0.83


def paint(page: Page, *places: tuple[float, float]) -> None:
    first, *rest = [at(page, *place) for place in places]
    page.mouse.move(*first)
    page.mouse.down()
    for place in rest:
        page.mouse.move(*place)
    page.mouse.up()


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


def test_two_people_on_one_draft_lose_nothing(desk: Desk) -> None:
    page = desk.open()
    edit(desk.store, OPERATOR, desk.plan, Rename("第二网格", "对方改名"), actor="li", now=town.NOW)
    grid(page, "第一网格").click()
    page.locator("[data-tool=brush]").click()
    paint(page, (2.5, 0.5), (2.5, 0.6))
    page.wait_for_selector(".conflict:not([hidden])")
    assert "对方改名" in page.locator(".conflict").inner_text()
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
