"""The evaluator on plans small enough to check by eye, and against the judge's own score."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geo.errors import InputError
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate, grid_figures

# 0 1 2   households 4 2 4      complexes A A B    a barrier runs below the first row
# 3 4 5              0 6 4                - B B    cells of 100 m
SQUARE: dict[str, Any] = {
    "lo": 6,
    "hi": 12,
    "nodes": [
        {"id": i, "x": 100 * (i % 3), "y": -100 * (i // 3), "households": w, "area": 1e4, "complex": c}
        for i, (w, c) in enumerate(zip([4, 2, 4, 0, 6, 4], ["A", "A", "B", None, "B", "B"], strict=True))
    ],
    "edges": [
        {"a": a, "b": b, "shared_m": 100, "barrier": b == a + 3}
        for a, b in [(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]
    ],
    "current": ["old", "old", "old", "new", "new", "new"],
}


def test_figures_of_a_sound_plan() -> None:
    score = evaluate(Problem.from_instance(SQUARE), np.array([0, 0, 1, 0, 1, 1]))
    assert score.feasible is False  # 6 and 14 households, bounds 6 to 12
    assert (score.grids, score.lower_bound) == (2, 2)
    assert (score.over, score.under, score.violation) == (1, 0, 2)
    assert (score.complexes_split, score.complexes_forced) == (0, 1)
    assert score.barrier_inside == 2  # 0-3 and 2-5
    assert (score.cut_edges, score.cut_length_m) == (3, 300)
    assert score.moved_households == 4  # cell 2, and 3 which is empty


def test_inertia_is_taken_around_the_mean_household() -> None:
    problem = Problem.from_instance(SQUARE)
    score = evaluate(problem, np.array([0, 0, 0, 1, 1, 1]))
    # above: 4, 2, 4 at 0, 100, 200 m, mean at 100; below: 6, 4 at 100, 200 m, mean at 140
    assert score.inertia == pytest.approx(8 * 100**2 + 6 * 40**2 + 4 * 60**2)


def test_a_grid_in_two_parts_is_found() -> None:
    score = evaluate(Problem.from_instance(SQUARE), np.array([0, 1, 0, 1, 1, 1]))
    assert score.disconnected == 1
    assert not score.feasible


def test_sums_over_grids_are_the_whole() -> None:
    problem = Problem.from_instance(SQUARE)
    labels = np.array([7, 7, 3, 3, 3, 0])
    figures, score = grid_figures(problem, labels), evaluate(problem, labels)
    assert figures.labels.tolist() == [0, 3, 7]
    assert figures.households.tolist() == [4, 10, 6]
    assert figures.parts.tolist() == [1, 2, 1]
    assert figures.cut_m.sum() == score.cut_length_m


@pytest.mark.parametrize(
    "labels",
    [np.zeros(5, int), np.full(6, -1), np.zeros(6), np.zeros((2, 3), int)],
    ids=["few", "neg", "float", "2d"],
)
def test_labels_of_another_shape_are_refused(labels: Any) -> None:
    with pytest.raises(InputError, match="one label of 0 or more"):
        evaluate(Problem.from_instance(SQUARE), labels)


@pytest.mark.real
def test_the_figures_agree_with_the_judge(instances: Path) -> None:
    spec = importlib.util.spec_from_file_location("judge", instances / "score.py")
    assert spec is not None
    assert spec.loader is not None
    judge = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(judge)
    rng = np.random.default_rng(3)
    for path in [*sorted(instances.glob("syn_50*.json")), instances / "us2010_tract_NH.json"]:
        raw = json.loads(path.read_text(encoding="utf-8"))
        problem = Problem.from_instance(raw)
        labels = np.argsort(problem.x_m).argsort() * 8 // problem.n
        labels = np.where(rng.random(problem.n) < 0.1, rng.integers(0, 9, problem.n), labels)
        ours, theirs = evaluate(problem, labels), judge.score(raw, labels.tolist(), extra=False)
        assert ours.feasible == theirs["feasible"]
        assert (ours.grids, ours.over, ours.under, ours.disconnected) == tuple(
            theirs[key] for key in ("grids", "grids_over_hi", "grids_under_lo", "grids_not_contiguous")
        )
        assert ours.complexes_split == theirs["complexes_split"]
        assert ours.complexes_forced == theirs["complexes_forced"]
        assert ours.barrier_inside == theirs["barrier_inside"]
        assert ours.cut_edges == theirs["cut_edges"]
        assert ours.cut_length_m == pytest.approx(theirs["cut_length"])
        assert ours.inertia == pytest.approx(theirs["moi"])
        assert ours.moved_households == theirs.get("moves")
        assert theirs["lower_bound"] <= ours.lower_bound
