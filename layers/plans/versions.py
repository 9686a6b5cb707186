"""All versions of a community's grids over the same cells: what somebody who looks at several days can put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from layers.plans.lineage import labels_over
from layers.plans.plans import read_labels
from layers.plans.states import PUBLISHED
from layers.store import tables as t
from layers.store.unit import Reading


@dataclass(frozen=True, slots=True, eq=False)
class Versions:
    """The published plans of one community that stand on the same cells, the oldest first."""

    plan_ids: tuple[int, ...]
    labels: NDArray[np.int64]
    """(plans, cells) the label of each cell in each plan."""
    counts: pd.DataFrame
    """households and people of each cell; people are NA where nobody counted."""


def read_versions(unit: Reading, codes: Sequence[str]) -> list[Versions]:
    """Of the communities among `codes` that have two versions or more. Plans whose cells are not those of the newest one, nor
    what these were cut out of, are left out: their counts are of another ground."""
    plans = unit.execute(
        sa.select(t.plans.c.id, t.plans.c.community_code, t.plans.c.cell_set_id)
        .where(t.plans.c.state == PUBLISHED, t.plans.c.community_code.in_(list(codes)))
        .order_by(t.plans.c.publication_id)
    ).all()
    of: dict[str, list[tuple[int, int]]] = {}
    for row in plans:
        of.setdefault(row.community_code, []).append((int(row.id), int(row.cell_set_id)))
    found = (_over_newest(unit, some) for _, some in sorted(of.items()) if len(some) > 1)
    return [one for one in found if len(one.plan_ids) > 1]


def _over_newest(unit: Reading, plans: Sequence[tuple[int, int]]) -> Versions:
    newest = plans[-1][1]
    over = {plan: labels_over(unit, read_labels(unit, plan), cells, newest) for plan, cells in plans}
    kept = {plan: labels for plan, labels in over.items() if labels is not None}
    cells = (
        sa.select(t.cells.c.households, t.cells.c.people)
        .where(t.cells.c.cell_set_id == newest)
        .order_by(t.cells.c.cell)
    )
    return Versions(tuple(kept), np.vstack(list(kept.values())), unit.table(cells))
