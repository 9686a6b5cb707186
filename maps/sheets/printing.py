"""Sheets as files: SVG as it is, PDF and PNG by typst, without a browser. Every font is embedded."""

from __future__ import annotations

import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import typst

from geo.errors import InputError, Words
from maps.look.fonts import FAMILY, font_folder
from maps.sheets.sheet import Sheet

FORMATS = ("pdf", "png", "svg")
DOTS_PER_INCH = 300
_UNDATED = date(1970, 1, 1)
"""An archived PDF must have a date; without one of its own it gets this, so that its bytes stay the same."""
GETA = "〓"
"""What printers set for a character they do not have."""
_PAGE = """\
#set page(width: {width}mm, height: {height}mm, margin: 0mm)
#set document(title: {title}, date: datetime(year: {made.year}, month: {made.month}, day: {made.day}))
#set text(font: "{family}", fallback: true, cjk-latin-spacing: none, lang: "zh")
{images}
"""


def print_sheet(sheet: Sheet, kind: str, *, title: str, dots_per_inch: int = DOTS_PER_INCH) -> list[bytes]:
    """The sheet as one PDF, or as one PNG or SVG a page. The same sheet gives the same bytes.

    Characters that the shipped font lacks come from fonts of the system where there are any; see `rare_characters`.
    Raises `InputError` for another kind.
    """
    if kind not in FORMATS:
        names = ", ".join(FORMATS)
        raise InputError(
            f"sheets are made as {names}, not as {kind!r}", f"图纸可输出为 {names}，不支持“{kind}”"
        )
    if kind == "svg":
        return [one.encode() for one in sheet.pages]
    width, height = sheet.layout.width, sheet.layout.height
    files = [f"page{number}.svg" for number in range(len(sheet.pages))]
    images = "\n#pagebreak()\n".join(
        f'#image("{name}", width: {width}mm, height: {height}mm)' for name in files
    )
    with TemporaryDirectory(prefix="wangge-sheet-") as folder:
        root = Path(folder)
        missing = missing_characters(sheet)  # marks over and under go with the letter they belong to
        nobody = str.maketrans({one: "" if unicodedata.category(one)[0] == "M" else GETA for one in missing})
        for name, content in zip(files, sheet.pages, strict=True):
            (root / name).write_text(content.translate(nobody), "utf-8")
        quoted = '"' + title.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'
        made = sheet.made or _UNDATED
        source = _PAGE.format(
            width=width, height=height, title=quoted, made=made, family=FAMILY, images=images
        )
        (root / "sheet.typ").write_text(source, "utf-8")
        written: Any = typst.compile(
            str(root / "sheet.typ"),
            root=str(root),
            font_paths=[str(font_folder())],
            ignore_system_fonts=not _needs_more("".join(sheet.pages)),
            format="pdf" if kind == "pdf" else "png",
            ppi=dots_per_inch if kind == "png" else None,
            pdf_standards=["a-2b"] if kind == "pdf" else [],
        )
    return list(written) if isinstance(written, list) else [written]


@cache
def _known() -> frozenset[int]:
    listed = (font_folder() / "characters.txt").read_text("utf-8")
    return frozenset(ord(one) for one in listed)


def _needs_more(words: str) -> bool:
    return any(ord(one) not in _known() for one in set(words) if not one.isspace())


def rare_characters(sheet: Sheet) -> str:
    """The characters of a sheet that the shipped font lacks, each once, in order."""
    found = {one for one in set("".join(sheet.pages)) if ord(one) not in _known() and not one.isspace()}
    return "".join(sorted(found))


def missing_characters(sheet: Sheet) -> str:
    """The characters of a sheet that neither the shipped font nor one of this machine has."""
    return "".join(one for one in rare_characters(sheet) if not _somebody_has(one))


@cache
def _somebody_has(character: str) -> bool:
    source: Any = f'#set text(font: "{FAMILY}")\n#"{character}"'.encode()
    try:
        typst.compile(
            source, font_paths=[str(font_folder())], format="pdf", pdf_standards=["a-2b"], timestamp=0
        )
    except typst.TypstError:
        return False
    return True


def glyph_notes(sheet: Sheet) -> tuple[Words, ...]:
    """What to say of rare characters: some come from a font of this machine, for some there is none at all."""
    missing = missing_characters(sheet)
    borrowed = "".join(one for one in rare_characters(sheet) if one not in missing)
    notes = []
    if borrowed:
        said = " ".join(borrowed)
        notes.append(
            Words(f"set in another font of this machine: {said}", f"以下字符用本机其他字体印出：{said}")
        )
    if missing:
        said = " ".join(missing)
        notes.append(
            Words(
                f"no font here has {said}; {GETA} stands in their place: install a font that has them",
                f"本机没有含 {said} 的字体，图上以 {GETA} 代替：请安装含这些字的字体",
            )
        )
    return tuple(notes)
