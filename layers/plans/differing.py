"""Two plans of a community, or two days of it, side by side: what moves, and what becomes of each grid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.errors import InputError, NotFoundError
from geo.plans.codes import crosswalk, overlap_table
from geo.plans.fates import fates
from geo.plans.grids import owner_codes
from layers.ground.buildings import read_buildings
from layers.plans.cells import read_cells
from layers.plans.plans import in_force, latest_published, read_grids, read_labels, read_plans
from layers.plans.redrawn import codes_before
from layers.store import tables as t
from layers.store.unit import Reading


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What differs between two plans of one community. Counts of single buildings: for who may see these."""

    before: Any
    """Rows of plans."""
    after: Any
    grids_before: gpd.GeoDataFrame
    grids_after: gpd.GeoDataFrame
    codes: pd.DataFrame
    """The old-to-new code list, as `geo.plans.codes.crosswalk`."""
    fates: pd.DataFrame
    """As `geo.plans.fates.fates`."""
    moved_cells: gpd.GeoDataFrame
    """Cells of the later plan whose code differs: cell, households, area_m2, old_code, new_code; EPSG:4490."""
    moved_buildings: gpd.GeoDataFrame
    """Buildings whose grid has another code: ref, name, households, old_code, new_code; EPSG:4490."""
    households: int
    """Of all cells."""


def read_difference(
    unit: Reading, plan_id: int, *, other: int | None = None, day: date | None = None
) -> Difference:
    """A plan beside another one (`other`), the one in force on `day`, or the newest one published that is not itself.

    Raises `NotFoundError` for a plan the viewer does not see and where none was in force; `InputError` for plans of two
    communities.
    """
    after: Any = next(read_plans(unit, plan_ids=[plan_id]).itertuples())
    before = _other(unit, after, other, day)
    code = str(after.community_code)
    stored = read_cells(unit, code, cell_set_id=int(after.cell_set_id))
    old_grids, new_grids = (read_grids(unit, plan_ids=[int(one.id)]) for one in (before, after))
    labels = read_labels(unit, plan_id)
    names = dict(zip(new_grids["label"].astype(int), new_grids["code"], strict=True))
    new = np.array([names.get(int(label)) for label in labels], dtype=object)
    old = codes_before(unit, before, old_grids, stored)
    cells = stored.cells.assign(old_code=old, new_code=new)
    overlap = overlap_table(labels, old, households=cells["households"], area_m2=cells["area_m2"])
    codes = crosswalk(overlap, names)
    buildings = read_buildings(unit, codes=[code])
    placed = buildings.assign(
        old_code=owner_codes(buildings, old_grids), new_code=owner_codes(buildings, new_grids)
    )
    return Difference(
        before,
        after,
        old_grids,
        new_grids,
        codes,
        fates(codes),
        _moved(cells)[["cell", "households", "area_m2", "old_code", "new_code", "geometry"]],
        _moved(placed)[["ref", "name", "households", "old_code", "new_code", "geometry"]],
        int(cells["households"].sum()),
    )


def _moved(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    old, new = (frame[name].astype(object).fillna("") for name in ("old_code", "new_code"))
    return frame[(old != new).to_numpy()].reset_index(drop=True)


def _other(unit: Reading, plan: Any, other: int | None, day: date | None) -> Any:
    code = str(plan.community_code)
    if other is not None:
        found: Any = next(read_plans(unit, plan_ids=[other]).itertuples())
        if found.community_code != code:
            raise InputError(
                f"plan {other} is of community {found.community_code}, plan {plan.id} of {code}; compare plans of one",
                f"方案 {other} 属于社区 {found.community_code}，方案 {plan.id} 属于 {code}；只能比较同一社区的方案",
            )
        return found
    if day is None:
        row = latest_published(unit, code)
    else:
        row = unit.execute(
            sa.select(t.plans).where(t.plans.c.community_code == code, in_force(day))
        ).one_or_none()
    if row is None:
        when = "" if day is None else f" on {day}"
        raise NotFoundError(
            f"no plan of community {code} is in force{when}; name another plan to compare with",
            f"社区 {code} {f'在 {day} ' if day else ''}没有生效的方案；请另选一个方案比较",
        )
    return row
