"""What somebody asks costs what is his, not what there is elsewhere: as many statements, and as many rows read, however much
happened in other areas. Counted, not timed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import pytest
import shapely
import sqlalchemy as sa

from geo.plans.rules import profile
from layers.imports.imports import import_frame
from layers.jobs.ledger import ask_job
from layers.plans.adopting import adopt_grids
from layers.plans.publishing import publish
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role
from tests.api.signed_in import NOW, signed_in

WEST = "999901001001"
EAST_BOX = shapely.box(108.71, 34.30, 108.72, 34.31)
FIRST = date(2027, 1, 1)
ASKED = (
    "/api/locate?lon=108.7025&lat=34.305",
    "/api/locate?address=1号楼",
    "/api/suggest?q=1号",
    "/api/find?q=甲社区",
    "/api/plans",
    "/api/plans/1",
    "/api/plans/1/grids",
    "/api/imports",
    "/api/jobs",
    "/api/stations",
    "/api/changes",
    "/api/layers/grids?bbox=108.70,34.30,108.71,34.31",
    "/api/layers/buildings?bbox=108.70,34.30,108.71,34.31",
    "/api/session",
)


class Cost:
    """Statements that were run, and the rows PostgreSQL gave for them (SQLite does not say)."""

    def __init__(self) -> None:
        self.statements, self.rows = 0, 0


@contextmanager
def costs(store: Any) -> Iterator[Cost]:
    found = Cost()

    def ran(_c: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "pg_" in statement or "FROM state" in statement:
            return  # the watch over the counters, which runs beside
        found.statements += 1
        found.rows += max(int(cursor.rowcount), 0)

    sa.event.listen(store.engine, "after_cursor_execute", ran)
    try:
        yield found
    finally:
        sa.event.remove(store.engine, "after_cursor_execute", ran)


def much_happens_in_the_east(store: Any) -> None:
    """Redraws, drafts and imports of buildings, and jobs of somebody else."""
    for day in range(4):
        drawn = gpd.GeoDataFrame({"ref": ["g"], "kind": ["base"]}, geometry=[EAST_BOX], crs=4490)
        plans = adopt_grids(
            store, OPERATOR, drawn, rules=profile("national"), source="east", actor="test", now=NOW
        ).plan_ids
        if day % 2:
            publish(
                store,
                OPERATOR,
                plan_ids=plans,
                valid_from=FIRST + timedelta(days=day),
                confirmed=True,
                actor="test",
                now=NOW,
            )
        spot = shapely.box(108.711 + day * 5e-4, 34.301, 108.7112 + day * 5e-4, 34.3012)
        house = {"ref": [f"e{day}"], "name": [f"{day + 20}幢"], "use": ["residential"], "households": [9]}
        frame = gpd.GeoDataFrame(house, geometry=[spot], crs=4490)
        import_frame(store, OPERATOR, "buildings", frame, source="east.xlsx", actor="test", now=NOW)
        ask_job(store, OPERATOR, "cells", {}, lang="zh", actor=f"http:other{day}", now=NOW)


@pytest.fixture
def planner(town: Any) -> dict[str, str]:
    return signed_in(town.store, "west", Grant(Role.PLANNER, WEST, OfPeople.BUILDING, Purpose.PLANNING))


def told(town: Any, run_app: Callable[..., Any], who: dict[str, str]) -> dict[str, tuple[int, int, str]]:
    """Of each question: statements, rows, and the answer, asked a second time so that what is kept is there."""
    found = {}
    with run_app(town.app(trial=False, index_poll_s=60)) as client:
        held = client.app.state.doors.store
        for address in ASKED:
            assert client.get(address, headers=who).status_code == 200, address
            with costs(held) as cost:
                answer = client.get(address, headers=who)
            found[address] = (cost.statements, cost.rows, answer.text)
    return found


def test_what_happens_elsewhere_costs_nobody_anything(
    town: Any, run_app: Callable[..., Any], planner: dict[str, str]
) -> None:
    before = told(town, run_app, planner)
    much_happens_in_the_east(town.store)
    after = told(town, run_app, planner)
    assert {ask: cost[0] for ask, cost in after.items()} == {ask: cost[0] for ask, cost in before.items()}
    assert {ask: cost[1] for ask, cost in after.items()} == {ask: cost[1] for ask, cost in before.items()}
    versions = ("/api/changes", "/api/locate?lon=108.7025&lat=34.305", "/api/locate?address=1号楼")
    assert {ask: cost[2] for ask, cost in after.items() if ask not in versions} == {
        ask: cost[2] for ask, cost in before.items() if ask not in versions
    }
    assert before["/api/locate?lon=108.7025&lat=34.305"][0] == 0, "look-ups ask the store nothing"
    assert before["/api/suggest?q=1号"][0] == 0
    assert min(before[ask][0] for ask in ("/api/plans", "/api/imports", "/api/jobs", "/api/changes")) > 0
