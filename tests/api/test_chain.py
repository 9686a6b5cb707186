"""An address finds its people, by HTTP and on the command line; names that are not posted only for who may call them."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from geo.errors import Words
from geo.reach.chain import Link
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.tokens import make_token
from layers.imports.posts import import_posts
from layers.reach.chain import read_directory
from layers.reach.stations import add_station, close_station
from layers.rights.rights import Grant, Right
from layers.rights.viewer import OPERATOR, Role
from tests.api.conftest import NOW, Client, Town

Running = Callable[[FastAPI], AbstractContextManager[Client]]
OPER = Keeper("cli:test")
TABLE = (
    "网格编码,党支部,网格长,网格长电话,网格员,公示\n"
    "999901001001001,第一党支部,张三,029-1234,李四,网格长\n999901001002001,东支部,钱九,,,否\n"
)


def posts(found: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(post["title"], post["holder"]) for post in found["chain"]["posts"]]


def test_a_place_finds_its_people_as_the_caller_s_right_allows(
    town: Town, run_app: Running, tmp_path: Path
) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(TABLE, encoding="utf-8")
    lon, lat = town.garden
    where = {"lon": lon, "lat": lat}
    with run_app(town.app()) as client:
        assert client.get("/api/locate", params=where).json()["chain"] is None
        assert client.get("/api/chain?kind=community&ref=999901001001").status_code == 403
    import_posts(town.store, OPERATOR, file, day=town.since, actor="t", now=NOW)
    with run_app(town.app(public=("lookup",))) as client:
        found = client.get("/api/locate", params=where).json()
        assert [one["name"] for one in found["chain"]["branches"]] == ["第一党支部"]
        assert posts(found) == [("网格员", None), ("网格长", "张三")]
        assert found["chain"]["posts"][0]["remark"] == Words("", "有人在岗，姓名未公示").zh
        assert (
            client.get("/api/locate", params=where | {"as_of": "2026-05-31"}).json()["chain"]["posts"] == []
        )
    add_account(town.store, OPER, "li", [Grant(Role.LEADER, "")], now=NOW)
    hotline, plain = (
        {"authorization": f"Bearer {make_token(town.store, OPER, name, rights, [area], days=9, now=NOW)}"}
        for name, rights, area in (
            ("hotline", [Right.LOOKUP, Right.POSTS], "999901001001"),
            ("plain", [Right.LOOKUP], ""),
        )
    )
    with run_app(town.app()) as client:
        assert posts(client.get("/api/locate", params=where, headers=hotline).json())[0] == ("网格员", "李四")
        assert posts(client.get("/api/locate", params=where, headers=plain).json())[0] == ("网格员", None)
        tree = client.get("/api/chain?kind=community&ref=999901001001", headers=hotline).json()["tree"]
        assert [(row["depth"], row["kind"], row["name"]) for row in tree] == [
            (0, "community", "甲社区"),
            (1, "branch", "第一党支部"),
            (2, "grid", "第一网格"),
        ]
        assert [post["holder"] for post in tree[2]["posts"]] == ["李四", "张三"]
        above = client.get("/api/chain?kind=grid&ref=999901001001001", headers=hotline).json()["above"]
        assert [one["name"] for one in above["branches"]] == ["第一党支部"]
        assert client.get("/api/chain?kind=community&ref=999901001002", headers=hotline).status_code == 404
        assert client.get("/api/chain?kind=community&ref=999901001001", headers=plain).status_code == 403


def test_an_answer_that_is_remembered_is_not_told_once_its_people_changed(
    town: Town, run_app: Running, tmp_path: Path
) -> None:
    file = tmp_path / "posts.csv"
    lon, lat = town.garden
    where = {"lon": lon, "lat": lat}
    with run_app(town.app(public=("lookup",), index_poll_s=0.05)) as client:
        for holder in ("张三", "赵一"):
            file.write_text(TABLE.replace("张三", holder), encoding="utf-8")
            import_posts(town.store, OPERATOR, file, day=town.since, actor="t", now=NOW)
            for _ in range(400):
                found = client.get("/api/locate", params=where)
                if found.json()["chain"] and ("网格长", holder) in posts(found.json()):
                    break
                time.sleep(0.05)
            else:
                raise AssertionError(f"{holder} was never told")


def test_a_file_of_places_finds_its_people_row_by_row(town: Town, run_app: Running, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(TABLE, encoding="utf-8")
    import_posts(town.store, OPERATOR, file, day=town.since, actor="t", now=NOW)
    lon, lat = town.garden
    asked = f"id,lon,lat\na,{lon},{lat}\nb,x,y\nc,{lon},{lat}\nd,0,0\n"
    add_account(town.store, OPER, "li", [Grant(Role.LEADER, "")], now=NOW)
    hotline = make_token(town.store, OPER, "hotline", [Right.LOOKUP, Right.POSTS], [""], days=9, now=NOW)
    plain = make_token(town.store, OPER, "plain", [Right.LOOKUP], [""], days=9, now=NOW)
    with run_app(town.app()) as client:

        def sent(query: str, token: str, kind: str = "text/csv", body: str = asked) -> str:
            headers = {"authorization": f"Bearer {token}", "content-type": kind}
            answer = client.post(f"/api/locate/batch{query}", content=body.encode(), headers=headers)
            assert answer.status_code == 200
            return str(answer.content.decode())

        rows = list(csv.DictReader(io.StringIO(sent("?chain=true", hotline))))
        assert [row["status"] for row in rows] == ["matched", "error", "matched", "outside"]
        assert [row["branches"] for row in rows] == ["第一党支部", "", "第一党支部", ""]
        assert [row["posts"] for row in rows] == [
            "网格员 李四|网格长 张三 029-1234",
            "",
            rows[0]["posts"],
            "",
        ]
        (first, *_) = csv.DictReader(io.StringIO(sent("?chain=true", plain)))
        assert first["posts"] == "网格员|网格长 张三 029-1234"  # 李四 is not posted for everybody
        assert "branches" not in sent("", hotline).splitlines()[0]
        line = sent(
            "?chain=true", hotline, "application/x-ndjson", f'{{"id": 1, "lon": {lon}, "lat": {lat}}}\n'
        )
        single = client.get(
            f"/api/locate?lon={lon}&lat={lat}", headers={"authorization": f"Bearer {hotline}"}
        ).json()
        assert json.loads(line)["chain"] == single["chain"]
        by_address = sent("?chain=true", hotline, body="id,address\na,无名路1号\n")
        assert by_address.splitlines()[1].endswith(",,,,")


def test_a_station_is_found_on_its_days(town: Town, tmp_path: Path) -> None:
    file = tmp_path / "posts.csv"
    file.write_text(TABLE, encoding="utf-8")
    import_posts(town.store, OPERATOR, file, day=town.since, actor="t", now=NOW)
    said = {"name": "甲站", "opened_on": "2026-10-01"}
    add_station(town.store, OPERATOR, "s1", town.garden, said, actor="t", now=NOW)
    on = date(2026, 11, 1)
    close_station(town.store, OPERATOR, "s1", reason="迁并", on=on, actor="t", now=NOW)
    with town.store.reading(OPERATOR) as unit:
        directory = read_directory(unit)
    place = (Link.STATION, "s1")
    known = [directory.organisation(place, date(2026, *day)) for day in ((9, 30), (10, 1), (10, 31), (11, 1))]
    assert [one is not None for one in known] == [False, True, True, False]
