"""What mends a finding: strays go home, small grids join, complexes come together; and no mend makes it worse.

cells   0 1 2 3      a row of four above a row of four, 100 households each
        4 5 6 7
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import ConflictError, InputError
from geo.plans.arranging import arrange
from geo.plans.edits import Draft, Numbering, Own
from geo.plans.mends import Mend, mends, stray_cells
from geo.plans.rules import profile

RULES = replace(profile("national"), min_households=200, max_households=500)
NUMBERING = Numbering("999901001001", RULES.code_template, "base", frozenset())


def town(complexes: tuple[str | None, ...] = (None,) * 8) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    cells = gpd.GeoDataFrame(
        {
            "cell": range(8),
            "households": 100,
            "kind": "building",
            "complex_ref": pd.array(complexes, dtype="str"),
            "building_ref": [f"b{cell}" for cell in range(8)],
        },
        geometry=[shapely.box(cell % 4, -(cell // 4), cell % 4 + 1, 1 - cell // 4) for cell in range(8)],
        crs=4490,
    )
    pairs = [(c, c + 1) for c in range(8) if c % 4 < 3] + [(c, c + 4) for c in range(4)]
    edges = pd.DataFrame(pairs, columns=["a", "b"]).assign(shared_m=10.0, barrier=False)
    return cells, edges


def draft(labels: str, **own: Any) -> Draft:
    grids = {
        label: Own(f"g{label}", f"n{label}", "base", 0, **own.get(f"g{label}", {}))
        for label in sorted({int(one) for one in labels})
    }
    return Draft(np.array([int(one) for one in labels], np.int64), MappingProxyType(grids))


def test_a_stray_part_goes_to_the_grid_that_holds_it() -> None:
    torn, ground = draft("01100011"), town()  # cell 3 of the first grid lies alone in the corner
    assert stray_cells(torn, 0, *ground, RULES).tolist() == [3]
    assert mends(torn, *ground, RULES) == [Mend("not-connected", "g0", {"g1": (3,)})]


def test_a_small_grid_joins_a_neighbour_that_stays_within_the_bound() -> None:
    assert mends(draft("01121122"), *town(), RULES) == [Mend("few-households", "g0", {"g1": (0,)})]
    assert mends(draft("01111111"), *town(), RULES) == []  # 800 in one


def test_a_complex_comes_together_where_most_of_it_is() -> None:
    cells = town((None, "c", "c", None, None, "c", None, None))
    assert mends(draft("00110011"), *cells, RULES) == [
        Mend("complex-split", "g0", {"g0": (2,)}),
        Mend("complex-split", "g1", {"g0": (2,)}),
    ]


def test_locked_grids_are_left_alone() -> None:
    assert mends(draft("01110001", g0={"locked": True}, g1={"locked": True}), *town(), RULES) == []


def test_cells_are_arranged_at_once_and_faults_are_told() -> None:
    start = draft("00110011")
    done = arrange(start, {"g1": [0], "+1": [2, 3]}, NUMBERING)
    assert done.labels.tolist() == [1, 0, 2, 2, 0, 0, 1, 1]
    assert done.grids[2].code == "999901001001001"
    assert arrange(start, {"g0": [0]}, NUMBERING) is start
    with pytest.raises(InputError, match="two grids"):
        arrange(start, {"g1": [0], "+1": [0]}, NUMBERING)
    with pytest.raises(InputError, match="no cell is named"):
        arrange(start, {"+1": []}, NUMBERING)
    with pytest.raises(ConflictError, match="locked"):
        arrange(draft("00110011", g1={"locked": True}), {"g1": [0]}, NUMBERING)
