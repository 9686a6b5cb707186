"""Rows of a file that the store knows already: what the file does not say stays, what moved elsewhere is asked
about, and the same thing under a new number is found by where it lies."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.conform import is_blank
from geo.crs import LocalMetres
from geo.errors import Fault, Words
from geo.frames import Contract, Kind
from layers.imports.recognised import recognised
from layers.store import tables as t
from layers.store.copies import read_rows
from layers.store.unit import Reading

_MOVED_M = {"stations": 200.0}
"""A point farther from where it was than this has moved elsewhere; of a polygon, one that left its old ground."""
_PLACED_BY_SHAPE = ("community_code", "complex_ref")

Same = Literal["update", "add"]


class Wishes(NamedTuple):
    """What the caller decided about rows that the store knows."""

    clear: tuple[str, ...] = ()
    """Columns whose empty cells empty what is stored."""
    moved: bool = False
    """A known key may stand somewhere else now."""
    same: Same | None = None
    """The same thing under a new number: `update` the stored one, or `add` a second one."""
    keys_made: bool = False
    """The file has no key column; its keys were made here and are worth less than the ground a row lies on."""
    replace: bool = False
    """What the file no longer has will go: nothing stands in its way."""


@dataclass(frozen=True, slots=True)
class Recalled:
    """A frame beside what is stored."""

    frame: gpd.GeoDataFrame
    faults: list[Fault] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)


def stored_rows(unit: Reading, layer: str, keys: Sequence[str]) -> gpd.GeoDataFrame:
    """The stored rows of a layer with these keys, all columns, indexed by key."""
    return gpd.GeoDataFrame(read_rows(unit, t.LAYER_TABLES[layer], keys))


def recall(
    unit: Reading, contract: Contract, frame: gpd.GeoDataFrame, rows: NDArray[np.int64], wishes: Wishes
) -> Recalled:
    """Sound rows of a layer with what the store knows of them filled in where they are empty.

    Faults: keys whose thing stands elsewhere (unless `moved`), things that are stored under another key (unless
    `same` says what to do), and communities given as buildings.
    """
    if contract.layer not in t.LAYER_TABLES or frame.empty:
        return Recalled(frame)
    faults: list[Fault] = []
    notes: list[Words] = []
    if wishes.same != "add":
        frame, faults, notes = recognised(
            unit,
            contract,
            frame,
            rows,
            update=wishes.same == "update",
            keys_made=wishes.keys_made,
            replace=wishes.replace,
        )
    stored = stored_rows(unit, contract.layer, frame[contract.key].tolist())
    twins = stored.reindex(frame[contract.key])
    there = twins.geometry.notna().to_numpy(dtype=bool)
    if not there.any():
        return Recalled(frame, faults, notes)
    moved = np.zeros(len(frame), dtype=bool)
    moved[there] = _moved(contract.layer, frame.geometry.array[there], twins.geometry.array[there])
    if moved.any() and contract.layer not in ("roads", "water") and not wishes.moved:
        faults += _moved_faults(contract, frame, rows, moved, int(there.sum()))
    filled, kept = _filled(contract, frame, twins, there, moved, wishes.clear)
    return Recalled(filled, faults, [*notes, *kept])


def _filled(
    contract: Contract,
    frame: gpd.GeoDataFrame,
    twins: gpd.GeoDataFrame,
    there: NDArray[np.bool_],
    moved: NDArray[np.bool_],
    clear: Collection[str],
) -> tuple[gpd.GeoDataFrame, list[Words]]:
    """The frame with empty cells filled from the stored twins, and what was kept of columns the file has."""
    if contract.layer == "buildings":
        frame = _without_own_guesses(frame, twins)
    data: dict[str, Any] = {}
    kept: dict[str, int] = {}
    for column in contract.columns:
        if column.name in clear or column.name == contract.key or column.name not in twins:
            continue
        if column.kind is Kind.NAMES:
            empty = np.array([not names for names in frame[column.name]], dtype=bool)
        else:
            empty = is_blank(frame[column.name]).to_numpy(dtype=bool)
        fill = there & empty
        if column.name in _PLACED_BY_SHAPE:
            fill &= ~moved
        if column.name == "home_sure":
            continue  # made anew from what is known now
        if contract.layer == "buildings" and column.name == "households":
            fill &= ~twins["households_estimated"].astype("boolean").fillna(False).to_numpy(dtype=bool)
        if column.name == "households_estimated":
            fill &= is_blank(frame["households"]).to_numpy(dtype=bool)
            fill &= ~twins["households_estimated"].astype("boolean").fillna(False).to_numpy(dtype=bool)
        if fill.any():
            values = frame[column.name].to_numpy(dtype=object, copy=True)
            values[fill] = twins[column.name].to_numpy(dtype=object)[fill]
            data[column.name] = pd.Series(values, index=frame.index, dtype=object).astype(
                frame[column.name].dtype
            )
            some = int((~is_blank(twins[column.name]).to_numpy(dtype=bool) & fill & ~empty.all()).sum())
            if some and column.kind is not Kind.NAMES:
                kept[column.name] = some
    filled = frame.assign(**data)
    if not kept:
        return filled, []
    en = ", ".join(f"{name} {count}" for name, count in kept.items())
    return filled, [
        Words(
            f"empty cells kept what is stored ({en}); empty them with --clear COLUMN",
            f"空单元格保留库中原值（{en}）；如需清空请用 --clear 列名",
        )
    ]


def _without_own_guesses(frame: gpd.GeoDataFrame, twins: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Buildings without estimates that come back in a file as we had written them: they are made again, since the file
    may say more now, such as a use."""
    flags = (part["households_estimated"].astype("boolean").fillna(False) for part in (frame, twins))
    guessed = np.all([flag.to_numpy(dtype=bool) for flag in flags], axis=0)
    households, old = (part["households"].astype("Float64") for part in (frame, twins))
    ours = guessed & (households.to_numpy(np.float64, na_value=-1) == old.to_numpy(np.float64, na_value=-2))
    sure, before = (part["home_sure"].astype("Float64") for part in (frame, twins))
    same = sure.to_numpy(np.float64, na_value=-1) == before.to_numpy(np.float64, na_value=-2)
    return frame.assign(
        households=frame["households"].mask(ours),
        households_estimated=frame["households_estimated"].mask(ours),
        home_sure=frame["home_sure"].mask(same),
    )


