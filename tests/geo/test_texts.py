"""What texts may hold that enter from outside."""

from __future__ import annotations

import pytest

from geo.errors import InputError, Words
from geo.texts import flaw, flaws, require_sound, shown, without_invisible

THE_BODY = Words("the body", "请求内容")


@pytest.mark.parametrize(
    "code",
    [
        0x00, 0x07, 0x08, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F,  # controls
        0x061C, 0x200E, 0x200F, 0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0x206F,
        0x2028, 0x2029, 0xFFF9, 0xFFFB, 0xD800, 0xDFFF, 0xFDD0, 0xFFFE, 0xFFFF, 0x1FFFE, 0x10FFFF, 0xE0001, 0xE0041,
    ],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "芙蓉{}小区", "芙蓉小区{}"])
def test_refused(code: int, around: str) -> None:
    text = around.format(chr(code))
    words = flaw(text)
    assert words is not None
    assert f"U+{code:04X}" in words.zh
    assert f"U+{code:04X}" in words.en
    with pytest.raises(InputError, match="the body"):
        require_sound(text, what=THE_BODY)
    assert flaw(shown(text)) is None


@pytest.mark.parametrize(
    "text",
    ["", "芙蓉小区 3号楼\t501室\r\n", "西安市 Ürümqi ئۈرۈمچى བོད་", "𠮷野家", "👨‍👩‍👧", "３－２－５０１"],
)
def test_sound(text: str) -> None:
    assert flaw(text) is None
    require_sound(text, what=THE_BODY)


def test_every_text_of_a_json_value_is_looked_at() -> None:
    for value in ({"a": [{"b": "\x00"}]}, {"\u202e": 1}, [["x"], ["y", {"z": ("\x1b",)}]]):
        with pytest.raises(InputError):
            require_sound(value, what=THE_BODY)
    require_sound({"a": [1, None, True, 2.5, {"b": "好"}]}, what=THE_BODY)


def test_deep_values_do_not_exhaust_the_stack() -> None:
    deep: object = "\x00"
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InputError):
        require_sound(deep, what=THE_BODY)
    while isinstance(deep, list):  # taken apart by hand: the interpreter frees it by recursion
        deep = deep[0]


def test_positions_of_flaws() -> None:
    assert [i for i, _ in flaws(["好", None, 3, "\x00", "坏\u202e"])] == [3, 4]


def test_what_shows_nothing_is_taken_out_but_uyghur_joiners_stay() -> None:
    assert without_invisible("\ufeff芙蓉\u200b小\u00ad区\u2060\u200d") == "芙蓉小区"
    assert without_invisible("ئا\u200dئا") == "ئا\u200dئا"
