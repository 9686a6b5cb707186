"""Where names stand on a map: the visual centre of each polygon and the room there is around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import LocalMetres

TOLERANCE_M = 2.0
"""A visual centre is found to this; a name does not need better."""


@dataclass(frozen=True, slots=True)
class Anchors:
    """Visual centres of n polygons. `lon`, `lat` in degrees, `radius_m` of the widest circle inside."""

    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    radius_m: NDArray[np.float64]


def visual_centres(geometries: Any) -> Anchors:
    """The centre and radius of the widest circle inside the largest part of each polygon (EPSG:4490).

    >>> square = shapely.box(108.0, 34.0, 108.001, 34.001)
    >>> anchors = visual_centres([square])
    >>> round(float(anchors.lon[0]), 4), round(float(anchors.radius_m[0]))
    (108.0005, 46)
    """
    array = np.atleast_1d(np.asarray(geometries, dtype=object))
    if len(array) == 0:
        empty = np.zeros(0)
        return Anchors(empty, empty, empty)
    local = LocalMetres.of(array)
    polygons = _largest_parts(local.to_metres(array))
    spokes = shapely.maximum_inscribed_circle(polygons, tolerance=TOLERANCE_M)
    centres = shapely.get_point(spokes, 0)
    degrees = local.to_degrees(centres)
    return Anchors(shapely.get_x(degrees), shapely.get_y(degrees), shapely.length(spokes))


def _largest_parts(polygons: NDArray[Any]) -> NDArray[Any]:
    parts, owner = shapely.get_parts(polygons, return_index=True)
    order = np.lexsort((shapely.area(parts), owner))
    last = np.append(owner[order][1:] != owner[order][:-1], True)
    return np.asarray(parts[order[last]])
