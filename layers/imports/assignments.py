"""What lies in which community and complex, found again for all that is stored when these change."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.errors import Words
from geo.topology import largest_share
from layers.batches.batch import Batch
from layers.files.synonyms import TITLES
from layers.imports.estimates import estimate_again
from layers.imports.relations import INSIDE_SHARE, TWO_COMMUNITIES_SHARE, smallest_first
from layers.store import tables as t

_PLACED = (t.buildings, t.complexes, t.stations)


def assign_communities(batch: Batch) -> list[Words]:
    """Give every stored building, complex and station the code of its community; what changed, in words.

    A code that still holds stays: its community exists and has more than `TWO_COMMUNITIES_SHARE` of the
    shape. Otherwise the community with the largest share takes it, or none when the shape lies outside.
    """
    unit = batch.unit
    areas = unit.frame(
        sa.select(t.communities.c.code, t.communities.c.geometry).order_by(t.communities.c.code)
    )
    codes = areas["code"].to_numpy(dtype=object)
    notes = []
    for table in _PLACED:
        frame = unit.frame(
            sa.select(table.c.ref, table.c.community_code, table.c.geometry).order_by(table.c.ref)
        )
        if frame.empty or not len(codes):
            continue
        shares = largest_share(frame.geometry.array, areas.geometry.array)
        now = frame["community_code"].to_numpy(dtype=object)
        holds = _holds(now, shares.area, shares.share, codes) | _holds(
            now, shares.second, shares.second_share, codes
        )
        best = codes[shares.area]
        best[shares.total < INSIDE_SHARE] = None
        count = _update(batch, table, "community_code", frame, np.where(holds, now, best))
        if count:
            notes.append(
                Words(
                    f"{count} stored {table.name} changed community",
                    f"{count} 个已有{TITLES[table.name]}的所属社区有变化",
                )
            )
    return notes


def _holds(
    now: NDArray[Any], area: NDArray[np.int64], share: NDArray[np.float64], codes: NDArray[Any]
) -> NDArray[Any]:
    same = np.array([i >= 0 and codes[i] == code for i, code in zip(area, now, strict=True)], dtype=bool)
    return same & (share > TWO_COMMUNITIES_SHARE)


def assign_complexes(batch: Batch) -> list[Words]:
    """Give every stored building without a complex the one that holds most of it; what changed, in words."""
    unit = batch.unit
    homes = smallest_first(unit.frame(sa.select(t.complexes.c.ref, t.complexes.c.geometry)))
    statement = sa.select(t.buildings.c.ref, t.buildings.c.complex_ref, t.buildings.c.geometry)
    frame = unit.frame(statement.where(t.buildings.c.complex_ref.is_(None)).order_by(t.buildings.c.ref))
    if frame.empty or homes.empty:
        return []
    shares = largest_share(frame.geometry.array, homes.geometry.array)
    refs = homes["ref"].to_numpy(dtype=object)
    best = refs[shares.area]
    best[shares.share < INSIDE_SHARE] = None
    count = _update(batch, t.buildings, "complex_ref", frame, best)
    if not count:
        return []
    placed = frame["ref"][[isinstance(ref, str) for ref in best]].tolist()
    said = Words(f"{count} stored buildings were given their complex", f"{count} 栋已有楼栋归入小区")
    return [said, *estimate_again(batch, placed)]


def _update(batch: Batch, table: sa.Table, column: str, frame: gpd.GeoDataFrame, values: NDArray[Any]) -> int:
    """Write `values` where they differ from what the frame says; how many did."""
    before = frame[column].astype(object).where(frame[column].notna(), None)
    changes = [
        {"the_ref": ref, "to": new}
        for ref, old, new in zip(frame["ref"], before, values, strict=True)
        if (new if isinstance(new, str) else None) != old
    ]
    for change in changes:
        change["to"] = change["to"] if isinstance(change["to"], str) else None
    if changes:
        batch.keep(table, [change["the_ref"] for change in changes])
        update = (
            table.update().where(table.c.ref == sa.bindparam("the_ref")).values({column: sa.bindparam("to")})
        )
        unit = batch.unit
        unit.execute(update, changes)
    return len(changes)
