"""The cutting of trees, against every way to cut them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from geo.partition.moves.field import Field, build_field
from geo.partition.moves.kernels import random_state
from geo.partition.moves.trees import cut_tree, spanning_tree
from geo.partition.problem.problem import Problem


def lattice(side: int, households: list[int], *, lo: int, hi: int) -> Field:
    """A square of side x side cells; the left half is complex L."""
    nodes: list[dict[str, Any]] = [
        {
            "id": i,
            "x": 100 * (i % side),
            "y": 100 * (i // side),
            "households": households[i],
            "area": 1e4,
            "complex": "L" if i % side < side // 2 else None,
        }
        for i in range(side * side)
    ]
    pairs = [(i, i + 1) for i in range(side * side) if i % side < side - 1]
    pairs += [(i, i + side) for i in range(side * (side - 1))]
    edges = [{"a": a, "b": b, "shared_m": 100, "barrier": False} for a, b in pairs]
    problem = Problem.from_instance({"lo": lo, "hi": hi, "nodes": nodes, "edges": edges})
    return build_field(problem, np.arange(problem.n), grids=2, want=-1)


def _tree(field: Field, seed: int, bias: float) -> tuple[Any, Any, Any]:
    n = len(field.households)
    return spanning_tree(field, np.arange(n), np.arange(n), bias, random_state(seed))


def _price(field: Field, parent: Any, entry: Any, cut: set[int], rates: tuple[float, float]) -> float:
    """Price of cutting the tree above each cell in `cut`, by the definition."""
    n = len(parent)
    top = np.arange(n)
    for _ in range(n):
        for i in range(n):
            if parent[i] >= 0 and i not in cut:
                top[i] = top[parent[i]]
    total = 0.0
    for root in set(top.tolist()):
        s = int(field.households[top == root].sum())
        total += rates[1] + rates[0] * (max(0, s - field.hi) + max(0, field.lo - s))
    for i in cut:
        total += 2 * field.cut[entry[i]]
        c = field.complex_of[i]
        if c >= 0 and c == field.complex_of[parent[i]]:
            total += field.complex_price[c]
    return total


@pytest.mark.parametrize("seed", range(12))
def test_the_cut_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    field = lattice(
        3, rng.integers(0, 9, 9).tolist(), lo=int(rng.integers(4, 9)), hi=int(rng.integers(9, 14))
    )
    order, parent, entry = _tree(field, seed, 1.0)
    grid, grids = cut_tree(field, np.arange(9), order, parent, entry, 50.0, 20.0)
    ours = {i for i in range(9) if parent[i] >= 0 and grid[i] != grid[parent[i]]}
    assert grids == len(ours) + 1
    edges = [i for i in range(9) if parent[i] >= 0]
    ways = itertools.chain.from_iterable(itertools.combinations(edges, r) for r in range(9))
    best = min(_price(field, parent, entry, set(way), (50.0, 20.0)) for way in ways)
    assert _price(field, parent, entry, ours, (50.0, 20.0)) == pytest.approx(best)


def test_large_counts_are_summed_exactly() -> None:
    field = lattice(2, [700_001, 699_999, 700_000, 700_003], lo=1_400_000, hi=1_400_003)
    order, parent, entry = _tree(field, 1, 0.0)
    grid, _ = cut_tree(field, np.arange(4), order, parent, entry, 1.0, 0.1)
    sums = np.bincount(grid, field.households)
    missing = np.maximum(0, sums - field.hi) + np.maximum(0, field.lo - sums)
    assert sums.sum() == 2_800_003
    assert missing.sum() <= 4


def test_a_biased_tree_keeps_a_complex_in_one_piece() -> None:
    field = lattice(4, [1] * 16, lo=4, hi=8)
    for seed in range(10):
        _, parent, _ = _tree(field, seed, 1.0)
        left = field.complex_of >= 0
        entries = sum(1 for i in range(16) if parent[i] >= 0 and left[i] and left[parent[i]])
        assert entries == left.sum() - 1


def test_random_numbers_are_the_same_everywhere() -> None:
    order, _, _ = _tree(lattice(3, [1] * 9, lo=1, hi=9), 4, 0.0)
    again, _, _ = _tree(lattice(3, [1] * 9, lo=1, hi=9), 4, 0.0)
    assert order.tolist() == again.tolist()
    assert random_state(1).tolist() == [7434755675892716031]
