"""Publishing: from a date on, a draft is the plan of its community. One transaction, all communities or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.errors import ConflictError
from geo.plans.colouring import colour_grids
from geo.plans.outline import fills
from layers.ground.regions import read_communities
from layers.plans.carrying import derive_again
from layers.plans.checking import check_plans
from layers.plans.consulting import require_heard
from layers.plans.days import china_day, require_meant
from layers.plans.edit_states import changed_meanwhile
from layers.plans.exceptions import read_exceptions
from layers.plans.plans import ADOPTED, latest_published, newest_plan_ids, read_grids, read_plans
from layers.plans.states import APPROVED, PUBLISHED, RETIRED, RETURNED, SEALED, STATES, SUBMITTED
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.unit import Reading, Writing


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published."""

    version: int
    """The number lookups, maps and caches know this state of the store by."""
    valid_from: date
    plan_ids: tuple[int, ...]
    kept: int
    """Grids that keep a code."""
    new: int
    retired: int
    """Codes that name nothing any more."""
    findings: pd.DataFrame
    """What the checks found and let stand, as `layers.plans.checking.check_plans` gives it."""


class ChecksError(ConflictError):
    """Plans with errors cannot be published. Carries everything the checks found."""

    def __init__(self, findings: pd.DataFrame) -> None:
        self.findings = findings
        errors = findings[findings["severity"] == "error"]
        first = errors.iloc[0]
        super().__init__(
            f"nothing was published: the checks found {len(errors)} errors in {errors['plan_id'].nunique()} plans; the "
            f"first, of plan {first['plan_id']}: {first['reason'].en}",
            f"未发布：检查发现 {errors['plan_id'].nunique()} 个方案共 {len(errors)} 处错误；第一处（方案 {first['plan_id']}）："
            f"{first['reason'].zh}",
        )


def publish(
    store: Store,
    viewer: Viewer,
    *,
    plan_ids: Iterable[int] | None = None,
    valid_from: date,
    confirmed: bool = False,
    as_drawn: bool = False,
    seen: Mapping[int, int] | None = None,
    approved_only: bool = False,
    workers: int = 1,
    actor: str,
    now: datetime,
) -> Publication:
    """Put plans in force from `valid_from` on; those in force before end on that day.

    Without `plan_ids`, the newest plan of every community where that is not published yet. The plans are checked
    first: errors refuse all of them, warnings are kept with the deed. Codes become final. A far first day must be
    `confirmed`. With `as_drawn`, grids in pieces stand in plans that were adopted from a drawing: they are what is in
    force, whether or not anybody would draw them so; they are kept with the deed as the warnings are. `seen` holds the
    revisions the caller saw, by plan; with `approved_only` drafts are refused too.

    Raises `ChecksError`; `StaleError` for a plan that is not as it was seen; `InputError` for a day that is nonsense or far and not confirmed; `ConflictError`, and changes
    nothing, when a plan is published already, when two plans are of one community, when there is nothing to publish,
    when a community's plan in force began after `valid_from`, when a plan was changed during the checks, or while one is shown to
    the public or a remark on it has no answer.
    """
    require_meant(valid_from, today=china_day(now), confirmed=confirmed)
    with store.reading(viewer) as unit:
        asked = _publishable(unit, plan_ids)
        require_heard(unit, [int(plan.id) for plan in asked], china_day(now))
    for plan in asked:
        if seen is not None and seen.get(int(plan.id), int(plan.revision)) != int(plan.revision):
            raise changed_meanwhile(plan)
        if approved_only and plan.state != APPROVED:
            raise _not_approved(plan)
    findings = check_plans(
        store, viewer, today=china_day(now), plan_ids=[int(plan.id) for plan in asked], workers=workers
    )
    if as_drawn:
        adopted = [int(plan.id) for plan in asked if plan.origin == ADOPTED]
        stands = findings["plan_id"].isin(adopted) & (findings["rule"] == "not-connected")
        findings = findings.assign(severity=findings["severity"].mask(stands, "warning"))
    if (findings["severity"] == "error").any():
        raise ChecksError(findings)
    with store.writing(viewer, actor=actor, now=now) as unit:
        version = next_publication(unit, valid_from=valid_from, action="publish")
        plans = _publishable(unit, [int(plan.id) for plan in asked])
        _require_unchanged(asked, plans)
        require_heard(unit, [int(plan.id) for plan in plans], china_day(now))
        kept = new = retired = 0
        ready = [_made_ready(unit, plan, valid_from) for plan in plans]
        _colour_apart(unit, ready, valid_from)
        for plan, prepared in zip(plans, ready, strict=True):
            detail = _put_in_force(unit, plan, prepared, version, valid_from)
            unit.record(
                action="publish",
                community_code=plan.community_code,
                plan_id=int(plan.id),
                detail={"version": version, "valid_from": valid_from.isoformat()}
                | detail
                | _let_stand(findings[findings["plan_id"] == plan.id])
                | _excepted(unit, int(plan.id)),
            )
            kept += detail["kept"]
            new += len(detail["new"])
            retired += len(detail["retired"])
    return Publication(version, valid_from, tuple(int(p.id) for p in plans), kept, new, retired, findings)


