"""The figures kept with a plan, for one that somebody changed by hand."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.partition.problem.figures import plan_figures
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import evaluate
from geo.plans.edits import Draft
from geo.plans.rules import Rules
from geo.plans.sizes import cell_sizes
from layers.plans.cells import StoredCells
from layers.plans.lineage import labels_over
from layers.plans.plans import read_labels, read_plans
from layers.store.unit import Reading


def figures_of(
    unit: Reading, plan: Any, stored: StoredCells, rules: Rules, draft: Draft, grids: gpd.GeoDataFrame
) -> dict[str, Any]:
    """The score of a draft in plain values, under the names the partition keeps; bounds count for grids that are not
    exclusive. Households moved are told where the plan it began from stands on the same cells, or on those they were cut from."""
    current = _began_from(unit, plan, stored)
    problem = Problem.from_cells(stored.cells, stored.edges, rules, current=current)
    figures = asdict(evaluate(problem, draft.labels)) | asdict(plan_figures(problem, draft.labels))
    sizes = pd.Series(cell_sizes(stored.cells, rules)).groupby(draft.labels).sum()
    bound = sizes[[draft.grids[int(label)].kind != "exclusive" for label in sizes.index]].to_numpy()
    over, under = bound - rules.most_households, rules.least_households - bound
    figures |= {"over": int((over > 0).sum()), "under": int((under > 0).sum())}
    figures["violation"] = int(np.maximum(over, 0).sum() + np.maximum(under, 0).sum())
    return figures | {"grids": len(grids)}


def _began_from(unit: Reading, plan: Any, stored: StoredCells) -> Any:
    """The labels of the plan it was drawn from over its cells, where these are the same or were cut out of them; else None."""
    if pd.isna(plan.base_plan_id):
        return None
    (base,) = read_plans(unit, plan_ids=[int(plan.base_plan_id)]).itertuples()
    labels = read_labels(unit, int(base.id))
    return labels_over(unit, labels, int(base.cell_set_id), stored.cell_set_id)
