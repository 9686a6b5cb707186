"""Grids divided exactly: as good as the best of all divisions, and priced as the search prices them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from geo.partition.exact.neighbourhoods import divided_exactly, set_prices
from geo.partition.moves.construct import connected_labels
from geo.partition.moves.field import Field, build_field
from geo.partition.moves.state import new_state, plan_cost, soft_cost
from geo.partition.problem.beyond import outer_rim
from geo.partition.problem.problem import Problem


def field_of(households: list[int], *, width: int, lo: int, hi: int) -> Field:
    """A lattice of cells, complex A in its first two columns, a barrier below the first row."""
    n = len(households)
    nodes: list[dict[str, Any]] = [
        {
            "id": i,
            "x": 100.0 * (i % width),
            "y": 100.0 * (i // width),
            "households": h,
            "area": 1e4,
            "complex": "A" if i % width < 2 else None,
        }
        for i, h in enumerate(households)
    ]
    pairs = [(i, i + 1) for i in range(n) if i % width < width - 1] + [
        (i, i + width) for i in range(n - width)
    ]
    edges = [
        {"a": a, "b": b, "shared_m": 80.0 + a, "barrier": a < width and b == a + width} for a, b in pairs
    ]
    problem = Problem.from_instance({"lo": lo, "hi": hi, "nodes": nodes, "edges": edges})
    beyond = outer_rim(np.full(n, 400.0), problem.indptr, problem.shared_m)
    return build_field(replace(problem, beyond=beyond, tolerance=0.1), np.arange(n), grids=2, want=2)


def test_sets_are_priced_as_grids_are() -> None:
    field = field_of([3, 4, 5, 0, 4, 4, 3, 5, 2], width=3, lo=5, hi=20)
    labels = np.array([0, 0, 1, 0, 1, 1, 2, 2, 1])
    state = new_state(field, labels)
    members = np.concatenate([np.flatnonzero(labels == g) for g in range(3)])
    prices = set_prices(field, np.array([0, 3, 7, 9]), members)
    assert prices.tolist() == pytest.approx([soft_cost(field, state, g) for g in range(3)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_two_grids_come_out_as_the_best_of_all_divisions(seed: int) -> None:
    rng = np.random.default_rng(seed)
    field = field_of(rng.integers(1, 6, 9).tolist(), width=3, lo=9, hi=22)
    best = np.inf
    start = None
    for code in itertools.product((0, 1), repeat=8):
        labels = np.array([0, *code])
        if len(set(labels.tolist())) == 2 and connected_labels(field, labels).max() == 1:
            missing, _, soft = plan_cost(field, new_state(field, labels))
            if missing == 0:
                start = labels if start is None else start
                best = min(best, soft)
    assert start is not None
    done: set[bytes] = set()
    divided = divided_exactly(field, start, done=done)
    assert plan_cost(field, new_state(field, divided)) == (0, 0, pytest.approx(best, abs=1e-3))
    assert divided_exactly(field, start, done=done).tolist() == start.tolist()  # looked at already
