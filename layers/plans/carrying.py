"""Grids of a draft with the codes of another plan in force than the one they were drawn against."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo.plans.grids import make_grids
from geo.plans.rules import Rules
from layers.plans.cells import read_cells
from layers.plans.plans import ADOPTED, codes_ever_used, read_labels
from layers.store import tables as t
from layers.store.unit import Reading, Writing


def derive_again(unit: Writing, plan: Any, previous: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The plan's grids with codes carried over from another plan than the one they were proposed against; kept in place
    of those there were; one row a grid, in EPSG:4490. What a planner chose stays: names, kinds, locks, and codes that name nothing else."""
    stored = read_cells(unit, plan.community_code, cell_set_id=int(plan.cell_set_id))
    rules = Rules.from_dict(plan.rules)
    own = _own(unit, plan, rules)
    again = make_grids(
        stored.cells,
        read_labels(unit, int(plan.id)),
        community_code=plan.community_code,
        rules=rules,
        previous=previous,
        taken=codes_ever_used(unit, plan.community_code),
        drawn=_chosen(own, everything=plan.origin == ADOPTED),
        stays=_staying(own, previous) if plan.origin != ADOPTED else None,
    )
    again = again.merge(own[["label", "locked", "chosen", "reasons"]], on="label", how="left")
    unit.execute(t.grids.delete().where(t.grids.c.plan_id == int(plan.id)))
    unit.insert_frame(t.grids, again, plan_id=int(plan.id))
    return again


def _own(unit: Reading, plan: Any, rules: Rules) -> pd.DataFrame:
    """What each grid of the plan is by itself: label, code, name, kind, locked, chosen, reasons."""
    own = unit.table(
        sa.select(
            *(t.grids.c[name] for name in ("label", "code", "name", "kind", "locked", "chosen", "reasons"))
        ).where(t.grids.c.plan_id == int(plan.id))
    )
    locked = own["locked"].astype("boolean").fillna(own["code"].isin(rules.locked).astype("boolean"))
    chosen = own["chosen"].astype("boolean").fillna(False)
    return own.assign(locked=locked.astype(bool), chosen=chosen.astype(bool))


def _chosen(own: pd.DataFrame, *, everything: bool) -> pd.DataFrame:
    """What `make_grids` takes as somebody's choice: codes given once, and the names and kinds a planner chose."""
    drawn = own[["label", "code", "name", "kind"]].copy()
    if not everything:
        drawn.loc[~own["chosen"], ["name", "kind"]] = None
    return drawn


def _staying(own: pd.DataFrame, previous: gpd.GeoDataFrame) -> dict[int, str]:
    """Codes by label of the grids that were to stay as they are when the plan was drawn and are still in force."""
    carved = ((own["kind"] == "exclusive") | own["locked"]) & own["code"].isin(previous["code"])
    stay = own[carved]
    return dict(zip(stay["label"].astype(int), stay["code"], strict=True))
