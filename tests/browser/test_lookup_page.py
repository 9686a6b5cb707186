"""/lookup in a real Chromium: an address or a point in, a sentence and a map out, by keyboard and without the network."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from layers.imports.posts import import_posts
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.browser.conftest import SIZE, serving
from tests.layers import households, town

pytestmark = pytest.mark.browser

Visit = Callable[[str], Any]


def ask(page: Page, text: str) -> str:
    page.locator("#box").fill(text)
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_have_attribute("data-for", text)
    return page.locator("#answer").inner_text()


def test_an_address_is_answered_as_a_sentence_with_grounds(visit: Visit) -> None:
    watched = visit("/lookup")
    said = ask(watched.page, "桂苑3号楼2单元501室")
    assert "桂苑3号楼2单元501室 → 第一网格" in said
    for part in (f"{town.WEST}001", "西社区", "基础网格", "把握", "第 1 版", "依据"):
        assert part in said
    expect(watched.page.locator(".grid-name.lit")).to_have_text("第一网格")
    assert watched.page.locator(".pin").count() == 1
    assert watched.complaints == []
    assert watched.requests == []


def test_candidates_are_buttons_and_number_keys_choose(visit: Visit) -> None:
    page = visit("/lookup").page
    said = ask(page, "兰苑2号楼")
    assert "2 个候选均在此网格" in said
    assert page.locator(".choices button").all_inner_texts()[1].split("\n")[1] == "兰苑二期2号楼"
    assert page.locator(".pin").all_inner_texts() == ["1", "2"]
    page.locator("#box").blur()
    page.keyboard.press("2")
    expect(page.locator("#answer h1")).to_contain_text("兰苑二期2号楼 → 第一网格")
    assert page.locator("#box").input_value() == "兰苑二期2号楼"


def test_typing_ahead_works_by_keyboard(visit: Visit) -> None:
    page = visit("/lookup").page
    page.keyboard.type("桂苑7")  # the box has the focus from the start
    expect(page.locator("#offers li")).to_have_text(["桂苑7号楼 西社区"])
    page.keyboard.press("ArrowDown")
    assert page.locator("#box").get_attribute("aria-activedescendant") == "offers-0"
    page.keyboard.press("Enter")
    expect(page.locator("#answer h1")).to_contain_text("桂苑7号楼")
    expect(page.locator("#offers")).to_be_hidden()


def test_the_box_takes_names_and_every_question_is_a_step_of_the_history(visit: Visit) -> None:
    watched = visit("/lookup")
    page = watched.page
    said = ask(page, "第一网格")
    assert "西社区" in said
    assert "东社区" in said
    page.locator("#box").blur()
    page.keyboard.press("1")
    expect(page.locator("#answer h1")).to_contain_text("第一网格 ·")
    assert "该小区" in ask(page, "桂苑99号楼")
    page.go_back()
    expect(page.locator("#answer h1")).to_contain_text("第一网格 ·")
    page.go_back()
    expect(page.locator("#box")).to_have_value("第一网格")
    assert watched.complaints == []


def test_a_point_by_typing_and_by_clicking(visit: Visit) -> None:
    page = visit("/lookup").page
    said = ask(page, f"{town.LON + 0.0005}，{town.LAT + 0.0005}")
    assert "西社区桂苑1号楼 → 第一网格" in said
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.locator("#box")).not_to_have_value(f"{town.LON + 0.0005}，{town.LAT + 0.0005}")
    expect(page.locator("#answer h1")).to_contain_text("→ 第一网格")


def test_a_miss_an_empty_day_and_a_dead_server_say_what_to_do(visit: Visit) -> None:
    watched = visit("/lookup")
    page = watched.page
    assert "请核对小区名称" in ask(page, "没有这个地方9号楼")
    page.locator("#day").fill("2026-05-31")
    said = ask(page, "桂苑3号楼")
    assert "没有已发布的网格方案" in said
    assert watched.complaints == []
    page.route("**/api/locate*", lambda route: route.abort())
    assert "无法连接服务器" in ask(page, "桂苑4号楼")
    page.unroute("**/api/locate*")
    page.get_by_role("button", name="重试").click()
    expect(page.locator("#answer")).to_contain_text("桂苑4号楼")


def test_markup_in_a_question_stays_text(visit: Visit) -> None:
    watched = visit("/lookup")
    said = ask(watched.page, "<img src=x onerror=alert(1)>桂苑3号楼")
    assert watched.page.locator("#answer img").count() == 0
    assert watched.complaints == []
    assert said


def test_a_link_brings_the_question_along_and_english_is_spoken(visit: Visit) -> None:
    watched = visit("/lookup?lang=en#q=桂苑3号楼&as_of=2026-11-22")
    expect(watched.page.locator("#answer h1")).to_contain_text("桂苑3号楼 → 第一网格")
    assert "base grid" in watched.page.locator("#answer").inner_text()
    assert watched.page.locator("nav a").all_inner_texts() == ["Map", "Reach", "Look up", "Plans", "Data"]
    assert watched.complaints == []


def test_the_frame_fits_a_cheap_screen(visit: Visit) -> None:
    page = visit("/lookup").page
    ask(page, "桂苑")
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        1366,
        768,
    ]
    assert page.evaluate("getComputedStyle(document.querySelector('.soft')).color") == "rgb(90, 96, 104)"


def test_a_link_with_nonsense_in_it_is_answered_all_the_same(visit: Visit) -> None:
    page = visit(f"/lookup#as_of=tomorrow&q={'桂' * 10_000}").page
    expect(page.locator("#answer")).to_contain_text("文字过长")
    expect(page.locator("#day")).not_to_have_value("")
    assert page.evaluate("document.documentElement.scrollWidth") == 1366
    assert "桂苑3号楼" in ask(page, "桂苑3号楼")


def test_missing_outlines_are_said_over_the_map(visit: Visit) -> None:
    page = visit("/lookup").page
    expect(page.locator(".grid-name span").first).to_be_visible()
    page.route("**/api/layers/**", lambda route: route.abort())
    page.locator("#day").fill("2026-11-21")
    expect(page.locator("#map")).to_have_attribute("data-trouble", "地图轮廓载入失败；移动地图可重试")
    page.unroute("**/api/layers/**")
    page.locator("#day").fill("2026-11-20")
    expect(page.locator("#map:not([data-trouble])")).to_have_count(1)


def test_a_place_says_who_serves_it(browser: Browser, tmp_path: Path) -> None:
    store = Store.open(home=tmp_path / "home")
    store.migrate()
    households.settle(store)
    file = tmp_path / "posts.csv"
    file.write_text(
        f"网格编码,党支部,网格长,网格长电话,网格员,公示\n{town.WEST}001,桂苑党支部,张三,029-1234,李四,网格长\n",
        encoding="utf-8",
    )
    import_posts(store, OPERATOR, file, day=town.DAY, actor="test", now=town.NOW)
    store.close()
    with serving(tmp_path / "home") as address:
        context = browser.new_context(viewport=SIZE, locale="zh-CN")
        page = context.new_page()
        page.goto(address + "/lookup")
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        for asked in ("桂苑3号楼2单元501室", "108.7005, 34.3305"):
            said = ask(page, asked)
            for part in (
                "责任链",
                "党支部\n桂苑党支部",
                "网格长\n张三 029-1234",
                "网格员\n有人在岗，姓名未公示",
            ):
                assert part in said, asked
        context.close()
