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
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.conform import is_blank
from geo.crs import LocalMetres, areas_m2
from geo.errors import Fault, Words
from geo.frames import Contract, Kind
from layers.store import tables as t
from layers.store.copies import read_rows
from layers.store.unit import Reading

SAME_SHARE = 0.5
"""Two shapes are the same thing when what they share is at least this part of what they cover together."""
_MOVED_M = {"stations": 200.0}
"""A point farther from where it was than this has moved elsewhere; of a polygon, one that left its old ground."""
_PLACED_BY_SHAPE = ("community_code", "complex_ref")
_LARGE_M2 = 20_000.0

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
    if contract.layer in ("buildings", "complexes"):
        frame, faults, notes = _under_new_numbers(unit, contract, frame, rows, wishes)
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


# ---------------------------------------------------------------- the same under another number


def _under_new_numbers(
    unit: Reading, contract: Contract, frame: gpd.GeoDataFrame, rows: NDArray[np.int64], wishes: Wishes
) -> tuple[gpd.GeoDataFrame, list[Fault], list[Words]]:
    table = t.LAYER_TABLES[contract.layer]
    stored = unit.frame(sa.select(table.c.ref, table.c.name, table.c.geometry))
    faults = _communities_given(unit, contract, frame, rows)
    keys = frame["ref"].tolist()
    there = stored["ref"].tolist()
    new = np.flatnonzero(~frame["ref"].isin(set(there)).to_numpy(dtype=bool))
    free = np.flatnonzero(~stored["ref"].isin(set(keys)).to_numpy(dtype=bool))
    pairs = _same(frame.geometry.array[new], stored.geometry.array[free])
    pairs = [(int(new[a]), int(free[b])) for a, b in pairs]
    if not pairs or wishes.same == "add":
        return frame, faults, []
    if not wishes.keys_made and wishes.same is None:
        faults.append(_question(contract, len(pairs), len(new)))
        names = frame["name"].tolist()
        for i, j in pairs:
            words = Words(
                f"covers the same ground as the stored {there[j]}", f"与库中 {there[j]} 占地相同，编号不同"
            )
            faults.append(
                Fault(
                    int(rows[i]),
                    "ref",
                    f"{keys[i]} {names[i] if isinstance(names[i], str) else ''}".strip(),
                    words,
                )
            )
        return frame, faults, []
    taken = list(keys)
    for i, j in pairs:
        taken[i] = there[j]
    note = Words(
        f"{len(pairs)} rows cover the same ground as stored ones and were taken as these, under their stored keys",
        f"{len(pairs)} 行与库中已有对象占地相同，已按同一对象更新并沿用库中编号",
    )
    return frame.assign(ref=pd.Series(taken, index=frame.index, dtype="str")), faults, [note]


def _question(contract: Contract, count: int, new: int) -> Fault:
    words = Words(
        f"{count} of {new} new {contract.layer} cover the ground of stored ones under other keys; decide once: "
        "--same update takes each as the stored one and keeps its key, --same add stores both",
        f"{new} 个新编号中有 {count} 个与库中已有对象占地相同；请决定：--same update 视为同一对象并沿用原编号，--same add 两者都保留",
    )
    return Fault(None, "ref", "", words)


def _same(new: Any, stored: Any) -> list[tuple[int, int]]:
    """Pairs of shapes that are each other's best match and share `SAME_SHARE` of their common ground."""
    new, stored = np.asarray(new, dtype=object), np.asarray(stored, dtype=object)
    if not len(new) or not len(stored):
        return []
    a, b = shapely.STRtree(stored).query(new, predicate="intersects")
    both = shapely.area(shapely.intersection(new[a], stored[b]))
    together = shapely.area(new[a]) + shapely.area(stored[b]) - both
    share = np.where(together > 0, both / np.where(together > 0, together, 1), 0.0)
    good = share >= SAME_SHARE
    order = np.lexsort((b[good], a[good], -share[good]))
    pairs, used_new, used_stored = [], set(), set()
    for i, j in zip(a[good][order].tolist(), b[good][order].tolist(), strict=True):
        if i not in used_new and j not in used_stored:
            pairs.append((i, j))
            used_new.add(i)
            used_stored.add(j)
    return sorted(pairs)


def _communities_given(
    unit: Reading, contract: Contract, frame: gpd.GeoDataFrame, rows: NDArray[np.int64]
) -> list[Fault]:
    """Rows of buildings that are communities: the file belongs to another layer."""
    if contract.layer != "buildings":
        return []
    large = np.flatnonzero(areas_m2(frame.geometry.array) > _LARGE_M2)
    communities = unit.frame(sa.select(t.communities.c.code, t.communities.c.name, t.communities.c.geometry))
    pairs = _same(frame.geometry.array[large], communities.geometry.array)
    return [
        Fault(
            int(rows[large[i]]),
            "geometry",
            str(frame["name"].iloc[large[i]]),
            Words(
                f"this is the outline of the community {communities['code'].iloc[j]}, not a building; import it as communities",
                f"这是社区 {communities['code'].iloc[j]} 的范围，不是楼栋；请按 communities 导入",
            ),
        )
        for i, j in pairs
    ]
