"""A layer into the store: a file, or a frame made here, goes in whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from geo.cells.dwellings import estimate_households
from geo.crs import VENDOR_DATUMS, to_kept_crs
from geo.errors import Fault, InputError, Words
from geo.frames import CONTRACTS, LINES, Contract
from geo.plans.rules import PROFILES, Rules
from layers import history
from layers.adopting import receive
from layers.files.assignments import assign_communities, assign_complexes
from layers.files.checks import Rows, check_frame
from layers.files.faults import FaultyFileError, bounded, write_faults
from layers.files.limits import DEFAULT, Limits
from layers.files.mapping import Mapped, check_mapping, map_columns, merge_pieces, read_mapping
from layers.files.readers import read_source
from layers.files.relations import Options, Readings
from layers.nets import checked_net
from layers.store.database import Store
from layers.store.rows import Upserted, existing_keys, upsert_frame
from layers.store.tables import LAYER_TABLES
from layers.working import give_way

_SOURCE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or would do when `dry_run`."""

    layer: str
    """The layer it went to; `roads` for a file of street lines."""
    source: str
    rows: int
    """Rows loaded."""
    added: int
    updated: int
    repaired: int
    """Rows whose shape was repaired."""
    notes: tuple[Words, ...]
    faults_file: Path | None
    """The list of rows left out (`skip_outside`) or of remarks on adopted grids, when a folder was given."""
    dry_run: bool


def import_file(
    store: Store,
    layer: str,
    path: Path,
    *,
    mapping: Path | None = None,
    crs: str | None = None,
    table: str | None = None,
    dry_run: bool = False,
    skip_outside: bool = False,
    faults_dir: Path | None = None,
    lang: str = "zh",
    credit: str | None = None,
    actor: str = "operator",
    now: datetime | None = None,
    rules: Rules = PROFILES["national"],
    net: str | None = None,
    limits: Limits = DEFAULT,
) -> ImportReport:
    """Load a file into `layer`; rows with a known key are updated, the others added.

    `crs` declares the CRS or datum and wins over what the file says. `table` is the layer of a GeoPackage or
    the sheet of a workbook. `credit` says whose data it is, as maps print it; without it they print the file's
    name. `dry_run` does all but the writing. `skip_outside` leaves out rows outside every community. With `now`, the deed is recorded in the history; grids need it, because they become draft
    plans under `rules` (`layers.adopting`), in communities that have cells; or, with `net`, areas of that existing net
    (`layers.nets`), which need no cells yet.

    Raises `FaultyFileError` (a `FrameError`) with all faults, also written to a spreadsheet in `faults_dir`
    in the language `lang`; `FileError` for a file that cannot be read; `MissingCrsError`; `InputError`.
    """
    if net is not None and layer != "grids":
        raise InputError(
            f"a net is made of grids, not of {layer}", f"网由网格（grids）构成，不能由 {layer} 构成"
        )
    if net is not None:
        checked_net(net)
    task = _prepare(layer, path, mapping=mapping, crs=crs, table=table, limits=limits)
    adopting = task.layer == "grids" and not dry_run
    with transaction(store, writing=not dry_run and not adopting) as conn:
        checked = check_frame(
            conn,
            task.contract,
            task.frame,
            task.rows,
            options=Options(skip_outside=skip_outside),
            readings=_readings(task.raw, crs),
            theirs=task.theirs,
        )
        faults = bounded([*task.faults, *_not_said(task.faults, checked.faults)])
        if faults:
            raise _refusal(task, faults, faults_dir, lang)
        notes = [*task.notes, *checked.notes]
        written = count_frame(conn, task.layer, checked.frame)
        if not dry_run and not adopting:
            written, more = write_frame(conn, task.layer, checked.frame, source=credit or task.source)
            notes += more
            history.record_import(conn, now, actor, task.layer, task.source, written, more)
    listed = checked.dropped
    if adopting:
        more, found = receive(
            store, checked.frame, rules=rules, net=net, source=credit or task.source, actor=actor, now=now
        )
        notes, listed = [*notes, *more], [*listed, *found]
    faults_file = None
    if listed and faults_dir is not None:
        faults_file = write_faults(_list_path(faults_dir, task, "notes"), bounded(listed), lang=lang)
    return ImportReport(
        task.layer,
        task.source,
        len(checked.frame),
        *written,
        checked.repaired,
        tuple(notes),
        faults_file,
        dry_run,
    )


