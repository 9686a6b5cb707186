"""Hexagons on empty ground."""

from __future__ import annotations

import h3
import numpy as np
import pytest
import shapely

from geo.cells.faces import inner_points, make_faces
from geo.cells.hexes import hex_area_m2, hex_lines, hex_of
from geo.errors import InputError

GROUND = shapely.box(108.70, 34.33, 108.71, 34.336)


def test_lines_cut_the_ground_exactly_into_its_hexagons():
    faces = make_faces([np.array([shapely.boundary(GROUND)]), hex_lines(np.array([GROUND]), resolution=10)])
    faces = faces[shapely.contains(GROUND, shapely.points(inner_points(faces)))]
    assert shapely.coverage_is_valid(faces)
    assert shapely.area(faces).sum() == pytest.approx(GROUND.area, rel=1e-9)
    cells = hex_of(inner_points(faces), resolution=10)
    assert len(set(cells.tolist())) == len(faces)
    whole = faces[~shapely.intersects(faces, shapely.boundary(GROUND))]
    wanted = h3.geo_to_cells(GROUND, 10)
    assert 0 < len(whole) <= len(wanted) <= len(faces)


def test_a_resolution_that_is_none():
    assert hex_area_m2(9) > hex_area_m2(10)
    with pytest.raises(InputError, match="0 to 15"):
        hex_area_m2(-1)
