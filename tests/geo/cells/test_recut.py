"""Cells that wind around others or hang on a neck are cut straight."""

from __future__ import annotations

import numpy as np
import shapely

from geo.cells.recut import NECK_M, without_winding
from geo.crs import LocalMetres

HERE = LocalMetres.around(108.7, 34.33)
SQUARE = shapely.box(0, 0, 100, 100)
TOWER = shapely.box(45, 45, 60, 60)


def recut(*cells, middles):
    polygons = HERE.to_degrees(np.array(cells, dtype=object))
    spots = np.array(
        [
            [np.nan] * 2 if m is None else shapely.get_coordinates(HERE.to_degrees(shapely.Point(m)))[0]
            for m in middles
        ]
    )
    out, of = without_winding(polygons, spots, np.zeros(len(cells), np.int64), local=HERE)
    assert shapely.coverage_is_valid(out)
    assert (shapely.get_type_id(out) == 3).all()
    metres = HERE.to_metres(out)
    assert np.isclose(shapely.area(metres).sum(), shapely.area(np.array(cells)).sum(), rtol=1e-6)
    return metres, of


def test_a_tower_in_its_podium_reaches_the_edge():
    out, of = recut(SQUARE - TOWER, TOWER, middles=[(20, 20), (52, 52)])
    assert not shapely.get_num_interior_rings(out).any()
    assert of.tolist() == [0, 1]
    assert shapely.contains(out[1], TOWER.centroid)


def test_a_pond_within_one_cell_joins_it_and_one_at_its_edge_does_not():
    out, of = recut(SQUARE - TOWER, TOWER, middles=[(20, 20), None])
    assert of.tolist() == [0]
    assert np.isclose(out[0].area, SQUARE.area)
    beside = shapely.box(100, 0, 120, 100)
    assert len(recut(SQUARE, beside, middles=[(20, 20), None])[1]) == 2


def test_what_hangs_on_a_neck_goes_to_its_neighbour():
    # two squares joined by a passage of 2 m; the rest of the box is a third cell
    lobes = shapely.union_all(
        [shapely.box(0, 0, 40, 40), shapely.box(60, 0, 100, 40), shapely.box(39, 10, 61, 12)]
    )
    rest = shapely.box(0, 0, 100, 60) - lobes
    out, _ = recut(lobes, rest, middles=[(20, 20), (50, 50)])
    shrunk = shapely.buffer(out, -NECK_M / 2, join_style="mitre")
    assert shapely.get_num_geometries(shrunk).tolist() == [1, 1]
    assert shapely.contains(out[0], shapely.Point(20, 20))


def test_a_cell_keeps_the_middle_of_its_building_wherever_that_is():
    tower = shapely.box(
        55, 40, 80, 60
    )  # the widest place of the ground around it is in the west, the house in the east
    out, _ = recut(SQUARE - tower, tower, middles=[(92, 50), (65, 50)])
    assert shapely.contains(out[0], shapely.Point(92, 50))
    assert not shapely.get_num_interior_rings(out).any()
    narrow = shapely.union_all(
        [shapely.box(0, 0, 40, 40), shapely.box(60, 0, 80, 20), shapely.box(39, 8, 61, 12)]
    )
    out, _ = recut(narrow, shapely.box(0, 0, 100, 60) - narrow, middles=[(58, 10), (10, 50)])
    assert shapely.contains(out[0], shapely.Point(58, 10))
