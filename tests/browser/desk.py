"""A draft of the west served to real browsers, and the people who work on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from geo.plans.rules import profile
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.sessions import key_of
from layers.plans.adopting import adopt_grids
from layers.plans.plans import read_grids
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import sessions, users
from layers.store.database import Store
from tests.browser.conftest import SIZE, serving
from tests.layers import town

RULES = replace(profile("national"), min_households=200, max_households=500)
PEOPLE = {"wang": Role.PLANNER, "li": Role.PLANNER, "zhang": Role.APPROVER}


class Desk:
    """A served draft, and browsers that are signed in."""

    def __init__(self, browser: Browser, address: str, store: Store, plan: int) -> None:
        self.browser, self.address, self.store, self.plan = browser, address, store, plan
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(self, path: str | None = None, *, who: str = "wang", plan: int | None = None) -> Page:
        """The page in a browser of its own, as somebody of `people` sees it."""
        context = self.browser.new_context(viewport=SIZE, locale="zh-CN")
        context.add_cookies([{"name": "wangge", "value": f"session-of-{who}", "url": self.address}])
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address + (path or f"/plans?plan={plan or self.plan}"))
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


@contextmanager
def desk_at(
    browser: Browser,
    home: Path,
    *columns: tuple[int, int],
    served: Callable[[Path], AbstractContextManager[str]] = serving,
    **rules: Any,
) -> Iterator[Desk]:
    """A served draft of strips of the west, two of them by default; the pages may complain of nothing. `served` serves a
    folder and gives the address."""
    store = Store.open(home=home)
    store.migrate()
    town.settle(store)
    frame = town.drawn_grids(*(columns or ((0, 2), (2, 2))))
    own = replace(RULES, **rules)
    (plan,) = adopt_grids(store, OPERATOR, frame, rules=own, source="t", actor="t", now=town.NOW).plan_ids
    for name, role in PEOPLE.items():
        grant = Grant(role, town.WEST, OfPeople.BUILDING, Purpose.PLANNING)
        add_account(store, Keeper("cli:test"), name, [grant], now=town.NOW)
        with store.writing(OPERATOR, actor="test", now=town.NOW) as unit:
            unit.execute(users.update().values(must_change=False))
            (row,) = unit.execute(users.select().where(users.c.name == name)).all()
            times = {"made_at": town.NOW, "seen_at": town.NOW, "ends_at": town.NOW + timedelta(hours=9)}
            unit.execute(sessions.insert().values(hash=key_of(f"session-of-{name}"), user_id=row.id, **times))
    with served(home) as address:
        made = Desk(browser, address, store, plan)
        yield made
        made.close()
    store.close()
    assert made.complaints == []


def at(page: Page, column: float, row: float, middles: tuple[float, float] = (1, 3)) -> tuple[float, float]:
    """Where a place of the town (in cells from the south-west corner) is on the screen, as long as the grids are strips, the
    first and the last of which have their middle at these columns."""
    shape = page.evaluate(
        "(() => { const r = [...document.querySelectorAll('.grid-label')].map((n) => n.getBoundingClientRect());"
        " return r.map((one) => [one.x, one.y]); })()"
    )
    (left, middle), *_, (right, _) = sorted(shape)
    step = (right - left) / (middles[1] - middles[0])
    return left + (column - middles[0]) * step, middle + (1 - row) * step / 0.83


def paint(page: Page, *places: tuple[float, float], middles: tuple[float, float] = (1, 3)) -> None:
    """Draw a stroke through places of the town."""
    first, *rest = [at(page, *place, middles) for place in places]
    page.mouse.move(*first)
    page.mouse.down()
    for place in rest:
        page.mouse.move(*place)
    page.mouse.up()


def saved(page: Page, revision: int) -> None:
    """Wait until all is saved."""
    page.wait_for_selector(f"html[data-saved='{revision}']", state="attached")


def grid(page: Page, name: str) -> Any:
    """The bar of a grid."""
    return page.locator(".sizes button", has_text=name)
