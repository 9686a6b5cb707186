"""Cutting land on paper: areas add up, and every plan node is shared."""

from __future__ import annotations

import numpy as np
import pytest

from layers.demo.quarters import cut, draw, draw_lattice, polygon_area
from layers.demo.sizes import figures

SQUARE = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]])


@pytest.mark.parametrize(
    ("direction", "low_area"),
    [((0.0, 1.0), 30.0), ((0.0, -1.0), 30.0), ((1.0, 0.0), 40.0), ((-1.0, 0.0), 40.0)],
)
def test_the_first_part_lies_west_or_south(direction: tuple[float, float], low_area: float) -> None:
    low, high, ends = cut(SQUARE, np.array([3.0, 4.0]), np.array(direction))
    assert polygon_area(low) == pytest.approx(low_area)
    assert polygon_area(low) + polygon_area(high) == pytest.approx(100.0)
    assert np.hypot(*(ends[1] - ends[0])) == pytest.approx(10.0)


def test_plots_add_up_to_the_quarters() -> None:
    wanted, rng = figures("small"), np.random.default_rng(3)
    lattice = draw_lattice(rng, wanted)
    draft = draw(rng, lattice, wanted)
    plots = sum(polygon_area(plot.corners) for plot in draft.plots)
    quarters = sum(polygon_area(lattice.corners(*quarter)) for quarter in lattice.quarters())
    assert plots == pytest.approx(quarters)
    assert quarters == pytest.approx(wanted.area_km2 * 1e6)
    assert len({(plot.quarter, plot.half) for plot in draft.plots}) == wanted.communities
