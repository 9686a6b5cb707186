"""Letting a finding of a draft stand as an exception, and taking that back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotFoundError, Words
from geo.plans.severities import FIRM
from geo.texts import require_sound
from layers.plans.checking import check_plans
from layers.plans.days import china_day
from layers.plans.edit_states import OPEN, changed_meanwhile
from layers.plans.plans import read_plans
from layers.plans.states import STATES
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.procedure_tables import plan_exceptions
from layers.store.unit import Writing

LONGEST_REASON, LONGEST_APPROVER = 500, 60


def keep_exception(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    rule: str,
    grid: str | None,
    *,
    reason: str,
    approver: str,
    revision: int | None = None,
    actor: str,
    now: datetime,
) -> int:
    """Let a finding of a draft stand: it holds nothing back while it gets no worse. Returns the plan's revision.

    `grid` is a code, None for a finding about the plan. Raises `NotFoundError` where the checks find no such thing,
    `ConflictError` for what no plan does without and for a plan that is not open, `StaleError` when it was changed since
    `revision`, `InputError` for a reason or approver that cannot be kept.
    """
    reason, approver = reason.strip(), approver.strip()
    require_sound([reason, approver], what=Words("reason or approver", "理由或批准人"))
    for text, most, what in (
        (reason, LONGEST_REASON, Words("why it may stand", "例外理由")),
        (approver, LONGEST_APPROVER, Words("who approved it", "批准人")),
    ):
        if not 1 <= len(text) <= most:
            raise InputError(
                f"say {what.en}, in at most {most} characters", f"请写明{what.zh}，不超过 {most} 字"
            )
    if rule in FIRM:
        raise ConflictError(
            f"{rule} is not a matter of exceptions: no plan does without it; mend the plan",
            f"{rule} 不能作为例外：任何方案都必须满足；请修改方案",
        )
    findings = check_plans(store, viewer, today=china_day(now), plan_ids=[plan_id], excepting=False)
    of_grid = findings["code"].isna() if grid is None else (findings["code"] == grid).fillna(False)
    found = findings[(findings["rule"] == rule) & of_grid]
    if found.empty:
        raise NotFoundError(
            f"the checks of plan {plan_id} find no {rule} about {grid or 'the plan'}; wangge check lists what they find",
            f"方案 {plan_id} 的检查结果中没有 {grid or '方案整体'} 的 {rule}；用 wangge check 查看",
        )
    (first, *_) = found.itertuples()
    with store.writing(viewer, actor=actor, now=now) as unit:
        plan, after = _risen(unit, plan_id, revision)
        unit.execute(_one(plan_id, rule, grid))
        unit.execute(
            plan_exceptions.insert().values(
                plan_id=plan_id,
                rule=rule,
                code=grid or "",
                value=None if pd.isna(first.value) else float(first.value),
                bound=None if pd.isna(first.limit) else float(first.limit),
                reason=reason,
                approver=approver,
                actor=actor,
                at=now,
            )
        )
        detail = {"rule": rule, "grid": grid, "remark": reason, "approver": approver}
        unit.record(action="except", community_code=plan.community_code, plan_id=plan_id, detail=detail)
    return after


def drop_exception(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    rule: str,
    grid: str | None,
    *,
    revision: int | None = None,
    actor: str,
    now: datetime,
) -> int:
    """Take an exception back; the finding counts again. Returns the plan's revision. Raises `NotFoundError` where there is
    none, and as `keep_exception` does."""
    with store.writing(viewer, actor=actor, now=now) as unit:
        plan, after = _risen(unit, plan_id, revision)
        if not unit.execute(_one(plan_id, rule, grid)).rowcount:
            raise NotFoundError(
                f"plan {plan_id} has no exception from {rule} for {grid or 'the plan'}",
                f"方案 {plan_id} 没有 {grid or '方案整体'} 的 {rule} 例外",
            )
        detail = {"rule": rule, "grid": grid}
        unit.record(
            action="except no more", community_code=plan.community_code, plan_id=plan_id, detail=detail
        )
    return after


def _one(plan_id: int, rule: str, grid: str | None) -> sa.Delete:
    columns = plan_exceptions.c
    return plan_exceptions.delete().where(
        columns.plan_id == plan_id, columns.rule == rule, columns.code == (grid or "")
    )


def _risen(unit: Writing, plan_id: int, revision: int | None) -> tuple[Any, int]:
    """The plan, held until the transaction ends, and its next revision. Raises where it is not open or was changed."""
    unit.execute(sa.select(t.plans.c.id).where(t.plans.c.id == plan_id).with_for_update())
    (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
    if plan.state not in OPEN:
        raise ConflictError(
            f"plan {plan_id} is {STATES[plan.state].en}; exceptions are kept with drafts",
            f"方案 {plan_id} 的状态为“{STATES[plan.state].zh}”；只有草稿可以登记例外",
        )
    if revision is not None and revision != int(plan.revision):
        raise changed_meanwhile(plan)
    after = int(plan.revision) + 1
    unit.execute(t.plans.update().where(t.plans.c.id == plan_id).values(revision=after))
    return plan, after
