"""The command that brings the store to the newest schema: migrate."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.shell import shell


def migrate(
    ctx: typer.Context,
    app_role: Annotated[
        str | None,
        typer.Option(
            "--app-role",
            help="PostgreSQL 中供服务使用的角色：可读写数据，不能改表；审计只增  The role of the server: rows only, the audit grows only",
        ),
    ] = None,
) -> None:
    """Bring the store to the newest schema."""
    from layers.jobs.queue import JobQueue
    from layers.store.app_role import grant_to
    from layers.store.database import Store
    from layers.store.migrating import newest_revision

    run = shell(ctx)
    store = Store.open(url=run.settings.database_url, home=run.settings.home, keys=run.settings.keys)
    try:
        before = store.revision()
        store.migrate()
        queue = JobQueue(store, run.settings.home)
        queue.prepare()
        queue.close()
        if app_role is not None:
            grant_to(store, app_role)
        where = store.describe()
    finally:
        store.close()
    after = newest_revision()
    if before == after:
        run.say(f"{where} is at schema {after} already", f"{where} 已是最新结构 {after}")
    else:
        run.say(f"{where}: schema {before or 'none'} → {after}", f"{where}：结构 {before or '空'} → {after}")
