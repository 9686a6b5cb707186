"""Commands that print: sheets."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.archiving import archived
from api.cli.options import MANY, AsOf, Communities, Workers, workers_for
from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, WanggeError, Words

if TYPE_CHECKING:
    from api.answers.sheet_terms import Job, Made
    from layers.files.archives import Packed
    from layers.rights.viewer import Viewer
    from layers.store.database import Store

FORMATS = ("pdf", "png", "svg")
KINDS = ("community", "grid", "complex", "street", "board", "booklet")
DEFAULT_PAPER = "A3"
MANIFEST = "manifest.csv"
Paper = Annotated[str | None, typer.Option(help="纸张：A4 A3 A2 A1 A0 8K 4K；默认 A3  Paper; A3 by default")]
Scale = Annotated[
    int | None,
    typer.Option(min=100, max=1_000_000, help="比例尺 1:N；默认自动  N of 1:N; chosen to fit by default"),
]

Approval = Annotated[str | None, typer.Option(help="公开使用的审图号  Approval number of a public map")]
Exempt = Annotated[str | None, typer.Option(help="公开使用而无需审图号的理由  Why a public map needs none")]


def sheets(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="输出文件夹，或 FILE.zip  Folder they go to, or an archive")],
    per: Annotated[
        str,
        typer.Option(
            help="community 社区挂图、grid 网格图、complex 小区档案、street 街道图、board 公示栏、booklet 图册  "
            "What each shows"
        ),
    ] = "community",
    kind: Annotated[str, typer.Option("--format", help="pdf、png 或 svg")] = "pdf",
    community: Communities = None,
    as_of: AsOf = None,
    paper: Paper = None,
    scale: Scale = None,
    producer: Annotated[str | None, typer.Option(help="编制单位  Who makes them")] = None,
    approval: Approval = None,
    exempt: Exempt = None,
    leaders: Annotated[
        Path | None,
        typer.Option(help="网格长名单（表格：网格、姓名，可含级别、社区、电话）  Table of grid leaders"),
    ] = None,
    pledge: Annotated[
        Path | None, typer.Option(help="公示栏上的服务承诺（文本文件）  Text of the pledge, for --per board")
    ] = None,
    facts: Annotated[
        Path | None,
        typer.Option(
            help="小区情况表（物业、业委会等）  Table of what is known of complexes, for --per complex"
        ),
    ] = None,
    force: Annotated[
        list[str] | None, typer.Option(help="必须注出的名称，可重复  Names that must stand on the map")
    ] = None,
    names: Annotated[
        str | None,
        typer.Option(
            help="文件名样式，如 '{code} {title}'  What files are called: {code} {title} {community} {day}"
        ),
    ] = None,
    grey: Annotated[
        bool, typer.Option("--grey", help="黑白打印：以晕线区分网格  For printers without colours")
    ] = False,
    workers: Workers = None,
) -> None:
    """Sheets of the grids in force on a day, with a manifest of their checksums, in a folder or one zip. What is there already
    under the same name is replaced, nothing else in the folder is touched."""
    from api.answers.leaders import read_facts, read_leaders, read_pledge
    from api.answers.sheet_terms import Per, Terms, make
    from api.answers.sheets import not_in_force, require_asked, sheet_jobs
    from api.jobs.wanted import WantedSheets, checked
    from layers.rights.viewer import OPERATOR
    from layers.runs.steps import steadily

    run = shell(ctx)
    if per not in KINDS:
        raise InputError(
            f"--per {per}: choose one of {', '.join(KINDS)}", f"--per {per}：可选 {'、'.join(KINDS)}"
        )
    if kind not in FORMATS:
        raise InputError(f"--format {kind}: choose pdf, png or svg", f"--format {kind}：可选 pdf、png、svg")
    require_asked(Per(per), approval, exempt, pledge=pledge is not None, facts=facts is not None)
    terms = Terms(
        as_of=run.day(as_of),
        made=run.today,
        lang=run.lang,
        paper=paper or DEFAULT_PAPER,
        scale=scale,
        producer=producer,
        approval=approval,
        exemption=exempt,
        force=tuple(force or ()),
        grey=grey,
        names=checked(WantedSheets, {} if names is None else {"names": names})["names"],
        leaders=read_leaders(leaders) if leaders else (),
        pledge=read_pledge(pledge) if pledge else (),
        facts=read_facts(facts) if facts else {},
    )
    failed: list[tuple[str, Words]] = []
    with run.store() as store:
        left_out = not_in_force(store, OPERATOR, communities=community, as_of=terms.as_of)
        jobs = sheet_jobs(
            store,
            OPERATOR,
            per=Per(per),
            communities=community,
            terms=terms,
            kind=kind,
            actor=run.actor,
            now=run.now,
        )
        first = list(islice(jobs, MANY))
        made = steadily(make, chain(first, jobs), workers=workers_for(len(first), workers))
        count = _kept(run, made, out, kind, failed)
    if left_out:
        codes = ", ".join(left_out)
        run.complain(run.text(f"left out, no grids in force: {codes}", f"没有生效的网格，未出图：{codes}"))
    run.say(
        f"{count} files → {out} (checksums in {MANIFEST})", f"{count} 个文件 → {out}（校验和见 {MANIFEST}）"
    )
    if failed:
        raise typer.Exit(1)


def _kept(
    run: Shell,
    made: Iterator[tuple[Job, Made | WanggeError]],
    out: Path,
    kind: str,
    failed: list[tuple[str, Words]],
) -> int:
    """The files of sheets into an archive or a folder, as they come; how many."""
    if out.suffix.lower() == ".zip":
        return archived(run, made, lambda done: pages(done, kind), writable(out), failed)
    writable(out / MANIFEST)
    rows: list[tuple[str, str, int, int]] = []
    for job, done in made:
        if isinstance(done, WanggeError):
            failed.append((job.name, done.words))
            run.complain(f"{run.text('failed', '失败')}: {job.name}: {done.words.text(run.lang)}")
            continue
        rows += _write(out, done, kind)
        for note in done.notes:
            run.complain(f"{done.name}: {note.text(run.lang)}")
    _write_manifest(out / MANIFEST, rows)
    return len(rows)


def pages(done: Made, kind: str) -> Iterator[Packed]:
    """The files of a sheet; further pages get numbers."""
    from layers.files.archives import Packed

    for number, page in enumerate(done.pages, start=1):
        yield Packed(f"{done.name}{'' if number == 1 else f'-{number}'}.{kind}", page)


def print_area(
    run: Shell,
    store: Store,
    out: Path,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    paper: str | None,
    scale: int | None,
    approval: str | None = None,
    exempt: str | None = None,
) -> None:
    """One sheet of all communities asked for, as the suffix of `out` says; further pages get numbers."""
    from api.answers.sheet_terms import Per, Terms, make
    from api.answers.sheets import sheet_jobs
    from layers.rights.viewer import OPERATOR

    terms = Terms(
        as_of=as_of,
        made=run.today,
        lang=run.lang,
        paper=paper or DEFAULT_PAPER,
        scale=scale,
        approval=approval,
        exemption=exempt,
    )
    (job,) = sheet_jobs(
        store,
        OPERATOR,
        per=Per.AREA,
        communities=communities,
        terms=terms,
        kind=out.suffix.lower()[1:],
        actor=run.actor,
        now=run.now,
    )
    made = make(job)
    _write_pages(writable(out), made.pages)
    for note in made.notes:
        run.complain(note.text(run.lang))
    pages = len(made.pages)
    run.say(
        f"sheet → {out} (1:{made.scale:,}, {pages} {'file' if pages == 1 else 'files'})",
        f"图纸 → {out}（1:{made.scale:,}，{pages} 个文件）",
    )


def seen_by_public(
    run: Shell,
    store: Store,
    communities: Sequence[str] | None,
    approval: str | None,
    exempt: str | None,
    *,
    what: str,
    as_of: date,
) -> tuple[Viewer, str | None]:
    """Whom a map is drawn for and what it says of that: the public where an approval number or a reason for having none is
    given, which is recorded; else the operator. Raises `InputError` for both at once, `NotFoundError` for a prefix that
    matches no community."""
    from api.answers.public import record_public, require_public
    from layers.ground.regions import community_codes
    from layers.rights.viewer import OPERATOR

    right = require_public(approval, exempt)
    if right is None:
        return OPERATOR, None
    with store.reading(OPERATOR) as unit:
        codes = community_codes(unit, prefixes=communities)
    viewer = record_public(
        store, OPERATOR, codes, right, what=what, as_of=as_of, actor=run.actor, now=run.now
    )
    return viewer, right.notice(run.lang)


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
