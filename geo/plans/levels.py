"""The levels of a plan: what lies inside its grids and what unites them."""

from __future__ import annotations

from enum import StrEnum

from geo.errors import Words


class Level(StrEnum):
    """The levels there are, with the grid (网格) in their middle."""

    MICRO = "micro"
    """Micro-grid 微网格, inside one grid."""
    GROUP = "group"
    """Building group 楼栋党小组, inside one grid."""
    BRANCH = "branch"
    """Grid branch 网格党支部, one or several whole grids."""

    @property
    def inside(self) -> bool:
        """Whether its units lie inside grids; else they are unions of grids."""
        return self is not Level.BRANCH

    @property
    def words(self) -> Words:
        """What it is called."""
        return {
            Level.MICRO: Words("micro-grid", "微网格"),
            Level.GROUP: Words("building group", "楼栋党小组"),
            Level.BRANCH: Words("branch", "网格党支部"),
        }[self]


_MARKS = {Level.MICRO: "", Level.GROUP: "D", Level.BRANCH: "B"}
"""What sets the codes of one level apart from those of another with the same beginning."""


def unit_code(level: Level, above: str, sequence: int) -> str:
    """The code of a unit, by that of its grid, or of its community for a branch.

    >>> unit_code(Level.MICRO, "610402001001001", 2), unit_code(Level.GROUP, "610402001001001", 2)
    ('61040200100100102', '610402001001001D02')
    """
    return f"{above}{_MARKS[level]}{sequence:02d}"
