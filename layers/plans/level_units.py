"""The kept units of levels, read: outlines with codes and names, and whether they are still nested in their grids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo.plans.codes import name_of
from geo.plans.levels import Level, unit_code
from geo.plans.parts import Part
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.store import planning_tables as p
from layers.store.unit import Reading

COLUMNS = (
    "code",
    "name",
    "level",
    "grid_code",
    "households",
    "people",
    "cells",
    "grids",
    "building_ref",
    "part",
    "basis",
    "community_code",
    "plan_id",
    "geometry",
)
"""building_ref, part and basis: of a micro-grid inside a building, which has no outline, what it holds (1–2单元) and how its
households are known."""


def read_level(
    unit: Reading, *, level: Level, plan_ids: Iterable[int], grids: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """The units of one level of plans, columns `COLUMNS`, by plan and label; code and name by those of their `grids`,
    which are read if not given. A building that is divided stands as its parts, without outline."""
    ids = sorted({int(plan_id) for plan_id in plan_ids})
    units = read_units(unit, level=level, plan_ids=ids, grids=grids)
    parts = units[units["part"].notna()]
    shown = gpd.GeoDataFrame(
        pd.concat([units[~units["divided"] & units["part"].isna()], parts]), crs=units.crs
    )
    return shown.sort_values(["plan_id", "code"], kind="stable").reset_index(drop=True)[list(COLUMNS)]


def read_units(
    unit: Reading, *, level: Level, plan_ids: Iterable[int], grids: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """As `read_level`, with the buildings that are divided before their parts (`divided`), and units and floors of each
    part (`units`, `floor_low`, `floor_high`)."""
    plans = read_plans(unit, plan_ids=plan_ids)
    ids = [int(i) for i in plans["id"]]
    wanted = (p.level_units.c.plan_id.in_(ids), p.level_units.c.level == str(level))
    frame = unit.frame(
        sa.select(p.level_units).where(*wanted).order_by(p.level_units.c.plan_id, p.level_units.c.label)
    )
    inside = unit.table(
        sa.select(p.level_parts)
        .where(p.level_parts.c.plan_id.in_(ids), p.level_parts.c.level == str(level))
        .order_by(p.level_parts.c.plan_id, p.level_parts.c.label, p.level_parts.c.part)
    )
    grids = read_grids(unit, plan_ids=ids) if grids is None else grids
    codes = {(int(g.plan_id), int(g.label)): str(g.code) for g in grids.itertuples()}
    communities = dict(zip(plans["id"].astype(int), plans["community_code"], strict=True))
    own = pd.MultiIndex.from_frame(frame[["plan_id", "label"]].astype("int64"))
    frame = frame.assign(
        divided=own.isin(pd.MultiIndex.from_frame(inside[["plan_id", "label"]].astype("int64")))
    )
    parts = inside.merge(
        pd.DataFrame(frame[["plan_id", "label", "sequence", "grid_label"]]), on=["plan_id", "label"]
    )
    parts["sequence"] += parts["part"] - 1
    parts["part"] = [
        Part(
            tuple(row.units), None if pd.isna(row.floor_low) else (row.floor_low, row.floor_high), 0
        ).words.zh
        for row in parts.itertuples()
    ]
    whole = gpd.GeoDataFrame(
        pd.concat([frame, parts.assign(cells=0, grids=1, divided=False)], ignore_index=True),
        geometry="geometry",
        crs=frame.crs,
    )
    rows = [_named(level, row, codes, communities[int(row.plan_id)]) for row in whole.itertuples()]
    named = pd.DataFrame(rows, columns=["code", "name", "grid_code", "community_code"], index=whole.index)
    return whole.assign(level=str(level), **{column: named[column] for column in named})


def _named(
    level: Level, unit: Any, codes: dict[tuple[int, int], str], community: str
) -> tuple[str, str, str | None, str]:
    grid = None if pd.isna(unit.grid_label) else codes[int(unit.plan_id), int(unit.grid_label)]
    code = unit_code(level, grid or community, int(unit.sequence))
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
