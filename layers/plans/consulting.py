"""Public consultation (公示): a plan that is frozen is shown for some days, and remarks are heard before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotFoundError, Words
from geo.texts import require_sound
from layers.plans.days import china_day
from layers.plans.plans import read_plans
from layers.plans.states import APPROVED, STATES, SUBMITTED
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.procedure_tables import consultations, plan_notes
from layers.store.unit import Reading, Writing

LONGEST_DAYS = 366
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Consultation:
    """A plan shown to the public."""

    id: int
    plan_id: int
    first_day: date
    last_day: date
    how: str
    """How and where one says what one thinks of it."""
    approval: str | None
    """The map approval number (审图号) it is public by, or else"""
    exemption: str | None
    """why it needs none."""
    ended: bool = False
    """Whether it was ended before its last day."""

    def shows(self, day: date) -> bool:
        """Whether it runs on `day`."""
        return not self.ended and self.first_day <= day <= self.last_day


def open_consultation(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    *,
    first_day: date,
    last_day: date,
    how: str,
    approval: str | None = None,
    exemption: str | None = None,
    actor: str,
    now: datetime,
) -> int:
    """Show a submitted or approved plan to the public from `first_day` to `last_day`; the consultation's id.

    It is public by one of `approval` (审图号) and `exemption` (why it needs none). Raises `ConflictError` for a plan that may
    still change, or is shown already; `InputError` for days or texts that cannot be meant; `NotFoundError`.
    """
    _require_days(first_day, last_day, china_day(now))
    texts = _texts(how, approval, exemption)
    with store.writing(viewer, actor=actor, now=now) as unit:
        (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
        if plan.state not in (SUBMITTED, APPROVED):
            raise ConflictError(
                f"plan {plan_id} is {STATES[plan.state].en}; only one that is submitted or approved is shown to the public, "
                "so that what people see is what is decided about",
                f"方案 {plan_id} 的状态为“{STATES[plan.state].zh}”；只有已提交或已批准的方案可以公示，以保证所见即所审",
            )
        before = newest(unit, plan_id)
        if before is not None and not before.ended and before.last_day >= china_day(now):
            raise ConflictError(
                f"plan {plan_id} is shown until {before.last_day} already; end that first",
                f"方案 {plan_id} 已在公示（至 {before.last_day}）；如需重新公示，请先结束",
            )
        days = {"first_day": first_day, "last_day": last_day}
        row = consultations.insert().values(plan_id=plan_id, actor=actor, at=now, **days, **texts)
        made = int(unit.execute(row.returning(consultations.c.id)).scalar_one())
        detail = {name: day.isoformat() for name, day in days.items()} | texts
        unit.record(action="consult", community_code=plan.community_code, plan_id=plan_id, detail=detail)
    return made


def end_consultation(
    store: Store, viewer: Viewer, plan_id: int, *, reason: str, actor: str, now: datetime
) -> None:
    """End what is shown before its last day. Raises `NotFoundError` where nothing is shown, `InputError` without a reason."""
    said = reason.strip()
    require_sound([said], what=Words("reason", "理由"))
    if not 1 <= len(said) <= LONGEST_TEXT:
        raise InputError(
            f"say why, in at most {LONGEST_TEXT} characters", f"请说明理由，不超过 {LONGEST_TEXT} 字"
        )
    with store.writing(viewer, actor=actor, now=now) as unit:
        (plan,) = read_plans(unit, plan_ids=[plan_id]).itertuples()
        if not end_within(unit, plan_id, said):
            raise NotFoundError(
                f"plan {plan_id} is not shown to the public", f"方案 {plan_id} 没有正在进行的公示"
            )
        detail = {"remark": said}
        unit.record(
            action="consult no more", community_code=plan.community_code, plan_id=plan_id, detail=detail
        )


def end_within(unit: Writing, plan_id: int, reason: str) -> bool:
    """End what is shown or was to be shown of a plan; whether there was anything."""
    columns = consultations.c
    done = unit.execute(
        consultations.update()
        .where(
            columns.plan_id == plan_id, columns.ended_at.is_(None), columns.last_day >= china_day(unit.now)
        )
        .values(ended_at=unit.now, ended_by=unit.actor, reason=reason)
    )
    return bool(done.rowcount)


def newest(unit: Reading, plan_id: int) -> Consultation | None:
    """The last consultation about a plan; None where there was none."""
    found = consultations_of(unit, [plan_id])
    return found[-1] if found else None


def consultations_of(unit: Reading, plan_ids: Sequence[int]) -> list[Consultation]:
    """All of these plans, the oldest first."""
    columns = consultations.c
    rows = unit.execute(
        sa.select(consultations).where(columns.plan_id.in_(list(plan_ids))).order_by(columns.id)
    )
    return [_consultation(row) for row in rows]


def shown_on(unit: Reading, day: date) -> list[Consultation]:
    """What is shown on `day` in the viewer's area, the one that ends first before the others."""
    columns = consultations.c
    rows = unit.execute(
        sa.select(consultations)
        .where(columns.first_day <= day, columns.last_day >= day, columns.ended_at.is_(None))
        .order_by(columns.last_day, columns.id)
    )
    return [_consultation(row) for row in rows]


def require_heard(unit: Reading, plan_ids: Sequence[int], today: date) -> None:
    """Raise `ConflictError` where one of these plans is still shown to the public, or a remark on it has no answer."""
    for one in consultations_of(unit, plan_ids):
        if not one.ended and one.last_day >= today:
            raise ConflictError(
                f"plan {one.plan_id} is shown to the public until {one.last_day}; it is published after that, or once the "
                "consultation is ended",
                f"方案 {one.plan_id} 公示至 {one.last_day}；公示期满或结束公示后方可发布",
            )
    columns = plan_notes.c
    open_ones = unit.execute(
        sa.select(columns.plan_id, columns.id)
        .where(
            columns.plan_id.in_(list(plan_ids)),
            columns.consultation_id.is_not(None),
            columns.verdict.is_(None),
        )
        .order_by(columns.id)
    ).all()
    if open_ones:
        plan_id, first = open_ones[0]
        raise ConflictError(
            f"{len(open_ones)} remarks of the public on plan {plan_id} have no answer yet (the first is number {first}); "
            "answer them and publish again",
            f"方案 {plan_id} 尚有 {len(open_ones)} 条公示意见未答复（第一条为 {first} 号）；请答复后再发布",
        )


def _consultation(row: Any) -> Consultation:
    return Consultation(
        int(row.id),
        int(row.plan_id),
        row.first_day,
        row.last_day,
        row.how,
        row.approval,
        row.exemption,
        row.ended_at is not None,
    )


def _require_days(first_day: date, last_day: date, today: date) -> None:
    if first_day < today:
        raise InputError(
            f"{first_day} is over; begin today or later", f"{first_day} 已过；公示请自今日或以后开始"
        )
    if last_day < first_day:
        raise InputError(
            f"the last day {last_day} is before the first day {first_day}",
            f"公示截止日 {last_day} 早于起始日 {first_day}",
        )
    days = (last_day - first_day).days + 1
    if days > LONGEST_DAYS or (first_day - today).days > LONGEST_DAYS:
        raise InputError(
            f"{first_day} to {last_day} is not within a year; look at the days again",
            f"{first_day} 至 {last_day} 超出一年；请核对日期",
        )


def _texts(how: str, approval: str | None, exemption: str | None) -> dict[str, str | None]:
    said = {"how": how.strip(), "approval": (approval or "").strip(), "exemption": (exemption or "").strip()}
    require_sound(list(said.values()), what=Words("text of the consultation", "公示内容"))
    if not said["how"]:
        raise InputError("say how and where one answers", "请写明意见反映的方式与地点")
    if bool(said["approval"]) == bool(said["exemption"]):
        raise InputError(
            "give the map's approval number or the reason for having none, one of both",
            "请填写审图号或免审理由，二者填其一",
        )
    for text in said.values():
        if len(text) > LONGEST_TEXT:
            raise InputError(
                f"a text has at most {LONGEST_TEXT} characters, not {len(text)}",
                f"每项最多 {LONGEST_TEXT} 字，现为 {len(text)} 字",
            )
    return {name: text or None for name, text in said.items()}
