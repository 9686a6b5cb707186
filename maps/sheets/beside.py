"""What stands beside the map of a sheet: title, scale, legend, overview, tables, index, notice."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import shapely

from maps.look.kinds import own_kinds
from maps.look.style import ACCENT, FILLS, OUTLINES, SOFT_INK
from maps.look.words import STATION_KINDS, station_kind, station_letter
from maps.pages.encode import column
from maps.sheets.blocks import Block, written
from maps.sheets.ground import Projection, Shown, size_m
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
from maps.sheets.paper import Box, Layout
from maps.sheets.pen import clipped, path, rect
from maps.sheets.said import Said
from maps.sheets.words import sheet_text

_QR_MM = 20.0
_OVERVIEW_MM = 30.0
_FACTS_MM = 40.0
"""Room under the legend of an upright sheet that is worth filling."""
INDEX_COLUMN_MM = 45.0


def draw_beside(
    shown: Shown,
    said: Said,
    layout: Layout,
    projection: Projection,
    blocks: Sequence[Block],
    index: list[tuple[str, str]],
) -> tuple[list[str], list[Block], list[tuple[str, str]]]:
    """The panel as shapes, and what of blocks and index found no room in it."""
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
    waiting: list[Block] = list(blocks)
    if not lying and foot.box.y - first.y > _FACTS_MM:
        room = Panel.at(Box(first.box.x, first.y, first.box.width, foot.box.y - 2 - first.y))
        waiting = written(room, waiting, beside=True)
        first.made += room.made
    second_room = Box(
        second.box.x, second.y, second.box.width, (foot.box.y - 2 if lying else second.box.bottom) - second.y
    )
    rest = Panel.at(second_room)
    if len(shown.neighbours) and rest.left > _OVERVIEW_MM + 30:
        _overview(rest, shown, layout, projection, lang)
    waiting = written(rest, waiting, beside=True)
    told = 0
    if index and rest.left > 16 and all(one.overleaf for one in waiting):
        rest.heading(sheet_text("index", lang))
        told = draw_index(rest, index, columns=max(int(rest.box.width // INDEX_COLUMN_MM), 1))
    drawn = [*first.made, *foot.made, *rest.made]
    return drawn, waiting, index[told:]


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
    if said.remark:
        panel.lines(said.remark, SMALL, fill=SOFT_INK)
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
    own = own_kinds(shown.stations)
    order = [
        *(kind for kind in STATION_KINDS if kind in own),
        *(kind for kind in own if kind not in STATION_KINDS),
    ]
    return [(station_letter(kind, lang, own[kind]), station_kind(kind, lang)) for kind in order]


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
            + path(small.place(shown.communities), fill=FILLS[0], stroke=OUTLINES[0], stroke_width=0.3)
            + path(small.place(shown.grids), fill=FILLS[0], stroke=OUTLINES[0], stroke_width=0.2)
            + path(seen, fill="none", stroke=ACCENT, stroke_width=0.5),
            box,
            "overview",
        ),
        height=_OVERVIEW_MM + 1.5,
    )
