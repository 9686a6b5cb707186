"""What a file holds, before anything of it is loaded: its tables and columns, the first rows, what each column is taken for,
and where its shapes lie as read in a datum."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from geo.crs import to_kept_crs
from geo.errors import InputError, WanggeError, Words
from geo.frames import CONTRACTS, TABLES
from layers.files.columns import SHAPE_COLUMNS, pick
from layers.files.confined import Bounds, confined
from layers.files.limits import DEFAULT, Limits, open_file
from layers.files.readers import Source, read_rows, read_source
from layers.files.workbooks import Workbook
from layers.imports.ledgers import LEDGERS

ROWS = 8
"""First rows that are shown."""
SHAPES = 300
"""Shapes that are drawn at most, spread over the file."""
_CELL_CHARACTERS = 60
_SIMPLER_DEG = 0.00002


@dataclass(frozen=True, slots=True)
class ColumnSeen:
    """One column of a file."""

    name: str
    ours: str | None
    """What it is taken for."""
    how: Words | None
    """Why."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen in a file."""

    source: str
    tables: tuple[str, ...]
    """Layers of a GeoPackage or sheets of a workbook; none where there is no choice."""
    rows: int
    columns: tuple[ColumnSeen, ...]
    first: tuple[tuple[int, tuple[str, ...]], ...]
    """The first rows: the number their owner knows them by, and their cells as texts, cut short."""
    crs: str | None
    """What the file says of its coordinates."""
    shapes: Mapping[str, Any] | None
    """Some of its shapes as GeoJSON in EPSG:4490; None for a list, or where `trouble` says why."""
    trouble: Words | None
    """Why the coordinates cannot be read yet."""
    missing: tuple[str, ...]
    """Columns that are needed and that nothing was taken for."""
    notes: tuple[Words, ...]


def look_at(
    path: Path,
    layer: str,
    *,
    table: str | None = None,
    crs: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits = DEFAULT,
) -> Looked:
    """Look at a file as one of `layer`, in a child process with bounds. `crs` is a datum or CRS to read it in, `mapping`
    (ours -> theirs) what columns were chosen.

    Raises `FileError` for what cannot be read, `InputError` for an unknown layer or a column the file does not have.
    """
    if layer not in CONTRACTS and layer not in TABLES:
        names = ", ".join((*CONTRACTS, *TABLES))
        raise InputError(f"no layer {layer!r}; choose one of {names}", f"没有图层“{layer}”；可选：{names}")
    return confined(Bounds.of(path), path.name, _look, path, layer, table, crs, dict(mapping or {}), limits)


def _look(
    path: Path, layer: str, table: str | None, crs: str | None, said: dict[str, str], limits: Limits
) -> Looked:
    tables = _tables(path, limits)
    shape_columns = {ours: theirs for ours, theirs in said.items() if ours in SHAPE_COLUMNS}
    if layer in TABLES:
        source = read_rows(path, layer=layer, sheet=table, names=said, limits=limits)
    else:
        source = read_source(
            path,
            layer=layer,
            table=table,
            shape_columns=shape_columns,
            ledger=layer in LEDGERS,
            limits=limits,
        )
    contract = CONTRACTS.get(layer) or TABLES[layer]
    names = [str(column) for column in source.frame.columns if column != "geometry"]
    chosen = {ours: theirs for ours, theirs in said.items() if ours not in SHAPE_COLUMNS}
    picked = pick(names, contract, chosen, source.name, cut_names=source.cut_names)
    taken = {theirs: ours for ours, several in picked.theirs.items() for theirs in several}
    taken |= {theirs: ours for ours, theirs in shape_columns.items()}
    made_here = {"ref"} if layer in CONTRACTS else set()
    missing = tuple(
        column.name
        for column in contract.columns
        if column.required and column.name not in picked.theirs and column.name not in made_here
    )
    shapes, trouble = (None, None) if source.ledger or layer in TABLES else _shapes(source, crs)
    return Looked(
        source.name,
        tables,
        len(source.frame),
        tuple(ColumnSeen(name, taken.get(name), picked.how.get(taken.get(name, ""))) for name in names),
        tuple(
            (int(number), tuple(_short(value) for value in row))
            for number, row in zip(
                source.rows[:ROWS], source.frame[names].head(ROWS).itertuples(index=False), strict=True
            )
        ),
        None if source.frame.crs is None else str(source.frame.crs.to_string())[:_CELL_CHARACTERS],
        shapes,
        trouble,
        missing,
        tuple(source.notes),
    )


def _tables(path: Path, limits: Limits) -> tuple[str, ...]:
    """What there is to choose from in the file."""
    suffix = path.suffix.lower()
    if suffix in (".xlsx", ".xls"):
        try:
            names = [sheet.name for sheet in Workbook(open_file(path, limits), limits).sheets()]
        except WanggeError:  # whoever reads it says so
            return ()
    elif suffix == ".gpkg":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            names = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    else:
        names = []
    return tuple(names) if len(names) > 1 else ()


def _shapes(source: Source, crs: str | None) -> tuple[dict[str, Any] | None, Words | None]:
    there = source.frame[source.frame.geometry.notna() & ~source.frame.geometry.is_empty]
    some = there.iloc[np.unique(np.linspace(0, max(len(there) - 1, 0), SHAPES).astype(int))[: len(there)]]
    try:
        kept = to_kept_crs(some[["geometry"]], declared=crs)
    except WanggeError as error:
        return None, error.words
    drawn = gpd.GeoDataFrame(geometry=shapely.simplify(kept.geometry.array, _SIMPLER_DEG), crs=kept.crs)
    features: dict[str, Any] = drawn.__geo_interface__
    return {"type": "FeatureCollection", "features": [_bare(one) for one in features["features"]]}, None


def _bare(feature: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {}, "geometry": feature["geometry"]}


def _short(value: Any) -> str:
    if value is None or value != value:
        return ""
    text = " ".join(str(value).split())
    return text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"
