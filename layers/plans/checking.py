"""What is wrong with stored plans under the rules they were drawn with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.cells.blocks import BarrierRules
from geo.cells.dwellings import UnknownGround, estimate_households, unknown_ground
from geo.errors import EmptyLayerError, WanggeError, Words
from geo.plans.checks import check_plan
from geo.plans.findings import Finding, as_table
from geo.plans.ground import ground_findings, ground_of
from geo.plans.growth import growth_findings, planned_growth
from geo.plans.holding import weighed, with_exceptions, worst_first
from geo.plans.levels import Level
from geo.plans.rules import Rules
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes
from layers.ground.streets import around, near, read_roads, read_water
from layers.plans.cells import StoredCells, ground_then, read_cells
from layers.plans.exceptions import excepted, read_exceptions
from layers.plans.level_units import torn_units
from layers.plans.plans import newest_plan_ids, read_grids, read_labels, read_plans
from layers.plans.reasons import read_reasons
from layers.plans.walking import not_walked
from layers.rights.viewer import Viewer
from layers.runs.steps import attempt, steadily
from layers.store.database import Store
from layers.store.unit import Reading

_COVERAGE = ("outside", "gap", "not-covered")


@dataclass(frozen=True, slots=True)
class _Job:
    plan_id: int
    community_code: str
    community_name: str
    boundary: BaseGeometry
    stored: StoredCells
    labels: NDArray[np.int64]
    grids: gpd.GeoDataFrame
    reasons: dict[int, Words]
    """What stood in the way of grids when they were drawn, by label."""
    complexes: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    rules: Rules
    ground: tuple[dict[str, Any], dict[str, Any]] | None
    """What the cells were made from, and what is there now."""
    unknown: UnknownGround
    """What was made of buildings whose use nobody knows."""
    planned: pd.DataFrame
    """What planned buildings will bring, as `geo.plans.growth.planned_growth` gives it."""
    today: date


def _check(job: _Job) -> pd.DataFrame:
    findings = check_plan(
        job.stored.cells,
        job.stored.edges,
        job.labels,
        job.grids,
        rules=job.rules,
        complexes=job.complexes,
        boundary=job.boundary,
        community_name=job.community_name,
        barriers=job.barriers,
        reasons=job.reasons,
    )
    if job.ground is not None and (since := ground_findings(*job.ground)):
        if findings["rule"].isin(_COVERAGE).any():  # the reason comes before what follows from it
            since = [f._replace(severity="error") if f.rule == "boundary-changed" else f for f in since]
        added = as_table(since).astype(findings.dtypes.to_dict())
        findings = pd.concat([added, findings], ignore_index=True)
        findings = worst_first(findings)
    ahead = growth_findings(job.stored.cells, job.labels, job.grids, job.planned, job.rules, today=job.today)
    if later := list(ahead):
        findings = worst_first(pd.concat([findings, as_table(later).astype(findings.dtypes.to_dict())]))
    if (said := job.unknown.words) is not None:
        count = float(job.unknown.counted + job.unknown.doubtful)
        told = as_table([Finding("notice", "use-unknown", None, None, count, None, said)])
        findings = pd.concat([findings, told.astype(findings.dtypes.to_dict())], ignore_index=True)
    findings.insert(0, "community_code", job.community_code)
    findings.insert(0, "plan_id", job.plan_id)
    return findings


def check_plans(
    store: Store,
    viewer: Viewer,
    *,
    today: date,
    plan_ids: Iterable[int] | None = None,
    workers: int = 1,
    excepting: bool = True,
) -> pd.DataFrame:
    """Findings of `geo.plans.checks.check_plan` for each plan, with plan_id and community_code in front.

    Without `plan_ids`, the newest plan of every community the viewer sees. Raises `EmptyLayerError` when there
    is none. Sorted by plan; within one, worst first. A plan whose check fails has the one error `not-checked`.
    Findings weigh as the plan's rules say (`Rules.checks`); one that is excepted is a notice, unless `excepting` is off.
    `today` is the day from which rules that look ahead (`Rules.years_ahead`) count.
    """
    with store.reading(viewer) as unit:
        ids = list(plan_ids) if plan_ids is not None else newest_plan_ids(unit)
        if not ids:
            raise EmptyLayerError(
                "there are no plans to check; run wangge partition",
                "还没有方案可检查；请先运行 wangge partition",
            )
        plans = read_plans(unit, plan_ids=ids)
    found: dict[int, pd.DataFrame] = {}
    unready: dict[int, pd.DataFrame] = {}
    for job, findings in steadily(_check, _jobs(store, viewer, plans, today, unready), workers=workers):
        if isinstance(findings, WanggeError):
            findings = _unchecked(job.plan_id, job.community_code, findings)
        found[job.plan_id] = findings
    found |= unready
    communities = dict(zip(plans["id"].astype(int), plans["community_code"], strict=True))
    with store.reading(viewer) as unit:
        found = {
            plan_id: _with_walks(unit, plan_id, communities[plan_id], _with_levels(unit, plan_id, findings))
            for plan_id, findings in found.items()
        }
        exceptions = read_exceptions(unit, found if excepting else ())
    rules = dict(zip(plans["id"].astype(int), plans["rules"], strict=True))
    for plan_id, findings in found.items():
        own = excepted(exceptions[exceptions["plan_id"] == plan_id])
        found[plan_id] = with_exceptions(weighed(findings, rules[plan_id].get("checks") or {}), own)
    return pd.concat([found[plan_id] for plan_id in sorted(found)], ignore_index=True)


def _unchecked(plan_id: int, community_code: str, error: WanggeError) -> pd.DataFrame:
    """The one finding (`not-checked`, an error) about a plan whose check failed; others are checked all the same."""
    reason = Words(f"the plan could not be checked: {error.words.en}", f"方案未能检查：{error.words.zh}")
    findings = as_table([Finding("error", "not-checked", None, None, 1.0, None, reason)])
    findings.insert(0, "community_code", community_code)
    findings.insert(0, "plan_id", plan_id)
    return findings


def _with_levels(unit: Reading, plan_id: int, findings: pd.DataFrame) -> pd.DataFrame:
    """The findings, and a warning (`level-torn`) for each level whose units are no longer nested in the grids."""
    torn = Counter(level for level, _ in torn_units(unit, plan_id))
    if not torn:
        return findings
    rows = [
        {
            "plan_id": plan_id,
            "community_code": findings["community_code"].iloc[0] if len(findings) else None,
            "severity": "warning",
            "rule": "level-torn",
            "value": float(count),
            "limit": 0.0,
            "reason": Words(
                f"{count} units of level {level} are not nested in the grids; draw the level again",
                f"{count} 个{Level(level).words.zh}与网格不再嵌套；请重新划分该层级",
            ),
        }
        for level, count in sorted(torn.items())
    ]
    added = pd.DataFrame(rows).reindex(columns=findings.columns).astype(findings.dtypes.to_dict())
    return pd.concat([findings, added], ignore_index=True)


def _with_walks(unit: Reading, plan_id: int, code: str, findings: pd.DataFrame) -> pd.DataFrame:
    """The findings, and once the walk on site has begun a notice (`not-walked`) for each grid it has not been around."""
    left = not_walked(unit, plan_id)
    if left.empty:
        return findings
    added = left.assign(plan_id=plan_id, community_code=code).reindex(columns=findings.columns)
    return pd.concat([findings, added.astype(findings.dtypes.to_dict())], ignore_index=True)


def _jobs(
    store: Store, viewer: Viewer, plans: pd.DataFrame, today: date, unready: dict[int, pd.DataFrame]
) -> Iterator[_Job]:
    """Jobs street by street, so that roads are read once for the communities they pass. What is wrong with plans that
    cannot even be read goes to `unready`."""
    for _, some in plans.groupby(plans["community_code"].str[:9]):
        codes = sorted(set(some["community_code"]))
        with store.reading(viewer) as unit:
            communities = read_communities(unit, codes=codes).set_index("code")
            bounds = around(tuple(communities.total_bounds))
            roads, water = read_roads(unit, bounds=bounds), read_water(unit, bounds=bounds)
            complexes = read_complexes(unit, codes=codes)
            buildings = read_buildings(unit, codes=codes)
            barriers = pd.concat([roads[roads["road_class"].isin(BarrierRules().road_classes)], water])
            for plan in some.itertuples():
                job = attempt(partial(_job, unit, plan, communities, buildings, complexes, barriers, today))
                if isinstance(job, WanggeError):
                    unready[int(plan.id)] = _unchecked(int(plan.id), plan.community_code, job)
                else:
                    yield job


def _job(
    unit: Reading,
    plan: Any,
    communities: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    complexes: gpd.GeoDataFrame,
    barriers: gpd.GeoDataFrame,
    today: date,
) -> _Job:
    code = plan.community_code
    community = communities.loc[code]
    boundary = community["geometry"]
    then = ground_then(unit, int(plan.cell_set_id))
    here = buildings[buildings["community_code"] == code]
    households, people = (
        None if pd.isna(community[name]) else int(community[name]) for name in ("households", "people")
    )
    now = ground_of(boundary, here, households=households, people=people)
    stored = read_cells(unit, code, cell_set_id=plan.cell_set_id)
    return _Job(
        int(plan.id),
        code,
        str(community["name"]),
        boundary,
        stored,
        read_labels(unit, plan.id),
        read_grids(unit, plan_ids=[plan.id]),
        read_reasons(unit, [int(plan.id)]).get(int(plan.id), {}),
        complexes[complexes["community_code"] == code],
        near(barriers, boundary.bounds),
        Rules.from_dict(plan.rules),
        None if then is None else (then, now),
        unknown_ground(estimate_households(here)),
        planned_growth(stored.cells, here, today=today),
        today,
    )
