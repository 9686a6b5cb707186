"""Why grids are as they are, as kept with them: written when a plan is drawn, told in the names of today's reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
import sqlalchemy as sa

from geo.crs import LocalMetres
from geo.errors import Words
from geo.plans.reasons import (
    LEAST_BORDER_M,
    Reason,
    Reasons,
    all_told,
    plain_reasons,
    reasons_from,
    with_neighbour,
)
from geo.plans.rules import Rules
from layers.store import tables as t
from layers.store.unit import Reading

_TOUCH_M = 1.0
"""Boundaries of communities that were drawn apart by no more than this are one line."""


def with_reasons(
    grids: gpd.GeoDataFrame,
    found: Mapping[int, Reasons],
    *,
    rules: Rules,
    around: gpd.GeoDataFrame,
) -> gpd.GeoDataFrame:
    """`grids` with a column `reasons` as the store keeps it. `around` are the neighbouring
    communities (name, geometry); the one with the longest common border is named where it would help."""
    kept: dict[int, list[list[Any]] | None] = {}
    for label, shape in zip(grids["label"].astype(int), grids.geometry, strict=True):
        reasons = found.get(label, ())
        kept[label] = plain_reasons(
            _neighboured(one, shape, rules, around) if one.shift else one for one in reasons
        )
    column = pd.Series([kept[label] for label in grids["label"].astype(int)], grids.index, dtype=object)
    return grids.assign(reasons=column)


def _neighboured(reason: Reason, shape: shapely.Geometry, rules: Rules, around: gpd.GeoDataFrame) -> Reason:
    if around.empty:
        return reason
    both = gpd.GeoSeries([shape, *around.geometry], crs=around.crs)
    own, *others = LocalMetres.of(both).to_metres(both)
    line = shapely.boundary(own)
    metres = [
        float(shapely.length(shapely.intersection(line, shapely.buffer(other, _TOUCH_M)))) for other in others
    ]
    longest = max(range(len(metres)), key=lambda row: (metres[row], -row))
    if metres[longest] < LEAST_BORDER_M:
        return reason
    name = str(around["name"].iloc[longest])
    return with_neighbour(reason, name=name, border_m=metres[longest], unit=rules.unit)


def read_reasons(unit: Reading, plan_ids: Iterable[int]) -> dict[int, dict[int, Words]]:
    """What stands in the way of grids, in whole sentences: plan → label → text. Plans without any are left out."""
    wanted = sorted({int(plan_id) for plan_id in plan_ids})
    columns = (t.grids.c.plan_id, t.grids.c.label, t.grids.c.name, t.grids.c.reasons)
    told = sa.select(t.grids.c.plan_id).where(t.grids.c.plan_id.in_(wanted), t.grids.c.reasons.is_not(None))
    rows = unit.execute(sa.select(*columns).where(t.grids.c.plan_id.in_(told))).all()
    names: dict[int, dict[int, str]] = {}
    for row in rows:
        names.setdefault(int(row.plan_id), {})[int(row.label)] = row.name
    found: dict[int, dict[int, Words]] = {}
    for row in rows:
        words = all_told(reasons_from(row.reasons), names[int(row.plan_id)])
        if words is not None:
            found.setdefault(int(row.plan_id), {})[int(row.label)] = words
    return found


def reasons_of(unit: Reading, grids: pd.DataFrame) -> list[Words | None]:
    """The text of each row of `grids` (plan_id, label); None where nothing is known to stand in its way."""
    known = read_reasons(unit, grids["plan_id"])
    rows = zip(grids["plan_id"], grids["label"], strict=True)
    return [known.get(int(plan_id), {}).get(int(label)) for plan_id, label in rows]
