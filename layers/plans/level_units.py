"""The kept units of levels, read: outlines with codes and names, and whether they are still nested in their grids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo.plans.codes import name_of
from geo.plans.levels import Level
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.store import planning_tables as p
from layers.store.unit import Reading

_MARKS = {Level.MICRO: "", Level.GROUP: "D", Level.BRANCH: "B"}
"""What sets the codes of one level apart from those of another with the same beginning."""
COLUMNS = (
    "code",
    "name",
    "level",
    "grid_code",
    "households",
    "people",
    "cells",
    "grids",
    "community_code",
    "plan_id",
    "geometry",
)


def read_level(unit: Reading, *, level: Level, plan_ids: Iterable[int]) -> gpd.GeoDataFrame:
    """The units of one level of plans, columns `COLUMNS`, by plan and label; code and name by those of their grids."""
    plans = read_plans(unit, plan_ids=plan_ids)
    statement = (
        sa.select(p.level_units)
        .where(
            p.level_units.c.plan_id.in_([int(i) for i in plans["id"]]), p.level_units.c.level == str(level)
        )
        .order_by(p.level_units.c.plan_id, p.level_units.c.label)
    )
    frame = unit.frame(statement)
    grids = read_grids(unit, plan_ids=plans["id"])
    codes = {(int(g.plan_id), int(g.label)): str(g.code) for g in grids.itertuples()}
    communities = dict(zip(plans["id"].astype(int), plans["community_code"], strict=True))
    rows = [_named(level, unit, codes, communities[int(unit.plan_id)]) for unit in frame.itertuples()]
    named = pd.DataFrame(rows, columns=["code", "name", "grid_code", "community_code"], index=frame.index)
    frame = frame.assign(**{column: named[column] for column in named})
    return frame[list(COLUMNS)]


def _named(
    level: Level, unit: Any, codes: dict[tuple[int, int], str], community: str
) -> tuple[str, str, str | None, str]:
    grid = None if pd.isna(unit.grid_label) else codes[int(unit.plan_id), int(unit.grid_label)]
    code = f"{grid or community}{_MARKS[level]}{int(unit.sequence):02d}"
    return code, name_of(int(unit.sequence)).replace("网格", level.words.zh), grid, community


def torn_units(unit: Reading, plan_id: int) -> list[tuple[str, int]]:
    """Levels and labels of units that are no longer nested with the grids of their plan, because it was edited since."""
    statement = (
        sa.select(p.level_cells.c.level, p.level_cells.c.cell, p.level_cells.c.label)
        .where(p.level_cells.c.plan_id == int(plan_id))
        .order_by(p.level_cells.c.level, p.level_cells.c.cell)
    )
    table = unit.table(statement)
    grids = read_labels(unit, plan_id)
    torn: list[tuple[str, int]] = []
    for level, members in table.groupby("level"):
        own = pd.DataFrame(
            {"unit": members["label"].to_numpy(), "grid": grids[members["cell"].to_numpy(dtype=int)]}
        )
        by, what = ("unit", "grid") if Level(str(level)).inside else ("grid", "unit")
        split = own.groupby(by)[what].nunique()
        bad = split[split > 1].index
        units = own[own[by].isin(bad)]["unit"].unique()
        torn += [(str(level), int(unit)) for unit in sorted(units)]
    return torn
