"""Planned buildings from an office's table to the sizes and checks of a plan, on both stores."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import ConflictError, FrameError
from geo.plans.rules import profile
from layers.ground.buildings import read_buildings
from layers.imports.imports import import_file, import_frame
from layers.plans.adopting import adopt_grids
from layers.plans.cells import read_cells
from layers.plans.checking import check_plans
from layers.plans.editing import edit
from layers.plans.growth import Growth, growth_of
from layers.plans.operations import Assign
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.plans.procedure import move_plan
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.layers.town import DAY, NOW, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=500, years_ahead=3)
G2 = f"{WEST}002"
BY: dict[str, Any] = {"actor": "zhang", "now": NOW}


def site(**columns: Any) -> gpd.GeoDataFrame:
    """A building that is being built in the south of the second grid, beside the one that stands there."""
    said = {"ref": ["n1"], "name": ["新1号楼"], "use": ["residential"], "levels": [18]} | columns
    return gpd.GeoDataFrame(said, geometry=[shapely.box(108.70205, 34.3304, 108.7022, 34.3306)], crs=4490)


def load(store: Store, frame: gpd.GeoDataFrame) -> None:
    import_frame(store, OPERATOR, "buildings", frame, source="规划", **BY)


def adopted(store: Store, **rules: Any) -> int:
    settle(store)
    return adopt_grids(
        store, OPERATOR, drawn_grids((0, 2), (2, 2)), rules=replace(RULES, **rules), source="t", **BY
    ).plan_ids[0]


def growth(store: Store, plan: int) -> Growth:
    with store.reading(OPERATOR) as unit:
        (row,) = read_plans(unit, plan_ids=[plan]).itertuples()
        stored = read_cells(unit, WEST, cell_set_id=int(row.cell_set_id))
        return growth_of(unit, row, stored, read_labels(unit, plan), today=DAY)


def ahead(store: Store, plan: int) -> dict[str, list[int]]:
    with store.reading(OPERATOR) as unit:
        grids = read_grids(unit, plan_ids=[plan])
    grown = growth(store, plan)
    return {
        row.name: [int(row.households), *grown.ahead(int(row.label))] for row in grids.itertuples(index=False)
    }


def test_sizes_today_and_in_one_three_and_five_years(store: Store) -> None:
    plan = adopted(store)
    load(store, site(planned_for=["2028-03-01"], planned_households=[240]))
    assert ahead(store, plan) == {"第一网格": [400] * 4, "第二网格": [400, 400, 640, 640]}
    edit(store, OPERATOR, plan, Assign(to="第一网格", buildings=("b20",)), **BY)
    assert ahead(store, plan) == {"第一网格": [500, 500, 740, 740], "第二网格": [300] * 4}


def test_nobody_lives_there_today_until_somebody_is_counted(store: Store) -> None:
    plan = adopted(store)
    load(store, site(planned_for=["2026年12月1日"], planned_households=[240]))
    with store.reading(OPERATOR) as unit:
        new = read_buildings(unit, codes=[WEST]).set_index("ref").loc["n1"]
    assert (new["households"], new["households_estimated"]) == (0, False), "no estimate of eighteen storeys"
    assert (new["planned_for"], new["planned_households"]) == ("2026-12-01", 240)
    load(store, site(households=[200]))  # counted before its day: the rest is to come, and the plan is kept
    assert growth(store, plan).planned["households"].tolist() == [40]


def test_an_office_table_in_chinese_brings_the_plan_of_a_building(store: Store, tmp_path: Path) -> None:
    plan = adopted(store)
    table = pd.DataFrame({"楼栋编号": ["b00"], "预计入住": ["2027年6月1日"], "规划户数": [130]})
    table.to_csv(tmp_path / "规划.csv", index=False)
    import_file(store, OPERATOR, "buildings", tmp_path / "规划.csv", **BY)
    assert ahead(store, plan)["第一网格"] == [400, 430, 430, 430]


@pytest.mark.parametrize("half", [{"planned_for": ["2028-03-01"]}, {"planned_households": [240]}])
def test_a_day_without_households_is_refused_and_the_other_way_round(
    store: Store, half: dict[str, Any]
) -> None:
    settle(store)
    with pytest.raises(FrameError, match="needs both planned_for, the day, and planned_households"):
        load(store, site(**half))


def test_a_rule_that_looks_ahead_holds_submission_back(store: Store) -> None:
    plan = adopted(store, checks={"many-households-ahead": "error"})
    load(store, site(planned_for=["2028-03-01"], planned_households=[240]))
    found = check_plans(store, OPERATOR, today=DAY, plan_ids=[plan])
    (told,) = found[found["rule"] == "many-households-ahead"].itertuples()
    assert (told.severity, told.code, told.value, told.limit) == ("error", G2, 640, 500)
    assert "到 2029-11-22 将有 640 户" in told.reason.zh
    with pytest.raises(ConflictError, match="will have 640 households by 2029-11-22"):
        move_plan(store, OPERATOR, plan, "submit", **BY)


def test_rules_that_look_at_today_alone_find_nothing(store: Store) -> None:
    plan = adopted(store, years_ahead=0)
    load(store, site(planned_for=["2028-03-01"], planned_households=[240]))
    found = check_plans(store, OPERATOR, today=DAY, plan_ids=[plan])
    assert "many-households-ahead" not in found["rule"].tolist()
    move_plan(store, OPERATOR, plan, "submit", **BY)
