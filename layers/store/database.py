"""Opening a store: a PostGIS database by URL, or the embedded SQLite file in a home folder."""

from __future__ import annotations

import os
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

from geo.errors import StoreError
from layers.rights.viewer import Viewer
from layers.store import chain
from layers.store.failures import Phase, failure, raised
from layers.store.keys import FILE as KEY_FILE
from layers.store.keys import KeyPlace
from layers.store.migrating import known, newest_revision, older, require_newest, revision_of, upgrade
from layers.store.resealing import count_unsealed, reseal_some
from layers.store.unit import Reading, Writing

EMBEDDED_FILE = "wangge.db"
_BUSY_TIMEOUT_S = 30.0
_CONNECT_TIMEOUT_S = 5
_MIGRATION_LOCK = 0x77616E676765
"""The number of the advisory lock migrations take on PostgreSQL: "wangge"."""
_MIGRATING = threading.Lock()
"""Alembic keeps what it migrates in globals of the process."""
_WAL_PAUSE_S = 0.02
_PLAIN_OPTIONS = ("host", "port", "dbname", "user", "sslmode", "application_name", "connect_timeout")
"""Options of a URL that may be printed; others can be passwords, or passwords under a misspelt name."""


@dataclass(frozen=True, slots=True)
class Store:
    """One open store. Cheap to pass around; safe to share between threads, not between processes."""

    engine: Engine
    keys: KeyPlace
    """Where its secret keys are; never in the database."""

    @classmethod
    def open(cls, *, url: str | None = None, home: Path | None = None, keys: str | None = None) -> Store:
        """Open by URL (`postgresql://...` or `sqlite:///...`), or `wangge.db` in `home`, made if missing. Secret keys are
        `keys` (lines of `layers.store.keys.Keys`), or the file of them in `home`, made when first needed.

        Does not connect yet. Raises `StoreError` for a URL it cannot serve.
        """
        place = KeyPlace(None if home is None else home / KEY_FILE, keys)
        if url is None:
            if home is None:
                raise StoreError(
                    "no store: set WANGGE_DATABASE_URL or WANGGE_HOME",
                    "没有数据库：请设置 WANGGE_DATABASE_URL 或 WANGGE_HOME",
                )
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            return cls(_sqlite(URL.create("sqlite", database=str(home / EMBEDDED_FILE))), place)
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            raise StoreError(
                "the database URL cannot be read; it looks like postgresql://user:password@host:5432/name",
                "数据库地址无法识别；格式如 postgresql://user:password@host:5432/name",
            ) from None  # the cause holds the URL, and with it the password
        if "@" in f"{parsed.host}{parsed.database}":
            raise StoreError(
                "the password in the database URL holds an @, a / or a #; write them as %40, %2F and %23",
                "数据库地址中的密码含有 @、/ 或 #；请写作 %40、%2F、%23",
            )
        backend = parsed.get_backend_name()
        if backend == "sqlite":
            return cls(_sqlite(parsed), place)
        if backend in ("postgresql", "postgres"):
            return cls(_postgresql(parsed.set(drivername="postgresql+psycopg")), place)
        raise StoreError(
            f"database {backend!r} is not supported; use postgresql:// or sqlite:///",
            f"不支持数据库“{backend}”；请使用 postgresql:// 或 sqlite:///",
        )

    @property
    def dialect(self) -> str:
        """`"postgresql"` or `"sqlite"`."""
        return self.engine.dialect.name

    def describe(self) -> str:
        """The store in words, without its passwords."""
        url = self.engine.url
        hidden = {name: "***" for name in url.query if name not in _PLAIN_OPTIONS}
        return url.update_query_dict(hidden).render_as_string(hide_password=True)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A transaction that may write; all or nothing. On SQLite it holds the write lock from its start,
        so that what it reads first cannot change before it writes.

        Raises what `layers.store.failures` makes of the database's errors; when the connection is cut during the
        commit, the message says that the outcome is unknown."""
        with self._connect() as connection:
            writing = connection.execution_options(wangge_write=True)
            with self._telling("writing"):
                transaction = writing.begin()
                try:
                    yield writing
                except BaseException:
                    with suppress(*raised()):
                        transaction.rollback()
                    raise
            with self._telling("ending"):
                try:
                    transaction.commit()
                except BaseException:
                    with suppress(*raised()):
                        transaction.rollback()
                    raise

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads, and sees one state of the store throughout. Raises as `begin` does."""
        with self._connect() as connection, self._telling("reading"):
            if self.dialect == "postgresql":
                connection = connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self, viewer: Viewer) -> Iterator[Reading]:
        """A unit of work that only reads: one state of the store, and of it what `viewer` may see."""
        with self.read() as connection:
            yield Reading(connection, viewer)

    @contextmanager
    def writing(self, viewer: Viewer, *, actor: str, now: datetime) -> Iterator[Writing]:
        """A unit of work that may write inside the area of `viewer`; all or nothing. `actor` and `now` go into the
        history.

        Raises `StoreError` while the store is at another migration than this program's: what reads goes on through a change
        of versions, what writes waits for its end."""
        with self.begin() as connection:
            require_newest(connection)
            unit = Writing(connection, viewer, actor=actor, now=now, keys=self.keys)
            yield unit
            unit.finish()

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        with self._telling("opening"):
            connection = self.engine.connect()
        with connection:
            yield connection

    @contextmanager
    def _telling(self, phase: Phase) -> Iterator[None]:
        """Errors of the database leave as our own."""
        try:
            yield
        except raised() as error:
            ours = failure(error, where=self.describe(), phase=phase, said=self._masked(_first_line(error)))
            if ours is None:
                raise
            raise ours from error

    def _masked(self, text: str) -> str:
        """`text` without the secrets of the URL."""
        for secret in _secrets(self.engine.url):
            for written in {secret, quote(secret, safe="")}:
                text = re.sub(rf"(?<!\w){re.escape(written)}(?!\w)", "***", text)
        return text

    def revision(self) -> str | None:
        """The migration the store is at; None for an empty one."""
        with self._connect() as connection, self._telling("reading"):
            return revision_of(connection)

    def migrate(self) -> None:
        """Bring the schema to the newest migration; nothing happens when it is there already.

        Of several that migrate at once one does it and the others wait. Raises `StoreError` for a store that a newer
        version of the program has migrated.
        """
        newest = newest_revision()
        if known(self.revision()) == newest:
            return
        with _MIGRATING, self.begin() as connection:
            if self.dialect == "postgresql":  # on SQLite the transaction itself holds the one lock there is
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
            if known(revision_of(connection)) == newest:
                return
            upgrade(connection)
            if count_unsealed(connection, None):  # from before columns were sealed
                keys = chain.keys_of(connection, self.keys)
                while reseal_some(connection, keys):
                    pass

    def reseal(self) -> Iterator[tuple[int, int]]:
        """Seal everything personal with the newest key, some rows in each of many short transactions; yields how many are
        done and how many there were. What was done stays done: who begins again goes on. Raises `StoreError` without keys."""
        with self.begin() as connection:
            keys = chain.keys_of(connection, self.keys)
            whole = count_unsealed(connection, keys.newest)
        done = 0
        while True:
            with self.begin() as connection:
                count = reseal_some(connection, keys)
            if not count:
                return
            done += count
            yield done, max(whole, done)

    def require_current(self) -> None:
        """Raise `StoreError` unless the schema is at the newest migration."""
        have = known(self.revision())
        if have != newest_revision():
            raise older(have)

    def forget(self, *tables: sa.Table) -> bool:
        """Let the store's own files hold nothing any more of rows that were removed from `tables`; whether they do.

        SQLite overwrites removed rows at once (`secure_delete`) and here empties its journal, unless somebody reads just
        now; PostgreSQL clears the pages of the tables (VACUUM), for their owner; for the role of a server it does so by itself,
        later. Backups and archived journals are not reached.
        """
        with self._connect() as connection, self._telling("writing"):
            plain = connection.execution_options(isolation_level="AUTOCOMMIT")
            if self.dialect == "postgresql":
                names = [table.name for table in tables]
                owned = sa.text(
                    "SELECT bool_and(pg_has_role(relowner, 'USAGE')) FROM pg_class WHERE oid = ANY(:names ::regclass[])"
                )
                if not plain.scalar(owned, {"names": names}):
                    return False
                plain.exec_driver_sql(f"VACUUM {', '.join(names)}")
                return True
            busy = plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar_one()
            return int(busy) == 0

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _secrets(url: URL) -> list[str]:
    """The passwords a URL carries, in its authority and in its options."""
    given = [url.password, *(value for name, value in url.query.items() if name not in _PLAIN_OPTIONS)]
    return [text for one in given if one for text in ([one] if isinstance(one, str) else one) if text]


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "orig", error)).strip()
    return text.splitlines()[0] if text else type(error).__name__


def _postgresql(url: URL) -> Engine:
    # loaded before the first statement, because it listens to tables being made; an embedded store does without
    import geoalchemy2  # noqa: F401

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

    @sa.event.listens_for(engine, "do_connect")
    def _make_private(*_: Any) -> None:
        if url.database and Path(url.database).parent.is_dir():
            with suppress(FileExistsError):  # its journals get its mode
                os.close(os.open(url.database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))

    @sa.event.listens_for(engine, "connect")
    def _prepare(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # we say BEGIN ourselves, so that DDL is part of a transaction too
        cursor = dbapi.cursor()
        for pragma in ("foreign_keys=ON", "recursive_triggers=ON", "synchronous=NORMAL", "secure_delete=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        _use_wal(cursor)
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("wangge_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Readers beside a writer. Of several that open a new file at once one may change its mode, and SQLite refuses the
    others without waiting."""
    until = time.monotonic() + _BUSY_TIMEOUT_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                raise
            time.sleep(_WAL_PAUSE_S)
        else:
            return
