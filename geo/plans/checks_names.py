"""Checks on the codes and names of a plan's grids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from geo.errors import Words
from geo.plans.codes import CodeTemplate
from geo.plans.findings import Checked, Finding, listed
from geo.plans.rules import Rules


def name_findings(
    plan: Checked, grids: pd.DataFrame, *, rules: Rules, community_name: str | None
) -> Iterator[Finding]:
    """Findings on code, name and community_code of `grids` (one a row), all of one community."""
    codes = sorted(set(grids["community_code"].dropna()))
    if len(codes) > 1:
        words = Words(
            f"the grids name {len(codes)} communities ({listed(codes)}); a grid lies in exactly one",
            f"网格分属 {len(codes)} 个社区（{listed(codes)}）；每个网格只能属于一个社区",
        )
        yield Finding("error", "community-mixed", None, None, len(codes), 1, words)
    yield from _codes(plan, grids, rules)
    yield from _names(plan, grids, community_name)


def _codes(plan: Checked, grids: pd.DataFrame, rules: Rules) -> Iterator[Finding]:
    template = CodeTemplate.parse(rules.code_template)
    used = Counter(code for code in plan.code if code)
    for row, (code, community) in enumerate(zip(plan.code, grids["community_code"], strict=True)):
        title = plan.title(row)
        if not code:
            words = Words(f"{title} has no code", f"{title}没有编码")
            yield plan.finding("error", "code-missing", row, 0, 1, words)
            continue
        if used[code] > 1:
            words = Words(
                f"code {code} is used by {used[code]} grids", f"编码 {code} 被 {used[code]} 个网格使用"
            )
            yield plan.finding("error", "code-duplicate", row, used[code], 1, words)
        if pd.notna(community) and template.sequence_of(code, community) is None:
            words = Words(
                f"code {code} does not follow the template {template.text}",
                f"编码 {code} 不符合编码规则 {template.text}",
            )
            yield plan.finding("warning", "code-template", row, 0, None, words)


def _names(plan: Checked, grids: pd.DataFrame, community_name: str | None) -> Iterator[Finding]:
    used = Counter(name for name in plan.name if name)
    for row, (name, community) in enumerate(zip(plan.name, grids["community_code"], strict=True)):
        if not name:
            words = Words(f"{plan.title(row)} has no name", f"{plan.title(row)}没有名称")
            yield plan.finding("warning", "name-missing", row, 0, 1, words)
            continue
        if used[name] > 1:
            words = Words(
                f"name {name} is used by {used[name]} grids", f"名称“{name}”被 {used[name]} 个网格使用"
            )
            yield plan.finding("warning", "name-duplicate", row, used[name], 1, words)
        banned = (plan.code[row], community if pd.notna(community) else None, community_name)
        inside = [text for text in banned if text and text in name]
        if inside:
            words = Words(
                f"name {name} contains {listed(inside)}; leave codes and the community's name out of it",
                f"名称“{name}”含有 {listed(inside)}；网格名称中不得出现编码或社区名称",
            )
            yield plan.finding("warning", "name-content", row, len(inside), 0, words)
