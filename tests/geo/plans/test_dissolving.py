"""A grid is given up: where its cells go. Cells lie in a row, each touching the next along 100 m.

cells         0 1 2 3 4 5 6        100 households each
grids         a a x x x b b        x is given up
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from geo.errors import ConflictError, Words
from geo.plans.dissolving import dissolve
from geo.plans.edits import Draft, Own, lock, set_kind
from geo.plans.rules import Rules

RULES = Rules("test", Words("test", "测试"), 200, 400)
DRAFT = Draft(
    np.array([0, 0, 1, 1, 1, 2, 2]),
    {0: Own("a", "甲", "base", 0), 1: Own("x", "学校", "exclusive", 1), 2: Own("b", "乙", "base", 2)},
)


def after(
    draft: Draft = DRAFT,
    *,
    households: Sequence[int] = (100,) * 7,
    complexes: str = ".......",
    barrier_after: int | None = None,
) -> str:
    """The grid of each cell once x is dissolved, one letter a cell."""
    cells = gpd.GeoDataFrame(
        {
            "households": list(households),
            "complex_ref": pd.Series([None if c == "." else c for c in complexes], dtype=object),
        }
    )
    edges = pd.DataFrame(
        {
            "a": range(6),
            "b": range(1, 7),
            "shared_m": 100.0,
            "barrier": [i == barrier_after for i in range(6)],
        }
    )
    done = dissolve(draft, "x", cells, edges, RULES)
    assert 1 not in done.grids
    return "".join(done.grids[label].code for label in done.labels.tolist())


def test_cells_go_to_both_sides_as_long_as_these_stay_within_the_bound() -> None:
    assert after() == "aaaabbb"
    assert after(households=(100, 200, 100, 100, 100, 50, 50)) == "aaabbbb"


def test_empty_ground_goes_along_although_a_grid_is_full() -> None:
    assert after(households=(200, 300, 0, 0, 0, 200, 300)) == "aaaaabb"


def test_a_complex_goes_as_a_whole() -> None:
    assert after(households=(100, 100, 50, 50, 50, 100, 100), complexes="..cc...") == "aaaaabb"
    assert after(households=(200, 200, 50, 50, 50, 100, 100), complexes="..cc...") == "aabbbbb"


def test_a_barrier_is_crossed_only_where_nothing_else_adjoins() -> None:
    assert after(households=(0,) * 7, barrier_after=1) == "aabbbbb"
    assert after(set_kind(DRAFT, "b", "exclusive"), barrier_after=1) == "aaaaabb"


def test_what_is_locked_or_exclusive_takes_nothing() -> None:
    assert after(lock(DRAFT, ["b"])) == "aaaaabb"
    with pytest.raises(ConflictError, match="only locked or exclusive grids adjoin 学校"):
        after(set_kind(lock(DRAFT, ["b"]), "a", "exclusive"))
    with pytest.raises(ConflictError, match="is locked"):
        after(lock(DRAFT, ["x"]))
