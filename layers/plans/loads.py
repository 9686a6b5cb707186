"""The loads that are kept (appeals, repairs, visits), read: counts by month and spot, and what of them lies in each cell."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from layers.store.chain_tables import loads
from layers.store.narrowing import of_codes
from layers.store.unit import Reading


def load_names(unit: Reading) -> list[str]:
    """The loads that are kept, by name."""
    return sorted(unit.scalars(sa.select(loads.c.name).distinct()))


def read_spots(
    unit: Reading,
    *,
    name: str | None,
    since: date | None = None,
    until: date | None = None,
    codes: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Counts by month, spot and building with lon and lat (degrees) of the spot's middle; of all loads without a `name`."""
    statement = sa.select(loads).order_by(loads.c.month, loads.c.spot, loads.c.building_ref)
    if name is not None:
        statement = statement.where(loads.c.name == name)
    if since is not None:
        statement = statement.where(loads.c.month >= since)
    if until is not None:
        statement = statement.where(loads.c.month < until)
    table = unit.table(of_codes(statement, loads.c.community_code, codes))
    at = np.array([h3.cell_to_latlng(spot) for spot in table["spot"]], dtype=np.float64).reshape(-1, 2)
    return table.assign(lon=at[:, 1], lat=at[:, 0])


def events_of_cells(unit: Reading, cells: gpd.GeoDataFrame, community_code: str) -> NDArray[np.int64] | None:
    """Events of the last twelve months that anything is kept of, by cell (n,): by building, else by the spot's middle. None where
    nothing is kept."""
    newest = unit.scalar(sa.select(sa.func.max(loads.c.month)))
    if newest is None:
        return None
    since = date(newest.year - (newest.month < 12), newest.month % 12 + 1, 1)
    spots = read_spots(unit, name=None, since=since, codes=[community_code])
    counts = np.zeros(len(cells), dtype=np.int64)
    row = {ref: number for number, ref in enumerate(cells["building_ref"]) if isinstance(ref, str)}
    at = np.array([row.get(ref, -1) for ref in spots["building_ref"]], dtype=np.int64)
    loose = np.flatnonzero(at < 0)
    points = shapely.points(spots["lon"].to_numpy()[loose], spots["lat"].to_numpy()[loose])
    hit, cell = shapely.STRtree(np.asarray(cells.geometry.array, dtype=object)).query(
        points, predicate="intersects"
    )
    at[loose[hit[::-1]]] = cell[::-1]
    inside = at >= 0
    np.add.at(counts, at[inside], spots["count"].to_numpy(dtype=np.int64)[inside])
    return counts
