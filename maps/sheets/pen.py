"""Shapes and texts as SVG, in millimetres of the page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
import shapely

from maps.sheets.paper import Box

_KEPT = "%.2f"


def path_data(shape: Any) -> str:
    """The `d` of a path for any geometry of lines and polygons, to a hundredth of a millimetre.

    >>> path_data(shapely.LineString([(0, 0), (1, 2.5)]))
    'M0 0L1 2.5'
    """
    parts: list[str] = []
    for part in shapely.get_parts(shape):
        closed = shapely.get_type_id(part) == 3
        rings = shapely.get_rings(part) if closed else [part]
        for ring in rings:
            xy = np.round(shapely.get_coordinates(ring), 2)
            if closed:
                xy = xy[:-1]
            parts.append(
                "M" + "L".join(f"{_short(x)} {_short(y)}" for x, y in xy.tolist()) + ("Z" if closed else "")
            )
    return "".join(parts)


def _short(value: float) -> str:
    text = (_KEPT % value).rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def path(shapes: Iterable[Any], **style: object) -> str:
    """One path of many shapes; nothing for none."""
    data = "".join(path_data(shape) for shape in shapes)
    return f'<path d="{data}"{_attributes(style)}/>' if data else ""


def rect(box: Box, **style: object) -> str:
    """A rectangle."""
    place = (
        f'x="{_short(box.x)}" y="{_short(box.y)}" width="{_short(box.width)}" height="{_short(box.height)}"'
    )
    return f"<rect {place}{_attributes(style)}/>"


def line(x1: float, y1: float, x2: float, y2: float, **style: object) -> str:
    """A straight line."""
    ends = f'x1="{_short(x1)}" y1="{_short(y1)}" x2="{_short(x2)}" y2="{_short(y2)}"'
    return f"<line {ends}{_attributes(style)}/>"


def text(
    words: str,
    x: float,
    y: float,
    size: float,
    *,
    bold: bool = False,
    fill: str,
    anchor: str = "start",
    halo: str | None = None,
    turn: float = 0.0,
) -> str:
    """A line of text; `y` is its baseline, `turn` degrees about (x, y), `halo` the colour around it."""
    style: dict[str, object] = {"font_size": _short(size), "fill": fill}
    if bold:
        style["font_weight"] = 700
    if anchor != "start":
        style["text_anchor"] = anchor
    if turn:
        style["transform"] = f"rotate({_short(turn)} {_short(x)} {_short(y)})"
    if halo is not None:
        style |= {
            "stroke": halo,
            "stroke_width": _short(size * 0.22),
            "stroke_linejoin": "round",
            "paint_order": "stroke",
        }
    return f'<text x="{_short(x)}" y="{_short(y)}"{_attributes(style)}>{escape(words, quote=False)}</text>'


def clipped(inside: str, box: Box, name: str) -> str:
    """What is drawn, cut off at the edges of a box."""
    return f'<clipPath id="{name}">{rect(box)}</clipPath><g clip-path="url(#{name})">{inside}</g>'


def page(inside: Iterable[str], width: float, height: float, *, font: str, title: str) -> str:
    """A whole SVG document of one page in millimetres."""
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_short(width)}mm" height="{_short(height)}mm" '
        f'viewBox="0 0 {_short(width)} {_short(height)}" font-family="{escape(font)}">'
    )
    paper = rect(Box(0, 0, width, height), fill="#ffffff")
    return head + f"<title>{escape(title, quote=False)}</title>" + paper + "".join(inside) + "</svg>\n"


def _attributes(style: dict[str, object]) -> str:
    return "".join(
        f' {name.replace("_", "-")}="{escape(str(value))}"'
        for name, value in style.items()
        if value is not None
    )
