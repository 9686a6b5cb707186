"""What a plan was drawn on, to know later whether it still is so: counts of the buildings, totals and the boundary."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import Words
from geo.plans.findings import Finding, listed


def ground_of(
    boundary: BaseGeometry, buildings: gpd.GeoDataFrame, *, households: int | None, people: int | None
) -> dict[str, Any]:
    """The counts a community's cells are made from, as plain values that can be kept.

    `buildings` have ref, households, people; `households` and `people` are the community's own totals. Keys:
    boundary (a fingerprint, the same wherever its rings begin), totals, buildings: households and people by ref.

    >>> box = shapely.box(0, 0, 1, 1)
    >>> frame = gpd.GeoDataFrame({"ref": ["b1"], "households": [12], "people": [pd.NA]}, geometry=[box], crs=4490)
    >>> ground_of(box, frame, households=None, people=None)["buildings"]
    {'b1': [12, None]}
    """
    counts = [_plain(buildings[name]) for name in ("households", "people")]
    refs = [str(ref) for ref in buildings["ref"]]
    return {
        "boundary": hashlib.sha256(shapely.to_wkb(shapely.normalize(boundary))).hexdigest()[:16],
        "totals": [households, people],
        "buildings": {ref: list(pair) for ref, pair in zip(refs, zip(*counts, strict=True), strict=True)},
    }


def _plain(values: pd.Series) -> list[int | None]:
    return [None if pd.isna(value) else int(value) for value in values]


def ground_findings(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Finding]:
    """What changed between two results of `ground_of`: warnings `counts-changed` (value: buildings), `totals-changed`
    (households or people) and `boundary-changed`; none when nothing did."""
    found: list[Finding] = []
    old, new = then["buildings"], now["buildings"]
    changed = sorted(ref for ref in old.keys() & new.keys() if old[ref] != new[ref])
    fresh, gone = sorted(new.keys() - old.keys()), sorted(old.keys() - new.keys())
    if changed or fresh or gone:
        before, after = _households(old), _households(new)
        reason = Words(
            f"the buildings changed since the cells of this plan were cut: {len(changed)} with other counts, "
            f"{len(fresh)} new, {len(gone)} gone ({listed([*changed, *fresh, *gone])}); households counted {before} → "
            f"{after}; cut and draw again: wangge cells, wangge partition --from-current",
            f"划分之后楼栋数据有变化：{len(changed)} 栋户数或人数不同，新增 {len(fresh)} 栋，减少 {len(gone)} 栋"
            f"（{listed([*changed, *fresh, *gone])}）；合计户数 {before} → {after}；"
            "请重新运行 wangge cells 与 wangge partition --from-current",
        )
        found.append(
            Finding(
                "warning",
                "counts-changed",
                None,
                None,
                float(len(changed) + len(fresh) + len(gone)),
                0.0,
                reason,
            )
        )
    units = (Words("households", "户数"), Words("people", "人口"))
    for unit, before, after in zip(units, then["totals"], now["totals"], strict=True):
        if before != after:
            reason = Words(
                f"the community's total of {unit.en} changed since its cells were cut: {_said(before)} → {_said(after)}",
                f"划分之后社区{unit.zh}合计有变化：{_said(before)} → {_said(after)}",
            )
            found.append(Finding("warning", "totals-changed", None, None, float(after or 0), None, reason))
    if then["boundary"] != now["boundary"]:
        reason = Words(
            "the community's boundary changed since its cells were cut; run wangge cells and wangge partition again",
            "划分之后社区边界有变化；请重新运行 wangge cells 与 wangge partition",
        )
        found.append(Finding("warning", "boundary-changed", None, None, 1.0, 0.0, reason))
    return found


def _households(buildings: Mapping[str, list[int | None]]) -> int:
    return sum(pair[0] or 0 for pair in buildings.values())


def _said(value: int | None) -> str:
    return "—" if value is None else str(value)
