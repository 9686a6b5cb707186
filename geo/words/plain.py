"""Texts about areas in one form: half-width, one kind of dash and bracket, separators that mean the same made the same."""

from __future__ import annotations

import re
import unicodedata

from geo.addresses.text.characters import NUMERALS, PLAIN
from geo.addresses.text.numerals import to_digits

MOST_CHARACTERS = 20_000
"""Longer texts are no description of an area; only so much is read."""
_SAME = {
    **dict.fromkeys("—–－−―‐‑~～﹣〜⁓∼", "-"),
    **dict.fromkeys("（﹙【〔［[｛〈《", "("),
    **dict.fromkeys("）﹚】〕］]｝〉》", ")"),
    **dict.fromkeys("；;。\n\r｡", "；"),
    **dict.fromkeys("，,､", "，"),
    "、": "、", "：": ":", "﹕": ":", "／": "/", "＃": "#", "#": "#", "\t": "；", "\u3000": " ",
    **dict.fromkeys("“”‘’\"'「」『』", ""),
}  # fmt: skip
_UNITS = "号楼|号院|号|支弄|弄|幢|栋|座|#楼|#|组|队|社|门|单元|楼|室"
_COUNTED = re.compile(rf"(?<![第{NUMERALS}])([{NUMERALS}]+)(?=(?:号楼|号院|号|幢|栋|单元|组|弄)(?![学校]))")
_ENUMERATED = re.compile(
    r"(^|[；])\s*(?:\(?\d{1,2}[.、．)](?!\d)|\(?[一二三四五六七八九十]{1,2}(?:、|\)))\s*(?=\D)"
)
_CIRCLED = re.compile("[\u2460-\u2473\u3251-\u325f\u2776-\u277f]")
_INLINE = re.compile(r"(?:(?<=[)）]) *| +)\d{1,2}\. *(?=[\u4e00-\u9fff])")
_BUT = re.compile(
    r"([\u4e00-\u9fff]{2,}[^、，；()]{0,8}?)除了?([^()；]+?)(?:之|以)?外(?:的)?(?:全部|其余|其他)?(?:区域|楼栋|部分|住户)?(?=[、，；]|$)"
)
_GROUPS = re.compile(r"第?([一二三四五六七八九十]+(?:、第?[一二三四五六七八九十]+)*)(?:村民)?(?:小组|组)")
_STEMMED = re.compile(r"([甲乙丙丁])(\d+号?)-\1(?=\d)")
"""甲1号-甲10号 counts what begins with 甲."""
_SPACES = (
    (re.compile(r"(?<=[)部]) +(?=[\u4e00-\u9fff](?![东南西北]|之|的))"), "、"),
    (re.compile(r" *([；，、:()/\-]) *"), r"\1"),
    (re.compile(rf"(?<=[0-9A-Za-z]) +(?=(?:{_UNITS}))"), ""),
    (re.compile(r"(?<=[\u4e00-\u9fff]) +(?=[0-9A-Z(])"), ""),
    (re.compile(r" +(?=全部|等|[及与和以])"), ""),
    (re.compile(r" +"), "、"),
)
_NUMBER = r"\d[\dA-Z-]*"
_TO = re.compile(rf"((?:附?{_NUMBER})(?:{_UNITS})?(?:\([^()]*\))?)(?:至|到)(?=(?:附|第)?\d)")


def area_text(text: str) -> str:
    """A text about areas in one form; what cannot be in one vanishes.

    >>> area_text("1.桂花路（单）：１至７号 ；2.新街１ 弄、3 弄")
    '桂花路(单):1-7号；新街1弄、3弄'
    >>> area_text("芙蓉小區十二號樓，一组")
    '芙蓉小区12号楼，1组'
    """
    text = _CIRCLED.sub("；", text[:MOST_CHARACTERS])
    text = "".join(_plain(char) for char in text)
    text = _INLINE.sub("；", text)
    text = _ENUMERATED.sub(r"\1", text)
    for pattern, to in _SPACES:
        text = pattern.sub(to, text)
    text = _ENUMERATED.sub(r"\1", text)
    text = _COUNTED.sub(lambda found: to_digits(found[1]), text)
    text = re.sub("-+", "-", text)
    text = _GROUPS.sub(lambda found: _in_digits(found[1]) + "组", text)
    text = _STEMMED.sub(r"\1\2-", text)
    text = _BUT.sub(r"\1(除\2)", text)
    return _TO.sub(r"\1-", text).strip("；，、 ")


def _in_digits(numbers: str) -> str:
    return "、".join(to_digits(number.removeprefix("第")) for number in numbers.split("、"))


def _plain(char: str) -> str:
    same = _SAME.get(char)
    if same is not None:
        return same
    if "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff":
        return char.translate(PLAIN)
    if unicodedata.category(char)[0] == "C":
        return ""
    return unicodedata.normalize("NFKC", char).upper()


def split_outside(text: str, separators: str) -> list[str]:
    """The pieces between separators that stand in no bracket; a bracket that is never closed ends with the text.

    >>> split_outside("甲路1号（2、3号除外）、乙路".replace("（", "(").replace("）", ")"), "、")
    ['甲路1号(2、3号除外)', '乙路']
    """
    pieces, depth, begun = [], 0, 0
    for at, char in enumerate(text):
        if char == "(":
            depth += 1
        elif char == ")":
            depth = max(0, depth - 1)
        elif char in separators and not depth:
            pieces.append(text[begun:at])
            begun = at + 1
    return [piece for piece in [*pieces, text[begun:]] if piece.strip()]


def take_brackets(text: str) -> tuple[str, list[str]]:
    """A text whose outer brackets are marks (one private character each), and what stands in them.

    >>> take_brackets("甲路(单)3号")
    ('甲路\\ue0003号', ['单'])
    """
    out: list[str] = []
    insides: list[str] = []
    depth = begun = 0
    for at, char in enumerate(text):
        if char == "(":
            if not depth:
                begun = at + 1
            depth += 1
        elif char == ")":
            if depth == 1:
                out.append(chr(0xE000 + len(insides)))
                insides.append(text[begun:at])
            depth = max(0, depth - 1)
        elif not depth:
            out.append(char)
    if depth:
        out.append(chr(0xE000 + len(insides)))
        insides.append(text[begun:])
    return "".join(out), insides


def split_marks(text: str, insides: list[str]) -> tuple[str, list[str]]:
    """A text without its marks for brackets, and what stands in these."""
    found = [insides[ord(char) - 0xE000] for char in text if "\ue000" <= char <= "\uf8ff"]
    return "".join(char for char in text if not "\ue000" <= char <= "\uf8ff"), found


def unmasked(text: str, insides: list[str]) -> str:
    """A text with its brackets again."""
    return "".join(
        f"({insides[ord(char) - 0xE000]})" if "\ue000" <= char <= "\uf8ff" else char for char in text
    )
