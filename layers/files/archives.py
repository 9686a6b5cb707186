"""Files out in one zip, with a manifest of their checksums: whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from geo.errors import EmptyLayerError
from layers.files.atomic import drafted

MANIFEST = "manifest.csv"
_PACKED = frozenset({".zip", ".xlsx", ".docx", ".png", ".pdf"})
"""Suffixes of files that are compressed already."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of an archive."""

    name: str
    """With its folders, `/` between them."""
    content: bytes


def write_archive(files: Iterable[Packed], path: Path, *, day: date) -> list[str]:
    """Write `files` to the zip at `path` one by one, as they come, and last a manifest: file, sha256, bytes.

    Names are kept as UTF-8; `day` is the date of every member, so that the same files give the same bytes. Returns
    their names. Raises `FileError` for what the file system refuses, `EmptyLayerError` for no
    files, `ValueError` for a name given twice; then what was at `path` stays.
    """
    rows: list[tuple[str, str, int]] = []
    with drafted(path, make_folder=True) as draft, zipfile.ZipFile(draft, "w") as archive:
        seen: set[str] = set()
        for file in files:
            if file.name in seen:
                raise ValueError(f"{file.name} stands in the archive already")
            seen.add(file.name)
            _add(archive, file, day)
            rows.append((file.name, hashlib.sha256(file.content).hexdigest(), len(file.content)))
        if not rows:
            raise EmptyLayerError(
                f"there is nothing to put into {path.name}", f"没有可写入 {path.name} 的文件"
            )
        _add(archive, Packed(MANIFEST, _manifest(rows)), day)
    return [name for name, _, _ in rows]


def _add(archive: zipfile.ZipFile, file: Packed, day: date) -> None:
    member = zipfile.ZipInfo(file.name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
    suffix = Path(file.name).suffix.lower()
    member.compress_type = zipfile.ZIP_STORED if suffix in _PACKED else zipfile.ZIP_DEFLATED
    member.external_attr = 0o600 << 16
    archive.writestr(member, file.content)


def _manifest(rows: Iterable[tuple[str, str, int]]) -> bytes:
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(("file", "sha256", "bytes"))
    writer.writerows(sorted(rows))
    return target.getvalue().encode("utf-8-sig")
