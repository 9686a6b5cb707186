"""Random plans, and a plan's place among them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.partition.problem.figures import plan_figures
from geo.partition.problem.score import evaluate
from geo.partition.sample import places, sample_plans
from tests.geo.partition.lattice import lattice

PROBLEM = lattice(6, 4, lo=50, hi=70)
BLOCKS = [i % 6 // 3 + 2 * (i // 12) for i in range(24)]
"""Four blocks of three by two: the best there is."""


def test_random_plans_are_within_the_bounds_connected_and_many() -> None:
    plans = list(sample_plans(PROBLEM, BLOCKS, count=60, seed=3))
    for plan in plans:
        score = evaluate(PROBLEM, plan)
        assert (score.feasible, score.grids) == (True, 4)
    assert len({tuple(plan) for plan in plans}) > 20


def test_the_same_seed_gives_the_same_plans() -> None:
    one, other = (list(sample_plans(PROBLEM, BLOCKS, count=5, seed=2)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, other, strict=True))


def test_the_best_plan_is_better_than_nearly_all_in_compactness() -> None:
    others = [plan_figures(PROBLEM, plan) for plan in sample_plans(PROBLEM, BLOCKS, count=60)]
    place = places(plan_figures(PROBLEM, BLOCKS), others)
    assert place["compactness"] > 0.9
    assert place["outline_m"] > 0.9
    assert "complexes_split" not in place
    assert "moved_households" not in place


def test_equal_plans_count_half() -> None:
    own = plan_figures(PROBLEM, BLOCKS)
    assert places(own, [own, replace(own, outline_m=own.outline_m + 1)]) == {"outline_m": 0.75}
    assert places(replace(own, violation=3), [own]) == {"violation": 0.0}


def test_parts_without_bridges_keep_their_grids() -> None:
    island = lattice(2, 1, lo=10, hi=10)
    assert [plan.tolist() for plan in sample_plans(island, [0, 1], count=2)] == [[0, 1]] * 2
    alone = lattice(2, 1, lo=10, hi=20)
    assert next(iter(sample_plans(alone, [4, 4], count=1))).tolist() == [4, 4]
