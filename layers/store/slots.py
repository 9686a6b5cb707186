"""Which worker of jobs a process is: the lowest number nobody else holds, so that the one who comes after a crash is the
same one again; and where the queue of jobs keeps its own rows."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from geo.errors import StoreError
from layers.store.database import Store

if sys.platform != "win32":
    import fcntl

MOST_WORKERS = 64
QUEUE_FILE = "jobs.db"
QUEUE_SCHEMA = "wangge_jobs"
"""Where the queue keeps its rows on PostgreSQL."""
_LOCKS = 0x77676A
"""The first part of the advisory locks of workers on PostgreSQL: "wgj"."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A number that this process holds until it ends, however it ends."""

    number: int
    release: Callable[[], None]

    @property
    def name(self) -> str:
        """What the worker is called."""
        return worker_name(self.number)


def worker_name(number: int) -> str:
    """What the worker of a number is called."""
    return f"worker-{number}"


def take_slot(store: Store, home: Path) -> Slot:
    """The lowest number that is free. Raises `StoreError` when `MOST_WORKERS` workers run."""
    for number in range(1, MOST_WORKERS + 1):
        release = _hold(store, home, number)
        if release is not None:
            return Slot(number, release)
    raise StoreError(
        f"{MOST_WORKERS} workers run already; end some of them",
        f"已有 {MOST_WORKERS} 个任务进程在运行；请先停止一些",
    )


def is_free(store: Store, home: Path, number: int) -> bool:
    """Whether no process holds a number just now: its worker is dead."""
    release = _hold(store, home, number)
    if release is None:
        return False
    release()
    return True


def queue_url(store: Store, home: Path) -> str:
    """Where the queue keeps its rows: the database server, or a file of its own beside the embedded store."""
    if store.dialect == "postgresql":
        return store.engine.url.render_as_string(hide_password=False)
    file = home / QUEUE_FILE
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        os.close(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(file, timeout=30)) as made:  # stays so: readers beside a writer
        made.execute("PRAGMA journal_mode=WAL")
    return f"sqlite:///{file.absolute()}"


def _hold(store: Store, home: Path, number: int) -> Callable[[], None] | None:
    return _hold_row(store, number) if store.dialect == "postgresql" else _hold_file(home, number)


def _hold_row(store: Store, number: int) -> Callable[[], None] | None:
    """A lock of the server, which lets it go when the connection ends."""
    connection = store.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCKS, number))):
        connection.close()
        return None

    def release() -> None:
        with suppress(sa.exc.DBAPIError):  # the connection may be gone, and the lock with it
            connection.scalar(sa.select(sa.func.pg_advisory_unlock(_LOCKS, number)))
        connection.close()

    return release


def _hold_file(home: Path, number: int) -> Callable[[], None] | None:
    """A lock of the system, which lets it go when the process ends."""
    folder = home / "jobs"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder / f"{worker_name(number)}.lock", os.O_CREAT | os.O_RDWR, 0o600)
    if sys.platform != "win32":
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return None
    return lambda: os.close(handle)
