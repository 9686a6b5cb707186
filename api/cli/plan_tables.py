"""Tables of plans with their figures, as the commands print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.cli.shell import Shell
from geo.errors import Words

if TYPE_CHECKING:
    import pandas as pd

    from layers.plans.drawing import DraftFigures
    from layers.plans.growth import Growth
    from layers.runs.steps import Step

_MOST_COMMUNITIES = 10
MOST_FINDINGS = 40

_HEADS = (
    Words("plan", "方案"),
    Words("aim", "侧重"),
    Words("grids", "网格"),
    Words("faults", "违规"),
    Words("complexes split", "拆分小区"),
    Words("barriers inside", "跨越界线"),
    Words("moved", "调整户数"),
    Words("compactness", "紧凑度"),
    Words("to middle m", "距中心 m"),
    Words("outline km", "内部边界 km"),
    Words("smallest", "最小"),
    Words("largest", "最大"),
)


def choice_table(run: Shell, steps: Sequence[Step[DraftFigures]]) -> None:
    """The alternatives of each community, one table each; of many communities the first few."""
    for step in steps[:_MOST_COMMUNITIES]:
        run.line(f"{step.name} {step.community_code}")
        figures_table(run, [(one.plan_id, one.title, one.score) for one in step.figures.choice])
    if len(steps) > _MOST_COMMUNITIES:
        left = len(steps) - _MOST_COMMUNITIES
        run.say(
            f"... and {left} communities more; wangge compare PLAN PLAN shows any of their plans",
            f"……另有 {left} 个社区；用 wangge compare 方案 方案 查看",
        )
    run.say(
        "choose one with wangge publish --plan N, or look closer with wangge compare N N",
        "用 wangge publish --plan 编号 选定其一，或用 wangge compare 编号 编号 细看",
    )


def figures_table(run: Shell, plans: Sequence[tuple[int, Words, Mapping[str, Any]]]) -> None:
    """Plans by number and title with the figures kept in their score; what an old plan does not have is left empty."""
    run.table(
        *(head.text(run.lang) for head in _HEADS),
        rows=[
            (
                plan_id,
                title.text(run.lang),
                score.get("grids"),
                score.get("violations"),
                score.get("complexes_split"),
                score.get("barriers_inside"),
                _count(score.get("moved_households")),
                None if score.get("compactness") is None else f"{score['compactness']:.2f}",
                None if score.get("middle_m") is None else f"{score['middle_m']:.0f}",
                None if score.get("outline_m") is None else f"{score['outline_m'] / 1000:.2f}",
                score.get("smallest"),
                score.get("largest"),
            )
            for plan_id, title, score in plans
        ],
    )


def grids_table(run: Shell, grids: pd.DataFrame, growth: Growth | None) -> None:
    """The grids of a plan, and where buildings are planned their households in one, three and five years."""
    from geo.plans.findings import listed
    from geo.plans.growth import HORIZONS

    columns = ["code", "name", "kind", "households", "people", "cells"]
    heads = (
        Words("code|name|kind|households|people|cells", "编码|名称|类型|户数|人口|基元")
        .text(run.lang)
        .split("|")
    )
    rows = list(grids[columns].itertuples(index=False, name=None))
    if growth is None or growth.planned.empty:
        run.table(*heads, rows=rows)
        return
    planned = growth.planned
    ahead = [growth.ahead(int(label)) for label in grids["label"]]
    heads += [run.text(f"in {years} y", f"{years} 年后") for years in HORIZONS]
    run.table(*heads, rows=[(*row, *later) for row, later in zip(rows, ahead, strict=True)])
    count, households = len(planned), int(planned["households"].sum())
    run.line(
        run.text(
            f"{count} planned buildings will bring {households} households; households of today leave them out",
            f"规划楼栋 {count} 栋，将新增 {households} 户；现有户数不含这些户",
        )
    )
    if lost := planned["ref"][planned["label"] < 0].tolist():
        run.line(
            run.text(f"in no grid of this plan: {listed(lost)}", f"不在本方案任何网格内：{listed(lost)}")
        )


def findings_table(run: Shell, found: pd.DataFrame) -> None:
    """What checks found, worst first; of many findings the first few."""
    columns = ["plan_id", "community_code", "severity", "rule", "code", "reason"]
    shown = (
        found[columns]
        .head(MOST_FINDINGS)
        .assign(reason=[words.text(run.lang) for words in found["reason"].head(MOST_FINDINGS)])
    )
    if len(shown):
        run.table(*columns, rows=list(shown.itertuples(index=False, name=None)))


def _count(number: int | None) -> str | None:
    return None if number is None else f"{number:,}"