def _moved(layer: str, new: Any, old: Any) -> NDArray[np.bool_]:
    """True where a shape left the ground it stood on."""
    new, old = np.asarray(new, dtype=object), np.asarray(old, dtype=object)
    local = LocalMetres.of(np.concatenate([new, old]))
    apart = shapely.distance(local.to_metres(new), local.to_metres(old))
    return np.asarray(apart > _MOVED_M.get(layer, 0.0), dtype=np.bool_)


def _moved_faults(
    contract: Contract, frame: gpd.GeoDataFrame, rows: NDArray[np.int64], moved: NDArray[np.bool_], known: int
) -> list[Fault]:
    count = int(moved.sum())
    faults = [
        Fault(
            None,
            contract.key,
            "",
            Words(
                f"{count} of {known} known keys stand for things elsewhere in the store; if the column only counts rows, "
                "name another key in the column mapping (--map); if the things did move, say --moved",
                f"{known} 个已有编号中有 {count} 个在库中位于别处；若该列只是序号，请在列对应文件（--map）中改用真正的编号；若确已移位，请加 --moved",
            ),
        )
    ]
    words = Words("this key stands for a thing elsewhere in the store", "该编号在库中对应另一处")
    keys = frame[contract.key].tolist()
    return faults + [Fault(int(rows[i]), contract.key, str(keys[i]), words) for i in np.flatnonzero(moved)]
