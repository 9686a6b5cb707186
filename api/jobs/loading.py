"""A file that was sent loaded into a layer, or tried, as a job in one part: it goes in whole or not at all, and once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from api.jobs.bench import Bench, made
from geo.errors import Fault, FrameError, Words
from geo.frames import TABLES
from layers.batches.listing import batch_at
from layers.files.faults import FaultyFileError, write_faults
from layers.files.uploads import drop_upload, find_upload
from layers.imports.imports import import_file
from layers.imports.lists import import_list
from layers.imports.report import ImportReport
from layers.jobs.ledger import File, Job
from layers.jobs.worker import Came

FAULTS = "faults.xlsx"
FAULTS_TOLD = 50
"""So many are told with the job; all of them are in the file."""


def plan(bench: Bench, job: Job) -> list[str]:
    """One part, by the name of the file. Raises `NotFoundError` for a file that is no longer here."""
    return [find_upload(bench.settings.home, job.wanted["upload"], actor=job.actor).path.name]


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001
    """Load it. A file with faults is not an error here: they are listed."""
    if again and (number := batch_at(bench.store, job.actor, job.asked_at)) is not None:
        return _loaded_before(number)
    path = find_upload(bench.settings.home, job.wanted["upload"], actor=job.actor).path
    mapping = _mapping(bench, job)
    try:
        report = (_listed if job.wanted["layer"] in TABLES else _layered)(bench, job, path, mapping)
    except FaultyFileError as error:
        write_faults(bench.folder(job) / FAULTS, error.faults, lang=job.lang)
        told = [list(words) for words in _lines(error.faults[:FAULTS_TOLD])]
        return {"error_told": list(FrameError(error.layer, error.faults).words), "told": told}
    if not report.dry_run:
        drop_upload(bench.settings.home, job.wanted["upload"], actor=job.actor)
    return _told(bench, job, report)


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:
    """What was loaded, or why not, with the list of faults."""
    (one,) = came
    faults = bench.folder(job) / FAULTS
    told = tuple(Words(*words) for words in one["told"])
    file: File | None = made(faults) if faults.is_file() else None
    if "error_told" in one:
        return Came(told, file, Words(*one["error_told"]))
    return Came(told, file)


def _lines(faults: Sequence[Fault]) -> Iterator[Words]:
    """Faults as lines of a table: row, column, value, reason with tabs between them."""
    for fault in faults:
        cells = "\t".join(
            ("" if fault.row is None else str(fault.row), fault.column or "", fault.value or "")
        )
        yield Words(f"{cells}\t{fault.reason.en}", f"{cells}\t{fault.reason.zh}")


def _layered(bench: Bench, job: Job, path: Path, mapping: Path | None) -> ImportReport:
    wanted = job.wanted
    return import_file(
        bench.store,
        job.viewer,
        wanted["layer"],
        path,
        mapping=mapping,
        crs=wanted["crs"],
        table=wanted["table"],
        dry_run=wanted["dry_run"],
        good_rows=wanted["good_rows"],
        moved=wanted["moved"],
        same=wanted["same"],
        replace=wanted["replace"],
        faults_dir=bench.folder(job),
        lang=job.lang,
        actor=job.actor,
        now=job.asked_at,
    )


def _listed(bench: Bench, job: Job, path: Path, mapping: Path | None) -> ImportReport:
    wanted = job.wanted
    return import_list(
        bench.store,
        job.viewer,
        wanted.get("layer", "residents"),
        path,
        mapping=mapping,
        table=wanted["table"],
        dry_run=wanted["dry_run"],
        whole=wanted.get("whole", False),
        good_rows=wanted["good_rows"],
        faults_dir=bench.folder(job),
        lang=job.lang,
        actor=job.actor,
        now=job.asked_at,
    )


def _mapping(bench: Bench, job: Job) -> Path | None:
    """What was chosen column by column, as a mapping file."""
    if not job.wanted["mapping"]:
        return None
    file = bench.folder(job) / "columns.yaml"
    file.write_text(json.dumps(dict(job.wanted["mapping"]), ensure_ascii=False), "utf-8")
    return file


def _told(bench: Bench, job: Job, done: ImportReport) -> dict[str, Any]:
    if done.faults_file is not None:
        done.faults_file.replace(bench.folder(job) / FAULTS)
    would = done.dry_run
    said = [
        Words(
            f"{'would load' if would else 'loaded'} {done.rows:,} rows into {done.layer}: {done.added:,} new, "
            f"{done.updated:,} updated, {done.repaired:,} shapes repaired",
            f"{'将载入' if would else '已载入'} {done.layer} {done.rows:,} 行：新增 {done.added:,}，更新 {done.updated:,}，"
            f"修复图形 {done.repaired:,}",
        )
    ]
    if done.left_out:
        said.append(Words(f"{done.left_out:,} rows left out, listed", f"{done.left_out:,} 行未载入，见清单"))
    if done.gone:
        verb = ("would end", "将注销") if would else ("ended", "已注销")
        said.append(Words(f"{verb[0]} {len(done.gone):,} rows", f"{verb[1]} {len(done.gone):,} 行"))
        said += [Words(f"{key} {name}", f"{key} {name}") for key, name, _ in done.gone[:20]]
    if done.changed:
        listed = ", ".join(f"{name} {count:,}" for name, count in done.changed.items())
        said.append(Words(f"values changed: {listed}", f"各列改动数：{listed}"))
    if done.batch is not None:
        said.append(Words(f"batch {done.batch}", f"批次 {done.batch}"))
    return {"told": [list(words) for words in (*said, *done.notes)], "batch": done.batch}


def _loaded_before(number: int) -> dict[str, Any]:
    words = [
        f"loaded, as batch {number}, before the worker died",
        f"已载入（批次 {number}），此后任务进程曾中断",
    ]
    return {"told": [words], "batch": number}
