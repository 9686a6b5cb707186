"""Buildings and the households counted or estimated in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import sqlalchemy as sa

from layers.ground.ended import standing_on
from layers.store import tables as t
from layers.store.narrowing import of_codes
from layers.store.unit import Reading


def read_buildings(
    unit: Reading, *, codes: Sequence[str] | None = None, as_of: date | None = None
) -> gpd.GeoDataFrame:
    """The buildings of the viewer's communities, by ref; `households_estimated` marks estimates. Those of today, or those that were
    there on the day `as_of`."""
    statement = sa.select(t.buildings).order_by(t.buildings.c.ref)
    today = unit.frame(of_codes(statement, t.buildings.c.community_code, codes))
    return today if as_of is None else standing_on(unit, "buildings", today, as_of, codes)
