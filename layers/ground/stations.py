"""Service stations (服务站点): public places, seen by everybody in whose area they lie."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import sqlalchemy as sa

from layers.ground.ended import standing_on
from layers.store import tables as t
from layers.store.narrowing import of_codes
from layers.store.unit import Reading


def read_stations(
    unit: Reading, *, codes: Sequence[str] | None = None, as_of: date | None = None
) -> gpd.GeoDataFrame:
    """The stations of the viewer's communities, by ref. Those in the register today, also ones that are to open, or
    those that are there on the day `as_of`."""
    statement = sa.select(t.stations).order_by(t.stations.c.ref)
    today = unit.frame(of_codes(statement, t.stations.c.community_code, codes))
    return today if as_of is None else opened(standing_on(unit, "stations", today, as_of, codes), as_of)


def opened(stations: gpd.GeoDataFrame, day: date) -> gpd.GeoDataFrame:
    """Those of `stations` that are open by `day`; of one without a first day nothing else is known."""
    later = stations["opened_on"].fillna("") > day.isoformat()
    return stations[~later.to_numpy(dtype=bool)].reset_index(drop=True) if later.any() else stations