def read_layer_file(
    store: Store,
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
    task = _prepare(layer, path, mapping=mapping, crs=crs, table=None, limits=limits)
    with transaction(store, writing=False) as conn:
        readings = _readings(task.raw, crs)
        checked = check_frame(
            conn, task.contract, task.frame, task.rows, readings=readings, theirs=task.theirs
        )
    faults = bounded([*task.faults, *_not_said(task.faults, checked.faults)])
    if faults:
        raise _refusal(task, faults, faults_dir, lang)
    return checked.frame


@dataclass(frozen=True, slots=True)
class _Task:
    """A file that was read and mapped, before its checks."""

    layer: str
    source: str
    contract: Contract
    raw: gpd.GeoDataFrame
    """In the file's own coordinates, to try other datums on."""
    frame: gpd.GeoDataFrame
    """In EPSG:4490."""
    rows: Rows
    theirs: dict[str, str]
    faults: list[Fault]
    notes: list[Words]


def _prepare(
    layer: str, path: Path, *, mapping: Path | None, crs: str | None, table: str | None, limits: Limits
) -> _Task:
    contract = contract_of(layer)
    said = read_mapping(mapping)
    source = read_source(path, layer=layer, table=table, shape_columns=said.shape_columns, limits=limits)
    notes = list(source.notes)
    if layer == "streets" and _all_lines(source.frame):
        contract = CONTRACTS["roads"]
        notes.append(
            Words(
                "the streets are lines, so they were taken as roads",
                "该街道文件是线，已作为道路（roads）导入",
            )
        )
    check_mapping(said, contract, "" if mapping is None else mapping.name)
    mapped = map_columns(source, contract, said, limits=limits)
    mapped, rows, pieces = _merged(mapped, source.rows, contract)
    kept = to_kept_crs(mapped.frame, declared=crs)
    return _Task(
        contract.layer,
        source.name,
        contract,
        mapped.frame,
        kept,
        rows,
        mapped.theirs,
        [*source.faults, *mapped.faults],
        [*notes, *pieces, *mapped.notes],
    )


def _not_said(known: list[Fault], found: list[Fault]) -> list[Fault]:
    """`found` without the empty shapes of rows whose shape could not be read anyway."""
    unread = {fault.row for fault in known}
    return [f for f in found if not (f.row in unread and f.column == "geometry" and f.value == "")]


def import_frame(
    store: Store,
    layer: str,
    frame: gpd.GeoDataFrame,
    *,
    source: str,
    dry_run: bool = False,
    actor: str = "operator",
    now: datetime | None = None,
) -> ImportReport:
    """Load a frame in EPSG:4490 with the layer's columns, as `import_file` loads a file.

    Rows are blamed by position, from 1. Raises `FaultyFileError` with all faults.
    """
    contract = contract_of(layer)
    rows = np.arange(1, len(frame) + 1)
    with transaction(store, writing=not dry_run) as conn:
        checked = check_frame(conn, contract, frame, rows)
        if checked.faults:
            raise FaultyFileError(layer, bounded(checked.faults))
        notes = list(checked.notes)
        if dry_run:
            written = count_frame(conn, layer, checked.frame)
        else:
            written, more = write_frame(conn, layer, checked.frame, source=source)
            notes += more
            history.record_import(conn, now, actor, layer, source, written, more)
    return ImportReport(
        layer, source, len(checked.frame), *written, checked.repaired, tuple(notes), None, dry_run
    )


def contract_of(layer: str) -> Contract:
    """The contract of a layer by name. Raises `InputError` with the names there are."""
    if layer not in CONTRACTS:
        names = ", ".join(CONTRACTS)
        raise InputError(f"no layer {layer!r}; choose one of {names}", f"没有图层“{layer}”；可选：{names}")
    return CONTRACTS[layer]


def write_frame(
    conn: Connection, layer: str, frame: gpd.GeoDataFrame, *, source: str
) -> tuple[Upserted, list[Words]]:
    """Write a checked frame; what hangs on it (households, the community of what is stored) follows.

    Gives what was added and updated, and what else changed in words.
    """
    notes: list[Words] = []
    if layer == "buildings" and not frame.empty:
        frame = estimate_households(frame)
        guessed = int(frame["households_estimated"].sum())
        if guessed:
            notes.append(
                Words(
                    f"the households of {guessed} of {len(frame)} buildings are estimates",
                    f"{len(frame)} 栋楼中有 {guessed} 栋的户数为估算值",
                )
            )
    if layer == "communities":
        notes += give_way(conn, frame)
    written = upsert_frame(conn, LAYER_TABLES[layer], frame, source=source[:_SOURCE_CHARACTERS])
    if layer == "communities":
        notes += assign_communities(conn)
    elif layer == "complexes":
        notes += assign_complexes(conn)
    return written, notes


def count_frame(conn: Connection, layer: str, frame: gpd.GeoDataFrame) -> Upserted:
    """What `write_frame` would add and update."""
    if layer not in LAYER_TABLES or frame.empty:
        return Upserted(len(frame), 0)
    table = LAYER_TABLES[layer]
    keys = frame[CONTRACTS[layer].key].tolist()
    known = len(existing_keys(conn, table, keys))
    return Upserted(len(keys) - known, known)


@contextmanager
def transaction(store: Store, *, writing: bool) -> Iterator[Connection]:
    """A transaction of the store that writes, or one that only looks."""
    with store.begin() if writing else store.read() as conn:
        yield conn


def _all_lines(frame: gpd.GeoDataFrame) -> bool:
    there = frame.geometry[frame.geometry.notna() & ~frame.geometry.is_empty]
    return len(there) > 0 and bool(there.geom_type.isin(LINES).all())


def _merged(mapped: Mapped, rows: Rows, contract: Contract) -> tuple[Mapped, Rows, list[Words]]:
    """Roads and water come in pieces of one key: they become one row each."""
    if contract.layer not in ("roads", "water"):
        return mapped, rows, []
    frame, kept, gone = merge_pieces(mapped.frame, rows, contract.key)
    if not gone:
        return mapped, rows, []
    note = Words(
        f"{gone} rows were pieces of another row with the same key and were joined",
        f"{gone} 行与同编号的行合并",
    )
    return replace(mapped, frame=frame), kept, [note]


def _readings(raw: gpd.GeoDataFrame, declared: str | None) -> Readings:
    """The file's own coordinates read in the datums that were not chosen."""
    chosen = (declared or "").lower().replace("-", "")
    bare = raw.set_crs(None, allow_override=True)
    in_degrees = chosen in VENDOR_DATUMS or bool(
        (np.abs(shapely.bounds(np.asarray(bare.geometry.array))) < 360).all()
    )

    def read() -> dict[str, NDArray[Any]]:
        others = [datum for datum in ("EPSG:4490", *VENDOR_DATUMS) if datum != chosen]
        if chosen not in VENDOR_DATUMS:
            others.remove("EPSG:4490")
        if not in_degrees:
            return {}
        return {
            datum: np.asarray(to_kept_crs(bare, declared=datum).geometry.array, dtype=object)
            for datum in others
        }

    return read


def _refusal(task: _Task, faults: list[Fault], folder: Path | None, lang: str) -> FaultyFileError:
    file = None if folder is None else write_faults(_list_path(folder, task, "faults"), faults, lang=lang)
    return FaultyFileError(task.layer, faults, faults_file=file)


def _list_path(folder: Path, task: _Task, what: str) -> Path:
    return folder / f"{Path(task.source).stem}-{task.layer}-{what}.xlsx"
