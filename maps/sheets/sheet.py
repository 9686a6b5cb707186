"""A printed sheet: the map in its frame, what stands beside it, further pages for what does not fit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd
import shapely

from geo.errors import EmptyLayerError, Words
from maps.look.fonts import FAMILY
from maps.look.style import ACCENT, INK, SOFT_INK
from maps.look.words import STATION_KINDS, STATION_LETTERS, require_language
from maps.pages.encode import column
from maps.sheets import squares
from maps.sheets.ground import Projection, Shown, draw_ground, size_m, station_marks
from maps.sheets.labels import Labels
from maps.sheets.names import write_names
from maps.sheets.panel import (
    NORMAL,
    SMALL,
    TITLE,
    Panel,
    draw_index,
    draw_legend,
    draw_scale,
    notice_box,
    qr_code,
)
from maps.sheets.paper import MARGIN_MM, Box, Layout, fit
from maps.sheets.pen import clipped, page, path, rect, text
from maps.sheets.tables import Table, grid_table
from maps.sheets.walk import draw_stretches
from maps.sheets.words import sheet_text

_QR_MM = 20.0
_OVERVIEW_MM = 30.0
_INDEX_COLUMN_MM = 45.0


@dataclass(frozen=True, slots=True)
class Said:
    """What a sheet says of itself."""

    title: str
    lang: str = "zh"
    made: date | None = None
    as_of: date | None = None
    plan: str | None = None
    """The plan's version, or that it is a draft, in words."""
    producer: str | None = None
    credit: str | None = None
    serial: str | None = None
    """Printed in the corner and across the map of internal sheets, so that a copy tells where it came from."""
    link: str | None = None
    """What the QR code holds: a page or a code. None draws none."""
    approval: str | None = None
    """The map approval number (审图号) of a public map."""
    exemption: str | None = None
    """Why a public map needs none, as somebody decided and recorded."""

    outline: str = "community"
    """What the heavy outline is: `community`, or `complex_outline` on the sheet of one."""

    @property
    def public(self) -> bool:
        """Whether the sheet may leave the office."""
        return self.approval is not None or self.exemption is not None

    @property
    def notice(self) -> str:
        """What kind of map it is."""
        if self.approval is not None:
            return sheet_text("approval", self.lang, number=self.approval)
        if self.exemption is not None:
            return sheet_text("exempt", self.lang, reason=self.exemption)
        return sheet_text("internal", self.lang)


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


