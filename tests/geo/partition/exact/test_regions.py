"""Regions that prove the bounds impossible, on graphs small enough to check by eye."""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.partition.exact.regions import find_knot
from geo.partition.explain import knot_words
from geo.partition.moves.field import build_field
from geo.partition.problem.problem import Problem
from geo.partition.solve import best


def row(households: list[int], *, lo: int, hi: int, **more: Any) -> Problem:
    """Cells in a row, each joined to the next."""
    nodes = [
        {"id": i, "x": 100 * i, "y": 0, "households": h, "area": 1e4, "complex": None}
        for i, h in enumerate(households)
    ]
    edges = [{"a": i, "b": i + 1, "shared_m": 50, "barrier": False} for i in range(len(households) - 1)]
    return Problem.from_instance({"lo": lo, "hi": hi, "nodes": nodes, "edges": edges} | more)


def knot_of(problem: Problem, near: list[int]) -> Any:
    field = build_field(problem, np.arange(problem.n), grids=2, want=-1)
    return find_knot(field, np.array(near))


def test_an_end_that_fits_with_nothing_is_found_with_what_would_help() -> None:
    # the first cell is too small alone and too large with its only neighbour; the rest could be divided
    problem = row([250, 300, 100, 300, 400, 400], lo=300, hi=500)
    knot = knot_of(problem, [0])
    assert knot.cells.tolist() == [0, 1]
    assert (knot.lower, knot.upper) == (250, 550)
    words = knot_words(problem, knot.cells, knot)
    assert "around cell 1, cell 0 (550 households)" in words.en
    assert "a lower bound of 250 or an upper bound of 550 would untie them" in words.en
    assert "下限降至 250 户或上限升至 550 户可解" in words.zh


def test_cells_without_households_count_as_ways_but_not_for_two() -> None:
    # a star: the empty middle can join two of the arms, not two pairs of them
    nodes = [
        {"id": i, "x": 10.0 * i, "y": 0, "households": h, "area": 1, "complex": None}
        for i, h in enumerate([0, 200, 200, 200, 200])
    ]
    edges = [{"a": 0, "b": i, "shared_m": 1, "barrier": False} for i in range(1, 5)]
    problem = Problem.from_instance({"lo": 400, "hi": 400, "nodes": nodes, "edges": edges})
    knot = knot_of(problem, [1])
    assert knot is not None
    assert (knot.cells.tolist(), knot.lower, knot.upper) == ([0, 1, 2, 3], 200, 600)


def test_what_can_be_divided_is_no_knot() -> None:
    assert knot_of(row([250, 200, 100, 300, 400, 400], lo=300, hi=500), [0, 1, 2]) is None


def test_the_search_says_that_the_bounds_are_impossible_and_why() -> None:
    problem = row([250, 300, 100, 300, 400, 400], lo=300, hi=500)
    solution = best(problem, time_limit_s=5)
    assert solution.impossible
    assert solution.score.violation == 50
    assert [words.en.split(" (")[0] for words in solution.reasons] == [
        "the 2 neighbouring cells around cell 1, cell 0"
    ]
