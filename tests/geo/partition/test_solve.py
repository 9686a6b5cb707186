"""The search on problems whose answer is known, and what a caller may rely on."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import InputError
from geo.partition.explain import reasons
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate
from geo.partition.solve import best, solve
from layers.files.instances import read_instance


def lattice(
    width: int, height: int, households: list[int], *, lo: int = 300, hi: int = 500, **more: Any
) -> dict[str, Any]:
    """Cells of 100 m, each joined to its neighbours."""
    n = width * height
    nodes: list[dict[str, Any]] = [
        {
            "id": i,
            "x": 100.0 * (i % width),
            "y": 100.0 * (i // width),
            "households": households[i % len(households)],
            "area": 1e4,
            "complex": None,
        }
        for i in range(n)
    ]
    pairs = [(i, i + 1) for i in range(n) if i % width < width - 1] + [
        (i, i + width) for i in range(n - width)
    ]
    edges = [{"a": a, "b": b, "shared_m": 100.0, "barrier": False} for a, b in pairs]
    return {"lo": lo, "hi": hi, "nodes": nodes, "edges": edges} | more


def of(*args: Any, **more: Any) -> Problem:
    return Problem.from_instance(lattice(*args, **more))


def test_fewest_grids_of_a_lattice() -> None:
    solution = best(of(8, 5, [50]))
    assert solution.score.feasible
    assert solution.score.grids == solution.score.lower_bound == 4


def test_a_tight_problem_is_met_exactly() -> None:
    solution = best(of(6, 4, [30, 50, 70, 50], lo=200, hi=200))
    assert solution.score.feasible
    assert solution.score.grids == 6


def test_the_wanted_number_is_kept() -> None:
    solution = best(of(8, 5, [50], k=6))
    assert solution.score.feasible
    assert solution.score.grids == 6


def test_complexes_and_barriers_are_followed() -> None:
    # two complexes of 4 x 4 cells side by side, a barrier between the upper and the lower half
    raw = lattice(8, 4, [30], lo=200, hi=300)
    for node in raw["nodes"]:
        node["complex"] = ("W" if node["x"] < 400 else "E") + ("N" if node["y"] > 150 else "S")
    for edge in raw["edges"]:
        edge["barrier"] = edge["a"] // 8 == 1 and edge["b"] // 8 == 2
    solution = best(Problem.from_instance(raw))
    assert solution.score.feasible
    assert solution.score.grids == 4
    assert (solution.score.complexes_split, solution.score.barrier_inside) == (0, 0)


def test_empty_cells_keep_grids_compact() -> None:
    # households only at the two ends of a strip of 3 x 10 cells; the rest is divided half and half
    raw = lattice(10, 3, [0])
    for i in (0, 10, 20, 9, 19, 29):
        raw["nodes"][i]["households"] = 150
    solution = best(Problem.from_instance(raw))
    assert solution.score.feasible
    assert np.bincount(solution.labels).tolist() == [15, 15]
    assert solution.score.cut_length_m == 300


@pytest.mark.parametrize(
    ("problem", "grids", "violation"),
    [
        (of(1, 1, [400]), 1, 0),
        (of(1, 1, [0]), 1, 300),
        (of(1, 1, [900]), 1, 400),
        (of(4, 4, [0]), 1, 300),
        (of(4, 4, [0], lo=0), 1, 0),
        (of(2, 1, [275]), 1, 50),
        (of(3, 1, [40, 10, 20]), 1, 230),
        (of(3, 1, [600, 100, 300]), 2, 100),
    ],
)
def test_small_and_impossible_problems_get_the_least_violation(
    problem: Problem, grids: int, violation: int
) -> None:
    solution = best(problem)
    assert solution.score.grids == grids
    assert solution.score.violation == violation
    assert solution.score.disconnected == 0


def test_islands_are_divided_by_themselves() -> None:
    raw = lattice(6, 2, [100])
    raw["edges"] = [
        e for e in raw["edges"] if {e["a"] % 6, e["b"] % 6} != {4, 5}
    ]  # the last column, 200 households
    solution = best(Problem.from_instance(raw))
    assert solution.score.disconnected == 0
    assert solution.labels[5] == solution.labels[11]
    assert np.count_nonzero(solution.labels == solution.labels[5]) == 2
    assert (solution.score.over, solution.score.under, solution.score.violation) == (0, 1, 100)


def test_a_single_complex_above_the_bound_is_split_into_the_fewest() -> None:
    raw = lattice(5, 4, [60])
    for node in raw["nodes"]:
        node["complex"] = "all"
    solution = best(Problem.from_instance(raw))
    assert solution.score.feasible
    assert (solution.score.grids, solution.score.complexes_split_freely) == (3, 0)


def test_plans_only_get_better_and_name_their_source() -> None:
    problem = of(12, 10, [5, 40, 80, 0, 65, 20, 33])
    solutions = list(solve(problem, seed=4, time_limit_s=2))
    keys = [(s.score.violation, s.score.grids) for s in solutions]
    assert keys == sorted(keys, reverse=True)
    assert all(a.seconds < b.seconds for a, b in itertools.pairwise(solutions))
    assert {s.source for s in solutions} <= {"tree", "balance", "exact", "finish", "anew", "again", "pool"}
    for s in solutions:
        assert s.score == evaluate(problem, s.labels)
        assert sorted(set(s.labels.tolist())) == list(range(s.score.grids))


def test_the_same_seed_gives_the_same_plan() -> None:
    problem = of(5, 4, [5, 40, 80, 0, 65, 20, 33])  # small enough to settle long before the limit
    first, again = (best(problem, seed=2, time_limit_s=60) for _ in range(2))
    assert first.labels.tolist() == again.labels.tolist()


def test_plans_do_not_depend_on_the_numbering_of_cells() -> None:
    raw = lattice(9, 6, [5, 40, 80, 0, 65, 20, 33])
    for node in raw["nodes"]:
        node["complex"] = f"C{int(node['x']) // 300}{int(node['y']) // 300}"
    turn = np.random.default_rng(1).permutation(54)  # old number of each new one
    back = np.argsort(turn)
    turned = raw | {
        "nodes": [raw["nodes"][int(old)] | {"id": new} for new, old in enumerate(turn)],
        "edges": [
            e | {"a": int(min(back[e["a"]], back[e["b"]])), "b": int(max(back[e["a"]], back[e["b"]]))}
            for e in reversed(raw["edges"])
        ],
    }
    straight = best(Problem.from_instance(raw), time_limit_s=60)
    shuffled = best(Problem.from_instance(turned), time_limit_s=60)
    assert straight.labels[turn].tolist() == shuffled.labels.tolist()


def test_no_time_still_gives_a_whole_plan() -> None:
    solutions = list(solve(of(10, 8, [50]), time_limit_s=0))
    assert len(solutions) == 1
    assert solutions[0].score.disconnected == 0


def test_a_caller_may_stop_after_the_first_plan() -> None:
    first = next(solve(of(10, 8, [50])))
    assert first.source == "tree"
    assert first.labels.shape == (80,)


def test_a_negative_time_limit_is_refused() -> None:
    with pytest.raises(InputError, match="time limit"):
        next(solve(of(2, 2, [300]), time_limit_s=-1))


@pytest.mark.real
def test_communities_of_the_real_and_made_up_instances_are_feasible(instances: Path) -> None:
    for name in (
        "syn_50_slab_102",
        "syn_50_tower_112",
        "syn_150_slab_131",
        "us2010_county_IA",
        "bubenec_prague",
    ):
        solutions = solve(read_instance(instances / f"{name}.json"), time_limit_s=10)
        assert any(solution.score.feasible for solution in solutions), name


@pytest.mark.parametrize("k", [1, 19])
def test_a_number_of_grids_that_cannot_be_had_is_said(k: int) -> None:
    row = {
        "lo": 300,
        "hi": 500,
        "k": k,
        "nodes": [
            {"id": i, "x": 50 * i, "y": 0, "households": 100, "area": 1e3, "complex": None} for i in range(20)
        ],
        "edges": [{"a": i, "b": i + 1, "shared_m": 30, "barrier": False} for i in range(19)],
    }
    (why,) = reasons(Problem.from_instance(row))
    assert f"{k} grids are wanted, but the bounds allow 4 to 6" in why.en


def test_one_building_cut_off_and_above_the_bound_has_one_reason_only() -> None:
    row = {
        "lo": 300,
        "hi": 500,
        "nodes": [
            {"id": i, "x": 50 * i, "y": 0, "households": h, "area": 1e3, "complex": None}
            for i, h in enumerate([900, 400, 450])
        ],
        "edges": [{"a": 1, "b": 2, "shared_m": 5, "barrier": False}],
    }
    (why,) = reasons(Problem.from_instance(row))
    assert why.en.startswith("cell 0 has 900 households")
