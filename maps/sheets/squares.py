"""The lettered net over a map and the index of what lies in which square, as on town plans."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from maps.look.style import SOFT_INK
from maps.pages.encode import column
from maps.sheets.ground import Projection
from maps.sheets.paper import Box
from maps.sheets.pen import line, text

MOST_LETTERS, MOST_NUMBERS = 8, 12
"""A-H across the short side, 1-12 along the long one."""
LEAST_SQUARE_MM = 25.0
_SIZE_MM = 2.6


def counts(frame: Box) -> tuple[int, int]:
    """How many squares lie side by side and one under the other."""
    long, short = MOST_NUMBERS, MOST_LETTERS
    across, down = (long, short) if frame.width >= frame.height else (short, long)
    fits = [max(int(side // LEAST_SQUARE_MM), 1) for side in (frame.width, frame.height)]
    return min(across, fits[0]), min(down, fits[1])


def square_of(frame: Box, x: float, y: float) -> str:
    """The square of a place on paper: the letter counts downwards, the number to the right.

    >>> square_of(Box(0, 0, 300, 200), 299, 1), square_of(Box(0, 0, 300, 200), 0, 199)
    ('A12', 'H1')
    """
    across, down = counts(frame)
    column_, row = int((x - frame.x) / frame.width * across), int((y - frame.y) / frame.height * down)
    return f"{chr(ord('A') + min(max(row, 0), down - 1))}{min(max(column_, 0), across - 1) + 1}"


def draw_squares(frame: Box) -> list[str]:
    """Thin lines over the map, letters and numbers in the margin."""
    across, down = counts(frame)
    style: dict[str, object] = {"stroke": SOFT_INK, "stroke_width": 0.08, "stroke_opacity": 0.45}
    made: list[str] = []
    for number in range(across):
        x = frame.x + frame.width * number / across
        made.append(line(x, frame.y, x, frame.bottom, **style) if number else "")
        middle = x + frame.width / across / 2
        made += [
            text(str(number + 1), middle, y, _SIZE_MM, fill=SOFT_INK, anchor="middle")
            for y in (frame.y - 1.6, frame.bottom + _SIZE_MM + 0.8)
        ]
    for number in range(down):
        y = frame.y + frame.height * number / down
        made.append(line(frame.x, y, frame.right, y, **style) if number else "")
        middle = y + frame.height / down / 2 + _SIZE_MM * 0.36
        made += [
            text(chr(ord("A") + number), x, middle, _SIZE_MM, fill=SOFT_INK)
            for x in (frame.x - 3.4, frame.right + 1.6)
        ]
    return made


def index_of(frames: dict[str, gpd.GeoDataFrame], projection: Projection) -> list[tuple[str, str]]:
    """Names with the squares they lie in, in order of the name: one square for a place, up to three for a road."""
    frame = projection.frame
    found: dict[str, list[str]] = {}
    for layer, rows in frames.items():
        named = rows[column(rows, "name").notna().to_numpy()]
        if not len(named):
            continue
        shapes = projection.cut(projection.place(named))
        there = ~shapely.is_empty(shapes)
        for name, shape in zip(named["name"][there].astype(str), shapes[there], strict=True):
            found.setdefault(name, [])
            for x, y in _spots(shape, several=layer == "roads"):
                square = square_of(frame, x, y)
                if square not in found[name]:
                    found[name].append(square)
    return [(name, ", ".join(squares[:3])) for name, squares in sorted(found.items())]


def _spots(shape: Any, *, several: bool) -> Any:
    if not several:
        return shapely.get_coordinates(shapely.point_on_surface(shape))
    points = [
        shapely.line_interpolate_point(part, [0.1, 0.5, 0.9], normalized=True)
        for part in shapely.get_parts(shape)
    ]
    return shapely.get_coordinates(np.concatenate(points))
