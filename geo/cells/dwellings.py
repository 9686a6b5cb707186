"""Households where nobody has counted them: estimated from footprint, storeys and use, and marked as estimates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.cells.adjacency import Floats
from geo.crs import areas_m2, require_kept_crs


@dataclass(frozen=True, slots=True)
class DwellingRules:
    """How footprints become households. All figures are our choice, to be replaced by local ones.

    The floor area per household follows from about 40 m² of floor per person and 2.6 persons per household,
    the order of magnitude of the census of 2020.
    """

    gross_floor_m2_per_household: float = 100.0
    storey_height_m: float = 3.0
    """Turns a height into storeys where these are not given."""
    default_levels: dict[str, int] = field(default_factory=lambda: {"residential": 6, "other": 3})
    """Storeys by use where neither storeys nor height are given; 6 is the walk-up limit without a lift."""
    cottage_m2: float = 200.0
    """Smaller footprints of unknown height are taken for low houses ..."""
    cottage_levels: int = 2
    """... of this many storeys."""
    min_residential_m2: float = 20.0
    """Residential buildings with smaller footprints are sheds and garages: no household."""
    min_unknown_m2: float = 60.0
    """Buildings of unknown use house people from this footprint ..."""
    max_unknown_m2: float = 2_500.0
    """... up to this one; larger ones are halls, malls and schools ..."""
    max_unknown_levels: int = 40
    """... and up to this many storeys; taller ones are offices and hotels."""


def estimate_households(
    buildings: gpd.GeoDataFrame,
    *,
    rules: DwellingRules = DwellingRules(),
) -> gpd.GeoDataFrame:
    """`buildings` (EPSG:4490, contract of `geo.frames`) with households filled in where they were empty.

    An estimate is footprint x storeys / gross floor area per household, rounded, at least 1. It is made for
    buildings of use `residential`, and of unknown (empty) use where a dwelling is plausible by footprint and
    storeys; `other` is known to be something else. `households_estimated` is True on exactly the estimated rows (and stays True on rows that were
    estimated before); known figures are left alone. Other uses keep their empty figure.

    >>> import shapely
    >>> slab = shapely.box(108.70, 34.33, 108.7005, 34.33011)  # about 46 m x 12 m
    >>> one = gpd.GeoDataFrame({"use": ["residential"], "levels": [6], "households": [None]},
    ...                        geometry=[slab], crs="EPSG:4490")
    >>> estimate_households(one)[["households", "households_estimated"]].values.tolist()
    [[34, True]]
    """
    require_kept_crs(buildings, "buildings")
    footprint_m2 = areas_m2(buildings.geometry) if len(buildings) else np.empty(0)
    use = _column(buildings, "use").astype("str").fillna("unknown").to_numpy(dtype=object)
    levels = _levels(buildings, use, footprint_m2, rules=rules)
    unknown_use = use == "unknown"
    home = (use == "residential") & (footprint_m2 >= rules.min_residential_m2)
    home |= (
        unknown_use
        & (footprint_m2 >= rules.min_unknown_m2)
        & (footprint_m2 <= rules.max_unknown_m2)
        & (levels <= rules.max_unknown_levels)
    )
    shed = (use == "residential") & (footprint_m2 < rules.min_residential_m2)
    known = pd.to_numeric(_column(buildings, "households")).astype("Int64")
    missing = known.isna().to_numpy(dtype=bool)
    guess = np.maximum(1, np.rint(footprint_m2 * levels / rules.gross_floor_m2_per_household))
    fill = missing & (home | shed)
    households = known.mask(fill, pd.array(np.where(home, guess, 0).astype(np.int64), dtype="Int64"))
    before = _column(buildings, "households_estimated").astype("boolean").fillna(False).to_numpy(dtype=bool)
    return buildings.assign(households=households, households_estimated=fill | (before & ~missing))


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index, dtype=object)


def _levels(buildings: pd.DataFrame, use: Any, footprint_m2: Floats, *, rules: DwellingRules) -> Floats:
    """Storeys: as given, else from the height, else the usual ones of the use."""
    given = (
        pd.to_numeric(_column(buildings, "levels")).astype("Float64").to_numpy(np.float64, na_value=np.nan)
    )
    height = (
        pd.to_numeric(_column(buildings, "height_m")).astype("Float64").to_numpy(np.float64, na_value=np.nan)
    )
    fallback = rules.default_levels.get("other", 1)
    usual = np.array([rules.default_levels.get(kind, fallback) for kind in use], dtype=np.float64)
    usual = np.where(footprint_m2 < rules.cottage_m2, np.minimum(usual, rules.cottage_levels), usual)
    by_height = np.maximum(1.0, np.rint(height / rules.storey_height_m))
    levels = np.where(given > 0, given, np.where(height > 0, by_height, usual))
    return np.asarray(levels, dtype=np.float64)
