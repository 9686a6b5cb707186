"""The form of grids on lattices of 100 m: what they enclose, what hangs on by a neck, how long their outline is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.partition.carve import subproblem
from geo.partition.moves.field import Field
from geo.partition.moves.form import encloses_more, flaws, miss_price, shape_price
from geo.partition.problem.beyond import outer_rim
from geo.partition.problem.problem import Problem
from geo.partition.solve import best
from tests.geo.partition.drawing import drawn, field_of, labels_of

FIVE = "\n".join(["1 1 1 1 1"] * 5)


def with_outlines(problem: Problem) -> Problem:
    return replace(problem, beyond=outer_rim(np.full(problem.n, 400.0), problem.indptr, problem.shared_m))


def flaws_of(field: Field, labels: np.ndarray, letter: int = 0) -> int:
    room = len(field.around_ptr) - 1
    cells = np.flatnonzero(labels == letter)
    return int(flaws(field, labels, letter, cells, np.empty(room, np.int64), np.zeros(room, np.int64), 1))


@pytest.mark.parametrize(
    ("plan", "count"),
    [
        ("a a a a a  a a a a a  a a a a a  b b b b b  b b b b b", 0),
        ("a a a a a  a b b b a  a b b b a  a a a a a  a a a a a", 1),  # b is enclosed
        ("a a a a a  a b b b a  a b b b a  a b b b a  a a b a a", 0),  # b reaches the outside
        ("a a a a a  a b a c a  a a a a a  a a a a a  a a a a a", 2),  # two holes
        ("a a a a a  a b c b a  a b c b a  a a a a a  a a a a a", 1),  # one hole of two grids
        ("a a a a a  a a a a a  a a b a a  a a a b a  a a a a b", 2),  # corners are no way out
    ],
)
def test_ground_without_a_way_out_is_enclosed(plan: str, count: int) -> None:
    assert flaws_of(field_of(with_outlines(drawn(FIVE, lo=1, hi=9))), labels_of(plan)) == count


def test_an_island_that_stays_is_enclosed_by_the_grid_around_it_and_not_by_two() -> None:
    problem = with_outlines(drawn(FIVE, lo=1, hi=30))
    rest = subproblem(problem, np.setdiff1d(np.arange(25), [12]))
    assert rest.beyond is not None
    assert rest.beyond.grounds == 2
    assert rest.beyond.metres[rest.beyond.ground == 1].tolist() == [100.0] * 4
    field = field_of(rest)
    assert flaws_of(field, np.zeros(24, np.int64)) == 1
    west = (rest.x_m > 200).astype(np.int64)
    assert flaws_of(field, west, 0) == flaws_of(field, west, 1) == 0


def test_ground_that_stays_at_the_edge_is_outside() -> None:
    problem = with_outlines(drawn(FIVE, lo=1, hi=30))
    rest = subproblem(problem, np.setdiff1d(np.arange(25), [2, 7, 12]))
    assert rest.beyond is not None
    assert rest.beyond.grounds == 1
    assert flaws_of(field_of(rest), np.zeros(22, np.int64)) == 0


def test_a_piece_that_hangs_on_by_ten_metres_is_a_neck_unless_it_is_tiny() -> None:
    problem = with_outlines(drawn("1 1 1 1", lo=1, hi=9))
    field = field_of(problem)
    shared = np.where((field.source + field.indices) == 3, 10.0, field.shared)  # between cells 1 and 2
    whole = np.zeros(4, np.int64)
    assert flaws_of(field._replace(shared=shared), whole) == 1
    assert flaws_of(field._replace(shared=shared, area=np.full(4, 150.0)), whole) == 0
    assert flaws_of(field, whole) == 0


def test_two_short_lines_side_by_side_are_no_neck() -> None:
    problem = with_outlines(drawn("1 1\n1 1", lo=1, hi=9))
    field = field_of(problem)
    west_east = (field.source + field.indices) % 2 == 1  # 0-1 and 2-3
    assert flaws_of(field._replace(shared=np.where(west_east, 8.0, 100.0)), np.zeros(4, np.int64)) == 0


def test_a_cell_that_closes_a_ring_encloses_more() -> None:
    field = field_of(with_outlines(drawn(FIVE, lo=1, hi=30)))
    open_ring = labels_of("a a a a a  a b b b a  a b b b b  a b b b a  a a a a a")
    closed = open_ring.copy()
    closed[14] = 0
    room = len(field.around_ptr) - 1
    for plan, encloses in ((open_ring, False), (closed, True)):
        queue, mark = np.empty(room, np.int64), np.zeros(room, np.int64)
        moved = np.array([14 if encloses else 0])
        assert encloses_more(field.around_ptr, field.around, plan, 0, moved, 1, queue, mark, 1) is encloses


def test_round_is_free_and_strips_are_dear() -> None:
    assert shape_price(1.0, 400.0, 1e4) == 0.0  # a square
    ten_in_a_row, five_by_two = shape_price(1.0, 2200.0, 1e5), shape_price(1.0, 1400.0, 1e5)
    assert 0.0 < five_by_two < 0.1
    assert ten_in_a_row > 10.0
    assert shape_price(0.0, 2200.0, 1e5) == 0.0


def test_a_miss_costs_by_the_household() -> None:
    assert [miss_price(0.5, 300, 500, h) for h in (290, 300, 500, 504)] == [5.0, 0.0, 0.0, 2.0]


def test_within_the_tolerance_the_straight_cut_wins() -> None:
    # any straight cut gives 78 and 82
    problem = with_outlines(drawn("8 10 10 10\n10 10 10 10\n10 10 10 10\n10 10 10 12", lo=79, hi=81))
    hard = best(problem, time_limit_s=1).score
    soft = best(replace(problem, tolerance=0.2), time_limit_s=1).score
    assert (hard.feasible, soft.feasible) == (True, True)
    assert hard.cut_length_m > soft.cut_length_m == 400.0


def test_no_tolerance_leaves_the_bounds_hard() -> None:
    problem = with_outlines(drawn("30 30 41", lo=50, hi=60))
    assert best(problem, time_limit_s=0.5).score.violation == 9
    assert best(replace(problem, tolerance=0.2), time_limit_s=0.5).score.violation == 0
    assert (problem.least, problem.most) == (50, 60)
