"""Neighbours by equal segments."""

from __future__ import annotations

import numpy as np
import shapely

from geo.cells.adjacency import Links, absorb, connected, in_order_of_appearance, neighbours

# 0 0 1
# 2 3 1      3 is a hole of nothing: it touches 0 above, 1 to the right, 2 to the left
SQUARES = shapely.from_wkt(
    [
        "POLYGON ((0 10, 10 10, 20 10, 20 20, 0 20, 0 10))",
        "POLYGON ((20 0, 30 0, 30 20, 20 20, 20 10, 20 0))",
        "POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0))",
        "POLYGON ((10 0, 20 0, 20 10, 10 10, 10 0))",
    ]
)


def pairs(links: Links) -> dict[tuple[int, int], float]:
    return {(int(a), int(b)): float(m) for a, b, m in zip(*links, strict=True)}


def test_shared_lengths_and_no_corner_neighbours():
    assert pairs(neighbours(SQUARES)) == {
        (0, 1): 10.0,
        (0, 2): 10.0,
        (0, 3): 10.0,
        (1, 3): 10.0,
        (2, 3): 10.0,
    }


def test_a_hole_and_what_fills_it_are_neighbours():
    outer = shapely.box(0, 0, 30, 30) - shapely.box(10, 10, 20, 20)
    assert pairs(neighbours([outer, shapely.box(10, 10, 20, 20)])) == {(0, 1): 40.0}


def test_edges_in_two_runs_are_added_up():
    u = shapely.from_wkt("POLYGON ((0 0, 30 0, 30 30, 20 30, 20 10, 10 10, 10 30, 0 30, 0 0))")
    plug = shapely.from_wkt("POLYGON ((10 10, 20 10, 20 30, 10 30, 10 10))")
    assert pairs(neighbours([u, plug])) == {(0, 1): 50.0}


def test_nothing_has_no_neighbours():
    assert pairs(neighbours(np.empty(0, dtype=object))) == {}
    assert pairs(neighbours([shapely.box(0, 0, 1, 1)])) == {}


def test_connected_joins_equal_groups_only_where_they_touch():
    links = neighbours(SQUARES)
    assert connected(links, np.array([5, 7, 7, 5])).tolist() == [0, 1, 2, 0]


def test_absorb_prefers_a_strong_neighbour_and_the_longer_edge():
    links = Links(np.array([0, 0, 1, 2]), np.array([1, 2, 2, 3]), np.array([1.0, 9.0, 3.0, 2.0]))
    weak = np.array([False, True, True, False])
    # 1: strong 0; 2: strong 0 (9 m) before strong 3 (2 m)
    assert absorb(links, weak).tolist() == [0, 0, 0, 1]
    assert absorb(links, weak, allowed=np.array([True, False, True, True])).tolist() == [0, 0, 1, 1]


def test_absorb_never_joins_two_strong_ones():
    links = Links(np.array([0, 1]), np.array([1, 2]), np.array([5.0, 5.0]))
    assert absorb(links, np.array([False, True, False])).tolist() == [0, 0, 1]


def test_labels_in_order_of_appearance():
    assert in_order_of_appearance(np.array([3, 3, 0, 9, 0])).tolist() == [0, 0, 1, 2, 1]
