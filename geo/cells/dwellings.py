"""Households where nobody has counted them: estimated from footprint, storeys and use, and marked as estimates; of
buildings of unknown use only where evidence says that they are homes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.cells.adjacency import Flags, Floats
from geo.cells.homes import HOME_FROM, Size, home_sure
from geo.crs import areas_m2, require_kept_crs
from geo.errors import Words


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
    """Buildings of unknown use may house people from this footprint ..."""
    max_unknown_m2: float = 2_500.0
    """... up to this one; larger ones are halls, malls and schools ..."""
    max_unknown_levels: int = 40
    """... and up to this many storeys; taller ones are offices and hotels. None of it says that they do."""


def estimate_households(
    buildings: gpd.GeoDataFrame,
    *,
    around: gpd.GeoDataFrame | None = None,
    rules: DwellingRules = DwellingRules(),
    from_sure: float = HOME_FROM,
) -> gpd.GeoDataFrame:
    """`buildings` (EPSG:4490, contract of `geo.frames`) with households filled in where they were empty.

    An estimate is footprint x storeys / gross floor area per household, rounded, at least 1. It is made for
    buildings of use `residential`, and of unknown (empty) use where `home_sure`, how sure it is that people live there
    (0-1), is at least `from_sure`; where that is empty it is filled by `geo.cells.homes`, which looks at the buildings
    `around` as well. `households_estimated` is True on exactly the estimated rows (and stays True on rows that were
    estimated before); known figures are left alone. Other uses, and unknown ones without evidence, keep their empty figure.

    >>> import shapely
    >>> slab = shapely.box(108.70, 34.33, 108.7005, 34.33011)  # about 46 m x 12 m
    >>> one = gpd.GeoDataFrame({"use": ["residential"], "levels": [6], "households": [None]},
    ...                        geometry=[slab], crs="EPSG:4490")
    >>> estimate_households(one)[["households", "households_estimated", "home_sure"]].values.tolist()
    [[34, True, 1.0]]
    """
    require_kept_crs(buildings, "buildings")
    size, use = _sizes(buildings, rules)
    known = pd.to_numeric(_column(buildings, "households")).astype("Int64")
    missing = known.isna().to_numpy(dtype=bool)
    sure = _sure(buildings, size, use, around, rules)
    home = (use == "residential") & (size.footprint_m2 >= rules.min_residential_m2)
    home |= (use == "unknown") & (sure >= from_sure)
    shed = (use == "residential") & (size.footprint_m2 < rules.min_residential_m2)
    fill = missing & (home | shed)
    guess = _guess(size, rules)
    households = known.mask(fill, pd.array(np.where(home, guess, 0).astype(np.int64), dtype="Int64"))
    before = _column(buildings, "households_estimated").astype("boolean").fillna(False).to_numpy(dtype=bool)
    return buildings.assign(
        households=households, households_estimated=fill | (before & ~missing), home_sure=sure
    )


@dataclass(frozen=True, slots=True)
class UnknownGround:
    """Buildings of unknown use: what was made of them."""

    counted: int
    """How many count as homes, by evidence ..."""
    households: int
    """... the households estimated in them ..."""
    sure: float
    """... and how sure that is, 0-1: the mean by household."""
    doubtful: int
    """How many do not count although their size would be a dwelling's ..."""
    possible: int
    """... and the households they would have if they were homes."""

    @property
    def words(self) -> Words | None:
        """What is said of it; None where there are none of unknown use."""
        if not self.counted and not self.doubtful:
            return None
        return Words(
            f"of unknown use: {self.counted:,} buildings with {self.households:,} estimated households are taken for homes, "
            f"{self.sure:.0%} sure; {self.doubtful:,} without enough evidence are not counted, up to {self.possible:,} households "
            "more; a table of ref and use corrects it (wangge import buildings FILE)",
            f"用途不明：{self.counted:,} 栋有依据按住宅计，估算 {self.households:,} 户，把握 {self.sure:.0%}；"
            f"{self.doubtful:,} 栋依据不足未计，若为住宅至多另有 {self.possible:,} 户；可导入“编号、用途”表更正（wangge import buildings 文件）",
        )


