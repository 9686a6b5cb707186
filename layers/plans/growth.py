"""What will become of a plan's sizes once planned buildings are moved into."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.plans.growth import HORIZONS, planned_growth, sizes_ahead, years_on
from layers.ground.buildings import read_buildings
from layers.store import tables as t
from layers.store.unit import Reading

if TYPE_CHECKING:
    from layers.plans.cells import StoredCells


@dataclass(frozen=True, slots=True, eq=False)
class Growth:
    """Planned buildings of a plan's community and what they make of its grids."""

    planned: pd.DataFrame
    """As `geo.plans.growth.planned_growth` gives it, with `cell`, the number of the cell (-1 for none), and `label`, its grid."""
    days: tuple[date, ...]
    """The days in one, three and five years."""
    households: pd.DataFrame
    """Households by label, a column for each of `days`."""

    def ahead(self, label: int) -> list[int]:
        """Households of a grid on each of `days`."""
        return [int(self.households[day].get(label, 0)) for day in self.days]


def any_planned(unit: Reading, community_code: str) -> bool:
    """Whether a community has a building that is planned; without one nothing of growth need be read."""
    of = t.buildings.c
    statement = sa.select(of.ref).where(of.community_code == community_code, of.planned_for.is_not(None))
    return unit.scalar(statement.limit(1)) is not None


def growth_of(
    unit: Reading, plan: Any, stored: StoredCells, labels: NDArray[np.int64], *, today: date
) -> Growth:
    """The growth of a plan that stands on `stored` cells with `labels`, seen from `today`."""
    cells = stored.cells
    planned = planned_growth(cells, read_buildings(unit, codes=[plan.community_code]), today=today)
    row = planned["row"].to_numpy(dtype=np.int64)
    numbers = cells["cell"].to_numpy(dtype=np.int64)
    planned = planned.assign(
        cell=np.where(row < 0, -1, numbers[row]), label=np.where(row < 0, -1, labels[row])
    )
    days = tuple(years_on(today, years) for years in HORIZONS)
    sizes = {day: sizes_ahead(cells, labels, planned, None, day=day) for day in days}
    return Growth(planned, days, pd.DataFrame(sizes))
