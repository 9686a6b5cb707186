"""Files that were sent and wait to be looked at and loaded: each of one person, in a folder of its own, for a day."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from geo.errors import ConflictError, InputError, NotFoundError

FOLDER = "uploads"
KEPT = timedelta(days=1)
MOST_FILES = 8
"""Of one upload: a Shapefile comes in several."""
MOST_UPLOADS = 10
"""Of one person at once."""
_NAME_CHARACTERS = 120
_ID = re.compile(r"[0-9a-f]{16}")
_NOTE = "upload.json"
_MAIN = (".shp", ".zip", ".gpkg", ".geojson", ".json", ".xlsx", ".xls", ".csv", ".tsv", ".txt")
"""Suffixes of files that can be loaded, the one that leads the others first."""
_BESIDE = (".shx", ".dbf", ".prj", ".cpg")


@dataclass(frozen=True, slots=True)
class Upload:
    """Files that belong together."""

    id: str
    path: Path
    """The one that is loaded."""
    files: tuple[str, ...]
    bytes: int


def begin_upload(home: Path, *, actor: str, now: datetime) -> str:
    """The number of a new upload of `actor`. What is older than `KEPT` goes. Raises `ConflictError` for somebody who has
    `MOST_UPLOADS`."""
    forget_uploads(home, now=now)
    mine = [folder for folder in _folders(home) if _note(folder).get("actor") == actor]
    if len(mine) >= MOST_UPLOADS:
        raise ConflictError(
            f"{MOST_UPLOADS} files of yours wait already; load or remove some",
            f"您已有 {MOST_UPLOADS} 个文件待处理；请先载入或移除一些",
        )
    upload = secrets.token_hex(8)
    folder = home / FOLDER / upload
    folder.mkdir(mode=0o700, parents=True)
    (folder / _NOTE).write_text(json.dumps({"actor": actor, "at": now.isoformat()}), "utf-8")
    return upload


@contextmanager
def receiving(home: Path, upload: str, name: str, *, actor: str) -> Iterator[IO[bytes]]:
    """A file of the upload to write to; it appears when the block ends well. Raises `NotFoundError` for an upload of
    somebody else, `InputError` for a name that is none, or too many files."""
    folder = _folder(home, upload, actor)
    safe = safe_name(name)
    if len(_files(folder)) >= MOST_FILES:
        raise InputError(f"at most {MOST_FILES} files belong together", f"一次最多 {MOST_FILES} 个文件")
    draft = folder / f".{secrets.token_hex(4)}"
    handle = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        draft.replace(folder / safe)
    finally:
        draft.unlink(missing_ok=True)


def find_upload(home: Path, upload: str, *, actor: str) -> Upload:
    """The files of an upload of `actor`. Raises `NotFoundError`, also when nothing in it can be loaded."""
    files = _files(_folder(home, upload, actor))
    ranked = sorted(
        (file for file in files if file.suffix.lower() in _MAIN),
        key=lambda file: _MAIN.index(file.suffix.lower()),
    )
    if not ranked:
        raise NotFoundError(
            f"nothing of this can be loaded; send one of {', '.join(_MAIN)}",
            f"其中没有可载入的文件；支持 {'、'.join(_MAIN)}",
        )
    return Upload(upload, ranked[0], tuple(file.name for file in files), sum(f.stat().st_size for f in files))


def drop_upload(home: Path, upload: str, *, actor: str) -> None:
    """Remove an upload of `actor`. Raises `NotFoundError`."""
    shutil.rmtree(_folder(home, upload, actor), ignore_errors=True)


def forget_uploads(home: Path, *, now: datetime) -> None:
    """Remove what is older than `KEPT`."""
    for folder in _folders(home):
        at = _note(folder).get("at")
        if at is None or now - datetime.fromisoformat(at) > KEPT:
            shutil.rmtree(folder, ignore_errors=True)


def safe_name(name: str) -> str:
    """A file name without a path. Raises `InputError` for one that is empty, hidden, or of a kind that cannot be loaded.

    >>> safe_name("C:\\\\data\\\\小区.SHP")
    '小区.SHP'
    """
    plain = re.sub(r'[:*?"<>|\x00-\x1f]+', "_", re.split(r"[\\\\/]", name)[-1]).strip()
    suffix = Path(plain).suffix.lower()
    if not plain or plain.startswith(".") or suffix not in (*_MAIN, *_BESIDE):
        known = ", ".join((*_MAIN, *_BESIDE))
        raise InputError(
            f"{name[:60]!r} cannot be loaded; send {known}", f"“{name[:60]}”无法载入；支持 {known}"
        )
    stem = plain[: -len(suffix)][: _NAME_CHARACTERS - len(suffix)]
    return stem + plain[-len(suffix) :]


def _folder(home: Path, upload: str, actor: str) -> Path:
    folder = home / FOLDER / upload
    if not _ID.fullmatch(upload) or not folder.is_dir() or _note(folder).get("actor") != actor:
        raise NotFoundError(
            "this file is no longer here; choose it again (files are kept for a day)",
            "文件已不在服务器上；请重新选择（文件保留一天）",
        )
    return folder


def _folders(home: Path) -> list[Path]:
    root = home / FOLDER
    return [entry for entry in root.iterdir() if entry.is_dir()] if root.is_dir() else []


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.name != _NOTE and not file.name.startswith("."))


def _note(folder: Path) -> dict[str, str]:
    try:
        said: dict[str, str] = json.loads((folder / _NOTE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return said
