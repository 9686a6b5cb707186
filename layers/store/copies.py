"""Rows as plain values that can be kept as JSON and put back exactly as they were, and the short text a row is known by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa

from geo.crs import KEPT_CRS
from layers.store.types import ShapelyGeometry
from layers.store.unit import Reading, Writing

Row = dict[str, Any]
"""Column → value as JSON holds it: shapes (EPSG:4490) as the hexadecimal digits of their WKB, days as ISO texts."""

_KEYS_A_QUERY = 500
_DIGEST_BYTES = 12


def key_of(table: sa.Table) -> sa.Column[Any]:
    """The one column of the table's primary key."""
    (key,) = table.primary_key.columns
    return key


def read_rows(unit: Reading, table: sa.Table, keys: Sequence[Any]) -> pd.DataFrame:
    """The rows with these keys, all columns, indexed by key; in no order. A GeoDataFrame where the table has shapes."""
    key = key_of(table)
    shaped = "geometry" in table.c
    read = unit.frame if shaped else unit.table
    pieces = [
        read(sa.select(table).where(key.in_(keys[start : start + _KEYS_A_QUERY])))
        for start in range(0, len(keys), _KEYS_A_QUERY)
    ] or [read(sa.select(table).where(sa.false()))]
    found = pd.concat(pieces)
    return (gpd.GeoDataFrame(found) if shaped else found).set_index(key.name, drop=False)


def plain(table: sa.Table, frame: pd.DataFrame) -> dict[str, Row]:
    """The rows of `frame`, as `read_rows` gives them, by the text of their key."""
    columns = {}
    for column in table.c:
        if isinstance(column.type, ShapelyGeometry):
            columns[column.name] = shapely.to_wkb(
                np.asarray(frame[column.name].array, dtype=object), hex=True
            ).tolist()
            continue
        values = frame[column.name].astype(object)
        if not isinstance(column.type, sa.JSON):
            values = values.where(values.notna(), None)
        listed = values.tolist()
        plainly = isinstance(column.type, sa.String | sa.JSON)  # as they come, and most of a row
        columns[column.name] = listed if plainly else [_plain_value(value) for value in listed]
    names = list(columns)
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    key = key_of(table).name
    return {str(row[key]): row for row in rows}


def digest(row: Row) -> str:
    """24 characters that any other value of any column would change.

    >>> digest({"ref": "b1", "households": 12}) == digest({"households": 12, "ref": "b1"})
    True
    """
    text = json.dumps(row, sort_keys=True, ensure_ascii=False)
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_DIGEST_BYTES).hexdigest()


def frame_of(table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> pd.DataFrame:
    """Kept rows as a frame that can be written; a GeoDataFrame in EPSG:4490 where the table has shapes."""
    kept = list(rows)
    data: dict[str, pd.Series] = {}
    for column in table.c:
        values = [row[column.name] for row in kept]
        if isinstance(column.type, ShapelyGeometry):
            continue
        if isinstance(column.type, sa.DateTime):
            values = [None if value is None else datetime.fromisoformat(value) for value in values]
        elif isinstance(column.type, sa.Date):
            values = [None if value is None else date.fromisoformat(value) for value in values]
        data[column.name] = pd.Series(values, dtype=object)
    frame = pd.DataFrame(data)
    if "geometry" not in table.c:
        return frame
    shapes = shapely.from_wkb(np.array([row["geometry"] for row in kept], dtype=object))
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=KEPT_CRS)


def put_back(unit: Writing, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write kept rows over what is there, or anew."""
    if rows:
        unit.upsert_frame(table, frame_of(table, rows))


def remove(unit: Writing, table: sa.Table, keys: Sequence[Any]) -> None:
    """Take the rows with these keys out of the table."""
    key = key_of(table)
    for start in range(0, len(keys), _KEYS_A_QUERY):
        unit.execute(sa.delete(table).where(key.in_(keys[start : start + _KEYS_A_QUERY])))


def keys_of(table: sa.Table, texts: Iterable[str]) -> list[Any]:
    """Keys as the table has them, from their texts."""
    number = isinstance(key_of(table).type, sa.Integer)
    return [int(text) if number else text for text in texts]


def _plain_value(value: Any) -> Any:
    if isinstance(value, date):  # a datetime is one too
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value
