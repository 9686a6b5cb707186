"""The choice of sets, against every choice of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from geo.partition.exact.cover import Columns, cheapest_cover

CELLS = 6


def columns(*sets: set[int]) -> Columns:
    """Sets of cells in compressed rows."""
    offsets = np.cumsum([0, *(len(own) for own in sets)]).astype(np.int64)
    return Columns(offsets, np.array([cell for own in sets for cell in sorted(own)], np.int64))


def some_sets(seed: int) -> list[set[int]]:
    """Twelve random sets of one to three of six cells."""
    rng = np.random.default_rng(seed)
    return [set(rng.choice(CELLS, rng.integers(1, 4), replace=False).tolist()) for _ in range(12)]


def covers(sets: list[set[int]], cells: int) -> list[tuple[int, ...]]:
    """Every choice that covers each cell once."""
    ways = itertools.chain.from_iterable(
        itertools.combinations(range(len(sets)), r) for r in range(cells + 1)
    )
    return [way for way in ways if sorted(itertools.chain(*(sets[i] for i in way))) == list(range(cells))]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("exactly", [None, 3, 4])
def test_the_cover_is_the_cheapest_of_all(seed: int, exactly: int | None) -> None:
    sets = some_sets(seed)
    prices = np.random.default_rng(seed).integers(1, 50, len(sets))
    ways = [way for way in covers(sets, CELLS) if exactly in (None, len(way))]
    cover = cheapest_cover(columns(*sets), prices, CELLS, exactly=exactly)
    assert cover.proved
    if not ways:
        assert cover.chosen is None
        return
    assert cover.chosen is not None
    assert tuple(cover.chosen.tolist()) in ways
    assert prices[cover.chosen].sum() == min(sum(prices[list(way)]) for way in ways)


def test_half_of_three_pairs_is_no_cover() -> None:
    triangle = columns({0, 1}, {1, 2}, {0, 2})
    cover = cheapest_cover(triangle, np.zeros(3, np.int64), 3)
    assert cover.chosen is None
    assert cover.proved


def test_a_cell_in_no_set_is_proved_to_have_no_cover() -> None:
    cover = cheapest_cover(columns({0}, {1}), np.zeros(2, np.int64), 3)
    assert cover.chosen is None
    assert cover.proved


@pytest.mark.parametrize("hint", [[0, 1], [2, 3], [0, 3]])
def test_a_hint_good_or_bad_does_not_change_the_answer(hint: list[int]) -> None:
    # {0,1}+{2,3} costs 9, {0,1,2}+{3} costs 5; the third hint is no cover
    sets = columns({0, 1}, {2, 3}, {0, 1, 2}, {3})
    cover = cheapest_cover(sets, np.array([4, 5, 2, 3]), 4, hint=np.array(hint))
    assert cover.chosen is not None
    assert cover.chosen.tolist() == [2, 3]


def test_taken_columns_keep_their_members_and_the_order_asked_for() -> None:
    part = columns({0, 1}, {2}, {1, 3, 4}).take(np.array([2, 0]))
    assert part.sets == 2
    assert part.offsets.tolist() == [0, 3, 5]
    assert part.members.tolist() == [1, 3, 4, 0, 1]
