"""Service stations (服务站点): public places, seen by everybody in whose area they lie."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from layers.rights.viewer import Viewer
from layers.rights.visible import visible
from layers.store import tables as t
from layers.store.rows import read_frame


def read_stations(
    conn: Connection, viewer: Viewer, *, codes: Sequence[str] | None = None
) -> gpd.GeoDataFrame:
    """The stations of the viewer's communities, by ref."""
    statement = sa.select(t.stations).order_by(t.stations.c.ref)
    return read_frame(conn, visible(statement, t.stations.c.community_code, viewer, codes=codes))
