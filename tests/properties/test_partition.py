"""Whatever the problem, every plan covers all cells with connected grids, and says where it breaks the bounds."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.partition.explain import reasons, violations
from geo.partition.problem.bounds import bounds_by_component
from geo.partition.problem.problem import Problem
from geo.partition.solve import best, solve
from tests.geo.partition.drawing import graph, possible_numbers


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


@st.composite
def small_graphs(draw: st.DrawFn) -> tuple[list[int], list[tuple[int, int]], dict[str, Any]]:
    """Households, neighbour pairs and the rest of up to nine cells on a lattice with pairs left out."""
    width, height = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    n = width * height
    pairs = [(i, i + 1) for i in range(n) if i % width < width - 1] + [
        (i, i + width) for i in range(n - width)
    ]
    kept = [pair for pair in pairs if draw(st.integers(0, 5))]
    households = draw(st.lists(st.sampled_from([0, 20, 35, 40, 60, 90]), min_size=n, max_size=n))
    owners = draw(st.lists(st.sampled_from([None, "A", "B"]), min_size=n, max_size=n))
    lo = draw(st.sampled_from([0, 50, 80]))
    places = [(i % width, i // width) for i in range(n)]
    return households, kept, {"owners": owners, "places": places, "lo": lo, "hi": 100}


@settings(max_examples=40, deadline=None)
@given(small_graphs(), st.integers(1, 99))
def test_what_is_proved_of_the_number_holds_for_every_division(
    drawn: tuple[list[int], list[tuple[int, int]], dict[str, Any]], seed: int
) -> None:
    households, pairs, more = drawn
    problem = graph(households, pairs, **more)
    possible = possible_numbers(problem)
    for solution in solve(problem, seed=seed, time_limit_s=0.5):
        assert solution.fewest <= min(possible, default=problem.n + 1)
        assert not (solution.impossible and possible)
        if solution.score.feasible:
            assert solution.score.grids in possible
        if solution.number_is_optimal:
            assert solution.score.grids == min(possible)


@settings(max_examples=8, deadline=None)
@given(small_graphs(), st.randoms(use_true_random=False))
def test_plans_depend_on_the_seed_and_not_on_the_order_of_cells(
    drawn: tuple[list[int], list[tuple[int, int]], dict[str, Any]], random: Any
) -> None:
    households, pairs, more = drawn
    old = list(range(len(households)))
    random.shuffle(old)  # the old number of each new cell
    new = {cell: i for i, cell in enumerate(old)}
    turned = more | {key: [more[key][cell] for cell in old] for key in ("owners", "places")}
    turned_pairs = [(new[b], new[a]) for a, b in reversed(pairs)]
    problem = graph(households, pairs, **more)
    other = graph([households[cell] for cell in old], turned_pairs, **turned)
    # so few cells settle by themselves, long before the clock could cut the search
    plans = [best(each, seed=5, time_limit_s=120).labels for each in (problem, problem, other)]
    assert plans[0].tolist() == plans[1].tolist()
    assert plans[0][old].tolist() == plans[2].tolist()
