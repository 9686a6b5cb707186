"""From which count on a viewer may see it."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from geo.privacy.small_counts import LEAST_INSIDE, LEAST_OUTSIDE
from layers.rights.viewer import Role, Viewer


def least_for(viewer: Viewer) -> int:
    """From which count on `viewer` may see it; 1 where single buildings are counted."""
    if viewer.counts_buildings:
        return 1
    return LEAST_OUTSIDE if viewer.role is Role.PUBLIC else LEAST_INSIDE


def as_counted(viewer: Viewer, buildings: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """`buildings` (contract `buildings`) without households and people, unless `viewer` may count single buildings."""
    if viewer.counts_buildings:
        return buildings
    empty = pd.array([pd.NA] * len(buildings), dtype="Int64")
    return buildings.assign(households=empty, people=empty, households_estimated=False)
