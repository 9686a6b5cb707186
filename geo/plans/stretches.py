"""The outline of each grid in numbered stretches, as they are walked on site: from one corner to the next, each along one
road or water and beside one neighbour."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import KEPT_CRS, LocalMetres, require_kept_crs
from geo.plans.extents import areas_beside, nearest_names, rim_pieces

SHORT_M = 25.0
"""What is shorter goes with the stretch beside it: nobody signs for a few steps. Our choice."""
LONG_M = 400.0
"""What is longer is halved, and so on: a stretch is seen from end to end, or nearly. Our choice."""
SAME_LINE_M = 1.5
"""An outline this near to one that was walked is the same on the ground."""
_WALKED_SHARE = 0.95
COLUMNS = ("code", "number", "along", "beside", "length_m", "geometry")


def stretches(
    grids: gpd.GeoDataFrame, lines: Sequence[gpd.GeoDataFrame], areas: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Columns `COLUMNS`, one row a stretch, in the order of grids and numbers; EPSG:4490.

    `grids` have code; `lines` and `areas` as in `geo.plans.extents.extents`. Numbers run clockwise from 1, beginning with the
    stretch that starts nearest to the north-western corner of the grid, part by part. `along` is the road or water a
    stretch runs along or in, `beside` the area it lies beside, "" where there is none with a name.

    Limits: outer rims only; what lies in a hole has an outline of its own.

    >>> grid = gpd.GeoDataFrame({"code": ["a"]}, geometry=[shapely.box(108.70, 34.30, 108.702, 34.302)], crs=KEPT_CRS)
    >>> beside = gpd.GeoDataFrame({"name": ["乙"]}, geometry=[shapely.box(108.702, 34.30, 108.704, 34.302)], crs=KEPT_CRS)
    >>> stretches(grid, [], beside)[["number", "beside"]].to_numpy().tolist()
    [[1, '乙'], [2, ''], [3, '']]
    """
    require_kept_crs(grids, "grids")
    if not len(grids):
        return gpd.GeoDataFrame({name: [] for name in COLUMNS}, geometry="geometry", crs=KEPT_CRS)
    local = LocalMetres.of(grids.geometry.array)
    shapes = shapely.orient_polygons(
        np.asarray(local.to_metres(grids.geometry.array), dtype=object), exterior_cw=True
    )
    start, end, owner = rim_pieces(shapes)
    points = shapely.points((start + end) / 2)
    along = _afloat(points, lines, local)
    along = np.where(along == "", nearest_names(points, lines, local), along)
    beside = areas_beside(points, owner, shapes, areas, local)
    rows: list[dict[str, Any]] = []
    codes = grids["code"].astype(str).to_numpy()
    for grid in range(len(grids)):
        own = np.flatnonzero(owner == grid)
        corner = shapely.bounds(shapes[grid])[[0, 3]]
        number = 0
        for ring in _rings(own, start, end):
            for run in _runs(ring, start, end, along, beside, corner):
                number += 1
                xy = np.vstack([start[run], end[run[-1:]]])
                rows.append(
                    {
                        "code": codes[grid],
                        "number": number,
                        "along": _most(along[run]),
                        "beside": _most(beside[run]),
                        "length_m": float(np.hypot(*(end[run] - start[run]).T).sum()),
                        "geometry": shapely.simplify(shapely.LineString(xy), 0.01),
                    }
                )
    frame = gpd.GeoDataFrame(pd.DataFrame(rows), geometry="geometry")
    placed = local.to_degrees(np.asarray(frame.geometry.array, dtype=object))
    return frame.set_geometry(gpd.GeoSeries(placed, frame.index, crs=KEPT_CRS)).sort_values(
        ["code", "number"], kind="stable", ignore_index=True
    )


def _afloat(
    points: NDArray[Any], lines: Sequence[gpd.GeoDataFrame], local: LocalMetres
) -> NDArray[np.object_]:
    """(n,) the name of the water a point lies in, however far its banks are; "" on land."""
    found = np.full(len(points), "", dtype=object)
    for frame in lines:
        flat = shapely.get_dimensions(np.asarray(frame.geometry.array, dtype=object)) == 2
        named = frame[flat & frame["name"].notna().to_numpy(dtype=bool)]
        if len(named):
            tree = shapely.STRtree(np.asarray(local.to_metres(named.geometry.array), dtype=object))
            point, area = tree.query(points, predicate="within")
            found[point] = named["name"].to_numpy(dtype=object)[area]
    return found


def _rings(own: NDArray[np.intp], start: NDArray[Any], end: NDArray[Any]) -> list[NDArray[np.intp]]:
    """The pieces of each outer rim, in the order along it."""
    breaks = np.flatnonzero((start[own[1:]] != end[own[:-1]]).any(axis=1)) + 1
    return list(np.split(own, breaks))


