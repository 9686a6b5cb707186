"""The walk on site: what of a plan's outlines was walked, by whom and when, and what still is to be walked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import sqlalchemy as sa

from geo.crs import KEPT_CRS
from geo.errors import ConflictError, InputError, NotFoundError, Words
from geo.plans.findings import Finding, as_table, listed
from geo.plans.stretches import check_word, signed, stretches, walked
from geo.texts import require_sound
from layers.ground.regions import read_communities
from layers.ground.streets import around, read_roads, read_water
from layers.plans.days import china_day
from layers.plans.plans import read_grids, read_plans
from layers.plans.states import RETIRED
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.planning_tables import walks
from layers.store.unit import Reading

_LONGEST_NAME = 60
_LONGEST_REMARK = 2_000


@dataclass(frozen=True, slots=True)
class Walk:
    """Stretches of one grid walked in one go."""

    plan_id: int
    grid_code: str
    numbers: tuple[int, ...]
    """Of the stretches; empty for all of the grid."""
    by: str
    on: date
    remark: str | None = None
    sheet: str | None = None
    """The check word of the sheet it is typed from: refused when the outline was changed since."""


def read_stretches(unit: Reading, plan_id: int) -> gpd.GeoDataFrame:
    """The stretches of a plan's grids as `geo.plans.stretches.stretches` numbers them, with name (of the grid), walked,
    walked_by, walked_on and remark (the last of each; empty where only the grid beside it was walked) and sheet, the check
    word of the grid. Raises `NotFoundError` for a plan the viewer does not see."""
    plan: Any = next(read_plans(unit, plan_ids=[plan_id]).itertuples())
    found = _outlines(unit, plan_id, str(plan.community_code))
    done = read_walks(unit, plan_id)
    lines = np.asarray(done.geometry.array, dtype=object)
    words = {code: check_word(some) for code, some in found.groupby("code", sort=False)}
    by = signed(found, done["grid_code"].tolist(), lines)
    told = {}
    for name in ("walked_by", "walked_on", "remark"):
        values = [*done[name].astype(object).where(done[name].notna(), None), None]
        told[name] = pd.Series([values[place] for place in by], index=found.index, dtype=object)
    return found.assign(walked=walked(found, lines), sheet=found["code"].map(words), **told)


def _outlines(unit: Reading, plan_id: int, community_code: str) -> gpd.GeoDataFrame:
    grids = read_grids(unit, plan_ids=[plan_id]).sort_values("code", kind="stable")
    every = read_communities(unit)
    bounds = around(tuple(grids.total_bounds))
    beside = every[every["code"] != community_code]
    roads = read_roads(unit, bounds=bounds)
    areas = pd.concat([grids[["name", "geometry"]], beside[["name", "geometry"]]])
    found = stretches(
        grids,
        [roads[roads["road_class"] != "wall"], read_water(unit, bounds=bounds)],
        gpd.GeoDataFrame(areas, crs=KEPT_CRS),
    )
    return found.assign(name=found["code"].map(dict(zip(grids["code"], grids["name"], strict=True))))


def read_walks(unit: Reading, plan_id: int) -> gpd.GeoDataFrame:
    """Every walk kept with a plan, oldest first; lines in EPSG:4490."""
    return unit.frame(sa.select(walks).where(walks.c.plan_id == int(plan_id)).order_by(walks.c.id))


def keep_walk(store: Store, viewer: Viewer, walk: Walk, *, actor: str, now: datetime) -> int:
    """Keep that stretches were walked; how many. Walked again, they are kept again: the last counts.

    Raises `NotFoundError` for a plan or grid the viewer does not see, or a number the grid does not have; `InputError` for a
    day to come, or a name or remark that cannot be kept; `ConflictError` for a withdrawn plan, or a sheet whose outline
    is no more.
    """
    _require_sound(walk, now)
    with store.writing(viewer, actor=actor, now=now) as unit:
        code, own = _own(unit, walk)
        frame = own.rename(columns={"code": "grid_code", "number": "stretch"})
        unit.insert_frame(
            walks,
            frame[["grid_code", "stretch", "geometry"]],
            plan_id=walk.plan_id,
            walked_by=walk.by.strip(),
            walked_on=walk.on,
            remark=walk.remark,
            actor=actor,
            at=now,
        )
        unit.record(
            action="walked",
            community_code=code,
            plan_id=walk.plan_id,
            detail={
                "grid": walk.grid_code,
                "stretches": [int(number) for number in own["number"]],
                "on": walk.on.isoformat(),
            },
        )
        return len(own)


def take_walk_back(
    store: Store,
    viewer: Viewer,
    plan_id: int,
    grid_code: str,
    numbers: Sequence[int],
    *,
    actor: str,
    now: datetime,
) -> int:
    """Forget what was kept of these stretches (of all where `numbers` is empty); how many entries. The history tells of it.

    Raises `NotFoundError` where nothing was kept, or for a plan the viewer does not see.
    """
    with store.writing(viewer, actor=actor, now=now) as unit:
        plan: Any = next(read_plans(unit, plan_ids=[plan_id]).itertuples())
        gone = walks.delete().where(walks.c.plan_id == plan_id, walks.c.grid_code == grid_code)
        if numbers:
            gone = gone.where(walks.c.stretch.in_(list(numbers)))
        count = int(unit.execute(gone).rowcount)
        if not count:
            raise NotFoundError(
                f"no walk of these stretches of grid {grid_code} is kept",
                f"网格 {grid_code} 的这些线段没有踏勘记录",
            )
        unit.record(
            action="walk taken back",
            community_code=str(plan.community_code),
            plan_id=plan_id,
            detail={"grid": grid_code, "stretches": list(numbers), "entries": count},
        )
        return count


def _own(unit: Reading, walk: Walk) -> tuple[str, gpd.GeoDataFrame]:
    """The code of the plan's community and the stretches that were walked."""
    plan: Any = next(read_plans(unit, plan_ids=[walk.plan_id]).itertuples())
    code = str(plan.community_code)
    if plan.state == RETIRED:
        raise ConflictError(
            f"plan {walk.plan_id} was withdrawn; walk the plan that follows it",
            f"方案 {walk.plan_id} 已撤回；请踏勘接替它的方案",
        )
    found = _outlines(unit, walk.plan_id, code)
    own = found[found["code"] == walk.grid_code]
    if own.empty:
        raise NotFoundError(
            f"plan {walk.plan_id} has no grid {walk.grid_code}; wangge plan show lists them",
            f"方案 {walk.plan_id} 没有网格 {walk.grid_code}；用 wangge plan show 查看",
        )
    if walk.sheet is not None and walk.sheet.strip().upper() != check_word(own):
        raise ConflictError(
            f"the outline of grid {walk.grid_code} was changed since sheet {walk.sheet} was printed; print it again and "
            "look which stretches still hold",
            f"网格 {walk.grid_code} 的界线在图纸 {walk.sheet} 印出后已改动；请重新出图，核对哪些线段仍然有效",
        )
    missing = sorted(set(walk.numbers) - set(own["number"]))
    if missing:
        raise NotFoundError(
            f"grid {walk.grid_code} has stretches 1 to {len(own)}, not {missing[0]}",
            f"网格 {walk.grid_code} 只有线段 1 至 {len(own)}，没有 {missing[0]}",
        )
    return code, own[own["number"].isin(walk.numbers)] if walk.numbers else own


