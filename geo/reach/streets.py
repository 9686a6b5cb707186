"""Where people can walk: the streets as a network, cut by water, railways and walls, and the gates of complexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import LocalMetres, require_kept_crs
from geo.errors import EmptyLayerError
from geo.reach.linework import Floats, Geometries, Ints, Linework, join_gaps, node_lines

GAP_M = 1.5
"""Ends this near to a street were meant to touch it. Our choice, half a footpath's width."""
GATE_M = 4.0
"""A street passes a known gate when it crosses the outline this near to it."""
_WALL_M = 0.25
_BANK_M = 1.0
NOT_WALKED = frozenset({"motorway", "rail", "wall"})
"""Classes of roads nobody walks along."""
_FLOWING = ("river", "canal")

KNOWN, BY_ROAD, GUESSED = "known", "road", "guessed"
"""How a gate is known: given, a street crosses the outline there, or only the nearest spot to a street."""


@dataclass(frozen=True, slots=True)
class Gates:
    """Ways into complexes, g of them."""

    xy: Floats
    """(g, 2) in metres, on the outline."""
    complex: Ints
    """(g,) position of the complex in the frame given."""
    kind: tuple[str, ...]
    """`known`, `road` or `guessed`."""
    line: Ints
    """(g,) the line of the network it leads to."""
    along_m: Floats
    """(g,) distance along that line."""
    walk_m: Floats
    """(g,) metres from the gate to the line, straight."""


@dataclass(frozen=True, slots=True)
class Streets:
    """The walkable streets of an area. Its own metres are those of `local`."""

    local: LocalMetres
    work: Linework
    island: Ints
    """(junctions,) number of the connected part of each junction; 0 is the longest."""
    complexes: Geometries
    """(c,) polygons in metres; walled, entered by `gates` only."""
    gates: Gates
    closed: Geometries
    """What nobody walks through: water, railways and walls on the ground, in metres."""
    closed_m: float
    """Metres of street that were taken away because they lie in water or cross what is closed."""

    @property
    def island_lengths_m(self) -> Floats:
        """(islands,) metres of street in each connected part, longest first."""
        lengths = np.bincount(self.island[self.work.start], weights=shapely.length(self.work.lines))
        return np.asarray(lengths, dtype=np.float64)


def street_graph(
    roads: gpd.GeoDataFrame,
    *,
    water: gpd.GeoDataFrame | None = None,
    complexes: gpd.GeoDataFrame | None = None,
    gates: gpd.GeoDataFrame | None = None,
    gap_m: float = GAP_M,
) -> Streets:
    """The network of `roads` (contract of `geo.frames`, EPSG:4490; a column `level` with whole numbers wins over
    bridge and tunnel).

    Streets on the ground end at the banks of `water`, at railways and at walls unless they share a corner with them
    (a crossing, a gate); bridges and tunnels pass, and join only where they end. Streams as lines are taken to be
    culverted. The outline of each of `complexes` is a wall: with rows of `gates` (points, `complex_ref`) it is open
    only there; else where streets cross it; else at one guessed gate, the spot nearest to a street.

    Motorways are not walked along. Same input, same network. Raises `EmptyLayerError` without a street to walk on and
    `MissingCrsError`.
    """
    require_kept_crs(roads, "roads")
    walked = roads[~roads["road_class"].isin(NOT_WALKED).to_numpy()]
    if walked.empty:
        raise EmptyLayerError(
            "no street to walk on; import roads (streets as lines, or OpenStreetMap) first",
            "没有可步行的道路；请先导入道路（线状 streets，或 OpenStreetMap 文件）",
        )
    local = LocalMetres.of(roads)
    lines, level = _parts(walked, local)
    outlines = np.empty(0, dtype=object) if complexes is None else local.to_metres(complexes)
    known = _known_gates(gates, complexes, outlines, local)
    closed = _closed(roads, water, outlines, known, lines[level == 0], local)
    cut = shapely.union_all(closed) if len(closed) else None
    before = float(shapely.length(lines).sum())
    work = node_lines(lines, level, cut=cut)
    taken = max(before - float(shapely.length(work.lines).sum()), 0.0)
    work = join_gaps(work, gap_m=gap_m, closed=closed)
    if not len(work.lines):
        raise EmptyLayerError(
            "every street lies in water or behind walls; check the water layer and its CRS",
            "所有道路都落在水域或墙内；请检查水系图层及其坐标系",
        )
    return Streets(
        local, work, _islands(work), outlines, _gates(work, outlines, known), closed, taken if cut else 0.0
    )


