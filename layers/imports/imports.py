"""A layer into the store: a file, or a frame made here, goes in whole or not at all, or its good rows alone.

Everything is read and checked first; what is written goes in one short transaction, and is checked again when
somebody else wrote meanwhile."""

from __future__ import annotations

from dataclasses import replace as replaced_in
from datetime import datetime
from pathlib import Path

import geopandas as gpd
import numpy as np

from geo.errors import Fault, FileError, InputError, Words
from geo.plans.rules import PROFILES, Rules
from layers.batches.batch import Batch
from layers.batches.leaning import Lean
from layers.files.faults import FaultyFileError, bounded, write_faults
from layers.files.limits import DEFAULT, Limits
from layers.files.mapping import read_mapping
from layers.imports.checks import Checked, check_frame
from layers.imports.grid_words import import_words, refuse_options
from layers.imports.known import Same, Wishes
from layers.imports.ledgers import join
from layers.imports.reading import (
    Task,
    contract_of,
    list_path,
    not_said,
    prepare,
    readings_of,
    refusal,
    told_of,
)
from layers.imports.registrations import read_registration
from layers.imports.relations import Options
from layers.imports.report import ImportReport
from layers.imports.shortly import closed, kept_drafts, written_shortly
from layers.imports.writing import Written, back_again, foreseen, gone_from, leaning_on, write_frame
from layers.plans.adopting import receive
from layers.plans.nets import checked_net
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading, Writing


def import_file(
    store: Store,
    viewer: Viewer,
    layer: str,
    path: Path,
    *,
    mapping: Path | None = None,
    crs: str | None = None,
    table: str | None = None,
    dry_run: bool = False,
    skip_outside: bool = False,
    good_rows: bool = False,
    replace: bool = False,
    agreed: frozenset[str] | None = None,
    clear: tuple[str, ...] = (),
    moved: bool = False,
    same: Same | None = None,
    faults_dir: Path | None = None,
    lang: str = "zh",
    credit: str | None = None,
    actor: str,
    now: datetime,
    rules: Rules = PROFILES["national"],
    net: str | None = None,
    limits: Limits = DEFAULT,
) -> ImportReport:
    """Load a file into `layer`; rows with a known key are updated, the others added.

    `crs` declares the CRS or datum and wins over what the file says. `table` is the layer of a GeoPackage or
    the sheet of a workbook. `credit` says whose data it is, as maps print it; without it they print the file's
    name. `dry_run` does all but the writing. `skip_outside` leaves out rows outside every community, `good_rows`
    every row with a fault. A column or cell that the file leaves empty keeps what is stored, but for the columns in
    `clear`. `replace` ends rows that the file no longer has in the communities it touches, of `agreed` keys only if given. `moved` lets known
    keys stand elsewhere; `same` decides about known things under new keys (`layers.imports.known`). Grids become draft
    plans under `rules` (`layers.plans.adopting`), in communities that have cells; or, with `net`, areas of that existing
    net (`layers.plans.nets`), which need no cells yet.

    Raises `FaultyFileError` (a `FrameError`) with all faults, also written to a spreadsheet in `faults_dir`
    in the language `lang`; `FileError` for a file that cannot be read; `MissingCrsError`; `InputError`.
    """
    if net is not None and layer != "grids":
        raise InputError(
            f"a net is made of grids, not of {layer}", f"网由网格（grids）构成，不能由 {layer} 构成"
        )
    if net is not None:
        checked_net(net)
    _check_clear(layer, clear)
    if layer == "grids":
        registration = read_registration(path, mapping=read_mapping(mapping), table=table, limits=limits)
        if registration is not None:
            others = {"--crs": crs, "--replace": replace, "--clear": clear, "--moved": moved}
            refuse_options(others | {"--same": same, "--skip-outside": skip_outside})
            return import_words(
                store, viewer, registration, rules=rules, source=credit or registration.source, dry_run=dry_run,
                good_rows=good_rows, faults_dir=faults_dir, lang=lang, actor=actor, now=now, net=net,
            )  # fmt: skip
    task = prepare(layer, path, mapping=mapping, crs=crs, table=table, limits=limits)
    options = Options(skip_outside, known=Wishes(clear, moved, same, task.keys_made, replace))

    def check(unit: Reading) -> Checked:
        return _checked(unit, task, options, crs, good_rows=good_rows, folder=faults_dir, lang=lang)

    adopting = task.layer == "grids" and not dry_run
    source = credit or task.source
    gone: tuple[tuple[str, str, str], ...] = ()
    leans: tuple[Lean, ...] = ()
    number: int | None = None
    if dry_run or adopting:
        with store.reading(viewer) as unit:
            checked = check(unit)
            counted, changed = foreseen(unit, task.layer, checked.frame)
            gone = tuple(gone_from(unit, task.layer, checked.frame)) if replace else ()
            leans = leaning_on(unit, task.layer, gone, now=now)
            more = back_again(unit, task.layer, checked.frame)
    else:

        def write(unit: Writing, checked: Checked) -> Written:
            nonlocal gone
            gone = tuple(gone_from(unit, task.layer, checked.frame, agreed=agreed)) if replace else ()
            batch = Batch(unit, action="import", layer=task.layer, source=task.source)
            removed = [key for key, _, _ in gone]
            written = write_frame(batch, task.layer, checked.frame, source=source, removed=removed)
            return closed(batch, written)

        checked, done = written_shortly(store, viewer, check, write, actor=actor, now=now)
        counted, changed, more, number = done.rows, done.changed, done.notes, done.batch
    notes = [*task.notes, *checked.notes, *more]
    listed = checked.dropped
    left_out = len(task.rows) - len(checked.frame)
    if adopting:
        told: list[int] = []
        said, found = receive(
            store,
            viewer,
            checked.frame,
            rules=rules,
            net=net,
            source=source,
            actor=actor,
            now=now,
            kept=kept_drafts(task.source, told),
        )
        number = next(iter(told), None)
        notes, listed = [*notes, *said], [*listed, *found]
    faults_file, said = _listed(task, listed, faults_dir, lang)
    return ImportReport(
        task.layer,
        task.source,
        len(checked.frame),
        *counted,
        checked.repaired,
        tuple(dict.fromkeys([*notes, *said, *task.columns])),
        faults_file,
        dry_run,
        left_out,
        changed,
        gone,
        leans,
        number,
    )


