"""Long work over HTTP: asked for, done by a worker in a process of its own, fetched by whom it is for."""

from __future__ import annotations

import base64
import hmac
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from openpyxl import load_workbook

from api.app import create_app
from api.settings import PREFIX, Settings
from layers.accounts.accounts import Keeper, add_account, set_grants
from layers.accounts.sessions import key_of
from layers.hooks.hooks import add_hook, list_hooks, open_hook, remove_hook
from layers.imports.imports import import_frame
from layers.jobs.ledger import list_jobs
from layers.jobs.queue import JobQueue
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from layers.store.account_tables import sessions, users
from layers.store.database import Store
from tests.conftest import ROOT
from tests.layers.hooks.receiver import LOOPBACK, receiving

PATIENCE_S = 90.0
PLANNER = (OfPeople.BUILDING, Purpose.PLANNING)
WEST, EAST = "999901001001", "999901001002"


def now() -> datetime:
    return datetime.now(UTC)


class Office:
    """A server with a worker, and people."""

    def __init__(self, client: Any, store: Store, settings: Settings) -> None:
        self.client, self.store, self.settings = client, store, settings

    def person(self, name: str, *grants: Grant) -> dict[str, str]:
        """The headers of somebody who is signed in."""
        add_account(self.store, Keeper("cli:test"), name, grants, now=now())
        with self.store.writing(OPERATOR, actor="test", now=now()) as unit:
            unit.execute(users.update().where(users.c.name == name).values(must_change=False))
            (row,) = unit.execute(users.select().where(users.c.name == name)).all()
            held = {
                "user_id": row.id,
                "made_at": now(),
                "seen_at": now(),
                "ends_at": now() + timedelta(hours=9),
            }
            unit.execute(sessions.insert().values(hash=key_of(f"s-{name}"), **held))
        return {"cookie": f"wangge=s-{name}", "origin": "http://test"}

    def ask(self, who: dict[str, str], path: str, **said: Any) -> dict[str, Any]:
        """Ask for long work; the job."""
        answer = self.client.post(path, headers=who, json=said)
        assert answer.status_code == 202, answer.text
        return dict(answer.json())

    def over(self, who: dict[str, str], job: dict[str, Any]) -> dict[str, Any]:
        """The job when it has come to an end."""
        ends = time.monotonic() + PATIENCE_S
        while True:
            found = self.client.get(f"/api/jobs/{job['id']}?lang=en", headers=who).json()
            if found["state"] in ("done", "failed", "cancelled"):
                return dict(found)
            assert time.monotonic() < ends, found
            time.sleep(0.1)

    def send(self, who: dict[str, str], path: Path, upload: str | None = None) -> str:
        """Send a file; the number of the upload."""
        query = f"?name={path.name}" + (f"&upload={upload}" if upload else "")
        answer = self.client.post("/api/imports" + query, headers=who, content=path.read_bytes())
        assert answer.status_code == 201, answer.text
        return str(answer.json()["upload"])

    def file(self, who: dict[str, str], job: dict[str, Any]) -> bytes:
        """What the job made."""
        answer = self.client.get(f"/api/jobs/{job['id']}/file", headers=who)
        assert answer.status_code == 200, answer.text
        return bytes(answer.content)


@pytest.fixture(scope="module", params=["sqlite", "postgis"])
def office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    lasting_store: Callable[..., Store],
    run_app: Callable[..., Any],
    town_of: Any,
) -> Iterator[Office]:
    store = lasting_store(request, tmp_path_factory, "jobs")
    town = town_of(store)
    town.build()
    town.publish(valid_from=town.since)
    settings = town.settings()
    queue = JobQueue(store, settings.home)
    queue.prepare()
    queue.close()
    environment = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)}
    environment |= {"WANGGE_HOME": str(settings.home), "WANGGE_LOG_LEVEL": "warning"}
    if settings.database_url:
        environment["WANGGE_DATABASE_URL"] = settings.database_url
    worker = subprocess.Popen([sys.executable, "-m", "api.cli", "work"], cwd=ROOT, env=environment)
    try:
        with run_app(create_app(settings)) as client:
            made = Office(client, store, settings)
            made.person("keeper", Grant(Role.ADMIN, ""))
            ends = time.monotonic() + PATIENCE_S
            while client.get("/api/jobs").status_code != 401:  # it knows by now that there are accounts
                assert time.monotonic() < ends
                time.sleep(0.05)
            yield made
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(30)
        store.close()


