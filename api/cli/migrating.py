"""The command that brings the store to the newest schema: migrate."""

from __future__ import annotations

import typer

from api.cli.shell import shell


def migrate(ctx: typer.Context) -> None:
    """Bring the store to the newest schema."""
    from layers.store.database import Store
    from layers.store.migrating import newest_revision

    run = shell(ctx)
    store = Store.open(url=run.settings.database_url, home=run.settings.home)
    try:
        before = store.revision()
        store.migrate()
        where = store.describe()
    finally:
        store.close()
    after = newest_revision()
    if before == after:
        run.say(f"{where} is at schema {after} already", f"{where} 已是最新结构 {after}")
    else:
        run.say(f"{where}: schema {before or 'none'} → {after}", f"{where}：结构 {before or '空'} → {after}")