def _check_clear(layer: str, clear: tuple[str, ...]) -> None:
    contract = contract_of(layer)
    free = [c.name for c in contract.columns if not c.required and c.name != contract.key]
    unknown = [column for column in clear if column not in free]
    if unknown:
        raise InputError(
            f"--clear {', '.join(unknown)}: {layer} can be emptied of {', '.join(free)}",
            f"--clear {'、'.join(unknown)}：{layer} 可清空的列有 {'、'.join(free)}",
        )


def _checked(
    unit: Reading,
    task: Task,
    options: Options,
    crs: str | None,
    *,
    good_rows: bool,
    folder: Path | None,
    lang: str,
) -> Checked:
    """The frame after all checks; with `good_rows` without the rows that have faults, which are listed as dropped."""
    notes: list[Words] = []
    if task.addresses is not None:
        task, notes = _joined(unit, task, task.addresses)
    kept = np.ones(len(task.rows), dtype=bool)
    faults: list[Fault] = list(task.faults)
    if not len(kept) and faults:
        raise refusal(task, faults, folder, lang)
    while True:
        checked = check_frame(
            unit,
            task.contract,
            task.frame[kept],
            task.rows[kept],
            options=options,
            readings=readings_of(task.raw[kept], crs),
            theirs=task.theirs,
        )
        found = not_said(task.faults, checked.faults)
        faults = [*faults, *found]
        bad = np.array([fault.row for fault in faults if fault.row is not None], dtype=np.int64)
        sound = kept & ~np.isin(task.rows, bad)
        hopeless = any(fault.row is None for fault in faults) or not good_rows or not sound.any()
        if faults and hopeless:
            raise refusal(task, faults, folder, lang)
        if (sound == kept).all():
            return replaced_in(checked, dropped=[*faults, *checked.dropped], notes=[*notes, *checked.notes])
        kept = sound


