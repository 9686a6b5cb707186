"""Rows of a file that the store, or the file itself, has already under another key: recognised by where they lie, asked
about or taken as the same."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.crs import areas_m2
from geo.errors import Fault, Words
from geo.frames import Contract
from layers.files.synonyms import TITLES
from layers.imports.twins import SAME_SHARE, same_outlines, twice, twins
from layers.store import tables as t
from layers.store.unit import Reading

_LAYERS = ("buildings", "complexes", "stations", "roads", "water")
_OUTLINE_SHARE = 0.9
_OTHERS = {
    "buildings": ("communities", "complexes"),
    "complexes": ("communities", "buildings"),
    "communities": ("complexes",),
}
"""Layers whose outlines a file may hold in the place of its own."""
_LARGE_M2 = 20_000.0
_MOST_SHARE = 0.5
"""So many of its rows, two at least: the whole file is of the other layer."""
_KEY = {"communities": "code"}

Found = tuple[gpd.GeoDataFrame, list[Fault], list[Words]]


def recognised(
    unit: Reading,
    contract: Contract,
    frame: gpd.GeoDataFrame,
    rows: NDArray[np.int64],
    *,
    update: bool,
    keys_made: bool,
    replace: bool,
) -> Found:
    """Sound rows (with key, name and geometry) under the keys of the stored things they are, where `update` says so or their
    keys were made here and nobody knows them; else faults that ask. Faults too: rows drawn twice, rows that stand on stored
    ones (unless `replace` lets these go), files of another layer."""
    faults = _of_another_layer(unit, contract, frame, rows)
    if contract.layer not in _LAYERS or faults:
        return frame, faults, []
    faults = _drawn_twice(contract, frame, rows)
    table = t.LAYER_TABLES[contract.layer]
    stored = unit.frame(sa.select(table.c.ref, table.c.name, table.c.geometry))
    keys, there = frame["ref"].tolist(), stored["ref"].tolist()
    new = np.flatnonzero(~frame["ref"].isin(set(there)).to_numpy(dtype=bool))
    free = np.flatnonzero(~stored["ref"].isin(set(keys)).to_numpy(dtype=bool))
    pairs, on = twins(contract.layer, frame.iloc[new], stored.iloc[free])
    asked = pairs if not keys_made and not update else []
    if not replace:
        faults += _standing(
            contract, frame, rows, {int(new[i]): [there[free[j]] for j in js] for i, js in on.items()}
        )
    if asked:
        faults.append(_question(contract, len(asked), len(new)))
        names = frame["name"].tolist()
        for a, b in asked:
            i, key = int(new[a]), there[free[b]]
            words = Words(f"covers the same ground as the stored {key}", f"与库中 {key} 占地相同，编号不同")
            name = names[i] if isinstance(names[i], str) else ""
            faults.append(Fault(int(rows[i]), "ref", f"{keys[i]} {name}".strip(), words))
        return frame, faults, []
    if not pairs:
        return frame, faults, []
    taken = list(keys)
    for a, b in pairs:
        taken[int(new[a])] = there[free[b]]
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


def _drawn_twice(contract: Contract, frame: gpd.GeoDataFrame, rows: NDArray[np.int64]) -> list[Fault]:
    keys = frame["ref"].tolist()
    return [
        Fault(
            int(rows[i]),
            "geometry",
            str(keys[i]),
            Words(
                f"covers the same ground as row {rows[j]} ({keys[j]}); remove one of them, keep the first with --good-rows, "
                "or both with --same add",
                f"与第 {rows[j]} 行（{keys[j]}）占地相同；请删去其一，或用 --good-rows 只留前者，或用 --same add 两者都保留",
            ),
        )
        for i, j in twice(contract.layer, frame)
    ]


def _standing(
    contract: Contract, frame: gpd.GeoDataFrame, rows: NDArray[np.int64], on: dict[int, list[str]]
) -> list[Fault]:
    if not on:
        return []
    kind = TITLES[contract.layer]
    whole = Fault(
        None,
        "geometry",
        "",
        Words(
            f"{len(on)} rows stand on the ground of stored {contract.layer}, as parts of them or in their place; let the stored "
            "ones go with --replace or wangge end, or store both with --same add",
            f"{len(on)} 行位于库中已有{kind}的占地上（可能是其一部分，或已取代它）；请用 --replace 或 wangge end 注销原有的，"
            "或用 --same add 两者都保留",
        ),
    )
    keys = frame["ref"].tolist()
    return [
        whole,
        *(
            Fault(
                int(rows[i]),
                "geometry",
                str(keys[i]),
                Words(f"stands on {', '.join(others)}", f"占地位于 {'、'.join(others)} 之上"),
            )
            for i, others in on.items()
        ),
    ]


def _of_another_layer(
    unit: Reading, contract: Contract, frame: gpd.GeoDataFrame, rows: NDArray[np.int64]
) -> list[Fault]:
    """Faults where most rows have the outlines of another layer; none without."""
    for layer in _OTHERS.get(contract.layer, ()):
        table = t.LAYER_TABLES[layer]
        key = _KEY.get(layer, "ref")
        stored = unit.frame(sa.select(table.c[key], table.c.geometry))
        if contract.layer == "buildings" and layer == "communities":  # no building is as large
            large = areas_m2(frame.geometry.array) > _LARGE_M2
            shapes = np.array(frame.geometry.array, dtype=object)
            shapes[~large] = None
            pairs, enough = same_outlines(shapes, stored.geometry.array, SAME_SHARE), 1.0
        else:
            pairs = same_outlines(frame.geometry.array, stored.geometry.array, _OUTLINE_SHARE)
            enough = max(2.0, _MOST_SHARE * len(frame))
        if len(pairs) >= enough:
            return [_other_fault(contract, frame, rows, i, layer, str(stored[key].iloc[j])) for i, j in pairs]
    return []


def _other_fault(
    contract: Contract, frame: gpd.GeoDataFrame, rows: NDArray[np.int64], i: int, layer: str, key: str
) -> Fault:
    name = frame["name"].iloc[i]
    words = Words(
        f"this is the outline of {key} of the {layer}; import the file as {layer}, or say --same add if these are {contract.layer} "
        "all the same",
        f"这是{TITLES[layer]} {key} 的范围；请按 {layer} 导入；若确为{TITLES[contract.layer]}，请加 --same add",
    )
    return Fault(int(rows[i]), "geometry", name if isinstance(name, str) else "", words)
