"""Columns of a frame as the values a driver takes, row by row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from layers.store.types import ShapelyGeometry


def column_values(
    table: sa.Table,
    names: Sequence[str],
    frame: pd.DataFrame,
    constants: Mapping[str, Any],
    *,
    geometry: Callable[[Any], Sequence[Any]],
    structure: Callable[[Any], Any] | None = None,
) -> Iterator[tuple[Any, ...]]:
    """The rows of `frame` with the columns `names` of `table`; `constants` are the same in every row, what is missing is
    None. `geometry` writes a whole column of shapely geometries, `structure` one value of a JSON column."""
    columns: list[Sequence[Any]] = []
    for name in names:
        kind = table.c[name].type
        written: Callable[[Any], Any] = _as_it_is
        if structure is not None and isinstance(kind, sa.JSON):
            written = partial(_unless_none, structure) if kind.none_as_null else structure
        if name in constants:
            columns.append([written(constants[name])] * len(frame))
        elif isinstance(kind, ShapelyGeometry):
            columns.append(geometry(np.asarray(frame[name].array, dtype=object)))
        elif isinstance(kind, sa.JSON):
            columns.append(list(map(written, frame[name].tolist())))
        else:
            column = frame[name].astype(object)
            columns.append(column.where(column.notna(), None).tolist())
    return zip(*columns, strict=True)


def _unless_none(structure: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else structure(value)


def _as_it_is(value: Any) -> Any:
    return value
