"""Where a station could stand when nobody names places: crossings of streets near homes, spread evenly."""

from __future__ import annotations

import numpy as np
import shapely
from scipy.spatial import KDTree

from geo.reach.linework import Floats
from geo.reach.streets import Streets

APART_M = 250.0
"""One crossing for each square of this side: a quarter of a fifteen-minute walk, so that little is lost."""
NEAR_HOMES_M = 400.0
_STREETS_THAT_CROSS = 3


def crossings(
    streets: Streets, homes_xy: Floats, *, apart_m: float = APART_M, near_m: float = NEAR_HOMES_M
) -> Floats:
    """(c, 2) crossings in the network's metres, within `near_m` of one of `homes_xy` (n, 2): of each square of
    `apart_m` metres the one nearest to its middle. Ends of streets where nothing crosses do not count. From south to
    north. The same streets give the same crossings.
    """
    work = streets.work
    if not len(homes_xy) or not len(work.lines):
        return np.empty((0, 2))
    degree = np.bincount(np.concatenate([work.start, work.end]), minlength=work.junctions)
    xy = np.empty((work.junctions, 2))
    xy[work.start] = shapely.get_coordinates(shapely.get_point(work.lines, 0))
    xy[work.end] = shapely.get_coordinates(shapely.get_point(work.lines, -1))
    spots = xy[degree >= _STREETS_THAT_CROSS]
    if not len(spots):
        return spots
    spots = spots[KDTree(homes_xy).query(spots)[0] <= near_m]
    square = np.floor(spots / apart_m).astype(np.int64)
    off = np.hypot(*(spots - (square + 0.5) * apart_m).T)
    order = np.lexsort((spots[:, 0], off, square[:, 0], square[:, 1]))
    rows = square[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (rows[1:] != rows[:-1]).any(axis=1)
    return np.asarray(spots[order[first]])
