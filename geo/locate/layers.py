"""The layers of a look-up index as one stack of rows: what each row is, on which days, and its words.

Inside a layer rows stand in the order in which they answer, so that of several rows that cover a point
the lowest one is right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import require_kept_crs
from geo.errors import InputError

GRIDS, COMMUNITIES, COMPLEXES, BUILDINGS = range(4)
"""Numbers of the layers, in the order of their rows."""

ALWAYS_SINCE, ALWAYS_UNTIL = 0, int(np.iinfo(np.int64).max)

_GRID_COLUMNS = (
    "code",
    "name",
    "kind",
    "community_code",
    "plan_id",
    "plan_version",
    "valid_from",
    "valid_to",
)

HELD = ("held_since", "held_until")
"""Columns that complexes and buildings may have: the first day of a row, and the first on which it no longer holds;
None where no such day is known."""

Area = tuple[str, ...]
"""Prefixes of community codes: who has one of them sees what lies in the communities that begin with it."""
EVERYWHERE: Area = ("",)
Rows = NDArray[np.int64]
Column = list[Any]


@dataclass(frozen=True, slots=True)
class Stack:
    """The rows of all layers. Every list ends with one more value, None, so that row -1 reads as nothing."""

    shapes: NDArray[np.object_]
    """Prepared polygons, EPSG:4490; shape (n,)."""
    since: Rows
    """First day of each row as a proleptic ordinal; shape (n,)."""
    until: Rows
    """First day on which it no longer holds."""
    ends: Rows
    """Where the rows of each of the four layers end; shape (4,)."""
    key: Column
    """Code or ref of each row."""
    name: Column
    community_code: Column
    """Of grids and communities; shorter than the stack."""
    community_name: Column
    kind: Column
    """Of grids only, as all that follow."""
    plan_id: Column
    plan_version: Column
    valid_from: Column
    valid_to: Column
    changes: Rows
    """Every day (ordinal) on which a row begins or ends, sorted."""
    communities: tuple[str, ...]
    """The codes of all communities that rows lie in, sorted."""
    community: Rows
    """Number in `communities` of the community each row lies in, -1 for none; shape (n,)."""
    planned: dict[str, tuple[tuple[int, int], ...]]
    """Per community code the spans of days (ordinals, end exclusive) on which it has grids."""

    @classmethod
    def of(
        cls,
        *,
        grids: gpd.GeoDataFrame,
        communities: gpd.GeoDataFrame,
        complexes: gpd.GeoDataFrame,
        buildings: gpd.GeoDataFrame,
    ) -> Stack:
        """Stack checked, sorted and prepared copies of the four frames; see `LookupIndex.build`."""
        grids = _sorted_grids(grids)
        communities = _sorted_places(communities, "communities", "code")
        complexes = _sorted_places(complexes, "complexes", "ref")
        buildings = _sorted_places(buildings, "buildings", "ref")
        frames = (grids, communities, complexes, buildings)
        shapes = np.concatenate([np.asarray(frame.geometry.array, dtype=object) for frame in frames])
        since = np.concatenate([_ordinals(frame[HELD[0]], ALWAYS_SINCE) for frame in frames])
        until = np.concatenate([_ordinals(frame[HELD[1]], ALWAYS_UNTIL) for frame in frames])
        code, name = _plain(communities["code"]), _plain(communities["name"])
        name_of = dict(zip(code, name, strict=True))
        of_grid = _plain(grids["community_code"])
        lies_in = [
            *of_grid,
            *code,
            *_plain(complexes["community_code"]),
            *_plain(buildings["community_code"]),
        ]
        numbers = {each: n for n, each in enumerate(sorted({each for each in lies_in if each is not None}))}
        return cls(
            shapes=_prepared(shapes),
            since=since,
            until=until,
            ends=np.cumsum([len(frame) for frame in frames]),
            key=[*(key for frame in frames for key in _plain(frame.iloc[:, 0])), None],
            name=[*(each for frame in frames for each in _plain(frame["name"])), None],
            community_code=[*of_grid, *code, None],
            community_name=[*(name_of.get(each) for each in of_grid), *name, None],
            kind=[*_plain(grids["kind"]), None],
            plan_id=[*_plain(grids["plan_id"]), None],
            plan_version=[*_plain(grids["plan_version"]), None],
            valid_from=[*grids["valid_from"], None],
            valid_to=[*grids["valid_to"], None],
            changes=_changes(since, until, len(grids)),
            communities=tuple(numbers),
            community=np.array([numbers.get(each, -1) for each in lies_in], dtype=np.int64),
            planned=_spans(of_grid, since[: len(grids)], until[: len(grids)]),
        )

    def only(self, keep: NDArray[np.bool_]) -> NDArray[np.object_]:
        """The shapes, None where `keep` is False."""
        shapes = self.shapes.copy()
        shapes[~keep] = None
        return shapes

    def inside(self, area: Area) -> NDArray[np.bool_]:
        """Which communities lie in `area`, by their number; one more value, False, for rows of none."""
        return np.array([*(code.startswith(area) for code in self.communities), False], dtype=bool)

    def changes_of(self, seen: NDArray[np.bool_]) -> Rows:
        """As `changes`, of the rows in the communities that are `seen` (as `inside`)."""
        grids = np.arange(len(self.community)) < self.ends[GRIDS]
        mine, of_grid = seen[self.community], seen[self.community] & grids
        order = np.concatenate([np.flatnonzero(of_grid), np.flatnonzero(mine & ~grids)])
        return _changes(self.since[order], self.until[order], int(of_grid.sum()))

    def layer(self, rows: Rows) -> Rows:
        """Number of the layer of each row."""
        return self.ends.searchsorted(rows, side="right")


def _sorted_grids(grids: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    _require(grids, "grids", _GRID_COLUMNS)
    first = _days(grids["valid_from"])
    if None in first:
        code = grids["code"].iloc[first.index(None)]
        raise InputError(
            f"grid {code} has no first day; a published grid needs valid_from",
            f"网格 {code} 没有启用日期；已发布的网格必须有 valid_from",
        )
    frame = grids[[*_GRID_COLUMNS]].assign(
        valid_from=pd.Series(first, index=grids.index, dtype=object),
        valid_to=pd.Series(_days(grids["valid_to"]), index=grids.index, dtype=object),
        newest=[-day.toordinal() for day in first if day is not None],
        held_since=pd.Series(first, index=grids.index, dtype=object),
        held_until=pd.Series(_days(grids["valid_to"]), index=grids.index, dtype=object),
        version=-grids["plan_version"].astype("Int64"),
        plan=-grids["plan_id"].astype("Int64"),
    )
    frame = gpd.GeoDataFrame(frame, geometry=np.asarray(grids.geometry.array), crs=grids.crs)
    return frame.sort_values(["code", "newest", "version", "plan"], kind="stable")


def _sorted_places(frame: gpd.GeoDataFrame, layer: str, key: str) -> gpd.GeoDataFrame:
    _require(frame, layer, (key, "name"))
    absent = {name: None for name in ("community_code", *HELD) if name not in frame.columns}
    placed = frame.assign(**absent)
    return placed[[key, "name", "community_code", *HELD, frame.geometry.name]].sort_values(key, kind="stable")


def _ordinals(days: pd.Series, without: int) -> Rows:
    """Days as proleptic ordinals, `without` where there is none."""
    return np.array([without if day is None else day.toordinal() for day in _days(days)], dtype=np.int64)


def _changes(since: Rows, until: Rows, grids: int) -> Rows:
    """Every day on which one of the first `grids` rows begins or ends, or one of the others where it is dated, sorted."""
    others = np.concatenate([since[grids:], until[grids:]])
    dated = others[(others != ALWAYS_SINCE) & (others != ALWAYS_UNTIL)]
    return np.unique(np.concatenate([since[:grids], until[:grids], dated]))


def _require(frame: gpd.GeoDataFrame, layer: str, columns: Sequence[str]) -> None:
    require_kept_crs(frame, layer)
    missing = ", ".join(name for name in columns if name not in frame.columns)
    if missing:
        raise InputError(
            f"{layer}: the look-up index needs the column(s) {missing}",
            f"{layer} 图层缺少查询索引所需的列：{missing}",
        )


def _days(values: pd.Series) -> list[dt.date | None]:
    """Dates as `datetime.date`, whatever kind of column they come in."""
    return [
        None if pd.isna(value) else value.date() if isinstance(value, dt.datetime) else value
        for value in values.astype(object)
    ]


def _plain(values: pd.Series) -> Column:
    """The values as plain Python ones, missing ones as None."""
    return values.astype(object).where(values.notna(), None).tolist()  # type: ignore[no-any-return]


def _spans(codes: Column, since: Rows, until: Rows) -> dict[str, tuple[tuple[int, int], ...]]:
    spans: dict[str, set[tuple[int, int]]] = {}
    for code, first, last in zip(codes, since.tolist(), until.tolist(), strict=True):
        spans.setdefault(code, set()).add((first, last))
    return {code: tuple(sorted(found)) for code, found in spans.items()}


def _prepared(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Copies of the shapes, prepared for point tests.

    GEOS builds its index on the second question to a prepared polygon; two threads that ask first would
    build it at once. So every polygon is asked here, where there is one thread.
    """
    shapes = np.asarray(shapely.force_2d(shapes), dtype=object)
    shapely.prepare(shapes)
    box = shapely.bounds(shapes)
    for _ in range(3):
        shapely.intersects_xy(shapes, (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2)
    return shapes
