"""Lists without shapes into the store: residents and other names of places, whole or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.conform import try_conform_table
from geo.errors import Fault, Words
from geo.frames import TABLES, Contract
from layers import aliases, history
from layers.files.faults import FaultyFileError, bounded, write_faults
from layers.files.imports import ImportReport, transaction
from layers.files.limits import DEFAULT, Limits
from layers.files.mapping import check_mapping, map_columns, read_mapping
from layers.files.readers import Source, read_rows
from layers.residents import as_records, write_residents
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import Upserted

_PERSONAL = re.compile("姓名|名字|户主|电话|手机|身份证|证件|name|phone|mobile|idcard", re.IGNORECASE)
_MOST_ADDRESS_CHARACTERS = 500
_MOST_KEY_CHARACTERS = 64
_SOURCE_CHARACTERS = 200


def import_rows(
    store: Store,
    layer: str,
    frame: pd.DataFrame,
    *,
    source: str,
    actor: str = "operator",
    now: datetime,
) -> Upserted:
    """Load rows that are in memory already into `residents` or `aliases` (days of aliases as `date`), as
    `import_list` loads a file. Raises `FaultyFileError` with all faults, blamed by position from 1."""
    typed, faults = try_conform_table(frame.reset_index(drop=True), TABLES[layer])
    if faults:
        raise FaultyFileError(layer, bounded(faults))
    with store.begin() as conn:
        if layer == "residents":
            written = write_residents(conn, as_records(typed), source=source[:_SOURCE_CHARACTERS])
        else:
            rows = frame.reset_index(drop=True)
            written = aliases.write_aliases(conn, rows, author=actor, at=now, source=source)
        detail = {"source": source, "added": written.added, "replaced": written.updated}
        history.record(conn, at=now, actor=actor, action=f"import {layer}", detail=detail)
    return written


@dataclass(frozen=True, slots=True)
class _List:
    """A list that was read and mapped, before its checks."""

    contract: Contract
    source: Source
    frame: pd.DataFrame
    theirs: dict[str, str]
    faults: list[Fault]
    notes: list[Words]


def import_list(
    store: Store,
    layer: str,
    path: Path,
    *,
    mapping: Path | None = None,
    table: str | None = None,
    dry_run: bool = False,
    whole: bool = False,
    faults_dir: Path | None = None,
    lang: str = "zh",
    credit: str | None = None,
    actor: str = "operator",
    now: datetime,
    limits: Limits = DEFAULT,
) -> ImportReport:
    """Load a CSV or XLSX into `residents` or `aliases`; all or nothing.

    Residents: each list replaces what was known of its households in lists of its kind (`layers.residents`);
    with `whole`, records of the same source that are not in it any more go too; columns that are not ours, such as
    names and phones, are never stored. `updated` then counts records that gave way. Aliases: a known one gets the
    new days. Raises as `layers.files.imports.import_file` does.
    """
    read = _read(layer, path, mapping, table, limits)
    with transaction(store, writing=not dry_run) as conn:
        typed, found = try_conform_table(read.frame, read.contract, rows=read.source.rows.tolist())
        faults = [*read.faults, *_named(found, read.theirs)]
        faults += _resident_faults(typed, read) if layer == "residents" else _alias_faults(conn, typed, read)
        if faults:
            raise _refusal(layer, read, bounded(faults), faults_dir, lang)
        source = (credit or read.source.name)[:_SOURCE_CHARACTERS]
        rows, written, notes = len(typed), Upserted(0, 0), list(read.notes)
        if layer == "residents":
            records = as_records(typed)
            notes += _joined(rows, records)
            rows = len(records)
            if not dry_run:
                written = write_residents(conn, records, source=source, whole=whole)
        elif not dry_run:
            written = aliases.write_aliases(
                conn, _with_targets(conn, typed), author=actor, at=now, source=source
            )
        if not dry_run:
            detail = {"source": read.source.name, "added": written.added, "replaced": written.updated}
            history.record(conn, at=now, actor=actor, action=f"import {layer}", detail=detail)
    return ImportReport(layer, read.source.name, rows, *written, 0, tuple(notes), None, dry_run)


def _read(layer: str, path: Path, mapping: Path | None, table: str | None, limits: Limits) -> _List:
    contract = TABLES[layer]
    said = read_mapping(mapping)
    source = read_rows(path, sheet=table, limits=limits)
    check_mapping(said, contract, "" if mapping is None else mapping.name)
    mapped = map_columns(source, contract, said, limits=limits)
    used = set(mapped.theirs.values())
    personal = [c for c in source.frame.columns if c not in used and _PERSONAL.search(str(c))]
    notes = list(mapped.notes)
    if personal:
        notes.append(
            Words(
                f"left out and not stored: {', '.join(personal)}",
                f"以下个人信息列未读入、不保存：{'、'.join(personal)}",
            )
        )
    frame = pd.DataFrame(mapped.frame.drop(columns="geometry"))
    return _List(contract, source, frame, mapped.theirs, [*source.faults, *mapped.faults], notes)


def _named(faults: list[Fault], theirs: dict[str, str]) -> list[Fault]:
    """Faults with columns called as in the file. An address is not repeated in a list of faults."""
    return [
        Fault(f.row, theirs.get(f.column or "", f.column), "" if f.column == "address" else f.value, f.reason)
        for f in faults
    ]


def _resident_faults(typed: pd.DataFrame, read: _List) -> list[Fault]:
    faults = []
    for column, most in (("address", _MOST_ADDRESS_CHARACTERS), ("household", _MOST_KEY_CHARACTERS)):
        words = Words(f"more than {most} characters; shorten it", f"超过 {most} 个字符；请缩短")
        long = typed[column].astype("str").str.len().where(typed[column].notna(), 0) > most
        faults += [
            Fault(int(read.source.rows[i]), read.theirs.get(column, column), "", words)
            for i in np.flatnonzero(long)
        ]
    return faults


def _joined(rows: int, records: pd.DataFrame) -> list[Words]:
    made = int(records["household"].str.fullmatch("h[0-9a-f]{15}").sum())
    notes = []
    if rows > len(records):
        notes.append(
            Words(
                f"{rows:,} rows are {len(records):,} records: people of one household and address count as one",
                f"{rows:,} 行合并为 {len(records):,} 条：同户同址的人员合并计数",
            )
        )
    if made:
        notes.append(
            Words(
                f"{made:,} rows have no household key; it was made from the address",
                f"{made:,} 行没有户号，已按地址生成",
            )
        )
    return notes


def _alias_faults(conn: Connection, typed: pd.DataFrame, read: _List) -> list[Fault]:
    faults = []
    for column in ("valid_from", "valid_to"):
        for i, text in enumerate(typed[column].tolist()):
            if isinstance(text, str) and aliases.day_of(text) is None:
                words = Words(f"{column} is not a date; write YYYY-MM-DD", "日期格式应为 YYYY-MM-DD")
                faults.append(
                    Fault(int(read.source.rows[i]), read.theirs.get(column, column), text[:40], words)
                )
    names = _complex_refs(conn)
    words = Words(
        "no complex has this ref, and not exactly one has this name; import complexes first or give the ref",
        "没有该编号的小区，或同名小区不止一个；请先导入小区，或填写小区编号",
    )
    for i, (kind, target) in enumerate(zip(typed["kind"], typed["target"], strict=True)):
        if kind in ("name", "address") and isinstance(target, str) and target not in names:
            faults.append(
                Fault(int(read.source.rows[i]), read.theirs.get("target", "target"), target[:40], words)
            )
    return faults


def _with_targets(conn: Connection, typed: pd.DataFrame) -> pd.DataFrame:
    names = _complex_refs(conn)
    targets = [
        target if kind == "road" else names[target]
        for kind, target in zip(typed["kind"], typed["target"], strict=True)
    ]

    def days(column: str) -> list[date | None]:
        return [aliases.day_of(text) if isinstance(text, str) else None for text in typed[column].tolist()]

    return typed.assign(target=targets).assign(
        valid_from=pd.Series(days("valid_from"), index=typed.index, dtype=object),
        valid_to=pd.Series(days("valid_to"), index=typed.index, dtype=object),
    )


def _complex_refs(conn: Connection) -> dict[str, str]:
    """Complex refs by ref, and by name where the name is one's own."""
    rows = conn.execute(sa.select(t.complexes.c.ref, t.complexes.c.name)).all()
    names = [name for _, name in rows]
    return {name: ref for ref, name in rows if name and names.count(name) == 1} | {
        ref: ref for ref, _ in rows
    }


def _refusal(layer: str, read: _List, faults: list[Fault], folder: Path | None, lang: str) -> FaultyFileError:
    file = None
    if folder is not None:
        file = write_faults(folder / f"{Path(read.source.name).stem}-{layer}-faults.xlsx", faults, lang=lang)
    return FaultyFileError(layer, faults, faults_file=file)
