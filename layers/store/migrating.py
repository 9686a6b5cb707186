"""The migrations: which there are, and running them. What runs them is loaded when there is something to run; a store
that is at the newest one already is asked by plain SQL."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.errors import StoreError, VersionError

MIGRATIONS = Path(__file__).parent / "migrations"
_VERSIONS = sa.table("alembic_version", sa.column("version_num", sa.String))


def newest_revision() -> str:
    """The newest migration there is."""
    return max(known_revisions())


@cache
def known_revisions() -> frozenset[str]:
    """The number of every migration, as its file is called: `v0010_ground.py` is 0010."""
    return frozenset(file.name[1:5] for file in (MIGRATIONS / "versions").glob("v[0-9][0-9][0-9][0-9]_*.py"))


def revision_of(connection: Connection) -> str | None:
    """The migration a store is at; None for an empty one."""
    if not sa.inspect(connection).has_table(_VERSIONS.name):
        return None
    number: str | None = connection.execute(sa.select(_VERSIONS.c.version_num)).scalar_one_or_none()
    return number


def known(revision: str | None) -> str | None:
    """`revision`, if this program has it. Raises `StoreError` for one of a newer program."""
    if revision is None or revision in known_revisions():
        return revision
    newest = newest_revision()
    raise StoreError(
        f"the store is at schema {revision}, which is newer than this program knows ({newest}); "
        "install the newer version of Wangge that was used with it",
        f"数据库结构版本 {revision} 比本程序所知（{newest}）更新；请安装曾使用它的较新版网格程序",
    )


def require_newest(connection: Connection) -> None:
    """Raise `StoreError` unless the store is at the newest migration this program knows, `VersionError` after a newer one: it may
    keep things in other ways, which rows written by this one would not follow. Costs one row."""
    have: str | None = connection.execute(sa.select(_VERSIONS.c.version_num)).scalar_one_or_none()
    if have is not None and have not in known_revisions():
        raise VersionError(
            "a newer version of Wangge is being brought in: look-ups go on, changes wait until this server was exchanged; try "
            "again in some minutes",
            "正在升级到较新版本：查询照常，修改须待本服务更换后进行；请几分钟后重试",
        )
    if have != newest_revision():
        raise older(have)


def older(have: str | None) -> StoreError:
    """That a store has to be migrated first."""
    want = newest_revision()
    return StoreError(
        f"the store is at schema {have or 'none'}, this version needs {want}; run `wangge migrate`",
        f"数据库结构版本为 {have or '空'}，本程序需要 {want}；请运行 wangge migrate",
    )


def upgrade(connection: Connection) -> None:
    """Run every migration the store has not had, inside the transaction of `connection`."""
    import alembic.command
    import alembic.config

    config = alembic.config.Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")