def unknown_ground(buildings: gpd.GeoDataFrame, *, rules: DwellingRules = DwellingRules()) -> UnknownGround:
    """What was made of the buildings of unknown use in a frame that `estimate_households` gave."""
    size, use = _sizes(buildings, rules)
    households = pd.to_numeric(buildings["households"]).astype("Int64").fillna(0).to_numpy(np.int64)
    estimated = buildings["households_estimated"].astype("boolean").fillna(False).to_numpy(dtype=bool)
    sure = buildings["home_sure"].astype("Float64").fillna(0).to_numpy(np.float64)
    taken = (use == "unknown") & estimated & (households > 0)
    left = (use == "unknown") & buildings["households"].isna().to_numpy(dtype=bool) & size.dwelling
    total = int(households[taken].sum())
    return UnknownGround(
        int(taken.sum()),
        total,
        round(float((sure * households)[taken].sum() / total), 4) if total else 0.0,
        int(left.sum()),
        int(_guess(size, rules)[left].sum()),
    )


def _sizes(buildings: pd.DataFrame, rules: DwellingRules) -> tuple[Size, Any]:
    """Sizes, and uses with `unknown` where none is given."""
    footprint_m2 = areas_m2(buildings.geometry) if len(buildings) else np.empty(0)
    use = _column(buildings, "use").astype("str").fillna("unknown").to_numpy(dtype=object)
    levels = _levels(buildings, use, footprint_m2, rules=rules)
    dwelling = (footprint_m2 >= rules.min_unknown_m2) & (footprint_m2 <= rules.max_unknown_m2)
    dwelling &= levels <= rules.max_unknown_levels
    return Size(footprint_m2, levels, _floats(buildings, "height_m"), dwelling), use


def _sure(
    buildings: gpd.GeoDataFrame, size: Size, use: Any, around: gpd.GeoDataFrame | None, rules: DwellingRules
) -> Floats:
    """`home_sure` as given for unknown uses, else by evidence; a known use or a counted household leaves no doubt."""
    given = _floats(buildings, "home_sure")
    open_: Flags = (use == "unknown") & np.isnan(given)
    sure = np.where(use == "residential", 1.0, np.where(use == "unknown", given, 0.0))
    if open_.any():
        whole = buildings
        if around is not None and len(around):
            whole = gpd.GeoDataFrame(pd.concat([buildings, around], ignore_index=True), crs=buildings.crs)
            size = _sizes(whole, rules)[0]
        sure = np.where(open_, home_sure(whole, size)[: len(buildings)], sure)
    estimated = (
        _column(buildings, "households_estimated").astype("boolean").fillna(False).to_numpy(dtype=bool)
    )
    return np.where(~estimated & (_floats(buildings, "households") > 0), 1.0, sure)


def _guess(size: Size, rules: DwellingRules) -> Floats:
    return np.maximum(1, np.rint(size.footprint_m2 * size.levels / rules.gross_floor_m2_per_household))


def _floats(frame: pd.DataFrame, name: str) -> Floats:
    numbers = pd.to_numeric(_column(frame, name)).astype("Float64")
    return np.asarray(numbers.to_numpy(np.float64, na_value=np.nan), dtype=np.float64)


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    return frame[name] if name in frame else pd.Series([None] * len(frame), index=frame.index, dtype=object)


def _levels(buildings: pd.DataFrame, use: Any, footprint_m2: Floats, *, rules: DwellingRules) -> Floats:
    """Storeys: as given, else from the height, else the usual ones of the use."""
    given, height = _floats(buildings, "levels"), _floats(buildings, "height_m")
    fallback = rules.default_levels.get("other", 1)
    usual = np.array([rules.default_levels.get(kind, fallback) for kind in use], dtype=np.float64)
    usual = np.where(footprint_m2 < rules.cottage_m2, np.minimum(usual, rules.cottage_levels), usual)
    by_height = np.maximum(1.0, np.rint(height / rules.storey_height_m))
    levels = np.where(given > 0, given, np.where(height > 0, by_height, usual))
    return np.asarray(levels, dtype=np.float64)
