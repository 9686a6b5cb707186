"""Micro-grids inside a building: a building above the bound is divided by units and floors, on both stores.

West has four columns of two cells, 100 households a cell, six storeys; micro-grids hold 30 to 50 households.
"""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.plans.levels import Level
from geo.plans.rules import profile
from layers.imports.imports import import_frame
from layers.lookup.lookups import load_lookup
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.drafts import copy_plan
from layers.plans.level_units import read_level, torn_units
from layers.plans.levels import Leveled, draw_level
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.runs.steps import Step
from layers.store import address_tables as a
from layers.store.database import Store
from tests.layers.town import DAY, NOW, WEST, buildings, communities, drawn_grids

LATER = date(2026, 12, 1)


def settle(store: Store, **columns: list[object]) -> int:
    """The west of the town in two grids, with more columns of buildings b00 and b01; the draft's number."""
    frame = buildings().assign(name=[f"西街{n + 1}号" for n in range(16)], road_addresses=None)
    frame["road_addresses"] = frame["name"]
    for name, (first, second) in columns.items():
        frame[name] = pd.Series([first, second, *[None] * 14], dtype=object)
    for layer, rows in (("communities", communities()), ("buildings", frame)):
        import_frame(store, OPERATOR, layer, rows, source="town", actor="test", now=NOW)
    list(build_cells(store, OPERATOR, actor="test", now=NOW))
    drawn = drawn_grids((0, 2), (2, 2))
    return adopt_grids(
        store, OPERATOR, drawn, rules=profile("national"), source="t", actor="t", now=NOW
    ).plan_ids[0]


def draw(store: Store, plan: int) -> Step[Leveled]:
    """Micro-grids of the plan."""
    rules = profile("micro")
    (step,) = draw_level(
        store, OPERATOR, level=Level.MICRO, rules=rules, plan_ids=[plan], time_limit_s=0.2, actor="t", now=NOW
    )
    assert step.error is None
    return step


def micro(store: Store, plan: int) -> gpd.GeoDataFrame:
    with store.reading(OPERATOR) as unit:
        assert torn_units(unit, plan) == []
        return read_level(unit, level=Level.MICRO, plan_ids=[plan])


def test_a_building_without_units_is_divided_by_floors_evenly_and_said_so(store: Store) -> None:
    plan = settle(store)
    step = draw(store, plan)
    assert (step.figures.units, step.figures.outside) == (16, 0)
    assert "平均分配 8 栋" in step.notes[0].zh
    found = micro(store, plan)
    assert found["code"].tolist() == [f"{WEST}{g:03d}{n:02d}" for g in (1, 2) for n in range(1, 9)]
    assert found["part"].tolist() == ["1–3层", "4–6层"] * 8
    assert found["households"].tolist() == [50] * 16
    assert found["people"].sum() == 2400
    assert found.geometry.isna().all()


def test_a_ledger_says_how_many_live_in_each_unit(store: Store) -> None:
    plan = settle(store, unit_households=["1:36|2:34|3:30", "甲:52|乙:48"])
    draw(store, plan)
    found = micro(store, plan)
    own = found[found["building_ref"] == "b00"]
    assert own["part"].tolist() == ["1单元", "2单元", "3单元"]
    assert own["households"].tolist() == [36, 34, 30]
    assert own["basis"].unique().tolist() == ["ledger"]
    other = found[found["building_ref"] == "b01"]
    assert other["part"].tolist() == ["甲单元1–3层", "甲单元4–6层", "乙单元"]
    assert other["households"].tolist() == [26, 26, 48]


def test_matched_residents_say_it_where_the_ledger_does_not(store: Store) -> None:
    plan = settle(store, units=[3, None])
    homes = pd.DataFrame({"ref": [f"r{n}" for n in range(60)], "household": [f"h{n}" for n in range(60)]})
    found = {"building_ref": "b00", "community_code": WEST, "status": "matched", "confidence": 1.0}
    numbers = ["1"] * 24 + ["02"] * 18 + ["3"] * 18
    with store.writing(OPERATOR, actor="t", now=NOW) as unit:
        plain = {"address": "x", "population": "owner", "people": 2, "centre": False, "source": "t"}
        unit.insert_frame(a.residents, homes.assign(**plain))
        where = pd.DataFrame({"resident_ref": homes["ref"], "unit": numbers})
        unit.insert_frame(a.matches, where.assign(**found, gazetteer="g"))
        unit.record(action="test", detail={})
    draw(store, plan)
    own = micro(store, plan).query("building_ref == 'b00'")
    assert own["households"].tolist() == [40, 30, 30]
    assert own["part"].tolist() == ["1单元", "2单元", "3单元"]
    assert own["basis"].unique().tolist() == ["residents"]


def test_an_address_names_the_micro_grid_and_a_point_the_buildings(store: Store) -> None:
    plan = settle(store, unit_households=["1:36|2:34|3:30", None])
    draw(store, plan)
    publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    lookup = load_lookup(store, OPERATOR, as_of=DAY)
    home = lookup.locate("西街1号2单元501", as_of=DAY)
    assert home.micro is not None
    assert (home.micro.code, home.micro.name) == (f"{WEST}00102", "第二微网格")
    by_floor = lookup.locate("西街2号501", as_of=DAY).micro
    assert by_floor is not None
    assert by_floor.code == f"{WEST}00105"
    whole = lookup.locate("西街1号", as_of=DAY)
    assert whole.micro is not None
    assert whole.micro.code is None
    assert whole.micro.name == "第一微网格（1单元）、第二微网格（2单元）、第三微网格（3单元）"
    assert whole.home is not None
    point = lookup.index.locate(whole.home.lon, whole.home.lat, as_of=DAY)
    assert (point.micro_code, point.micro_name) == (None, whole.micro.name)
    many = lookup.locate_many(["西街1号2单元501", "西街1号", "没有的路1号"], as_of=DAY)
    assert many["micro_code"].fillna("").tolist() == [f"{WEST}00102", "", ""]
    points = lookup.index.locate_many([whole.home.lon, 0.0], [whole.home.lat, 0.0], as_of=DAY)
    assert points["micro_name"].tolist()[0] == whole.micro.name
    again = copy_plan(store, OPERATOR, plan, actor="t", now=NOW)
    publish(store, OPERATOR, plan_ids=[again], valid_from=LATER, actor="t", now=NOW)
    lookup = load_lookup(store, OPERATOR, as_of=DAY)
    assert lookup.locate("西街1号2单元501", as_of=DAY).micro == home.micro
    assert lookup.locate("西街1号2单元501", as_of=LATER).micro == home.micro
    with pytest.raises(Exception, match="a published plan cannot be changed"), store.begin() as conn:
        conn.execute(sa.text("UPDATE level_parts SET households = 1"))