def test_cells_drafts_and_a_layer_of_ones_own_area(office: Office) -> None:
    west = office.person("west", Grant(Role.PLANNER, WEST, *PLANNER))
    cells = office.over(west, office.ask(west, "/api/jobs/cells"))
    assert (cells["state"], cells["done"], cells["total"]) == ("done", 1, 1)
    assert "cells in 1 communities, 710 households" in cells["told"][0]
    drawn = office.over(west, office.ask(west, "/api/jobs/partition", time_limit_s=1))
    assert (drawn["state"], drawn["error"]) == ("done", None), drawn
    assert "1 draft plans" in drawn["told"][0]
    out = office.over(west, office.ask(west, "/api/jobs/export", layer="buildings", form="csv"))
    table = pd.read_csv(io.BytesIO(office.file(west, out)))
    assert set(table["ref"]) == {"b1", "b2"}
    refused = office.client.post("/api/jobs/cells", headers=west, json={"communities": [EAST]})
    assert refused.status_code == 404
    plans = office.client.get("/api/plans?state=draft", headers=west).json()["plans"]
    assert [plan["author"] for plan in plans] == ["http:west"]


def test_a_sheet_for_each_grid_by_a_pattern_with_checksums(office: Office) -> None:
    who = office.person("printer", Grant(Role.PLANNER, "", *PLANNER))
    job = office.ask(who, "/api/jobs/sheets", per="grid", form="svg", names="{community}/{code}")
    done = office.over(who, job)
    assert (done["state"], done["total"]) == ("done", 2), done
    with zipfile.ZipFile(io.BytesIO(office.file(who, done))) as archive:
        names = archive.namelist()
        manifest = archive.read("manifest.csv").decode("utf-8-sig").splitlines()
    assert len(names) == 4
    assert all(name.endswith(".svg") for name in names[:3])
    assert manifest[0] == "file,sha256,bytes"
    unnamed = office.client.post("/api/jobs/sheets", headers=who, json={"names": "{title}"})
    assert unnamed.status_code == 422


def words_of(office: Office, who: dict[str, str], job: dict[str, Any], suffix: str = ".svg") -> str:
    """All the words of the sheets of a job."""
    done = office.over(who, job)
    assert (done["state"], done["error"]) == ("done", None), done
    with zipfile.ZipFile(io.BytesIO(office.file(who, done))) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(suffix))


