"""The map of a plan in a real Chromium with the network cut: drawn, named, clickable, inert, printable."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd
import pytest
from playwright.sync_api import Page
from shapely import Point

from geo.plans.rules import profile
from layers.demo.district import generate
from maps.look.style import FILLS
from maps.pages.changes import Changes
from maps.pages.grids import grids_page
from tests.maps import sample

pytestmark = pytest.mark.browser

Open = Callable[[str], Any]
EVIL = "<script>alert(1)</script>${7*7}</script><img src=x onerror=alert(2)>"


def document(**changes: Any) -> str:
    values = {"title": "秦都区网格图", "as_of": date(2026, 11, 22), "rules": profile("national")}
    return grids_page(**({**sample.frames(), **values} | changes))


def colour_at(page: Page, x: float, y: float) -> str:
    """The colour of the canvas at a point of the map given in sample metres, as #rrggbb."""
    point = place_of(page, x, y)
    rgb = page.evaluate(
        """([x, y]) => {
            const scene = wangge.scene, frame = scene._container.getBoundingClientRect(), ratio = scene.ratio;
            const pixel = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
            pixel.drawImage(scene._container, -(x - frame.left) * ratio, -(y - frame.top) * ratio);
            return Array.from(pixel.getImageData(0, 0, 1, 1).data);
        }""",
        list(point),
    )
    return "#" + "".join(f"{value:02x}" for value in rgb[:3])


