"""Households of imported buildings that nobody counted, and of stored ones about which more is known now."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from geo.cells.dwellings import estimate_households, unknown_ground
from geo.errors import Words
from layers.batches.batch import Batch
from layers.ground.streets import around, within
from layers.imports.planned import not_lived_in_yet
from layers.store import tables as t
from layers.store.copies import read_rows
from layers.store.unit import Reading


def estimated(unit: Reading, layer: str, frame: gpd.GeoDataFrame, notes: list[Words]) -> gpd.GeoDataFrame:
    """Buildings with households estimated where nobody counted them and people live there for all that is known; `notes`
    says of how many, and what became of those whose use nobody knows."""
    if layer != "buildings" or frame.empty:
        return frame
    frame = estimate_households(not_lived_in_yet(frame), around=_beside(unit, frame))
    guessed = int(frame["households_estimated"].sum())
    if guessed:
        notes.append(
            Words(
                f"the households of {guessed} of {len(frame)} buildings are estimates",
                f"{len(frame)} 栋楼中有 {guessed} 栋的户数为估算值",
            )
        )
    if (said := unknown_ground(frame).words) is not None:
        notes.append(said)
    return frame


def _beside(unit: Reading, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame | None:
    """The stored buildings around those of the frame whose use is unknown, which may speak for them."""
    if not (frame["use"].isna() & frame["home_sure"].isna()).any():
        return None
    beside = within(unit, t.buildings, around(tuple(frame.total_bounds)))
    return beside[~beside["ref"].isin(frame["ref"])].reset_index(drop=True)


def estimate_again(batch: Batch, refs: Sequence[str]) -> list[Words]:
    """Stored buildings of unknown use about which more is known now, such as their complex; what changed, in words."""
    unit = batch.unit
    before = gpd.GeoDataFrame(read_rows(unit, t.buildings, refs)).reset_index(drop=True)
    open_ = before["use"].isna() & (before["households"].isna() | before["households_estimated"])
    before = before[open_].reset_index(drop=True)
    if before.empty:
        return []
    asked = before.assign(households=pd.array([None] * len(before), "Int64"), households_estimated=False)
    asked["home_sure"] = pd.array([None] * len(before), "Float64")
    after = estimate_households(asked, around=_beside(unit, asked))
    names = ["households", "households_estimated", "home_sure"]
    old, new = (frame[names].astype(object).where(frame[names].notna(), None) for frame in (before, after))
    changed = (old.ne(new) & ~(old.isna() & new.isna())).any(axis=1)
    if not changed.any():
        return []
    table = t.buildings
    keys = after["ref"][changed].tolist()
    batch.keep(table, keys)
    rows = new[changed].to_dict("records")
    update = (
        table.update()
        .where(table.c.ref == sa.bindparam("the_ref"))
        .values({name: sa.bindparam(f"to_{name}") for name in names})
    )
    unit.execute(
        update,
        [
            {"the_ref": key} | {f"to_{name}": value for name, value in row.items()}
            for key, row in zip(keys, rows, strict=True)
        ],
    )
    said = unknown_ground(after).words
    return [] if said is None else [said]
