"""Plans and their grids: which cell belongs to which grid, and everything derived from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.engine import Connection

from geo.errors import ConflictError, NotFoundError, Words
from geo.plans.rules import Rules
from layers.rights.viewer import Viewer
from layers.rights.visible import visible
from layers.store import tables as t
from layers.store.rows import insert_frame, read_frame, read_table

DRAFT, PUBLISHED = "draft", "published"


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan about to be kept: its truth (`labels` over the cells of `cell_set_id`) and its grids."""

    community_code: str
    cell_set_id: int
    base_plan_id: int | None
    """The published plan its codes were carried over from."""
    labels: NDArray[np.int64]
    grids: gpd.GeoDataFrame
    rules: Rules
    origin: str
    """How it came about: `partition` or `adopted`."""
    score: Mapping[str, Any]
    notes: tuple[Words, ...] = ()
    title: Words | None = None
    """What sets it apart from other drafts made with it."""
    request: str | None = None
    """A fingerprint of all it was made from; equal requests make equal plans."""


def save_draft(conn: Connection, plan: NewPlan, *, author: str, now: datetime) -> int:
    """Keep a plan as a draft; returns its id. Its version is the community's next number.

    Raises `ConflictError` when its cells were replaced while it was drawn.
    """
    community = sa.select(t.communities.c.code).where(t.communities.c.code == plan.community_code)
    sets = sa.select(t.cell_sets.c.id).where(t.cell_sets.c.id == plan.cell_set_id)
    conn.execute(community.with_for_update())  # one writer of a community's plans at a time
    if conn.scalar(sets) is None:
        raise ConflictError(
            f"the cells of community {plan.community_code} were cut again meanwhile; draw the plan again",
            f"社区 {plan.community_code} 的基元已重新生成；请重新划分",
        )
    newest = sa.select(sa.func.coalesce(sa.func.max(t.plans.c.version), 0)).where(
        t.plans.c.community_code == plan.community_code
    )
    plan_id = conn.execute(
        t.plans.insert()
        .values(
            community_code=plan.community_code,
            version=int(conn.scalar(newest) or 0) + 1,
            cell_set_id=plan.cell_set_id,
            base_plan_id=plan.base_plan_id,
            state=DRAFT,
            origin=plan.origin,
            rules=plan.rules.to_dict(),
            score=dict(plan.score),
            notes=[list(note) for note in plan.notes],
            author=author,
            made_at=now,
            title=None if plan.title is None else list(plan.title),
            request=plan.request,
        )
        .returning(t.plans.c.id)
    ).scalar_one()
    insert_frame(conn, t.grids, plan.grids, plan_id=plan_id)
    cells = np.arange(len(plan.labels))
    insert_frame(conn, t.assignments, pd.DataFrame({"cell": cells, "label": plan.labels}), plan_id=plan_id)
    return int(plan_id)


