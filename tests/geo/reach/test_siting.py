"""Siting against every choice there is, on problems small enough to try them all."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import InputError
from geo.reach.models import Model
from geo.reach.siting import choose_sites

LIMIT_M = 500.0


def town(seed: int, *, doors: int = 30, candidates: int = 8, kept: int = 1) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(seed)
    at, sites, old = (
        rng.uniform(0, 2000, (doors, 2)),
        rng.uniform(0, 2000, (candidates, 2)),
        rng.uniform(0, 2000, (kept, 2)),
    )
    far = lambda some: np.hypot(*(some[:, None] - at).transpose(2, 0, 1))  # noqa: E731
    return far(old), far(sites), rng.integers(0, 60, doors).astype(np.float64)


def objective(kept: Any, sites: Any, households: Any, chosen: tuple[int, ...], model: Model) -> float:
    near = np.concatenate([kept, sites[list(chosen)]]).min(axis=0, initial=np.inf)
    if model is Model.MOST:
        return float(households[near <= LIMIT_M].sum())
    return float((np.minimum(near, LIMIT_M) * households).sum())


@pytest.mark.parametrize("model", [Model.MOST, Model.LEAST_WALK])
@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), new=st.integers(1, 3), kept=st.integers(0, 2))
def test_the_best_and_the_next_best_of_all_choices(model: Model, seed: int, new: int, kept: int) -> None:
    old, sites, households = town(seed, kept=kept)
    worths = sorted(
        (objective(old, sites, households, some, model) for some in combinations(range(len(sites)), new)),
        reverse=model is Model.MOST,
    )
    found = choose_sites(old, sites, households, model=model, new=new, limit_m=LIMIT_M, alternatives=3)
    assert found[0].objective == pytest.approx(worths[0])
    assert found[0].gap == pytest.approx(0, abs=1e-6)
    for siting, worth in zip(found, worths, strict=False):
        assert siting.objective == pytest.approx(
            objective(old, sites, households, tuple(siting.chosen), model)
        )
        assert siting.objective <= worth + 1e-6 if model is Model.MOST else siting.objective >= worth - 1e-6
    assert len({tuple(siting.chosen) for siting in found}) == len(found)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_fewest_that_reach_everyone(seed: int) -> None:
    old, sites, households = town(seed)
    (found,) = choose_sites(old, sites, households, model=Model.ALL, limit_m=LIMIT_M)
    can = np.concatenate([old, sites]).min(axis=0) <= LIMIT_M
    assert found.reached == households[can].sum()
    fewer = [
        some
        for some in combinations(range(len(sites)), max(len(found.chosen) - 1, 0))
        if objective(old, sites, households, some, Model.MOST) == found.reached
    ]
    assert fewer == [] or len(found.chosen) == 0
    assert found.gap == 0


def test_a_full_station_leaves_the_rest_to_others() -> None:
    kept = np.full((1, 4), np.inf)
    sites = np.array([[100.0, 100, 100, np.inf], [np.inf, np.inf, 100, 100]])
    households = np.array([50.0, 50, 50, 50])
    args: dict[str, Any] = {"new": 1, "limit_m": LIMIT_M}
    assert choose_sites(kept, sites, households, **args)[0].reached == 150
    small = choose_sites(kept, sites, households, candidate_capacity=np.array([80.0, 100]), **args)[0]
    assert (small.chosen.tolist(), small.reached) == ([1], 100)
    walk = choose_sites(
        kept, sites, households, model=Model.LEAST_WALK, candidate_capacity=np.array([80.0, 100]), **args
    )[0]
    assert walk.objective == pytest.approx(100 * 100 + 100 * LIMIT_M)
    every = choose_sites(
        kept, sites, households, model=Model.ALL, limit_m=LIMIT_M, candidate_capacity=np.array([120.0, 100])
    )
    assert every[0].chosen.tolist() == [0, 1]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_room_enough_is_no_limit(seed: int) -> None:
    old, sites, households = town(seed)
    for model in (Model.MOST, Model.LEAST_WALK):
        args: dict[str, Any] = {"model": model, "new": 2, "limit_m": LIMIT_M}
        plain = choose_sites(old, sites, households, **args)[0]
        roomy = choose_sites(old, sites, households, candidate_capacity=np.full(len(sites), 1e6), **args)[0]
        assert roomy.objective == pytest.approx(plain.objective)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"new": 0}, "1 or more"),
        ({"limit_m": 0.0}, "above 0 m"),
        ({"candidate_m": np.empty((0, 30))}, "no candidate"),
        ({"candidate_m": np.zeros((3, 29))}, "a column per door"),
    ],
)
def test_what_cannot_be_asked_is_told(change: dict[str, Any], said: str) -> None:
    old, sites, households = town(1)
    asked = {"candidate_m": sites, "new": 1, "limit_m": LIMIT_M} | change
    with pytest.raises(InputError, match=said):
        choose_sites(old, asked.pop("candidate_m"), households, **asked)
