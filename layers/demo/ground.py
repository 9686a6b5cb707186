"""From the plan on paper to land on the ground: lines are noded, bent by the terrain and closed to faces.

Every line is bent once and shared by the faces on both sides, so plots tile the district exactly, and so
does whatever is put together from them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.demo.quarters import Draft, Plot, Stretch
from layers.demo.terrain import RIVER_HALF_WIDTH_M, Terrain

NODING_STEP_M = 0.01
BEND_STEP_M = 110.0
RESERVE_M = {
    "primary": 23.0,
    "secondary": 16.0,
    "tertiary": 11.0,
    "residential": 6.0,
    "rail": 17.0,
    "none": 2.0,
    "river": RIVER_HALF_WIDTH_M + 4.0,
}
"""Half the width kept free of buildings along a line, pavements included."""
_RANKS = {
    name: rank
    for rank, name in enumerate(("river", "rail", "primary", "secondary", "tertiary", "residential"))
}


@dataclass(frozen=True, slots=True)
class Ground:
    """Land and lines in metres around the centre of the district."""

    edges: NDArray[Any]
    """LineStrings between nodes, each once."""
    stretch: NDArray[np.int64]
    """Per edge, the stretch of the plan it is a piece of."""
    stretches: tuple[Stretch, ...]
    plots: tuple[Plot, ...]
    faces: NDArray[Any]
    """Per plot, its land up to the middle of the roads around it."""
    free: NDArray[Any]
    """Per plot, the part that may be built on; empty by the river."""
    main_side: NDArray[Any]
    """Per plot, the middle lines of the widest roads beside it; empty where there is none but lanes."""
    angle: NDArray[np.float64]
    """Per plot, the direction of its rows of buildings, radians from east."""
    lean: NDArray[np.float64]
    """Per plot, how far rows shift along that direction per metre away from it."""
    river: Any


def lay(draft: Draft, terrain: Terrain) -> Ground:
    """The draft on the ground. Faces come in the order of the draft's plots."""
    plan_edges = _noded(draft.stretches)
    stretch = _owners(plan_edges, draft.stretches)
    edges = np.asarray(shapely.transform(shapely.segmentize(plan_edges, BEND_STEP_M), terrain.to_ground))
    closed = np.asarray(shapely.get_parts(shapely.polygonize(edges)))
    centres = np.array([plot.corners.mean(axis=0) for plot in draft.plots])
    ground_centres = terrain.to_ground(centres)
    plot_of, face_of = shapely.STRtree(closed).query(shapely.points(ground_centres), predicate="within")
    faces = closed[face_of[np.argsort(plot_of, kind="stable")]]
    classes = np.array([draft.stretches[s].road_class for s in stretch])
    river = _river(draft.stretches, terrain)
    riverside = np.array([plot.riverside for plot in draft.plots])
    return Ground(
        edges=edges,
        stretch=stretch,
        stretches=tuple(draft.stretches),
        plots=tuple(draft.plots),
        faces=faces,
        free=_free(faces, edges, classes, riverside),
        main_side=_main_sides(faces, edges, classes),
        angle=terrain.east(centres),
        lean=terrain.lean(centres),
        river=river,
    )


def _noded(stretches: list[Stretch]) -> NDArray[Any]:
    """The lines of the plan, split wherever they meet; T-junctions are snapped to `NODING_STEP_M`."""
    lines = shapely.linestrings(np.array([[s.a, s.b] for s in stretches]))
    return np.asarray(shapely.get_parts(shapely.union_all(lines, grid_size=NODING_STEP_M)))


def _owners(edges: NDArray[Any], stretches: list[Stretch]) -> NDArray[np.int64]:
    """Per edge the stretch it lies on; where several do, the one of the widest road."""
    lines = shapely.linestrings(np.array([[s.a, s.b] for s in stretches]))
    middle = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    edge, stretch = shapely.STRtree(lines).query(middle, predicate="dwithin", distance=0.05)
    rank = np.array([_RANKS.get(s.road_class, 9) for s in stretches])[stretch]
    order = np.lexsort((stretch, rank, edge))
    _, first = np.unique(edge[order], return_index=True)
    return np.asarray(stretch[order][first], dtype=np.int64)


def _river(stretches: list[Stretch], terrain: Terrain) -> Any:
    """The water between both banks; its width breathes a little along the way."""
    xs = [x for s in stretches if s.road_class == "river" for x in (s.a[0], s.b[0])]
    along = np.linspace(min(xs) - 250.0, max(xs) + 250.0, round((max(xs) - min(xs)) / 60.0) + 8)
    half = RIVER_HALF_WIDTH_M * (0.88 + 0.12 * np.sin(along / 610.0 + terrain.phases[2]))
    north = np.column_stack([along, terrain.river_y + half])
    south = np.column_stack([along, terrain.river_y - half])[::-1]
    return shapely.Polygon(terrain.to_ground(np.vstack([south[::-1], north[::-1]])))


def beside(faces: NDArray[Any], edges: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs (face, edge) where the edge is part of the face's outline, ordered by face."""
    face, edge = shapely.STRtree(edges).query(faces, predicate="intersects")
    middle = shapely.line_interpolate_point(edges[edge], 0.5, normalized=True)
    on = shapely.distance(faces[face], middle) < 0.5
    face, edge = face[on], edge[on]
    order = np.lexsort((edge, face))
    return face[order], edge[order]


def _free(
    faces: NDArray[Any], edges: NDArray[Any], classes: NDArray[Any], riverside: NDArray[np.bool_]
) -> NDArray[Any]:
    """Faces without the reserve of the lines around them; the largest part where that leaves several."""
    reserve = shapely.buffer(edges, np.array([RESERVE_M[c] for c in classes]), quad_segs=2)
    face, edge = beside(faces, edges)
    starts = np.flatnonzero(np.diff(face, prepend=-1))
    strips = np.array([shapely.union_all(part) for part in np.split(reserve[edge], starts[1:])])
    free = faces.copy()
    free[face[starts]] = shapely.difference(faces[face[starts]], strips)
    free = np.where(riverside, shapely.Polygon(), free)
    parts, owner = shapely.get_parts(shapely.simplify(free, 0.4), return_index=True)
    order = np.lexsort((-shapely.area(parts), owner))
    owners, first = np.unique(owner[order], return_index=True)
    out = np.full(len(faces), shapely.Polygon(), dtype=object)
    out[owners] = parts[order][first]
    return out


def _main_sides(faces: NDArray[Any], edges: NDArray[Any], classes: NDArray[Any]) -> NDArray[Any]:
    """Per face the line of its widest road (tertiary at least), on which shops face."""
    face, edge = beside(faces, edges)
    rank = np.array([{"primary": 0, "secondary": 1, "tertiary": 2}.get(c, 9) for c in classes])[edge]
    best = np.full(len(faces), 9)
    np.minimum.at(best, face, rank)
    wanted = (rank == best[face]) & (rank < 9)
    out = np.full(len(faces), shapely.LineString(), dtype=object)
    for number in np.unique(face[wanted]):
        out[number] = shapely.line_merge(shapely.union_all(edges[edge[wanted & (face == number)]]))
    return out
