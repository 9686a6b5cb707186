"""Lists without shapes into the store: residents and other names of places, whole or not at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.conform import is_blank, try_conform_table
from geo.days import day_of
from geo.errors import Fault, FileError, Words
from geo.frames import TABLES, Contract
from layers.batches.batch import Batch
from layers.files.columns import told
from layers.files.confined import Bounds, confined
from layers.files.faults import FaultyFileError, bounded, write_faults
from layers.files.limits import DEFAULT, Limits
from layers.files.mapping import check_mapping, map_columns, read_mapping
from layers.files.readers import Source, read_rows
from layers.imports.list_addresses import parts_in, put_together
from layers.imports.report import ImportReport
from layers.imports.written import open_batch, write_names, write_people
from layers.people.keeping import (
    personal_faults,
    unknown_kinds,
    without_persons_in,
    without_persons_told,
)
from layers.people.residents import MADE_KEY, as_records, record_key
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import Upserted
from layers.store.unit import Reading

NO_ADDRESS = "无地址"
"""The address of a household that its list gives none; it is found nowhere."""
_PERSONAL = re.compile("姓名|名字|户主|电话|手机|身份证|证件|name|phone|mobile|idcard", re.IGNORECASE)
_MOST_ADDRESS_CHARACTERS = 500
_MOST_KEY_CHARACTERS = 64
_SOURCE_CHARACTERS = 200


def import_rows(
    store: Store,
    viewer: Viewer,
    layer: str,
    frame: pd.DataFrame,
    *,
    source: str,
    actor: str,
    now: datetime,
) -> Upserted:
    """Load rows that are in memory already into `residents` or `aliases` (days of aliases as `date`), as
    `import_list` loads a file. Raises `FaultyFileError` with all faults, blamed by position from 1."""
    typed, faults = try_conform_table(frame.reset_index(drop=True), TABLES[layer])
    if faults:
        raise FaultyFileError(layer, bounded(faults))
    if layer == "residents":
        typed, _ = without_persons_in(typed)
        faults = personal_faults(typed, rows=range(1, len(typed) + 1), called={})
        if faults:
            raise FaultyFileError(layer, bounded(faults))
    with store.writing(viewer, actor=actor, now=now) as unit:
        batch = Batch(unit, action="import", layer=layer, source=source)
        if layer == "residents":
            records = as_records(typed, key=record_key(unit))
            return write_people(batch, records, source=source[:_SOURCE_CHARACTERS], whole=False)[0]
        return write_names(batch, frame.reset_index(drop=True), source=source)[0]


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
    viewer: Viewer,
    layer: str,
    path: Path,
    *,
    mapping: Path | None = None,
    table: str | None = None,
    dry_run: bool = False,
    whole: bool = False,
    good_rows: bool = False,
    faults_dir: Path | None = None,
    lang: str = "zh",
    credit: str | None = None,
    actor: str,
    now: datetime,
    limits: Limits = DEFAULT,
) -> ImportReport:
    """Load a CSV or XLSX into `residents` or `aliases`; all or nothing, or with `good_rows` without the rows that have
    faults, which are listed. A household without an address is kept as `NO_ADDRESS`.

    Residents: each list replaces what was known of its households in lists of its kind (`layers.people.residents`);
    with `whole`, records of the same source that are not in it any more go too; columns that are not ours, such as
    names and phones, are never stored. `updated` then counts records that gave way. Aliases: a known one gets the
    new days. Raises as `layers.imports.imports.import_file` does.
    """
    read = _read(layer, path, mapping, table, limits)
    typed, found = try_conform_table(
        _with_addresses(read.frame, layer), read.contract, rows=read.source.rows.tolist()
    )
    faults = [*read.faults, *_named(found, read.theirs)]
    cut: list[Words] = []
    if layer == "residents":
        typed, cut = without_persons_in(typed)
        cut += _without_address(typed)
        found = _resident_faults(typed, read)
        bad = {fault.row for fault in [*faults, *found]}
        faults = _told(faults, typed, read) + found
    else:
        with store.reading(viewer) as looking:
            faults += _alias_faults(looking, typed, read)
        bad = {fault.row for fault in faults}
    sound = ~np.isin(read.source.rows, [row for row in bad if row is not None])
    if faults and (not good_rows or None in bad or not sound.any()):
        raise _refusal(layer, read, bounded(faults), faults_dir, lang)
    typed = typed[sound].reset_index(drop=True)
    faults_file, said = _listed(layer, read, bounded(faults), faults_dir, lang)
    with store.reading(viewer) if dry_run else store.writing(viewer, actor=actor, now=now) as unit:
        source = (credit or read.source.name)[:_SOURCE_CHARACTERS]
        rows, written, notes = len(typed), Upserted(0, 0), [*read.notes, *cut]
        number: int | None = None
        batch = open_batch(unit, layer, read.source.name)
        if layer == "residents":
            records = as_records(typed, key=record_key(unit))
            notes += _joined(rows, records)
            rows = len(records)
            if batch is not None:
                written, number = write_people(batch, records, source=source, whole=whole)
        elif batch is not None:
            written, number = write_names(batch, _with_targets(unit, typed), source=source)
    left_out = int((~sound).sum())
    notes += said
    return ImportReport(
        layer,
        read.source.name,
        rows,
        *written,
        0,
        tuple(notes),
        faults_file,
        dry_run,
        left_out,
        batch=number,
    )


def _read(layer: str, path: Path, mapping: Path | None, table: str | None, limits: Limits) -> _List:
    contract = TABLES[layer]
    said = read_mapping(mapping)
    source = confined(
        Bounds.of(path),
        path.name,
        read_rows,
        path,
        layer=layer,
        sheet=table,
        names=said.columns,
        limits=limits,
    )
    check_mapping(said, contract, "" if mapping is None else mapping.name)
    parts = None if layer != "residents" or said.columns.get("address") else parts_in(source)
    short = 0
    if parts is not None:
        source, parts, short = put_together(source, parts)
    mapped = map_columns(source, contract, said, limits=limits)
    used = set(mapped.theirs.values())
    used.update(() if parts is None else parts.columns)
    personal = [c for c in source.frame.columns if c not in used and _PERSONAL.search(str(c))]
    ignored = [column for column in mapped.ignored if column not in personal and column not in used]
    notes = [*source.notes, *mapped.notes]
    if short and parts is not None:
        columns = parts.columns
        notes.append(
            Words(
                f"{short} addresses named no building and were completed from {', '.join(columns)}",
                f"{short} 个地址未写楼栋，已用以下列补全：{'、'.join(columns)}",
            )
        )
    elif parts is not None:
        columns = parts.columns
        notes.append(
            Words(
                f"addresses were put together from {', '.join(columns)}",
                f"地址由以下列拼成：{'、'.join(columns)}",
            )
        )
    notes += told(mapped.columns, ignored)
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
    """Faults with columns called as in the file."""
    return [Fault(f.row, theirs.get(f.column or "", f.column), f.value, f.reason) for f in faults]


def _told(faults: list[Fault], typed: pd.DataFrame, read: _List) -> list[Fault]:
    """Faults of a list of residents without what they would repeat of persons, one for each unknown word of a kind."""
    hidden = {read.theirs.get(column, column) for column in ("address", "household")}
    told = without_persons_told(faults, hidden=hidden)
    for column in ("population", "member"):
        told = unknown_kinds(typed, column, told, called=read.theirs.get(column, column))
    return told


def _resident_faults(typed: pd.DataFrame, read: _List) -> list[Fault]:
    rows = read.source.rows.tolist()
    faults = personal_faults(typed, rows=rows, called=read.theirs)
    for column, most in (("address", _MOST_ADDRESS_CHARACTERS), ("household", _MOST_KEY_CHARACTERS)):
        words = Words(f"more than {most} characters; shorten it", f"超过 {most} 个字符；请缩短")
        long = typed[column].astype("str").str.len().where(typed[column].notna(), 0) > most
        faults += [
            Fault(int(read.source.rows[i]), read.theirs.get(column, column), "", words)
            for i in np.flatnonzero(long)
        ]
    return faults


def _with_addresses(frame: pd.DataFrame, layer: str) -> pd.DataFrame:
    """Residents with `NO_ADDRESS` where a household has none; a list in which nobody has one stays as it is."""
    if layer != "residents" or not {"address", "household"} <= set(frame.columns):
        return frame
    blank = is_blank(frame["address"])
    filled = frame["address"].mask(blank & ~is_blank(frame["household"]), NO_ADDRESS)
    return frame if blank.all() else frame.assign(address=filled)


def _without_address(typed: pd.DataFrame) -> list[Words]:
    count = int((typed["address"] == NO_ADDRESS).sum())
    if not count:
        return []
    return [
        Words(
            f"{count:,} rows have no address and are kept as such",
            f"{count:,} 行没有地址，按“{NO_ADDRESS}”保留",
        )
    ]


def _joined(rows: int, records: pd.DataFrame) -> list[Words]:
    made = int(records["household"].str.fullmatch(MADE_KEY).sum())
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


def _alias_faults(unit: Reading, typed: pd.DataFrame, read: _List) -> list[Fault]:
    faults = []
    for column in ("valid_from", "valid_to"):
        for i, text in enumerate(typed[column].tolist()):
            if isinstance(text, str) and day_of(text, serial=True) is None:
                words = Words(f"{column} is not a date; write YYYY-MM-DD", "日期格式应为 YYYY-MM-DD")
                faults.append(
                    Fault(int(read.source.rows[i]), read.theirs.get(column, column), text[:40], words)
                )
    names = _complex_refs(unit)
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


def _with_targets(unit: Reading, typed: pd.DataFrame) -> pd.DataFrame:
    names = _complex_refs(unit)
    targets = [
        target if kind == "road" else names[target]
        for kind, target in zip(typed["kind"], typed["target"], strict=True)
    ]

    def days(column: str) -> list[date | None]:
        return [
            day_of(text, serial=True) if isinstance(text, str) else None for text in typed[column].tolist()
        ]

    return typed.assign(target=targets).assign(
        valid_from=pd.Series(days("valid_from"), index=typed.index, dtype=object),
        valid_to=pd.Series(days("valid_to"), index=typed.index, dtype=object),
    )


def _complex_refs(unit: Reading) -> dict[str, str]:
    """Complex refs by ref, and by name where the name is one's own."""
    rows = unit.execute(sa.select(t.complexes.c.ref, t.complexes.c.name)).all()
    names = [name for _, name in rows]
    return {name: ref for ref, name in rows if name and names.count(name) == 1} | {
        ref: ref for ref, _ in rows
    }


def _refusal(layer: str, read: _List, faults: list[Fault], folder: Path | None, lang: str) -> FaultyFileError:
    return FaultyFileError(layer, faults, faults_file=_listed(layer, read, faults, folder, lang)[0])


def _listed(
    layer: str, read: _List, faults: list[Fault], folder: Path | None, lang: str
) -> tuple[Path | None, list[Words]]:
    """Write the list of faults; where that cannot be done, only say so."""
    if not faults or folder is None:
        return None, []
    file = folder / f"{Path(read.source.name).stem}-{layer}-faults.xlsx"
    try:
        return write_faults(file, faults, lang=lang), []
    except (FileError, OSError):
        return None, [Words(f"the list of faults could not be written: {file}", f"问题清单未能写入：{file}")]
