"""Words put on the ground: the buildings that the text of one grid means, and every word that means none for sure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.words.clauses import Clause, Says
from geo.words.named import by_parity, named_rows
from geo.words.reading import read_areas
from geo.words.register import Register
from geo.words.sides import OPPOSITE, in_ring, on_side
from geo.words.trouble import Meant, say

_LINE_NAME = re.compile("(?:路|街|巷|大道|胡同|河|江|渠|铁路|高速|公路)$")
"""What is called so is no neighbouring grid or community."""
_MUCH_OUTSIDE = 0.2
"""From this share of its buildings on that lie beyond the bounds told of a grid, it is said."""


def meaning(row: int, text: str, register: Register, bounds_text: str = "") -> Meant:
    """What one text means. Of `bounds_text`, told beside it, only what ends on a side is read."""
    meant = Meant()
    clauses = [*read_areas(text), *(one for one in read_areas(bounds_text) if one.says is Says.BOUND)]
    region: dict[int, list[Clause]] = {}
    bounds: list[Clause] = []
    beside: set[int] = set()
    for clause in clauses:
        if clause.says is Says.BOUND:
            bounds.append(clause)
        elif clause.says is Says.SIDE:
            region.setdefault(clause.group, []).append(clause)
        elif clause.excluded:
            gone = _rows(row, clause, register, meant)
            meant.named -= gone
            beside |= gone
        elif clause.says is Says.CELLS:
            meant.cells |= {n for run in clause.runs for n in range(int(run.first), int(run.last) + 1)}
        elif clause.says is Says.RING:
            meant.around |= _ring(row, clause, register, meant)
        else:
            meant.named |= _rows(row, clause, register, meant)
    for sides in region.values():
        meant.around |= _inside(row, sides, register, meant)
    if bounds and not meant.named and not meant.around and not meant.cells:
        meant.around |= _inside(row, bounds, register, meant)
    elif bounds:
        _compare(row, bounds, register, meant)
    meant.around -= beside
    return meant


def _rows(row: int, clause: Clause, register: Register, meant: Meant) -> set[int]:
    """The buildings a place means."""
    if clause.says in (Says.SECTION, Says.OTHER) or (not clause.name and not clause.runs):
        if clause.says is Says.OTHER and not clause.name.strip("，、；:。"):
            return set()
        say(
            row, meant, "words-unplaced", clause.text,
            "these words name no place that can be told apart; name the complexes, buildings or numbers",
            "这段文字无法落到楼栋上；请写明小区、楼栋或门牌号",
        )  # fmt: skip
        return set()
    if clause.etc:
        say(
            row, meant, "words-etc", clause.text,
            "等 leaves open what else belongs here; only what is named was taken",
            "“等”未说明还有哪些；只取已写明的部分",
        )  # fmt: skip
    found = set(named_rows(row, clause, register, meant))
    for inner in clause.less:
        if inner.says is Says.PLACE and (inner.name or inner.runs):
            found -= _narrowed_to(row, inner, register, meant, found)
    if clause.only:
        found &= _inside(row, clause.only, register, meant)
    if clause.parity and not clause.runs:
        found = found & set(by_parity(register, clause))
    for inner in clause.plus:
        if inner.says is Says.PLACE and inner.name:
            found |= set(named_rows(row, inner, register, Meant()))
    return found


def _narrowed_to(row: int, inner: Clause, register: Register, meant: Meant, found: set[int]) -> set[int]:
    gone = _rows(row, inner, register, meant)
    return gone & found or gone


def _ring(row: int, clause: Clause, register: Register, meant: Meant) -> set[int]:
    shapes = [register.lines.get(register.road(name)) for name in clause.names]
    unknown = [name for name, shape in zip(clause.names, shapes, strict=True) if shape is None]
    inside = None if unknown else in_ring([shape for shape in shapes if shape is not None], register.points)
    if inside is None:
        listed = "、".join(unknown)
        say(
            row, meant, "words-unplaced", clause.text,
            f"no road or water is called {', '.join(unknown)}" if unknown else "these lines enclose nothing",
            f"没有名为“{listed}”的道路或水系" if unknown else "这些道路、水系没有围合成区域",
        )  # fmt: skip
        return set()
    found = set(np.flatnonzero(inside).tolist())
    for inner in clause.less:
        found -= _rows(row, inner, register, meant)
    for inner in clause.plus:
        found |= set(named_rows(row, inner, register, Meant()))
    return found


def _inside(row: int, sides: Sequence[Clause], register: Register, meant: Meant) -> set[int]:
    """The buildings where all sides, or bounds, hold; nothing when one of them cannot be placed."""
    masks = [_mask(row, clause, register, meant) for clause in sides]
    if not masks or any(mask is None for mask in masks):
        return set()
    found = set(np.flatnonzero(np.logical_and.reduce([mask for mask in masks if mask is not None])).tolist())
    for clause in sides:
        for inner in clause.less:
            found -= _rows(row, inner, register, meant)
        for inner in clause.plus:
            found |= set(named_rows(row, inner, register, Meant()))
    return found


def _mask(row: int, clause: Clause, register: Register, meant: Meant) -> NDArray[np.bool_] | None:
    shapes = [register.lines.get(register.road(name)) for name in clause.names]
    unknown = [name for name, shape in zip(clause.names, shapes, strict=True) if shape is None]
    mask = None
    if not unknown and clause.side in OPPOSITE:
        line = shapely.union_all([shape for shape in shapes if shape is not None])
        side = OPPOSITE[clause.side] if clause.says is Says.BOUND else clause.side
        mask = on_side(line, register.points, side)
    if mask is None:
        listed = "、".join(unknown)
        say(
            row, meant, "words-unplaced", clause.text,
            f"no road or water is called {', '.join(unknown)}" if unknown else "this line does not run so that it has such a side",
            f"没有名为“{listed}”的道路或水系" if unknown else "该道路、水系的走向与所写方位不符",
        )  # fmt: skip
    return mask


def _compare(row: int, bounds: Sequence[Clause], register: Register, meant: Meant) -> None:
    """Say when much of what a text names lies beyond the bounds it tells besides; what borders on areas is not compared."""
    rows = sorted(meant.named | meant.around)
    for clause in bounds:
        unknown = [n for n in clause.names if _LINE_NAME.search(n) and register.road(n) not in register.lines]
        for name in unknown:
            say(
                row, meant, "words-unknown", clause.text,
                f"no road or water here is called {name}", f"附近没有名为“{name}”的道路或水系",
            )  # fmt: skip
        mask = _mask(row, clause, register, Meant()) if len(clause.names) == 1 else None
        if mask is None or not rows:
            continue
        beyond = [at for at in rows if not mask[at]]
        if len(beyond) > _MUCH_OUTSIDE * len(rows):
            say(
                row, meant, "words-bounds", clause.text,
                f"{len(beyond)} of {len(rows)} buildings lie beyond this bound", f"{len(rows)} 栋中有 {len(beyond)} 栋在该边界之外",
            )  # fmt: skip
