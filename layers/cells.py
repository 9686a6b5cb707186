"""Cells of communities: made from buildings, roads and water, kept as numbered sets that never change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa
from shapely.geometry.base import BaseGeometry
from sqlalchemy.engine import Connection

from geo.cells.cover import CellSet, make_cells
from geo.errors import NotFoundError, WanggeError, Words
from layers import history
from layers.buildings import read_buildings
from layers.regions import community_codes, read_communities, read_complexes
from layers.rights.viewer import Viewer
from layers.steps import Step, executor, in_parallel
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import insert_frame, read_frame, read_table
from layers.streets import around, near, read_roads, read_water


@dataclass(frozen=True, slots=True)
class StoredCells:
    """A community's cells with the number they are kept under."""

    cell_set_id: int
    community_code: str
    cells: gpd.GeoDataFrame
    edges: pd.DataFrame


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
) -> Iterator[Step]:
    """Cut communities into cells and keep them as new sets, one step per community.

    `codes` are prefixes of community codes; None takes all. Each community is written whole, in its own
    transaction. Sets that no plan uses are dropped. Raises as `layers.regions.community_codes` does.
    """
    with store.read() as conn:
        wanted = community_codes(conn, viewer, prefixes=codes)
    options = {"h3_resolution": h3_resolution}
    done = 0
    with executor(workers) as pool:
        for job, result in in_parallel(
            pool, _make, _jobs(store, viewer, wanted, h3_resolution), ahead=2 * workers
        ):
            done += 1
            if isinstance(result, WanggeError):
                yield Step(job.code, job.name, done, len(wanted), error=result.words)
                continue
            with store.begin() as conn:
                _write(conn, job.code, result, options=options, actor=actor, now=now)
            figures = {
                "cells": len(result.cells),
                "households": int(result.cells["households"].sum()),
                "estimated": bool(result.cells["households_estimated"].any()),
            }
            yield Step(job.code, job.name, done, len(wanted), figures, result.notes)


def _jobs(store: Store, viewer: Viewer, codes: Sequence[str], h3_resolution: int | None) -> Iterator[_Job]:
    """Jobs street by street, so that a whole city is never in memory at once."""
    for street in sorted({code[:9] for code in codes}):
        some = [code for code in codes if code.startswith(street)]
        with store.read() as conn:
            communities = read_communities(conn, viewer, codes=some)
            bounds = around(tuple(communities.total_bounds))
            buildings = read_buildings(conn, viewer, codes=some)
            complexes = read_complexes(conn, viewer, codes=some)
            roads = read_roads(conn, viewer, bounds=bounds)
            water = read_water(conn, viewer, bounds=bounds)
        for row in communities.itertuples():
            yield _Job(
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


def _write(
    conn: Connection, code: str, made: CellSet, *, options: dict[str, Any], actor: str, now: datetime
) -> None:
    community = sa.select(t.communities.c.code).where(t.communities.c.code == code)
    conn.execute(community.with_for_update())  # a plan being saved on the old cells comes first or not at all
    used = sa.select(t.plans.c.cell_set_id)
    conn.execute(
        t.cell_sets.delete().where(t.cell_sets.c.community_code == code, t.cell_sets.c.id.not_in(used))
    )
    cell_set_id = conn.execute(
        t.cell_sets.insert()
        .values(
            community_code=code,
            made_at=now,
            actor=actor,
            options=options,
            notes=[list(note) for note in made.notes],
        )
        .returning(t.cell_sets.c.id)
    ).scalar_one()
    insert_frame(conn, t.cells, made.cells, cell_set_id=cell_set_id)
    insert_frame(conn, t.cell_edges, made.edges, cell_set_id=cell_set_id)
    detail = {"cell_set": int(cell_set_id), "cells": len(made.cells)}
    history.record(conn, at=now, actor=actor, action="cells", detail=detail, community_code=code)


def read_cells(
    conn: Connection, viewer: Viewer, community_code: str, *, cell_set_id: int | None = None
) -> StoredCells:
    """The newest cells of a community, or those of a given set.

    Raises `NotAllowedError` outside the viewer's area and `NotFoundError` when there are none yet.
    """
    viewer.require(community_code)
    sets = sa.select(sa.func.max(t.cell_sets.c.id)).where(t.cell_sets.c.community_code == community_code)
    if cell_set_id is not None:
        sets = sets.where(t.cell_sets.c.id == int(cell_set_id))
    found = conn.scalar(sets)
    if found is None:
        raise NotFoundError(
            f"community {community_code} has no cells; run wangge cells --community {community_code}",
            f"社区 {community_code} 还没有基元；请运行 wangge cells --community {community_code}",
        )
    columns = [c for c in t.cells.c if c.name != "cell_set_id"]
    cells = read_frame(
        conn, sa.select(*columns).where(t.cells.c.cell_set_id == found).order_by(t.cells.c.cell)
    )
    edges = read_table(
        conn,
        sa.select(t.cell_edges.c.a, t.cell_edges.c.b, t.cell_edges.c.shared_m, t.cell_edges.c.barrier)
        .where(t.cell_edges.c.cell_set_id == found)
        .order_by(t.cell_edges.c.a, t.cell_edges.c.b),
    )
    plain = {"cell": "int64", "block": "int64", "households": "int64", "households_estimated": "bool"}
    cells = cells.astype({**plain, "area_m2": "float64"})
    edges = edges.astype({"a": "int64", "b": "int64", "shared_m": "float64", "barrier": "bool"})
    return StoredCells(int(found), community_code, cells, edges)


def cell_notes(conn: Connection, viewer: Viewer, community_code: str) -> tuple[Words, ...]:
    """What was said when the newest cells of a community were made."""
    viewer.require(community_code)
    newest = (
        sa.select(t.cell_sets.c.notes)
        .where(t.cell_sets.c.community_code == community_code)
        .order_by(t.cell_sets.c.id.desc())
        .limit(1)
    )
    return tuple(Words(*note) for note in conn.scalar(newest) or [])
