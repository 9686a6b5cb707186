"""Cells of a coverage cut along a line: each piece is a cell of its own, what was counted on a cell is divided among its
pieces and adds up, and the cells that nothing cuts keep their numbers."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.cells.adjacency import Flags, Geometries, Ints, absorb, neighbours
from geo.cells.dwellings import estimate_households
from geo.cells.faces import dissolve, inner_points, is_thin, make_faces
from geo.cells.parcels import holder_of
from geo.cells.totals import spread
from geo.crs import LocalMetres
from geo.errors import InputError

LEAST_PIECE_M2 = 5.0
"""Smaller pieces are not cut off. Our choice."""
LEAST_WIDTH_M = 1.0
"""Pieces in which no circle of this diameter fits are not cut off. Our choice."""
WALL_M = 0.5
"""A line may run this deep in a building and still counts as running along its wall, as lines between cells do."""


@dataclass(frozen=True, slots=True, eq=False)
class Recut:
    """Cells after a cut."""

    cells: gpd.GeoDataFrame
    """Columns as before and `parent`: of each cell of before its first piece under its number (the one with its building,
    else the largest), then the others."""
    edges: pd.DataFrame
    """a, b, shared_m, barrier, as `geo.cells.adjacency.cell_edges` gives them."""
    parent: Ints
    """(n,) the cell of before that each one came from."""
    on_line: tuple[str, ...]
    """Buildings that stand on the line; the cells in which they do were left whole."""

    @property
    def cut(self) -> bool:
        """Whether any cell is in pieces."""
        return int(self.parent.max(initial=-1)) + 1 < len(self.parent)


def cut_cells(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    chosen: Ints,
    line: shapely.Geometry,
    buildings: gpd.GeoDataFrame,
) -> Recut:
    """The `chosen` cells cut along `line` (EPSG:4490, lines that end on borders or outside) where no building stands on it.

    `cells` and `edges` are those of one community, a valid coverage; `buildings` (ref, geometry, use, levels, height_m,
    households, households_estimated) may reach beyond it. Households and people of a cut cell go with its building;
    without one they are divided by the buildings on each side, else by area. Areas, households and people add up exactly.
    Raises `InputError` where no exact coverage comes out.
    """
    shapes = np.asarray(cells.geometry.array, dtype=object)
    local = LocalMetres.of(shapes)
    crossed = chosen[shapely.relate_pattern(shapes[chosen], line, "T********")]
    blocked, on_line = _built_on(shapes[crossed], line, buildings, local=local)
    pieces, of = _pieces(shapes, crossed[~blocked], line, local=local)
    if len(pieces) == len(shapes):
        same = cells.assign(parent=np.arange(len(cells)))
        return Recut(same, edges, np.arange(len(cells)), on_line)
    return _put_together(cells, edges, pieces, of, buildings, on_line, local=local)


def _built_on(
    crossed: Geometries, line: shapely.Geometry, buildings: gpd.GeoDataFrame, *, local: LocalMetres
) -> tuple[Flags, tuple[str, ...]]:
    """(k,) in which crossed cells a building stands on the line; and the refs of these buildings."""
    footprints = np.asarray(buildings.geometry.array, dtype=object)
    near = np.flatnonzero(shapely.intersects(footprints, line))
    inside = shapely.buffer(local.to_metres(footprints[near]), -WALL_M, join_style="mitre")
    hits = shapely.intersection(inside, local.to_metres(line)[0])
    through = shapely.relate_pattern(hits[:, None], local.to_metres(crossed)[None, :], "T********")
    building, cell = np.nonzero(through)
    blocked = np.zeros(len(crossed), dtype=bool)
    blocked[cell] = True
    refs = buildings["ref"].to_numpy(dtype=object)[near[np.unique(building)]]
    return blocked, tuple(sorted(str(ref) for ref in refs))


def _pieces(
    shapes: Geometries, cut: Ints, line: shapely.Geometry, *, local: LocalMetres
) -> tuple[Geometries, Ints]:
    """All cells, those of `cut` in pieces, and which cell each came from; ascending by it."""
    tree = shapely.STRtree(shapes)
    while len(cut):
        near = np.unique(tree.query(shapes[cut], predicate="intersects")[1])
        for some in (near, np.arange(len(shapes))):
            faces, of = _faces(shapes, some, cut, line, local=local)
            rest = np.setdiff1d(np.arange(len(shapes)), some)
            pieces, of = np.concatenate([faces, shapes[rest]]), np.concatenate([of, rest])
            if _sound(pieces, of, shapes):
                break
        else:
            raise InputError(
                "no exact cells come out along this line; draw it a little to the side",
                "沿此线无法得到严密的基元；请把线稍微移动后再试",
            )
        single = cut[np.bincount(of, minlength=len(shapes))[cut] < 2]
        if not len(single):
            order = np.argsort(of, kind="stable")
            return pieces[order], of[order]
        cut = np.setdiff1d(
            cut, single
        )  # a line that takes next to nothing of a cell leaves no corner in it either
    return shapes, np.arange(len(shapes))


def _faces(
    shapes: Geometries, some: Ints, cut: Ints, line: shapely.Geometry, *, local: LocalMetres
) -> tuple[Geometries, Ints]:
    """The cells `some` with those of `cut` in pieces, none of which is too small or narrow to be a cell."""
    lines = shapely.get_parts(shapely.intersection(shapes[cut], line))
    faces = make_faces([shapely.boundary(shapes[some]), lines[shapely.get_dimensions(lines) == 1]])
    holder = holder_of(shapely.points(inner_points(faces)), shapes[some])
    faces, of = faces[holder >= 0], some[holder[holder >= 0]]
    while True:
        area_m2 = shapely.area(local.to_metres(faces))
        weak = (area_m2 < LEAST_PIECE_M2) | is_thin(faces, width_m=LEAST_WIDTH_M, local=local)
        weak &= (np.bincount(of, minlength=len(shapes)) > 1)[of]
        links = neighbours(faces, local=local)
        groups = absorb(links, weak, allowed=of[links.a] == of[links.b])
        if not weak.any() or groups.max() == len(faces) - 1:
            return faces, of
        faces, of = dissolve(faces, groups), of[np.unique(groups, return_index=True)[1]]


def _sound(pieces: Geometries, of: Ints, shapes: Geometries) -> bool:
    """Whether the pieces are single polygons that cover what the cells did."""
    if len(np.unique(of)) < len(shapes) or not (shapely.get_type_id(pieces) == 3).all():
        return False
    areas = np.bincount(of, shapely.area(pieces), minlength=len(shapes))
    slack = 1e-9 * shapely.area(shapes) + 4e-9 * shapely.length(shapes)
    same = np.abs(areas - shapely.area(shapes)) <= slack
    return bool(same.all() and shapely.is_valid(pieces).all() and shapely.coverage_is_valid(pieces))


def _put_together(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    pieces: Geometries,
    of: Ints,
    buildings: gpd.GeoDataFrame,
    on_line: tuple[str, ...],
    *,
    local: LocalMetres,
) -> Recut:
    parted = np.bincount(of)[of] > 1
    home = holder_of(shapely.points(inner_points(buildings.geometry.array)), pieces)
    refs = cells["building_ref"].to_numpy(dtype=object)
    lives = np.zeros(len(pieces), dtype=bool)
    there = home >= 0
    lives[home[there]] = refs[of[home[there]]] == buildings["ref"].to_numpy(dtype=object)[there]
    order = np.lexsort((-shapely.area(pieces), ~lives, of))
    first = np.zeros(len(pieces), dtype=bool)
    first[order[np.unique(of[order], return_index=True)[1]]] = True
    place = np.lexsort(
        (np.arange(len(pieces)), ~first)
    )  # the first pieces, then the others, each by their cell
    pieces, of, parted, first = pieces[place], of[place], parted[place], first[place]
    rank = np.empty(len(place), dtype=np.int64)
    rank[place] = np.arange(len(place))
    made = cells.iloc[of].reset_index(drop=True).set_geometry(gpd.GeoSeries(pieces, crs=cells.crs))
    made = made.assign(cell=np.arange(len(of)), parent=of)
    lost = parted & ~first & made["building_ref"].notna().to_numpy(dtype=bool)
    made.loc[lost, ["building_ref", "kind"]] = [None, "empty"]
    where = np.where(there, rank[home], -1)
    made = _divided(cells, made, of, np.flatnonzero(parted), where, buildings)
    return Recut(made, _edges(edges, made, of, parted, local=local), of, on_line)


def _divided(
    cells: gpd.GeoDataFrame,
    made: gpd.GeoDataFrame,
    of: Ints,
    parted: Ints,
    where: Ints,
    buildings: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """The pieces with their share of what was counted on their cell."""
    share = shapely.area(np.asarray(made.geometry.array, dtype=object))
    built = cells["building_ref"].notna().to_numpy(dtype=bool)
    homes = np.zeros(len(made))
    if not built[of[parted]].all():
        here = where >= 0
        counted = estimate_households(buildings[here])["households"].fillna(0).to_numpy(np.float64)
        homes += np.bincount(where[here], counted, minlength=len(made))
    households, estimated = made["households"].to_numpy(np.int64), made["households_estimated"].to_numpy(bool)
    people, area_m2 = (
        made["people"].to_numpy(np.float64, na_value=np.nan),
        made["area_m2"].to_numpy(np.float64),
    )
    households, estimated, people, area_m2 = (
        column.copy() for column in (households, estimated, people, area_m2)
    )
    for cell in np.unique(of[parted]):
        mine = parted[of[parted] == cell]
        first, others = mine[0], mine[1:]
        weights = homes[mine] if homes[mine].any() else share[mine]
        if built[cell]:
            weights = np.array([1.0, *[0.0] * len(others)])
        households[mine] = spread(int(households[first]), weights)
        if not np.isnan(people[first]):
            people[mine] = spread(int(people[first]), weights)
        shared = (households[mine] > 0).sum() > 1
        estimated[mine] = (estimated[mine] | shared) & (households[mine] > 0)
        area_m2[others] = area_m2[first] * share[others] / share[mine].sum()
        area_m2[first] -= area_m2[others].sum()
    heads = pd.array(people, dtype="Int64")
    return made.assign(households=households, people=heads, households_estimated=estimated, area_m2=area_m2)


def _edges(
    edges: pd.DataFrame, made: gpd.GeoDataFrame, of: Ints, parted: Flags, *, local: LocalMetres
) -> pd.DataFrame:
    """The edges of before where neither cell was cut, and those of the pieces."""
    torn = np.zeros(int(of.max()) + 1, dtype=bool)
    torn[of[parted]] = True
    stay = edges[~torn[edges["a"]] & ~torn[edges["b"]]]
    touched = edges[torn[edges["a"]] | torn[edges["b"]]]
    beside = np.unique(np.concatenate([np.flatnonzero(parted), touched["a"], touched["b"]]))
    links = neighbours(np.asarray(made.geometry.array, dtype=object)[beside], local=local)
    a, b, block = beside[links.a], beside[links.b], made["block"].to_numpy()
    fresh = pd.DataFrame({"a": a, "b": b, "shared_m": links.shared_m, "barrier": block[a] != block[b]})
    found = pd.concat([stay, fresh[parted[a] | parted[b]]])
    return found.sort_values(["a", "b"]).reset_index(drop=True).astype(edges.dtypes.to_dict())
