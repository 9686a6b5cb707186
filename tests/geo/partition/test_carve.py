"""Grids that stay are carved out and put back unchanged.

8 9 a b
4 5 6 7        a lattice of twelve cells
0 1 2 3
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.partition.carve import carve, subproblem
from geo.partition.problem.score import evaluate
from geo.partition.solve import best
from tests.geo.partition.lattice import lattice

TODAY = [0, 3, 3, 1, 0, 3, 3, 1, 0, 2, 2, 1]
"""Grid 3 is the square 1 2 5 6."""


def test_the_grid_that_stays_keeps_its_cells_and_the_rest_is_connected_and_complete() -> None:
    problem = lattice(4, 3, lo=20, hi=40)
    carved = carve(problem, TODAY, {3})
    assert carved.rest is not None
    plan = carved.join(best(carved.rest, time_limit_s=0.2).labels)
    assert np.flatnonzero(plan == plan[1]).tolist() == [1, 2, 5, 6]
    score = evaluate(problem, plan)
    assert (score.grids, score.feasible) == (3, True)
    assert np.unique(plan).tolist() == [0, 1, 2]


def test_what_is_cut_off_becomes_a_part_of_its_own() -> None:
    carved = carve(lattice(3, 3, lo=10, hi=30), [0, 9, 1] * 3, {9})
    assert carved.rest is not None
    assert carved.rest.components()[0] == 2
    assert carved.join([0, 1, 0, 1, 0, 1]).tolist() == [0, 2, 1] * 3


def test_empty_ground_that_is_cut_off_goes_with_the_grid_that_stays() -> None:
    row = lattice(6, 1, lo=10, hi=40, households=[10, 10, 0, 10, 10, 0])
    carved = carve(row, [1, 2, 0, 3, 0, 0], {2, 3})
    assert carved.stays.tolist() == [-1, 2, 2, 3, -1, -1]


def test_several_grids_stay_in_order_of_their_label() -> None:
    carved = carve(lattice(4, 1, lo=10, hi=40), [7, 0, 0, 2], {2, 7})
    assert carved.kept.tolist() == [2, 7]
    assert carved.join([0, 0]).tolist() == [2, 0, 0, 1]


def test_nothing_left_and_nothing_taken() -> None:
    problem = lattice(2, 1, lo=10, hi=40)
    everything = carve(problem, [0, 1], {0, 1})
    assert everything.rest is None
    assert everything.join([]).tolist() == [0, 1]
    nothing = carve(problem, [0, 1], {5})
    assert nothing.rest is problem
    assert nothing.join([3, 3]).tolist() == [0, 0]


def test_a_subproblem_is_the_problem_of_its_cells() -> None:
    problem = lattice(3, 2, lo=1, hi=9, complexes=["A", None, "B", "A", None, "C"], barrier_after=(0,))
    problem = replace(
        problem,
        people=np.arange(6),
        max_people=5,
        current=np.arange(6) + 10,
        nets=np.arange(12).reshape(2, 6),
        cell_names=tuple("uvwxyz"),
    )
    part = subproblem(problem, [0, 1, 4, 5])
    assert part.people is not None
    assert part.nets is not None
    assert part.people.tolist() == [0, 1, 4, 5]
    assert part.nets.tolist() == [[0, 1, 4, 5], [6, 7, 10, 11]]
    assert part.cell_names == ("u", "v", "y", "z")
    assert [part.complexes[c] if c >= 0 else None for c in part.complex_of] == ["A", None, None, "C"]
    a, b, _, barrier = part.pairs()
    assert list(zip(a.tolist(), b.tolist(), barrier.tolist(), strict=True)) == [
        (0, 1, True),
        (1, 2, False),
        (2, 3, False),
    ]


@pytest.mark.parametrize("cells", [[0], [5], [0, 5]])
def test_subproblems_without_neighbours(cells: list[int]) -> None:
    part = subproblem(lattice(3, 2, lo=1, hi=99), cells)
    assert part.components()[0] == len(cells)