def next_publication(unit: Writing, *, valid_from: date, action: str) -> int:
    """Begin a record of what is published; its number is the version. One at a time, so that versions become visible
    in the order of their numbers, which are never used twice."""
    unit.lock(t.publications)
    row = {"at": unit.now, "actor": unit.actor, "valid_from": valid_from, "action": action}
    return int(unit.execute(t.publications.insert().values(row).returning(t.publications.c.id)).scalar_one())


def _let_stand(findings: pd.DataFrame) -> dict[str, Any]:
    """The warnings somebody published a plan with: rule, grid, value and limit of each."""
    rows = findings.loc[findings["severity"] == "warning", ["rule", "code", "value", "limit"]]
    if rows.empty:
        return {}
    plain = rows.astype(object).where(rows.notna(), None)
    return {"warnings": [list(row) for row in plain.itertuples(index=False)]}


def _excepted(unit: Reading, plan_id: int) -> dict[str, Any]:
    """The exceptions somebody published a plan with: rule, grid, reason and approver of each."""
    rows = read_exceptions(unit, [plan_id])[["rule", "code", "reason", "approver"]]
    return {} if rows.empty else {"exceptions": [list(row) for row in rows.itertuples(index=False)]}


def _require_unchanged(checked: list[Any], plans: list[Any]) -> None:
    before = {int(plan.id): int(plan.revision) for plan in checked}
    for plan in plans:
        if before[int(plan.id)] != int(plan.revision):
            raise ConflictError(
                f"plan {plan.id} was changed while it was checked; look at it and publish again",
                f"方案 {plan.id} 在检查期间被修改；请核对后重新发布",
            )


def _publishable(unit: Reading, plan_ids: Iterable[int] | None) -> list[Any]:
    asked = plan_ids is not None
    ids = list(plan_ids) if plan_ids is not None else newest_plan_ids(unit)
    plans = list(read_plans(unit, plan_ids=ids).itertuples())
    if not asked:
        plans = [plan for plan in plans if plan.state not in SEALED]
    if not plans:
        raise ConflictError(
            "there is no draft to publish; run wangge partition",
            "没有可发布的草案；请先运行 wangge partition",
        )
    seen: dict[str, int] = {}
    for plan in plans:
        if plan.state == RETIRED:
            raise ConflictError(
                f"plan {plan.id} was withdrawn; publish a copy of it (wangge plan copy {plan.id})",
                f"方案 {plan.id} 已撤回；请复制后发布（wangge plan copy {plan.id}）",
            )
        if plan.state == PUBLISHED:
            raise ConflictError(
                f"plan {plan.id} is published already, from {plan.valid_from}",
                f"方案 {plan.id} 已发布，自 {plan.valid_from} 起生效",
            )
        if plan.state in (SUBMITTED, RETURNED):
            raise _not_approved(plan)
        if plan.community_code in seen:
            raise ConflictError(
                f"plans {seen[plan.community_code]} and {plan.id} are both of community {plan.community_code}; "
                "publish one of them",
                f"方案 {seen[plan.community_code]} 与 {plan.id} 同属社区 {plan.community_code}；只能发布其中一个",
            )
        seen[plan.community_code] = plan.id
    return plans


def _not_approved(plan: Any) -> ConflictError:
    return ConflictError(
        f"plan {plan.id} is {STATES[plan.state].en}; it is published once it is approved (wangge plan approve {plan.id})",
        f"方案 {plan.id} 的状态为“{STATES[plan.state].zh}”；批准后方可发布（wangge plan approve {plan.id}）",
    )


@dataclass(frozen=True, slots=True)
class _Ready:
    """A plan that may be put in force."""

    before_id: int | None
    """The plan it replaces."""
    previous: gpd.GeoDataFrame
    grids: gpd.GeoDataFrame


def _made_ready(unit: Writing, plan: Any, valid_from: date) -> _Ready:
    """The plan's grids, their codes carried over from the plan it replaces. Raises `ConflictError`."""
    before = latest_published(unit, plan.community_code)
    if before is not None and valid_from < before.valid_from:
        raise ConflictError(
            f"community {plan.community_code}: plan {before.id} is in force from {before.valid_from}; "
            f"a new plan cannot start before it, on {valid_from}; choose a later date with --from",
            f"社区 {plan.community_code}：方案 {before.id} 自 {before.valid_from} 起生效，"
            f"新方案不能早于该日（{valid_from}）；请用 --from 指定更晚的日期",
        )
    before_id = None if before is None else int(before.id)
    previous = read_grids(unit, plan_ids=[] if before_id is None else [before_id])
    grids = read_grids(unit, plan_ids=[plan.id])
    old = set(previous["code"])
    if (None if pd.isna(plan.base_plan_id) else plan.base_plan_id) != before_id or _taken(
        unit, plan, grids, old
    ):
        grids = derive_again(unit, plan, previous)
    _require_boundary(unit, plan, grids)
    return _Ready(before_id, previous, grids.assign(plan_id=int(plan.id), community_code=plan.community_code))


