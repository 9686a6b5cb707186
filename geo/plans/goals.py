"""What a plan is judged by once the bounds and the number of grids are settled: goals, their prices, their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from geo.errors import RulesError

ORDER_STEP = 4.0
"""In an order of goals each counts so many times the next."""


class Goal(StrEnum):
    """What a plan within bounds, with the right number of grids, is judged by."""

    PLANNING = "planning"
    """Complexes whole, then barriers, moves from today, compactness and outline, by `Weights`."""
    COMPACT = "compact"
    """Least moment of inertia: households times squared metres to their mean point."""
    CUT_LENGTH = "cut-length"
    """Shortest shared outline."""
    CUT_EDGES = "cut-edges"
    """Fewest neighbour pairs in different grids."""
    HOP_MEDIAN = "hop-median"
    """Households times neighbour steps (in the whole graph) to the best centre cell of their grid."""
    PATROL = "patrol"
    """Households times squared geodesic miles to the best centre cell of their grid; needs lon and lat."""
    MOST_GRIDS = "most-grids"
    """As many grids as the bounds allow (max-p), then as `PLANNING`."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Prices of the soft goals, in units of one ideally round grid's compactness. Bounds and number come first."""

    complexes: float = 8.0
    """Per extra piece a residential complex falls into."""
    barriers: float = 0.15
    """Per neighbour pair across a barrier inside one grid."""
    moved: float = 0.0
    """Per upper bound's worth of households whose grid changes against a net of weight 1 (`Problem.nets`)."""
    compactness: float = 1.0
    """Per grid with the moment of inertia of a disc of average size."""
    outline: float = 2.0
    """Per grid with the outline of a disc of average size."""
    shape: float = 1.0
    """Of outlines too long for their area, rings and necks; 1 sets them above a complex cut in two."""
    rows: float = 1.5
    """Per pair of buildings next to each other in a row that lie in different grids."""

    def __post_init__(self) -> None:
        for name in GOALS:
            value = getattr(self, name)
            if not 0 <= value < 1e9:
                raise RulesError(
                    f"weight {name} = {value!r} must be a number, 0 or more",
                    f"权重 {name} = {value!r} 应为非负数",
                )

    @classmethod
    def in_order(cls, goals: Sequence[str]) -> Weights:
        """Weights by an order of goals, the most important first: each counts `ORDER_STEP` times the next, the last
        has price 1, goals left out have none. Raises `RulesError` for a goal that is unknown or named twice.

        >>> Weights.in_order(["moved", "complexes", "compactness"])
        Weights(complexes=4.0, barriers=0.0, moved=16.0, compactness=1.0, outline=0.0, shape=0.0, rows=0.0)
        """
        wrong = sorted({goal for goal in goals if goal not in GOALS or list(goals).count(goal) > 1})
        if wrong or not goals:
            names = ", ".join(GOALS)
            raise RulesError(
                f"order of goals: {', '.join(wrong) or 'nothing'} cannot be used; name some of {names}, each once",
                f"目标次序中 {'、'.join(wrong) or '（空）'} 无法使用；请从 {names} 中选取，每项一次",
            )
        prices = {goal: ORDER_STEP ** (len(goals) - 1 - place) for place, goal in enumerate(goals)}
        return cls(**{goal: prices.get(goal, 0.0) for goal in GOALS})


GOALS = ("complexes", "barriers", "moved", "compactness", "outline", "shape", "rows")
"""The soft goals by name, as in `Weights`."""
