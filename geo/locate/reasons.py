"""Why a look-up answers as it does: the rule for shared edges, and what is said where no grid answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Literal

from geo.errors import Words
from geo.locate.layers import Stack

Status = Literal["matched", "unplanned", "outside"]

INSIDE = Words("the point lies in this grid", "该点位于此网格内")
OUTSIDE = Words("no community covers the point", "该点不在任何社区范围内")


def verdict(
    stack: Stack, grids: Sequence[int], communities: Sequence[int], as_of: dt.date
) -> tuple[Status, float, Words]:
    """Status, confidence (0-1) and reason for the rows that cover a point on a day, in answering order."""
    if len(grids) == 1:
        return "matched", 1.0, INSIDE
    if grids:
        codes = list(dict.fromkeys(stack.key[row] for row in grids))
        return "matched", 1.0 / len(codes), _shared_edge(codes) if len(codes) > 1 else INSIDE
    if communities:
        codes = [stack.key[row] for row in communities]
        day = as_of.toordinal()
        planned = any(first <= day < end for first, end in stack.planned.get(codes[0], ()))
        return "unplanned", 0.0, _unplanned(codes, planned, as_of)
    return "outside", 0.0, OUTSIDE


def _shared_edge(codes: list[str]) -> Words:
    return Words(
        f"the point lies on the shared edge of grids {', '.join(codes)}; the smallest code answers",
        f"该点位于网格 {'、'.join(codes)} 的公共边上，归入编码最小者",
    )


def _unplanned(codes: list[str], planned: bool, as_of: dt.date) -> Words:
    edge, edge_zh = "", ""
    if len(codes) > 1:
        edge = f"on the shared edge of communities {', '.join(codes)}, the smallest code answers; "
        edge_zh = f"该点位于社区 {'、'.join(codes)} 的公共边上，归入编码最小者；"
    if planned:
        return Words(
            f"{edge}no grid of community {codes[0]} covers the point on {as_of}",
            f"{edge_zh}社区 {codes[0]} 在 {as_of} 没有网格覆盖该点",
        )
    return Words(
        f"{edge}community {codes[0]} has no published plan on {as_of}",
        f"{edge_zh}社区 {codes[0]} 在 {as_of} 没有已发布的网格方案",
    )
