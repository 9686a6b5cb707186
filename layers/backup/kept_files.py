"""The files of a home folder that belong to its store, into a backup and back. What may tell of people (uploads, what jobs made)
is sealed with the keys of the store; snapshots and a tenant's rules are not, they count nobody."""

from __future__ import annotations

import os
import secrets
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from geo.errors import ConflictError, FileError, StoreError
from layers.files.rule_files import NAMES
from layers.store.keys import Keys
from layers.store.packing import Packing

FOLDER = "files/"
"""Where in the zip they are."""
SEALED_FOLDER = "sealed/"
"""Where in the zip those are that only the keys open."""
OPEN_FOLDERS = ("snapshots",)
SEALED_FOLDERS = ("jobs", "uploads")
_PURPOSE = "backup"
_PIECE = 1 << 20
_NONCE_BYTES, _TAG_BYTES, _LENGTH_BYTES = 12, 16, 4


def sealed_paths(home: Path) -> list[Path]:
    """Files that are kept sealed."""
    return [path for name in SEALED_FOLDERS for path in _files(home / name) if path.suffix != ".lock"]


def write_files(home: Path, packing: Packing, keys: Keys | None) -> int:
    """Write the files of `home` as members `files/PATH` and `sealed/PATH`; how many. What goes away meanwhile is left out.
    `keys` may be None where there is nothing to seal."""
    rules = [home / name for name in NAMES if (home / name).is_file()]
    plain = [*rules, *(path for name in OPEN_FOLDERS for path in _files(home / name))]
    count = sum(_write(path, FOLDER, home, packing, None) for path in plain)
    return count + sum(_write(path, SEALED_FOLDER, home, packing, keys) for path in sealed_paths(home))


def unpack(archive: zipfile.ZipFile, into: Path, keys: Keys | None) -> int:
    """Write the files of a backup to the folder `into`; how many were left closed because there are no keys.

    Raises `FileError` for a name that leads elsewhere, `StoreError` for keys that do not open what is sealed.
    """
    closed = 0
    for name in archive.namelist():
        folder = next((one for one in (FOLDER, SEALED_FOLDER) if name.startswith(one)), None)
        if folder is None:
            continue
        path = into / _inside(name.removeprefix(folder))
        if folder == SEALED_FOLDER and keys is None:
            closed += 1
            continue
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with archive.open(name) as held, _private(path) as file:
            pieces = _pieces(held) if folder == FOLDER else _opened(held, name, keys)
            for piece in pieces:
                file.write(piece)
    return closed


def require_room(unpacked: Path, home: Path) -> None:
    """Raise `ConflictError` where `move_in` would write over anything."""
    for path in _files(unpacked):
        there = home / path.relative_to(unpacked)
        if there.exists():
            raise ConflictError(
                f"{there} is there already; restore into an empty folder", f"{there} 已存在；请恢复到空文件夹"
            )


def move_in(unpacked: Path, home: Path) -> Callable[[], None]:
    """Move what was unpacked to its places; what takes it away again."""
    moved: list[Path] = []
    for path in _files(unpacked):
        there = home / path.relative_to(unpacked)
        there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.replace(there)
        moved.append(there)

    def back() -> None:
        for there in moved:
            there.unlink(missing_ok=True)

    return back


def _files(root: Path) -> list[Path]:
    """Files below a folder, no drafts among them."""
    return sorted(
        path
        for path in (root.rglob("*") if root.is_dir() else ())
        if path.is_file()
        and not path.is_symlink()
        and not any(part.startswith(".") for part in path.relative_to(root).parts)
    )


def _write(path: Path, folder: str, home: Path, packing: Packing, keys: Keys | None) -> int:
    name = folder + path.relative_to(home).as_posix()
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return 0
    with file, packing.member(name) as put:
        for piece in _sealed(file, name, keys) if folder == SEALED_FOLDER else _pieces(file):
            put(piece)
    return 1


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    while piece := file.read(_PIECE):
        yield piece


def _sealed(file: IO[bytes], name: str, keys: Keys | None) -> Iterator[bytes]:
    """The name of the key and a line's end; then pieces, each with its length, bound to the file, its number and whether it
    is the last, so that none can be moved, taken out or cut off."""
    if keys is None:
        raise StoreError("there are no keys to seal files with", "没有可用于加密文件的密钥")
    yield f"{keys.newest}\n".encode()
    cipher = AESGCM(keys.part(keys.newest, _PURPOSE))
    number, piece = 0, file.read(_PIECE)
    while True:
        following = file.read(_PIECE)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + cipher.encrypt(nonce, piece, _bound(name, number, last=not following))
        yield len(sealed).to_bytes(_LENGTH_BYTES, "big") + sealed
        if not following:
            return
        number, piece = number + 1, following


def _opened(file: IO[bytes], name: str, keys: Keys | None) -> Iterator[bytes]:
    if keys is None:
        return
    cipher = AESGCM(keys.part(file.readline(10).decode("ascii", "replace").strip(), _PURPOSE))
    number, piece = 0, _framed(file)
    while piece:
        following = _framed(file)
        try:
            yield cipher.decrypt(
                piece[:_NONCE_BYTES], piece[_NONCE_BYTES:], _bound(name, number, last=not following)
            )
        except InvalidTag:
            raise StoreError(
                "these are not the keys the backup was sealed with; bring those of the machine that made it",
                "密钥与备份不符；请取来制作备份的机器上的密钥",
            ) from None
        number, piece = number + 1, following


def _framed(file: IO[bytes]) -> bytes:
    length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
    return file.read(min(length, _PIECE + _NONCE_BYTES + _TAG_BYTES)) if length else b""


def _bound(name: str, number: int, *, last: bool) -> bytes:
    return f"{name}\0{number}\0{int(last)}".encode()


def _inside(name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or ":" in name:
        raise FileError(f"{name!r} leads out of the folder", f"“{name}”指向文件夹之外")
    if parts[0] not in (*OPEN_FOLDERS, *SEALED_FOLDERS, *NAMES):
        raise FileError(f"{name!r} is no file of a backup", f"“{name}”不是备份中的文件")
    return Path(*parts)


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def remove(folder: Path) -> None:
    """Take a folder of unpacked files away."""
    shutil.rmtree(folder, ignore_errors=True)
