"""Shapes survive the way into a page, neighbours keep their shared corners, and names cannot leave the JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from maps.pages.encode import STEP_DEG, encode_points, encode_shapes, script_json

ORIGIN = (108.7, 34.3)


def corners(ring: list[int]) -> np.ndarray:
    """The way back: whole steps from the origin."""
    return np.cumsum(np.array(ring).reshape(-1, 2), axis=0)


def square(x: float, y: float, side: float) -> Polygon:
    """In steps from the origin."""
    lon, lat = ORIGIN[0] + x * STEP_DEG, ORIGIN[1] + y * STEP_DEG
    return box(lon, lat, lon + side * STEP_DEG, lat + side * STEP_DEG)


def test_a_hole_and_a_second_part_become_rings_of_one_feature() -> None:
    with_hole = square(0, 0, 90).difference(square(30, 30, 10))
    ((first, hole, second),) = encode_shapes([MultiPolygon([with_hole, square(200, 0, 5)])], ORIGIN)
    assert shapely.Polygon(corners(first)).area == 8100
    assert shapely.Polygon(corners(hole)).area == 100
    assert shapely.Polygon(corners(second)).area == 25


def test_lines_keep_both_ends_and_polygons_drop_the_closing_point() -> None:
    line = LineString([ORIGIN, (ORIGIN[0] + 5e-6, ORIGIN[1]), (ORIGIN[0] + 5e-6, ORIGIN[1] + 7e-6)])
    assert encode_shapes([line], ORIGIN) == [[[0, 0, 5, 0, 0, 7]]]
    assert len(encode_shapes([square(0, 0, 9)], ORIGIN)[0][0]) == 8


def test_what_shrinks_to_nothing_is_left_out_but_keeps_its_row() -> None:
    speck = Point(ORIGIN).buffer(1e-8)
    assert encode_shapes([speck, square(0, 0, 9)], ORIGIN)[0] == []
    assert len(encode_shapes([speck, square(0, 0, 9)], ORIGIN)) == 2


def test_neighbours_share_their_corners_after_rounding() -> None:
    left = Polygon([(108.7000001, 34.3), (108.70123456, 34.3), (108.70123456, 34.3012), (108.7, 34.3012)])
    right = Polygon([(108.70123456, 34.3), (108.703, 34.3), (108.703, 34.3012), (108.70123456, 34.3012)])
    rings = [{tuple(c) for c in corners(rows[0])} for rows in encode_shapes([left, right], ORIGIN)]
    assert len(rings[0] & rings[1]) == 2


def test_no_shapes_and_no_points() -> None:
    assert encode_shapes(np.array([], dtype=object), ORIGIN) == []
    assert encode_points(np.zeros(0), np.zeros(0), ORIGIN) == []


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500), st.integers(1, 200)), max_size=12))
def test_every_square_comes_back_whole(squares: list[tuple[int, int, int]]) -> None:
    encoded = encode_shapes([square(*values) for values in squares], ORIGIN)
    assert [shapely.Polygon(corners(rings[0])).area for rings in encoded] == [side**2 for *_, side in squares]


@given(st.text())
def test_any_text_is_inert_inside_a_script_element(text: str) -> None:
    written = script_json({"name": text})
    assert not set(written) & set("<>&\u2028\u2029")
    assert json.loads(written) == {"name": text}


def test_a_number_json_does_not_know_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        script_json(float("nan"))


def test_empty_shapes_have_no_rings() -> None:
    assert encode_shapes([shapely.Polygon(), shapely.Point(0, 0).buffer(0)], (0.0, 0.0)) == [[], []]
    assert encode_shapes([], (0.0, 0.0)) == []
