"""A file read, mapped and brought to EPSG:4490, ready for its checks; and what is said when they fail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.addresses.text.persons import censored
from geo.crs import KEPT_CRS, VENDOR_DATUMS, crs_of, to_kept_crs
from geo.datums import datum_of
from geo.errors import Fault, FileError, InputError, MissingCrsError, Words
from geo.frames import CONTRACTS, LINES, Contract
from geo.zones import other_zones, shift_words
from layers.files.address_parts import house_parts
from layers.files.columns import mapping_text, told
from layers.files.confined import Bounds, confined
from layers.files.faults import FaultyFileError, bounded, write_faults
from layers.files.limits import Limits
from layers.files.mapping import Mapped, check_mapping, map_columns, read_mapping
from layers.files.pieces import merge_pieces
from layers.files.readers import Source, read_source
from layers.imports.checks import Rows
from layers.imports.ledgers import LEDGERS, addresses_in
from layers.imports.relations import Readings

_PLACES = re.compile(r"(?:(?:\d{6}|\d{9}|\d{12})(?: / |$))+")
"""Codes of districts, streets and communities are nobody's numbers."""


@dataclass(frozen=True, slots=True)
class Task:
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
    columns: list[Words]
    """How each column was read, in words."""
    keys_made: bool = False
    """The file has no lasting key."""
    addresses: list[tuple[str, ...]] | None = None
    """For a ledger without shapes: under which addresses each row may be found."""
    mapping_text: str = ""
    """How its columns were read, as a mapping file to correct."""


def prepare(
    layer: str,
    path: Path,
    *,
    mapping: Path | None,
    crs: str | None,
    table: str | None,
    limits: Limits,
) -> Task:
    """Read and map a file. Raises `FileError`, `MissingCrsError`, `InputError`; what is wrong with single rows
    comes back in `faults`."""
    contract = contract_of(layer)
    said = read_mapping(mapping)
    source = confined(
        Bounds.of(path),
        path.name,
        read_source,
        path,
        layer=layer,
        table=table,
        shape_columns=said.shape_columns,
        ledger=layer in LEDGERS,
        limits=limits,
    )
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
    addresses = None
    if source.ledger:
        addresses = addresses_in(source.frame, mapped.frame)
        mapped, by_address = _joining(mapped, source)
        notes += by_address
    try:
        kept = to_kept_crs(mapped.frame, declared=None if source.ledger else crs)
    except MissingCrsError as error:
        why = source.crs_said
        raise error if why is None else MissingCrsError(why.en, why.zh) from error
    read_in = crs_of(mapped.frame, None if source.ledger else crs)
    shifted = None if read_in is None else shift_words(read_in)
    notes += [] if shifted is None else [shifted]
    return Task(
        contract.layer,
        source.name,
        contract,
        mapped.frame,
        kept,
        rows,
        mapped.theirs,
        [*source.faults, *mapped.faults],
        [*notes, *pieces, *mapped.notes],
        told(mapped.columns, mapped.ignored),
        mapped.keys_made,
        addresses,
        mapping_text(mapped.columns, mapped.ignored, said.shape_columns),
    )


def _joining(mapped: Mapped, source: Source) -> tuple[Mapped, list[Words]]:
    """A ledger's columns that only say where its rows belong are no columns that were not read."""
    parts = house_parts(str(column) for column in source.frame.columns if column != "geometry")
    by = [] if parts is None else [column for column in parts.columns if column in mapped.ignored]
    ignored = [column for column in mapped.ignored if column not in by]
    mapped = replace(mapped, frame=mapped.frame.set_crs(KEPT_CRS), ignored=ignored)
    if not by:
        return mapped, []
    listed = ", ".join(by)
    return mapped, [Words(f"read to find what a row means: {listed}", f"用于对应楼栋的列：{'、'.join(by)}")]


def not_said(known: list[Fault], found: list[Fault]) -> list[Fault]:
    """`found` without the empty cells and shapes that could not be read anyway."""
    unread = {fault.row for fault in known}
    cells = {(fault.row, fault.column) for fault in known}
    return [
        f
        for f in found
        if not (f.row in unread and f.column == "geometry" and f.value == "")
        and not ((f.row, f.column) in cells and f.value in ("", "None", "nan", "<NA>"))
    ]


def contract_of(layer: str) -> Contract:
    """The contract of a layer by name. Raises `InputError` with the names there are."""
    if layer not in CONTRACTS:
        names = ", ".join(CONTRACTS)
        raise InputError(f"no layer {layer!r}; choose one of {names}", f"没有图层“{layer}”；可选：{names}")
    return CONTRACTS[layer]


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


def readings_of(raw: gpd.GeoDataFrame, declared: str | None) -> Readings:
    """The file's own coordinates read in the datums, or the zones (EPSG), that were not chosen."""
    chosen = datum_of(declared or "")
    bare = raw.set_crs(None, allow_override=True)
    in_degrees = chosen in VENDOR_DATUMS or bool(
        (np.abs(shapely.bounds(np.asarray(bare.geometry.array))) < 360).all()
    )

    def read() -> dict[str, NDArray[Any]]:
        others = [datum for datum in VENDOR_DATUMS if datum != chosen]
        if chosen in VENDOR_DATUMS:
            others.insert(0, KEPT_CRS)
        if not in_degrees:
            known = crs_of(raw, declared)
            others = [] if known is None else other_zones(known)
        return {
            datum: np.asarray(to_kept_crs(bare, declared=datum).geometry.array, dtype=object)
            for datum in others
        }

    return read


def told_of(faults: Sequence[Fault]) -> list[Fault]:
    """Faults as they are listed: bounded, and without what their values say of persons."""
    return [
        fault if _PLACES.fullmatch(fault.value) else replace(fault, value=censored(fault.value))
        for fault in bounded(faults)
    ]


def refusal(task: Task, faults: Sequence[Fault], folder: Path | None, lang: str) -> FaultyFileError:
    """The error for a file with faults, which are listed in `folder` where that can be written."""
    listed, file = told_of(faults), None
    if folder is not None:
        with suppress(FileError, OSError):  # the faults are told anyway, the list is a convenience
            file = write_faults(list_path(folder, task, "faults"), listed, lang=lang)
    return FaultyFileError(task.layer, listed, faults_file=file)


def list_path(folder: Path, task: Task, what: str) -> Path:
    """Where the list of a file goes."""
    return folder / f"{Path(task.source).stem}-{task.layer}-{what}.xlsx"