def _colour_apart(unit: Writing, ready: list[_Ready], valid_from: date) -> None:
    """Other colours for grids that look like a neighbour, across community lines too. What is in force already and
    stays keeps its colour; so does a code that was there before, while it can."""
    fresh = pd.concat([one.grids for one in ready], ignore_index=True)
    around = read_grids(unit, as_of=valid_from)
    around = around[~around["community_code"].isin(fresh["community_code"])]
    columns = ["code", "colour", "plan_id", "label", "geometry"]
    every = pd.concat([fresh[columns], around[columns]], ignore_index=True)
    before = pd.concat([one.previous[["code", "colour"]] for one in ready] + [around[["code", "colour"]]])
    colours = colour_grids(
        gpd.GeoDataFrame(every, geometry="geometry", crs=fresh.crs),
        keep=dict(zip(before["code"], before["colour"], strict=True)),
        fixed=frozenset(around["code"]),
    )
    changed = np.flatnonzero(colours[: len(fresh)] != fresh["colour"].to_numpy())
    for row in changed.tolist():
        of_grid = (t.grids.c.plan_id == int(fresh["plan_id"][row])) & (
            t.grids.c.label == int(fresh["label"][row])
        )
        unit.execute(t.grids.update().where(of_grid).values(colour=int(colours[row])))


def _put_in_force(unit: Writing, plan: Any, ready: _Ready, version: int, valid_from: date) -> dict[str, Any]:
    before_id = ready.before_id
    old, new = set(ready.previous["code"]), set(ready.grids["code"])
    if before_id is not None:
        unit.execute(t.plans.update().where(t.plans.c.id == before_id).values(valid_to=valid_from))
    unit.execute(
        t.register.update()
        .where(t.register.c.code.in_(sorted(old - new)), t.register.c.valid_to.is_(None))
        .values(valid_to=valid_from)
    )
    _enter(unit, plan, sorted(new - old), valid_from)
    _link_register(unit, int(plan.id))
    unit.execute(
        t.plans.update()
        .where(t.plans.c.id == int(plan.id))
        .values(state=PUBLISHED, valid_from=valid_from, publication_id=version, base_plan_id=before_id)
    )
    return {
        "grids": len(ready.grids),
        "kept": len(old & new),
        "new": sorted(new - old),
        "retired": sorted(old - new),
        "replaces": before_id,
    }


def _require_boundary(unit: Reading, plan: Any, grids: gpd.GeoDataFrame) -> None:
    boundary = read_communities(unit, codes=[plan.community_code]).geometry.iloc[0]
    if not fills(grids, boundary):
        raise ConflictError(
            f"the boundary of community {plan.community_code} changed after plan {plan.id} was drawn; "
            "run wangge cells and wangge partition for it again",
            f"社区 {plan.community_code} 的边界在方案 {plan.id} 之后有变化；请重新运行 wangge cells 和 wangge partition",
        )


def _taken(unit: Reading, plan: Any, grids: gpd.GeoDataFrame, old: set[str]) -> bool:
    """Whether a code that would be new names another grid (one of a publication that was withdrawn) or has been
    retired: either names nothing new."""
    own = sa.select(t.grids.c.register_id).where(
        t.grids.c.plan_id == int(plan.id), t.grids.c.register_id.is_not(None)
    )
    others = sa.select(t.register.c.code).where(
        t.register.c.code.in_(sorted(set(grids["code"]) - old)),
        sa.or_(t.register.c.id.not_in(own), t.register.c.valid_to > t.register.c.valid_from),
    )
    return unit.scalar(others.limit(1)) is not None


def _enter(unit: Writing, plan: Any, codes: list[str], valid_from: date) -> None:
    """New codes into the register; those of a withdrawn publication of the same grids begin now."""
    there = t.register.c.code.in_(codes)
    known = set(unit.scalars(sa.select(t.register.c.code).where(there)))
    unit.execute(t.register.update().where(there).values(valid_from=valid_from, valid_to=None))
    rows = [
        {"code": code, "community_code": plan.community_code, "valid_from": valid_from}
        for code in codes
        if code not in known
    ]
    if rows:
        unit.execute(t.register.insert(), rows)


def _link_register(unit: Writing, plan_id: int) -> None:
    entry = sa.select(t.register.c.id).where(t.register.c.code == t.grids.c.code).scalar_subquery()
    unit.execute(t.grids.update().where(t.grids.c.plan_id == plan_id).values(register_id=entry))
