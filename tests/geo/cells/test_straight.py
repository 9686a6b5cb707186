"""Lines between polygons made straight, for both sides at once."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.cells.straight import straighten
from geo.crs import LocalMetres

HERE = LocalMetres.around(108.7, 34.33)
ZIGZAG = [(50 + (i % 2), 10.0 * i) for i in range(11)]
#  0   50  100
#  ┌────<────┐ 100
#  │    >    │
#  └────<────┘ 0
LEFT = shapely.Polygon([(0, 0), *ZIGZAG, (0, 100)])
RIGHT = shapely.Polygon([(100, 100), *ZIGZAG[::-1], (100, 0)])


def degrees(*polygons):
    return HERE.to_degrees(np.array(polygons, dtype=object))


def test_a_zigzag_becomes_one_line_for_both_sides():
    out = straighten(degrees(LEFT, RIGHT), local=HERE, tolerance_m=1.5)
    assert shapely.get_num_coordinates(out).tolist() == [5, 5]
    assert shapely.coverage_is_valid(out)
    assert shapely.area(HERE.to_metres(out)).sum() == pytest.approx(10_000, rel=1e-6)


def test_no_line_runs_through_a_building_it_did_not_touch():
    bend = [(50, 0), (60, 50), (50, 100)]
    pair = (shapely.Polygon([(0, 0), *bend, (0, 100)]), shapely.Polygon([(100, 100), *bend[::-1], (100, 0)]))
    house = np.array([shapely.box(45, 45, 55, 55)])
    free = straighten(degrees(*pair), local=HERE, tolerance_m=12)
    held = straighten(degrees(*pair), local=HERE, tolerance_m=12, obstacles=house)
    assert shapely.get_num_coordinates(free).tolist() == [5, 5]
    assert shapely.get_num_coordinates(held).tolist() == [6, 6]


def test_junctions_and_the_outer_boundary_stay():
    round_town = shapely.Point(0, 0).buffer(100)
    halves = [
        shapely.intersection(round_town, box)
        for box in (shapely.box(-100, -100, 0, 100), shapely.box(0, -100, 100, 100))
    ]
    out = straighten(degrees(*halves), local=HERE, tolerance_m=20)
    before, after = (shapely.coverage_union_all(found) for found in (degrees(*halves), out))
    assert shapely.area(shapely.symmetric_difference(before, after)) == 0


def test_grids_in_several_parts_and_with_holes_survive():
    ring = shapely.box(0, 0, 100, 100) - shapely.box(40, 40, 60, 60)
    two = shapely.union(shapely.box(40, 40, 60, 60), shapely.box(200, 0, 210, 10))
    out = straighten(degrees(ring, two), local=HERE, tolerance_m=3)
    assert shapely.get_type_id(out).tolist() == [3, 6]
    assert shapely.coverage_is_valid(out)
    assert shapely.equals(out, degrees(ring, two)).all()
    assert len(straighten(np.empty(0, dtype=object), local=HERE, tolerance_m=3)) == 0
