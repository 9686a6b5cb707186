"""Cells of communities: made from buildings, roads and water, kept as numbered sets that never change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry

from geo.cells.cover import CellSet, make_cells
from geo.errors import NotFoundError, WanggeError, Words
from geo.plans.common_lines import with_common_corners
from geo.plans.ground import ground_of
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities, read_complexes
from layers.ground.streets import around, near, read_roads, read_water
from layers.plans.lineage import current_sets, needed_sets
from layers.plans.loads import events_of_cells
from layers.rights.viewer import Viewer
from layers.runs.steps import Step, attempt, each
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading, Writing


@dataclass(frozen=True, slots=True)
class StoredCells:
    """A community's cells with the number they are kept under."""

    cell_set_id: int
    community_code: str
    cells: gpd.GeoDataFrame
    edges: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Cut:
    """What came of cutting a community."""

    cells: int
    households: int
    estimated: bool
    """Whether any household is an estimate."""


@dataclass(frozen=True, slots=True)
class _Job:
    code: str
    name: str
    boundary: BaseGeometry
    households: int | None
    people: int | None
    buildings: gpd.GeoDataFrame
    complexes: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    h3_resolution: int | None


def _make(job: _Job) -> CellSet:
    return make_cells(
        job.boundary,
        buildings=job.buildings,
        complexes=job.complexes,
        roads=job.roads,
        water=job.water,
        households=job.households,
        people=job.people,
        h3_resolution=job.h3_resolution,
        name=job.name,
    )


def build_cells(
    store: Store,
    viewer: Viewer,
    *,
    codes: Sequence[str] | None = None,
    h3_resolution: int | None = None,
    actor: str,
    now: datetime,
    workers: int = 1,
) -> Iterator[Step[Cut]]:
    """Cut communities into cells and keep them as new sets, one step per community.

    `codes` are prefixes of community codes; None takes all. Each community is written whole, in its own
    transaction. Sets are dropped that neither a plan nor its record of edits needs. A community that fails is a failed step and stops nobody
    else. Raises as `layers.ground.regions.community_codes` does.
    """
    with store.reading(viewer) as unit:
        wanted = community_codes(unit, prefixes=codes)
    options = {"h3_resolution": h3_resolution}

    def keep(job: _Job, made: CellSet) -> Step[Cut]:
        with store.writing(viewer, actor=actor, now=now) as unit:
            _write(unit, job, made, options=options)
        households = made.cells["households"]
        cut = Cut(len(made.cells), int(households.sum()), bool(made.cells["households_estimated"].any()))
        return Step(job.code, job.name, 0, 0, cut, made.notes)

    jobs = _jobs(store, viewer, wanted, h3_resolution)
    return each(_make, jobs, keep, total=len(wanted), workers=workers)


def _jobs(
    store: Store, viewer: Viewer, codes: Sequence[str], h3_resolution: int | None
) -> Iterator[_Job | Step[Cut]]:
    """Jobs street by street, so that a whole city is never in memory at once."""
    for street in sorted({code[:9] for code in codes}):
        some = [code for code in codes if code.startswith(street)]
        jobs = attempt(partial(_street, store, viewer, some, h3_resolution))
        if isinstance(jobs, WanggeError):
            yield from (Step(code, code, 0, 0, error=jobs.words) for code in some)
        else:
            yield from jobs


def _street(store: Store, viewer: Viewer, codes: Sequence[str], h3_resolution: int | None) -> list[_Job]:
    with store.reading(viewer) as unit:
        communities = read_communities(unit, codes=codes)
        bounds = around(tuple(communities.total_bounds))
        buildings = read_buildings(unit, codes=codes)
        complexes = read_complexes(unit, codes=codes)
        roads = read_roads(unit, bounds=bounds)
        water = read_water(unit, bounds=bounds)
    return [
        _Job(
            row.code,
            row.name,
            row.geometry,
            None if pd.isna(row.households) else int(row.households),
            None if pd.isna(row.people) else int(row.people),
            buildings[buildings["community_code"] == row.code].reset_index(drop=True),
            complexes[complexes["community_code"] == row.code].reset_index(drop=True),
            near(roads, row.geometry.bounds),
            near(water, row.geometry.bounds),
            h3_resolution,
        )
        for row in communities.itertuples()
    ]


