"""A hand is fast or still, and the brush paints what it was over (Azgaar/Fantasy-Map-Generator#1860)."""

from __future__ import annotations

import pytest

from tests.browser.test_plans_page import Desk, at, desk, grid, paint, saved  # noqa: F401

pytestmark = pytest.mark.browser


def test_a_fast_stroke_leaves_nothing_unpainted(desk: Desk) -> None:  # noqa: F811
    """The pointer jumps over a whole cell: what lies between is painted too."""
    page = desk.open()
    grid(page, "第一网格").click()
    page.locator("[data-tool=brush]").click()
    paint(page, (1.5, 0.5), (3.8, 0.5))
    saved(page, 2)
    assert desk.names() == {"第一网格": 600, "第二网格": 200}


def test_a_brush_that_hardly_moves_paints_all_the_same(desk: Desk) -> None:  # noqa: F811
    """Pressed, moved by a pixel, let go: the cell under it is painted, however short the way."""
    page = desk.open()
    grid(page, "第一网格").click()
    page.locator("[data-tool=brush]").click()
    x, y = at(page, 2.5, 0.5)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 1, y)
    page.mouse.up()
    saved(page, 2)
    assert desk.names() == {"第一网格": 500, "第二网格": 300}


@pytest.mark.parametrize(
    ("tool", "said"), [("brush", "第一网格 600 户"), ("box", "第一网格 600 户"), ("lasso", "第一网格 400 户")]
)
def test_the_size_the_grid_would_have_stands_beside_the_pointer(desk: Desk, tool: str, said: str) -> None:  # noqa: F811
    """As it would be if the stroke ended here, with its target; gone when it does."""
    page = desk.open()
    grid(page, "第一网格").click()
    page.locator(f"[data-tool={tool}]").click()
    places = {
        "brush": ((2.5, 0.5), (2.5, 1.5)),
        "box": ((2.1, 0.1), (2.9, 1.9)),
        "lasso": ((0.5, 0.1), (0.5, 1.9)),
    }
    first, last = (at(page, *place) for place in places[tool])
    page.mouse.move(*first)
    page.mouse.down()
    page.mouse.move(*last, steps=4)
    page.locator(".gain", has_text=f"{said}（目标 200–500）").wait_for()
    assert page.locator(".gain.off").count() == (said != "第一网格 400 户")
    assert desk.names() == {"第一网格": 400, "第二网格": 400}
    page.mouse.up()
    page.locator(".gain").wait_for(state="hidden")
