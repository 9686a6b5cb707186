"""One district, one coverage: what two communities share has the same corners on both sides."""

from __future__ import annotations

import itertools

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.plans.common_lines import with_common_corners


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(1, 999), min_size=1, max_size=6, unique=True),
    st.lists(st.integers(1, 999), min_size=1, max_size=6, unique=True),
    st.floats(-0.4, 0.4),
)
def test_grids_on_both_sides_of_a_slanting_line_are_one_coverage(west, east, slope):
    # the common line leans, so that cut points round off it; each side is cut at heights of its own
    def corner(height):
        return np.round([108.7 + slope * height / 1e5, 34.0 + height / 1e5], 9)

    def strips(heights, side):
        across = np.array([side, 0.0])
        ends = [0, *sorted(heights), 1000]
        return [
            shapely.Polygon([corner(a), corner(b), corner(b) + across, corner(a) + across])
            for a, b in itertools.pairwise(ends)
        ]

    left, right = strips(west, -0.01), strips(east, 0.01)
    polygons = np.array(left + right, dtype=object)
    out = with_common_corners(polygons, np.array(["w"] * len(left) + ["e"] * len(right)))
    assert shapely.coverage_is_valid(out)
    np.testing.assert_allclose(shapely.area(out), shapely.area(polygons), rtol=1e-6)


def test_holes_and_several_parts_keep_their_build():
    ring = shapely.box(0, 0, 3, 3) - shapely.box(1, 1, 2, 2)
    inside = [shapely.box(1, 1, 2, 1.5), shapely.box(1, 1.5, 2, 2)]
    far = shapely.union(shapely.box(3, 0, 4, 1), shapely.box(3, 2, 4, 3))
    polygons = np.array([ring, *inside, far], dtype=object)
    out = with_common_corners(polygons, np.array(["a", "b", "b", "c"]))
    assert shapely.coverage_is_valid(out)
    assert shapely.get_type_id(out).tolist() == [3, 3, 3, 6]
    assert not shapely.coverage_is_valid(polygons)


def test_one_community_and_none_are_left_alone():
    one = np.array([shapely.box(0, 0, 1, 2), shapely.box(1, 0, 2, 1)], dtype=object)
    assert with_common_corners(one, np.array(["a", "a"])) is one
    assert len(with_common_corners(np.empty(0, dtype=object), np.empty(0))) == 0


def test_neighbours_apart_by_more_than_a_rounding_stay_apart():
    gap = np.array([shapely.box(0, 0, 1, 2), shapely.box(1 + 1e-6, 0, 2, 1)], dtype=object)
    assert (with_common_corners(gap, np.array(["a", "b"])) == gap).all()