def _parts(roads: gpd.GeoDataFrame, local: LocalMetres) -> tuple[Geometries, Ints]:
    """Single lines in metres, to the millimetre, and their levels."""
    parts, row = shapely.get_parts(local.to_metres(roads), return_index=True)
    rounded = np.asarray(shapely.transform(parts, lambda xy: np.round(xy, 3)), dtype=object)
    return rounded, _levels(roads)[row]


def _levels(roads: gpd.GeoDataFrame) -> Ints:
    above = roads["bridge"].fillna(False).astype(bool).to_numpy()
    below = roads["tunnel"].fillna(False).astype(bool).to_numpy()
    plain = np.where(above, 1, np.where(below, -1, 0)).astype(np.int64)
    if "level" not in roads:
        return plain
    said = pd.to_numeric(roads["level"], errors="coerce").to_numpy(dtype=np.float64)
    return np.asarray(np.where(np.isnan(said), plain, said), dtype=np.int64)


def _closed(
    roads: gpd.GeoDataFrame,
    water: gpd.GeoDataFrame | None,
    outlines: Geometries,
    known: pd.DataFrame,
    streets: Geometries,
    local: LocalMetres,
) -> Geometries:
    """Polygons nobody walks through on the ground."""
    closing = roads[roads["road_class"].isin(("rail", "wall")).to_numpy()]
    barriers, level = _parts(closing, local) if len(closing) else (np.empty(0, dtype=object), None)
    if level is not None:
        barriers = barriers[level == 0]
    made = [_with_openings(barriers, streets)] if len(barriers) else []
    if water is not None and len(water):
        parts, row = shapely.get_parts(local.to_metres(water), return_index=True)
        areas = shapely.get_dimensions(parts) == 2
        flowing = water["kind"].isin(_FLOWING).to_numpy()[row] & ~areas
        made += [shapely.buffer(parts[areas], -_BANK_M), shapely.buffer(parts[flowing], _WALL_M)]
    if len(known):
        walls = shapely.buffer(shapely.boundary(outlines), _WALL_M)
        for number, some in known.groupby("complex"):
            openings = shapely.buffer(shapely.points(some[["x", "y"]].to_numpy()), GATE_M)
            made.append(np.array([shapely.difference(walls[int(number)], shapely.union_all(openings))]))
    if not made:
        return np.empty(0, dtype=object)
    every = shapely.get_parts(np.concatenate(made))
    return np.asarray(every[~shapely.is_empty(every)], dtype=object)


def _with_openings(barriers: Geometries, streets: Geometries) -> Geometries:
    """Barriers as thin polygons, open where a street has a corner on them."""
    walls = shapely.buffer(barriers, _WALL_M, cap_style="flat")
    mine, theirs = _corners(barriers), _corners(streets)
    shared = np.intersect1d(mine, theirs)
    if not len(shared):
        return np.asarray(walls, dtype=object)
    openings = shapely.union_all(
        shapely.buffer(shapely.points(np.column_stack([shared.real, shared.imag])), GATE_M)
    )
    return np.asarray(shapely.difference(walls, openings), dtype=object)


def _corners(lines: Geometries) -> Any:
    xy = np.round(shapely.get_coordinates(lines), 3)
    return np.unique(xy[:, 0] + 1j * xy[:, 1])