def read_plans(
    conn: Connection,
    viewer: Viewer,
    *,
    codes: Sequence[str] | None = None,
    plan_ids: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Plans the viewer may see, by id. Raises `NotFoundError` for an id that is not among them."""
    statement = visible(sa.select(t.plans), t.plans.c.community_code, viewer, codes=codes).order_by(
        t.plans.c.id
    )
    if plan_ids is None:
        return read_table(conn, statement)
    wanted = sorted({int(plan_id) for plan_id in plan_ids})
    frame = read_table(conn, statement.where(t.plans.c.id.in_(wanted)))
    gone = sorted(set(wanted) - set(frame["id"]))
    if gone:
        raise NotFoundError(
            f"there is no plan {gone[0]}; wangge history lists the plans there are",
            f"没有编号为 {gone[0]} 的方案；用 wangge history 查看已有方案",
        )
    return frame


def newest_plan_ids(
    conn: Connection,
    viewer: Viewer,
    *,
    codes: Sequence[str] | None = None,
    states: Sequence[str] | None = None,
) -> list[int]:
    """The newest plan of each community, sorted; `states` narrows to plans in one of them."""
    newest = sa.select(sa.func.max(t.plans.c.id)).group_by(t.plans.c.community_code)
    if states is not None:
        newest = newest.where(t.plans.c.state.in_(list(states)))
    return sorted(conn.scalars(visible(newest, t.plans.c.community_code, viewer, codes=codes)))


def read_labels(conn: Connection, plan_id: int) -> NDArray[np.int64]:
    """The grid label of every cell of a plan, in cell order."""
    rows = (
        sa.select(t.assignments.c.label)
        .where(t.assignments.c.plan_id == int(plan_id))
        .order_by(t.assignments.c.cell)
    )
    return np.fromiter(conn.scalars(rows), dtype=np.int64)


_GRID_COLUMNS = (
    t.grids.c.plan_id,
    t.grids.c.label,
    t.grids.c.code,
    t.grids.c.name,
    t.grids.c.kind,
    t.plans.c.community_code,
    t.grids.c.households,
    t.grids.c.households_estimated,
    t.grids.c.people,
    t.grids.c.cells,
    t.grids.c.colour,
    t.plans.c.version.label("plan_version"),
    t.plans.c.valid_from,
    t.plans.c.valid_to,
    t.register.c.valid_from.label("born"),
    t.register.c.valid_to.label("retired"),
    t.grids.c.geometry,
)


def read_grids(
    conn: Connection,
    viewer: Viewer,
    *,
    as_of: date | None = None,
    plan_ids: Iterable[int] | None = None,
    codes: Sequence[str] | None = None,
) -> gpd.GeoDataFrame:
    """Grids by code: those in force on `as_of`, those of `plan_ids`, or (neither given) all ever published.

    valid_from and valid_to are the days of the plan; born and retired those of the grid's code, which may span
    several plans (retired is empty while it is in use, both are until it is published).
    """
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(*_GRID_COLUMNS)
        .join(t.plans, t.plans.c.id == t.grids.c.plan_id)
        .outerjoin(t.register, t.register.c.id == t.grids.c.register_id)
    )
    statement = visible(statement, t.plans.c.community_code, viewer, codes=codes)
    if plan_ids is not None:
        statement = statement.where(t.plans.c.id.in_(sorted({int(plan_id) for plan_id in plan_ids})))
    else:
        statement = statement.where(t.plans.c.state == PUBLISHED)
        if as_of is not None:
            statement = statement.where(in_force(as_of))
    return read_frame(conn, statement.order_by(t.grids.c.code, t.plans.c.id))


def in_force(day: date) -> sa.ColumnElement[bool]:
    """The condition that a published plan holds on `day`: from its first day until before its last."""
    return sa.and_(
        t.plans.c.state == PUBLISHED,
        t.plans.c.valid_from <= day,
        sa.or_(t.plans.c.valid_to.is_(None), t.plans.c.valid_to > day),
    )


def latest_published(conn: Connection, community_code: str) -> sa.Row[Any] | None:
    """The published plan of a community with no end yet, if any."""
    statement = sa.select(t.plans).where(
        t.plans.c.community_code == community_code, t.plans.c.state == PUBLISHED, t.plans.c.valid_to.is_(None)
    )
    return conn.execute(statement).one_or_none()


def newest_draft(
    conn: Connection, viewer: Viewer, community_code: str, *, request: str
) -> sa.Row[Any] | None:
    """The newest draft of a community, if it was made from `request`."""
    viewer.require(community_code)
    statement = (
        sa.select(t.plans)
        .where(t.plans.c.community_code == community_code, t.plans.c.state == DRAFT)
        .order_by(t.plans.c.id.desc())
        .limit(1)
    )
    found = conn.execute(statement).one_or_none()
    return found if found is not None and found.request == request else None


def require_codes(
    conn: Connection, viewer: Viewer, grid_codes: Sequence[str], *, communities: Sequence[str]
) -> None:
    """Raise `NotFoundError` unless each of `grid_codes` is that of a grid in force (or to be) in `communities`."""
    statement = (
        sa.select(t.grids.c.code)
        .join(t.plans, t.plans.c.id == t.grids.c.plan_id)
        .where(
            t.plans.c.state == PUBLISHED, t.plans.c.valid_to.is_(None), t.grids.c.code.in_(list(grid_codes))
        )
    )
    known = set(conn.scalars(visible(statement, t.plans.c.community_code, viewer, codes=communities)))
    for code in grid_codes:
        if code not in known:
            raise NotFoundError(
                f"no grid in force has the code {code} here; wangge export grids lists them",
                f"所选社区没有编码为 {code} 的现行网格；用 wangge export grids 查看",
            )


def codes_ever_used(conn: Connection, community_code: str) -> set[str]:
    """Every grid code a community ever published; none of them may name another grid."""
    statement = sa.select(t.register.c.code).where(t.register.c.community_code == community_code)
    return set(conn.scalars(statement))
