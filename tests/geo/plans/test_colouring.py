"""Neighbours never look alike, kept colours stay, and the order of rows is of no account."""

from __future__ import annotations

import itertools

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from geo.plans.colouring import COLOURS, colour_grids


def chessboard(columns: int, rows: int, *, gap: float = 0.0) -> gpd.GeoDataFrame:
    """Squares of about 100 m, coded row by row: 000 001 / 002 003 ..."""
    side = 0.001
    squares = [
        box(108 + x * side, 34 + y * side, 108 + (x + 1) * side - gap, 34 + (y + 1) * side - gap)
        for y in range(rows)
        for x in range(columns)
    ]
    return gpd.GeoDataFrame(
        {"code": [f"{i:03d}" for i in range(len(squares))]}, geometry=squares, crs="EPSG:4490"
    )


def alike_neighbours(frame: gpd.GeoDataFrame, colours: np.ndarray) -> list[tuple[str, str]]:
    """Pairs that share more than a point and have the same colour, found the slow and plain way."""
    rows = list(zip(frame["code"], frame.geometry, colours, strict=True))
    return [
        (a, b)
        for i, (a, shape, colour) in enumerate(rows)
        for b, other, other_colour in rows[i + 1 :]
        if colour == other_colour and shape.intersection(other).length > 0
    ]


def test_neighbours_differ_and_all_eight_fills_are_used() -> None:
    frame = chessboard(8, 6)
    colours = colour_grids(frame)
    assert alike_neighbours(frame, colours) == []
    assert set(colours) == set(range(COLOURS))


def test_corner_neighbours_differ_where_there_is_a_choice() -> None:
    assert len(set(colour_grids(chessboard(2, 2)))) == 4


def test_a_hair_gap_of_a_hand_drawn_plan_still_makes_neighbours() -> None:
    frame = chessboard(2, 1, gap=3e-6)
    assert frame.geometry.iloc[0].disjoint(frame.geometry.iloc[1])
    keep = {"000": 3, "001": 3}
    assert colour_grids(frame, keep=keep).tolist()[0] == 3
    assert colour_grids(frame, keep=keep).tolist()[1] != 3


def test_kept_colours_stay_and_the_later_code_yields_in_a_conflict() -> None:
    frame = chessboard(3, 1)
    colours = colour_grids(frame, keep={"000": 6, "001": 6, "002": 6, "gone": 1})
    assert colours[0] == colours[2] == 6
    assert colours[1] != 6


@pytest.mark.parametrize("wrong", [-1, 8, 99])
def test_a_kept_colour_outside_the_palette_is_not_used(wrong: int) -> None:
    assert colour_grids(chessboard(1, 1), keep={"000": wrong}).tolist() == [0]


def test_kept_colours_that_leave_no_choice_are_given_up_around_the_grid() -> None:
    """A ring of eight slices, each kept in another colour, around a new grid in the middle."""
    middle = shapely.Point(108, 34).buffer(0.001, quad_segs=8)
    ring = shapely.Point(108, 34).buffer(0.003).difference(middle)
    turns = np.radians(np.arange(9) * 45.0)
    wedges = [
        shapely.Polygon([(108, 34), (108 + np.cos(a), 34 + np.sin(a)), (108 + np.cos(b), 34 + np.sin(b))])
        for a, b in itertools.pairwise(turns)
    ]
    shapes = [ring.intersection(wedge) for wedge in wedges] + [middle]
    codes = [f"{i:03d}" for i in range(9)]
    frame = gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4490")
    colours = colour_grids(frame, keep={code: i for i, code in enumerate(codes[:8])})
    assert alike_neighbours(frame, colours) == []


def test_the_order_of_rows_is_of_no_account() -> None:
    frame = chessboard(5, 4)
    shuffled = frame.sample(frac=1, random_state=3)
    by_code = dict(zip(shuffled["code"], colour_grids(shuffled), strict=True))
    assert [by_code[code] for code in frame["code"]] == colour_grids(frame).tolist()


def test_nothing_to_colour() -> None:
    assert colour_grids(chessboard(1, 1).iloc[:0]).tolist() == []


def test_nine_grids_on_top_of_each_other_still_get_a_colour() -> None:
    frame = gpd.GeoDataFrame({"code": list("abcdefghi")}, geometry=[box(0, 0, 1, 1)] * 9, crs="EPSG:4490")
    colours = colour_grids(frame)
    assert colours.min() >= 0
    assert colours.max() < COLOURS


def test_fixed_colours_stay_whatever_comes_beside_them() -> None:
    frame = chessboard(3, 3)
    keep = dict.fromkeys(frame["code"], 0)
    colours = colour_grids(frame, keep=keep, fixed={"004", "008"})
    assert (colours[4], colours[8]) == (0, 0)
    assert alike_neighbours(frame, colours) == []
