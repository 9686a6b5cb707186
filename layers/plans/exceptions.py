"""Exceptions from the checks of a plan: what was allowed to stand, why, and who approved it."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import sqlalchemy as sa

from geo.errors import Words
from geo.plans.holding import Excepted
from layers.store.procedure_tables import plan_exceptions
from layers.store.unit import Reading


def read_exceptions(unit: Reading, plan_ids: Iterable[int]) -> pd.DataFrame:
    """The exceptions of plans: plan_id, rule, code (empty: the plan), value, bound, reason, approver, actor, at."""
    some = sorted({int(plan_id) for plan_id in plan_ids})
    columns = plan_exceptions.c
    wanted = sa.select(plan_exceptions).where(columns.plan_id.in_(some))
    return unit.table(wanted.order_by(columns.plan_id, columns.at, columns.rule, columns.code))


def excepted(rows: pd.DataFrame) -> list[Excepted]:
    """Rows of `read_exceptions` as checks take them."""
    return [
        Excepted(
            row.rule,
            row.code or None,
            None if pd.isna(row.value) else float(row.value),
            None if pd.isna(row.bound) else float(row.bound),
            Words(f"{row.reason} (approved by {row.approver})", f"{row.reason}（{row.approver}批准）"),
        )
        for row in rows.itertuples(index=False)
    ]