def _write(unit: Writing, job: _Job, made: CellSet, *, options: dict[str, Any]) -> None:
    code = job.code
    community = sa.select(t.communities.c.code).where(t.communities.c.code == code)
    unit.execute(community.with_for_update())  # a plan being saved on the old cells comes first or not at all
    needed = sorted(needed_sets(unit, code))
    unit.execute(
        t.cell_sets.delete().where(t.cell_sets.c.community_code == code, t.cell_sets.c.id.not_in(needed))
    )
    cell_set_id = unit.execute(
        t.cell_sets.insert()
        .values(
            community_code=code,
            made_at=unit.now,
            actor=unit.actor,
            options=options,
            notes=[list(note) for note in made.notes],
            ground=ground_of(job.boundary, job.buildings, households=job.households, people=job.people),
        )
        .returning(t.cell_sets.c.id)
    ).scalar_one()
    unit.insert_frame(t.cells, made.cells, cell_set_id=cell_set_id)
    unit.insert_frame(t.cell_edges, made.edges, cell_set_id=cell_set_id)
    detail = {"cell_set": int(cell_set_id), "cells": len(made.cells)}
    unit.record(action="cells", detail=detail, community_code=code)


def read_cells(unit: Reading, community_code: str, *, cell_set_id: int | None = None) -> StoredCells:
    """The cells new plans of a community are drawn on (`current_sets`), or those of a given set; with `events` where loads are kept.

    Raises `NotFoundError` when there are none yet, or none the viewer may see.
    """
    if cell_set_id is None:
        found = current_sets(unit, codes=[community_code]).get(community_code)
    else:
        of = t.cell_sets.c
        found = unit.scalar(
            sa.select(of.id).where(of.id == int(cell_set_id), of.community_code == community_code)
        )
    if found is None:
        raise NotFoundError(
            f"community {community_code} has no cells; run wangge cells --community {community_code}",
            f"社区 {community_code} 还没有基元；请运行 wangge cells --community {community_code}",
        )
    columns = [c for c in t.cells.c if c.name != "cell_set_id"]
    cells = unit.frame(sa.select(*columns).where(t.cells.c.cell_set_id == found).order_by(t.cells.c.cell))
    edges = unit.table(
        sa.select(t.cell_edges.c.a, t.cell_edges.c.b, t.cell_edges.c.shared_m, t.cell_edges.c.barrier)
        .where(t.cell_edges.c.cell_set_id == found)
        .order_by(t.cell_edges.c.a, t.cell_edges.c.b),
    )
    plain = {"cell": "int64", "block": "int64", "households": "int64", "households_estimated": "bool"}
    cells = cells.astype({**plain, "area_m2": "float64"})
    events = events_of_cells(unit, cells, community_code)
    if events is not None:
        cells = cells.assign(events=events)
    edges = edges.astype({"a": "int64", "b": "int64", "shared_m": "float64", "barrier": "bool"})
    return StoredCells(int(found), community_code, cells, edges)


def newest_cells(unit: Reading, *, codes: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """The cells of communities (all if None) as `read_cells` gives them, with `community_code` in front; by community and
    number.

    Communities without cells are left out. All together they are one valid coverage wherever the communities
    are: lines that two of them share have the same corners on both sides. Raises `NotFoundError` without any.
    """
    newest = sorted(current_sets(unit, codes=codes).values())
    columns = [c for c in t.cells.c if c.name != "cell_set_id"]
    wanted = (
        sa.select(t.cell_sets.c.community_code, *columns)
        .join(t.cell_sets, t.cell_sets.c.id == t.cells.c.cell_set_id)
        .where(t.cells.c.cell_set_id.in_(newest))
        .order_by(t.cell_sets.c.community_code, t.cells.c.cell)
    )
    found = unit.frame(wanted)
    if found.empty:
        raise NotFoundError("there are no cells yet; run wangge cells", "还没有基元；请运行 wangge cells")
    shapes = np.asarray(found.geometry.array, dtype=object)
    common = with_common_corners(shapes, found["community_code"].to_numpy(dtype=object))
    return found.set_geometry(gpd.GeoSeries(common, found.index, crs=found.crs))


def ground_then(unit: Reading, cell_set_id: int) -> dict[str, Any] | None:
    """What a set of cells was made from (`geo.plans.ground.ground_of`); None for sets older than this was kept."""
    found: dict[str, Any] | None = unit.scalar(
        sa.select(t.cell_sets.c.ground).where(t.cell_sets.c.id == int(cell_set_id))
    )
    return found


def cell_notes(unit: Reading, community_code: str) -> tuple[Words, ...]:
    """What was said when the cells of a community were last made from its ground."""
    newest = (
        sa.select(t.cell_sets.c.notes)
        .where(t.cell_sets.c.community_code == community_code, t.cell_sets.c.parent_set_id.is_(None))
        .order_by(t.cell_sets.c.id.desc())
        .limit(1)
    )
    return tuple(Words(*note) for note in unit.scalar(newest) or [])
