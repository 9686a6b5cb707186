"""Opening a store: a PostGIS database by URL, or the embedded SQLite file in a home folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import alembic.command
import alembic.config
import sqlalchemy as sa
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from geo.errors import StoreError

EMBEDDED_FILE = "wangge.db"
_MIGRATIONS = Path(__file__).parent / "migrations"
_BUSY_TIMEOUT_S = 30.0
_CONNECT_TIMEOUT_S = 5


@dataclass(frozen=True, slots=True)
class Store:
    """One open store. Cheap to pass around; safe to share between threads, not between processes."""

    engine: Engine

    @classmethod
    def open(cls, *, url: str | None = None, home: Path | None = None) -> Store:
        """Open by URL (`postgresql://...` or `sqlite:///...`), or `wangge.db` in `home`, made if missing.

        Does not connect yet. Raises `StoreError` for a URL it cannot serve.
        """
        if url is None:
            if home is None:
                raise StoreError(
                    "no store: set WANGGE_DATABASE_URL or WANGGE_HOME",
                    "没有数据库：请设置 WANGGE_DATABASE_URL 或 WANGGE_HOME",
                )
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(_sqlite(URL.create("sqlite", database=str(home / EMBEDDED_FILE))))
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise StoreError(
                "the database URL cannot be read; it looks like postgresql://user:password@host/name",
                "数据库地址无法识别；格式如 postgresql://user:password@host/name",
            ) from error
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            return cls(_sqlite(parsed))
        if backend in ("postgresql", "postgres"):
            return cls(_postgresql(parsed.set(drivername="postgresql+psycopg")))
        raise StoreError(
            f"database {backend!r} is not supported; use postgresql:// or sqlite:///",
            f"不支持数据库“{backend}”；请使用 postgresql:// 或 sqlite:///",
        )

    @property
    def dialect(self) -> str:
        """`"postgresql"` or `"sqlite"`."""
        return self.engine.dialect.name

    def describe(self) -> str:
        """The store in words, without the password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write; all or nothing. On SQLite it holds the write lock from its start,
        so that what it reads first cannot change before it writes."""
        with self._connect() as connection:
            writing = connection.execution_options(wangge_write=True)
            with writing.begin():
                yield writing

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state of the store throughout."""
        with self._connect() as connection:
            if self.dialect == "postgresql":
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            connection = self.engine.connect()
        except DBAPIError as error:
            raise StoreError(
                f"cannot reach {self.describe()}: {_first_line(error)}; is the server running and the URL right?",
                f"无法连接 {self.describe()}：{_first_line(error)}；请检查服务是否启动、地址是否正确",
            ) from error
        with connection:
            try:
                yield connection
            except (InterfaceError, OperationalError) as error:
                raise StoreError(
                    f"{self.describe()} failed during the work: {_first_line(error)}; nothing was written, try again",
                    f"{self.describe()} 在处理中出错：{_first_line(error)}；未写入任何数据，请重试",
                ) from error

    def revision(self) -> str | None:
        """The migration the store is at; None for an empty one."""
        with self._connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def migrate(self) -> None:
        """Bring the schema to the newest migration; nothing happens when it is there already."""
        if self.revision() == newest_revision():
            return
        config = alembic.config.Config()
        config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
        with self.begin() as connection:
            config.attributes["connection"] = connection
            alembic.command.upgrade(config, "head")

    def require_current(self) -> None:
        """Raise `StoreError` unless the schema is at the newest migration."""
        have, want = self.revision(), newest_revision()
        if have != want:
            raise StoreError(
                f"the store is at schema {have or 'none'}, this version needs {want}; run `wangge migrate`",
                f"数据库结构版本为 {have or '空'}，本程序需要 {want}；请运行 wangge migrate",
            )

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def newest_revision() -> str | None:
    """The newest migration there is."""
    return ScriptDirectory(str(_MIGRATIONS)).get_current_head()


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "orig", error)).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _postgresql(url: URL) -> Engine:
    return sa.create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC", "connect_timeout": _CONNECT_TIMEOUT_S},
    )


def _sqlite(url: URL) -> Engine:
    engine = sa.create_engine(url, hide_parameters=True, connect_args={"timeout": _BUSY_TIMEOUT_S})

    @sa.event.listens_for(engine, "connect")
    def _prepare(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # we say BEGIN ourselves, so that DDL is part of a transaction too
        cursor = dbapi.cursor()
        for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("wangge_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine
