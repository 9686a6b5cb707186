"""A plan on its way: draft, submitted (frozen), approved whole or grid by grid, or sent back with remarks. Publishing is
`layers.plans.publishing`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

import pandas as pd
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, StaleError, Words
from layers.plans.checking import check_plans
from layers.plans.consulting import end_within
from layers.plans.days import china_day
from layers.plans.deciding import Verdict, begin_again, decide, standing
from layers.plans.edit_states import OPEN
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


DEEDS: dict[str, Words] = {
    **{deed: move.done for deed, move in MOVES.items()},
    "publish": Words("published", "发布"),
    "withdraw": Words("withdrawn", "撤回发布"),
    "except": Words("exception allowed", "登记例外"),
    "except no more": Words("exception taken back", "取消例外"),
    "consult": Words("shown to the public", "公示"),
    "consult no more": Words("consultation ended", "结束公示"),
}
"""What the way of a plan tells of, in words."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What a deed made of a plan."""

    plan_id: int
    state: str
    revision: int
    undecided: int = 0
    """Grids of a submitted plan nobody has decided about yet; 0 where nobody decides grid by grid."""


def move_plan(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    deed: Deed,
    *,
    grids: Sequence[str] = (),
    remark: str | None = None,
    revision: int | None = None,
    actor: str,
    now: datetime,
) -> Moved:
    """Submit a draft (it is frozen then), take it back, approve it, or send it back with a remark.

    With `grids` (codes or names) a submitted plan is approved or refused in these alone: it stays submitted until each has
    been decided about, is approved when all are, and goes back when one was refused. Submitted again, grids that are as
    they were stay approved.

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
    if grids:
        if deed not in ("approve", "return"):
            raise InputError(f"a plan is {move.done.en} whole", f"方案只能整体{move.done.zh}")
        move = Move((SUBMITTED,), SUBMITTED, move.done)
    with store.reading(viewer) as unit:
        plan = _allowed(unit, plan_id, move, revision)
    if deed == "submit":
        _require_sound(store, viewer, plan_id, today=china_day(now))
    with store.writing(viewer, actor=actor, now=now) as unit:
        row = sa.select(t.plans.c.id).where(t.plans.c.id == plan_id)
        unit.execute(row.with_for_update())
        plan = _allowed(unit, plan_id, move, int(plan.revision))
        revision, state, undecided = int(plan.revision) + 1, move.after, 0
        detail: dict[str, Any] = {"from": plan.state, "revision": revision}
        if grids:
            verdict: Verdict = "approve" if deed == "approve" else "return"
            detail["grids"] = decide(unit, plan_id, verdict, grids, remark=said or None)
            state, undecided = _all_told(unit, plan_id)
            detail["to"] = state
        elif deed == "submit":
            begin_again(unit, plan_id)
        unit.execute(t.plans.update().where(t.plans.c.id == plan_id).values(state=state, revision=revision))
        if state in OPEN:
            end_within(unit, plan_id, said or move.done.zh)  # what was shown is not what comes back
        detail |= {"remark": said} if said else {}
        unit.record(action=deed, community_code=plan.community_code, plan_id=plan_id, detail=detail)
    return Moved(plan_id, state, revision, undecided)


def _all_told(unit: Reading, plan_id: int) -> tuple[str, int]:
    """The state a plan is in by what was decided about its grids, and how many are undecided."""
    verdicts = list(standing(unit, plan_id).values())
    undecided = verdicts.count(None)
    if undecided:
        return SUBMITTED, undecided
    return (RETURNED if "return" in verdicts else APPROVED), 0


def remarks(unit: Reading, plan_id: int) -> pd.DataFrame:
    """The way of a plan so far, one row a step, the oldest first: at, actor, action, remark, detail. Raises `NotFoundError`."""
    read_plans(unit, plan_ids=[plan_id])
    rows = unit.table(
        sa.select(t.history.c.at, t.history.c.actor, t.history.c.action, t.history.c.detail)
        .where(t.history.c.plan_id == plan_id, t.history.c.action.in_(list(DEEDS)))
        .order_by(t.history.c.id)
    )
    said = [detail.get("remark", detail.get("reason")) for detail in rows["detail"]]
    return rows.assign(remark=pd.Series(said, rows.index, dtype=object))


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


def _require_sound(store: Store, viewer: Viewer, plan_id: int, *, today: date) -> None:
    found = check_plans(store, viewer, today=today, plan_ids=[plan_id])
    errors = found[found["severity"] == "error"]
    if len(errors):
        first = errors.iloc[0]["reason"]
        raise ConflictError(
            f"plan {plan_id} was not submitted: the checks found {len(errors)} errors; the first: {first.en}",
            f"方案 {plan_id} 未提交：检查发现 {len(errors)} 处错误；第一处：{first.zh}",
        )
