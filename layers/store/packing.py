"""A zip whose members are digested while they are written, and held against those digests before anything is read of them."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from geo.errors import FileError

MANIFEST = "manifest.json"
_PIECE = 1 << 20


class Packing:
    """A zip that is being written. `close_with` ends it with what it says of itself."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._digests: dict[str, str] = {}

    @contextmanager
    def member(self, name: str) -> Iterator[Callable[[bytes], None]]:
        """What writes the next bytes of a new member."""
        digest = hashlib.sha256()
        with self._archive.open(name, "w", force_zip64=True) as file:

            def put(piece: bytes) -> None:
                file.write(piece)
                digest.update(piece)

            yield put
        self._digests[name] = digest.hexdigest()

    def close_with(self, said: Mapping[str, Any]) -> None:
        """Write the manifest: `said`, and the digest of every member."""
        text = json.dumps({**said, "sha256": self._digests}, indent=1, ensure_ascii=False)
        self._archive.writestr(MANIFEST, text)


def verified(path: Path, format_name: str) -> dict[str, Any]:
    """The manifest of the zip at `path`, after every member was held against its digest and none was found beside them.

    Raises `FileError` for what is no such file, of another format, or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            said: dict[str, Any] = json.loads(archive.read(MANIFEST))
            digests: dict[str, str] = said["sha256"]
            wrong = [] if said["format"] == format_name else [str(said["format"])]
            wrong += sorted(set(archive.namelist()) ^ {*digests, MANIFEST})
            wrong += [
                name for name, digest in digests.items() if not wrong and _digest(archive, name) != digest
            ]
    except (
        OSError,
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        EOFError,
        KeyError,
        ValueError,
        TypeError,
    ) as error:
        raise not_whole(path, str(error)) from error
    except Exception as error:  # zlib's own, and what a damaged length makes of it
        raise not_whole(path, type(error).__name__) from error
    if wrong:
        raise not_whole(path, wrong[0])
    return said


def not_whole(path: Path, why: str) -> FileError:
    """That a file is no backup, or no longer one."""
    return FileError(f"{path} is no whole backup of Wangge ({why})", f"{path} 不是完整的网格备份（{why}）")


def _digest(archive: zipfile.ZipFile, name: str) -> str:
    digest = hashlib.sha256()
    with archive.open(name) as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
    return digest.hexdigest()