def place_of(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the sample (metres) lies on the screen."""
    (degrees,) = sample.LOCAL.to_degrees([Point(x, y)])
    found = page.evaluate(
        "([lat, lng]) => { const p = wangge.map.latLngToContainerPoint([lat, lng]); return [p.x, p.y]; }",
        [degrees.y, degrees.x],
    )
    return found[0], found[1]


def click(page: Page, x: float, y: float) -> None:
    page.mouse.click(*place_of(page, x, y))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_opens_offline_and_is_drawn(open_page: Open, lang: str) -> None:
    watched = open_page(document(lang=lang))
    page = watched.page
    assert colour_at(page, 20, 210) == FILLS[0]
    assert colour_at(page, 380, 30) == FILLS[3]
    assert page.evaluate("wangge.scene.names.length") >= 10
    legend = page.locator("#legend").inner_text()
    assert ("图例" in legend) == (lang == "zh")
    names = page.locator(".leaflet-control-layers label").all_inner_texts()
    assert [name.strip() for name in names][2] == {"zh": "网格", "en": "Grids"}[lang]
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith("m")
    assert watched.complaints == []
    assert watched.requests == []


def test_a_click_on_a_grid_tells_all_about_it(open_page: Open) -> None:
    page = open_page(document()).page
    click(page, 190, 210)
    card = page.locator(".card-of.grid").inner_text()
    for text in ("第一网格", "610402001001001", "基础网格", "芙蓉社区", "420", "1,260", "芙蓉小区"):
        assert text in card
    click(page, 790, 380)
    assert "≈180（估）" in page.locator(".card-of.grid").inner_text()
    assert "低于下限 300 户" in page.locator(".card-of.grid .verdict").inner_text()


def test_a_click_on_a_building_or_station_tells_about_it_and_its_grid(open_page: Open) -> None:
    page = open_page(document()).page
    click(page, 90, 37)
    assert "1号楼" in page.locator(".card-of.building").inner_text()
    assert "第三网格" in page.locator(".card-of.grid").inner_text()
    page.keyboard.press("Escape")
    click(page, 150, 100)
    assert "心心秦家" in page.locator(".card-of.station").inner_text()
    assert "820" in page.locator(".card-of.station").inner_text()


def test_a_draft_shows_ghosts_moved_homes_and_the_reason(open_page: Open) -> None:
    moved = pd.DataFrame({"ref": ["b20"], "old": ["第四网格"]})
    came = {"610402001001003": "第四网格 160"}
    grids = sample.grids(reason=[None, None, "一分为二则每个约 320 户", *[None] * 5])
    before = sample.grids().iloc[:4]
    watched = open_page(document(grids=grids, changes=Changes(before, moved, 160, came, {})))
    page = watched.page
    names = [name.strip() for name in page.locator(".leaflet-control-layers label").all_inner_texts()]
    assert names[2:4] == ["原有网格", "调整楼栋"]
    click(page, 90, 37)
    assert "第四网格" in page.locator(".card-of.building").inner_text()
    assert "第四网格 160" in page.locator(".card-of.grid").inner_text()
    assert page.locator(".card-of.grid .why").inner_text() == "一分为二则每个约 320 户"
    page.keyboard.press("Escape")
    page.locator(".leaflet-control-layers label", has_text="调整楼栋").click()
    assert page.locator("#legend [data-layer=moved]").is_hidden()
    assert watched.complaints == []


def test_outside_every_grid_nothing_is_shown(open_page: Open) -> None:
    page = open_page(document()).page
    click(page, 600, -60)
    assert page.locator(".leaflet-popup").count() == 0


def test_names_that_look_like_code_are_only_names(open_page: Open) -> None:
    evil = document(
        grids=sample.grids(name=[EVIL] * 8, code=[f"{EVIL}{i}" for i in range(8)]),
        communities=sample.communities(EVIL, EVIL),
        complexes=sample.complexes(EVIL, EVIL),
        buildings=sample.buildings(EVIL.replace("{", "{{").replace("}", "}}")),
        roads=sample.roads(EVIL, EVIL, EVIL),
        stations=sample.stations(EVIL),
        title=EVIL,
        notice=EVIL,
        credit=EVIL,
    )
    watched = open_page(evil)
    page = watched.page
    for place in ((90, 230), (150, 100), (620, 37)):
        click(page, *place)
    assert page.locator(".card-of.grid h2").inner_text() == EVIL
    page.fill("#search input", "script")
    assert page.locator("#search li button").count() > 8
    assert page.locator("h1").inner_text() == EVIL
    assert page.locator("img").count() == 0
    assert watched.complaints == []
    assert watched.requests == []


def test_a_script_smuggled_into_the_page_does_not_run(open_page: Open) -> None:
    """Should a text ever slip through unescaped, the policy of the page stops it."""
    hole = document().replace(
        "<h1", "<script>document.title = 'taken'</script><img src=x onerror=alert(2)><h1", 1
    )
    watched = open_page(hole)
    assert watched.page.title() == "秦都区网格图"
    assert all("Content Security Policy" in complaint for complaint in watched.complaints)
    assert watched.complaints


def test_layers_switch_off_and_the_legend_follows(open_page: Open) -> None:
    page = open_page(document()).page
    rows = page.locator("#legend [data-layer=grids]")
    assert rows.first.is_visible()
    page.get_by_role("checkbox", name="网格", exact=True).uncheck()
    done = "!wangge.scene.visible.grids && !wangge.scene._waiting"
    while not page.evaluate(done):  # wait_for_function polls inside the page, where the policy forbids eval
        page.wait_for_timeout(20)
    assert not rows.first.is_visible()
    assert colour_at(page, 20, 210) not in FILLS


def test_everything_can_be_reached_by_keyboard(open_page: Open) -> None:
    page = open_page(document()).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("610402001002003")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "第三网格" in page.locator(".card-of.grid").inner_text()
    page.keyboard.press("Escape")
    page.locator(".folium-map").focus()
    page.keyboard.press("Enter")
    assert page.locator(".card-of.grid").count() == 1
    labels = page.locator(".buttons button").evaluate_all("all => all.map(b => b.getAttribute('aria-label'))")
    assert labels == ["放大", "缩小", "全图", "打印"]


def test_grid_names_wait_until_there_is_room_and_never_overlap(open_page: Open) -> None:
    page = open_page(document()).page
    page.evaluate("wangge.map.setZoom(13, {animate: false})")
    far = page.evaluate("wangge.scene.names.length")
    page.evaluate("wangge.map.setZoom(17, {animate: false})")
    assert page.evaluate("wangge.scene.names.length") > far + 8
    overlaps = page.evaluate(
        """() => { const boxes = wangge.scene.names; let n = 0;
          boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
            if (a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1]) { n++; } })); return [boxes.length, n]; }"""
    )
    assert overlaps[0] > 8
    assert overlaps[1] == 0


def test_an_empty_plan_says_what_to_do(open_page: Open) -> None:
    watched = open_page(grids_page(**sample.nothing(), title="秦都区网格图"))
    assert "wangge import communities FILE" in watched.page.locator("#empty").inner_text()
    assert watched.complaints == []


def test_long_names_stay_inside_their_cards(open_page: Open) -> None:
    long = "滨江新城国际商务示范区人民西路以南芙蓉花园二期与纺织机械厂家属院联合社区居民委员会"
    page = open_page(document(title=long * 4, credit=long * 4, grids=sample.grids(name=[long] * 8))).page
    click(page, 190, 210)
    for card in ("#head", "#legend", ".leaflet-popup-content-wrapper", "#credit"):
        inside = page.locator(card).bounding_box()
        assert inside is not None
        assert inside["x"] >= 0
        assert inside["x"] + inside["width"] <= 1366
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
    assert page.evaluate("document.documentElement.scrollHeight") <= 768


def test_on_paper_the_controls_are_gone_and_the_sheet_is_one_page(open_page: Open) -> None:
    page = open_page(document()).page
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    page.emulate_media(media="print")
    assert not page.locator(".leaflet-control-layers").is_visible()
    assert not page.locator("#search").is_visible()
    assert page.locator("#legend").is_visible()
    assert page.locator("h1").is_visible()


def test_a_whole_district_is_light_and_answers_at_once(open_page: Open) -> None:
    frames = generate("district").frames
    names = ("grids", "communities", "complexes", "buildings", "roads", "water", "stations")
    big = grids_page(
        **{name: frames[name] for name in names}, title="秦都区网格图", rules=profile("county-urban")
    )
    assert len(frames["grids"]) == 893
    assert len(big.encode()) < 4_000_000
    watched = open_page(big)
    assert watched.page.evaluate("document.querySelectorAll('*').length") < 400
    assert watched.page.evaluate("wangge.scene.names.length") > 30
    watched.page.evaluate("wangge.map.setZoom(16, {animate: false})")
    assert watched.complaints == []


def test_places_are_found_by_pinyin_and_initials(open_page: Open) -> None:
    page = open_page(document()).page
    for typed in ("furongxiaoqu", "frxq", "芙蓉小区"):
        page.fill("#search input", typed)
        assert page.locator("#search li button").first.inner_text().startswith("芙蓉小区"), typed
    page.fill("#search input", "wbsq")
    assert "渭滨社区" in page.locator("#search li button").first.inner_text()


def test_a_community_is_chosen_and_the_address_leads_back(open_page: Open) -> None:
    watched = open_page(document())
    page = watched.page
    page.locator("#search select").select_option(label="渭滨社区")
    assert page.evaluate("location.hash") == "#610402001002"
    page.fill("#search input", "610402001001002")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#610402001001002"
    page.reload()
    page.wait_for_selector("html[data-ready=yes]", state="attached")
    assert "第二网格" in page.locator(".card-of.grid").inner_text()
    page.evaluate("location.hash = encodeURIComponent('芙蓉小区')")
    page.wait_for_selector(".card-of.grid", state="detached")
    for broken in ("%E0%A4%A", "nobody", "<img src=x onerror=alert(1)>"):
        page.evaluate("hash => { location.hash = hash; }", broken)
    assert watched.complaints == []


def test_one_community_needs_no_chooser(open_page: Open) -> None:
    one = sample.communities().iloc[:1]
    assert open_page(document(communities=one)).page.locator("#search select").count() == 0
