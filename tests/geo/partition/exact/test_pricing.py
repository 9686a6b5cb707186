"""The search for sets worth more than a grid, against the list of all connected sets."""

from __future__ import annotations

import numpy as np
import pytest

from geo.partition.exact.connected_sets import connected_sets, whole
from geo.partition.exact.pricing import Found, Ground, worthy_sets
from geo.partition.moves.field import Field
from tests.geo.partition.drawing import drawn, field_of

ALL = (10**9, 10**9, 10**9)


def some_field(seed: int) -> Field:
    """Twelve cells, a few of them empty."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 60, 12) * (rng.random(12) > 0.2)
    rows = "\n".join(" ".join(str(n) for n in row) for row in counts.reshape(3, 4))
    return field_of(drawn(rows, lo=60, hi=110))


def ground_of(field: Field, apart: tuple[tuple[int, int], ...] = ()) -> tuple[Ground, np.ndarray]:
    """The cells of the field heaviest first, and which each is."""
    order = np.argsort(-field.households, kind="stable")
    place = np.argsort(order)
    rows = [np.sort(place[field.indices[field.indptr[v] : field.indptr[v + 1]]]) for v in order]
    indptr = np.cumsum([0, *(len(row) for row in rows)])
    pairs = np.zeros((len(order), len(order)), bool)
    for a, b in apart:
        pairs[place[a], place[b]] = pairs[place[b], place[a]] = True
    return Ground(indptr, np.concatenate(rows), field.households[order], pairs, field.lo, field.hi), order


def worths(seed: int, households: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A worth of each cell, some negative, those of empty cells never above 0; and the cells best first."""
    rng = np.random.default_rng(seed + 100)
    worth = households / 90 * rng.uniform(0.6, 1.4, len(households)) - 0.2 * (
        rng.random(len(households)) < 0.2
    )
    rate = np.where(households > 0, worth / np.maximum(households, 1), -np.inf)
    return worth, np.argsort(-rate, kind="stable")


def is_empty_edge(field: Field, own: frozenset[int], v: int) -> bool:
    """Whether a cell of the set has no households and joins no two others."""
    beside = set(field.indices[field.indptr[v] : field.indptr[v + 1]].tolist()) & own
    return field.households[v] == 0 and len(beside) < 2


def as_sets(found: Found, order: np.ndarray) -> list[frozenset[int]]:
    """What was found, in the numbers of the field."""
    return [
        frozenset(order[own].tolist()) for own in np.split(found.members, found.offsets[1:-1]) if len(own)
    ]


@pytest.mark.parametrize("apart", [(), ((0, 1), (5, 6), (2, 9))])
@pytest.mark.parametrize("seed", range(12))
def test_it_finds_the_sets_above_the_threshold_and_no_others(
    seed: int, apart: tuple[tuple[int, int], ...]
) -> None:
    field = some_field(seed)
    ground, order = ground_of(field, apart)
    worth, best_first = worths(seed, ground.households)
    offsets, members, _ = connected_sets(whole(field), field.lo, field.hi, 10**5, 10**6, 10**7)
    value = dict(zip(order.tolist(), worth.tolist(), strict=True))
    expected = {
        own
        for own in (frozenset(part.tolist()) for part in np.split(members, offsets[1:-1]))
        if sum(value[v] for v in own) > 1.0
        and not any({a, b} <= own for a, b in apart)
        and not any(is_empty_edge(field, own, v) for v in own)
    }
    found = worthy_sets(ground, worth, best_first, 1.0, *ALL)
    assert found.complete
    sets = as_sets(found, order)
    assert len(sets) == len(set(sets))
    assert set(sets) == expected
    assert found.work <= 10**6


def test_limits_cut_the_search_and_say_so() -> None:
    field = some_field(1)
    ground, order = ground_of(field)
    worth, best_first = worths(1, ground.households)
    every = as_sets(worthy_sets(ground, worth, best_first, 0.8, *ALL), order)
    assert len(every) > 8
    for limits in ((1, 10**9, 10**9), (10**9, 4, 10**9), (10**9, 10**9, 8)):
        found = worthy_sets(ground, worth, best_first, 0.8, *limits)
        assert not found.complete
        assert set(as_sets(found, order)) < set(every)
