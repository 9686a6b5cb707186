"""What is wrong with stored plans under the rules they were drawn with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy.engine import Connection

from geo.cells.blocks import BarrierRules
from geo.errors import EmptyLayerError, WanggeError, Words
from geo.plans.checks import check_plan
from geo.plans.levels import Level
from geo.plans.rules import Rules
from layers.cells import StoredCells, read_cells
from layers.level_units import torn_units
from layers.plans import newest_plan_ids, read_grids, read_labels, read_plans
from layers.regions import read_communities, read_complexes
from layers.rights.viewer import Viewer
from layers.steps import executor, in_parallel
from layers.store.database import Store
from layers.streets import around, near, read_roads, read_water


@dataclass(frozen=True, slots=True)
class _Job:
    plan_id: int
    community_code: str
    community_name: str
    boundary: BaseGeometry
    stored: StoredCells
    labels: NDArray[np.int64]
    grids: gpd.GeoDataFrame
    complexes: gpd.GeoDataFrame
    barriers: gpd.GeoDataFrame
    rules: Rules


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
    )
    findings.insert(0, "community_code", job.community_code)
    findings.insert(0, "plan_id", job.plan_id)
    return findings


def check_plans(
    store: Store, viewer: Viewer, *, plan_ids: Iterable[int] | None = None, workers: int = 1
) -> pd.DataFrame:
    """Findings of `geo.plans.checks.check_plan` for each plan, with plan_id and community_code in front.

    Without `plan_ids`, the newest plan of every community the viewer sees. Raises `EmptyLayerError` when there
    is none. Sorted by plan; within one, worst first.
    """
    with store.read() as conn:
        ids = list(plan_ids) if plan_ids is not None else newest_plan_ids(conn, viewer)
        if not ids:
            raise EmptyLayerError(
                "there are no plans to check; run wangge partition",
                "还没有方案可检查；请先运行 wangge partition",
            )
        plans = read_plans(conn, viewer, plan_ids=ids)
    found: dict[int, pd.DataFrame] = {}
    with executor(workers) as pool:
        for job, findings in in_parallel(pool, _check, _jobs(store, viewer, plans), ahead=2 * workers):
            if isinstance(findings, WanggeError):
                raise findings
            found[job.plan_id] = findings
    with store.read() as conn:
        found = {plan_id: _with_levels(conn, plan_id, findings) for plan_id, findings in found.items()}
    return pd.concat([found[plan_id] for plan_id in sorted(found)], ignore_index=True)


def _with_levels(conn: Connection, plan_id: int, findings: pd.DataFrame) -> pd.DataFrame:
    """The findings, and a warning (`level-torn`) for each level whose units are no longer nested in the grids."""
    torn = Counter(level for level, _ in torn_units(conn, plan_id))
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


def _jobs(store: Store, viewer: Viewer, plans: pd.DataFrame) -> Iterator[_Job]:
    """Jobs street by street, so that roads are read once for the communities they pass."""
    for _, some in plans.groupby(plans["community_code"].str[:9]):
        codes = sorted(set(some["community_code"]))
        with store.read() as conn:
            communities = read_communities(conn, viewer, codes=codes).set_index("code")
            bounds = around(tuple(communities.total_bounds))
            roads, water = read_roads(conn, viewer, bounds=bounds), read_water(conn, viewer, bounds=bounds)
            complexes = read_complexes(conn, viewer, codes=codes)
            barriers = pd.concat([roads[roads["road_class"].isin(BarrierRules().road_classes)], water])
            for plan in some.itertuples():
                code = plan.community_code
                boundary = communities.loc[code, "geometry"]
                yield _Job(
                    int(plan.id),
                    code,
                    communities.loc[code, "name"],
                    boundary,
                    read_cells(conn, viewer, code, cell_set_id=plan.cell_set_id),
                    read_labels(conn, plan.id),
                    read_grids(conn, viewer, plan_ids=[plan.id]),
                    complexes[complexes["community_code"] == code],
                    near(barriers, boundary.bounds),
                    Rules.from_dict(plan.rules),
                )
