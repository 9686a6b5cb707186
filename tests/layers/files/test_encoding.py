"""Texts are decoded as what they are, or refused; never as something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import FileError
from layers.files.encoding import decode


@pytest.mark.parametrize(
    ("text", "written", "found"),
    [
        ("编号,名称\n1,秦都社区", "utf-8", "utf-8"),
        ("编号,名称\n1,秦都社区", "utf-8-sig", "utf-8-sig"),
        ("编号,名称\n1,秦都社区", "gbk", "gb18030"),
        ("编号,名称\n1,㐀㐁\U00020000", "gb18030", "gb18030"),
        ("编号,名称", "utf-16", "utf-16"),
        ("ref,name\n1,Main Street", "utf-8", "utf-8"),
        ("ref,name\n1,Straße zur Höhe, Öre", "utf-8", "utf-8"),
        ("ref,name\n1,Нижний Новгород", "utf-8", "utf-8"),
    ],
)
def test_a_text_comes_back_as_written(text: str, written: str, found: str) -> None:
    assert decode(text.encode(written), "a.csv") == (text, found)


def test_short_gbk_that_happens_to_be_valid_utf8_is_no_mojibake() -> None:
    data = b"id,\xd2\xbb\xd2\xbb\n"  # GBK for 一一, and UTF-8 for two Cyrillic-range letters twice
    assert data.decode("utf-8")
    assert decode(data, "a.csv").text == "id,一一\n"


def test_utf8_with_a_damaged_byte_is_not_read_as_gbk() -> None:
    data = bytearray(("网格化服务管理" * 20).encode())
    data[31] = 0xFF
    with pytest.raises(FileError, match="damaged character at byte"):
        decode(bytes(data), "a.csv")


def test_neither_is_refused() -> None:
    with pytest.raises(FileError, match="neither UTF-8 nor GBK"):
        decode(b"a,b\n\xff\xff\xff,1\n", "a.csv")


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=4))
def test_chinese_in_either_encoding_reads_the_same(text: str) -> None:
    table = f"编号,名称\n1,{text}\n"
    assert decode(table.encode("utf-8"), "a").text == decode(table.encode("gbk"), "a").text == table