def _require_sound(walk: Walk, now: datetime) -> None:
    require_sound([walk.by, walk.remark], what=Words("name or remark", "姓名或备注"))
    if not walk.by.strip() or len(walk.by) > _LONGEST_NAME:
        raise InputError(
            f"say who walked, in at most {_LONGEST_NAME} characters",
            f"请写明踏勘人，不超过 {_LONGEST_NAME} 字",
        )
    if walk.remark is not None and len(walk.remark) > _LONGEST_REMARK:
        raise InputError(
            f"a remark has at most {_LONGEST_REMARK} characters", f"备注不超过 {_LONGEST_REMARK} 字"
        )
    if walk.on > china_day(now):
        raise InputError(f"{walk.on} is still to come", f"{walk.on} 尚未到来")


def not_walked(unit: Reading, plan_id: int) -> pd.DataFrame:
    """Findings (`not-walked`, notices), one a grid with stretches that still are to be walked; none before the walk has
    begun."""
    begun = sa.select(walks.c.id).where(walks.c.plan_id == int(plan_id)).limit(1)
    if unit.scalar(begun) is None:
        return as_table([])
    found = read_stretches(unit, plan_id)
    grids = read_grids(unit, plan_ids=[plan_id])
    labels = dict(zip(grids["code"], grids["label"].astype(int), strict=True))
    return as_table(_findings(found[~found["walked"]], labels))


def _findings(left: gpd.GeoDataFrame, labels: dict[str, int]) -> Iterable[Finding]:
    for code, some in left.groupby("code", sort=True):
        numbers = listed((str(number) for number in some["number"]), most=12)
        name = some["name"].iloc[0]
        reason = Words(
            f"{name}({code}): stretches not yet walked on site: {numbers}",
            f"{name}({code}) 尚未现场踏勘的线段：{numbers}",
        )
        yield Finding("notice", "not-walked", labels[str(code)], str(code), float(len(some)), 0.0, reason)
