"""Rows of layers that have ended: gone from today, there on the days before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from layers.store import tables as t
from layers.store.batch_tables import ended
from layers.store.copies import frame_of, key_of
from layers.store.narrowing import of_codes
from layers.store.unit import Reading

HELD_SINCE, HELD_UNTIL = "held_since", "held_until"
"""Columns of `dated`: the first day of a row, and the first day on which it no longer held; None where it has neither."""


def read_ended(unit: Reading, layer: str, *, codes: Sequence[str] | None = None) -> gpd.GeoDataFrame:
    """The viewer's rows of `layer` that have ended, with the columns of the layer, `held_until` and `reason`; by day."""
    statement = sa.select(ended.c.row, ended.c.ended_on, ended.c.reason).where(ended.c.layer == layer)
    statement = of_codes(statement, ended.c.community_code, codes).order_by(ended.c.ended_on, ended.c.id)
    rows = unit.execute(statement).all()
    frame = gpd.GeoDataFrame(frame_of(t.LAYER_TABLES[layer], [row.row for row in rows]))
    return frame.assign(
        **{HELD_UNTIL: [row.ended_on for row in rows], "reason": [row.reason for row in rows]}
    )


def dated(layer: str, frame: gpd.GeoDataFrame, gone: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The rows of `frame` (of today) with those of `gone` (as `read_ended` gives them), each with the days on which it
    held. What ended and came back has a row for each time; a row of today that never ended holds for ever."""
    key = key_of(t.LAYER_TABLES[layer]).name
    now = frame.assign(**{HELD_SINCE: None, HELD_UNTIL: None})
    if gone.empty:
        return now
    last = dict(zip(gone[key], gone[HELD_UNTIL], strict=True))
    now[HELD_SINCE] = pd.Series([last.get(ref) for ref in frame[key]], index=frame.index, dtype=object)
    before: dict[Any, date] = {}
    since: list[date | None] = []
    for ref, day in zip(gone[key], gone[HELD_UNTIL], strict=True):
        since.append(before.get(ref))
        before[ref] = day
    then = gone.assign(**{HELD_SINCE: pd.Series(since, index=gone.index, dtype=object)})[now.columns]
    then = then.astype({name: kind for name, kind in frame.dtypes.items() if name != frame.geometry.name})
    return gpd.GeoDataFrame(pd.concat([now, then], ignore_index=True), crs=frame.crs)


def standing_on(
    unit: Reading, layer: str, frame: gpd.GeoDataFrame, day: date, codes: Sequence[str] | None
) -> gpd.GeoDataFrame:
    """The rows of `layer` as they were there on `day`, from those of today in `frame`; by key."""
    return held_on(layer, frame, read_ended(unit, layer, codes=codes), day)


def held_on(layer: str, frame: gpd.GeoDataFrame, gone: gpd.GeoDataFrame, day: date) -> gpd.GeoDataFrame:
    """The rows of `frame` (of today) and `gone` (as `read_ended` gives them) that were there on `day`, by key."""
    if gone.empty or not (np.array(gone[HELD_UNTIL].tolist()) > day).any():
        return frame
    both = dated(layer, frame, gone)
    there = [
        (since is None or since <= day) and (until is None or day < until)
        for since, until in zip(both[HELD_SINCE], both[HELD_UNTIL], strict=True)
    ]
    held = both[there].drop(columns=[HELD_SINCE, HELD_UNTIL])
    return gpd.GeoDataFrame(held.sort_values(key_of(t.LAYER_TABLES[layer]).name, ignore_index=True))
