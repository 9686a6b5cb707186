"""The same metres as a plain search on a plain graph, on streets drawn at random (tests/real has real ones)."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.reach.streets import street_graph
from geo.reach.ties import tie_places
from geo.reach.walk import walk_m, walk_network
from tests.geo.reach.drawn import LOCAL, roads
from tests.geo.reach.plain import plain_search


@pytest.mark.parametrize("seed", range(6))
def test_random_streets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    drawn = []
    for _ in range(25):
        (x, y), angle, length = rng.uniform(0, 800, 2), rng.uniform(0, np.pi), rng.uniform(50, 600)
        end = (x + length * np.cos(angle), y + length * np.sin(angle))
        over = ("bridge",) if rng.random() < 0.2 else ()
        drawn.append((f"LINESTRING ({x} {y}, {end[0]} {end[1]})", "residential", *over))
    streets = street_graph(roads(*drawn))
    points = LOCAL.to_degrees(shapely.points(rng.uniform(0, 800, (40, 2))))
    doors, stations = tie_places(streets, points), tie_places(streets, points[:5])
    network = walk_network(streets, doors)
    ours = walk_m(network, stations)
    theirs = plain_search(streets, doors, stations)
    np.testing.assert_allclose(ours, theirs, atol=0.01)
