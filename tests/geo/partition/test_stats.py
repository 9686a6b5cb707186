"""The running figures: whatever the moves, they equal a fresh count."""

from __future__ import annotations

import numpy as np

from geo.partition.field import build_field
from geo.partition.kernels import random_state
from geo.partition.problem import Problem
from geo.partition.refine import anneal
from geo.partition.score import evaluate
from geo.partition.stats import COLUMNS, plan_cost, shift, tally

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


def test_moves_leave_the_figures_as_a_fresh_count_finds_them() -> None:
    problem = board(1)
    field = build_field(problem, np.arange(problem.n), grids=4, want=-1)
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 4, problem.n)
    figures, held = np.zeros((4, COLUMNS)), np.zeros((4, len(field.complex_size)))
    tally(field, labels, figures, held)
    for _ in range(200):
        v, h = int(rng.integers(problem.n)), int(rng.integers(4))
        if labels[v] != h:
            shift(field, labels, figures, held, v, h)
    fresh, fresh_held = np.zeros_like(figures), np.zeros_like(held)
    tally(field, labels, fresh, fresh_held)
    np.testing.assert_allclose(figures, fresh, atol=1e-9)
    np.testing.assert_allclose(held, fresh_held)
    assert plan_cost(field, figures)[0] == evaluate(problem, labels).violation


def test_annealing_never_breaks_a_grid_apart_and_never_gets_worse() -> None:
    problem = board(3)
    field = build_field(problem, np.arange(problem.n), grids=4, want=-1)
    start = np.repeat(np.arange(4), 9)
    before = evaluate(problem, start)
    for seed in range(5):
        labels = anneal(field, start, 20_000, 0.5, 30.0, 20.0, 5.0, 0.01, random_state(seed))
        after = evaluate(problem, labels)
        assert after.disconnected == 0
        assert after.violation <= before.violation
    assert start.tolist() == np.repeat(np.arange(4), 9).tolist()
