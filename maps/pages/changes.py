"""What a draft changes, on its map: the grids before as ghosts, the homes that come to another grid, and how many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from maps.look import style
from maps.look.words import legend_text
from maps.pages.encode import Origin, encode_shapes, texts
from maps.pages.legend import Row
from maps.pages.scene import borders, coverage, in_key_order


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """A draft beside the grids before it."""

    before: gpd.GeoDataFrame
    """The grids before (code, name, geometry; EPSG:4490)."""
    moved: pd.DataFrame
    """Buildings that come to another grid: ref, and old, the name of the grid they leave; missing where they had none."""
    households: int | None
    """How many households these moves come to; None where it may not be told."""
    came: dict[str, str]
    """By code of a new grid, in words: which households come from which grids."""
    went: dict[str, str]
    """By code of a new grid, in words: which households of the grid with its code go to which others."""


def changes_data(
    changes: Changes, grids: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, origin: Origin
) -> dict[str, Any]:
    """What the scripts show of it; `grids` and `buildings` are those of the page, in its order."""
    before = in_key_order(changes.before, "code", "grids before")
    old = changes.moved.drop_duplicates("ref").set_index("ref")["old"].reindex(buildings["ref"])
    moved = buildings["ref"].isin(changes.moved["ref"]).to_numpy(dtype=bool)
    lines = borders(coverage(before)) if len(before) else np.array([], dtype=object)
    return {
        "before": encode_shapes(lines, origin),
        "moved": np.flatnonzero(moved).tolist(),
        "old": texts(old),
        "came": [changes.came.get(code, "") for code in grids["code"]],
        "went": [changes.went.get(code, "") for code in grids["code"]],
    }


def change_rows(changes: Changes, lang: str) -> list[Row]:
    """The lines of the legend."""
    rows = []
    if len(changes.before):
        line = f'<path d="M0 8h34" stroke="{style.BEFORE}" stroke-width="2.5" stroke-dasharray="7 5"/>'
        rows.append(Row("before", line, legend_text("before", lang), len(changes.before)))
    if len(changes.moved):
        look = style.MOVED
        mark = f'<path d="M4 3h12v4h-5v6H4zM21 3h10v10H21z" fill="{look["fill"]}" stroke="{look["line"]}"/>'
        rows.append(Row("moved", mark, legend_text("moved", lang), len(changes.moved)))
    return rows
