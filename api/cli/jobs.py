"""Commands about long work: what there is, one in full, ended, taken up again, asked for, fetched; and a worker."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.shell import Shell, shell, writable
from geo.errors import InputError, NotFoundError, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.jobs.ledger import Job
    from layers.jobs.queue import JobQueue
    from layers.store.database import Store

JobNumber = Annotated[str, typer.Argument(help="任务编号  Its number, as wangge jobs list tells it")]
_STATES = {
    "waiting": Words("waiting", "排队"),
    "running": Words("running", "执行中"),
    "ending": Words("ending", "正在取消"),
    "cancelled": Words("cancelled", "已取消"),
    "failed": Words("failed", "失败"),
    "done": Words("done", "完成"),
}


def list_all(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="最多行数  Most rows")] = 30,
) -> None:
    """Long work of everybody: who asked, how far it is."""
    from layers.jobs.ledger import list_jobs

    run = shell(ctx)
    with run.store() as store:
        found = list_jobs(store, limit=limit)
    heads = Words(
        "number|what|who|state|parts|asked (UTC)|ended", "编号|任务|申请人|状态|进度|申请时间(UTC)|结束"
    )
    rows = [
        (
            job.id,
            _title(run, job),
            job.actor,
            _STATES[job.state].text(run.lang),
            f"{job.done}/{'?' if job.total is None else job.total}",
            f"{job.asked_at:%Y-%m-%d %H:%M:%S}",
            None if job.ended_at is None else f"{job.ended_at:%H:%M:%S}",
        )
        for job in found
    ]
    run.table(*heads.text(run.lang).split("|"), rows=rows)


def show(ctx: typer.Context, number: JobNumber) -> None:
    """One job with what there is to say of it."""
    from layers.jobs.ledger import read_job

    run = shell(ctx)
    with run.store() as store:
        job = read_job(store, number)
    _tell(run, job)


def cancel(ctx: typer.Context, number: JobNumber) -> None:
    """End a job; what it has written by then stays."""
    from api.jobs.asking import cancel as end

    run = shell(ctx)
    with _open(run) as (store, queue):
        job = end(store, queue, number, actor=run.actor, own=False, now=run.now)
    _tell(run, job)


def resume(ctx: typer.Context, number: JobNumber) -> None:
    """Let a cancelled job go on where it was."""
    from api.jobs.asking import resume as go_on

    run = shell(ctx)
    with _open(run) as (store, queue):
        job = go_on(store, queue, number, actor=run.actor, own=False, now=run.now)
    _tell(run, job)


def add(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="cells partition match export sheets papers walk snapshot")],
    values: Annotated[
        list[str] | None,
        typer.Option("--set", help='名称=值，可重复  NAME=VALUE, e.g. per=grid, communities=["610402001"]'),
    ] = None,
) -> None:
    """Have work done by a worker (wangge serve, wangge work) instead of waiting for it here."""
    from api.jobs.asking import ask
    from api.jobs.kinds import kind_of
    from api.jobs.wanted import checked
    from layers.rights.viewer import OPERATOR

    run = shell(ctx)
    if kind in ("import", "people"):
        raise InputError(
            "files are loaded with wangge import, or by the page 数据",
            "导入文件请用 wangge import 或“数据”页",
        )
    wanted = checked(kind_of(kind).wanted, _values(values or []))
    with _open(run) as (store, queue):
        job = ask(store, queue, OPERATOR, kind, wanted, lang=run.lang, actor=run.actor, now=run.now)
    run.say(f"job {job.id}; wangge jobs show {job.id}", f"任务 {job.id}；查看：wangge jobs show {job.id}")


def fetch(
    ctx: typer.Context,
    number: JobNumber,
    out: Annotated[Path, typer.Option(help="存为此文件  File to copy it to")],
) -> None:
    """Copy what a job made."""
    import shutil

    from api.jobs.bench import folder_of
    from layers.files.atomic import drafted
    from layers.jobs.ledger import read_job

    run = shell(ctx)
    with run.store() as store:
        job = read_job(store, number)
    path = None if job.file is None else folder_of(run.settings, job.id) / job.file.name
    if path is None or not path.is_file():
        raise NotFoundError(f"job {number} has made no file", f"任务 {number} 没有可下载的结果")
    with drafted(writable(out)) as draft:
        shutil.copyfile(path, draft)
    run.say(f"{path.name} → {out}", f"{path.name} → {out}")


def _values(given: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in given:
        name, sign, text = one.partition("=")
        if not sign:
            raise InputError(f"--set {one}: write NAME=VALUE", f"--set {one}：请写作 名称=值")
        try:
            found[name] = json.loads(text)
        except ValueError:
            found[name] = text
    return found


def _title(run: Shell, job: Job) -> str:
    from api.jobs.kinds import KINDS

    return KINDS[job.kind].words.text(run.lang) if job.kind in KINDS else job.kind


def _tell(run: Shell, job: Job) -> None:
    parts = f"{job.done}/{'?' if job.total is None else job.total}"
    state = _STATES[job.state].text(run.lang)
    run.line(f"{job.id} {_title(run, job)} {state} {parts}{'' if job.doing is None else f' {job.doing}'}")
    for words in job.told:
        run.line(f"  {words.text(run.lang)}")
    if job.error is not None:
        run.complain(job.error.text(run.lang))
    if job.file is not None:
        run.say(
            f"made {job.file.name} ({job.file.bytes:,} bytes); wangge jobs fetch {job.id} --out FILE",
            f"结果 {job.file.name}（{job.file.bytes:,} 字节）；wangge jobs fetch {job.id} --out 文件",
        )


@contextmanager
def _open(run: Shell) -> Iterator[tuple[Store, JobQueue]]:
    from layers.jobs.queue import JobQueue

    with run.store() as store:
        queue = JobQueue(store, run.settings.home)
        try:
            yield store, queue
        finally:
            queue.close()
