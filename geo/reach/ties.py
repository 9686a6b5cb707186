"""How doors and stations reach the streets: through the gates of their own complex, never through a wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.reach.linework import Floats, Geometries, Ints
from geo.reach.streets import Streets

SEARCH_M = 150.0
"""Where the nearest street lies behind something closed, others are looked for within so many metres."""


@dataclass(frozen=True, slots=True)
class Ties:
    """Ways from places to lines of a network, t of them; a place may have several and has at least one."""

    place: Ints
    """(t,) position of the place."""
    line: Ints
    """(t,) position of the line in `Streets.work.lines`."""
    along_m: Floats
    """(t,) distance along that line where it is reached."""
    walk_m: Floats
    """(t,) metres to there, straight."""
    xy: Floats
    """(n, 2) the places themselves, in the network's metres."""
    complex: Ints
    """(n,) position of the complex each place lies in, or -1."""
    through: Ints
    """Places for which no way to a street was found that crosses nothing closed; the nearest street was taken."""


def tie_places(streets: Streets, points: Any, *, complex_at: Any = None) -> Ties:
    """Ties of `points` (n,), in degrees (EPSG:4490), to `streets`.

    `complex_at` (n,) says which complex each place belongs to (position, -1 for none); without it, the complex it lies
    in. A place in a complex reaches the streets inside its complex and each of its gates, straight across open ground;
    any other the nearest street that nothing closed (water, railway, wall, another complex) lies before.
    """
    spots = streets.local.to_metres(points)
    inside = _complex_of(streets.complexes, spots) if complex_at is None else np.asarray(complex_at, np.int64)
    walled = np.flatnonzero(inside >= 0)
    free = np.flatnonzero(inside < 0)
    outside, through = _to_street(streets, spots, free)
    table = pd.concat(
        [
            _to_lines_within(streets, spots, walled, inside[walled]),
            _to_gates(streets, spots, walled, inside[walled]),
            outside,
        ],
        ignore_index=True,
    )
    table = table.sort_values(["place", "walk_m", "line"], kind="stable")
    return Ties(
        table["place"].to_numpy(dtype=np.int64),
        table["line"].to_numpy(dtype=np.int64),
        table["along_m"].to_numpy(dtype=np.float64),
        table["walk_m"].to_numpy(dtype=np.float64),
        shapely.get_coordinates(spots),
        inside,
        through,
    )


def _complex_of(complexes: Geometries, spots: Geometries) -> Ints:
    found = np.full(len(spots), -1, dtype=np.int64)
    if len(complexes):
        spot, at = shapely.STRtree(complexes).query(spots, predicate="intersects")
        found[spot[::-1]] = at[::-1]
    return found


def _table(place: Ints, line: Ints, along: Floats, walk: Floats) -> pd.DataFrame:
    return pd.DataFrame({"place": place, "line": line, "along_m": along, "walk_m": walk})


def _to_lines_within(streets: Streets, spots: Geometries, walled: Ints, inside: Ints) -> pd.DataFrame:
    """To the nearest street inside the place's own complex, where there is one."""
    lines = streets.work.lines
    ground = np.flatnonzero(streets.work.level == 0)
    used = np.unique(inside)
    at, line = shapely.STRtree(lines[ground]).query(streets.complexes[used], predicate="intersects")
    pieces = shapely.intersection(lines[ground[line]], streets.complexes[used[at]])
    some = pd.DataFrame({"complex": used[at], "line": ground[line], "piece": pieces})
    some = some[shapely.length(pieces) > 0]
    pairs = pd.DataFrame({"place": walled, "complex": inside}).merge(some, on="complex")
    here = spots[pairs["place"].to_numpy(dtype=np.int64)]
    piece = pairs["piece"].to_numpy(dtype=object)
    pairs["walk_m"] = shapely.distance(here, piece)
    pairs = pairs.sort_values(["place", "walk_m", "line"], kind="stable").drop_duplicates("place")
    place, line = pairs["place"].to_numpy(dtype=np.int64), pairs["line"].to_numpy(dtype=np.int64)
    reached = shapely.get_point(shapely.shortest_line(spots[place], pairs["piece"].to_numpy(dtype=object)), 1)
    along = shapely.line_locate_point(lines[line], reached)
    return _table(place, line, along, pairs["walk_m"].to_numpy(dtype=np.float64))


def _to_gates(streets: Streets, spots: Geometries, walled: Ints, inside: Ints) -> pd.DataFrame:
    gates = streets.gates
    doors = pd.DataFrame({"complex": gates.complex, "gate": np.arange(len(gates.complex))})
    pairs = pd.DataFrame({"place": walled, "complex": inside}).merge(doors, on="complex")
    place, gate = pairs["place"].to_numpy(dtype=np.int64), pairs["gate"].to_numpy(dtype=np.int64)
    apart = (
        np.hypot(*(shapely.get_coordinates(spots[place]) - gates.xy[gate]).T) if len(place) else np.empty(0)
    )
    return _table(place, gates.line[gate], gates.along_m[gate], apart + gates.walk_m[gate])


def _to_street(streets: Streets, spots: Geometries, free: Ints) -> tuple[pd.DataFrame, Ints]:
    """To the nearest street with nothing closed before it; and the places for which there was none."""
    lines = streets.work.lines
    if not len(free):
        nothing = np.empty(0, dtype=np.int64)
        return _table(nothing, nothing, np.empty(0), np.empty(0)), nothing
    ground = np.flatnonzero(streets.work.level == 0)
    if not len(ground):
        ground = np.arange(len(lines))
    tree = shapely.STRtree(lines[ground])
    walls = shapely.STRtree(np.concatenate([streets.closed, shapely.boundary(streets.complexes)]))
    nearest = ground[tree.query_nearest(spots[free], all_matches=False)[1]]
    barred = _barred(walls, spots[free], lines[nearest])
    again = free[barred]
    which, line = tree.query(spots[again], predicate="dwithin", distance=SEARCH_M)
    order = np.lexsort((line, shapely.distance(spots[again[which]], lines[ground[line]]), which))
    which, line = which[order], ground[line[order]]
    open_ = ~_barred(walls, spots[again[which]], lines[line])
    which, line = which[open_], line[open_]
    found, first = np.unique(which, return_index=True)
    nearest[np.flatnonzero(barred)[found]] = line[first]
    walk = shapely.distance(spots[free], lines[nearest])
    along = shapely.line_locate_point(lines[nearest], spots[free])
    return _table(free, nearest, along, walk), np.setdiff1d(again, again[found])


def _barred(walls: shapely.STRtree, spots: Geometries, lines: Geometries) -> Any:
    """Whether something closed lies between each spot and its line."""
    way = shapely.shortest_line(spots, lines)
    barred = np.zeros(len(spots), dtype=bool)
    barred[walls.query(way, predicate="crosses")[0]] = True
    return barred
