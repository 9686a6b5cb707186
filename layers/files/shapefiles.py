"""A Shapefile's texts, whose encoding nobody can be trusted to say: the bytes are looked at, field by field."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import FileError, Words
from layers.files.encoding import encoding_of

RAW = "ISO-8859-1"
"""As GDAL has to read the texts, so that their bytes can be had back."""
NAME_BYTES = 10
"""What a dBase field name holds."""
_MOSTLY = 0.8
_SINGLE_BYTE = {"iso88591", "88591", "latin1", "1252", "cp1252", "windows1252", "ansi1252"}
_CHINESE = {"gbk", "gb2312", "gb18030", "936", "cp936", "ansi936", "oem936", "euccn"}


def with_texts(frame: gpd.GeoDataFrame, cpg: Path | None, name: str) -> tuple[gpd.GeoDataFrame, list[Words]]:
    """`frame`, whose texts were read as `RAW`, with column names and texts decoded, and what is said about it.

    The encoding is the one the bytes show; what the .cpg claims decides between single-byte ones only. A
    character cut at the end of a field is left out. Raises `FileError` when the bytes are no text at all.
    """
    columns = [str(column) for column in frame.columns if column != frame.geometry.name]
    names = {column: column.encode("latin-1", "replace") for column in columns}
    texts = {column: _bytes_of(frame[column]) for column in columns if not _is_numbers(frame[column])}
    said = _said(cpg)
    encoding = _encoding(
        [*names.values(), *(value for values in texts.values() for value in values)], said, name
    )
    notes = _false_cpg(said, encoding) if any(_beyond_ascii(v) for v in (names, *texts.values())) else []
    decoded: dict[str, str] = {}
    for column, data in names.items():
        text, _ = _decoded(data, encoding)
        while text in decoded.values():
            text += " "
        decoded[column] = text
    out = frame.copy()
    lost_count = 0
    for column, known in texts.items():
        meant = {}
        for data in known:
            meant[data], lost = _decoded(data, encoding)
            lost_count += lost
        out[column] = pd.Series(
            [meant[v.encode("latin-1", "replace")] if isinstance(v, str) else v for v in frame[column]],
            index=frame.index,
            dtype=object,
        )
    if lost_count:
        notes.append(
            Words(
                f"{lost_count} texts were cut inside a character by the width of their field; the rest was read",
                f"{lost_count} 个文本在字段宽度处被截断（末字不完整），已读取其余部分",
            )
        )
    return out.rename(columns=decoded), notes


def _is_numbers(values: pd.Series) -> bool:
    return isinstance(values.dtype, np.dtype) and values.dtype.kind in "ifbM"


def _bytes_of(values: pd.Series) -> set[bytes]:
    """The distinct texts of a column as the bytes in the file."""
    return {v.encode("latin-1", "replace") for v in values.dropna().unique() if isinstance(v, str)}


def _beyond_ascii(values: Iterable[object]) -> bool:
    return any(
        not (v if isinstance(v, bytes) else str(v).encode("latin-1", "replace")).isascii() for v in values
    )


def _said(cpg: Path | None) -> str:
    text = cpg.read_text("ascii", errors="replace")[:40] if cpg is not None else ""
    return re.sub(r"[\s\-_]", "", text.lower())


def _encoding(pieces: Iterable[bytes], said: str, name: str) -> str:
    """The encoding in which every piece is text, a last character may be cut."""
    some = [piece for piece in pieces if not piece.isascii()]
    if not some:
        return "utf-8"
    as_utf8 = sum(_tolerant(piece, "utf-8") is not None for piece in some)
    if as_utf8 == len(some):
        whole = [piece for piece in some if _strict(piece, "utf-8")]
        return encoding_of(b"\n".join(whole), name) if whole else "utf-8"
    if as_utf8 > _MOSTLY * len(some) and any(len(piece.decode("utf-8", "ignore")) > 1 for piece in some):
        raise FileError(
            f"{name}: texts in UTF-8 are damaged; export it again", f"{name}：UTF-8 文字有损坏；请重新导出"
        )
    if said in _SINGLE_BYTE and not all(_is_common_chinese(piece) for piece in some):
        return "iso-8859-1"
    if all(_tolerant(piece, "gb18030") is not None for piece in some):
        return "gb18030"
    raise FileError(
        f"{name}: its texts are neither UTF-8 nor GBK; export it again as UTF-8",
        f"{name}：文字既不是 UTF-8 也不是 GBK 编码；请按 UTF-8 重新导出",
    )


def _strict(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _tolerant(data: bytes, encoding: str) -> str | None:
    """`data` as text, without the beginning of a character that is cut at its end; None when it is no text."""
    for end in range(len(data), max(-1, len(data) - 4), -1):
        try:
            return data[:end].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(data) - 3:
                return None
    return None


def _decoded(data: bytes, encoding: str) -> tuple[str, bool]:
    """The text, and whether a character at its end was cut."""
    text = _tolerant(data, encoding)
    if text is None:
        return data.decode(encoding, "replace"), False
    return text, len(text.encode(encoding, "replace")) < len(data)


def _is_common_chinese(data: bytes) -> bool:
    """Whether all bytes beyond ASCII are pairs of GB 2312, as no text of Western letters has them."""
    rest = re.sub(rb"[\xb0-\xf7\xa1-\xa9][\xa1-\xfe]", b"", data)
    return rest.isascii() or (len(rest) == 1)


def _false_cpg(said: str, encoding: str) -> list[Words]:
    utf8 = encoding.startswith("utf-8")
    if (
        not said
        or encoding == "iso-8859-1"
        or (utf8 and said in ("utf8", "65001"))
        or (not utf8 and said in _CHINESE)
    ):
        return []
    shown, claim = ("UTF-8" if utf8 else "GBK"), said.upper()
    return [
        Words(
            f"the .cpg file says {claim} but the texts are {shown}; read as {shown}",
            f".cpg 声明 {claim}，但文字是 {shown}；已按 {shown} 读取",
        )
    ]


def was_cut(name: str) -> bool:
    """Whether a field name may have been cut at ten bytes, in UTF-8 or GBK.

    >>> was_cut("community_"), was_cut("楼栋编"), was_cut("楼号")
    (True, True, False)
    """
    return max(len(name.encode()), len(name.encode("gb18030", "replace"))) >= NAME_BYTES - 1


def cut_forms(name: str) -> set[str]:
    """What becomes of a column name in ten bytes of UTF-8 or GBK.

    >>> sorted(cut_forms("community_code")), sorted(cut_forms("楼栋编号"))
    (['community_'], ['楼栋编', '楼栋编号'])
    """
    forms = (_tolerant(name.encode(e, "replace")[:NAME_BYTES], e) for e in ("utf-8", "gb18030"))
    return {form for form in forms if form}
