"""A printed sheet: the map in its frame, what stands beside it, further pages for what does not fit."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from geo.errors import EmptyLayerError, Words
from maps.look.fonts import FAMILY
from maps.look.kinds import own_kinds
from maps.look.style import INK, SOFT_INK
from maps.look.words import require_language, station_letter
from maps.pages.encode import column
from maps.sheets import squares
from maps.sheets.beside import INDEX_COLUMN_MM, draw_beside
from maps.sheets.blocks import Block, written
from maps.sheets.grey import in_grey
from maps.sheets.ground import Projection, Shown, draw_ground, size_m, station_marks
from maps.sheets.labels import Labels
from maps.sheets.names import write_names
from maps.sheets.panel import NORMAL, TITLE, Panel, draw_index
from maps.sheets.paper import MARGIN_MM, Box, Layout, fit
from maps.sheets.pen import page, rect, text
from maps.sheets.said import Said
from maps.sheets.tables import grid_table
from maps.sheets.walk import draw_stretches
from maps.sheets.words import sheet_text

_CUT_TO_FRAME = ("complexes", "buildings", "roads", "water", "stations")
"""Layers of which only what is seen counts, for legend and index; of the others the overview shows more."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Pages as SVG, and what the reader should know of them."""

    pages: tuple[str, ...]
    layout: Layout
    made: date | None = None
    notes: tuple[Words, ...] = ()
    """Names that found no room on the map; they stand in the index."""
    left_out: tuple[tuple[str, str], ...] = field(default=())
    """Kind and name of each."""
    index: tuple[tuple[str, str], ...] = ()
    """Complexes and streets with their squares."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Those that stand on the map as a number."""


def make_sheet(
    shown: Shown,
    said: Said,
    *,
    paper: str = "A3",
    standing: bool | None = None,
    scale: int | None = None,
    panel_share: float | None = None,
    force: Collection[str] = (),
    blocks: Sequence[Block] | None = None,
    grey: bool = False,
) -> Sheet:
    """The sheet of the grids and communities in `shown`, all frames in EPSG:4490; `blocks` stand for the table of the grids.

    Scale and orientation are chosen so that they fill the paper at a round 1:n, unless given. Grids are always named,
    `panel_share` is how much of the longer side stands beside the map (0–1).
    `force` names others that must stand on the map; the index names everything, and what found no room stands on the map as
    the number before its name there. `grey` is for printers without colours: hatching tells grids apart. Same input,
    same bytes.

    Raises `EmptyLayerError` without grids and communities, `InputError` for an unknown paper or language, or a scale
    at which the place does not fit.
    """
    require_language(said.lang)
    extent = [np.asarray(f.geometry.array, dtype=object) for f in (shown.grids, shown.communities) if len(f)]
    if not extent:
        raise EmptyLayerError(
            "there are no grids or communities to draw; publish a plan or choose another community",
            "没有可绘制的网格或社区；请先发布方案或选择其他社区",
        )
    place = np.concatenate(extent)
    layout = fit(*size_m(place), paper=paper, standing=standing, scale=scale, panel_share=panel_share)
    projection = Projection.on(place, layout)
    shown = replace(shown, **{name: projection.seen(getattr(shown, name)) for name in _CUT_TO_FRAME})
    labels = Labels(layout.map)
    marks, at = station_marks(
        shown.stations,
        projection,
        {kind: station_letter(kind, said.lang, own) for kind, own in own_kinds(shown.stations).items()},
    )
    if len(at):
        labels.take(np.column_stack([at - 2.0, at + 1.6]))
    numbered = "" if shown.stretches is None else draw_stretches(shown.stretches, projection, labels)
    write_names(shown, projection, labels, force=force)
    index = squares.index_of({"complexes": shown.complexes, "roads": shown.roads}, projection)
    told = _told(shown, projection, labels.numbers, index)
    map_part = [
        draw_ground(shown, projection, grey=grey),
        *squares.draw_squares(layout.map),
        marks,
        numbered,
        *labels.drawn,
        _watermark(said, layout),
        rect(layout.map, fill="none", stroke=INK, stroke_width=0.5),
    ]
    waiting: list[Block] = list([grid_table(shown.grids, said.lang)] if blocks is None else blocks)
    beside, waiting, index_left = draw_beside(shown, said, layout, projection, waiting, told)
    pages = [page([*map_part, *beside], layout.width, layout.height, font=FAMILY, title=said.title)]
    pages += _further(said, layout, waiting, index_left)
    if grey:
        pages = [in_grey(one) for one in pages]
    return Sheet(
        tuple(pages), layout, said.made, _notes(labels), tuple(labels.left_out), tuple(index), labels.numbers
    )


def _told(
    shown: Shown, projection: Projection, numbers: dict[str, int], index: list[tuple[str, str]]
) -> list[tuple[str, str]]:
    """The index as printed: first what stands on the map as a number, by number, then all by name."""
    few = shown.grids[column(shown.grids, "code").isin(list(numbers)).to_numpy()]
    places = dict(squares.index_of({"grids": few.assign(name=few["code"])}, projection) if len(few) else [])
    names = dict(zip(few["code"], few["name"], strict=True)) if len(few) else {}
    squared = dict(index)
    first = [
        (f"{number} {names[key]} {key[-9:]}", places[key])
        if key in names
        else (f"{number} {key}", squared[key])
        for key, number in sorted(numbers.items(), key=lambda pair: pair[1])
        if key in places or key in squared
    ]
    return [*first, *index]


def _notes(labels: Labels) -> tuple[Words, ...]:
    if not labels.left_out:
        return ()
    names = sorted({name for _, name in labels.left_out})
    some = "、".join(names[:20]) + ("…" if len(names) > 20 else "")
    return (Words(sheet_text("unnamed", "en", names=some), sheet_text("unnamed", "zh", names=some)),)


def _watermark(said: Said, layout: Layout) -> str:
    """The serial across an internal map, too faint to disturb and too large to cut off."""
    if said.public or said.serial is None:
        return ""
    frame = layout.map
    x, y = frame.x + frame.width / 2, frame.y + frame.height / 2
    words = f"{said.notice} {said.serial}"
    faint = text(
        words, x, y, min(frame.width / max(len(words), 1), 16.0), fill=SOFT_INK, anchor="middle", turn=-30
    )
    return f'<g opacity="0.09">{faint}</g>'


def _further(said: Said, layout: Layout, blocks: list[Block], index: list[tuple[str, str]]) -> list[str]:
    """Pages for the rest of the blocks and of the index."""
    pages: list[str] = []
    while blocks or index:
        width, height = layout.width, layout.height
        whole = Box(MARGIN_MM, MARGIN_MM, width - 2 * MARGIN_MM, height - 2 * MARGIN_MM - 6)
        panel = Panel.at(whole)
        panel.lines(sheet_text("continued", said.lang, title=said.title), TITLE * 0.75, bold=True, gap=1.0)
        blocks = written(panel, blocks)
        if not blocks and index and panel.left > 20:
            panel.heading(sheet_text("index", said.lang))
            told = draw_index(panel, index, columns=max(int(whole.width // INDEX_COLUMN_MM), 1))
            index = index[told:]
        words = " · ".join(part for part in (said.notice, said.serial) if part)
        foot = text(words, MARGIN_MM, height - MARGIN_MM, NORMAL, fill=SOFT_INK)
        pages.append(page([*panel.made, foot], width, height, font=FAMILY, title=said.title))
    return pages