def test_sheets_over_http_know_what_the_command_line_knows(office: Office, tmp_path: Path) -> None:
    who = office.person("publisher", Grant(Role.APPROVER, "", *PLANNER))
    home = gpd.GeoDataFrame(
        {"ref": ["c9"], "name": ["芙蓉苑"]},
        geometry=[shapely.box(108.7145, 34.3045, 108.7155, 34.3055)],
        crs=4490,
    )
    import_frame(office.store, OPERATOR, "complexes", home, source="t", actor="t", now=now())
    led, facts = tmp_path / "网格长.csv", tmp_path / "facts.csv"
    led.write_text("网格,姓名,级别\n第一网格,张大山,1\n", "utf-8")
    facts.write_text("小区,物业公司\n芙蓉苑,安居物业\n", "utf-8")

    def send(path: Path) -> str:
        answer = office.client.post(
            f"/api/jobs/sheets/files?name={path.name}", headers=who, content=path.read_bytes()
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["upload"])

    sent = send(led)
    asked = {"per": "board", "exemption": "仅在社区公告栏张贴", "leaders": sent, "pledge": "随叫随到"}
    board = words_of(office, who, office.ask(who, "/api/jobs/sheets", form="svg", **asked))
    for words in ("张大山", "一级", "随叫随到", "仅在社区公告栏张贴"):
        assert words in board
    again = office.client.post("/api/jobs/sheets", headers=who, json={"leaders": sent})
    assert again.status_code == 404, "the list is not kept"
    dossier = office.ask(who, "/api/jobs/sheets", per="complex", form="svg", facts=send(facts), grey=True)
    words = words_of(office, who, dossier)
    assert "安居物业" in words
    assert "内部工作用图" in words
    book = office.ask(who, "/api/jobs/sheets", per="booklet", form="svg", leaders=send(led))
    words = words_of(office, who, book)
    assert "目录" in words
    assert "张大山" in words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"per": "board"}, "hangs in public"),
        ({"per": "grid", "pledge": "x"}, "a pledge does not go with sheets per grid"),
        ({"approval": "A", "exemption": "B"}, "not both"),
        ({"per": "area"}, "per"),
    ],
)
def test_sheets_nobody_should_make_are_refused_when_asked_for(
    office: Office, said: dict[str, Any], words: str
) -> None:
    keeper = "asker-" + "".join(str(value)[:6] for value in said.values()).lower()
    who = office.person(keeper, Grant(Role.PLANNER, "", *PLANNER))
    answer = office.client.post("/api/jobs/sheets?lang=en", headers=who, json=said)
    assert answer.status_code == 422
    assert words in answer.json()["detail"]


def test_papers_and_sheets_to_walk_with(office: Office) -> None:
    who = office.person("walker", Grant(Role.APPROVER, "", *PLANNER))
    papers = office.over(who, office.ask(who, "/api/jobs/papers", communities=[EAST]))
    with zipfile.ZipFile(io.BytesIO(office.file(who, papers))) as archive:
        assert any(name.endswith(".docx") for name in archive.namelist())
    (plan,) = [
        p["id"] for p in office.client.get(f"/api/plans?community={EAST}", headers=who).json()["plans"]
    ]
    walk = office.over(who, office.ask(who, "/api/jobs/walk", plan=plan))
    with zipfile.ZipFile(io.BytesIO(office.file(who, walk))) as archive:
        assert len(archive.namelist()) == 2
    assert office.client.post("/api/jobs/walk", headers=who, json={"plan": 999}).status_code == 404


def test_nobody_follows_ends_or_fetches_the_work_of_others(office: Office) -> None:
    mine = office.person("owner", Grant(Role.PLANNER, "", *PLANNER))
    other = office.person("other", Grant(Role.PLANNER, "", *PLANNER))
    done = office.over(mine, office.ask(mine, "/api/jobs/export", layer="grids", form="geojson"))
    for call, path in (("get", ""), ("delete", ""), ("get", "/file"), ("post", "/resume")):
        answer = getattr(office.client, call)(f"/api/jobs/{done['id']}{path}", headers=other)
        assert answer.status_code == 404
    assert office.client.get("/api/jobs", headers=other).json() == {"jobs": []}
    assert office.client.get("/api/jobs/all", headers=other).status_code == 403
    keeper = {"cookie": "wangge=s-keeper"}
    lines = office.client.get("/api/jobs/all", headers=keeper).json()["jobs"]
    assert {"id", "kind", "actor", "state"} <= set(lines[0])
    assert "told" not in lines[0]


def test_who_lost_his_right_fetches_nothing(office: Office) -> None:
    who = office.person("moved", Grant(Role.PLANNER, "", *PLANNER))
    done = office.over(who, office.ask(who, "/api/jobs/export", layer="buildings", form="csv"))
    set_grants(office.store, Keeper("cli:test"), "moved", [Grant(Role.PLANNER, WEST, *PLANNER)], now=now())
    ends = time.monotonic() + PATIENCE_S
    while office.client.get(f"/api/jobs/{done['id']}/file", headers=who).status_code != 403:
        assert time.monotonic() < ends
        time.sleep(0.05)


