"""Where a new draft may start from besides a copy: the plan in force, an existing net, or one grid that holds everything."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo.errors import EmptyLayerError, InputError, NotFoundError
from geo.plans.families import Family
from geo.plans.rules import Rules
from layers.ground.regions import community_codes, read_communities
from layers.plans.adopting import adopt_grids
from layers.plans.cells import read_cells
from layers.plans.drafts import copy_within
from layers.plans.plans import latest_published
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.planning_tables import net_areas
from layers.store.unit import Reading

Template = Literal["today", "empty", "net"]


def draft_from(
    store: Store,
    viewer: Viewer,
    community: str,
    template: Template,
    *,
    rules: Family,
    net: str | None = None,
    actor: str,
    now: datetime,
) -> int:
    """A new draft of a community (its 12-digit code); returns its id.

    `today` is a copy of the newest published plan, under its own rules; `empty` one grid of all cells, to be drawn by hand;
    `net` the areas of an existing net. `rules` choose by the community's kind and households. Raises `NotFoundError` for a
    community the viewer does not see or has no plan in force, `EmptyLayerError` for a net without areas here, `InputError`
    for a net that is not named.
    """
    with store.reading(viewer) as unit:
        (code,) = community_codes(unit, prefixes=[community])
        base = latest_published(unit, code)
        chosen = _rules(unit, code, rules)
        frame = None if template == "today" else _drawn(unit, code, net if template == "net" else "")
    if frame is not None:
        return adopt_grids(
            store, viewer, frame, rules=chosen, source=net or template, actor=actor, now=now
        ).plan_ids[0]
    if base is None:
        raise NotFoundError(
            f"community {code} has no plan in force; begin with another template",
            f"社区 {code} 还没有现行方案；请选用其他模板",
        )
    with store.writing(viewer, actor=actor, now=now) as unit:
        return copy_within(unit, int(base.id), code)


def _rules(unit: Reading, code: str, rules: Family) -> Rules:
    kind = read_communities(unit, codes=[code])["kind"].iloc[0]
    households = int(read_cells(unit, code).cells["households"].sum())
    return rules.choose(None if pd.isna(kind) else str(kind), households)


def _drawn(unit: Reading, code: str, net: str | None) -> gpd.GeoDataFrame:
    """What is taken for grids: the community as a whole where `net` is empty, else the areas of the net inside it."""
    boundary = read_communities(unit, codes=[code])
    whole = boundary.geometry.iloc[0]
    if net == "":
        rows = pd.DataFrame({"ref": [code], "code": [None], "name": [None]})
        return gpd.GeoDataFrame(
            rows.assign(kind="base", community_code=code), geometry=[whole], crs=boundary.crs
        )
    if net is None:
        raise InputError("name the net to begin with", "请指明以哪张网为模板")
    areas = unit.frame(sa.select(net_areas).where(net_areas.c.net == net))
    inside = areas[areas.intersects(whole)]
    if inside.empty:
        raise EmptyLayerError(
            f"net {net} has no area in community {code}; import it with wangge import grids --net {net}",
            f"网“{net}”在社区 {code} 内没有区域；请用 wangge import grids --net {net} 导入",
        )
    shapes = inside.geometry.intersection(whole)
    frame = inside[["ref", "name"]].assign(code=None, kind="base", community_code=code)
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=areas.crs).reset_index(drop=True)
