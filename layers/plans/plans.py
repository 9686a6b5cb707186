"""Plans and their grids: which cell belongs to which grid, and everything derived from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa
from numpy.typing import NDArray

from geo.errors import ConflictError, NotFoundError, Words
from geo.plans.colouring import colour_grids
from geo.plans.common_lines import with_common_corners
from geo.plans.rules import Rules
from layers.plans.states import DRAFT, PUBLISHED
from layers.store import tables as t
from layers.store.narrowing import of_codes
from layers.store.unit import Reading, Writing

ADOPTED = "adopted"
"""The origin of a plan somebody else drew."""


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
    chosen: frozenset[str] = frozenset()
    """Codes of grids whose name and kind were decided, whatever those of the plan in force are."""


def save_draft(unit: Writing, plan: NewPlan) -> int:
    """Keep a plan as a draft; returns its id. Its version is the community's next number.

    Raises `ConflictError` when its cells were replaced while it was drawn.
    """
    version = next_version(unit, plan.community_code)
    sets = sa.select(t.cell_sets.c.id).where(t.cell_sets.c.id == plan.cell_set_id)
    if unit.scalar(sets) is None:
        raise ConflictError(
            f"the cells of community {plan.community_code} were cut again meanwhile; draw the plan again",
            f"社区 {plan.community_code} 的基元已重新生成；请重新划分",
        )
    plan_id = unit.execute(
        t.plans.insert()
        .values(
            community_code=plan.community_code,
            version=version,
            cell_set_id=plan.cell_set_id,
            base_plan_id=plan.base_plan_id,
            state=DRAFT,
            origin=plan.origin,
            rules=plan.rules.to_dict(),
            score=dict(plan.score),
            notes=[list(note) for note in plan.notes],
            author=unit.actor,
            made_at=unit.now,
            title=None if plan.title is None else list(plan.title),
            request=plan.request,
        )
        .returning(t.plans.c.id)
    ).scalar_one()
    locked = plan.grids["code"].isin(plan.rules.locked)
    unit.insert_frame(
        t.grids,
        plan.grids.assign(locked=locked, chosen=plan.grids["code"].isin(plan.chosen)),
        plan_id=plan_id,
    )
    cells = np.arange(len(plan.labels))
    unit.insert_frame(t.assignments, pd.DataFrame({"cell": cells, "label": plan.labels}), plan_id=plan_id)
    return int(plan_id)


def next_version(unit: Reading, community_code: str) -> int:
    """The number of a community's next plan. Until the transaction ends nobody else takes one: a community has one
    writer of plans at a time. Numbers of plans thrown away are not used again."""
    community = sa.select(t.communities.c.code).where(t.communities.c.code == community_code)
    unit.execute(community.with_for_update())
    newest = sa.select(sa.func.max(t.plans.c.version)).where(t.plans.c.community_code == community_code)
    gone = sa.select(t.history.c.detail).where(
        t.history.c.community_code == community_code, t.history.c.action == "delete plan"
    )
    deleted = [int(detail["version"]) for detail in unit.scalars(gone)]
    return max([int(unit.scalar(newest) or 0), *deleted]) + 1


def read_plans(
    unit: Reading,
    *,
    codes: Sequence[str] | None = None,
    plan_ids: Iterable[int] | None = None,
) -> pd.DataFrame:
    """Plans the viewer may see, one a row, by id. Raises `NotFoundError` for an id that is not among them."""
    statement = of_codes(sa.select(t.plans), t.plans.c.community_code, codes).order_by(t.plans.c.id)
    if plan_ids is None:
        return unit.table(statement)
    wanted = sorted({int(plan_id) for plan_id in plan_ids})
    frame = unit.table(statement.where(t.plans.c.id.in_(wanted)))
    gone = sorted(set(wanted) - set(frame["id"]))
    if gone:
        raise NotFoundError(
            f"there is no plan {gone[0]}; wangge plans lists those there are",
            f"没有编号为 {gone[0]} 的方案；用 wangge plans 查看已有方案",
        )
    return frame


def newest_plan_ids(
    unit: Reading,
    *,
    codes: Sequence[str] | None = None,
    states: Sequence[str] | None = None,
) -> list[int]:
    """The newest plan of each community, sorted; `states` narrows to plans in one of them."""
    newest = sa.select(sa.func.max(t.plans.c.id)).group_by(t.plans.c.community_code)
    if states is not None:
        newest = newest.where(t.plans.c.state.in_(list(states)))
    return sorted(unit.scalars(of_codes(newest, t.plans.c.community_code, codes)))


def read_labels(unit: Reading, plan_id: int) -> NDArray[np.int64]:
    """The grid label of every cell of a plan, in cell order."""
    rows = (
        sa.select(t.assignments.c.label)
        .where(t.assignments.c.plan_id == int(plan_id))
        .order_by(t.assignments.c.cell)
    )
    return np.fromiter(unit.scalars(rows), dtype=np.int64)


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
    unit: Reading,
    *,
    as_of: date | None = None,
    plan_ids: Iterable[int] | None = None,
    codes: Sequence[str] | None = None,
) -> gpd.GeoDataFrame:
    """Grids by code: those in force on `as_of`, those of `plan_ids`, or (neither given) all ever published.

    valid_from and valid_to are the days of the plan; born and retired those of the grid's code, which may span
    several plans (retired is empty while it is in use, both are until it is published). Communities read together
    have the same corners on the lines they share, and drafts that lie side by side different colours.
    """
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(*_GRID_COLUMNS)
        .join(t.plans, t.plans.c.id == t.grids.c.plan_id)
        .outerjoin(t.register, t.register.c.id == t.grids.c.register_id)
    )
    statement = of_codes(statement, t.plans.c.community_code, codes)
    if plan_ids is not None:
        statement = statement.where(t.plans.c.id.in_(sorted({int(plan_id) for plan_id in plan_ids})))
    else:
        statement = statement.where(t.plans.c.state == PUBLISHED)
        if as_of is not None:
            statement = statement.where(in_force(as_of))
    grids = unit.frame(statement.order_by(t.grids.c.code, t.plans.c.id))
    shapes = np.asarray(grids.geometry.array, dtype=object)
    common = with_common_corners(shapes, grids["community_code"].to_numpy(dtype=object))
    grids = grids.set_geometry(gpd.GeoSeries(common, grids.index, crs=grids.crs))
    if grids["valid_from"].isna().any() and len(grids["community_code"].unique()) > 1:
        kept = dict(zip(grids["code"], grids["colour"], strict=True))
        sealed = grids["code"][grids["valid_from"].notna()]
        return grids.assign(colour=colour_grids(grids, keep=kept, fixed=frozenset(sealed)))
    return grids


def in_force(day: date) -> sa.ColumnElement[bool]:
    """The condition that a published plan holds on `day`: from its first day until before its last."""
    return sa.and_(
        t.plans.c.state == PUBLISHED,
        t.plans.c.valid_from <= day,
        sa.or_(t.plans.c.valid_to.is_(None), t.plans.c.valid_to > day),
    )


def latest_published(unit: Reading, community_code: str) -> sa.Row[Any] | None:
    """The published plan of a community with no end yet, if any."""
    statement = sa.select(t.plans).where(
        t.plans.c.community_code == community_code, t.plans.c.state == PUBLISHED, t.plans.c.valid_to.is_(None)
    )
    return unit.execute(statement).one_or_none()


def newest_draft(unit: Reading, community_code: str, *, request: str) -> sa.Row[Any] | None:
    """The newest draft of a community, if it was made from `request`."""
    statement = (
        sa.select(t.plans)
        .where(t.plans.c.community_code == community_code, t.plans.c.state == DRAFT)
        .order_by(t.plans.c.id.desc())
        .limit(1)
    )
    found = unit.execute(statement).one_or_none()
    return found if found is not None and found.request == request else None


def codes_in_force(unit: Reading, grids: Sequence[str], *, communities: Sequence[str]) -> tuple[str, ...]:
    """The codes of `grids`, each named by its code or by its name, in force (or to be) in `communities`.

    Raises `NotFoundError` for one that is not there, and for a name that several have.
    """
    statement = (
        sa.select(t.grids.c.code, t.grids.c.name)
        .join(t.plans, t.plans.c.id == t.grids.c.plan_id)
        .where(
            t.plans.c.state == PUBLISHED,
            t.plans.c.valid_to.is_(None),
            sa.or_(t.grids.c.code.in_(list(grids)), t.grids.c.name.in_(list(grids))),
        )
    )
    names: dict[str, list[str]] = {}
    for row in unit.execute(of_codes(statement, t.plans.c.community_code, communities)):
        names.setdefault(row.code, []).append(row.code)
        names.setdefault(row.name, []).append(row.code)
    return tuple(_the_one(grid, sorted(set(names.get(grid, [])))) for grid in grids)


def _the_one(grid: str, codes: Sequence[str]) -> str:
    if len(codes) == 1:
        return codes[0]
    if codes:
        raise NotFoundError(
            f"{len(codes)} grids here are called {grid}: {', '.join(codes[:5])}; give the code, or one community",
            f"所选社区有 {len(codes)} 个网格名为{grid}：{'、'.join(codes[:5])}；请给出编码，或只选一个社区",
        )
    raise NotFoundError(
        f"no grid in force has the code or name {grid} here; wangge export grids lists them",
        f"所选社区没有编码或名称为 {grid} 的现行网格；用 wangge export grids 查看",
    )


def codes_ever_used(unit: Reading, community_code: str) -> set[str]:
    """Every grid code a community ever published; none of them may name another grid."""
    statement = sa.select(t.register.c.code).where(t.register.c.community_code == community_code)
    return set(unit.scalars(statement))
