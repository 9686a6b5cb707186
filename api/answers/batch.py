"""Files of questions answered row by row, in file order and bounded memory, as CSV or one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any, Protocol

import pandas as pd

from api.answers.called import CALLED_COLUMNS, Called, called_texts
from api.answers.datums import to_kept
from api.answers.questions import Chunk, Form, QuestionsFile
from api.answers.spreadsheet import csv_text
from geo.datums import Datum
from geo.locate.index import LookupIndex

POINT_COLUMNS = (
    "id",
    "status",
    "grid_code",
    "grid_name",
    "community",
    "building",
    "confidence",
    "reason",
    "grid_kind",
    "community_code",
    "complex",
    "complex_ref",
    "building_ref",
    "plan_id",
    "plan_version",
    "valid_from",
    "valid_to",
    "as_of",
    "micro_code",
    "micro_name",
)
"""Columns of an answered file. `community`, `complex` and `building` are names; `status` is that of a single answer,
or error for a row that could not be read."""
ADDRESS_COLUMNS = (*POINT_COLUMNS, "level", "unit", "floor", "room", "candidates")
"""Columns where addresses were asked; `candidates`: refs of buildings with `|` between."""

_SOURCES = {"community": "community_name", "building": "building_name", "complex": "complex_name"}
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class Addresses(Protocol):
    """What answers addresses."""

    def locate_many(self, texts: list[str], *, as_of: date) -> pd.DataFrame:
        """As `geo.locate.addresses.AddressLookup.locate_many`."""


def answer_lines(
    index: LookupIndex,
    addresses: Addresses,
    file: QuestionsFile,
    *,
    as_of: date,
    datum: Datum,
    lang: str,
    called: Called | None = None,
    form: Form | None = None,
) -> Iterator[str]:
    """The answers, some thousand lines at a time, in `form` or that of the file; a CSV begins with its header. With `called` each
    row also says whom its place finds: `CALLED_COLUMNS` of a CSV, the member `chain` of a JSON object."""
    columns = POINT_COLUMNS if file.asks == "points" else ADDRESS_COLUMNS
    form = form or file.form
    if form == "csv":
        yield csv_text([columns if called is None else (*columns, *CALLED_COLUMNS)])
    for chunk in file.chunks():
        good = [i for i in range(len(chunk.ids)) if i not in chunk.faults]
        if file.asks == "points":
            lon, lat = to_kept(chunk.lon[good], chunk.lat[good], datum)
            found = index.locate_many(lon, lat, as_of=as_of)
        else:
            found = addresses.locate_many([chunk.texts[i] for i in good], as_of=as_of)
        rows = _rows(chunk, found, columns, as_of=as_of, lang=lang)
        people = None if called is None else _people(called, chunk, found, as_of=as_of, lang=lang)
        if form == "csv":
            yield csv_text(
                rows
                if people is None
                else ((*row, *called_texts(one)) for row, one in zip(rows, people, strict=True))
            )
        else:
            objects = (dict(zip(columns, row, strict=True)) for row in rows)
            if people is not None:
                objects = (one | {"chain": chain} for one, chain in zip(objects, people, strict=True))
            yield "".join(f"{_encode(one)}\n" for one in objects)


def _people(
    called: Called, chunk: Chunk, found: pd.DataFrame, *, as_of: date, lang: str
) -> Iterator[dict[str, Any] | None]:
    """The chain of each row of the chunk, None for those that could not be read."""
    told = iter(called.rows(found, as_of=as_of, lang=lang))
    for i in range(len(chunk.ids)):
        yield None if i in chunk.faults else next(told)


def _rows(
    chunk: Chunk, found: pd.DataFrame, columns: tuple[str, ...], *, as_of: date, lang: str
) -> Iterator[tuple[Any, ...]]:
    """One row for each row of the chunk, in its order."""
    shaped = _shaped(found, columns[1:], lang)
    blank = dict.fromkeys(columns) | {"status": "error", "confidence": 0, "as_of": as_of}
    for i, identity in enumerate(chunk.ids):
        fault = chunk.faults.get(i)
        if fault is None:
            yield (identity, *next(shaped))
        else:
            yield tuple((blank | {"id": identity, "reason": fault.text(lang)}).values())


def _shaped(found: pd.DataFrame, columns: tuple[str, ...], lang: str) -> Iterator[tuple[Any, ...]]:
    plain = found.astype(object).where(found.notna(), None)
    values: list[list[Any]] = []
    for column in columns:
        if column == "confidence":
            values.append([_short(value) for value in found["confidence"]])
        elif column == "reason":
            values.append([words.text(lang) for words in found["reason"]])
        else:
            values.append(plain[_SOURCES.get(column, column)].tolist())
    return zip(*values, strict=True)


def _short(value: float) -> float | int:
    """Three digits, whole numbers without a point.

    >>> _short(1.0), _short(0.33333)
    (1, 0.333)
    """
    rounded = float(f"{value:.3g}")
    return int(rounded) if rounded.is_integer() else rounded