def make_sheet(
    shown: Shown,
    said: Said,
    *,
    paper: str = "A3",
    standing: bool | None = None,
    scale: int | None = None,
    force: Collection[str] = (),
    table: Table | None = None,
) -> Sheet:
    """The sheet of the grids and communities in `shown`, all frames in EPSG:4490; `table` stands for that of the grids.

    Scale and orientation are chosen so that they fill the paper at a round 1:n, unless given. Grids are always named,
    `force` names others that must stand on the map; the index names everything. Same input, same bytes.

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
    layout = fit(*size_m(place), paper=paper, standing=standing, scale=scale)
    projection = Projection.on(place, layout)
    labels = Labels(layout.map)
    marks, at = station_marks(
        shown.stations, projection, {key: words.text(said.lang) for key, words in STATION_LETTERS.items()}
    )
    if len(at):
        labels.take(np.column_stack([at - 2.0, at + 1.6]))
    numbered = "" if shown.stretches is None else draw_stretches(shown.stretches, projection, labels)
    write_names(shown, projection, labels, force=force)
    index = squares.index_of({"complexes": shown.complexes, "roads": shown.roads}, projection)
    map_part = [
        draw_ground(shown, projection),
        *squares.draw_squares(layout.map),
        marks,
        numbered,
        *labels.drawn,
        _watermark(said, layout),
        rect(layout.map, fill="none", stroke=INK, stroke_width=0.5),
    ]
    listed = grid_table(shown.grids, said.lang) if table is None else table
    beside, rows_left, index_left = _beside(shown, said, layout, projection, listed, index)
    pages = [page([*map_part, *beside], layout.width, layout.height, font=FAMILY, title=said.title)]
    pages += _further(said, layout, rows_left, index_left)
    return Sheet(tuple(pages), layout, said.made, _notes(labels), tuple(labels.left_out))


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


def _beside(
    shown: Shown,
    said: Said,
    layout: Layout,
    projection: Projection,
    table: Table,
    index: list[tuple[str, str]],
) -> tuple[list[str], Table, list[tuple[str, str]]]:
    """The panel, and what of table and index found no room in it."""
    lang, lying = said.lang, layout.panel.y == layout.map.y
    if lying:
        first = second = Panel.at(layout.panel)
    else:
        half = (layout.panel.width - 6.0) / 2
        first = Panel.at(Box(layout.panel.x, layout.panel.y, half, layout.panel.height))
        second = Panel.at(Box(layout.panel.x + half + 6.0, layout.panel.y, half, layout.panel.height))
    foot = Panel.at(
        Box(first.box.x, first.box.bottom - _foot_height(said, first.box.width), first.box.width, 200)
    )
    _head(first, said)
    draw_scale(
        first,
        layout.scale,
        sheet_text("scale", lang, n=f"{layout.scale:,}"),
        sheet_text("metres", lang),
    )
    first.heading(sheet_text("legend", lang))
    draw_legend(first, _legend(shown, lang, said.outline), _stations(shown, lang))
    _foot(foot, said)
    second_room = Box(
        second.box.x, second.y, second.box.width, (foot.box.y - 2 if lying else second.box.bottom) - second.y
    )
    rest = Panel.at(second_room)
    if len(shown.neighbours) and rest.left > _OVERVIEW_MM + 30:
        _overview(rest, shown, layout, projection, lang)
    table = table.write(rest, beside=True)
    told = 0
    if (not table.rows or table.overleaf) and index and rest.left > 16:
        rest.heading(sheet_text("index", lang))
        told = draw_index(rest, index, columns=max(int(rest.box.width // _INDEX_COLUMN_MM), 1))
    drawn = [*first.made, *foot.made, *rest.made]
    return drawn, table, index[told:]


def _head(panel: Panel, said: Said) -> None:
    lang = said.lang
    panel.lines(said.title, TITLE, bold=True, gap=1.0)
    dates = [
        said.plan or "",
        sheet_text("day", lang, date=said.as_of.isoformat()) if said.as_of else "",
        sheet_text("made", lang, date=said.made.isoformat()) if said.made else "",
    ]
    panel.lines(" · ".join(part for part in dates if part), NORMAL, fill=SOFT_INK, gap=1.0)


def _foot_height(said: Said, width: float) -> float:
    panel = Panel.at(Box(0, 0, width, 1000))
    _foot(panel, said)
    return panel.y


def _foot(panel: Panel, said: Said) -> None:
    notice_box(panel, said.notice, public=said.public)
    lang, top, box = said.lang, panel.y, panel.box
    if said.link:
        panel.made.append(qr_code(said.link, box.right - _QR_MM, top, _QR_MM))
        panel.box = Box(box.x, box.y, box.width - _QR_MM - 2, box.height)
    for key, value in (("producer", said.producer), ("credit", said.credit), ("serial", said.serial)):
        if value:
            panel.lines(sheet_text(key, lang, name=value, credit=value, serial=value), SMALL, fill=SOFT_INK)
    panel.box = box
    if said.link:
        panel.y = max(panel.y, top + _QR_MM)


def _legend(shown: Shown, lang: str, outline: str) -> list[tuple[str, str]]:
    """Only of what is drawn."""
    kinds, classes = column(shown.grids, "kind"), column(shown.roads, "road_class")
    there = {
        "grid": bool((kinds != "exclusive").any()),
        "exclusive": bool((kinds == "exclusive").any()),
        "before": shown.before is not None and len(shown.before) > 0,
        "stretch_line": shown.stretches is not None,
        "changed": shown.changed is not None and len(shown.changed) > 0,
        "community": len(shown.communities) > 0,
        "neighbour": len(shown.neighbours) > 0,
        "complex": len(shown.complexes) > 0,
        "building": len(shown.buildings) > 0,
        "road": bool((~classes.isin(["rail", "wall"])).any()),
        "rail": bool((classes == "rail").any()),
        "wall": bool((classes == "wall").any()),
        "water": len(shown.water) > 0,
    }
    return [
        (key, sheet_text(outline if key == "community" else key, lang))
        for key, drawn in there.items()
        if drawn
    ]


def _stations(shown: Shown, lang: str) -> list[tuple[str, str]]:
    kinds = set(column(shown.stations, "kind").fillna("other"))
    return [
        (STATION_LETTERS[key].text(lang), STATION_KINDS[key].text(lang))
        for key in STATION_KINDS
        if key in kinds
    ]


def _overview(panel: Panel, shown: Shown, layout: Layout, projection: Projection, lang: str) -> None:
    """The communities around in small, with the frame of the map in them."""
    panel.heading(sheet_text("overview", lang))
    around = pd.concat([shown.communities[["geometry"]], shown.neighbours[["geometry"]]])
    box = Box(panel.box.x, panel.y, panel.box.width, _OVERVIEW_MM)
    width_m, height_m = size_m(around.geometry.array)
    scale = max(width_m / box.width, height_m / box.height) * 1000 * 1.05
    small = Projection.on(around.geometry.array, Layout(0, 0, box, box, max(int(scale), 1)))
    frame, mm = layout.map, 1000.0 / layout.scale
    corners = np.array([[frame.x, frame.y], [frame.right, frame.bottom]])
    middle = np.array([frame.x + frame.width / 2, frame.y + frame.height / 2])
    metres = (corners - middle) * np.array([1, -1]) / mm + np.array(projection.centre_m)
    seen = small.place(projection.local.to_degrees(shapely.box(*metres.min(axis=0), *metres.max(axis=0))))
    panel.add(
        rect(box, fill="#fbfaf7", stroke="#d6d1c7", stroke_width=0.2),
        clipped(
            path(small.place(shown.neighbours), fill="#ece9e1", stroke="#ffffff", stroke_width=0.3)
            + path(small.place(shown.communities), fill="#b9c4df", stroke="#566686", stroke_width=0.3)
            + path(small.place(shown.grids), fill="#b9c4df", stroke="#566686", stroke_width=0.2)
            + path(seen, fill="none", stroke=ACCENT, stroke_width=0.5),
            box,
            "overview",
        ),
        height=_OVERVIEW_MM + 1.5,
    )


def _further(said: Said, layout: Layout, table: Table, index: list[tuple[str, str]]) -> list[str]:
    """Pages for the rest of the table and of the index."""
    pages: list[str] = []
    while table.rows or index:
        width, height = layout.width, layout.height
        whole = Box(MARGIN_MM, MARGIN_MM, width - 2 * MARGIN_MM, height - 2 * MARGIN_MM - 6)
        panel = Panel.at(whole)
        panel.lines(sheet_text("continued", said.lang, title=said.title), TITLE * 0.75, bold=True, gap=1.0)
        table = table.write(panel)
        if not table.rows and index and panel.left > 20:
            panel.heading(sheet_text("index", said.lang))
            told = draw_index(panel, index, columns=max(int(whole.width // _INDEX_COLUMN_MM), 1))
            index = index[told:]
        words = " · ".join(part for part in (said.notice, said.serial) if part)
        foot = text(words, MARGIN_MM, height - MARGIN_MM, NORMAL, fill=SOFT_INK)
        pages.append(page([*panel.made, foot], width, height, font=FAMILY, title=said.title))
    return pages
