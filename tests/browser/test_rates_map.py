"""The map of match rates in a real browser without network: the address leads to a place, a line of the list to another."""

from __future__ import annotations

from collections.abc import Callable

from maps.pages.rates import Rates
from tests.browser.conftest import Watched
from tests.maps.pages.test_rates import EAST, WEST, drawn, table


def test_a_line_of_the_list_leads_to_its_place(open_page: Callable[[str], Watched]) -> None:
    rows = ((EAST, "渭滨社区", "40", "30", "75.0%", True), (WEST, "芙蓉社区", "1,000", "990", "99.0%", False))
    watched = open_page(drawn(Rates("community", table(*rows))))
    page = watched.page
    page.click(f"#rates a[href='#{EAST}']")
    card = page.locator(".card-of.rate")
    card.wait_for()
    assert "30 / 40" in card.inner_text()
    assert "待核对" in card.inner_text()
    page.fill("#search input", "frsq")
    page.keyboard.press("Enter")
    page.locator(".card-of.rate", has_text="990 / 1,000").wait_for()
    assert page.evaluate("location.hash") == f"#{WEST}"
    assert watched.complaints == watched.requests == []