def _runs(
    ring: NDArray[np.intp],
    start: NDArray[Any],
    end: NDArray[Any],
    along: NDArray[np.object_],
    beside: NDArray[np.object_],
    corner: NDArray[Any],
) -> list[NDArray[np.intp]]:
    """The pieces of one rim in runs along and beside the same, in their order from the north-western corner."""
    length = np.hypot(*(end[ring] - start[ring]).T)
    key = pd.factorize(pd.Series([f"{a}\n{b}" for a, b in zip(along[ring], beside[ring], strict=True)]))[0]
    changes = np.flatnonzero(key != np.roll(key, 1))
    if not len(changes):
        changes = np.array([int(np.argmin(np.hypot(*(start[ring] - corner).T)))])
    runs = [np.arange(one, two) % len(ring) for one, two in zip(changes, [*changes[1:], changes[0] + len(ring)], strict=True)]  # fmt: skip
    runs = _without_short(runs, length, key)
    first = int(np.argmin([np.hypot(*(start[ring[run[0]]] - corner)) for run in runs]))
    halved: list[NDArray[np.intp]] = []
    for run in [*runs[first:], *runs[:first]]:
        parts = max(int(np.ceil(length[run].sum() / LONG_M)), 1)
        marks = np.searchsorted(np.cumsum(length[run]), length[run].sum() * np.arange(1, parts) / parts)
        halved += [ring[part] for part in np.split(run, marks) if len(part)]
    return halved


def _without_short(
    runs: list[NDArray[np.intp]], length: NDArray[Any], key: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    """Runs shorter than `SHORT_M` joined to the longer of their neighbours, shortest first; neighbours of the same kind
    become one."""
    runs = list(runs)
    while len(runs) > 1:
        totals = np.array([length[run].sum() for run in runs])
        shortest = int(np.argmin(totals))
        if totals[shortest] >= SHORT_M:
            break
        before, after = (shortest - 1) % len(runs), (shortest + 1) % len(runs)
        one = before if totals[before] >= totals[after] else shortest
        runs = _joined(runs, one)
    place = 0
    while len(runs) > 1 and place < len(runs):
        if _leading(runs[place], length, key) == _leading(runs[(place + 1) % len(runs)], length, key):
            runs = _joined(runs, place)
            place = 0
        else:
            place += 1
    return runs


def _joined(runs: list[NDArray[np.intp]], place: int) -> list[NDArray[np.intp]]:
    """`runs` with the one at `place` and the next, around the end too, as one."""
    after = (place + 1) % len(runs)
    one = np.concatenate([runs[place], runs[after]])
    kept = [run for number, run in enumerate(runs) if number not in (place, after)]
    return [*kept[: min(place, len(kept))], one, *kept[min(place, len(kept)) :]] if after else [*kept, one]


def _leading(run: NDArray[np.intp], length: NDArray[Any], key: NDArray[np.intp]) -> int:
    return int(np.argmax(np.bincount(key[run], weights=length[run])))


def _most(names: NDArray[np.object_]) -> str:
    """The name most pieces bear; pieces are of nearly one length."""
    values, counts = np.unique(names.astype(str), return_counts=True)
    return str(values[np.argmax(counts)])


def walked(found: gpd.GeoDataFrame, lines: Any) -> NDArray[np.bool_]:
    """(n,) whether each of `stretches` lies on `lines` (degrees) that were walked, whatever grid they were of."""
    if not len(found) or not len(lines):
        return np.zeros(len(found), dtype=bool)
    local = LocalMetres.of(found.geometry.array)
    ways = np.asarray(local.to_metres(found.geometry.array), dtype=object)
    near = shapely.buffer(shapely.union_all(np.asarray(local.to_metres(lines), dtype=object)), SAME_LINE_M)
    left = shapely.length(shapely.intersection(ways, near))
    return np.asarray(left >= _WALKED_SHARE * shapely.length(ways), dtype=bool)


def signed(found: gpd.GeoDataFrame, codes: Sequence[str], lines: Any) -> NDArray[np.intp]:
    """(n,) which of `lines` (degrees; walked for the grids `codes`, oldest first) each stretch was signed for by: the last
    of its own grid that it lies on, whatever its number was then; -1 for none.

    >>> line = shapely.LineString([(108.7, 34.3), (108.702, 34.3)])
    >>> own = gpd.GeoDataFrame({"code": ["a", "b"]}, geometry=[line, line], crs=KEPT_CRS)
    >>> signed(own, ["a", "a"], np.array([line, line])).tolist()
    [1, -1]
    """
    last = np.full(len(found), -1, dtype=np.intp)
    if not len(found) or not len(lines):
        return last
    local = LocalMetres.of(found.geometry.array)
    ways = np.asarray(local.to_metres(found.geometry.array), dtype=object)
    near = shapely.buffer(np.asarray(local.to_metres(lines), dtype=object), SAME_LINE_M)
    stretch, line = shapely.STRtree(near).query(ways, predicate="intersects")
    own = found["code"].to_numpy(dtype=object)[stretch] == np.asarray(codes, dtype=object)[line]
    stretch, line = stretch[own], line[own]
    on = shapely.length(shapely.intersection(ways[stretch], near[line]))
    held = on >= _WALKED_SHARE * shapely.length(ways[stretch])
    np.maximum.at(last, stretch[held], line[held])
    return last


def check_word(found: gpd.GeoDataFrame) -> str:
    """Four characters that change with the stretches of a grid: a sheet with another word shows an outline that is no more.

    >>> line = gpd.GeoDataFrame({"number": [1]}, geometry=[shapely.LineString([(108.7, 34.3), (108.8, 34.3)])])
    >>> len(check_word(line))
    4
    """
    shapes = shapely.to_wkb(shapely.set_precision(np.asarray(found.geometry.array, dtype=object), 1e-6))
    digest = hashlib.sha256(b"".join([*shapes.tolist(), bytes(len(found))])).digest()
    return "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:4])


_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are read for one another."""
