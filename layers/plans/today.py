"""The plan in force as the generator needs it: labels of the cells to be divided, with the codes and kinds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import sqlalchemy as sa

from geo.partition.ask import Today
from geo.plans.grids import owner_codes
from geo.plans.rules import Rules
from layers.plans.cells import StoredCells
from layers.plans.lineage import labels_over
from layers.plans.plans import latest_published, read_grids, read_labels
from layers.store import tables as t
from layers.store.unit import Reading


@dataclass(frozen=True, slots=True)
class InForce:
    """The published plan of a community without an end."""

    plan_id: int | None
    """None where nothing is published yet."""
    grids: gpd.GeoDataFrame
    """Its grids; empty where there is none."""
    today: Today | None
    locked: tuple[str, ...]
    """Codes of the grids that are locked in it."""


def read_today(unit: Reading, code: str, stored: StoredCells) -> InForce:
    """The plan in force over the cells `stored`: by its own labels where they are the cells it was drawn on or were cut out
    of them, else by the grid the inner point of each cell lies in."""
    base = latest_published(unit, code)
    grids = read_grids(unit, plan_ids=[] if base is None else [int(base.id)])
    if base is None:
        return InForce(None, grids, None, ())
    codes = grids["code"].tolist()
    own = read_labels(unit, int(base.id))
    labels = labels_over(unit, own, int(base.cell_set_id), stored.cell_set_id)
    if labels is not None:
        order = {int(label): row for row, label in enumerate(grids["label"])}
        rows = np.array([order[int(label)] for label in labels], np.int64)
    else:
        owners = owner_codes(stored.cells, grids)
        order = {code: row for row, code in enumerate(codes)}
        rows = np.array([-1 if owner is None else order[owner] for owner in owners], np.int64)
    today = Today(rows, tuple(codes), tuple(grids["kind"].tolist()))
    return InForce(int(base.id), grids, today, _locked(unit, base))


def _locked(unit: Reading, base: Any) -> tuple[str, ...]:
    """The locks of a plan: its grids' own, and for plans older than these, those of its rules."""
    own = unit.execute(
        sa.select(t.grids.c.code, t.grids.c.locked).where(t.grids.c.plan_id == int(base.id))
    ).all()
    by_rules = Rules.from_dict(base.rules).locked
    return tuple(
        sorted(row.code for row in own if (row.code in by_rules if row.locked is None else row.locked))
    )
