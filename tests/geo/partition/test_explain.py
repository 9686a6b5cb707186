"""Reasons and violations in the planner's words, in both languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from geo.errors import Words
from geo.partition.explain import reasons, violations
from geo.partition.problem.problem import Problem


def row(
    households: list[int], *, complexes: str = "", cut_after: int | None = None, **bounds: int
) -> Problem:
    """Cells in a row of 100 m; `cut_after` leaves out one neighbour pair."""
    nodes: list[dict[str, Any]] = [
        {
            "id": i,
            "x": 100 * i,
            "y": 0,
            "households": w,
            "area": 1e4,
            "complex": complexes[i] if complexes.strip(".")[:1] and complexes[i] != "." else None,
        }
        for i, w in enumerate(households)
    ]
    edges = [
        {"a": i, "b": i + 1, "shared_m": 100, "barrier": False}
        for i in range(len(nodes) - 1)
        if i != cut_after
    ]
    return Problem.from_instance({"lo": 300, "hi": 500, "nodes": nodes, "edges": edges} | bounds)


def test_nothing_to_say_of_a_sound_problem() -> None:
    assert reasons(row([200, 200, 200, 200])) == ()


def test_a_cell_above_the_bound() -> None:
    found = reasons(row([620, 300], hi=600))
    assert [words.en for words in found] == [
        "cell 0 has 620 households, more than the 600 a grid may have; divide it or raise the upper bound"
    ]
    assert "620 户" in found[0].zh


def test_a_complex_above_the_bound_names_the_pieces() -> None:
    found = reasons(row([400, 400, 300], complexes="AA."))
    assert any(
        "complex A has 800 households" in words.en and "2 grids or more" in words.en for words in found
    )
    assert any("小区 A 有 800 户" in words.zh for words in found)


def test_an_island_below_the_bound() -> None:
    (words,) = reasons(row([400, 100, 20], cut_after=0))
    assert "2 cells around cell 1" in words.en
    assert "120 households, fewer than the 300" in words.en
    assert "不足网格下限" in words.zh


def test_a_sum_that_no_number_of_grids_fits_names_the_way_out() -> None:
    (words,) = reasons(row([190, 180, 180]))
    assert "550 households: 1 grids of 500 are too few for them and 2 grids of 300 too many" in words.en
    assert "lower bound of 275 or an upper bound of 550" in words.en


def test_large_cells_that_cannot_share_a_grid() -> None:
    (words,) = reasons(row([300, 300, 300, 1], lo=301))
    assert "needs 3 grids" in words.en
    assert "no more than 2 grids" in words.en


def test_violations_name_each_grid() -> None:
    found = violations(row([400, 200, 100, 350]), np.array([5, 5, 2, 8]))
    assert [words.en for words in found] == [
        "grid 2 has 100 households, 200 below the lower bound 300",
        "grid 5 has 600 households, 100 above the upper bound 500",
    ]


def test_violations_name_a_grid_in_two_parts() -> None:
    (words,) = violations(row([200, 400, 200]), np.array([0, 1, 0]))
    assert words.text("zh") == "网格 0 分成互不相连的 2 片"


def test_people_bound_grids_beside_households() -> None:
    row = {
        "lo": 200,
        "hi": 500,
        "nodes": [
            {"id": i, "x": 50 * i, "y": 0, "households": 100, "area": 1e3, "complex": None} for i in range(6)
        ],
        "edges": [{"a": i, "b": i + 1, "shared_m": 30, "barrier": False} for i in range(5)],
    }
    people = np.array([100, 100, 900, 100, 100, 1200])
    problem = replace(Problem.from_instance(row), people=people, max_people=600)
    crowd, other, sums = (words.en for words in reasons(problem))
    assert crowd.startswith("cell 2 has 900 people, more than the 600 a grid may have")
    assert other.startswith("cell 5 has 1200 people")
    assert "needs 5 grids for its 2500 people, but 600 households fill no more than 3 grids of 200" in sums


def test_texts_name_what_is_counted() -> None:
    row = {
        "lo": 30,
        "hi": 50,
        "edges": [],
        "nodes": [{"id": 0, "x": 0, "y": 0, "households": 62, "area": 1, "complex": None}],
    }
    problem = replace(Problem.from_instance(row), unit=Words("units of workload", "工作量单位"))
    (why,) = reasons(problem)
    assert why.en.startswith("cell 0 has 62 units of workload, more than the 50")
    assert "62 工作量单位" in why.zh
