"""Whether buildings of unknown use are homes: evidence, how sure it makes, and what of it is said in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.cells.adjacency import Flags, Floats, Geometries, Ints
from geo.crs import LocalMetres

HOME_FROM = 0.5
"""Buildings of unknown use count as homes from this sureness on."""
IN_COMPLEX, HAS_UNITS, NAMED_HOME, LIKE_ITS_ROW, HAS_NUMBER = 0.9, 0.95, 0.85, 0.75, 0.6
"""How sure one piece of evidence makes, 0-1: it lies in a residential complex, units (单元) are known of it, its name is
one of homes, at least `LIKE` others of its size and direction stand beside it, it has a number on a road and no name."""
NOTHING_KNOWN, NAMED_OTHER, NOT_OF_THE_SIZE = 0.3, 0.05, 0.1
"""... nothing is known of it, its name is one of something else, it is too small, too large or too tall. Our choice."""
LIKE = 2
LIKE_WITHIN_M, LIKE_SHARE, LIKE_TURN_DEG = 120.0, 0.15, 10.0
"""Buildings are alike within this distance if length, width and height differ by this share at most, and direction so."""
LIKE_WIDTH_M, LIKE_AREA_M2 = (7.0, 22.0), (100.0, 1_500.0)
"""Blocks of flats are between so wide and of such a footprint; rows of garages and of halls are not."""
NEIGHBOURS_M, FEWEST_NEIGHBOURS = 150.0, 3
"""Uses of known buildings this close speak for others, from so many on."""

_HOME_NAME = re.compile(
    r"公寓|住宅|小区|新村|花苑|家园|宿舍|[里弄坊苑邸庭]$|\d+\s*(号楼|幢|栋|单元)|"
    r"\b(r[ée]sidence|residenz|villa|apartments?|wohnhaus|wohnanlage|asunto|flats)\b",
    re.IGNORECASE,
)
_OTHER_NAME = re.compile(
    r"大厦|大楼|中心|广场|酒店|宾馆|饭店|旅馆|银行|交易所|博物馆|展览|纪念|医院|卫生|学校|小学|中学|大学|学院|幼儿园|教堂|天主|清真|寺|庙|"
    r"海关|商场|商城|商厦|商务|超市|市场|剧[场院]|影[城院]|图书馆|体育|公司|集团|政府|委员会|[局厅处站厂所馆]$|法院|检察|派出所|消防|"
    r"仓库|停车|车库|会所|办公|写字楼|创业|工业|水[泵厂]|变电|"
    r"\b(towers?|plaza|cent(er|re)|bank|hotel|museum|musée|church|kirche|chapel|cath[ée]drale|[ée]glise|school|schule|"
    r"[ée]cole|lyc[ée]e|coll[èe]ge|office|station|hospital|h[ôo]pital|mall|exchange|stade|stadium|parking|garages?|march[ée]|"
    r"mairie|minist[èe]re|direction|th[ée][âa]tre|theater|casino|rathaus|feuerwehr|sporthalle|kindergarten|kita)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Size:
    """What `geo.cells.dwellings` knows of the size of buildings: rows as theirs."""

    footprint_m2: Floats
    levels: Floats
    height_m: Floats
    """NaN where unknown."""
    dwelling: Flags
    """Whether a dwelling is plausible by footprint and storeys."""


def home_sure(buildings: gpd.GeoDataFrame, size: Size) -> Floats:
    """How sure it is that people live in each building, (n,) in 0-1: 1 for `residential`, 0 for other known uses.

    `buildings` in EPSG:4490 with the columns of `geo.frames` that there are. For an unknown use the strongest evidence
    counts, and none makes `NOTHING_KNOWN`; a name of something else or the size of something else outweighs it, except
    that known units (单元) are homes of any size.
    """
    use = _texts(buildings, "use")
    sure = np.where(use == "residential", 1.0, 0.0)
    open_ = np.flatnonzero(use == "")
    if not len(open_):
        return sure
    name = _texts(buildings, "name")[open_]
    units = _numbers(buildings, "units")[open_] > 0
    shapes = LocalMetres.of(buildings).to_metres(np.asarray(buildings.geometry.array, dtype=object))
    alike = _alike(shapes, (use == "") | (use == "residential"), size.height_m)[open_] >= LIKE
    found = _by_neighbours(shapes, use, open_)
    for weight, there in (
        (NOTHING_KNOWN, np.ones(len(open_), dtype=bool)),
        (IN_COMPLEX, _texts(buildings, "complex_ref")[open_] != ""),
        (NAMED_HOME, _match(_HOME_NAME, name)),
        (LIKE_ITS_ROW, alike),
        (HAS_NUMBER, (_texts(buildings, "road_addresses")[open_] != "") & (name == "")),
    ):
        found = np.maximum(found, np.where(there, weight, 0.0))
    found = np.where(size.dwelling[open_], found, np.minimum(found, NOT_OF_THE_SIZE))
    found = np.where(units, HAS_UNITS, found)
    sure[open_] = np.round(np.where(_match(_OTHER_NAME, name), NAMED_OTHER, found), 2)
    return sure


def _alike(shapes: Geometries, maybe: Flags, height_m: Floats) -> Ints:
    """How many others of those that are `maybe` homes are alike and near, for each shape (metres) of a block of flats."""
    area = shapely.area(shapes)
    fit = maybe & (area >= LIKE_AREA_M2[0]) & (area <= LIKE_AREA_M2[1])
    count = np.zeros(len(shapes), np.int64)
    rows = np.flatnonzero(fit)
    boxes = shapely.oriented_envelope(shapes[rows])
    rows, boxes = rows[shapely.get_type_id(boxes) == 3], boxes[shapely.get_type_id(boxes) == 3]
    if not len(rows):
        return count
    sides = np.diff(shapely.get_coordinates(boxes).reshape(-1, 5, 2)[:, :3], axis=1)
    metres = np.hypot(sides[..., 0], sides[..., 1])
    length, width = metres.max(axis=1), metres.min(axis=1)
    longer = sides[np.arange(len(rows)), metres.argmax(axis=1)]
    turn = np.degrees(np.arctan2(longer[:, 1], longer[:, 0])) % 180
    height = height_m[rows]
    middles = shapely.centroid(shapes[rows])
    a, b = shapely.STRtree(middles).query(middles, predicate="dwithin", distance=LIKE_WITHIN_M)
    a, b = a[a != b], b[a != b]
    same = _near(length[a], length[b]) & _near(width[a], width[b])
    same &= (width[a] >= LIKE_WIDTH_M[0]) & (width[a] <= LIKE_WIDTH_M[1])
    apart = np.abs(turn[a] - turn[b])
    same &= (np.minimum(apart, 180 - apart) <= LIKE_TURN_DEG) | _near(length[a], width[a])
    known = ~np.isnan(height)
    same &= np.where(known[a] & known[b], _near(height[a], height[b]), known[a] == known[b])
    count[rows] = np.bincount(a[same], minlength=len(rows))
    return count


def _near(a: Floats, b: Floats) -> Flags:
    return np.asarray(np.abs(a - b) <= LIKE_SHARE * np.maximum(a, b), dtype=np.bool_)


def _by_neighbours(shapes: Geometries, use: NDArray[Any], open_: Ints) -> Floats:
    """The share of homes among the known buildings near each open one, one more counted as none; 0 for too few."""
    known = use != ""
    mine, theirs = shapely.STRtree(shapes[known]).query(
        shapes[open_], predicate="dwithin", distance=NEIGHBOURS_M
    )
    count = np.bincount(mine, minlength=len(open_))
    lived = np.bincount(mine, use[known][theirs] == "residential", minlength=len(open_))
    return np.asarray(np.where(count >= FEWEST_NEIGHBOURS, lived / (count + 1), 0.0), dtype=np.float64)


def _match(pattern: re.Pattern[str], texts: NDArray[Any]) -> Flags:
    return np.array([pattern.search(text) is not None for text in texts], dtype=np.bool_)


def _texts(frame: pd.DataFrame, name: str) -> NDArray[Any]:
    if name not in frame:
        return np.full(len(frame), "", dtype=object)
    texts: NDArray[Any] = frame[name].astype("str").fillna("").to_numpy(dtype=object)
    return texts


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    if name not in frame:
        return np.zeros(len(frame))
    return np.asarray(pd.to_numeric(frame[name]).astype("Float64").fillna(0), dtype=np.float64)
