"""Operations that move many cells to many grids at once: a mend of what a check found, a result that was previewed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

import geopandas as gpd
import pandas as pd

from geo.errors import InputError, NotFoundError
from geo.plans.arranging import arrange
from geo.plans.dissolving import given_up
from geo.plans.edits import Draft, Numbering
from geo.plans.mends import mends
from geo.plans.rules import Rules


class Under(Protocol):
    """What these operations look at; `layers.plans.operations.Ground` is one."""

    @property
    def cells(self) -> gpd.GeoDataFrame:
        """The cells of the plan."""

    @property
    def edges(self) -> pd.DataFrame:
        """Which of them touch."""

    @property
    def rules(self) -> Rules:
        """What sizes are held against."""

    @property
    def numbering(self) -> Numbering:
        """Where new codes come from."""


@dataclass(frozen=True, slots=True)
class Arrange:
    """Cells to grids, by code or name, or to new ones: `+1`, `+2` …; exclusive grids in `freed` are given up first."""

    operation: ClassVar[str] = "arrange"
    cells: Mapping[str, Sequence[int]] = ()  # type: ignore[assignment]
    freed: tuple[str, ...] = ()

    def apply(self, draft: Draft, ground: Under) -> Draft:
        """The draft after it. Raises as `geo.plans.edits.arrange` does, `NotFoundError` for a cell that is not there."""
        moves = dict(self.cells)
        if not moves:
            raise InputError("name cells and the grids they go to", "请指明基元及其划入的网格")
        count = len(ground.cells)
        for cell in (cell for some in moves.values() for cell in some):
            if not 0 <= cell < count:
                raise NotFoundError(
                    f"there is no cell {cell}; this plan has cells 0 to {count - 1}",
                    f"没有基元 {cell}；该方案的基元编号为 0–{count - 1}",
                )
        free = given_up(draft, [draft.label_of(code) for code in self.freed], ground.numbering)
        return arrange(free, {key: list(some) for key, some in moves.items()}, ground.numbering)


@dataclass(frozen=True, slots=True)
class Mend:
    """What a check found about a grid is mended as `geo.plans.mends` proposes."""

    operation: ClassVar[str] = "mend"
    rule: str = ""
    grid: str = ""

    def apply(self, draft: Draft, ground: Under) -> Draft:
        """The draft after it. Raises `NotFoundError` where nothing of the kind can be mended by itself."""
        code = draft.grids[draft.label_of(self.grid)].code
        for one in mends(draft, ground.cells, ground.edges, ground.rules):
            if (one.rule, one.code) == (self.rule, code):
                moves = {key: list(some) for key, some in one.moves.items()}
                return arrange(draft, moves, ground.numbering)
        raise NotFoundError(
            f"nothing mends {self.rule} of grid {code} by itself; change the grids around it",
            f"网格 {code} 的 {self.rule} 没有现成的修补办法；请手工调整周边网格",
        )
