"""Levels of a plan on small lattices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.partition.levels import divide, graph_of_grids, nested, unite
from geo.partition.problem.score import evaluate
from geo.partition.solve import best
from geo.plans.levels import Level
from tests.geo.partition.lattice import lattice

HALVES = [0, 0, 1, 1] * 4
"""Two grids of two columns each, on a lattice of four by four."""


def test_units_divide_each_grid_within_their_bounds() -> None:
    problem = lattice(4, 4, lo=30, hi=50)
    found = divide(problem, HALVES, time_limit_s=0.2)
    assert nested(found.labels, HALVES)
    assert np.bincount(found.labels, problem.households).tolist() == [40] * 4
    assert sorted(set(found.labels[np.array(HALVES) == 0])) == [0, 1]
    assert found.notes == ()


def test_a_grid_that_cannot_be_divided_is_told_by_its_label() -> None:
    found = divide(lattice(4, 4, lo=100, hi=120), HALVES, time_limit_s=0.1)
    assert found.labels.tolist() == HALVES
    assert [grid for grid, _ in found.notes] == [0, 1]
    assert "fewer than the 100" in found.notes[0][1].en


def test_a_grid_without_households_is_one_unit() -> None:
    problem = lattice(4, 4, lo=30, hi=50, households=[10, 10, 0, 0] * 4)
    assert len(set(divide(problem, HALVES, time_limit_s=0.1).labels)) == 3


def test_branches_are_unions_of_neighbouring_grids() -> None:
    columns = [0, 1, 2, 3] * 4
    problem = lattice(4, 4, lo=70, hi=90)
    found = unite(problem, columns, time_limit_s=0.2)
    assert nested(columns, found.labels)
    assert found.labels.tolist() == [0, 0, 1, 1] * 4


def test_the_graph_of_grids_adds_up() -> None:
    coarse = graph_of_grids(lattice(4, 4, lo=70, hi=90, barrier_after=(1,)), HALVES)
    assert coarse.households.tolist() == [80, 80]
    assert coarse.x_m.tolist() == [50, 250]
    a, b, shared_m, barrier = coarse.pairs()
    assert (a.tolist(), b.tolist(), shared_m.tolist(), barrier.tolist()) == ([0], [1], [400], [True])


def test_levels_need_a_grid_of_every_cell() -> None:
    with pytest.raises(InputError, match="16 cells"):
        divide(lattice(4, 4, lo=1, hi=9), [0, 1])
    with pytest.raises(InputError):
        unite(lattice(2, 1, lo=1, hi=9), [0, -1])


def test_every_level_has_words() -> None:
    assert [level.words.zh for level in Level] == ["微网格", "楼栋党小组", "网格党支部"]
    assert [level.inside for level in Level] == [True, True, False]


@settings(max_examples=15, deadline=None)
@given(
    households=st.lists(st.sampled_from([0, 5, 20, 60]), min_size=12, max_size=12),
    hi=st.integers(20, 90),
    seed=st.integers(0, 3),
)
def test_levels_are_nested_connected_and_complete_whatever_the_counts(
    households: list[int], hi: int, seed: int
) -> None:
    problem = lattice(4, 3, lo=hi // 2, hi=hi, households=households)
    grids = best(lattice(4, 3, lo=0, hi=120, households=households), seed=seed, time_limit_s=0).labels
    inner = divide(problem, grids, seed=seed, time_limit_s=0)
    outer = unite(lattice(4, 3, lo=0, hi=240, households=households), grids, seed=seed, time_limit_s=0)
    assert nested(inner.labels, grids)
    assert nested(grids, outer.labels)
    for labels in (inner.labels, outer.labels):
        assert evaluate(problem, labels).disconnected == 0
        assert np.unique(labels).tolist() == list(range(len(np.unique(labels))))
