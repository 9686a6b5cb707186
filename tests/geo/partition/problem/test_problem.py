"""Problems from cells and from neutral instances, and what is refused."""

from __future__ import annotations

import copy
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import InputError, MissingCrsError
from geo.partition.problem.problem import Problem
from geo.plans.rules import Crossing, Rules, Words

RULES = Rules("test", Words("test", "测试"), 10, 20)


def instance(**changes: Any) -> dict[str, Any]:
    """Three cells in a row of 100 m, 5, 0 and 7 households; the first two are complex A."""
    base: dict[str, Any] = {
        "name": "row",
        "lo": 5,
        "hi": 12,
        "nodes": [
            {"id": i, "x": 100.0 * i, "y": 0.0, "households": w, "area": 1e4, "complex": c}
            for i, (w, c) in enumerate([(5, "A"), (0, "A"), (7, None)])
        ],
        "edges": [
            {"a": 0, "b": 1, "shared_m": 100, "barrier": False},
            {"a": 1, "b": 2, "shared_m": 80, "barrier": True},
        ],
    }
    return copy.deepcopy(base) | changes


def cells() -> gpd.GeoDataFrame:
    boxes = [shapely.box(108.70 + i * 0.001, 34.3, 108.701 + i * 0.001, 34.301) for i in range(3)]
    return gpd.GeoDataFrame(
        {
            "cell": [0, 1, 2],
            "kind": ["building", "empty", "building"],
            "building_ref": pd.array(["B1", None, "B2"], "str"),
            "complex_ref": pd.array(["C9", None, "C1"], "str"),
            "households": [5, 0, 7],
            "area_m2": [1e4, 1e4, 1e4],
        },
        geometry=boxes,
        crs="EPSG:4490",
    )


EDGES = pd.DataFrame({"a": [0, 1], "b": [1, 2], "shared_m": [110.0, 110.0], "barrier": [False, True]})


def test_instance_becomes_neighbour_lists_in_both_directions() -> None:
    problem = Problem.from_instance(instance())
    assert problem.indptr.tolist() == [0, 1, 3, 4]
    assert problem.indices.tolist() == [1, 0, 2, 1]
    assert problem.shared_m.tolist() == [100, 100, 80, 80]
    assert problem.barrier.tolist() == [False, False, True, True]
    assert problem.complex_of.tolist() == [0, 0, -1]
    assert problem.complexes == ("A",)


def test_nodes_are_taken_in_order_of_their_id() -> None:
    turned = instance()
    turned["nodes"].reverse()
    assert Problem.from_instance(turned).households.tolist() == [5, 0, 7]


def test_arrays_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="read-only"):
        Problem.from_instance(instance()).households[0] = 1


def test_fractional_bounds_are_tightened_to_whole_households() -> None:
    problem = Problem.from_instance(instance(lo=4.2, hi=12.9))
    assert (problem.lo, problem.hi) == (5, 12)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"lo": 9, "hi": 5}, "contradict"),
        ({"lo": float("nan")}, "lo nan is not a number"),
        ({"hi": "500"}, "hi '500' is not a number"),
        ({"lo": 5.2, "hi": 5.8}, "contradict"),
        ({"nodes": []}, "no cells"),
        ({"nodes": "none"}, "nodes must be a list"),
        ({"edges": [{"a": 0, "b": 9, "shared_m": 1, "barrier": False}]}, "joins 0 and 9"),
        ({"edges": [{"a": 1, "b": 1, "shared_m": 1, "barrier": False}]}, "to itself"),
        (
            {"edges": [{"a": i, "b": 1 - i, "shared_m": 1, "barrier": False} for i in range(2)]},
            "joined twice",
        ),
        ({"edges": [{"a": 0, "b": 1, "shared_m": float("nan"), "barrier": False}]}, "shared_m nan"),
        ({"edges": [{"a": 0, "b": 1, "shared_m": -3, "barrier": False}]}, "shared_m -3"),
        ({"edges": [{"a": "0", "b": 1, "shared_m": 1, "barrier": False}]}, "is not a node id"),
        ({"current": [1, 2]}, "current names 2 cells"),
        ({"k": 4}, "k = 4"),
        ({"k": 1.5}, "not a whole number"),
    ],
)
def test_bad_instances_are_refused_with_the_value(change: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=text):
        Problem.from_instance(instance(**change))


@pytest.mark.parametrize(
    ("key", "value", "text"),
    [
        ("households", -1, "households -1"),
        ("households", 1.5, "households 1.5"),
        ("households", None, "households None"),
        ("x", float("inf"), "x inf"),
        ("area", -2, "area -2"),
        ("id", 7, "id 7; ids run from 0 to 2"),
        ("id", 1, "used twice"),
        ("complex", ["A"], "complex must be text"),
    ],
)
def test_bad_nodes_are_refused_with_the_value(key: str, value: object, text: str) -> None:
    bad = instance()
    bad["nodes"][0][key] = value
    with pytest.raises(InputError, match=text):
        Problem.from_instance(bad)


def test_all_faults_are_counted_in_both_languages() -> None:
    bad = instance()
    bad["nodes"] = [node | {"x": None, "y": None, "households": None} for node in bad["nodes"]]
    with pytest.raises(InputError) as caught:
        Problem.from_instance(bad)
    assert "and 4 more" in caught.value.words.en
    assert "另有 4 处" in caught.value.words.zh


def test_cells_become_a_problem_in_metres() -> None:
    problem = Problem.from_cells(cells(), EDGES, RULES)
    assert np.diff(problem.x_m).round().tolist() == [92, 92]  # 0.001 degrees at 34 degrees north
    assert problem.complexes == ("C1", "C9")
    assert problem.complex_of.tolist() == [1, -1, 0]
    assert problem.cell_names == ("B1", "", "B2")
    assert (problem.lo, problem.hi) == (10, 20)


def test_rules_that_do_not_mind_split_complexes_price_them_at_nothing() -> None:
    free = Rules("free", Words("free", "自由"), 10, 20, keep_complexes=False, barriers=Crossing.FREE)
    weights = Problem.from_cells(cells(), EDGES, free).weights
    assert (weights.complexes, weights.barriers) == (0, 0)


def test_cells_without_crs_are_refused() -> None:
    with pytest.raises(MissingCrsError):
        Problem.from_cells(cells().set_crs(None, allow_override=True), EDGES, RULES)


def test_cells_with_unknown_households_are_refused() -> None:
    unknown = cells().assign(households=pd.array([5, None, 7], "Int64"))
    with pytest.raises(InputError, match="households nan"):
        Problem.from_cells(unknown, EDGES, RULES)


def test_parts_of_a_cut_graph() -> None:
    count, part = Problem.from_instance(instance(edges=instance()["edges"][:1])).components()
    assert count == 2
    assert part.tolist() == [0, 0, 1]
