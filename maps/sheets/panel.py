"""Beside the map: title, dates, scale, north, legend of what is drawn, overview, table, index, and what must be said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import segno

from maps.look.style import (
    ACCENT,
    AMBER,
    BUILDING,
    COMMUNITY,
    COMPLEX,
    FILLS,
    INK,
    LINE,
    OUTLINES,
    RED,
    ROAD_CASING,
    SHEET_MM,
    SOFT_INK,
    WATER,
)
from maps.sheets.ground import mark
from maps.sheets.metrics import broken, shortened, text_width
from maps.sheets.paper import Box
from maps.sheets.pen import line, rect, text

SMALL, NORMAL, HEAD, TITLE = (SHEET_MM[size] for size in ("small", "normal", "head", "title"))
"""Type sizes in mm."""
ROW_MM = 4.0
_BARS = (10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 5_000)


@dataclass(slots=True)
class Panel:
    """A column being filled from the top; `left` is the room under what is written."""

    box: Box
    y: float
    made: list[str]

    @classmethod
    def at(cls, box: Box) -> Panel:
        """An empty one."""
        return cls(box, box.y, [])

    @property
    def left(self) -> float:
        """Millimetres left."""
        return self.box.bottom - self.y

    def add(self, *shapes: str, height: float) -> None:
        """Take what was drawn from `y` on and go down."""
        self.made += shapes
        self.y += height

    def lines(
        self, words: str, size: float, *, fill: str = INK, bold: bool = False, gap: float = 0.0
    ) -> None:
        """A text, broken into as many lines as it needs."""
        for one in broken(words, size, self.box.width, bold=bold):
            self.add(
                text(one, self.box.x, self.y + size * 0.9, size, fill=fill, bold=bold), height=size * 1.3
            )
        self.y += gap

    def heading(self, words: str) -> None:
        """A heading over a thin line."""
        self.y += 1.6
        self.add(text(words, self.box.x, self.y + HEAD * 0.9, HEAD, fill=INK, bold=True), height=HEAD * 1.25)
        self.add(line(self.box.x, self.y, self.box.right, self.y, stroke=LINE, stroke_width=0.25), height=1.2)


def bar_length(scale: int, room_mm: float) -> int:
    """Metres of a scale bar that is round and fills about half of `room_mm` on paper.

    >>> bar_length(2_000, 80)
    100
    """
    fitting = [metres for metres in _BARS if metres * 1000 / scale <= room_mm * 0.7]
    return fitting[-1] if fitting else _BARS[0]


def draw_scale(panel: Panel, scale: int, words: str, metres_word: str) -> None:
    """The scale as a bar of four fields and as a number, and north beside it."""
    length = bar_length(scale, panel.box.width - 16)
    wide = length * 1000 / scale
    x, y = panel.box.x, panel.y + 1.0
    for field in range(4):
        fill = INK if field % 2 == 0 else "#ffffff"
        panel.made.append(
            rect(Box(x + wide * field / 4, y, wide / 4, 1.3), fill=fill, stroke=INK, stroke_width=0.15)
        )
    for share in (0, 0.5, 1):
        said = f"{length * share:g}" + (f" {metres_word}" if share == 1 else "")
        panel.made.append(
            text(said, x + wide * share, y + 4.2, SMALL, fill=INK, anchor="start" if share == 0 else "middle")
        )
    panel.made.append(text(words, x, y + 8.4, NORMAL, fill=INK))
    _north(panel, panel.box.right - 5.0, y + 4.6)
    panel.y += 12.0


def _north(panel: Panel, x: float, y: float) -> None:
    panel.made += [
        f'<polygon points="{x:.2f},{y - 5:.2f} {x + 2:.2f},{y + 2:.2f} {x:.2f},{y + 0.6:.2f}" fill="{INK}"/>',
        f'<polygon points="{x:.2f},{y - 5:.2f} {x - 2:.2f},{y + 2:.2f} {x:.2f},{y + 0.6:.2f}" fill="#ffffff" stroke="{INK}" stroke-width=".2"/>',
        text("N", x, y + 5.2, NORMAL, fill=INK, anchor="middle", bold=True),
    ]


def legend_sign(key: str, x: float, y: float) -> str:
    """The sign of one thing in a field of 8 x 3 mm whose upper left corner is (x, y)."""
    box, middle = Box(x, y, 8, 3), y + 1.5
    plain: dict[str, str] = {
        "grid": rect(box, fill=FILLS[0], stroke=OUTLINES[0], stroke_width=0.5),
        "exclusive": rect(box, fill=FILLS[6])
        + rect(box, fill="url(#exclusive)", stroke=OUTLINES[6], stroke_width=0.5),
        "stretch_line": line(x, middle, x + 8, middle, stroke=ACCENT, stroke_width=1.0)
        + f'<circle cx="{x + 4:.2f}" cy="{middle:.2f}" r="1.5" fill="#ffffff" stroke="{INK}" stroke-width=".25"/>',
        "changed": rect(box, fill="url(#changed)", fill_opacity=0.55, stroke=AMBER, stroke_width=0.35),
        "before": line(x, middle, x + 8, middle, stroke=INK, stroke_width=0.45, stroke_dasharray="2.2 1.3"),
        "community": line(
            x, middle, x + 8, middle, stroke=COMMUNITY["line"], stroke_width=0.7, stroke_dasharray="3 1 .6 1"
        ),
        "neighbour": line(
            x, middle, x + 8, middle, stroke="#9aa0a6", stroke_width=0.3, stroke_dasharray="3 1 .5 1"
        ),
        "complex": rect(
            box, fill="none", stroke=COMPLEX["line"], stroke_width=0.25, stroke_dasharray="1.2 .8"
        ),
        "building": rect(box, fill=BUILDING["fill"], stroke=BUILDING["line"], stroke_width=0.12)
        + text("3", x + 4, y + 2.2, 1.9, fill=SOFT_INK, anchor="middle"),
        "road": line(x, middle, x + 8, middle, stroke=ROAD_CASING, stroke_width=1.7)
        + line(x, middle, x + 8, middle, stroke="#ffffff", stroke_width=1.4),
        "rail": line(x, middle, x + 8, middle, stroke="#4a4f55", stroke_width=0.7)
        + line(x, middle, x + 8, middle, stroke="#ffffff", stroke_width=0.4, stroke_dasharray="2 2"),
        "wall": line(x, middle, x + 8, middle, stroke="#6b6f75", stroke_width=0.3),
        "water": rect(box, fill=WATER["fill"], stroke=WATER["line"], stroke_width=0.2),
    }
    return plain[key]


def draw_legend(panel: Panel, rows: Sequence[tuple[str, str]], stations: Sequence[tuple[str, str]]) -> None:
    """Signs with their words, in two columns; `stations` are (letter, words)."""
    half = panel.box.width / 2
    signs = [(key, "", words) for key, words in rows] + [("", letter, words) for letter, words in stations]
    for number, (key, letter, words) in enumerate(signs):
        x, y = panel.box.x + half * (number % 2), panel.y + ROW_MM * (number // 2)
        panel.made.append(mark(x + 4, y + 1.7, letter, 4.2) if not key else legend_sign(key, x, y))
        said = shortened(words, SMALL, half - 10.5)
        panel.made.append(text(said, x + 9.5, y + 2.4, SMALL, fill=INK))
    panel.y += ROW_MM * ((len(signs) + 1) // 2)


def draw_table(
    panel: Panel,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    *,
    right: Iterable[int],
    row_mm: float = ROW_MM,
    ruled: bool = False,
) -> int:
    """A table with as many rows as there is room for; how many were written. Numbers stand on the `right`; a `ruled` one is
    to be filled in by hand."""
    total, ends, size = sum(widths), set(right), HEAD if ruled else SMALL
    spans = [panel.box.width * width / total for width in widths]
    head_mm = ROW_MM * 1.6 if ruled else ROW_MM
    fits = min(int((panel.left - head_mm) // row_mm), len(rows))
    if fits <= 0:
        return 0
    for number, cells in enumerate([head, *rows[:fits]]):
        high = row_mm if number else head_mm
        y = panel.y if not number else panel.y + head_mm + row_mm * (number - 1)
        if number % 2 == 0 and number and not ruled:
            panel.made.append(rect(Box(panel.box.x, y, panel.box.width, high), fill="#f2f1ec"))
        x = panel.box.x
        for place, (cell, span) in enumerate(zip(cells, spans, strict=True)):
            at, anchor = (x + span - 0.8, "end") if place in ends else (x + 0.8, "start")
            if ruled:
                panel.made.append(
                    rect(Box(x, y, span, high), fill="none", stroke=SOFT_INK, stroke_width=0.15)
                )
            panel.made += _cell(cell, at, y, (span - 1.6, high), size, anchor=anchor, bold=number == 0)
            x += span
    panel.y += head_mm + row_mm * fits
    panel.made.append(line(panel.box.x, panel.y, panel.box.right, panel.y, stroke=LINE, stroke_width=0.25))
    return fits


def _cell(
    words: str, x: float, y: float, room: tuple[float, float], size: float, *, anchor: str, bold: bool
) -> list[str]:
    """A cell of a table that has `room` (width, height): smaller, then in several lines, before anything is cut."""
    wide, high = room
    tried = [size * share for share in (1.0, 0.9, 0.8, 0.7)]
    for one in tried:
        if text_width(words, one, bold=bold) <= wide:
            return [text(words, x, y + high / 2 + one * 0.37, one, fill=INK, bold=bold, anchor=anchor)]
    small, rows = tried[-1], []
    for one in (tried[-1], size * 0.6):
        small, rows = one, broken(words, one, wide, bold=bold)
        if len(rows) * one * 1.1 <= high:
            break
    most = max(int(high / (small * 1.1)), 1)
    if len(rows) > most:
        rows = [*rows[: most - 1], shortened("".join(rows[most - 1 :]), small, wide, bold=bold)]
    first = y + high / 2 - small * 1.1 * (len(rows) - 1) / 2 + small * 0.37
    return [
        text(row, x, first + small * 1.1 * number, small, fill=INK, bold=bold, anchor=anchor)
        for number, row in enumerate(rows)
    ]


def draw_index(panel: Panel, entries: Sequence[tuple[str, str]], *, columns: int) -> int:
    """Names with their squares in columns; how many were written."""
    wide = panel.box.width / columns
    row = SMALL * 1.35
    deep = int(panel.left // row)
    count = min(deep * columns, len(entries))
    each = -(-count // columns) if count else 0
    for number, (name, squares) in enumerate(entries[:count]):
        x, y = panel.box.x + wide * (number // each), panel.y + row * (number % each)
        room = wide - text_width(squares, SMALL) - 3.0
        panel.made.append(text(shortened(name, SMALL, room), x, y + SMALL, SMALL, fill=INK))
        panel.made.append(text(squares, x + wide - 2.0, y + SMALL, SMALL, fill=SOFT_INK, anchor="end"))
    panel.y += row * each
    return count


def qr_code(content: str, x: float, y: float, side: float) -> str:
    """A QR code of `side` mm with a white border."""
    matrix = list(segno.make(content, error="m", micro=False).matrix_iter(border=2))
    step = side / len(matrix)
    dark = "".join(
        f"M{x + column * step:.2f} {y + row * step:.2f}h{step:.3f}v{step:.3f}h-{step:.3f}z"
        for row, cells in enumerate(matrix)
        for column, cell in enumerate(cells)
        if cell
    )
    return rect(Box(x, y, side, side), fill="#ffffff") + f'<path d="{dark}" fill="#000000"/>'


def notice_box(panel: Panel, words: str, *, public: bool) -> None:
    """What kind of map it is, framed."""
    colour = ACCENT if public else RED
    lines = broken(words, NORMAL, panel.box.width - 3, bold=True)
    height = NORMAL * 1.35 * len(lines) + 1.6
    panel.made.append(
        rect(
            Box(panel.box.x, panel.y, panel.box.width, height), fill="none", stroke=colour, stroke_width=0.35
        )
    )
    for number, one in enumerate(lines):
        panel.made.append(
            text(
                one,
                panel.box.x + panel.box.width / 2,
                panel.y + 0.8 + NORMAL * (0.95 + 1.35 * number),
                NORMAL,
                fill=colour,
                bold=True,
                anchor="middle",
            )
        )
    panel.y += height + 1.6
