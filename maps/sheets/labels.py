"""Names on a printed map: none covers another, none crosses the frame; what finds no room is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from maps.sheets.metrics import text_width
from maps.sheets.paper import Box
from maps.sheets.pen import line, text

LINE_HEIGHT = 1.15
_ASCENT = 0.86
"""How far a Chinese character reaches above its baseline, of the type size."""
_APART_MM = 0.4
_SAME_NAME_MM = 80.0
"""How far the same road is named again: both carriageways of one need it once."""


@dataclass(frozen=True, slots=True)
class Style:
    """How names of one kind are written."""

    size: float
    """Type size in mm."""
    fill: str
    halo: str | None = "#ffffff"
    bold: bool = False


@dataclass(slots=True)
class Labels:
    """Names placed so far inside `frame`, first come, first served."""

    frame: Box
    boxes: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 4)))
    """(n, 4) left, top, right, bottom of what is taken."""
    drawn: list[str] = field(default_factory=list)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    """Kind and name of what found no room."""
    numbers: dict[str, int] = field(default_factory=dict)
    """Names that found no room, with the number that stands in their place."""

    def free(self, boxes: NDArray[np.float64]) -> bool:
        """Whether all of these boxes (n, 4) lie in the frame and on nothing taken."""
        frame = self.frame
        inside = (
            (boxes[:, 0] >= frame.x + _APART_MM)
            & (boxes[:, 1] >= frame.y + _APART_MM)
            & (boxes[:, 2] <= frame.right - _APART_MM)
            & (boxes[:, 3] <= frame.bottom - _APART_MM)
        )
        if not inside.all():
            return False
        left, top, right, bottom = (column[:, None] for column in boxes.T)
        taken = self.boxes
        meets = (taken[:, 0] < right) & (taken[:, 2] > left) & (taken[:, 1] < bottom) & (taken[:, 3] > top)
        return not meets.any()

    def take(self, boxes: NDArray[np.float64]) -> None:
        """Keep others off these boxes: left, top, right, bottom in millimetres of the paper, one a row."""
        self.boxes = np.concatenate([self.boxes, boxes])

    def level(
        self,
        lines: Sequence[str],
        x: float,
        y: float,
        style: Style,
        *,
        anchor: str = "middle",
        force: bool = False,
    ) -> bool:
        """Write lines around (x, y), if there is room or they are forced."""
        box = _level_box(lines, x, y, style, anchor)
        if not force and not self.free(box):
            return False
        self.take(box)
        height = style.size * LINE_HEIGHT
        first = y - height * len(lines) / 2 + style.size * _ASCENT
        for number, words in enumerate(lines):
            at = first + number * height
            self.drawn.append(
                text(
                    words, x, at, style.size, bold=style.bold, fill=style.fill, halo=style.halo, anchor=anchor
                )
            )
        return True

    def number(self, name: str, x: float, y: float, style: Style, *, reach: float) -> bool:
        """Write the next number for a name at (x, y) or as near as there is room; the same name has the same number."""
        words = [str(self.numbers.get(name, len(self.numbers) + 1))]
        if not (self.level(words, x, y, style) or self.near(words, x, y, style, reach=reach)):
            return False
        self.numbers.setdefault(name, int(words[0]))
        return True

    def near(self, lines: Sequence[str], x: float, y: float, style: Style, *, reach: float) -> bool:
        """Write lines as near to (x, y) as there is room within `reach`, with a thin line to the place."""
        for radius in np.arange(style.size * 1.5, reach + 1e-9, style.size * 0.75):
            for angle in np.arange(0, 2 * np.pi, np.pi / 8):
                to_x, to_y = x + radius * np.cos(angle), y - radius * np.sin(angle)
                if self.free(_level_box(lines, to_x, to_y, style, "middle")):
                    leader = line(x, y, to_x, to_y, stroke=style.fill, stroke_width=0.18)
                    dot = f'<circle cx="{x:.2f}" cy="{y:.2f}" r="0.45" fill="{style.fill}"/>'
                    self.drawn += [leader, dot]
                    return self.level(lines, to_x, to_y, style)
        return False

    def along(
        self, words: str, way: Any, style: Style, *, beyond: Sequence[NDArray[np.float64]] = ()
    ) -> NDArray[np.float64] | None:
        """Write a name along a line (mm), upright, where it runs straight enough and there is room, well away from the spots
        `beyond` where it stands already; the spot (x, y), or None."""
        width = text_width(words, style.size, bold=style.bold)
        length = float(shapely.length(way))
        if length < width * 1.1:
            return None
        for middle in _spots(length, width):
            ends = shapely.get_coordinates(
                shapely.line_interpolate_point(way, [middle - width / 2, middle, middle + width / 2])
            )
            step = ends[2] - ends[0]
            if np.hypot(*step) < 0.97 * width:  # a bend under the name
                continue
            if any(np.hypot(*(ends[1] - other)) < _SAME_NAME_MM for other in beyond):
                continue
            aside = ends[1] - ends[0]
            bow = abs(step[0] * aside[1] - step[1] * aside[0]) / np.hypot(*step)
            if bow > 0.35 * style.size:
                continue
            angle = float(np.degrees(np.arctan2(step[1], step[0])))
            if angle > 90 or angle <= -90:
                angle += 180
            boxes = _turned_boxes(ends[1], width, style.size, angle)
            if self.free(boxes):
                self.take(boxes)
                down = np.radians(angle) + np.pi / 2
                x, y = ends[1] + 0.36 * style.size * np.array([np.cos(down), np.sin(down)])
                self.drawn.append(
                    text(
                        words,
                        x,
                        y,
                        style.size,
                        bold=style.bold,
                        fill=style.fill,
                        halo=style.halo,
                        anchor="middle",
                        turn=angle,
                    )
                )
                return np.asarray(ends[1])
        return None


def _spots(length: float, width: float) -> list[float]:
    """Where the middle of a name may stand along a line: its middle first."""
    steps = int(max((length - width) // max(width, 1e-6), 0) * 2) + 1
    spots = np.linspace(width / 2, length - width / 2, min(max(steps, 1), 25))
    return sorted(spots.tolist(), key=lambda spot: (abs(spot - length / 2), spot))


def _level_box(lines: Sequence[str], x: float, y: float, style: Style, anchor: str) -> NDArray[np.float64]:
    width = max(text_width(words, style.size, bold=style.bold) for words in lines)
    height = style.size * LINE_HEIGHT * len(lines)
    left = {"middle": x - width / 2, "start": x, "end": x - width}[anchor]
    return np.array([[left, y - height / 2, left + width, y + height / 2]])


def _turned_boxes(
    middle: NDArray[np.float64], width: float, size: float, angle: float
) -> NDArray[np.float64]:
    """Upright boxes around each stretch, as long as it is high, of a turned name."""
    count = max(int(np.ceil(width / size)), 1)
    along = (np.arange(count) + 0.5) / count * width - width / 2
    direction = np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    centres = middle + along[:, None] * direction
    half = size * 0.62
    return np.column_stack([centres - half, centres + half])