def _known_gates(
    gates: gpd.GeoDataFrame | None,
    complexes: gpd.GeoDataFrame | None,
    outlines: Geometries,
    local: LocalMetres,
) -> pd.DataFrame:
    """Given gates on the outlines of their complexes: complex (position), x, y."""
    empty = pd.DataFrame({"complex": np.empty(0, np.int64), "x": np.empty(0), "y": np.empty(0)})
    if gates is None or complexes is None or gates.empty or complexes.empty:
        return empty
    require_kept_crs(gates, "gates")
    position = pd.Series(np.arange(len(complexes)), index=complexes["ref"].to_numpy())
    place = gates["complex_ref"].map(position)
    there = place.notna().to_numpy()
    at = place[there].to_numpy(dtype=np.int64)
    points = local.to_metres(gates)[there]
    rings = shapely.boundary(outlines[at])
    spots = shapely.line_interpolate_point(
        shapely.get_geometry(rings, 0), shapely.line_locate_point(shapely.get_geometry(rings, 0), points)
    )
    xy = shapely.get_coordinates(spots)
    return pd.DataFrame({"complex": at, "x": xy[:, 0], "y": xy[:, 1]})


def _gates(work: Linework, outlines: Geometries, known: pd.DataFrame) -> Gates:
    """Known gates; for complexes without any, where streets cross the outline; else the spot nearest to a street."""
    if not len(outlines):
        none = np.empty(0)
        nothing = np.empty(0, dtype=np.int64)
        return Gates(none.reshape(0, 2), nothing, (), nothing, none, none)
    ground = np.flatnonzero(work.level == 0)
    if not len(ground):
        ground = np.arange(len(work.lines))
    tree = shapely.STRtree(work.lines[ground])
    told = np.isin(np.arange(len(outlines)), known["complex"].to_numpy())
    at, line = tree.query(shapely.boundary(outlines), predicate="intersects")
    at, line = at[~told[at]], ground[line[~told[at]]]
    crossing = shapely.intersection(shapely.boundary(outlines[at]), work.lines[line])
    spots, pair = shapely.get_parts(crossing, return_index=True)
    spots = shapely.point_on_surface(spots)
    by_road = pd.DataFrame({"complex": at[pair], "kind": BY_ROAD, "spot": spots})
    left = np.setdiff1d(np.flatnonzero(~told), by_road["complex"].to_numpy())
    nearest = ground[tree.query_nearest(outlines[left], all_matches=False)[1]] if len(left) else left
    shortest = shapely.shortest_line(outlines[left], work.lines[nearest])
    guessed = pd.DataFrame({"complex": left, "kind": GUESSED, "spot": shapely.get_point(shortest, 0)})
    given = pd.DataFrame(
        {
            "complex": known["complex"],
            "kind": KNOWN,
            "spot": list(shapely.points(known[["x", "y"]].to_numpy().reshape(-1, 2))),
        }
    )
    every = pd.concat([given, by_road, guessed]).sort_values("complex", kind="stable")
    spots = every["spot"].to_numpy(dtype=object)
    reached = ground[tree.query_nearest(spots, all_matches=False)[1]]
    along = shapely.line_locate_point(work.lines[reached], spots)
    return Gates(
        shapely.get_coordinates(spots),
        every["complex"].to_numpy(dtype=np.int64),
        tuple(every["kind"]),
        reached.astype(np.int64),
        along,
        shapely.distance(spots, work.lines[reached]),
    )


def _islands(work: Linework) -> Ints:
    n = work.junctions
    graph = coo_array((np.ones(len(work.lines), dtype=np.int8), (work.start, work.end)), shape=(n, n))
    count, part = connected_components(graph, directed=False)
    lengths = np.bincount(part[work.start], weights=shapely.length(work.lines), minlength=count)
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(-lengths, kind="stable")] = np.arange(count)
    return np.asarray(rank[part], dtype=np.int64)
