"""Ledgers without shapes: their rows are joined to what the store holds, by key, by name, or by address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.addresses.match.resolve import Matcher
from geo.conform import is_blank
from geo.crs import KEPT_CRS
from geo.errors import Fault, FileError, Words
from geo.frames import CONTRACTS
from layers.files.address_parts import house_name, house_parts, joined
from layers.files.synonyms import TITLES, plain
from layers.imports.known import stored_rows
from layers.lookup.gazetteer import read_gazetteer
from layers.store import tables as t
from layers.store.unit import Reading

LEDGERS = ("districts", "streets", "communities", "complexes", "buildings", "stations")
"""Layers whose rows have names or addresses to be known by."""


class Joined(NamedTuple):
    """The rows of a ledger that were found, with key and shape of what they mean."""

    frame: gpd.GeoDataFrame
    found: np.ndarray[tuple[int], np.dtype[np.bool_]]
    """Which rows of the ledger these are."""
    faults: list[Fault]
    """The other rows, each with its reason."""
    notes: list[Words]


def addresses_in(raw: pd.DataFrame, frame: pd.DataFrame) -> list[tuple[str, ...]]:
    """For each row of a ledger of buildings the addresses it may be found under, the surest first.

    `raw` has the columns of the file, `frame` ours.
    """
    columns = [str(column) for column in raw.columns if column != "geometry"]
    parts = house_parts(columns)
    together = joined(raw, parts).tolist() if parts is not None else [None] * len(raw)
    named = frame["name"].tolist() if "name" in frame else [None] * len(raw)
    told = frame["road_addresses"].tolist() if "road_addresses" in frame else [None] * len(raw)
    names = [house_name(name) for name in named]
    return [
        tuple(dict.fromkeys(text for text in (a, b, f"{b}{c}" if b and c else None, c) if text))
        for a, b, c in zip(together, told, names, strict=True)
    ]


def join(
    unit: Reading,
    layer: str,
    frame: gpd.GeoDataFrame,
    rows: Sequence[int],
    addresses: Sequence[tuple[str, ...]],
    *,
    source: str,
) -> Joined:
    """Find what each row of a ledger means: by its key; else buildings by address through the gazetteer, other layers
    by their name, in the community the row says. A row is never guessed: several fits are told as such.

    `frame` has our columns without shapes, `addresses` as of `addresses_in`. Raises `FileError` when the layer holds
    nothing yet to join to.
    """
    contract = CONTRACTS[layer]
    table = t.LAYER_TABLES[layer]
    if not unit.scalar(sa.select(sa.func.count()).select_from(table)):
        raise FileError(
            f"{source} has no shapes and there are no {layer} to join it to; import {layer} with shapes first",
            f"{source} 没有空间列，库中也没有可对应的{TITLES[layer]}；请先导入带图形的{TITLES[layer]}",
        )
    given = _column(frame, contract.key)
    known = unit.known_keys(table, sorted({key for key in given if key is not None}))
    keys: list[str | None] = [key if key in known else None for key in given]
    by_key = np.array([key is not None for key in keys])
    open_rows = [i for i, key in enumerate(keys) if key is None]
    why: dict[int, Fault] = {}
    if open_rows:
        if layer == "buildings":
            answers = _by_address(unit, [addresses[i] for i in open_rows])
        else:
            answers = _by_name(unit, layer, frame.iloc[open_rows])
        for i, (key, fault) in zip(open_rows, answers, strict=True):
            keys[i] = key
            if fault is not None:
                why[i] = replace(fault, row=int(rows[i]))
    found = np.array([key is not None for key in keys], dtype=np.bool_)
    notes = [
        Words(
            f"a ledger without shapes: {int(by_key.sum())} rows were joined by key, {int((found & ~by_key).sum())} by name "
            f"or address, {len(why)} were not",
            f"台账没有图形：按编号对应 {int(by_key.sum())} 行，按名称或地址对应 {int((found & ~by_key).sum())} 行，"
            f"未能对应 {len(why)} 行",
        )
    ]
    return Joined(_shaped(unit, layer, frame, keys, found, by_key), found, list(why.values()), notes)


def _column(frame: pd.DataFrame, name: str) -> list[str | None]:
    if name not in frame:
        return [None] * len(frame)
    blank = is_blank(frame[name])
    return [None if empty else str(value).strip() for value, empty in zip(frame[name], blank, strict=True)]


def _shaped(
    unit: Reading,
    layer: str,
    frame: gpd.GeoDataFrame,
    keys: Sequence[str | None],
    found: np.ndarray[tuple[int], np.dtype[np.bool_]],
    by_key: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> gpd.GeoDataFrame:
    contract = CONTRACTS[layer]
    mine = [key for key in keys if key is not None]
    stored = stored_rows(unit, layer, sorted(set(mine))).reindex(mine)
    data = pd.DataFrame(frame.drop(columns="geometry"))[found].copy()
    data[contract.key] = pd.Series(mine, index=data.index, dtype=object)
    for column in contract.columns:
        name = column.name
        if name == contract.key or name not in stored:
            continue
        if name in ("name", "road_addresses") and name in data:  # what a row was found by is no news
            data.loc[~by_key[found], name] = None
        if column.required:
            old = pd.Series(stored[name].tolist(), index=data.index, dtype=object)
            data[name] = data[name].astype(object).where(~is_blank(data[name]), old) if name in data else old
    return gpd.GeoDataFrame(data, geometry=np.asarray(stored.geometry.array, dtype=object), crs=KEPT_CRS)


Found = tuple[str | None, Fault | None]


def _by_name(unit: Reading, layer: str, frame: pd.DataFrame) -> list[Found]:
    """Rows by name (of complexes other names too), in the community they say."""
    contract = CONTRACTS[layer]
    table = t.LAYER_TABLES[layer]
    placed = "community_code" in table.c
    extra = [table.c.community_code] if placed else []
    extra += [table.c.aliases] if "aliases" in table.c else []
    there: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
    for row in unit.execute(sa.select(table.c[contract.key], table.c.name, *extra)).mappings():
        names = [row["name"], *(row.get("aliases") or [])]
        for name in names:
            if name:
                there[plain(name)].add((row[contract.key], row.get("community_code")))
    answers: list[Found] = []
    for name, code in zip(_column(frame, "name"), _column(frame, "community_code"), strict=True):
        fits = there.get(plain(name), set()) if name else set()
        if placed and code is not None:
            fits = {fit for fit in fits if fit[1] == code}
        answers.append(_one(layer, name or "", sorted({key for key, _ in fits})))
    return answers


def _by_address(unit: Reading, addresses: Sequence[tuple[str, ...]]) -> list[Found]:
    """Buildings by the first of their addresses that means exactly one."""
    matcher = Matcher(read_gazetteer(unit).built())
    answers: list[Found] = []
    for texts in addresses:
        best: Found = _one("buildings", texts[0] if texts else "", [])
        for text in texts:
            match = matcher.match(text)
            if match.status == "matched" and match.building_id is not None:
                best = (match.building_id, None)
                break
            if match.candidates and best[1] is not None and "several" not in best[1].reason.en:
                best = _one("buildings", text, sorted(match.candidates))
        answers.append(best)
    return answers


def _one(layer: str, value: str, fits: Sequence[str]) -> Found:
    """The only fit, or why there is none."""
    if len(fits) == 1:
        return fits[0], None
    key = CONTRACTS[layer].key
    if fits:
        listed = " | ".join(fits[:8])
        words = Words(
            f"fits several {layer} ({listed}); give its {key}",
            f"与多个{TITLES[layer]}相符（{listed}）；请填写编号",
        )
    else:
        words = Words(
            f"there is none of this key, name or address among the {layer}; correct it, or import it with its shape",
            f"库中没有该编号、名称或地址的{TITLES[layer]}；请更正，或连同图形导入",
        )
    return None, Fault(None, key, value, words)
