"""A checked frame into the store, and what it replaced; rows that a file no longer has, out of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from geo.conform import is_blank
from geo.errors import ConflictError, InputError, Words
from geo.frames import CONTRACTS
from layers.batches.batch import Batch
from layers.batches.leaning import Lean, leaning
from layers.ground.ended import HELD_UNTIL, read_ended
from layers.imports.assignments import assign_communities, assign_complexes
from layers.imports.estimates import estimated
from layers.imports.known import stored_rows
from layers.imports.working import give_way
from layers.plans.days import china_day
from layers.store import tables as t
from layers.store.rows import Upserted
from layers.store.tables import LAYER_TABLES
from layers.store.unit import Reading

SOURCE_CHARACTERS = 200
_MOST_TOLD = 8
REPLACEABLE = ("buildings", "complexes", "stations")
"""Layers whose rows lie in communities, so that a file can be whole for the communities it touches."""


class Written(NamedTuple):
    """What a write did."""

    rows: Upserted
    notes: list[Words]
    changed: dict[str, int]
    """For each column, `geometry` too, how many known rows got another value."""
    batch: int | None = None
    """Its number, once it is closed."""


def write_frame(
    batch: Batch, layer: str, frame: gpd.GeoDataFrame, *, source: str, removed: Sequence[str] = ()
) -> Written:
    """Write a checked frame (all columns of the layer) and end the rows with the keys `removed`; what hangs on it
    (households, the community of what is stored) follows. `batch` keeps what it replaces."""
    notes: list[Words] = []
    frame = estimated(batch.unit, layer, frame, notes)
    notes += back_again(batch.unit, layer, frame)
    table = LAYER_TABLES[layer]
    changed = changes(layer, frame, batch.keep(table, frame[CONTRACTS[layer].key].tolist()))
    if layer == "communities":
        notes += give_way(batch, frame)
    written = batch.unit.upsert_frame(table, frame, source=source[:SOURCE_CHARACTERS])
    reason = f"{batch.source} 中已没有 / no longer in {batch.source}"
    batch.end(table, removed, on=china_day(batch.unit.now), reason=reason)
    if layer == "communities":
        notes += assign_communities(batch)
    elif layer == "complexes":
        notes += assign_complexes(batch)
    return Written(written, notes, changed)


def foreseen(unit: Reading, layer: str, frame: gpd.GeoDataFrame) -> tuple[Upserted, dict[str, int]]:
    """What `write_frame` would add and update, and the changes by column."""
    if layer not in LAYER_TABLES or frame.empty:
        return Upserted(len(frame), 0), {}
    frame = estimated(unit, layer, frame, [])
    before = stored_rows(unit, layer, frame[CONTRACTS[layer].key].tolist())
    return Upserted(len(frame) - len(before), len(before)), changes(layer, frame, before)


def count_frame(unit: Reading, layer: str, frame: gpd.GeoDataFrame) -> Upserted:
    """How many rows `write_frame` would add and update."""
    if layer not in LAYER_TABLES or frame.empty:
        return Upserted(len(frame), 0)
    keys = frame[CONTRACTS[layer].key].tolist()
    known = len(unit.known_keys(LAYER_TABLES[layer], keys))
    return Upserted(len(keys) - known, known)


def changes(layer: str, frame: gpd.GeoDataFrame, before: pd.DataFrame) -> dict[str, int]:
    """For each column of the layer in how many known rows `frame` differs from `before` (indexed by key)."""
    contract = CONTRACTS[layer]
    new = frame[frame[contract.key].isin(before.index)]
    if new.empty:
        return {}
    old = before.loc[new[contract.key].tolist()]
    counts = {}
    for column in contract.columns:
        if column.name != contract.key and column.name in old and column.name in new:
            differs = _texts(new[column.name]) != _texts(old[column.name])
            counts[column.name] = int(differs.sum())
    shapes = shapely.equals_exact(
        shapely.normalize(np.asarray(new.geometry.array, dtype=object)),
        shapely.normalize(np.asarray(old["geometry"].array, dtype=object)),
        1e-9,
    )
    counts["geometry"] = int((~shapes).sum())
    return {name: count for name, count in counts.items() if count}


def _texts(values: Any) -> Any:
    blank = is_blank(values).to_numpy(dtype=bool)
    return np.array(
        [
            "" if empty or value == [] else str(value)
            for empty, value in zip(blank, values.tolist(), strict=True)
        ],
        dtype=object,
    )


def gone_from(
    unit: Reading, layer: str, frame: gpd.GeoDataFrame, *, agreed: frozenset[str] | None = None
) -> list[tuple[str, str, str]]:
    """Rows of a layer (key, name, community) in the communities of `frame` that `frame` does not have.

    Raises `InputError` for a layer whose rows lie in no community, and `ConflictError` for rows that are not among the
    `agreed` keys, when these are given.
    """
    if layer not in REPLACEABLE:
        raise InputError(
            f"--replace goes with {', '.join(REPLACEABLE)}, not with {layer}",
            f"--replace 只能用于 {'、'.join(REPLACEABLE)}，不能用于 {layer}",
        )
    table = t.LAYER_TABLES[layer]
    codes = sorted(set(frame["community_code"].dropna().tolist()))
    keys = set(frame["ref"].tolist())
    found: list[tuple[str, str, str]] = []
    for code in codes:
        rows = unit.execute(
            sa.select(table.c.ref, table.c.name).where(table.c.community_code == code).order_by(table.c.ref)
        )
        found += [(ref, name or "", code) for ref, name in rows if ref not in keys]
    more = [key for key, _, _ in found if agreed is not None and key not in agreed]
    if more:
        listed = ", ".join(more[:_MOST_TOLD])
        raise ConflictError(
            f"rows came into the store meanwhile that the file does not have ({listed}); nothing was loaded, import again",
            f"期间库中新增了文件所没有的行（{listed}）；未载入任何数据，请重新导入",
        )
    return found


def leaning_on(
    unit: Reading, layer: str, gone: Sequence[tuple[str, str, str]], *, now: datetime
) -> tuple[Lean, ...]:
    """What leans on rows that would go, as `gone_from` gives them."""
    keys = [key for key, _, _ in gone]
    return tuple(leaning(unit, layer, keys, beside={layer: keys}, today=china_day(now)))


def back_again(unit: Reading, layer: str, frame: gpd.GeoDataFrame) -> list[Words]:
    """Rows of `frame` that had ended and are there again by it, in words."""
    if layer not in LAYER_TABLES:
        return []
    gone = read_ended(unit, layer)
    key = CONTRACTS[layer].key
    wanted = set(frame[key].tolist()) & set(gone[key].tolist())
    back = sorted(wanted - unit.known_keys(LAYER_TABLES[layer], sorted(wanted)))
    if not back:
        return []
    days = dict(zip(gone[key], gone[HELD_UNTIL], strict=True))
    told = [f"{ref} ({days[ref]})" for ref in back[:_MOST_TOLD]]
    more, more_zh = (f" and {len(back) - _MOST_TOLD} more", " 等") if len(back) > _MOST_TOLD else ("", "")
    return [
        Words(
            f"{len(back)} rows had ended and are there again: {', '.join(told)}{more}; if the file is older than that, "
            "take it back with wangge undo, or end them again with wangge end",
            f"{len(back)} 行此前已注销，现又恢复：{'、'.join(told)}{more_zh}；如文件早于注销，请用 wangge undo 撤销，"
            "或用 wangge end 再次注销",
        )
    ]


def standing(unit: Reading) -> int:
    """The state that the checks of an import rest on: it rises with every change of the ground."""
    return int(unit.scalar(sa.select(t.state.c.value).where(t.state.c.name == "ground")) or 0)