def test_a_page_follows_its_jobs_until_they_are_over(office: Office) -> None:
    who = office.person("watcher", Grant(Role.PLANNER, "", *PLANNER))
    job = office.ask(who, "/api/jobs/export", layer="communities", form="gpkg")
    said = office.client.get("/api/jobs/events?lang=en", headers=who)
    assert said.headers["content-type"].startswith("text/event-stream")
    *told, last = [part for part in said.text.split("\n\n") if part]
    assert last.startswith("event: over")
    states = [json.loads(one.removeprefix("data: "))[0]["state"] for one in told if one.startswith("data: ")]
    assert states[-1] == "done"
    assert json.loads(told[-1].removeprefix("data: "))[0]["id"] == job["id"]


def test_a_file_is_looked_at_tried_loaded_and_taken_back(office: Office, tmp_path: Path) -> None:
    who = office.person("loader", Grant(Role.PLANNER, "", *PLANNER))
    squares = [shapely.box(x, 34.302, x + 0.001, 34.303) for x in (108.702, 108.706)]
    frame = gpd.GeoDataFrame({"bh": ["c1", "c2"], "mc": ["桂苑", "兰苑"]}, geometry=squares, crs="EPSG:4490")
    frame.to_file(tmp_path / "小区.shp", encoding="utf-8")
    upload = None
    for suffix in (".shp", ".shx", ".dbf", ".prj", ".cpg"):
        upload = office.send(who, tmp_path / f"小区{suffix}", upload)
    assert upload is not None
    look = {"layer": "complexes", "mapping": {"ref": "bh", "name": "mc"}}
    seen = office.client.post(f"/api/imports/{upload}/look?lang=en", headers=who, json=look).json()
    assert (seen["rows"], seen["missing"], seen["trouble"]) == (2, [], None), seen
    assert [c["ours"] for c in seen["columns"]] == ["ref", "name"]
    assert seen["first"][0]["cells"] == ["c1", "桂苑"]
    assert len(seen["shapes"]["features"]) == 2
    tried = office.over(who, office.ask(who, f"/api/imports/{upload}/load", **look, dry_run=True))
    assert "would load 2 rows" in tried["told"][0]
    done = office.over(who, office.ask(who, f"/api/imports/{upload}/load", **look))
    assert "loaded 2 rows" in done["told"][0], done
    batches = office.client.get("/api/imports", headers=who).json()["batches"]
    assert (batches[0]["layer"], batches[0]["added"], batches[0]["actor"]) == ("complexes", 2, "http:loader")
    foreseen = office.client.get("/api/imports/undo?layer=complexes&lang=en", headers=who).json()
    assert (foreseen["counts"]["complexes"]["removed"], foreseen["hindrances"]) == (2, [])
    undone = office.client.post("/api/imports/undo", headers=who, json={"layer": "complexes"})
    assert undone.status_code == 200, undone.text
    gone = office.client.post(f"/api/imports/{upload}/look", headers=who, json=look)
    assert gone.status_code == 404  # what is loaded is not kept


def test_faults_come_back_as_a_workbook_and_nothing_is_loaded(office: Office, tmp_path: Path) -> None:
    who = office.person("faulty", Grant(Role.PLANNER, "", *PLANNER))
    path = tmp_path / "站点.csv"
    path.write_text("ref,name,lon,lat\ns1,一站,108.702,34.302\ns2,,108.703,34.302\n", "utf-8")
    upload = office.send(who, path)
    tried = office.over(
        who, office.ask(who, f"/api/imports/{upload}/load", layer="stations", crs="EPSG:4490")
    )
    assert tried["state"] == "failed"
    assert "1 fault" in tried["error"]
    assert "/" not in tried["error"]  # no path of the server
    sheet = load_workbook(io.BytesIO(office.file(who, tried))).active
    assert sheet is not None
    assert [row[0] for row in sheet.iter_rows(values_only=True)][1:] == [3]
    good = office.ask(who, f"/api/imports/{upload}/load", layer="stations", crs="EPSG:4490", good_rows=True)
    assert "loaded 1 rows" in office.over(who, good)["told"][0]


