"""The command that makes the papers of a redraw: papers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.archiving import archived
from api.cli.options import Communities, Workers, workers_for
from api.cli.sheeting import DEFAULT_PAPER, FORMATS, Paper
from api.cli.shell import shell, writable
from geo.errors import InputError, Words

if TYPE_CHECKING:
    from api.answers.papers import MadePapers
    from layers.files.archives import Packed
    from layers.store.database import Store


def papers(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(help="压缩包 FILE.zip  The archive they go to")],
    plan: Annotated[
        list[int] | None,
        typer.Option(help="方案编号，可重复；默认各社区最新方案  Plan number; newest plans by default"),
    ] = None,
    community: Communities = None,
    template: Annotated[
        Path | None,
        typer.Option(help="自有登记表模板 .docx  Own template of the registration table"),
    ] = None,
    letter: Annotated[
        Path | None, typer.Option(help="自有告知书模板 .docx  Own template of the letters")
    ] = None,
    households: Annotated[
        bool,
        typer.Option(
            "--households",
            help="另附到户告知书与住址清单：含个人信息，记入审计  Also letters to single households and the list of their "
            "doors: personal, audited",
        ),
    ] = False,
    drawings: Annotated[
        list[str] | None,
        typer.Option("--drawing", help="图的格式 pdf、png、svg，可重复；默认 pdf  Format of the drawings"),
    ] = None,
    paper: Paper = None,
    producer: Annotated[str | None, typer.Option(help="编制单位  Who makes them")] = None,
    workers: Workers = None,
) -> None:
    """Everything that is handed in with a redraw, in one zip: the registration table as workbook and document, old and
    new codes, the map and what changes on it, letters to the houses whose grid changes, and a manifest of checksums."""
    from api.answers.papers import Terms, make_papers, papers_jobs
    from layers.files.templates import read_template
    from layers.rights.viewer import OPERATOR, Purpose
    from layers.runs.steps import steadily

    run = shell(ctx)
    if out.suffix.lower() != ".zip":
        raise InputError(f"--out {out}: name a .zip", f"--out {out}：应为 .zip 文件")
    kinds = tuple(dict.fromkeys(drawings or ("pdf",)))
    for kind in kinds:
        if kind not in FORMATS:
            raise InputError(
                f"--drawing {kind}: choose pdf, png or svg", f"--drawing {kind}：可选 pdf、png、svg"
            )
    terms = Terms(
        run.today,
        run.lang,
        producer,
        paper or DEFAULT_PAPER,
        kinds,
        None if template is None else (template.name, read_template(template)),
        None if letter is None else (letter.name, read_template(letter)),
        households,
    )
    viewer = replace(OPERATOR, purpose=Purpose.EXPORT)
    failed: list[tuple[str, Words]] = []
    with run.store() as store:
        ids = _plans(store, plan, community)
        jobs = papers_jobs(store, viewer, ids, terms, failed=failed, actor=run.actor, now=run.now)
        made = steadily(make_papers, jobs, workers=workers_for(len(ids), workers))
        count = archived(
            run,
            made,
            lambda done: done.files if len(ids) == 1 else _in_folder(done),
            writable(out),
            failed,
        )
    run.say(
        f"papers of {len(ids) - len(failed)} communities, {count} files → {out}",
        f"{len(ids) - len(failed)} 个社区的材料，{count} 个文件 → {out}",
    )
    if failed:
        raise typer.Exit(1)


def _plans(store: Store, plan: list[int] | None, community: list[str] | None) -> list[int]:
    from layers.ground.regions import community_codes
    from layers.plans.plans import newest_plan_ids, read_plans
    from layers.rights.viewer import OPERATOR

    with store.reading(OPERATOR) as unit:
        codes = None if community is None else community_codes(unit, prefixes=community)
        if plan is None:
            ids = newest_plan_ids(unit, codes=codes)
        else:
            ids = read_plans(unit, codes=codes, plan_ids=plan)["id"].astype(int).tolist()
    if not ids:
        raise InputError(
            "there are no plans to make papers of; run wangge partition",
            "还没有方案可出材料；请先运行 wangge partition",
        )
    return ids


def _in_folder(done: MadePapers) -> Iterator[Packed]:
    from layers.files.archives import Packed

    for file in done.files:
        yield Packed(f"{done.name}/{file.name}", file.content)
