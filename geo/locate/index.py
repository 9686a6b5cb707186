"""Which grid covers a point on a day: the in-memory index behind every look-up.

An index is built once per published version, never changes, and is safe to share between threads.

The rule for a point on a shared edge: of all shapes that cover it (edges and corners count), the grid
with the smallest code answers, then the one whose plan took effect last; of communities the smallest
code, of complexes and buildings the smallest ref. A grid decides its community. Coordinates are taken
as they are in EPSG:4490, so answers equal PostGIS `ST_Covers`. Limit: neighbouring communities that
were drawn apart may leave a gap of less than 0.1 mm (the rounding of kept coordinates); a point in it
is `outside`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, fields, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.errors import InputError, Words
from geo.locate.layers import ALWAYS_UNTIL, COMMUNITIES, EVERYWHERE, GRIDS, Area, Rows, Stack
from geo.locate.many import Cover, columns
from geo.locate.micro import NONE, MicroGrids
from geo.locate.reasons import Status, verdict
from geo.locate.standing import Standing
from geo.locate.tiles import Tiles

DAYS_KEPT = 32
"""For so many spans of days, those asked about first, the table of what holds then is kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What covers one point on one day."""

    status: Status
    """`matched`; `unplanned`: in a community, but no published grid covers the point that day; `outside`."""
    grid_code: str | None
    grid_name: str | None
    grid_kind: str | None
    """`base`, `exclusive` or `micro`."""
    community_code: str | None
    community_name: str | None
    complex_ref: str | None
    """The residential complex that holds the point, planned or not."""
    complex_name: str | None
    building_ref: str | None
    """The building whose footprint covers the point; None between buildings."""
    building_name: str | None
    plan_id: int | None
    plan_version: int | None
    valid_from: dt.date | None
    """First day of the grid."""
    valid_to: dt.date | None
    """First day on which the grid no longer holds; None while no end is known."""
    as_of: dt.date
    """The day that was asked about."""
    micro_code: str | None
    """The micro-grid (微网格) that covers the point; None without any, and for a building that is divided into several ..."""
    micro_name: str | None
    """... all of which are named here."""
    confidence: float
    """1 in exactly one grid; 1/n on the shared edge of n grids; 0 where no grid is named."""
    reason: Words
    """Why this answer; names the rule where a point on a shared edge was given to one of the grids."""


COLUMNS = tuple(f.name for f in fields(Answer))
"""Columns of `LookupIndex.locate_many`."""


def bad_coordinates(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """True where a longitude or latitude in degrees is missing or out of range; shape (n,).

    >>> bad_coordinates([108.7, 34.3, float("nan")], [34.3, 108.7, 34.3]).tolist()
    [False, True, True]
    """
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    return ~((np.abs(x) <= 180.0) & (np.abs(y) <= 90.0))


@dataclass(frozen=True, slots=True)
class LookupIndex:
    """Published grids of all days, with communities, complexes and buildings, ready to be asked.

    Make it with `build`. One look-up costs about 15 microseconds; adding more plan versions adds little,
    because what does not hold on the day is left out before any geometry is touched.
    """

    version: int
    """The published version this index was built from."""
    _stack: Stack
    _tiles: Tiles
    """Everything but communities, of all days."""
    _homes: Tiles
    """Communities: asked only where no grid covers the point."""
    _columns: dict[str, Any]
    """The lists of the stack as arrays, for whole tables of answers."""
    _by_day: dict[int, Tiles] = field(default_factory=dict)
    _seen: NDArray[np.bool_] | None = None
    """Of which communities rows are seen, as `Stack.inside`; None where all rows are."""
    micro: MicroGrids = NONE
    """Micro-grids of the plans."""
    _changes: Rows | None = None
    """The days on which a grid that is seen begins or ends, sorted; None where all are."""

    @classmethod
    def build(
        cls,
        *,
        version: int,
        grids: gpd.GeoDataFrame,
        communities: gpd.GeoDataFrame,
        complexes: gpd.GeoDataFrame,
        buildings: gpd.GeoDataFrame,
        micro: MicroGrids = NONE,
    ) -> LookupIndex:
        """Index the published `grids` of every day (code, name, kind, community_code, plan_id, plan_version,
        valid_from, valid_to exclusive or None) and the other layers by their contract. All in EPSG:4490.

        Complexes and buildings may say on which days they held (`geo.locate.layers.HELD`); one that ended has a row of
        its own beside one of today with the same ref. Rows of grids, complexes and buildings lie in the community of their community_code, and in none without.
        The frames may be empty and may come in any row order. Raises `InputError` for a missing column
        or a grid without its first day, `MissingCrsError` for a frame without CRS.
        """
        stack = Stack.of(grids=grids, communities=communities, complexes=complexes, buildings=buildings)
        homes = stack.layer(np.arange(len(stack.shapes))) == COMMUNITIES
        tiles, tiles_of_homes = (Tiles.over(stack.only(rows)) for rows in (~homes, homes))
        return cls(version, stack, tiles, tiles_of_homes, columns(stack), micro=micro)

    def within(self, area: Area) -> LookupIndex:
        """This index for somebody who sees `area` only: it answers as one built of the rows of that area alone would,
        from the same memory. Rows that lie in no community are seen by who sees everything."""
        if area == EVERYWHERE:
            return replace(self, _seen=None, _changes=None)
        seen = self._stack.inside(area)
        return replace(self, _seen=seen, _changes=self._stack.changes_of(seen))

    def locate(self, lon: float, lat: float, *, as_of: dt.date) -> Answer:
        """What covers the point (degrees, EPSG:4490) on the day `as_of`.

        Raises `InputError` for a coordinate that is missing or out of range.
        """
        x, y = float(lon), float(lat)
        if not (-180.0 <= x <= 180.0 and -90.0 <= y <= 90.0):
            raise _coordinate_error(x, y)
        stack = self._stack
        tiles = self._by_day.get(self.epoch(as_of))
        if tiles is not None:
            rows = tiles.at(x, y)
        else:
            rows, day = self._tiles.at(x, y), as_of.toordinal()
            rows = rows[(stack.since[rows] <= day) & (day < stack.until[rows])]
        layers = self._by_layer(rows, x, y)
        if not layers[GRIDS]:
            layers[COMMUNITIES].extend(self._by_layer(self._homes.at(x, y), x, y)[COMMUNITIES])
        grid, community, complex_row, building = (found[0] if found else -1 for found in layers)
        status, confidence, reason = verdict(stack, layers[GRIDS], layers[COMMUNITIES], as_of)
        home = grid if grid >= 0 else community
        micro = None if self.micro.empty else self.micro.at(x, y, plan_id=stack.plan_id[grid])
        return Answer(
            status=status,
            grid_code=stack.key[grid],
            grid_name=stack.name[grid],
            grid_kind=stack.kind[grid],
            community_code=stack.community_code[home],
            community_name=stack.community_name[home],
            complex_ref=stack.key[complex_row],
            complex_name=stack.name[complex_row],
            building_ref=stack.key[building],
            building_name=stack.name[building],
            plan_id=stack.plan_id[grid],
            plan_version=stack.plan_version[grid],
            valid_from=stack.valid_from[grid],
            valid_to=stack.valid_to[grid],
            as_of=as_of,
            micro_code=None if micro is None else micro.code,
            micro_name=None if micro is None else micro.name,
            confidence=confidence,
            reason=reason,
        )

    def locate_many(self, lon: ArrayLike, lat: ArrayLike, *, as_of: dt.date) -> pd.DataFrame:
        """As `locate` for arrays of shape (n,): one row per point in their order, columns `COLUMNS`.

        Raises `InputError` naming the first bad coordinate; see `bad_coordinates` to set bad rows aside.
        """
        x, y = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
        if x.shape != y.shape or x.ndim != 1:
            raise InputError(
                f"longitudes {x.shape} and latitudes {y.shape} must be two columns of the same length",
                f"经度 {x.shape} 与纬度 {y.shape} 应为等长的两列",
            )
        bad = np.flatnonzero(bad_coordinates(x, y))
        if len(bad):
            raise _coordinate_error(float(x[bad[0]]), float(y[bad[0]]), at=int(bad[0]))
        cover = Cover(self._stack, x, y, self._seen)
        cover.find(self.keep(as_of), np.arange(len(x)))
        cover.find(self._homes, np.flatnonzero(cover.lowest[GRIDS] < 0))
        table = cover.table(self._columns, as_of)
        table |= self._micro_columns(x, y, table["plan_id"])
        return pd.DataFrame(table, columns=list(COLUMNS), copy=False)

    def _micro_columns(self, x: NDArray[np.float64], y: NDArray[np.float64], plans: Any) -> dict[str, Any]:
        if self.micro.empty:
            return {name: pd.array([None] * len(x), dtype="str") for name in ("micro_code", "micro_name")}
        plan_ids = [None if pd.isna(plan) else int(plan) for plan in plans]
        found = [self.micro.at(*at, plan_id=plan) for *at, plan in zip(x, y, plan_ids, strict=True)]
        return {
            "micro_code": pd.array([None if one is None else one.code for one in found], dtype="str"),
            "micro_name": pd.array([None if one is None else one.name for one in found], dtype="str"),
        }

    def epoch(self, as_of: dt.date) -> int:
        """The same number for all days between two changes of any row."""
        return int(self._stack.changes.searchsorted(as_of.toordinal(), side="right"))

    def span(self, as_of: dt.date) -> tuple[dt.date | None, dt.date | None]:
        """The first day on which every row is as on `as_of`, and the first day after it on which one is not; None
        where none ever changes before, or after."""
        changes = self._stack.changes if self._changes is None else self._changes
        epoch = int(changes.searchsorted(as_of.toordinal(), side="right"))
        first = dt.date.fromordinal(int(changes[epoch - 1])) if epoch else None
        later = int(changes[epoch]) if epoch < len(changes) else ALWAYS_UNTIL
        return first, None if later == ALWAYS_UNTIL else dt.date.fromordinal(later)

    def standing(self, lon: ArrayLike, lat: ArrayLike) -> Standing:
        """What covers fixed points (degrees, EPSG:4490; shape (n,)) on any day, found once for all days."""
        return Standing.over(self._stack, self._tiles, self._homes, lon, lat, seen=self._seen)

    @property
    def words(self) -> Stack:
        """What each row is called; rows as `Standing` gives them."""
        return self._stack

    def around(
        self, bounds: tuple[float, float, float, float], *, layer: int, as_of: dt.date
    ) -> list[tuple[str, str | None, Any]]:
        """Key, name and shape of what reaches into a box (west, south, east, north; EPSG:4490) on a day, by boxes,
        in answering order. `layer` is one of the numbers of `geo.locate.layers`."""
        stack, day = self._stack, as_of.toordinal()
        first = 0 if layer == 0 else int(stack.ends[layer - 1])
        rows = np.arange(first, int(stack.ends[layer]))
        box = (self._homes if layer == COMMUNITIES else self._tiles).boxes[rows]
        west, south, east, north = bounds
        with np.errstate(invalid="ignore"):
            near = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
        rows = rows[near & (stack.since[rows] <= day) & (day < stack.until[rows])]
        if self._seen is not None:
            rows = rows[self._seen[stack.community[rows]]]
        return [(stack.key[row], stack.name[row], stack.shapes[row]) for row in rows.tolist()]

    def _by_layer(self, rows: Rows, x: float, y: float) -> tuple[list[int], ...]:
        """Those of `rows` that cover the point, ascending, layer by layer."""
        layers: tuple[list[int], ...] = ([], [], [], [])
        if self._seen is not None:
            rows = rows[self._seen[self._stack.community[rows]]]
        if len(rows):
            rows = rows[shapely.intersects_xy(self._stack.shapes[rows], x, y)]
            for row, layer in zip(rows.tolist(), self._stack.layer(rows).tolist(), strict=True):
                layers[layer].append(row)
        return layers

    def keep(self, as_of: dt.date) -> Tiles:
        """Make the table of what holds on a day, one for all days between two changes, and keep it while there is room
        for it: look-ups of one point use what is kept, those of many make it first."""
        epoch = self.epoch(as_of)
        tiles = self._by_day.get(epoch)
        if tiles is None:
            tiles = self._narrowed(as_of)
            if len(self._by_day) < DAYS_KEPT:
                self._by_day[epoch] = tiles
        return tiles

    def _narrowed(self, as_of: dt.date) -> Tiles:
        day = as_of.toordinal()
        return self._tiles.only((self._stack.since <= day) & (day < self._stack.until))


def _coordinate_error(lon: float, lat: float, *, at: int | None = None) -> InputError:
    where, where_zh = ("", "") if at is None else (f"point {at + 1}: ", f"第 {at + 1} 个点：")
    return InputError(
        f"{where}longitude {lon} and latitude {lat} must be degrees within -180..180 and -90..90, longitude first",
        f"{where_zh}经度 {lon}、纬度 {lat} 应为 -180..180 与 -90..90 之间的度数，先经度后纬度",
    )