def test_what_is_no_file_of_ones_own_is_not_there(office: Office, tmp_path: Path) -> None:
    mine = office.person("sender", Grant(Role.PLANNER, "", *PLANNER))
    other = office.person("thief", Grant(Role.PLANNER, "", *PLANNER))
    path = tmp_path / "a.csv"
    path.write_text("ref,name\n", "utf-8")
    upload = office.send(mine, path)
    look = {"layer": "stations"}
    assert office.client.post(f"/api/imports/{upload}/look", headers=other, json=look).status_code == 404
    assert office.client.delete(f"/api/imports/{upload}", headers=other).status_code == 404
    bad = office.client.post("/api/imports?name=evil.exe", headers=mine, content=b"MZ")
    assert bad.status_code == 422
    empty = office.client.post("/api/imports?name=a.csv", headers=mine, content=b"")
    assert empty.status_code == 422
    people = office.client.post(f"/api/imports/{upload}/residents", headers=mine, json={})
    assert people.status_code == 403
    assert office.client.delete(f"/api/imports/{upload}", headers=mine).status_code == 204


def test_a_waiting_job_is_cancelled_and_goes_on(office: Office) -> None:
    who = office.person("patient", Grant(Role.PLANNER, "", *PLANNER))
    first = office.ask(who, "/api/jobs/sheets", per="grid", form="png")
    second = office.ask(who, "/api/jobs/export", layer="water", form="geojson")
    ended = office.client.delete(f"/api/jobs/{second['id']}", headers=who)
    assert ended.status_code == 200, ended.text
    assert office.over(who, second)["state"] == "cancelled"
    again = office.client.post(f"/api/jobs/{second['id']}/resume", headers=who)
    assert again.status_code == 200, again.text
    office.client.delete(f"/api/jobs/{first['id']}", headers=who)
    assert office.over(who, first)["state"] in ("cancelled", "done")
    assert office.over(who, second)["state"] in (
        "done",
        "failed",
    )  # there is no water here, told as such or as an empty file


def test_another_system_is_told_signed_and_told_again_after_it_failed(office: Office) -> None:
    with receiving() as receiver:
        receiver.status = 500
        secret = add_hook(
            office.store,
            "hotline",
            receiver.url,
            area=[WEST],
            networks=[LOOPBACK],
            from_start=True,
            actor="test",
            now=now(),
        )
        wait_for(lambda: [one.failures for one in list_hooks(office.store)] == [1])
        (hook,) = list_hooks(office.store)
        assert hook.trouble is not None
        assert hook.trouble.en == f"127.0.0.1:{receiver.port} answered 500"
        receiver.status = 204
        open_hook(office.store, "hotline", actor="test", now=now())
        wait_for(lambda: list_hooks(office.store)[0].told_at is not None)
    first, second = receiver.got
    said = json.loads(second.body)
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert (said["type"], {one["community"] for one in said["data"]["changes"]}) == ("grids.changed", {WEST})
    key = base64.b64decode(secret.removeprefix("whsec_"))
    sealed = f"{second.headers['webhook-id']}.{second.headers['webhook-timestamp']}.".encode() + second.body
    seal = base64.b64encode(hmac.digest(key, sealed, "sha256")).decode()
    assert second.headers["webhook-signature"] == f"v1,{seal}"
    remove_hook(office.store, "hotline", actor="test", now=now())
    told = [job for job in list_jobs(office.store) if job.kind == "tell"]
    assert {job.actor for job in told} == {"hook:hotline"}
    assert [job.state for job in told][-1] == "failed"


def wait_for(true: Callable[[], bool]) -> None:
    """Until it is so, or too long."""
    ends = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.1)
