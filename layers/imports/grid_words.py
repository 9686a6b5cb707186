"""Grids told in words brought in: read, put on the ground, kept as drafts, with every word that could not be placed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from geo.errors import Fault, InputError, Words
from geo.plans.rules import Rules
from layers.files.faults import FaultyFileError, bounded, write_faults
from layers.imports.registrations import Registration, in_communities
from layers.imports.report import ImportReport
from layers.imports.shortly import kept_drafts
from layers.plans.nets import keep_net
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.words.drafts import WordsAdopted, adopt_words, words_as_areas


def refuse_options(given: Mapping[str, object]) -> None:
    """Raise `InputError` for options that mean nothing for grids in words."""
    said = [name for name, value in given.items() if value]
    if said:
        listed = ", ".join(said)
        raise InputError(
            f"{listed}: grids told in words become a draft plan; this goes with shapes only",
            f"{listed}：以文字写明的网格导入后成为方案草稿，该选项只用于带图形的文件",
        )


def import_words(
    store: Store,
    viewer: Viewer,
    registration: Registration,
    *,
    rules: Rules,
    source: str,
    dry_run: bool,
    good_rows: bool,
    faults_dir: Path | None,
    lang: str,
    actor: str,
    now: datetime,
    net: str | None = None,
) -> ImportReport:
    """Keep the grids of a registration table as draft plans, or as areas of the existing net `net`. What could not be placed
    comes back as remarks by row.

    Raises `FaultyFileError` for rows without words or community, unless `good_rows` leaves them out.
    """
    with store.reading(viewer) as unit:
        rows, homeless = in_communities(unit, registration)
    faults = bounded([*registration.faults, *homeless])
    stem = Path(registration.source).stem
    if faults and not good_rows:
        file = None
        if faults_dir is not None:
            file = write_faults(faults_dir / f"{stem}-grids-faults.xlsx", faults, lang=lang)
        raise FaultyFileError("grids", faults, faults_file=file)
    told: list[int] = []
    said: list[Words] = []
    if net is None:
        done = adopt_words(
            store,
            viewer,
            rows,
            rules=rules,
            source=source,
            dry_run=dry_run,
            actor=actor,
            now=now,
            kept=kept_drafts(registration.source, told),
        )
    else:
        with store.reading(viewer) as unit:
            areas, found = words_as_areas(unit, rows, rules=rules)
        done = WordsAdopted((), len(areas), tuple(found))
        if len(areas) and not dry_run:
            said = [keep_net(store, viewer, net, areas, source=source, actor=actor, now=now)]
    column = next(
        (registration.columns[name] for name in ("places", "bounds") if name in registration.columns), None
    )
    remarks = [Fault(row, column, trouble.value, trouble.reason) for row, trouble in done.troubles]
    listed = bounded([*faults, *remarks])
    file = None
    if listed and faults_dir is not None:
        file = write_faults(faults_dir / f"{stem}-grids-notes.xlsx", listed, lang=lang)
    plans = len(done.plan_ids) or len({row.community_code for row in rows})
    notes = [
        *registration.notes,
        *said,
        Words(
            f"the words of {len(rows)} rows make {done.grids} {'grids in' if net is None else 'areas of a net in'} {plans} "
            f"{'draft plans' if net is None else 'communities'}, with {len(remarks)} remarks",
            f"{len(rows)} 行文字成为 {plans} {'个方案草稿中的' if net is None else '个社区内的'} {done.grids} 个"
            f"{'网格' if net is None else '区域'}，有 {len(remarks)} 条说明",
        ),
        *_first(remarks),
    ]
    return ImportReport(
        "grids",
        registration.source,
        len(rows),
        done.grids,
        0,
        0,
        tuple(notes),
        file,
        dry_run,
        left_out=len(faults),
        batch=next(iter(told), None),
    )


_SHOWN = 12


def _first(remarks: list[Fault]) -> list[Words]:
    """The first remarks word by word; all of them are in the list."""
    notes = [
        Words(
            (f"row {one.row}: " if one.row is not None else "") + f"{one.value}: {one.reason.en}",
            (f"第 {one.row} 行：" if one.row is not None else "") + f"“{one.value}”{one.reason.zh}",
        )
        for one in remarks[:_SHOWN]
    ]
    if len(remarks) > _SHOWN:
        notes.append(Words(f"and {len(remarks) - _SHOWN} more", f"另有 {len(remarks) - _SHOWN} 条"))
    return notes
