"""What may stand in the column beside a map and go on overleaf: tables, texts, facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from maps.look.style import INK, SOFT_INK
from maps.sheets.metrics import broken
from maps.sheets.panel import NORMAL, SMALL, Panel
from maps.sheets.pen import text

_LEAST_LEFT_MM = 12.0
_LINE = 1.35


class Block(Protocol):
    """One of them."""

    @property
    def left(self) -> bool:
        """Whether anything is still to be written."""

    @property
    def overleaf(self) -> bool:
        """Whether it stands on pages of its own."""

    def write(self, panel: Panel, *, beside: bool = False) -> Block:
        """Write as much as there is room for, `beside` the map or overleaf; the block of the rest."""


def written(panel: Panel, blocks: Sequence[Block], *, beside: bool = False) -> list[Block]:
    """Write blocks one under the other until there is no room; what is left of them, in order."""
    left = list(blocks)
    while left:
        rest = left[0].write(panel, beside=beside)
        if rest.left:
            left[0] = rest
            return left
        del left[0]
    return left


@dataclass(frozen=True, slots=True)
class Prose:
    """A text under a heading, such as a pledge."""

    title: str
    paragraphs: tuple[str, ...]
    size: float = NORMAL

    @property
    def left(self) -> bool:
        """Whether anything is still to be written."""
        return bool(self.paragraphs)

    @property
    def overleaf(self) -> bool:
        """It stands beside the map."""
        return False

    def write(self, panel: Panel, *, beside: bool = False) -> Prose:
        """Whole paragraphs, as many as there is room for; one that is longer than a page is told in pieces."""
        del beside
        if not self.paragraphs or panel.left <= _LEAST_LEFT_MM:
            return self
        panel.heading(self.title)
        rest = list(self.paragraphs)
        row = self.size * _LINE
        while rest:
            lines = broken(rest[0], self.size, panel.box.width)
            fit = int(panel.left // row)
            for one in lines[:fit]:
                panel.add(text(one, panel.box.x, panel.y + self.size * 0.9, self.size, fill=INK), height=row)
            if fit < len(lines):
                rest[0] = "".join(lines[fit:])
                break
            del rest[0]
            panel.y += self.size * 0.3
        return replace(self, paragraphs=tuple(rest))


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values, one under the other."""

    title: str
    rows: tuple[tuple[str, str], ...]

    @property
    def left(self) -> bool:
        """Whether anything is still to be written."""
        return bool(self.rows)

    @property
    def overleaf(self) -> bool:
        """It stands beside the map."""
        return False

    def write(self, panel: Panel, *, beside: bool = False) -> Facts:
        """As many as there is room for."""
        del beside
        if not self.rows or panel.left <= _LEAST_LEFT_MM:
            return self
        panel.heading(self.title)
        name_mm = panel.box.width * 0.36
        rest = list(self.rows)
        while rest:
            name, value = rest[0]
            names = broken(name, SMALL, name_mm - 1.5)
            values = broken(value, SMALL, panel.box.width - name_mm)
            high = max(len(names), len(values)) * SMALL * _LINE + 0.7
            if high > panel.left and high < panel.box.height * 0.8:
                break
            for lines, x, fill in ((names, panel.box.x, SOFT_INK), (values, panel.box.x + name_mm, INK)):
                for number, one in enumerate(lines):
                    y = panel.y + SMALL * (0.95 + _LINE * number)
                    panel.made.append(text(one, x, y, SMALL, fill=fill))
            panel.y += high
            del rest[0]
        return replace(self, rows=tuple(rest))
