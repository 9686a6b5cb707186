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
