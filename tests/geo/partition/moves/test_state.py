"""The running figures: whatever the moves, they equal a fresh count."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.partition.moves.balance import balance
from geo.partition.moves.field import build_field
from geo.partition.moves.kernels import random_state
from geo.partition.moves.refine import anneal
from geo.partition.moves.state import MOVED, find_flaws, new_state, plan_cost, shift, tally
from geo.partition.problem.beyond import outer_rim
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate
from geo.plans.goals import Goal, Weights

SIDE = 6


def board(seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    n = SIDE * SIDE
    nodes = [
        {
            "id": i,
            "x": 50.0 * (i % SIDE),
            "y": 50.0 * (i // SIDE),
            "households": int(rng.integers(0, 20)),
            "area": 2500,
            "complex": [None, "A", "B", "C"][int(rng.integers(0, 4))],
        }
        for i in range(n)
    ]
    pairs = [(i, i + 1) for i in range(n) if i % SIDE < SIDE - 1] + [(i, i + SIDE) for i in range(n - SIDE)]
    edges = [
        {"a": a, "b": b, "shared_m": float(rng.integers(1, 50)), "barrier": bool(rng.random() < 0.2)}
        for a, b in pairs
    ]
    return Problem.from_instance({"lo": 60, "hi": 100, "nodes": nodes, "edges": edges})


@pytest.mark.parametrize("outlines", [False, True])
def test_moves_leave_the_figures_as_a_fresh_count_finds_them(outlines: bool) -> None:
    problem = board(1)
    if outlines:
        problem = replace(
            problem, beyond=outer_rim(np.full(problem.n, 200.0), problem.indptr, problem.shared_m)
        )
    nets = np.array([np.arange(problem.n) // 9, np.arange(problem.n) % 3])
    problem = replace(problem, nets=nets, weights=Weights(moved=5.0), net_weights=np.array([1.0, 2.0]))
    field = build_field(problem, np.arange(problem.n), grids=4, want=-1)
    rng = np.random.default_rng(2)
    state = new_state(field, rng.integers(0, 4, problem.n))
    for _ in range(200):
        v, h = int(rng.integers(problem.n)), int(rng.integers(4))
        if state.labels[v] != h:
            shift(field, state, v, h)
    find_flaws(field, state, np.arange(4))
    fresh = state._replace(figures=np.zeros_like(state.figures), held=np.zeros_like(state.held))
    tally(field, fresh)
    np.testing.assert_allclose(state.figures, fresh.figures, atol=1e-9)
    np.testing.assert_allclose(state.held, fresh.held)
    assert plan_cost(field, state)[0] == evaluate(problem, state.labels).violation


def test_grids_are_matched_to_the_net_they_share_most_with() -> None:
    problem = replace(board(1), nets=(np.arange(SIDE * SIDE) // 9)[None], weights=Weights(moved=1.0))
    field = build_field(problem, np.arange(problem.n), grids=4, want=-1)
    state = new_state(field, 3 - np.arange(problem.n) // 9)
    assert state.match[:, 0].tolist() == [3, 2, 1, 0]
    assert state.figures[:, MOVED].tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize("goal", list(Goal))
def test_annealing_never_breaks_a_grid_apart_and_never_gets_worse(goal: Goal) -> None:
    problem = board(3)
    lon_lat = np.column_stack([108 + problem.x_m / 1e5, 34 + problem.y_m / 1e5])
    problem = replace(problem, goal=goal, lon_lat=lon_lat)
    field = build_field(problem, np.arange(problem.n), grids=4, want=-1)
    start = np.repeat(np.arange(4), 9)
    before = plan_cost(field, new_state(field, start))
    for seed in range(5):
        state = new_state(field, start)
        after = anneal(field, state, 5_000, 0.5, 30.0, 20.0, 5.0, 0.01, True, random_state(seed))
        assert after <= (before[0], before[1], before[2] + 1e-9)
        assert after == pytest.approx(plan_cost(field, new_state(field, state.labels)))
        assert evaluate(problem, state.labels).disconnected == 0
    assert start.tolist() == np.repeat(np.arange(4), 9).tolist()


def test_balancing_meets_bounds_that_leave_no_room() -> None:
    problem = board(4)
    total = int(problem.households.sum())
    problem = replace(problem, lo=total // 4, hi=-(-total // 4))
    field = build_field(problem, np.arange(problem.n), grids=4, want=4)
    labels = np.repeat(np.arange(4), 9)
    missing = balance(field, labels, 400_000, 20.0, 0.5, 0.0, 0.1, 0.1, random_state(1))
    assert missing == evaluate(problem, labels).violation == 0
    assert evaluate(problem, labels).disconnected == 0
