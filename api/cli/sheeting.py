"""Commands that print: sheets."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.options import AsOf, Communities, Workers, workers_for
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, WanggeError, Words

if TYPE_CHECKING:
    from api.answers.sheets import Made
    from layers.store.database import Store

FORMATS = ("pdf", "png", "svg")
DEFAULT_PAPER = "A3"
MANIFEST = "manifest.csv"
Paper = Annotated[str | None, typer.Option(help="纸张：A4 A3 A2 A1 A0 8K 4K；默认 A3  Paper; A3 by default")]
Scale = Annotated[
    int | None,
    typer.Option(min=100, max=1_000_000, help="比例尺 1:N；默认自动  N of 1:N; chosen to fit by default"),
]


def sheets(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="输出文件夹  Folder they go to")],
    per: Annotated[
        str, typer.Option(help="每张图：community、grid 或 complex  What each shows")
    ] = "community",
    kind: Annotated[str, typer.Option("--format", help="pdf、png 或 svg")] = "pdf",
    community: Communities = None,
    as_of: AsOf = None,
    paper: Paper = None,
    scale: Scale = None,
    producer: Annotated[str | None, typer.Option(help="编制单位  Who makes them")] = None,
    approval: Annotated[
        str | None, typer.Option(help="公开使用的审图号  Approval number of a public map")
    ] = None,
    exempt: Annotated[
        str | None, typer.Option(help="公开使用而无需审图号的理由  Why a public map needs none")
    ] = None,
    workers: Workers = None,
) -> None:
    """Sheets of the grids in force on a day, with a manifest of their checksums. What is there already under the same
    name is replaced, nothing else in the folder is touched."""
    from api.answers.sheets import Per, Terms, make, sheet_jobs
    from layers.rights.viewer import OPERATOR
    from layers.runs.steps import steadily

    run = shell(ctx)
    if per not in ("community", "grid", "complex"):
        raise InputError(
            f"--per {per}: choose community, grid or complex", f"--per {per}：可选 community、grid、complex"
        )
    if kind not in FORMATS:
        raise InputError(f"--format {kind}: choose pdf, png or svg", f"--format {kind}：可选 pdf、png、svg")
    terms = Terms(
        as_of=run.day(as_of),
        made=run.today,
        lang=run.lang,
        paper=paper or DEFAULT_PAPER,
        scale=scale,
        producer=producer,
        approval=approval,
        exemption=exempt,
    )
    writable(out / MANIFEST)
    rows: list[tuple[str, str, int, int]] = []
    failed: list[tuple[str, Words]] = []
    with run.store() as store:
        jobs = list(sheet_jobs(store, OPERATOR, per=Per(per), communities=community, terms=terms, kind=kind))
    for job, made in steadily(make, iter(jobs), workers=workers_for(len(jobs), workers)):
        if isinstance(made, WanggeError):
            failed.append((job.name, made.words))
            continue
        rows += _write(out, made, kind)
        for note in made.notes:
            run.complain(f"{made.name}: {note.text(run.lang)}")
    _write_manifest(out / MANIFEST, rows)
    for name, why in failed:
        run.complain(f"{run.text('failed', '失败')}: {name}: {why.text(run.lang)}")
    run.say(
        f"{len(rows)} files of {len(jobs)} sheets → {out} (checksums in {MANIFEST})",
        f"{len(jobs)} 张图纸，{len(rows)} 个文件 → {out}（校验和见 {MANIFEST}）",
    )
    if failed:
        raise typer.Exit(1)


def print_area(
    run: Shell,
    store: Store,
    out: Path,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    paper: str | None,
    scale: int | None,
) -> None:
    """One sheet of all communities asked for, as the suffix of `out` says; further pages get numbers."""
    from api.answers.sheets import Per, Terms, make, sheet_jobs
    from layers.rights.viewer import OPERATOR

    terms = Terms(as_of=as_of, made=run.today, lang=run.lang, paper=paper or DEFAULT_PAPER, scale=scale)
    kind = out.suffix.lower()[1:]
    (job,) = sheet_jobs(store, OPERATOR, per=Per.AREA, communities=communities, terms=terms, kind=kind)
    made = make(job)
    _write_pages(writable(out), made.pages)
    for note in made.notes:
        run.complain(note.text(run.lang))
    pages = len(made.pages)
    run.say(
        f"sheet → {out} (1:{made.scale:,}, {pages} {'file' if pages == 1 else 'files'})",
        f"图纸 → {out}（1:{made.scale:,}，{pages} 个文件）",
    )


def _write(folder: Path, made: Made, kind: str) -> list[tuple[str, str, int, int]]:
    paths = _write_pages(folder / f"{made.name}.{kind}", made.pages)
    return [
        (path.name, hashlib.sha256(content).hexdigest(), len(content), made.scale)
        for path, content in zip(paths, made.pages, strict=True)
    ]


def _write_pages(out: Path, pages: Sequence[bytes]) -> list[Path]:
    """The first page at `out`, further ones beside it with their number; each whole or not at all."""
    from layers.files.atomic import drafted

    paths = [out, *(out.with_stem(f"{out.stem}-{number}") for number in range(2, len(pages) + 1))]
    for path, content in zip(paths, pages, strict=True):
        with drafted(path, make_folder=True) as draft:
            draft.write_bytes(content)
    return paths


def _write_manifest(path: Path, rows: Sequence[tuple[str, str, int, int]]) -> None:
    from layers.files.atomic import drafted

    with drafted(path, make_folder=True) as draft, draft.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("file", "sha256", "bytes", "scale"))
        writer.writerows(sorted(rows))
