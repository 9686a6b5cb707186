"""Service stations (服务站点): public places, seen by everybody in whose area they lie."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import sqlalchemy as sa

from layers.store import tables as t
from layers.store.narrowing import of_codes
from layers.store.unit import Reading


def read_stations(unit: Reading, *, codes: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """The stations of the viewer's communities, by ref."""
    statement = sa.select(t.stations).order_by(t.stations.c.ref)
    return unit.frame(of_codes(statement, t.stations.c.community_code, codes))
