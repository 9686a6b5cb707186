"""Buildings that are planned or being built, as files bring them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.errors import Fault, Words


def half_planned(frame: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> list[Fault]:
    """A fault for each building that says only when people move in, or only how many households."""
    half = (frame["planned_for"].isna() != frame["planned_households"].isna()).to_numpy(dtype=bool)
    words = Words(
        "a planned building needs both planned_for, the day, and planned_households",
        "规划楼栋应同时注明预计入住日期（planned_for）与规划户数（planned_households）",
    )
    refs = frame["ref"].tolist()
    return [Fault(int(rows[i]), "planned_for", str(refs[i]), words) for i in np.flatnonzero(half)]


def not_lived_in_yet(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Planned buildings without a count have no household: nobody lives there today, and nothing is to be estimated."""
    empty = frame["planned_for"].notna() & frame["households"].isna()
    return frame.assign(households=frame["households"].mask(empty, 0))
