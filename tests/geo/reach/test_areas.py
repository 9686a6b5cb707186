"""Walk areas: what is drawn holds what is reached."""

from __future__ import annotations

import numpy as np
import shapely

from geo.reach.areas import circles, lattice, walk_areas
from geo.reach.streets import street_graph
from geo.reach.ties import tie_places
from geo.reach.walk import node_walk_m, walk_network
from tests.geo.reach.drawn import LOCAL, roads, spots

CROSS = street_graph(
    roads(("LINESTRING (-1000 0, 1000 0)", "residential"), ("LINESTRING (0 -1000, 0 1000)", "residential"))
)
STATION = tie_places(CROSS, spots((0, 0)))
NETWORK = walk_network(CROSS, tie_places(CROSS, spots((0, 0))))
SQUARES = lattice(CROSS, NETWORK)


def area(*limits: float) -> list[shapely.Geometry]:
    node_m = node_walk_m(NETWORK, STATION, nearest_only=True)
    return list(LOCAL.to_metres(walk_areas(CROSS, NETWORK, SQUARES, node_m, limits)))


def test_an_area_is_a_cross_along_the_streets() -> None:
    (reached,) = area(500)
    assert reached.is_valid
    for x, y in ((450, 0), (-450, 0), (0, 450), (300, 30)):
        assert reached.covers(shapely.Point(x, y))
    for x, y in ((560, 0), (300, 300), (0, -600)):
        assert not reached.covers(shapely.Point(x, y))
    # four arms of 500 m, 120 m wide and narrower towards the end, less the middle they share
    assert 150_000 < reached.area < 240_000


def test_areas_lie_in_each_other_and_may_be_empty() -> None:
    small, large = area(300, 700)
    assert large.buffer(1).covers(small)
    assert area(0.0)[0].area < 4 * 25 * 25
    nowhere = walk_areas(CROSS, NETWORK, SQUARES, np.full(NETWORK.nodes, np.inf), [500])
    assert nowhere[0].is_empty


def test_a_circle_has_its_radius() -> None:
    (circle,) = LOCAL.to_metres(circles(CROSS, spots((0, 0)), 990))
    assert abs(circle.area / (np.pi * 990**2) - 1) < 0.01
