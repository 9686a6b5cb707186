"""Commands about other systems that are told when grids change: hook add, list, remove, open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.shell import Shell, shell
from api.clock import on_the_wall

if TYPE_CHECKING:
    from datetime import datetime

    from layers.hooks.hooks import Hook

Name = Annotated[str, typer.Argument(help="名称  Its name, such as hotline-12345")]


def add(
    ctx: typer.Context,
    name: Name,
    url: Annotated[str, typer.Argument(help="接收地址  Where it is posted to, https://…")],
    area: Annotated[
        list[str] | None,
        typer.Option(
            "--area", help="区县、街道或社区编码，可重复；不填为全部  Area; everywhere when not given"
        ),
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(
            "--network",
            help="接收方所在内网网段，如 10.1.0.0/16，可重复；不填则仅限公网 https 地址  "
            "Networks it lies in; a public https address when not given",
        ),
    ] = None,
    from_start: Annotated[
        bool, typer.Option("--from-start", help="从首次发布开始推送  Tell all that was published so far too")
    ] = False,
) -> None:
    """Have another system told when grids change."""
    from layers.hooks.hooks import add_hook

    run = shell(ctx)
    with run.store() as store:
        secret = add_hook(
            store,
            name,
            url,
            area=area or [""],
            networks=network or [],
            from_start=from_start,
            actor=run.actor,
            now=run.now,
        )
    run.line(secret)
    run.complain(
        run.text(
            "the secret of this receiver, shown once: every message is signed with it (Standard Webhooks, "
            "webhook-signature); a worker (wangge work, or beside wangge serve) sends",
            "接收方的密钥，仅显示一次：每条消息据此签名（Standard Webhooks，webhook-signature）；"
            "由任务进程（wangge work，或 wangge serve 附带）发送",
        )
    )


def list_all(ctx: typer.Context) -> None:
    """One line a receiver."""
    from layers.hooks.hooks import list_hooks

    run = shell(ctx)
    with run.store() as store:
        found = list_hooks(store)
    run.table(
        run.text("name", "名称"),
        run.text("to", "接收地址"),
        run.text("area", "范围"),
        run.text("told up to", "已推送至"),
        run.text("last told", "最近推送"),
        run.text("state", "状态"),
        rows=[
            (
                one.name,
                one.url,
                " ".join(one.area) if one.area != ("",) else run.text("everywhere", "全部"),
                one.cursor,
                "" if one.told_at is None else _moment(one.told_at),
                _state(run, one),
            )
            for one in found
        ],
    )


def remove(ctx: typer.Context, name: Name) -> None:
    """Tell it nothing more."""
    from layers.hooks.hooks import remove_hook

    run = shell(ctx)
    with run.store() as store:
        remove_hook(store, name, actor=run.actor, now=run.now)
    run.say(f"{name} is told nothing more", f"已停止向 {name} 推送")


def open_again(ctx: typer.Context, name: Name) -> None:
    """Try it again at once, after it failed."""
    from layers.hooks.hooks import open_hook

    run = shell(ctx)
    with run.store() as store:
        open_hook(store, name, actor=run.actor, now=run.now)
    run.say(f"{name} is told again, from where it stopped", f"将从中断处继续向 {name} 推送")


def _state(run: Shell, one: Hook) -> str:
    why = "" if one.trouble is None else one.trouble.text(run.lang)
    if one.halted:
        return run.text(
            f"stopped: {why}; wangge hook open {one.name}", f"已停止：{why}；wangge hook open {one.name}"
        )
    if one.failures and one.due_at is not None:
        again = _moment(one.due_at)
        return run.text(
            f"failed {one.failures} times: {why}; again {again}",
            f"失败 {one.failures} 次：{why}；{again} 重试",
        )
    return run.text("well", "正常")


def _moment(at: datetime) -> str:
    return f"{on_the_wall(at):%Y-%m-%d %H:%M}"
