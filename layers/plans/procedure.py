"""A plan on its way: draft, submitted (frozen), approved or sent back with remarks. Publishing is `layers.plans.publishing`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

import pandas as pd
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, StaleError, Words
from layers.plans.checking import check_plans
from layers.plans.plans import read_plans
from layers.plans.states import APPROVED, DRAFT, RETURNED, STATES, SUBMITTED
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading

Deed = Literal["submit", "recall", "approve", "return"]
LONGEST_REMARK = 2000
"""Most characters of a remark."""


class Move(NamedTuple):
    """From which states a deed leads where."""

    before: tuple[str, ...]
    after: str
    done: Words


MOVES: dict[Deed, Move] = {
    "submit": Move((DRAFT, RETURNED), SUBMITTED, Words("submitted", "提交")),
    "recall": Move((SUBMITTED,), DRAFT, Words("recalled", "收回")),
    "approve": Move((SUBMITTED,), APPROVED, Words("approved", "批准")),
    "return": Move((SUBMITTED, APPROVED), RETURNED, Words("sent back", "退回")),
}


@dataclass(frozen=True, slots=True)
class Moved:
    """What a deed made of a plan."""

    plan_id: int
    state: str
    revision: int


def move_plan(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    deed: Deed,
    *,
    remark: str | None = None,
    revision: int | None = None,
    actor: str,
    now: datetime,
) -> Moved:
    """Submit a draft (it is frozen then), take it back, approve it, or send it back with a remark.

    `revision` is that of the plan the caller saw; None takes the newest. Who did what with which remark is in the history
    (`remarks`). Raises `ConflictError` where the plan's state does not allow it, or where one is submitted in which the
    checks find errors; `StaleError` when it was changed meanwhile; `InputError` for a plan sent back without a remark;
    `NotFoundError` for one the viewer does not see.
    """
    move, said = MOVES[deed], (remark or "").strip()
    if deed == "return" and not said:
        raise InputError("say in a remark what is to be changed", "退回须说明修改意见")
    if len(said) > LONGEST_REMARK:
        raise InputError(
            f"a remark has at most {LONGEST_REMARK} characters, not {len(said)}",
            f"意见最多 {LONGEST_REMARK} 字，现为 {len(said)} 字",
        )
    with store.reading(viewer) as unit:
        plan = _allowed(unit, plan_id, move, revision)
    if deed == "submit":
        _require_sound(store, viewer, plan_id)
    with store.writing(viewer, actor=actor, now=now) as unit:
        row = sa.select(t.plans.c.id).where(t.plans.c.id == plan_id)
        unit.execute(row.with_for_update())
        plan = _allowed(unit, plan_id, move, int(plan.revision))
        after = int(plan.revision) + 1
        unit.execute(t.plans.update().where(t.plans.c.id == plan_id).values(state=move.after, revision=after))
        detail = {"from": plan.state, "revision": after} | ({"remark": said} if said else {})
        unit.record(action=deed, community_code=plan.community_code, plan_id=plan_id, detail=detail)
    return Moved(plan_id, move.after, after)


def remarks(unit: Reading, plan_id: int) -> pd.DataFrame:
    """The way of a plan so far, the oldest first: at, actor, action, remark. Raises `NotFoundError`."""
    read_plans(unit, plan_ids=[plan_id])
    rows = unit.table(
        sa.select(t.history.c.at, t.history.c.actor, t.history.c.action, t.history.c.detail)
        .where(t.history.c.plan_id == plan_id, t.history.c.action.in_(list(MOVES)))
        .order_by(t.history.c.id)
    )
    said = pd.Series([detail.get("remark") for detail in rows["detail"]], rows.index, dtype=object)
    return rows.assign(remark=said).drop(columns="detail")


def _allowed(unit: Reading, plan_id: int, move: Move, revision: int | None) -> Any:
    (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
    if revision is not None and int(plan.revision) != revision:
        raise StaleError(
            f"plan {plan_id} was changed meanwhile (it is at revision {plan.revision}); look at it again",
            f"方案 {plan_id} 已被他人修改（现为修订 {plan.revision}）；请重新查看",
        )
    if plan.state not in move.before:
        raise ConflictError(
            f"plan {plan_id} is {STATES[plan.state].en} and cannot be {move.done.en}; that takes one that is "
            f"{' or '.join(STATES[state].en for state in move.before)}",
            f"方案 {plan_id} 的状态为“{STATES[plan.state].zh}”，不能{move.done.zh}；"
            f"应为{'、'.join(STATES[state].zh for state in move.before)}",
        )
    return plan


def _require_sound(store: Store, viewer: Viewer, plan_id: int) -> None:
    found = check_plans(store, viewer, plan_ids=[plan_id])
    errors = found[found["severity"] == "error"]
    if len(errors):
        first = errors.iloc[0]["reason"]
        raise ConflictError(
            f"plan {plan_id} was not submitted: the checks found {len(errors)} errors; the first: {first.en}",
            f"方案 {plan_id} 未提交：检查发现 {len(errors)} 处错误；第一处：{first.zh}",
        )
