"""Makes the font files beside it from Debian's package fonts-noto-cjk: run `python -m maps.look.fonts.make_fonts`.

Needs fontTools (a development dependency). The same package gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

from maps.look.fonts import FAMILY

PACKAGE = Path("/usr/share/fonts/opentype/noto")
WEIGHTS = ("Regular", "Bold")
_SIGNS = "★☆●○▲△■□◆◇→←↑↓↔↕·•…—–‘’“”≤≥≈±×÷°′″²³㎡‰№①②③④⑤⑥⑦⑧⑨⑩〇《》【】〔〕"
"""Signs that sheets use beyond GB 2312."""


def characters() -> set[int]:
    """Code points of GB 2312, of Latin 1 and of the signs."""
    rows, cells = range(0xA1, 0xF8), range(0xA1, 0xFF)
    known = {bytes((row, cell)).decode("gb2312", "ignore") for row in rows for cell in cells}
    return (
        {ord(one) for one in known if one}
        | set(range(0x20, 0x7F))
        | set(range(0xA0, 0x100))
        | set(map(ord, _SIGNS))
    )


def make(weight: str, folder: Path) -> Path:
    """The subset of one weight as an OpenType file in `folder`."""
    collection = TTCollection(str(PACKAGE / f"NotoSansCJK-{weight}.ttc"))
    font: TTFont = next(one for one in collection.fonts if one["name"].getDebugName(1) == FAMILY)
    font.recalcTimestamp = False
    options = subset.Options(
        layout_features=["kern"], notdef_outline=True, hinting=False, desubroutinize=False
    )
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "DSIG", "GPOS", "GSUB"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    path = folder / f"NotoSansCJKsc-{weight}-GB2312.otf"
    font.save(str(path), reorderTables=False)
    (folder / "characters.txt").write_text("".join(sorted(map(chr, font.getBestCmap()))), "utf-8")
    return path


if __name__ == "__main__":
    for one in WEIGHTS:
        made = make(one, Path(__file__).parent)
        print(made.name, made.stat().st_size)  # noqa: T201  a script for developers
