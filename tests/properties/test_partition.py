"""Whatever the problem, every plan covers all cells with connected grids, and says where it breaks the bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.partition.bounds import bounds_by_component
from geo.partition.explain import reasons, violations
from geo.partition.problem import Problem
from geo.partition.solve import solve


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    """Up to 25 cells on a lattice from which neighbour pairs are left out at random: islands, trees, single cells."""
    width, height = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    n = width * height
    pairs = [(i, i + 1) for i in range(n) if i % width < width - 1] + [
        (i, i + width) for i in range(n - width)
    ]
    kept = draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    households = draw(st.lists(st.sampled_from([0, 0, 7, 20, 55, 130, 700]), min_size=n, max_size=n))
    complexes = draw(st.lists(st.sampled_from([None, "A", "B"]), min_size=n, max_size=n))
    lo = draw(st.integers(0, 200))
    nodes: list[dict[str, Any]] = [
        {
            "id": i,
            "x": i % width,
            "y": i // width,
            "households": households[i],
            "area": 1,
            "complex": complexes[i],
        }
        for i in range(n)
    ]
    edges = [
        {"a": a, "b": b, "shared_m": 1, "barrier": a % 3 == 0}
        for (a, b), keep in zip(pairs, kept, strict=True)
        if keep
    ]
    k = draw(st.none() | st.integers(1, n))
    bounds = {"lo": lo, "hi": lo + draw(st.integers(1, 300)), "k": k}
    return Problem.from_instance({"nodes": nodes, "edges": edges} | bounds)


@settings(max_examples=40, deadline=None)
@given(problems())
def test_every_plan_is_whole_connected_and_honest(problem: Problem) -> None:
    proven = bounds_by_component(problem)
    last = None
    for solution in solve(problem, time_limit_s=0.3):
        labels, score = solution.labels, solution.score
        assert labels.shape == (problem.n,)
        assert labels.dtype == np.int64
        assert sorted(set(labels.tolist())) == list(range(score.grids))
        assert score.disconnected == 0
        sums = np.bincount(labels, problem.households)
        broken = int(((sums < problem.lo) | (sums > problem.hi)).sum())
        assert len(violations(problem, labels)) == broken
        assert score.violation >= sum(bounds.violation for bounds in proven)
        assert last is None or score.violation <= last.violation
        last = score
    assert last is not None
    if last.feasible:
        assert all(bounds.fewest <= bounds.most for bounds in proven)
        assert sum(bounds.fewest for bounds in proven) <= last.grids <= sum(bounds.most for bounds in proven)


@settings(max_examples=60, deadline=None)
@given(problems())
def test_reasons_are_given_in_both_languages_whenever_a_violation_is_proved(problem: Problem) -> None:
    found = reasons(problem)
    if any(bounds.violation for bounds in bounds_by_component(problem)):
        assert found
    assert all(words.en and words.zh and words.en != words.zh for words in found)
