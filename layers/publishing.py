"""Publishing: from a date on, a draft is the plan of its community. One transaction, all communities or none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from geo.errors import ConflictError
from geo.plans.grids import make_grids
from geo.plans.outline import fills
from geo.plans.rules import Rules
from layers import history
from layers.cells import read_cells
from layers.plans import (
    PUBLISHED,
    codes_ever_used,
    latest_published,
    newest_plan_ids,
    read_grids,
    read_labels,
    read_plans,
)
from layers.regions import read_communities
from layers.rights.viewer import Viewer
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import insert_frame


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


def publish(
    store: Store,
    viewer: Viewer,
    *,
    plan_ids: Iterable[int] | None = None,
    valid_from: date,
    actor: str,
    now: datetime,
) -> Publication:
    """Put plans in force from `valid_from` on; those in force before end on that day.

    Without `plan_ids`, the newest plan of every community where that is not published yet. Codes become final.
    Raises `ConflictError`, and changes nothing, when a plan is published already, when two plans are of one
    community, when there is nothing to publish, or when a community's plan in force began after `valid_from`.
    """
    with store.begin() as conn:
        if store.dialect == "postgresql":
            # one publication at a time, so that versions become visible in the order of their numbers
            conn.execute(sa.text("LOCK TABLE publications IN SHARE ROW EXCLUSIVE MODE"))
        plans = _publishable(conn, viewer, plan_ids)
        version = conn.execute(
            t.publications.insert()
            .values(at=now, actor=actor, valid_from=valid_from)
            .returning(t.publications.c.id)
        ).scalar_one()
        kept = new = retired = 0
        for plan in plans:
            detail = _put_in_force(conn, viewer, plan, version, valid_from)
            history.record(
                conn,
                at=now,
                actor=actor,
                action="publish",
                community_code=plan.community_code,
                plan_id=int(plan.id),
                detail={"version": int(version), "valid_from": valid_from.isoformat(), **detail},
            )
            kept += detail["kept"]
            new += len(detail["new"])
            retired += len(detail["retired"])
    return Publication(int(version), valid_from, tuple(int(p.id) for p in plans), kept, new, retired)


def _publishable(conn: Connection, viewer: Viewer, plan_ids: Iterable[int] | None) -> list[Any]:
    asked = plan_ids is not None
    ids = list(plan_ids) if plan_ids is not None else newest_plan_ids(conn, viewer)
    plans = list(read_plans(conn, viewer, plan_ids=ids).itertuples())
    if not asked:
        plans = [plan for plan in plans if plan.state != PUBLISHED]
    if not plans:
        raise ConflictError(
            "there is no draft to publish; run wangge partition",
            "没有可发布的草案；请先运行 wangge partition",
        )
    seen: dict[str, int] = {}
    for plan in plans:
        if plan.state == PUBLISHED:
            raise ConflictError(
                f"plan {plan.id} is published already, from {plan.valid_from}",
                f"方案 {plan.id} 已发布，自 {plan.valid_from} 起生效",
            )
        if plan.community_code in seen:
            raise ConflictError(
                f"plans {seen[plan.community_code]} and {plan.id} are both of community {plan.community_code}; "
                "publish one of them",
                f"方案 {seen[plan.community_code]} 与 {plan.id} 同属社区 {plan.community_code}；只能发布其中一个",
            )
        seen[plan.community_code] = plan.id
    return plans


def _put_in_force(
    conn: Connection, viewer: Viewer, plan: Any, version: int, valid_from: date
) -> dict[str, Any]:
    before = latest_published(conn, plan.community_code)
    if before is not None and valid_from < before.valid_from:
        raise ConflictError(
            f"community {plan.community_code}: plan {before.id} is in force from {before.valid_from}; "
            f"a new plan cannot start before it, on {valid_from}; choose a later date with --from",
            f"社区 {plan.community_code}：方案 {before.id} 自 {before.valid_from} 起生效，"
            f"新方案不能早于该日（{valid_from}）；请用 --from 指定更晚的日期",
        )
    before_id = None if before is None else int(before.id)
    previous = read_grids(conn, viewer, plan_ids=[] if before_id is None else [before_id])
    grids = read_grids(conn, viewer, plan_ids=[plan.id])
    if (None if pd.isna(plan.base_plan_id) else plan.base_plan_id) != before_id:
        grids = _derive_again(conn, viewer, plan, grids, previous)
    _require_boundary(conn, viewer, plan, grids)
    old, new = set(previous["code"]), set(grids["code"])
    if before_id is not None:
        conn.execute(t.plans.update().where(t.plans.c.id == before_id).values(valid_to=valid_from))
    conn.execute(
        t.register.update()
        .where(t.register.c.code.in_(sorted(old - new)), t.register.c.valid_to.is_(None))
        .values(valid_to=valid_from)
    )
    fresh = [
        {"code": code, "community_code": plan.community_code, "valid_from": valid_from}
        for code in sorted(new - old)
    ]
    if fresh:
        conn.execute(t.register.insert(), fresh)
    _link_register(conn, int(plan.id))
    conn.execute(
        t.plans.update()
        .where(t.plans.c.id == int(plan.id))
        .values(state=PUBLISHED, valid_from=valid_from, publication_id=version)
    )
    return {
        "grids": len(grids),
        "kept": len(old & new),
        "new": sorted(new - old),
        "retired": sorted(old - new),
        "replaces": before_id,
    }


def _require_boundary(conn: Connection, viewer: Viewer, plan: Any, grids: gpd.GeoDataFrame) -> None:
    boundary = read_communities(conn, viewer, codes=[plan.community_code]).geometry.iloc[0]
    if not fills(grids, boundary):
        raise ConflictError(
            f"the boundary of community {plan.community_code} changed after plan {plan.id} was drawn; "
            "run wangge cells and wangge partition for it again",
            f"社区 {plan.community_code} 的边界在方案 {plan.id} 之后有变化；请重新运行 wangge cells 和 wangge partition",
        )


def _derive_again(
    conn: Connection, viewer: Viewer, plan: Any, grids: gpd.GeoDataFrame, previous: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """The plan's grids with codes carried over from another plan than the one they were proposed against."""
    stored = read_cells(conn, viewer, plan.community_code, cell_set_id=int(plan.cell_set_id))
    rules = Rules.from_dict(plan.rules)
    again = make_grids(
        stored.cells,
        read_labels(conn, int(plan.id)),
        community_code=plan.community_code,
        rules=rules,
        previous=previous,
        taken=codes_ever_used(conn, plan.community_code),
        drawn=grids[["label", "code", "name", "kind"]] if plan.origin == "adopted" else None,
        stays=_staying(grids, previous, rules) if plan.origin != "adopted" else None,
    )
    conn.execute(t.grids.delete().where(t.grids.c.plan_id == int(plan.id)))
    insert_frame(conn, t.grids, again, plan_id=int(plan.id))
    return again


def _staying(grids: gpd.GeoDataFrame, previous: gpd.GeoDataFrame, rules: Rules) -> dict[int, str]:
    """Codes by label of the grids that were carved out when the plan was drawn and are still in force."""
    carved = ((grids["kind"] == "exclusive") | grids["code"].isin(rules.locked)) & grids["code"].isin(
        previous["code"]
    )
    stay = grids[carved]
    return dict(zip(stay["label"].astype(int), stay["code"], strict=True))


def _link_register(conn: Connection, plan_id: int) -> None:
    entry = sa.select(t.register.c.id).where(t.register.c.code == t.grids.c.code).scalar_subquery()
    conn.execute(t.grids.update().where(t.grids.c.plan_id == plan_id).values(register_id=entry))
