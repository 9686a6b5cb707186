"""A grid parted along a line: which cells come to which side, and what is said of lines that part nothing."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import InputError
from geo.plans.cutting import GridCut, cut_grid, drawn_line
from tests.geo.cells.test_cutting import buildings, line, place, town

ALL = np.arange(6)


def sides(made: GridCut) -> list[list[int]]:
    """The cells of before in each part, west to east; those in pieces are in several."""
    came_from = made.recut.parent[made.cells]
    return [sorted(set(came_from[made.parts == part].tolist())) for part in np.unique(made.parts)]


def test_a_line_parts_a_grid_and_the_cells_it_crosses() -> None:
    cells, edges = town()
    made = cut_grid(cells, edges, ALL, line((1.3, -0.2), (1.3, 2.2)), buildings(), grid="g")
    assert sides(made) == [[0, 1, 3, 4], [1, 2, 4, 5]]
    assert len(made.recut.cells) == 8


def test_cells_with_a_building_on_the_line_go_to_the_side_that_holds_most() -> None:
    cells, edges = town()
    made = cut_grid(
        cells, edges, ALL, line((1.3, -0.2), (1.3, 0.9), (1.45, 1.1), (1.45, 2.2)), buildings(), grid="g"
    )
    assert made.recut.on_line == ("b4",)
    assert sides(made) == [[0, 1, 3], [1, 2, 4, 5]]


def test_a_line_that_ends_a_step_before_the_border_reaches_it() -> None:
    cells, edges = town()
    made = cut_grid(cells, edges, ALL, line((1, 0.005), (1, 1.995)), buildings(), grid="g")
    assert sides(made) == [[0, 3], [1, 2, 4, 5]]
    assert not made.recut.cut


def test_each_area_that_is_left_is_a_part_of_its_own() -> None:
    cells, edges = town()
    made = cut_grid(
        cells, edges, np.array([0, 2, 3, 4, 5]), line((-0.2, 0.7), (3.2, 0.7)), buildings(), grid="g"
    )
    assert sides(made) == [[0], [0, 2, 3, 4, 5], [2]]


def test_a_piece_of_the_grid_elsewhere_stays_out_of_it() -> None:
    cells, edges = town()
    made = cut_grid(cells, edges, np.array([0, 2]), line((0.7, -0.2), (0.7, 1.2)), buildings(), grid="g")
    assert sides(made) == [[0], [0]]


def test_bare_ground_that_a_building_cuts_off_goes_with_it() -> None:
    cells, edges = town(hexes=(1,))
    cells["households"] = cells["households"].where(cells["building_ref"].notna(), 0)
    slab = buildings(
        b1=(1.2, 0.02, 1.3, 0.98, 0)
    )  # bars the way: the ground east of the line hangs on nothing else
    made = cut_grid(cells, edges, np.array([1, 4]), line((0.8, 1.3), (2.2, 1.3)), slab, grid="g")
    assert sides(made) == [[1, 4], [4]]


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([(1.3, -0.2), (1.3, 0.5)], "does not part grid g; draw it from border to border"),
        ([(0.2, 0.5), (0.2, 0.7), (0.7, 0.7)], "does not part grid g"),
        ([(2.7, -0.2), (2.7, 2.2)], "does not touch grid g"),
        ([(7, 7), (8, 8)], "outside the community"),
        ([(0.5, -0.2), (0.5, 2.5), (1.5, 2.5), (1.5, 1.5)], "leaves the community at 108.7005"),
        ([(0.02, -0.2), (0.02, 0.001), (-0.2, 0.001)], "less than a cell"),
    ],
)
def test_a_line_that_parts_nothing_is_told_why(points: list[tuple[float, float]], words: str) -> None:
    cells, edges = town()
    with pytest.raises(InputError, match=words) as told:
        cut_grid(cells, edges, np.array([0, 1, 3, 4]), line(*points), buildings(), grid="g")
    assert told.value.words.zh


def test_a_line_through_every_building_of_a_grid_is_told_by_them() -> None:
    cells, edges = town()
    with pytest.raises(InputError, match="runs through b0, b3, whose cells stay whole"):
        cut_grid(cells, edges, np.array([0, 3]), line((0.5, -0.2), (0.5, 2.2)), buildings(), grid="g")


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([place(0, 0)], "2 to 1000 points, not 1"),
        ([place(0, 0)] * 3, "the same"),
        ([place(0, 0), (34.33, 108.7)], "34.33,108.7 is no place"),
        ([place(0, 0), (float("nan"), 34.33)], "nan,34.33 is no place"),
        ([place(0, 0), place(1, 1), place(1, 0), place(0, 1)], "crosses itself"),
    ],
)
def test_what_is_no_line_is_refused(points: list[tuple[float, float]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        drawn_line(points)
