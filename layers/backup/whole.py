"""Backup and restore. The queue of jobs is read before the rows, so that a part done in between is done once more instead of
never; what a restore brings is checked and unpacked beside its place before anything is touched. Secret keys are in no backup."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from geo.errors import FileError, StoreError, WanggeError
from layers.backup import kept_files
from layers.jobs.queue import JobQueue
from layers.store.archive import restoring_rows, write_rows
from layers.store.database import Store
from layers.store.keys import Keys
from layers.store.migrating import newest_revision
from layers.store.packing import Packing, not_whole, verified
from layers.store.queue_rows import empty_queue, restore_queue, write_queue
from layers.store.sealed_texts import keys_to_seal

FORMAT = "wangge backup 2"


class Backup(NamedTuple):
    """What a file of backup says it holds."""

    made: datetime
    revision: str
    """The migration its store was at."""
    rows: dict[str, int]
    """How many of each table."""
    files: int
    """Snapshots, uploads, what jobs made, rules."""


class Restored(NamedTuple):
    """What came back."""

    backup: Backup
    closed: int
    """Files that stayed closed for want of keys."""


def write_backup(
    store: Store, home: Path, out: Path, *, now: datetime, told: Callable[[str], None] | None = None
) -> Backup:
    """Write one state of the whole store and its files to `out`, which must be a draft nobody else sees yet. `told` hears each
    table's name.

    Raises `StoreError` for a store that is not at the newest migration, or files to seal without keys.
    """
    store.require_current()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
        packing = Packing(archive)
        write_queue(store, home, packing)
        rows = write_rows(store, packing, told=told)
        keys = keys_to_seal(store.keys) if kept_files.sealed_paths(home) else store.keys.read()
        made = Backup(now, newest_revision(), rows, kept_files.write_files(home, packing, keys))
        packing.close_with({"format": FORMAT, **made._asdict(), "made": now.isoformat()})
    return made


def read_manifest(path: Path) -> Backup:
    """What a backup holds, after everything in it was held against its digests.

    Raises `FileError` for what is none, or damaged.
    """
    said = verified(path, FORMAT)
    try:
        return Backup(
            datetime.fromisoformat(said["made"]), said["revision"], said["rows"], int(said["files"])
        )
    except (KeyError, ValueError, TypeError) as error:
        raise not_whole(path, str(error)) from error


def restore_backup(
    store: Store,
    home: Path,
    path: Path,
    *,
    keys: Keys | None = None,
    told: Callable[[str], None] | None = None,
) -> Restored:
    """Put a backup into an empty store and home folder, all or nothing. The store is migrated first. `keys` open what is
    sealed; without them uploads and what jobs made are left out.

    Raises `FileError` as `read_manifest` and for what the file system refuses, `StoreError` for a backup of another schema or keys that do not fit,
    `ConflictError` for a store or folder that holds anything.
    """
    held = read_manifest(path)
    if held.revision != newest_revision():
        raise StoreError(
            f"the backup is of schema {held.revision}, this program makes {newest_revision()}; restore it with the version "
            "that made it, then upgrade",
            f"该备份的数据库结构为 {held.revision}，本程序为 {newest_revision()}；请用制作它的版本恢复，再升级",
        )
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    unpacked = home / f".restore.{os.getpid()}-1.part"
    try:
        with zipfile.ZipFile(path) as archive:
            closed = kept_files.unpack(archive, unpacked, keys)
            kept_files.require_room(unpacked, home)
            _put(store, home, archive, unpacked, told)
    except OSError as error:
        why = error.strerror or error
        raise FileError(f"cannot write to {home}: {why}", f"无法写入 {home}：{why}") from error
    finally:
        kept_files.remove(unpacked)
    return Restored(held, closed)


def _put(
    store: Store, home: Path, archive: zipfile.ZipFile, unpacked: Path, told: Callable[[str], None] | None
) -> None:
    """Rows, then the queue and the files, then the rows are kept; what went before is taken back when one of them fails."""
    undo: list[Callable[[], None]] = []
    try:
        with restoring_rows(store, archive, told=told):
            _prepare_queue(store, home)
            restore_queue(store, home, archive)
            undo.append(lambda: empty_queue(store, home))
            undo.append(kept_files.move_in(unpacked, home))
    except (WanggeError, OSError):
        for back in reversed(undo):
            back()
        raise


def _prepare_queue(store: Store, home: Path) -> None:
    queue = JobQueue(store, home)
    try:
        queue.prepare()
    finally:
        queue.close()
