"""Taking back a publication that has not begun, or that of today: by a new dated record, never by forgetting it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from geo.errors import ConflictError, NotFoundError
from layers.plans.days import china_day
from layers.plans.drafts import copy_within
from layers.plans.plans import read_grids, read_plans
from layers.plans.publishing import next_publication
from layers.plans.states import PUBLISHED, RETIRED, STATES
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading, Writing


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What was taken back."""

    version: int
    """The new number lookups, maps and caches know the state of the store by."""
    plan_ids: tuple[int, ...]
    drafts: tuple[int, ...]
    """Copies of these plans, to be published again on another day."""
    again: tuple[int, ...]
    """The plans before them, which hold again without an end."""


def withdraw(
    store: Store,
    viewer: Viewer,
    *,
    plan_ids: Sequence[int] | None = None,
    version: int | None = None,
    reason: str | None = None,
    actor: str,
    now: datetime,
) -> Withdrawal:
    """Take back plans, or all plans of a publication; all or none.

    Each becomes `retired` and is in force on no day, the plan before it holds on, and its grids become a draft. Codes
    it brought name these grids and no others, now or later. Raises `NotFoundError` for what there is not, and
    `ConflictError` for a plan that is not published, that began before today (in China), or after which another one is
    published already.
    """
    with store.writing(viewer, actor=actor, now=now) as unit:
        record = next_publication(unit, valid_from=china_day(now), action="withdraw")
        if version is not None:
            plan_ids = _of_version(unit, version)
        plans = list(read_plans(unit, plan_ids=plan_ids or ()).itertuples())
        if not plans:
            raise NotFoundError("name a plan or a version to withdraw", "请指定要撤回的方案或版本")
        drafts, again = [], []
        for plan in plans:
            _require_withdrawable(plan, now)
            before = _take_back(unit, plan, record)
            drafts.append(copy_within(unit, int(plan.id), plan.community_code))
            again += [] if before is None else [before]
            detail = {
                "version": record,
                "valid_from": plan.valid_from.isoformat(),
                "again": before,
                "draft": drafts[-1],
            }
            unit.record(
                action="withdraw",
                community_code=plan.community_code,
                plan_id=int(plan.id),
                detail=detail | ({} if reason is None else {"reason": reason}),
            )
    return Withdrawal(record, tuple(int(plan.id) for plan in plans), tuple(drafts), tuple(again))


def _of_version(unit: Reading, version: int) -> list[int]:
    found = list(
        unit.scalars(
            sa.select(t.plans.c.id).where(t.plans.c.publication_id == version, t.plans.c.state == PUBLISHED)
        )
    )
    if not found:
        raise NotFoundError(
            f"version {version} published no plan that is still to be withdrawn; wangge plans lists them",
            f"版本 {version} 没有可撤回的方案；用 wangge plans 查看",
        )
    return found


def _require_withdrawable(plan: Any, now: datetime) -> None:
    if plan.state != PUBLISHED:
        raise ConflictError(
            f"plan {plan.id} is not published but {STATES[plan.state].en}; there is nothing to withdraw",
            f"方案 {plan.id} 未发布（状态“{STATES[plan.state].zh}”），无需撤回",
        )
    if plan.valid_to is not None:
        raise ConflictError(
            f"another plan of community {plan.community_code} follows plan {plan.id} on {plan.valid_to}; withdraw that "
            "one first",
            f"社区 {plan.community_code} 在方案 {plan.id} 之后（{plan.valid_to}）另有方案；请先撤回后者",
        )
    if plan.valid_from < china_day(now):
        raise ConflictError(
            f"plan {plan.id} is in force since {plan.valid_from} and stays in the record; publish another plan after it",
            f"方案 {plan.id} 已于 {plan.valid_from} 生效，不能撤回；请发布新的方案接替",
        )


def _take_back(unit: Writing, plan: Any, record: int) -> int | None:
    """The plan ends before it began, its codes were never in force, and the plan before it goes on."""
    unit.execute(
        t.plans.update()
        .where(t.plans.c.id == int(plan.id))
        .values(state=RETIRED, valid_to=plan.valid_from, withdrawal_id=record)
    )
    before = unit.scalar(
        sa.select(t.plans.c.id)
        .where(
            t.plans.c.community_code == plan.community_code,
            t.plans.c.state == PUBLISHED,
            t.plans.c.valid_to == plan.valid_from,
            t.plans.c.publication_id < int(plan.publication_id),
        )
        .order_by(t.plans.c.publication_id.desc())
        .limit(1)
    )
    new = set(read_grids(unit, plan_ids=[plan.id])["code"])
    old = set() if before is None else set(read_grids(unit, plan_ids=[before])["code"])
    entry = t.register.update()
    unit.execute(
        entry.where(t.register.c.code.in_(sorted(new - old))).values(valid_to=t.register.c.valid_from)
    )
    if before is None:
        return None
    unit.execute(t.plans.update().where(t.plans.c.id == before).values(valid_to=None))
    unit.execute(entry.where(t.register.c.code.in_(sorted(old - new))).values(valid_to=None))
    return int(before)
