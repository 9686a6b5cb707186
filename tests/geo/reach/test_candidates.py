"""Crossings as places for stations."""

from __future__ import annotations

import numpy as np

from geo.reach.candidates import crossings
from geo.reach.streets import street_graph
from tests.geo.reach.drawn import roads

TOWN = street_graph(
    roads(
        ("LINESTRING (0 0, 1000 0)", "residential"),
        ("LINESTRING (100 -100, 100 100)", "residential"),
        ("LINESTRING (130 -100, 130 100)", "residential"),
        ("LINESTRING (900 0, 900 100)", "residential"),
    )
)


def at(homes: list[tuple[float, float]], **more: float) -> list[float]:
    spots = np.array(homes, dtype=np.float64).reshape(-1, 2) - [500.0, 0.0]  # the network's middle is its own
    found = crossings(TOWN, spots, **more)
    return sorted(round(float(x) + 500) for x in found[:, 0])


def test_crossings_near_homes_and_no_ends() -> None:
    assert at([(100, 0), (900, 0)], apart_m=10) == [100, 130, 900]
    assert at([(100, 0)], apart_m=10) == [100, 130]
    assert at([(100, 0)], apart_m=10, near_m=5) == [100]


def test_one_for_each_square() -> None:
    assert len(at([(100, 0), (900, 0)], apart_m=250)) == 2


def test_nothing_to_be_near() -> None:
    assert at([]) == []
