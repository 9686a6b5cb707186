"""Some cells of a plan divided anew, the rest left alone: a grid into balanced parts, or several grids drawn again."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.errors import InputError
from geo.partition.alternatives import EVENNESS
from geo.partition.carve import subproblem
from geo.partition.problem.problem import Problem
from geo.partition.problem.rows import rows_of_cells
from geo.partition.solve import best
from geo.plans.codes import kept_codes, overlap_table
from geo.plans.rules import Rules

Ints = NDArray[np.int64]


def balanced_parts(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    rules: Rules,
    chosen: ArrayLike,
    *,
    parts: int,
    buildings: gpd.GeoDataFrame | None = None,
    seed: int = 1,
    time_limit_s: float = 5.0,
) -> Ints:
    """`chosen` cells (r,), ascending, in `parts` connected parts of about equal size; (r,) the part of each from 0.

    The size bounds of `rules` do not count here, its prices do. Where the chosen cells lie apart already, each piece
    is a part at least. Raises `InputError` for fewer than two parts or more than there are cells.
    """
    chosen = np.asarray(chosen, np.int64)
    if not 2 <= parts <= len(chosen):
        raise InputError(
            f"{len(chosen)} cells can be divided into 2 to {len(chosen)} parts, not {parts}",
            f"{len(chosen)} 个基元可分为 2–{len(chosen)} 份，不能分为 {parts} 份",
        )
    problem = _part(cells, edges, rules, chosen, buildings)
    mean = problem.households.sum() / parts
    lo, hi = int(np.floor(mean * (1 - EVENNESS))), max(1, int(np.ceil(mean * (1 + EVENNESS))))
    even = replace(problem, lo=lo, hi=hi, k=parts, people=None, max_people=None)
    return best(even, seed=seed, time_limit_s=time_limit_s).labels


def drawn_again(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    rules: Rules,
    chosen: ArrayLike,
    *,
    buildings: gpd.GeoDataFrame | None = None,
    grids: int | None = None,
    seed: int = 1,
    time_limit_s: float = 10.0,
) -> Ints:
    """`chosen` cells (r,), ascending, divided as `rules` want it; (r,) the part of each from 0.

    `grids` is the wanted number of parts; None asks for the fewest within bounds.
    """
    problem = _part(cells, edges, rules, np.asarray(chosen, np.int64), buildings)
    return best(replace(problem, k=grids), seed=seed, time_limit_s=time_limit_s).labels


def heirs(
    cells: gpd.GeoDataFrame, codes: ArrayLike, parts: ArrayLike, rules: Rules, *, any_heir: bool = False
) -> dict[int, str]:
    """Which part keeps which code: those that mostly are the old grid, as `geo.plans.codes.kept_codes` has it.

    `cells` are those divided, `codes` (r,) their grids before. With `any_heir` a grid of which no part is most leaves
    its code to its largest part all the same.
    """
    table = overlap_table(parts, codes, households=cells["households"], area_m2=cells["area_m2"])
    kept = kept_codes(table, rules=rules)
    if any_heir:
        for code, rows in table.groupby("code"):
            largest = rows.sort_values(["households", "area_m2", "label"], ascending=[False, False, True])
            label = int(largest["label"].iloc[0])
            if code not in kept.values() and label not in kept:
                kept[label] = str(code)
    return kept


def _part(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    rules: Rules,
    chosen: Ints,
    buildings: gpd.GeoDataFrame | None,
) -> Problem:
    whole = Problem.from_cells(cells, edges, rules)
    if buildings is not None:
        whole = replace(whole, row_of=rows_of_cells(cells, buildings))
    return subproblem(whole, chosen)
