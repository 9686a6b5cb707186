"""Bytes to text without guessing wrongly: UTF-8 where the bytes are UTF-8, GB18030 where they are that."""

from __future__ import annotations

import re
from typing import NamedTuple

from geo.errors import FileError

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
UNREADABLE = re.compile("[\ufffd\ud800-\udfff]|锟斤拷|烫烫烫")
"""What a text shows that was decoded wrongly before it came here."""

_LETTER_PAIR_RUN = re.compile(r"[\u0080-\u07ff]+")
_DAMAGE_SHARE = 0.05


class Text(NamedTuple):
    """A decoded file."""

    text: str
    encoding: str
    """`utf-8`, `utf-8-sig`, `utf-16`, `utf-16-le`, `utf-16-be` or `gb18030`."""


def encoding_of(data: bytes, name: str) -> str:
    """The encoding of `data`, decided strictly: see `decode`. Raises `FileError` when it is neither."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    if (silent := _silent_utf16(data)) is not None:
        return silent
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        _refuse_damaged_utf8(data, name, error)
        try:
            data.decode("gb18030")
        except UnicodeDecodeError as gb_error:
            raise FileError(
                f"{name} is neither UTF-8 nor GBK text (byte {error.start:,}); save it as UTF-8",
                f"{name} 既不是 UTF-8 也不是 GBK 编码（第 {error.start:,} 字节）；请另存为 UTF-8",
            ) from gb_error
        return "gb18030"
    return "gb18030" if _is_chinese_in_disguise(data, text) else "utf-8"


def decode(data: bytes, name: str) -> Text:
    """`data` as text, UTF-8 (with or without BOM), UTF-16 with BOM, or GBK/GB18030.

    Bytes that are valid UTF-8 are UTF-8; others must be valid GB18030. Two traps are kept shut: UTF-8 with a
    few damaged bytes is refused instead of being read as GBK, and a short GBK text that happens to be
    valid UTF-8 is known by its runs of common Chinese characters. Raises `FileError`.

    >>> decode("网格,户数".encode("gbk"), "a.csv")
    Text(text='网格,户数', encoding='gb18030')
    >>> decode("网格,户数".encode(), "a.csv").encoding
    'utf-8'
    """
    encoding = encoding_of(data, name)
    try:
        return Text(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise FileError(
            f"{name} cannot be read as {encoding} (byte {error.start:,}); save it as UTF-8",
            f"{name} 无法按 {encoding} 读取（第 {error.start:,} 字节）；请另存为 UTF-8",
        ) from error


def _silent_utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: one half of the first pairs of bytes is NUL wherever the text is ASCII, and a
    table has separators and line ends."""
    head = data[:2000]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) % 2 or not head or max(even, odd) < max(4, len(head) // 40) or min(even, odd):
        return None
    encoding = "utf-16-le" if odd else "utf-16-be"
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return encoding


def _refuse_damaged_utf8(data: bytes, name: str, error: UnicodeDecodeError) -> None:
    text = data.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    sound = len(re.findall(r"[\u0800-\ud7ff]", text))
    if sound and damaged <= max(1, _DAMAGE_SHARE * sound):
        raise FileError(
            f"{name} is UTF-8 with a damaged character at byte {error.start:,}; export it again",
            f"{name} 是 UTF-8 编码，但第 {error.start:,} 字节处字符损坏；请重新导出",
        ) from error


def _is_chinese_in_disguise(data: bytes, text: str) -> bool:
    """Whether text that is valid UTF-8 is really GBK: no letter of it beyond two bytes, every run of them a
    word of common characters (GB 2312 level 1), and none touching a Latin letter as in "Straße"."""
    runs = list(_LETTER_PAIR_RUN.finditer(text))
    if not runs or re.search(r"[\u0800-\U0010ffff]", text):
        return False
    for run in runs:
        before, after = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
        if before.isalpha() or after.isalpha():
            return False
    pairs = re.findall(rb"[\x80-\xff]{2}", data)
    return all(0xB0 <= pair[0] <= 0xD7 and 0xA1 <= pair[1] <= 0xFE for pair in pairs)
