"""What a plan changes against the plan it replaces: cells and buildings with their old and new code, the code list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.plans.codes import crosswalk, overlap_table
from geo.plans.grids import owner_codes
from layers.ground.buildings import read_buildings
from layers.plans.cells import StoredCells, read_cells
from layers.plans.lineage import labels_over
from layers.plans.plans import in_force, latest_published, read_grids, read_labels, read_plans
from layers.plans.states import PUBLISHED
from layers.store import tables as t
from layers.store.unit import Reading


@dataclass(frozen=True, slots=True, eq=False)
class Redrawn:
    """A plan beside the one before it."""

    plan_id: int
    community_code: str
    version: int
    valid_from: date | None
    """The first day of a published plan; None for a draft."""
    grids: gpd.GeoDataFrame
    before: gpd.GeoDataFrame
    """The grids of the plan it replaces; empty for the first plan of a community."""
    cells: gpd.GeoDataFrame
    """Cells of the plan with old_code and new_code; the old one is None where there was no grid."""
    buildings: gpd.GeoDataFrame
    """Buildings of the community with old_code and new_code, by the grid their inner point lies in."""
    codes: pd.DataFrame
    """The old-to-new code list, columns as `geo.plans.codes.crosswalk`."""

    @property
    def first(self) -> bool:
        """Whether nothing was in force before, so that nothing changes."""
        return len(self.before) == 0

    @property
    def changed(self) -> gpd.GeoDataFrame:
        """The cells that come to another grid; none in the first plan."""
        return self.cells.iloc[:0] if self.first else self.cells[_differs(self.cells)]

    @property
    def moved(self) -> gpd.GeoDataFrame:
        """The buildings whose grid becomes another, one a row, in EPSG:4490; none in the first plan."""
        return self.buildings.iloc[:0] if self.first else self.buildings[_differs(self.buildings)]


def read_redrawn(unit: Reading, plan_id: int) -> Redrawn:
    """The plan beside the one it replaces: a published one beside that of the day before its first, a draft beside
    that without an end. Raises `NotFoundError` for a plan the viewer does not see."""
    plan: Any = next(read_plans(unit, plan_ids=[plan_id]).itertuples())
    code = str(plan.community_code)
    valid_from = None if pd.isna(plan.valid_from) else pd.Timestamp(plan.valid_from).date()
    base = _before(unit, code, valid_from if plan.state == PUBLISHED else None)
    grids = read_grids(unit, plan_ids=[plan_id])
    before = read_grids(unit, plan_ids=[] if base is None else [int(base.id)])
    stored = read_cells(unit, code, cell_set_id=int(plan.cell_set_id))
    labels = read_labels(unit, plan_id)
    codes = dict(zip(grids["label"].astype(int), grids["code"], strict=True))
    new = np.array([codes.get(int(label)) for label in labels], dtype=object)
    old = codes_before(unit, base, before, stored)
    cells = stored.cells
    overlap = overlap_table(labels, old, households=cells["households"], area_m2=cells["area_m2"])
    buildings = read_buildings(unit, codes=[code])
    return Redrawn(
        int(plan_id),
        code,
        int(plan.version),
        valid_from if plan.state == PUBLISHED else None,
        grids,
        before,
        cells.assign(old_code=old, new_code=new),
        buildings.assign(old_code=owner_codes(buildings, before), new_code=owner_codes(buildings, grids)),
        crosswalk(overlap, codes),
    )


def codes_before(
    unit: Reading, base: Any, before: gpd.GeoDataFrame, stored: StoredCells
) -> NDArray[np.object_]:
    """(n_cells,) the code of the grid of the plan `base` (a row of plans, `before` its grids) each cell was in: by its own
    labels where they are the cells it was drawn on or were cut out of them, else by the grid the inner point of a cell lies in."""
    if base is None:
        return np.full(len(stored.cells), None, dtype=object)
    own = read_labels(unit, int(base.id))
    labels = labels_over(unit, own, int(base.cell_set_id), stored.cell_set_id)
    if labels is None:
        return owner_codes(stored.cells, before)
    known = dict(zip(before["label"].astype(int), before["code"], strict=True))
    return np.array([known.get(int(label)) for label in labels], dtype=object)


def _before(unit: Reading, code: str, valid_from: date | None) -> Any:
    if valid_from is None:
        return latest_published(unit, code)
    day = valid_from - timedelta(days=1)
    statement = sa.select(t.plans).where(t.plans.c.community_code == code, in_force(day))
    return unit.execute(statement).one_or_none()


def _differs(frame: pd.DataFrame) -> NDArray[np.bool_]:
    old, new = (frame[name].astype(object).fillna("") for name in ("old_code", "new_code"))
    return np.asarray(old != new, dtype=bool)
