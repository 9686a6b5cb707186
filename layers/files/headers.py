"""What binary formats claim of themselves in their first bytes, held against the file as it is.

A header that claims two gigabytes must not make a reader allocate them, and a file cut short must say so
rather than load half."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

import numpy as np

from geo.errors import FileError

_MOST_BLOB_HEADER_BYTES = 64 << 10
_MOST_BLOB_BYTES = 32 << 20


def check_shapefile(shp: Path, shx: Path, dbf: Path) -> int:
    """Number of records of a Shapefile whose three parts agree with each other and with their headers.

    Raises `FileError` when they do not, with the bytes that are missing.
    """
    size = shp.stat().st_size
    claimed = _shapefile_bytes(shp)
    if claimed > size:
        raise cut_short(shp.name, claimed, size)
    claimed = _shapefile_bytes(shx)
    if claimed > shx.stat().st_size or (claimed - 100) % 8:
        raise cut_short(shx.name, claimed, shx.stat().st_size)
    index = (
        np.fromfile(shx, dtype=">i4", offset=100, count=(claimed - 100) // 4).astype(np.int64).reshape(-1, 2)
    )
    ends = (index[:, 0] + index[:, 1] + 4) * 2
    if len(index) and (index.min() < 0 or int(ends.max()) > size):
        raise cut_short(shp.name, int(ends.max()), size)
    records = check_dbf(dbf)
    if records != len(index):
        raise FileError(
            f"{shp.name} has {len(index)} shapes but {dbf.name} has {records} rows; export both again",
            f"{shp.name} 有 {len(index)} 个图形，而 {dbf.name} 有 {records} 行；请重新导出",
        )
    return records


def _shapefile_bytes(path: Path) -> int:
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or struct.unpack(">i", head[:4])[0] != 9994:
        raise FileError(f"{path.name} is not part of a Shapefile", f"{path.name} 不是 Shapefile 的组成文件")
    words: int = struct.unpack(">i", head[24:28])[0]
    if words < 50:
        raise FileError(f"{path.name} has a damaged header", f"{path.name} 文件头损坏")
    return words * 2


def check_dbf(path: Path) -> int:
    """Number of rows of a dBase table that is as long as its header claims. Raises `FileError` for a shorter one."""
    records, header, width = _dbf_head(path)
    claimed, size = header + records * width, path.stat().st_size
    if claimed > size:
        raise cut_short(path.name, claimed, size)
    return records


def _dbf_head(path: Path) -> tuple[int, int, int]:
    with path.open("rb") as file:
        head = file.read(32)
    if len(head) < 32:
        raise FileError(f"{path.name} is not a dBase table", f"{path.name} 不是 dBase 表")
    records, header, width = struct.unpack("<IHH", head[4:12])
    if header < 33 or width < 1:
        raise FileError(f"{path.name} has a damaged header", f"{path.name} 文件头损坏")
    return records, header, width


def check_pbf(path: Path, *, most_unpacked_bytes: int) -> int:
    """Number of blocks of an OSM PBF all of whose frames are whole; nothing is unpacked. Raises `FileError` for others.

    Each block is a length, a BlobHeader and a Blob (wiki.openstreetmap.org/wiki/PBF_Format); claims are held
    against the format's own limits, the file's end and `most_unpacked_bytes` for all blocks together.
    """
    size = path.stat().st_size
    blocks, unpacked = 0, 0
    with path.open("rb") as file:
        while (start := file.tell()) < size:
            length_bytes = file.read(4)
            length = struct.unpack(">I", length_bytes)[0] if len(length_bytes) == 4 else -1
            if blocks == 0 and not 0 < length <= _MOST_BLOB_HEADER_BYTES:
                raise FileError(f"{path.name} is not an OSM PBF file", f"{path.name} 不是 OSM PBF 文件")
            if length < 0 or start + 4 + length > size:
                raise cut_short(path.name, start + 4 + max(length, 0), size)
            if length > _MOST_BLOB_HEADER_BYTES:
                raise _damaged(path.name, start)
            header = _fields(file.read(length), path.name, start)
            kind, claim = header.get(1), header.get(3)
            if not isinstance(claim, int) or claim > _MOST_BLOB_BYTES:
                raise _damaged(path.name, start)
            if blocks == 0 and kind != b"OSMHeader":
                raise FileError(f"{path.name} is not an OSM PBF file", f"{path.name} 不是 OSM PBF 文件")
            if start + 4 + length + claim > size:
                raise cut_short(path.name, start + 4 + length + claim, size)
            unpacked += _raw_bytes(file, claim, path.name, start)
            if unpacked > most_unpacked_bytes:
                raise FileError(
                    f"{path.name} would unpack to more than {most_unpacked_bytes >> 20} MB; cut out a smaller area",
                    f"{path.name} 解压后超过 {most_unpacked_bytes >> 20} MB；请裁剪较小的范围",
                )
            blocks += 1
    return blocks


def _raw_bytes(file: BinaryIO, claim: int, name: str, start: int) -> int:
    """Unpacked size a Blob claims; moves behind the blob."""
    end = file.tell() + claim
    raw = _fields(file.read(min(claim, 32)), name, start, partial=True).get(2, claim)
    file.seek(end)
    if not isinstance(raw, int) or raw > _MOST_BLOB_BYTES:
        raise _damaged(name, start)
    return raw


def _fields(data: bytes, name: str, start: int, *, partial: bool = False) -> dict[int, int | bytes]:
    """Varint and bytes fields of one protocol buffer message; `partial` stops at a field cut off."""
    found: dict[int, int | bytes] = {}
    position = 0
    try:
        while position < len(data):
            tag, position = _varint(data, position)
            length = 0
            if tag & 7 == 0:
                found[tag >> 3], position = _varint(data, position)
            elif tag & 7 == 2:
                length, position = _varint(data, position)
                found[tag >> 3] = data[position : position + length]
                position += length
            if tag & 7 not in (0, 2) or position > len(data):
                if partial:
                    return found
                raise _damaged(name, start)
    except (IndexError, OverflowError):
        if not partial:
            raise _damaged(name, start) from None
    return found


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
        if shift > 63:
            raise OverflowError(value)


def cut_short(name: str, claimed_bytes: int, size_bytes: int) -> FileError:
    """The error for a file shorter than it claims."""
    return FileError(
        f"{name} is cut short or its header is wrong: it claims {claimed_bytes:,} bytes and has {size_bytes:,}; "
        "copy or export it again",
        f"{name} 不完整或文件头有误：声明 {claimed_bytes:,} 字节，实际 {size_bytes:,} 字节；请重新复制或导出",
    )


def _damaged(name: str, start: int) -> FileError:
    return FileError(
        f"{name} is damaged: the block at byte {start:,} makes no sense; copy or export it again",
        f"{name} 已损坏：第 {start:,} 字节处的数据块无法识别；请重新复制或导出",
    )
