"""All checks of one layer before it is written: contract, shapes, relations, in one list of faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.conform import try_conform
from geo.errors import Fault, Words
from geo.frames import Contract
from geo.topology import broken, repair
from layers.files.faults import MOST_FAULTS
from layers.imports.known import Recalled, recall
from layers.imports.planned import half_planned
from layers.imports.relations import Options, Readings, Related, relate
from layers.store.unit import Reading

_ROWS_AT_ONCE = 50_000

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Checked:
    """A frame after all checks: ready to be written when `faults` is empty."""

    frame: gpd.GeoDataFrame
    faults: list[Fault] = field(default_factory=list)
    repaired: int = 0
    notes: list[Words] = field(default_factory=list)
    dropped: list[Fault] = field(default_factory=list)


def check_frame(
    unit: Reading,
    contract: Contract,
    frame: gpd.GeoDataFrame,
    rows: Rows,
    *,
    options: Options = Options(),  # noqa: B008  immutable
    readings: Readings = dict,
    theirs: dict[str, str] | None = None,
) -> Checked:
    """All checks of one layer: contract, shapes, relations. `frame` is in EPSG:4490; nothing is written.

    Relations are looked at for the rows that are sound so far, so that one list holds everything.
    """
    if frame.empty:
        return Checked(frame)
    mended = repair(frame)
    typed, faults = _conform(mended.frame, contract, rows)
    if typed is None:
        return Checked(frame, _in_their_words(faults, theirs))
    unsound = broken(typed)
    faults += [Fault(int(rows[i]), "geometry", _key(typed, contract, i), words) for i, words in unsound]
    bad = {fault.row for fault in faults if fault.row is not None}
    sound = ~np.isin(rows, np.array(sorted(bad), dtype=np.int64))
    if not any(fault.row is None for fault in faults):
        recalled = recall(unit, contract, typed[sound], rows[sound], options.known)
        faults += recalled.faults
        if contract.layer == "buildings":
            faults += half_planned(recalled.frame, rows[sound])
        related = relate(
            unit, contract.layer, recalled.frame, rows[sound], options, lambda: _sound(readings(), sound)
        )
    else:
        recalled, related = Recalled(typed), Related(typed)
    faults += related.faults
    notes = [*_summed(mended.changes), *recalled.notes, *related.notes]
    return Checked(
        related.frame, _in_their_words(faults, theirs), len(mended.changes), notes, related.dropped
    )


def _sound(readings: dict[str, NDArray[Any]], sound: NDArray[np.bool_]) -> dict[str, NDArray[Any]]:
    return {datum: shapes[sound] for datum, shapes in readings.items()}


def _conform(
    frame: gpd.GeoDataFrame, contract: Contract, rows: Rows
) -> tuple[gpd.GeoDataFrame | None, list[Fault]]:
    """As `try_conform`, but a hopeless large file is given up after the first `MOST_FAULTS` faults."""
    seen: list[Fault] = []
    if len(frame) > _ROWS_AT_ONCE:
        for start in range(0, len(frame), _ROWS_AT_ONCE):
            piece = slice(start, start + _ROWS_AT_ONCE)
            seen += try_conform(frame.iloc[piece], contract, rows=rows[piece].tolist())[1]
            if len(seen) > MOST_FAULTS:
                after = rows[start + _ROWS_AT_ONCE :]
                return None, [*seen[: MOST_FAULTS - 1], *_not_checked(after)]
    return try_conform(frame, contract, rows=rows.tolist())


def _not_checked(rows: Rows) -> list[Fault]:
    if not len(rows):
        return []
    count = len(rows)
    words = Words(f"from here on {count:,} rows were not checked any more", f"自此起 {count:,} 行未再检查")
    return [Fault(int(rows[0]), None, "", words)]


def _key(frame: gpd.GeoDataFrame, contract: Contract, i: int) -> str:
    value = frame[contract.key].iloc[i]
    return value if isinstance(value, str) else ""


def _in_their_words(faults: Sequence[Fault], theirs: dict[str, str] | None) -> list[Fault]:
    """Faults with columns named as in the file."""
    if not theirs:
        return list(faults)
    return [
        replace(fault, column=theirs.get(fault.column, fault.column)) if fault.column else fault
        for fault in faults
    ]


def _summed(changes: Sequence[tuple[int, Words]]) -> list[Words]:
    """One note for each kind of repair, with its count."""
    counts: dict[Words, int] = {}
    for _, words in changes:
        counts[words] = counts.get(words, 0) + 1
    return [Words(f"{count} rows: {words.en}", f"{count} 行：{words.zh}") for words, count in counts.items()]
