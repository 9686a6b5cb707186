"""数据: a planner loads a Shapefile, a workbook and a CSV without the command line, sees faults, and takes a load back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from playwright.sync_api import Browser, BrowserContext, Page, expect

from api.settings import PREFIX
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.sessions import key_of
from layers.ground.regions import read_complexes
from layers.ground.stations import read_stations
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import sessions, users
from layers.store.database import Store
from tests.browser.conftest import SIZE, serving
from tests.conftest import ROOT
from tests.layers import town

PATIENCE_MS = 90_000
expect.set_options(timeout=PATIENCE_MS)
LONG = "长春路以东人民路以北至滨河大道之间含安置房与人才公寓的第一综合小区<b>甲</b>"


class Desk:
    """A server, a worker, and a browser that is signed in."""

    def __init__(self, browser: Browser, address: str, store: Store) -> None:
        self.browser, self.address, self.store = browser, address, store
        self.complaints: list[str] = []
        self._contexts: list[BrowserContext] = []

    def open(self, path: str = "/data", size: dict[str, int] = SIZE) -> Page:
        """The page in a browser of its own."""
        context = self.browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
        context.add_cookies([{"name": "wangge", "value": "session-of-wang", "url": self.address}])
        self._contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self.address + path)
        page.wait_for_selector("html[data-ready=yes]", state="attached")
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()


@pytest.fixture(scope="module")
def desk(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = tmp_path_factory.mktemp("data-page")
    store = Store.open(home=home)
    store.migrate()
    town.settle(store)
    now = town.NOW
    grant = Grant(Role.PLANNER, "", OfPeople.BUILDING, Purpose.PLANNING)
    add_account(store, Keeper("cli:test"), "wang", [grant], now=now)
    with store.writing(OPERATOR, actor="test", now=now) as unit:
        unit.execute(users.update().values(must_change=False))
        times = {"made_at": now, "seen_at": now, "ends_at": now + timedelta(hours=9)}
        unit.execute(sessions.insert().values(hash=key_of("session-of-wang"), user_id=1, **times))
    environment = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {f"{PREFIX}HOME": str(home), f"{PREFIX}LOG_LEVEL": "warning"}
    worker = subprocess.Popen([sys.executable, "-m", "api.cli", "work"], cwd=ROOT, env=environment)
    try:
        with serving(home) as address:
            made = Desk(browser, address, store)
            yield made
            made.close()
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
        store.close()
    assert made.complaints == []


def shot(page: Page, name: str) -> None:
    """A picture to look at, where a folder for them is named."""
    if folder := os.environ.get("WANGGE_SHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def choose(page: Page, layer: str, *files: Path) -> None:
    page.select_option("#layer", layer)
    page.set_input_files("#file", [str(file) for file in files])
    page.wait_for_selector("#try")


def load(page: Page) -> None:
    page.click("#try")
    page.wait_for_selector("#go:enabled")
    page.click("#go")
    expect(page.locator("#load")).to_contain_text("已载入")


def test_a_shapefile_is_looked_at_over_the_communities_tried_loaded_and_taken_back(
    desk: Desk, tmp_path: Path
) -> None:
    shapes = [shapely.box(x, 34.3301, x + 0.001, 34.3305) for x in (108.7002, 108.7052)]
    frame = gpd.GeoDataFrame(
        {"bianma": ["z1", "z2"], "mingcheng": [LONG[:20], "桂苑"]}, geometry=shapes, crs=4490
    )
    frame.to_file(tmp_path / "新小区.shp", encoding="utf-8")
    page = desk.open()
    choose(page, "complexes", *sorted(tmp_path.glob("新小区.*")))
    assert page.locator("#rows tbody tr").count() == 2
    page.select_option("#column-ref", "bianma")
    page.select_option("#column-name", "mingcheng")
    expect(page.locator("#rows thead .taken")).to_have_count(2)
    assert "文件中的图形" in page.inner_text(".legend-here")
    shot(page, "looked")
    load(page)
    expect(page.locator("#load")).to_contain_text("已载入")
    with desk.store.reading(OPERATOR) as unit:
        assert {"z1", "z2"} <= set(read_complexes(unit)["ref"])
    page.click("text=撤销这次载入")
    page.wait_for_selector("text=确认撤销")
    shot(page, "loaded")
    page.click("text=确认撤销")
    expect(page.locator("#load")).to_contain_text("已撤销")
    with desk.store.reading(OPERATOR) as unit:
        assert not {"z1", "z2"} & set(read_complexes(unit)["ref"])


def test_a_workbook_by_sheet_with_faults_as_a_table_and_its_good_rows(desk: Desk, tmp_path: Path) -> None:
    good = pd.DataFrame(
        {
            "编号": ["s1", "s2"],
            "名称": ["一站", None],
            "经度": [108.7005, 108.7055],
            "纬度": [34.3305, 34.3305],
        }
    )
    with pd.ExcelWriter(tmp_path / "站点.xlsx") as book:
        pd.DataFrame({"说明": ["见第二页"]}).to_excel(book, sheet_name="说明", index=False)
        good.to_excel(book, sheet_name="站点", index=False)
    page = desk.open()
    choose(page, "stations", tmp_path / "站点.xlsx")
    page.select_option("#table", "站点")
    expect(page.locator("#rows caption")).to_contain_text("2")
    page.select_option("#datum", "EPSG:4490")
    page.wait_for_selector("#try:enabled")
    page.click("#try")
    page.wait_for_selector(".faults")
    assert page.locator(".faults tbody tr").count() == 1
    shot(page, "faults")
    assert page.is_disabled("#go")
    with page.expect_download() as fetched:
        page.click("text=下载问题清单")
    assert fetched.value.suggested_filename == "faults.xlsx"
    page.check("#good")
    load(page)
    with desk.store.reading(OPERATOR) as unit:
        assert read_stations(unit)["ref"].tolist() == ["s1"]


def test_a_csv_in_another_datum_lies_elsewhere_until_it_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "站点.csv").write_text("ref,name,lon,lat\ns9,九站,108.7052,34.3289\n", "utf-8")
    page = desk.open()
    choose(page, "stations", tmp_path / "站点.csv")
    expect(page.locator(".notice.wrong").first).to_be_visible()  # no coordinates are said
    page.select_option("#datum", "gcj02")
    page.wait_for_selector("#try:enabled")
    load(page)
    with desk.store.reading(OPERATOR) as unit:
        kept = read_stations(unit).set_index("ref").geometry.loc["s9"]
    assert kept.x < 108.7052  # moved back to where it is
    page.goto(desk.address + "/data#record")
    page.wait_for_selector(".record tbody tr")
    shot(page, "record")
    assert "站点.csv" in page.inner_text(".record tbody tr:first-child")


def test_jobs_are_asked_for_and_followed_and_what_they_made_is_fetched(desk: Desk) -> None:
    page = desk.open("/data#jobs")
    page.click("summary")
    page.select_option("#new-kind", "export")
    page.select_option("#new-layer", "communities")
    page.select_option("#new-job_form", "csv")
    page.click("#jobs .deeds button")
    page.wait_for_selector(".job.done a")
    shot(page, "jobs")
    with page.expect_download() as fetched:
        page.click(".job.done a >> nth=0")
    assert fetched.value.suggested_filename.endswith((".csv", ".xlsx"))


def test_what_is_no_file_is_told_and_another_can_be_chosen(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "坏.xlsx").write_bytes(b"this is no workbook")
    page = desk.open()
    page.set_input_files("#file", str(tmp_path / "坏.xlsx"))
    page.wait_for_selector(".notice.wrong")
    assert page.is_visible("#file, .drop")


def test_a_notice_is_asked_for_with_its_reason_and_who_leads(desk: Desk, tmp_path: Path) -> None:
    led = tmp_path / "网格长.csv"
    led.write_text("网格,姓名\n第一网格,张大山\n", "utf-8")
    page = desk.open("/data#jobs")
    page.click("summary")
    page.select_option("#new-kind", "sheets")
    assert page.is_hidden("#sheet-why")
    page.select_option("#sheet-per", "board")
    assert page.input_value("#sheet-use") == "exemption"
    page.click("#jobs .deeds button")
    page.locator("#jobs .notice.wrong", has_text="请填写无需审图号的理由").wait_for()
    page.fill("#sheet-why", "仅在社区公告栏张贴")
    page.fill("#sheet-pledge", "随叫随到")
    page.set_input_files("#sheet-leaders", str(led))
    shot(page, "sheets")
    with page.expect_response("**/api/jobs/sheets?*") as answered:
        page.click("#jobs .deeds button")
    assert answered.value.status == 202
    asked = answered.value.request.post_data_json
    assert (asked["exemption"], asked["pledge"], len(asked["leaders"])) == (
        "仅在社区公告栏张贴",
        "随叫随到",
        16,
    )
    page.locator(".job.failed", has_text="没有生效的网格").wait_for()
