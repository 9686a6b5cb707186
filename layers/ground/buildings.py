"""Buildings and the households counted or estimated in them."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import sqlalchemy as sa

from layers.store import tables as t
from layers.store.narrowing import of_codes
from layers.store.unit import Reading


def read_buildings(unit: Reading, *, codes: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """The buildings of the viewer's communities, by ref; `households_estimated` marks estimates."""
    statement = sa.select(t.buildings).order_by(t.buildings.c.ref)
    return unit.frame(of_codes(statement, t.buildings.c.community_code, codes))