def _joined(unit: Reading, task: Task, addresses: list[tuple[str, ...]]) -> tuple[Task, list[Words]]:
    """A ledger with the shapes of what its rows mean; rows that mean nothing known, or several things, are faults."""
    found = join(unit, task.layer, task.frame, task.rows.tolist(), addresses, source=task.source)
    faults = [
        replaced_in(fault, column=task.theirs.get(fault.column or "", fault.column)) for fault in found.faults
    ]
    there = replaced_in(
        task,
        frame=found.frame,
        raw=found.frame,
        rows=task.rows[found.found],
        faults=[*task.faults, *faults],
    )
    return there, found.notes


def _listed(
    task: Task, listed: list[Fault], folder: Path | None, lang: str
) -> tuple[Path | None, list[Words]]:
    """Write the list of rows left out. The import is done by then: a list that cannot be written is only said."""
    if not listed or folder is None:
        return None, []
    try:
        return write_faults(list_path(folder, task, "notes"), told_of(listed), lang=lang), []
    except (FileError, OSError) as error:
        why = Words(*error.words) if isinstance(error, FileError) else Words(str(error), str(error))
        return None, [
            Words(
                f"the import is done, but the list of {len(listed)} remarks could not be written: {why.en}",
                f"导入已完成，但 {len(listed)} 条说明未能写成文件：{why.zh}",
            )
        ]


def read_layer_file(
    store: Store,
    viewer: Viewer,
    layer: str,
    path: Path,
    *,
    mapping: Path | None = None,
    crs: str | None = None,
    faults_dir: Path | None = None,
    lang: str = "zh",
    limits: Limits = DEFAULT,
) -> gpd.GeoDataFrame:
    """A file as `import_file` would load it, mapped, checked and in EPSG:4490, without loading it. Raises as that does."""
    task = prepare(layer, path, mapping=mapping, crs=crs, table=None, limits=limits)
    options = Options(known=Wishes(moved=True, same="add", keys_made=task.keys_made))
    with store.reading(viewer) as unit:
        return _checked(unit, task, options, crs, good_rows=False, folder=faults_dir, lang=lang).frame


def import_frame(
    store: Store,
    viewer: Viewer,
    layer: str,
    frame: gpd.GeoDataFrame,
    *,
    source: str,
    dry_run: bool = False,
    actor: str,
    now: datetime,
) -> ImportReport:
    """Load a frame in EPSG:4490 with the layer's columns, as `import_file` loads a file.

    Rows are blamed by position, from 1. Raises `FaultyFileError` with all faults.
    """
    contract = contract_of(layer)
    rows = np.arange(1, len(frame) + 1)
    options = Options(known=Wishes(moved=True, same="add"))

    def check(unit: Reading) -> Checked:
        checked = check_frame(unit, contract, frame, rows, options=options)
        if checked.faults:
            raise FaultyFileError(layer, bounded(checked.faults))
        return checked

    def write(unit: Writing, checked: Checked) -> Written:
        batch = Batch(unit, action="import", layer=layer, source=source)
        return closed(batch, write_frame(batch, layer, checked.frame, source=source))

    more: list[Words] = []
    number: int | None = None
    if dry_run:
        with store.reading(viewer) as unit:
            checked = check(unit)
            counted, changed = foreseen(unit, layer, checked.frame)
    else:
        checked, done = written_shortly(store, viewer, check, write, actor=actor, now=now)
        counted, changed, more, number = done.rows, done.changed, done.notes, done.batch
    notes = (*checked.notes, *more)
    return ImportReport(
        layer,
        source,
        len(checked.frame),
        *counted,
        checked.repaired,
        notes,
        None,
        dry_run,
        changed=changed,
        batch=number,
    )
