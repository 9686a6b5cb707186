"""Stations one at a time, what the chain lacks, and loads by place: on a town small enough to count by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.errors import ConflictError, FrameError, InputError, NotFoundError
from geo.plans.rules import Workload, profile
from geo.plans.sizes import cell_sizes
from geo.reach.advice import Rule
from geo.reach.chain import Link
from layers.batches.undoing import undo
from layers.ground.stations import read_stations
from layers.imports.organisations import import_organisations
from layers.imports.posts import import_posts
from layers.plans.adopting import adopt_grids
from layers.plans.cells import read_cells
from layers.plans.publishing import publish
from layers.reach.chain import load_directory
from layers.reach.organising import find_gaps
from layers.reach.stations import add_station, close_station, edit_station, move_station
from layers.reach.workload import keep_load, tell_load
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers import town

JAN, DAY = date(2026, 1, 1), town.DAY
GRID, OTHER = f"{town.WEST}001", f"{town.WEST}002"
DEED: dict[str, Any] = {"actor": "t", "now": town.NOW}
LEADER = Viewer(Role.LEADER, ("",), Purpose.DISPLAY)


def middle(column: int, row: int) -> tuple[float, float]:
    at = town.square(column, row).centroid
    return at.x, at.y


@pytest.fixture
def settled(store: Store) -> Store:
    """The town with two grids in the west, in force from January."""
    town.settle(store)
    drawn = town.drawn_grids((0, 2), (2, 2))
    made = adopt_grids(store, OPERATOR, drawn, rules=profile("national"), source="t", **DEED)
    publish(store, OPERATOR, plan_ids=made.plan_ids, valid_from=JAN, as_drawn=True, **DEED)
    return store


def stations(store: Store, day: date | None = None) -> pd.DataFrame:
    with store.reading(OPERATOR) as unit:
        return read_stations(unit, as_of=day)


def test_a_station_is_added_changed_moved_closed_and_the_last_deed_taken_back(settled: Store) -> None:
    said = {"name": "邻里中心", "kind": "邻里中心", "letter": "邻", "capacity": 300, "floor_area_m2": 420.0}
    add_station(settled, OPERATOR, "S9", middle(0, 0), said, **DEED)
    with pytest.raises(ConflictError, match="already"):
        add_station(settled, OPERATOR, "S9", middle(0, 0), said, **DEED)
    edit_station(settled, OPERATOR, "S9", {"capacity": 500, "kind": "日间照料"}, **DEED)
    (one,) = stations(settled).to_dict("records")
    assert (one["kind"], one["letter"], one["capacity"], one["community_code"]) == (
        "day_care",
        "邻",
        500,
        town.WEST,
    )
    move_station(settled, OPERATOR, "S9", middle(5, 0), on=date(2026, 10, 1), **DEED)
    assert stations(settled)["community_code"].tolist() == [town.EAST]
    assert stations(settled, date(2026, 9, 30)).geometry.iloc[0].x == pytest.approx(middle(0, 0)[0])
    close_station(settled, OPERATOR, "S9", reason="合并", on=date(2026, 11, 1), **DEED)
    assert stations(settled).empty
    assert len(stations(settled, date(2026, 10, 31))) == 1
    undo(settled, OPERATOR, "stations", **DEED)
    assert len(stations(settled)) == 1
    with pytest.raises(InputError, match="no community"):
        move_station(settled, OPERATOR, "S9", (1.0, 2.0), on=DAY, **DEED)
    with pytest.raises(FrameError):
        edit_station(settled, OPERATOR, "S9", {"capacity": 0}, **DEED)
    with pytest.raises(NotFoundError):
        close_station(settled, OPERATOR, "S8", reason="x", on=DAY, **DEED)


def test_what_is_lacking_is_told_with_its_rule(settled: Store, tmp_path: Path) -> None:
    add_station(settled, OPERATOR, "S1", middle(0, 0), {"name": "西站", "floor_area_m2": 120.0}, **DEED)
    posts, units = tmp_path / "posts.csv", tmp_path / "units.csv"
    posts.write_text(
        f"网格编码,党支部,服务站点,网格长,网格员\n{GRID},一支部,S1,张三,李四\n{OTHER},,,王五,\n",
        encoding="utf-8",
    )
    units.write_text(
        "类型,名称,社区,楼栋,联系户数\n党员中心户,甲,西社区,b00,40\n党员中心户,乙,西社区,b01,9\n",
        encoding="utf-8",
    )
    import_posts(settled, OPERATOR, posts, day=JAN, **DEED)
    import_organisations(settled, OPERATOR, units, day=JAN, **DEED)
    households = pd.DataFrame(
        {
            "members": ["enrolled"] * 5 + ["local"],
            "grid_code": [GRID] * 2 + [OTHER] * 3 + [GRID],
            "building_ref": ["b00"] * 6,
        }
    )
    found = find_gaps(settled, OPERATOR, as_of=DAY, codes=[town.WEST], households=households)
    told = {(one.rule, one.ref) for one in found if one.rule is not Rule.CONTACT_IN_BUILDING}
    (centre,) = (
        o.ref for o in load_directory(settled, OPERATOR).of_kind(Link.CENTRE, DAY) if o.households == 40
    )
    assert told == {
        (Rule.GRID_HAS_BRANCH, OTHER),
        (Rule.GRID_HAS_STATION, OTHER),
        (Rule.GRID_HAS_CENTRE, OTHER),
        (Rule.GRID_HAS_POST, OTHER),
        (Rule.BRANCH_OF_THREE, GRID),
        (Rule.CENTRE_FIVE_TO_FIFTEEN, centre),
        (Rule.FLOOR_AREA, town.WEST),
        (Rule.FLOOR_SHARE, town.WEST),
    }
    (joint,) = (one for one in found if one.rule is Rule.BRANCH_OF_THREE)
    assert OTHER in joint.words.zh
    assert joint.figure == 2
    assert (
        sum(one.rule is Rule.CONTACT_IN_BUILDING for one in found) == 7
    )  # of eight buildings one has members


def test_events_are_counted_by_grid_hexagon_and_month_and_towards_the_size_of_cells(settled: Store) -> None:
    places = [middle(0, 0)] * 6 + [middle(3, 0)] * 2 + [(1.0, 2.0)]
    days = ["2026-05-03"] * 4 + ["2026年6月9日 10:00"] * 5
    said: dict[str, Any] = {
        "lon": [x for x, _ in places],
        "lat": [y for _, y in places],
        "source": "f",
        "as_of": DAY,
    }
    done, there = keep_load(settled, OPERATOR, "12345", days, **said, **DEED)
    assert (done.rows, done.located, done.replaced) == (9, 8, 0)
    assert np.flatnonzero(~there).tolist() == [8]
    again, _ = keep_load(settled, OPERATOR, "12345", days, **said, **DEED)
    assert again.replaced == 8

    def told(viewer: Viewer, by: Any, **more: Any) -> dict[str, int]:
        rows = tell_load(settled, viewer, "12345", by=by, as_of=DAY, **more)
        return {code: int(count) for code, count in zip(rows["code"], rows["events"], strict=True) if count}

    assert told(OPERATOR, "grid") == {GRID: 6, OTHER: 2}
    assert told(OPERATOR, "month") == {"2026-05": 4, "2026-06": 4}
    assert told(OPERATOR, "grid", since=date(2026, 6, 1)) == {GRID: 2, OTHER: 2}
    assert told(LEADER, "grid") == {GRID: 8}  # two are told with their neighbours
    assert sum(told(LEADER, "hexagon").values()) == sum(told(LEADER, "community").values()) == 8
    with pytest.raises(InputError, match="periods"):
        told(LEADER, "grid", since=date(2026, 6, 1))
    with pytest.raises(NotFoundError, match="no load"):
        tell_load(settled, OPERATOR, "none", by="grid", as_of=DAY)
    with pytest.raises(InputError, match="row 2"):
        keep_load(
            settled,
            OPERATOR,
            "12345",
            ["2026-05-03", "2026-13-01"],
            addresses=["a", "b"],
            source="f",
            as_of=DAY,
            **DEED,
        )
    with settled.reading(OPERATOR) as unit:
        cells = read_cells(unit, town.WEST).cells
    rules = replace(profile("national"), workload=Workload(household=0.0, event=10.0))
    assert sorted(size for size in cell_sizes(cells, rules).tolist() if size) == [20, 60]
