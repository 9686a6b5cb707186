"""H3 hexagons: atoms for ground on which no buildings are known."""

from __future__ import annotations

import h3
import numpy as np
import shapely

from geo.cells.adjacency import Flags, Floats, Geometries, Ints, absorb, neighbours
from geo.cells.faces import areas_in
from geo.crs import LocalMetres, round_coordinates
from geo.errors import InputError

DEFAULT_RESOLUTION = 10
"""H3 resolution: hexagons of about 1.5 ha, some 65 m to a side."""
LARGE_IN_HEXES = 4.0
"""Empty ground larger than this many hexagons is cut into hexagons. Our choice."""
MIN_HEX_SHARE = 0.25
"""Pieces at the rim smaller than this share of a hexagon join a neighbour. Our choice."""


def hex_area_m2(resolution: int) -> float:
    """Average area of a hexagon in square metres. Raises `InputError` for a resolution H3 does not have.

    >>> round(hex_area_m2(10))
    15048
    """
    if not 0 <= resolution <= 15:
        raise InputError(
            f"h3 resolution {resolution} does not exist; choose one from 0 to 15, usually 9 to 11",
            f"H3 分辨率 {resolution} 不存在；请在 0 到 15 之间选择，通常为 9 到 11",
        )
    return float(h3.average_hexagon_area(resolution, unit="m^2"))


def hex_lines(ground: Geometries, *, resolution: int) -> Geometries:
    """Outlines in degrees of all hexagons that touch the polygons of `ground`, cut to their bounds."""
    cells: set[str] = set()
    for polygon in shapely.get_parts(ground):
        cells.update(
            h3.h3shape_to_cells_experimental(h3.geo_to_h3shape(polygon), resolution, contain="bbox_overlap")
        )
    rings = [[(lon, lat) for lat, lon in h3.cell_to_boundary(cell)] for cell in sorted(cells)]
    outlines = round_coordinates(shapely.boundary([shapely.Polygon(ring) for ring in rings]))
    near = shapely.buffer(shapely.coverage_union_all(ground), 1e-6)
    return np.asarray(shapely.get_parts(shapely.intersection(outlines, near)), dtype=object)


def hex_of(points: Floats, *, resolution: int) -> Ints:
    """H3 index, as a whole number, of the hexagon around each point (n, 2) in degrees."""
    return np.array(
        [h3.str_to_int(h3.latlng_to_cell(lat, lon, resolution)) for lon, lat in points], dtype=np.int64
    )


def without_rim(
    polygons: Geometries, is_hex: Flags, parcel: Ints, *, resolution: int, local: LocalMetres
) -> Ints:
    """Groups, one number per polygon, in which small pieces of hexagons have joined a hexagon of the same parcel."""
    small = areas_in(polygons, local=local) < MIN_HEX_SHARE * hex_area_m2(resolution)
    links = neighbours(polygons, local=local)
    allowed = (parcel[links.a] == parcel[links.b]) & is_hex[links.a] & is_hex[links.b]
    return absorb(links, small & is_hex, allowed=allowed)
