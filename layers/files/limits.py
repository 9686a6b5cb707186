"""How much a file may ask of the machine, and the guards that hold it to that before anything is parsed."""

from __future__ import annotations

import lzma
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geo.errors import FileError

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on one input file. The defaults hold a large city and stop a bomb."""

    file_bytes: int = 4 << 30
    unpacked_bytes: int = 2 << 30
    unpacked_ratio: float = 200.0
    """Most times larger than its archive an unpacked content may be, once it exceeds `free_bytes`."""
    free_bytes: int = 64 << 20
    """Unpacked contents below this are harmless whatever their ratio."""
    members: int = 2_000
    """Most files in one archive."""
    rows: int = 2_000_000
    columns: int = 2_000
    cells: int = 30_000_000
    """Most cells that one sheet of a workbook may span, empty ones too."""
    text_characters: int = 4_000
    """Longest text in one cell."""
    shape_characters: int = 20_000_000
    """Longest WKT of one shape."""


DEFAULT = Limits()


def open_file(path: Path, limits: Limits = DEFAULT) -> Path:
    """`path` made absolute, after looking that it is an ordinary, non-empty file of bearable size.

    A file name is a path and nothing else: names that GDAL would take for a connection are refused.
    Raises `FileError`.
    """
    text = str(path)
    if "\0" in text or "://" in text or re.match(r"/vsi[a-z0-9_]+/", text):
        raise FileError(
            f"{text!r} is not a file path; give a file on this machine", f"“{text}”不是本机文件路径"
        )
    try:
        resolved = path.resolve(strict=True)
        status = resolved.stat()
    except (OSError, RuntimeError) as error:
        raise FileError(f"no file {path}; check the path", f"找不到文件 {path}；请检查路径") from error
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path} is a folder; name a file in it", f"{path} 是文件夹；请指定其中的文件")
    if not stat.S_ISREG(status.st_mode):
        raise FileError(f"{path} is not an ordinary file", f"{path} 不是普通文件")
    if status.st_size == 0:
        raise FileError(
            f"{path.name} is empty (0 bytes); export it again", f"{path.name} 是空文件；请重新导出"
        )
    if status.st_size > limits.file_bytes:
        raise FileError(
            f"{path.name} has {_size(status.st_size)}, more than the {_size(limits.file_bytes)} allowed; split it",
            f"{path.name} 大小为 {_size(status.st_size)}，超过上限 {_size(limits.file_bytes)}；请拆分",
        )
    return resolved


@contextmanager
def open_zip(path: Path, limits: Limits = DEFAULT) -> Iterator[zipfile.ZipFile]:
    """The archive at `path`, once its directory has been found bearable and free of tricks.

    Checks count, claimed sizes, ratio, encryption, links, doubled names and names that leave the folder.
    Raises `FileError`; contents must still be read with `read_member`, which counts real bytes.
    """
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError) as error:
        raise FileError(
            f"{path.name} is a damaged archive ({error}); make it again",
            f"{path.name} 压缩包已损坏（{error}）；请重新打包",
        ) from error
    with archive:
        _check_directory(path.name, path.stat().st_size, archive.infolist(), limits)
        yield archive


def _check_directory(name: str, packed_bytes: int, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > limits.members:
        raise FileError(
            f"{name} holds {len(members)} files, more than {limits.members}",
            f"{name} 内有 {len(members)} 个文件，过多",
        )
    seen: set[str] = set()
    for member in members:
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if inside.is_absolute() or ".." in inside.parts or re.match(r"[A-Za-z]:", member.filename):
            raise FileError(
                f"{name} holds a file that would be written elsewhere: {member.filename!r}",
                f"{name} 内有越出目录的文件名：{member.filename!r}",
            )
        if stat.S_ISLNK(member.external_attr >> 16):
            raise FileError(
                f"{name} holds a link: {member.filename!r}", f"{name} 内含符号链接：{member.filename!r}"
            )
        if member.flag_bits & 0x1:
            raise FileError(
                f"{name} is encrypted; pack it without a password", f"{name} 已加密；请去掉密码重新打包"
            )
        if member.filename in seen:
            raise FileError(
                f"{name} holds {member.filename!r} twice", f"{name} 内有重名文件：{member.filename!r}"
            )
        seen.add(member.filename)
    total = sum(member.file_size for member in members)
    if total > limits.unpacked_bytes or (
        total > limits.free_bytes and total > limits.unpacked_ratio * packed_bytes
    ):
        raise _bomb(name, total, packed_bytes)


def _bomb(name: str, unpacked_bytes: int, packed_bytes: int) -> FileError:
    return FileError(
        f"{name} would unpack from {_size(packed_bytes)} to {_size(unpacked_bytes)} or more; this looks like a zip bomb "
        "and was not opened",
        f"{name} 解压后将由 {_size(packed_bytes)} 变为 {_size(unpacked_bytes)} 以上，疑似压缩炸弹，未打开",
    )


def read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: int, *, limits: Limits = DEFAULT
) -> Iterator[bytes]:
    """The bytes of one member in pieces. `budget` is what may still be unpacked; more raises `FileError`."""
    name = Path(archive.filename or "archive").name
    unpacked = 0
    try:
        with archive.open(member) as stream:
            while piece := stream.read(_CHUNK):
                unpacked += len(piece)
                if unpacked > budget:
                    break
                yield piece
    except (
        zipfile.BadZipFile,
        ValueError,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
        lzma.LZMAError,
    ) as error:
        raise FileError(
            f"{name}: {member.filename} is damaged ({error}); make the archive again",
            f"{name} 中的 {member.filename} 已损坏（{error}）；请重新打包",
        ) from error
    if unpacked > budget:
        packed = sum(each.compress_size for each in archive.infolist())
        raise _bomb(name, limits.unpacked_bytes - budget + unpacked, packed)


def unpack(path: Path, into: Path, *, suffixes: frozenset[str], limits: Limits = DEFAULT) -> list[Path]:
    """Copy the members of a zip whose suffix is in `suffixes` flat into the folder `into`; their paths.

    Archives inside the archive are refused. Raises `FileError`.
    """
    written: list[Path] = []
    budget = limits.unpacked_bytes
    with open_zip(path, limits) as archive:
        for member in archive.infolist():
            inside = PurePosixPath(member.filename.replace("\\", "/"))
            if inside.suffix.lower() in _ARCHIVES:
                raise FileError(
                    f"{path.name} holds another archive, {member.filename!r}; unpack it first",
                    f"{path.name} 内还有压缩包 {member.filename!r}；请先解压",
                )
            if member.is_dir() or inside.suffix.lower() not in suffixes or inside.name.startswith("."):
                continue
            if inside.parts[0] == "__MACOSX":
                continue
            folder = into / "-".join(("in", *inside.parts[:-1]))
            folder.mkdir(parents=True, exist_ok=True)
            target = folder / inside.name
            with target.open("wb") as out:
                for piece in read_member(archive, member, budget, limits=limits):
                    budget -= len(piece)
                    out.write(piece)
            written.append(target)
    return written


_ARCHIVES = frozenset({".zip", ".rar", ".7z", ".gz", ".bz2", ".xz", ".tar", ".tgz", ".zst"})


def too_many(name: str, count: int, limits: Limits) -> FileError:
    """The error for a file of more features than `limits.rows`."""
    return FileError(
        f"{name} claims {count:,} features, more than {limits.rows:,}; split it",
        f"{name} 声明有 {count:,} 个要素，超过 {limits.rows:,}；请拆分",
    )


def _size(size_bytes: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if size_bytes < 1024:
            return f"{size_bytes:.0f} {unit}"
        size_bytes /= 1024
    return f"{size_bytes:.0f} TB"
