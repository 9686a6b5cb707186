"""Figures for monitoring: of routes, never of requests; of all processes; nothing about anybody."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from api.http.counted import Counted, exposition
from api.http.needs import DOORS
from layers.accounts.tokens import make_token
from layers.rights.rights import Grant, Right
from layers.rights.viewer import Role
from tests.api.signed_in import KEEPER, NOW, signed_in

LINE = re.compile(r'[a-z_]+(\{[a-z]+="[^"\\\n]*"(,[a-z]+="[^"\\\n]*")*\})? [0-9.e+-]+')


def test_it_tells_of_routes_and_not_of_what_was_asked(town: Any, run_app: Callable[..., Any]) -> None:
    person = signed_in(town.store, "zhangsan", Grant(Role.VIEWER, ""))
    token = make_token(town.store, KEEPER, "prometheus", [Right.METRICS], [""], days=9, now=NOW)
    program = {"authorization": f"Bearer {token}"}
    with run_app(town.app()) as client:
        client.get("/api/locate?address=甲小区1号楼", headers=person)
        client.get("/api/suggest?q=甲", headers=person)
        client.get("/nowhere/甲", headers=person)
        client.get("/api/plans/7777", headers=person)
        assert client.get("/metrics", headers=person).status_code == 403
        assert client.get("/metrics").status_code == 401
        answer = client.get("/metrics", headers=program)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    said = answer.text
    assert all(line.startswith("# ") or LINE.fullmatch(line) for line in said.splitlines())
    assert 'wangge_request_duration_seconds_count{route="/api/locate",method="GET",status="200"} 1' in said
    assert 'route="/api/plans/{plan}",method="GET",status="403"' in said
    assert 'route="other",method="GET",status="404"' in said
    routes = {key.partition(" ")[2] for key in DOORS} | {"other"}
    assert set(re.findall(r'route="([^"]*)"', said)) <= routes
    for hidden in ("zhangsan", "prometheus", "甲", "7777", "127.0.0.1", "999901"):
        assert hidden not in said
    assert {"wangge_store_up 1", "wangge_index_fresh 1", "wangge_published_version 1"} <= set(
        said.splitlines()
    )


def test_processes_of_one_server_are_told_together(tmp_path: Path) -> None:
    here = Counted()
    scope = {"path": "/api/locate", "method": "GET"}
    here.answered(scope, 200, 0.03)
    here.answered(scope, 200, 20.0)
    here.share(tmp_path)
    (own,) = tmp_path.glob("*.json")
    assert own.stat().st_mode & 0o077 == 0
    own.rename(tmp_path / "1.json")  # as if another process had written it
    (tmp_path / "2.json").write_text("[[", "ascii")
    gone = tmp_path / "3.json"
    gone.write_text((tmp_path / "1.json").read_text("ascii"), "ascii")
    os.utime(gone, (time.time() - 3600,) * 2)
    here.share(tmp_path)
    said = exposition(here.with_others(tmp_path), []).splitlines()
    labels = 'route="/api/locate",method="GET",status="200"'
    name = "wangge_request_duration_seconds"
    assert f"{name}_count{{{labels}}} 4" in said
    assert f'{name}_bucket{{{labels},le="0.05"}} 2' in said
    assert f'{name}_bucket{{{labels},le="+Inf"}} 4' in said
    assert f"{name}_sum{{{labels}}} 40.060000" in said
    assert not gone.exists()
