"""Existing nets of departments (civil affairs, police, health ...), each a layer of drawn areas of its own, kept by
name and given to the cells of a community when a plan asks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.errors import InputError, NotFoundError, Words
from geo.partition.ask import Net
from geo.plans.adopt import holders
from layers import history
from layers.buildings import read_buildings
from layers.cells import StoredCells
from layers.rights.viewer import Viewer
from layers.store import planning_tables as p
from layers.store.database import Store
from layers.store.rows import insert_frame, read_frame, read_table

_REFS_A_QUERY = 500


def checked_net(name: str | None, *, layer: str = "grids") -> None:
    """Raise `InputError` unless a net can be called so: letters, digits, - and _, at most 40; and made of `layer`."""
    if name is None:
        return
    if layer != "grids":
        raise InputError(
            f"a net is made of grids, not of {layer}; leave --net out",
            f"网由网格（grids）构成，不能由 {layer} 构成；请去掉 --net",
        )
    if not re.fullmatch(r"[\w-]{1,40}", name):
        raise InputError(
            f"net {name!r} cannot be named so; use letters, digits, - and _, at most 40",
            f"网名“{name}”无法使用；请用字母、汉字、数字、- 和 _，至多 40 个字符",
        )


def keep_net(
    store: Store, net: str, frame: gpd.GeoDataFrame, *, source: str, actor: str, now: datetime
) -> Words:
    """Keep drawn areas (contract `grids`, EPSG:4490) as areas of `net`; those with a known ref are replaced.

    Returns what was done, in words.
    """
    checked_net(net)
    refs = [str(ref) for ref in frame["ref"]]
    with store.begin() as conn:
        conn.execute(p.net_cells.delete().where(p.net_cells.c.net == net))
        replaced = 0
        for start in range(0, len(refs), _REFS_A_QUERY):
            some = refs[start : start + _REFS_A_QUERY]
            gone = conn.execute(
                p.net_areas.delete().where(p.net_areas.c.net == net, p.net_areas.c.ref.in_(some))
            )
            replaced += gone.rowcount
        insert_frame(conn, p.net_areas, frame, net=net, source=source[:200])
        detail = {"net": net, "source": source, "areas": len(frame), "replaced": replaced}
        history.record(conn, at=now, actor=actor, action="import net", detail=detail)
    return Words(
        f"the grids became {len(frame)} areas of the net {net}, {replaced} of them replaced",
        f"网格已成为网“{net}”的 {len(frame)} 个区域，其中替换 {replaced} 个",
    )


def net_names(conn: Connection) -> list[str]:
    """The nets there are, sorted."""
    return sorted(conn.scalars(sa.select(p.net_areas.c.net).distinct()))


def require_nets(conn: Connection, names: Mapping[str, float]) -> None:
    """Raise `NotFoundError` for a net there is not, `InputError` for a weight that is not above 0."""
    there = net_names(conn)
    for name, weight in names.items():
        if name not in there:
            listed = ", ".join(there) or "none"
            raise NotFoundError(
                f"there is no net {name!r} (there are: {listed}); import it with wangge import grids FILE --net {name}",
                f"没有名为“{name}”的网（现有：{listed}）；请用 wangge import grids 文件 --net {name} 导入",
            )
        if not 0 < weight < 1e6:
            raise InputError(
                f"net {name}: weight {weight!r} must be above 0", f"网 {name}：权重 {weight!r} 应大于 0"
            )


def read_areas(conn: Connection, viewer: Viewer, stored: StoredCells, net: str) -> gpd.GeoDataFrame:
    """The areas of `net` that touch a community's extent, by ref: ref, code, name, geometry."""
    viewer.require(stored.community_code)
    columns = (p.net_areas.c.ref, p.net_areas.c.code, p.net_areas.c.name, p.net_areas.c.geometry)
    frame = read_frame(conn, sa.select(*columns).where(p.net_areas.c.net == net).order_by(p.net_areas.c.ref))
    west, south, east, north = stored.cells.total_bounds
    return frame.cx[west:east, south:north].reset_index(drop=True)


def read_nets(
    conn: Connection, viewer: Viewer, stored: StoredCells, weights: Mapping[str, float]
) -> Iterator[Net]:
    """The nets over the cells of a community, in order of their name. Cells are given to areas the first time."""
    for name in sorted(weights):
        areas = read_areas(conn, viewer, stored, name)
        refs = _cell_refs(conn, name, stored)
        if refs is None:
            buildings = read_buildings(conn, viewer, codes=[stored.community_code])
            rows = holders(stored.cells, areas, buildings=buildings)
            _keep_cells(conn, name, stored, areas, rows)
        else:
            rows = pd.Index(areas["ref"]).get_indexer(refs).astype(np.int64)
        yield Net(name, float(weights[name]), np.asarray(rows, np.int64))


def _cell_refs(conn: Connection, net: str, stored: StoredCells) -> list[str | None] | None:
    """The ref of each cell's area, None where it has none; None altogether when nothing is kept for these cells."""
    found = read_table(
        conn,
        sa.select(p.net_cells.c.cell, p.net_cells.c.ref).where(
            p.net_cells.c.net == net, p.net_cells.c.cell_set_id == stored.cell_set_id
        ),
    )
    if found.empty:
        return None
    refs: list[str | None] = [None] * len(stored.cells)
    for cell, ref in zip(found["cell"], found["ref"], strict=True):
        refs[int(cell)] = str(ref)
    return refs


def _keep_cells(
    conn: Connection, net: str, stored: StoredCells, areas: gpd.GeoDataFrame, rows: np.ndarray
) -> None:
    inside = np.flatnonzero(rows >= 0)
    refs = areas["ref"].to_numpy(dtype=object)[rows[inside]]
    frame = pd.DataFrame({"cell": inside, "ref": pd.Series(refs, dtype="str")})
    insert_frame(conn, p.net_cells, frame, net=net, cell_set_id=stored.cell_set_id)
