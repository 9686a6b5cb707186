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

from geo.errors import InputError, NotFoundError, Words
from geo.partition.ask import Net
from geo.plans.adopt import holders
from layers.ground.buildings import read_buildings
from layers.plans.cells import StoredCells
from layers.rights.viewer import Viewer
from layers.store import planning_tables as p
from layers.store.database import Store
from layers.store.unit import Reading, Writing

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
    store: Store, viewer: Viewer, net: str, frame: gpd.GeoDataFrame, *, source: str, actor: str, now: datetime
) -> Words:
    """Keep drawn areas (contract `grids`, EPSG:4490) as areas of `net`; those with a known ref are replaced.

    Returns what was done, in words.
    """
    checked_net(net)
    refs = [str(ref) for ref in frame["ref"]]
    with store.writing(viewer, actor=actor, now=now) as unit:
        unit.execute(p.net_cells.delete().where(p.net_cells.c.net == net))
        replaced = 0
        for start in range(0, len(refs), _REFS_A_QUERY):
            some = refs[start : start + _REFS_A_QUERY]
            gone = unit.execute(
                p.net_areas.delete().where(p.net_areas.c.net == net, p.net_areas.c.ref.in_(some))
            )
            replaced += gone.rowcount
        unit.insert_frame(p.net_areas, frame, net=net, source=source[:200])
        detail = {"net": net, "source": source, "areas": len(frame), "replaced": replaced}
        unit.record(action="import net", detail=detail)
    return Words(
        f"the grids became {len(frame)} areas of the net {net}, {replaced} of them replaced",
        f"网格已成为网“{net}”的 {len(frame)} 个区域，其中替换 {replaced} 个",
    )


def net_names(unit: Reading) -> list[str]:
    """The nets there are, sorted."""
    return sorted(unit.scalars(sa.select(p.net_areas.c.net).distinct()))


def require_nets(unit: Reading, names: Mapping[str, float]) -> None:
    """Raise `NotFoundError` for a net there is not, `InputError` for a weight that is not above 0."""
    there = net_names(unit)
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


def read_areas(unit: Reading, stored: StoredCells, net: str) -> gpd.GeoDataFrame:
    """The areas of `net` that touch a community's extent, by ref: ref, code, name, geometry (EPSG:4490)."""
    columns = (p.net_areas.c.ref, p.net_areas.c.code, p.net_areas.c.name, p.net_areas.c.geometry)
    frame = unit.frame(sa.select(*columns).where(p.net_areas.c.net == net).order_by(p.net_areas.c.ref))
    west, south, east, north = stored.cells.total_bounds
    return frame.cx[west:east, south:north].reset_index(drop=True)


def read_nets(unit: Reading, stored: StoredCells, weights: Mapping[str, float]) -> Iterator[Net]:
    """The nets over the cells of a community, in order of their name. Which area each cell goes to is kept where the
    unit writes, and found anew where it does not."""
    for name in sorted(weights):
        areas = read_areas(unit, stored, name)
        refs = _cell_refs(unit, name, stored)
        if refs is None:
            buildings = read_buildings(unit, codes=[stored.community_code])
            rows = holders(stored.cells, areas, buildings=buildings)
            if isinstance(unit, Writing):
                _keep_cells(unit, name, stored, areas, rows)
        else:
            rows = pd.Index(areas["ref"]).get_indexer(refs).astype(np.int64)
        yield Net(name, float(weights[name]), np.asarray(rows, np.int64))


def _cell_refs(unit: Reading, net: str, stored: StoredCells) -> list[str | None] | None:
    """The ref of each cell's area, None where it has none; None altogether when nothing is kept for these cells."""
    found = unit.table(
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
    unit: Writing, net: str, stored: StoredCells, areas: gpd.GeoDataFrame, rows: np.ndarray
) -> None:
    inside = np.flatnonzero(rows >= 0)
    refs = areas["ref"].to_numpy(dtype=object)[rows[inside]]
    frame = pd.DataFrame({"cell": inside, "ref": pd.Series(refs, dtype="str")})
    unit.insert_frame(p.net_cells, frame, net=net, cell_set_id=stored.cell_set_id)
