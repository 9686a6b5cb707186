"""Commands about the secret keys of the store, and about forgetting households: keys new, list, rotate; forget."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.shell import shell
from geo.errors import InputError


def new(ctx: typer.Context) -> None:
    """Make the first key in its file."""
    from layers.store.database import Store

    run = shell(ctx)
    store = Store.open(url=run.settings.database_url, home=run.settings.home, keys=run.settings.keys)
    made = store.keys.make()
    run.say(f"{made.newest} is in {store.keys.path}", f"已生成 {made.newest}，存于 {store.keys.path}")
    run.complain(
        run.text(
            "keep a copy apart from every backup of the store: without it nothing personal can be read again",
            "请另存一份，与数据库备份分开保管：丢失后住户信息无法再读取",
        )
    )


def list_keys(ctx: typer.Context) -> None:
    """One line a key, without itself."""
    run = shell(ctx)
    with run.store() as store:
        keys = store.keys.read()
        for name in keys.of if keys is not None else ():
            newest = keys is not None and name == keys.newest
            run.line(
                f"{name}  {run.text('for what is new', '用于新数据') if newest else run.text('older', '旧')}"
            )
    if keys is None:
        run.say("there is no key yet; wangge keys new makes one", "尚无密钥；请用 wangge keys new 生成")


def rotate(
    ctx: typer.Context,
    resume: Annotated[
        bool, typer.Option("--resume", help="不生成新密钥，只继续加密  No new key; go on where it stopped")
    ] = False,
) -> None:
    """A new key, and everything personal sealed with it; what was stopped goes on with --resume."""
    run = shell(ctx)
    with run.store() as store:
        if not resume:
            made = store.keys.rotate()
            run.say(f"{made.newest} is the newest key", f"最新密钥为 {made.newest}")
        done = 0
        for done, whole in store.reseal():
            run.complain(f"{done:,} / {whole:,}")
    run.say(
        f"{done:,} rows were sealed with it; older keys stay: the audit needs them",
        f"已用最新密钥重新加密 {done:,} 行；旧密钥仍需保留，审计校验要用",
    )


def forget(
    ctx: typer.Context,
    households: Annotated[list[str] | None, typer.Argument(help="户号，可多个  Keys of households")] = None,
    unlisted_since: Annotated[
        str | None,
        typer.Option(help="删除此日之前导入、此后未再出现的记录 YYYY-MM-DD  Whatever no list named since"),
    ] = None,
) -> None:
    """Forget households for good; the audit says that it was done, not whose."""
    from layers.people.forgetting import forget_households, forget_unlisted
    from layers.rights.viewer import OPERATOR

    run = shell(ctx)
    if bool(households) == (unlisted_since is not None):
        raise InputError(
            "name households, or give --unlisted-since, not both", "请给出户号，或 --unlisted-since，二者取一"
        )
    with run.store() as store:
        if households:
            done = forget_households(store, OPERATOR, households, actor=run.actor, now=run.now)
        else:
            day = run.day(unlisted_since)
            done = forget_unlisted(store, OPERATOR, before=day, actor=run.actor, now=run.now)
    run.say(
        f"{done.households:,} households, {done.records:,} records are forgotten; backups still hold them",
        f"已删除 {done.households:,} 户、{done.records:,} 条记录；此前的备份中仍有",
    )
    if not done.whole:
        run.complain(
            run.text("somebody was reading: run it again to clear the journal", "有人正在读取，日志尚未清空")
        )
