"""The stretches of an outline as they are walked on site: heavy lines that change colour, ends, and numbers in circles."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from maps.look.style import ACCENT, AMBER, INK
from maps.sheets.ground import Projection
from maps.sheets.labels import Labels
from maps.sheets.pen import clipped, path, text

_LINE_MM = 1.0
_CIRCLE_MM = 2.5
_NUMBER_MM = 3.0
_SPOTS = (0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8)
"""Where along a stretch its number may stand, the middle first."""


def draw_stretches(stretches: gpd.GeoDataFrame, projection: Projection, labels: Labels) -> str:
    """The lines and their numbers; room for the numbers is taken in `labels`, so that no name covers one."""
    ways = projection.place(stretches)
    odd = stretches["number"].to_numpy() % 2 == 1
    style: dict[str, object] = {"fill": "none", "stroke_width": _LINE_MM, "stroke_linecap": "butt"}
    lines = (
        path(ways, fill="none", stroke="#ffffff", stroke_width=_LINE_MM + 0.7)
        + path(ways[odd], stroke=ACCENT, **style)
        + path(ways[~odd], stroke=AMBER, **style)
    )
    ends = shapely.get_coordinates(shapely.get_point(ways, 0))
    dots = "".join(f'<circle cx="{x:.2f}" cy="{y:.2f}" r=".8" fill="{INK}"/>' for x, y in ends.tolist())
    marks = [_number(int(number), way, labels) for number, way in zip(stretches["number"], ways, strict=True)]
    return clipped(lines + dots, projection.frame, "walk") + "".join(marks)


def _number(number: int, way: Any, labels: Labels) -> str:
    """The number in a circle on its line, where it covers no other if there is such a place."""
    spots = shapely.get_coordinates(shapely.line_interpolate_point(way, _SPOTS, normalized=True))
    boxes = np.column_stack([spots - _CIRCLE_MM, spots + _CIRCLE_MM])
    free = next((place for place in range(len(spots)) if labels.free(boxes[[place]])), 0)
    labels.take(boxes[[free]])
    x, y = spots[free].tolist()
    circle = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{_CIRCLE_MM}" fill="#ffffff" stroke="{INK}" stroke-width=".35"/>'
    return circle + text(
        str(number), x, y + _NUMBER_MM * 0.36, _NUMBER_MM, bold=True, fill=INK, anchor="middle"
    )
