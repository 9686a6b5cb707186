"""Commands about the audit: verify, list, export, checkpoint."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.shell import Shell, shell, writable
from api.clock import CHINA

if TYPE_CHECKING:
    from layers.accounts.audit import Asked

Who = Annotated[str | None, typer.Option("--who", help="账号，如 li 或 http:li  Whose rows")]
What = Annotated[str | None, typer.Option("--what", help="操作，如 sign-in  Which deed, such as refused")]
Since = Annotated[str | None, typer.Option("--since", help="起始日期 YYYY-MM-DD  First day")]
Until = Annotated[str | None, typer.Option("--until", help="截止日期 YYYY-MM-DD  Last day")]
Points = Annotated[
    list[Path] | None,
    typer.Option(
        "--checkpoints",
        help="保存在库外的检查点文件，可重复；默认用 WANGGE_CHECKPOINTS  Files of checkpoints kept outside the store",
    ),
]


def verify(ctx: typer.Context, checkpoints: Points = None) -> None:
    """Go through the whole chain; 1 where something was changed, is missing or was cut off."""
    from api.answers.audit_answers import verdict

    run = shell(ctx)
    with run.store() as store:
        found, lines = verdict(store, run.settings.checkpoints, checkpoints or ())
    for fault in found.faults:
        run.line(f"✗ {fault.text(run.lang)}")
    for notice in found.notices:
        run.line(f"· {notice.text(run.lang)}")
    between = f"{found.first} – {found.last}" if found.rows else "-"
    run.say(
        f"{found.rows:,} rows ({between}), {lines} checkpoints",
        f"共 {found.rows:,} 行（{between}），检查点 {lines} 个",
    )
    if not lines:
        run.complain(
            run.text(
                "without a checkpoint kept elsewhere a cut end does not show; see wangge audit checkpoint",
                "没有库外检查点时，末尾被截去无法发现；见 wangge audit checkpoint",
            )
        )
    if found.faults:
        raise typer.Exit(1)
    run.say("the audit is whole", "审计完整")


def list_rows(
    ctx: typer.Context,
    who: Who = None,
    what: What = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="行数  Rows at most")] = 50,
) -> None:
    """The newest rows."""
    from api.answers.audit_answers import shown
    from layers.accounts.audit import read_audit

    run = shell(ctx)
    with run.store() as store:
        rows = shown(read_audit(store, _asked(run, who, what, since, until), limit=limit))
    heads = (
        ("number", "编号"),
        ("at", "时间"),
        ("who", "谁"),
        ("what", "操作"),
        ("where", "来源"),
        ("said", "内容"),
    )
    run.table(
        *(run.text(*head) for head in heads), rows=rows[[head[0] for head in heads]].itertuples(index=False)
    )


def export(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", help="输出 .csv 或 .xlsx  File to write")],
    who: Who = None,
    what: What = None,
    since: Since = None,
    until: Until = None,
) -> None:
    """Every row with its seal; the export itself is audited."""
    from api.answers.audit_answers import COLUMNS
    from api.answers.audit_answers import export as exported
    from layers.files.writers import write_table

    run = shell(ctx)
    with run.store() as store:
        done = exported(store, _asked(run, who, what, since, until), who=run.actor, now=run.now)
    write_table(done.rows[list(COLUMNS)], writable(out), sheet=done.serial, lang=run.lang)
    run.say(
        f"{len(done.rows):,} rows → {out} (serial {done.serial})",
        f"{len(done.rows):,} 行 → {out}（编号 {done.serial}）",
    )


def checkpoint(
    ctx: typer.Context,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            help="文件、syslog 或 syslog://主机:端口；默认 WANGGE_CHECKPOINTS，都没有则只打印  Where to keep it",
        ),
    ] = None,
) -> None:
    """Say, signed, how far the audit goes: to be kept outside the store."""
    from layers.accounts.audit import checkpoint as made
    from layers.accounts.checkpoints import keep

    run = shell(ctx)
    place = to or run.settings.checkpoints
    with run.store() as store:
        line = made(store, now=run.now)
    run.line(line)
    if place is not None:
        keep(line, place)
        run.complain(run.text(f"kept in {place}", f"已写入 {place}"))


def _asked(run: Shell, who: str | None, what: str | None, since: str | None, until: str | None) -> Asked:
    from layers.accounts.audit import Asked

    def start(day: date) -> datetime:
        return datetime.combine(day, time(), CHINA)

    return Asked(
        who,
        what,
        None if since is None else start(run.day(since)),
        None if until is None else start(run.day(until) + timedelta(1)),
    )
