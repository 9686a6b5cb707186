"""Rows of buildings, drawn in metres: slabs of 40 by 12, towers of 20 by 20."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.partition.problem.rows import rows, rows_of_cells, rows_split
from geo.partition.solve import best
from tests.geo.partition.lattice import lattice


def slab(x: float, y: float, *, length: float = 40, width: float = 12, turn: float = 0) -> shapely.Polygon:
    box = shapely.box(x, y, x + length, y + width)
    return shapely.affinity.rotate(box, turn, origin=(0, 0))


@pytest.mark.parametrize("turn", [0, 17, 45, 90, 133])
def test_slabs_end_to_end_are_a_row_whatever_their_direction(turn: float) -> None:
    town = [slab(x, y, turn=turn) for y in (0, 40) for x in (0, 55, 110)]
    assert rows(town, ["a"] * 6).tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (slab(55, 3), True),
        (slab(55, 9), False),  # stands back
        (slab(75, 0), False),  # too far along
        (slab(0, 40), False),  # behind
        (slab(60, 0, turn=0, length=14, width=40), False),  # across
        (slab(52, 0, length=20, width=20), False),  # a tower
        (slab(1, 0), False),  # drawn twice
    ],
)
def test_what_does_not_stand_end_to_end_is_no_row(other: shapely.Polygon, same: bool) -> None:
    assert (rows([slab(0, 0), other], ["a", "a"]).tolist() == [0, 0]) is same


def test_cells_without_a_building_or_a_complex_stand_in_no_row() -> None:
    shapes = [slab(0, 0), slab(55, 0), slab(110, 0)]
    metres = 1 / 111_000
    degrees = [
        shapely.affinity.translate(shapely.affinity.scale(s, metres, metres, origin=(0, 0)), 108, 0)
        for s in shapes
    ]
    buildings = gpd.GeoDataFrame(
        {"ref": ["1", "2", "3"], "complex_ref": ["a", "a", None]}, geometry=degrees, crs=4490
    )
    cells = gpd.GeoDataFrame({"building_ref": ["3", "1", None, "2", "9"]})
    assert rows_of_cells(cells, buildings).tolist() == [-1, 0, -1, 0, -1]
    assert rows_of_cells(cells, buildings[buildings["ref"] == "3"]).tolist() == [-1] * 5


def test_the_line_runs_between_rows_not_through_them() -> None:
    problem = replace(lattice(4, 4, lo=40, hi=120), k=2)
    west_east, south_north = (np.arange(16) // 4).astype(np.int64), (np.arange(16) % 4).astype(np.int64)
    flat = best(replace(problem, row_of=west_east), time_limit_s=1).labels.reshape(4, 4)
    upright = best(replace(problem, row_of=south_north), time_limit_s=1).labels.reshape(4, 4)
    assert all(len(set(line)) == 1 for line in flat.tolist())
    assert all(len(set(line)) == 1 for line in upright.T.tolist())
    assert rows_split(west_east, upright.ravel()) == 4
