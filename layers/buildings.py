"""Buildings and the households counted or estimated in them."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from layers.rights.viewer import Viewer
from layers.rights.visible import visible
from layers.store import tables as t
from layers.store.rows import read_frame


def read_buildings(
    conn: Connection, viewer: Viewer, *, codes: Sequence[str] | None = None
) -> gpd.GeoDataFrame:
    """The buildings of the viewer's communities, by ref; `households_estimated` marks estimates."""
    statement = sa.select(t.buildings).order_by(t.buildings.c.ref)
    return read_frame(conn, visible(statement, t.buildings.c.community_code, viewer, codes=codes))
