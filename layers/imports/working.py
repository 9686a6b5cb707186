"""Working areas: where nobody gave community boundaries, main roads and water divide the buildings for now."""

from __future__ import annotations

from datetime import datetime

import geopandas as gpd
import numpy as np
import sqlalchemy as sa

from geo.cells.working import working_areas
from geo.errors import Words
from geo.topology import overlaps_between
from layers.batches.batch import Batch
from layers.ground.regions import replaceable
from layers.imports.assignments import assign_communities
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store

SOURCE = "working areas"


def give_way(batch: Batch, frame: gpd.GeoDataFrame) -> list[Words]:
    """Remove working areas, with their cells and drafts, where real communities (`frame`) now are; in words.

    Those with a published plan stay: `layers.imports.relations` refuses communities that overlap them.
    """
    unit = batch.unit
    unit.lock(t.publications)  # nobody may publish a working area between the look and the deed
    codes = replaceable(unit)
    if not codes or (frame["kind"] == "working").any():
        return []
    areas = unit.frame(sa.select(t.communities).where(t.communities.c.code.in_(codes)))
    gone = areas["code"][np.unique(overlaps_between(frame, areas, min_area_m2=1.0)["b"])].tolist()
    if not gone:
        return []
    batch.keep(t.communities, gone)
    unit.execute(t.plans.delete().where(t.plans.c.community_code.in_(gone)))
    unit.execute(t.cell_sets.delete().where(t.cell_sets.c.community_code.in_(gone)))
    unit.execute(t.communities.delete().where(t.communities.c.code.in_(gone)))
    return [
        Words(
            f"{len(gone)} working areas gave way to these communities, with their cells and drafts",
            f"{len(gone)} 个工作片区及其基元、草案已由这些社区取代",
        )
    ]


def make_working_areas(store: Store, viewer: Viewer, *, actor: str, now: datetime) -> tuple[Words, ...]:
    """Fill an empty layer of communities with working areas around the stored buildings; what was done, in words.

    Nothing happens when there are communities, or no buildings to divide.
    """
    with store.writing(viewer, actor=actor, now=now) as unit:
        there = unit.scalar(sa.select(sa.func.count()).select_from(t.communities))
        if there or not unit.scalar(sa.select(sa.func.count()).select_from(t.buildings)):
            return ()
        buildings = unit.frame(sa.select(t.buildings).order_by(t.buildings.c.ref))
        roads = unit.frame(sa.select(t.roads).order_by(t.roads.c.ref))
        water = unit.frame(sa.select(t.water).order_by(t.water.c.ref))
        areas = working_areas(roads, water, buildings)
        batch = Batch(unit, action="import", layer="communities", source=SOURCE)
        batch.keep(t.communities, areas["code"].tolist())
        unit.insert_frame(t.communities, areas, source=SOURCE)
        assign_communities(batch)
        detail = {"communities": len(areas), "batch": batch.close().number}
        unit.record(action="working areas", detail=detail)
    return (
        Words(
            f"no community boundaries: {len(areas)} working areas were made from main roads and water; "
            "import the communities to replace them",
            f"没有社区边界：已按主要道路和水系生成 {len(areas)} 个工作片区；导入社区边界后将被取代",
        ),
    )
