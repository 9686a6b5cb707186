"""Tables as offices keep them, where part of the columns are theirs to name: read, its columns found, its faults collected,
and what comes of it written as one batch."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

import pandas as pd

from geo.errors import Fault, FrameError, InputError, Words
from geo.texts import require_sound
from layers.batches.batch import Batch
from layers.files.confined import Bounds, confined
from layers.files.faults import FaultyFileError, bounded, write_faults
from layers.files.limits import DEFAULT, Limits
from layers.files.readers import read_rows
from layers.files.synonyms import plain
from layers.imports.places import Places, UnclearError
from layers.imports.report import ImportReport
from layers.reach.facts import Change, Fact, write_change
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading, Writing

T = TypeVar("T")
MOST_CHARACTERS = {"name": 100, "title": 40, "holder": 60, "phone": 40}


@dataclass
class OfficeTable:
    """A table under way: its rows as texts, and what was found wrong so far."""

    name: str
    columns: list[str]
    rows: list[tuple[int, dict[str, str]]]
    """The number its owner knows each row by, and its cells by column; empty cells are left out."""
    faults: list[Fault] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)

    def pick(self, names: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """Our column → theirs, by the names each may have."""
        by_plain = {plain(column): column for column in reversed(self.columns)}
        found: dict[str, str] = {}
        for ours, known in names.items():
            theirs = next((by_plain[plain(name)] for name in (ours, *known) if plain(name) in by_plain), None)
            if theirs is not None and theirs not in found.values():
                found[ours] = theirs
        return found

    def blame(self, row: int, column: str, value: str, words: Words) -> None:
        """Keep a fault of one cell."""
        self.faults.append(Fault(row, column, value[:40], words))

    def meaning(
        self,
        row: int,
        column: str,
        text: str,
        read: Callable[[str, str | None], T],
        community: str | None = None,
    ) -> T | None:
        """What `read` makes of a cell in a community; None and a fault where it is unclear."""
        try:
            return read(text, community)
        except UnclearError as why:
            self.blame(row, column, text, why.words)
            return None


def read_office_table(
    path: Path, *, sheet: str | None, names: Mapping[str, Sequence[str]], limits: Limits = DEFAULT
) -> OfficeTable:
    """A CSV, XLSX or XLS; `names` are headers that tell which row is the header. Raises `FileError`, and `FrameError` for
    cells that cannot be read."""
    known = {f"{ours}/{n}": name for ours, some in names.items() for n, name in enumerate((ours, *some))}
    source = confined(
        Bounds.of(path), path.name, read_rows, path, layer="grids", sheet=sheet, names=known, limits=limits
    )
    frame = pd.DataFrame(source.frame.drop(columns="geometry"))
    columns = [str(column) for column in frame.columns]
    if source.faults:
        raise FrameError(path.name, source.faults)
    rows = []
    for number, values in zip(source.rows.tolist(), frame.itertuples(index=False, name=None), strict=True):
        cells = {
            column: " ".join(str(value).split())
            for column, value in zip(columns, values, strict=True)
            if isinstance(value, str) and value.strip()
        }
        if cells:
            require_sound(list(cells.values()), what=Words(f"row {number}", f"第 {number} 行"))
            rows.append((int(number), cells))
    return OfficeTable(path.name, columns, rows, notes=list(source.notes))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a table comes to."""

    changes: list[Change]
    rows: int


def import_office_table(
    store: Store,
    viewer: Viewer,
    layer: str,
    table: OfficeTable,
    understand: Callable[[Reading, Places], Wanted],
    *,
    day: date,
    dry_run: bool,
    faults_dir: Path | None,
    lang: str,
    actor: str,
    now: datetime,
    sealed: Callable[[Fact], Fact],
) -> ImportReport:
    """Write what `understand` makes of a table as one batch of `layer`, all or nothing. `added` are facts that begin,
    `updated` facts that end. Raises `FaultyFileError` with all faults of the table, `InputError` for one without rows."""
    if not table.rows:
        raise InputError(f"{table.name} has no rows", f"{table.name} 没有数据行")

    def understood(unit: Reading) -> Wanted:
        wanted = understand(unit, Places(unit, day))
        if table.faults:
            faults = bounded(table.faults)
            file = None if faults_dir is None else faults_dir / f"{Path(table.name).stem}-{layer}-faults.xlsx"
            kept = None if file is None else write_faults(file, faults, lang=lang)
            raise FaultyFileError(layer, faults, faults_file=kept)
        return wanted

    number: int | None = None
    if dry_run:
        with store.reading(viewer) as unit:
            wanted = understood(unit)
    else:
        with store.writing(viewer, actor=actor, now=now) as unit:
            wanted, number = _written(unit, understood, layer, table.name, sealed)
    added = sum(change.counts.added for change in wanted.changes)
    ended = sum(change.counts.updated for change in wanted.changes)
    return ImportReport(
        layer, table.name, wanted.rows, added, ended, 0, tuple(table.notes), None, dry_run, batch=number
    )


def _written(
    unit: Writing,
    understood: Callable[[Reading], Wanted],
    layer: str,
    source: str,
    sealed: Callable[[Fact], Fact],
) -> tuple[Wanted, int | None]:
    """Nothing to change leaves no batch."""
    batch = Batch(unit, action="import", layer=layer, source=source)
    wanted = understood(unit)
    if not any(sum(change.counts) for change in wanted.changes):
        return wanted, None
    for change in wanted.changes:
        write_change(batch, change, source=source, sealed=sealed)
    closed = batch.close()
    added = sum(change.counts.added for change in wanted.changes)
    ended = sum(change.counts.updated for change in wanted.changes)
    unit.record(
        action=f"import {layer}",
        detail={"source": source, "batch": closed.number, "added": added, "ended": ended},
    )
    return wanted, closed.number
