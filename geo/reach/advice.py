"""Advice on organisation and premises, each with the rule it follows from. Advice only: nothing is wrong in a plan because of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.errors import Words
from geo.reach.linework import Ints
from geo.reach.members import (
    LEAST_AROUND_A_CENTRE,
    LEAST_OF_A_BRANCH,
    MOST_AROUND_A_CENTRE,
    MOST_OF_A_BRANCH,
    MOST_OF_A_GENERAL_BRANCH,
    Advice,
    branch_advice,
)

LEAST_FLOOR_M2 = 500.0
"""Floor area of a community's premises below which Liangxi had them put right."""
M2_PER_100_HOUSEHOLDS = 30.0


class Rule(StrEnum):
    """What advice follows from."""

    GRID_HAS_BRANCH = "grid_has_branch"
    GRID_HAS_STATION = "grid_has_station"
    GRID_HAS_CENTRE = "grid_has_centre"
    GRID_HAS_POST = "grid_has_post"
    BRANCH_OF_THREE = "branch_of_three"
    GENERAL_BRANCH = "general_branch"
    CONTACT_IN_BUILDING = "contact_in_building"
    CENTRE_FIVE_TO_FIFTEEN = "centre_five_to_fifteen"
    COMPLEX_HAS = "complex_has"
    FLOOR_AREA = "floor_area"
    FLOOR_SHARE = "floor_share"
    CAPACITY = "capacity"


RULES: Mapping[Rule, Words] = {
    Rule.GRID_HAS_BRANCH: Words(
        "one grid, one branch (several grids may share one)", "一格一支部（可多格共建）"
    ),
    Rule.GRID_HAS_STATION: Words("one grid, one station, or several grids one", "一格一站或多格一站"),
    Rule.GRID_HAS_CENTRE: Words("centre households in every grid", "每个网格有党员中心户"),
    Rule.GRID_HAS_POST: Words("posts of every grid held", "网格岗位齐全"),
    Rule.BRANCH_OF_THREE: Words(
        "3 formal members may form a branch, fewer join their neighbours",
        "正式党员 3 人以上可成立支部，不足 3 人联合组建",
    ),
    Rule.GENERAL_BRANCH: Words(
        f"above {MOST_OF_A_BRANCH} members a general branch, above {MOST_OF_A_GENERAL_BRANCH} a committee",
        f"超过 {MOST_OF_A_BRANCH} 人设党总支，超过 {MOST_OF_A_GENERAL_BRANCH} 人设党委",
    ),
    Rule.CONTACT_IN_BUILDING: Words("one member for each building", "一名党员一幢楼"),
    Rule.CENTRE_FIVE_TO_FIFTEEN: Words(
        f"a centre household cares for {LEAST_AROUND_A_CENTRE}–{MOST_AROUND_A_CENTRE} households",
        f"党员中心户联系 {LEAST_AROUND_A_CENTRE}–{MOST_AROUND_A_CENTRE} 户",
    ),
    Rule.COMPLEX_HAS: Words(
        "a complex has a branch, an officer, property service and an owners' committee",
        "小区有党支部、专员、物业、业委会",
    ),
    Rule.FLOOR_AREA: Words(
        f"premises of a community of {LEAST_FLOOR_M2:g} m² and more",
        f"社区用房不少于 {LEAST_FLOOR_M2:g} 平方米",
    ),
    Rule.FLOOR_SHARE: Words(
        f"{M2_PER_100_HOUSEHOLDS:g} m² for 100 households", f"每百户不少于 {M2_PER_100_HOUSEHOLDS:g} 平方米"
    ),
    Rule.CAPACITY: Words("households within a station's capacity", "服务户数不超过站点容量"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One piece of advice."""

    rule: Rule
    kind: str
    """What it is about: grid, building, complex, centre, station, community."""
    ref: str
    community_code: str
    words: Words
    figure: float | None = None
    """The figure the rule is held against: members, households, m²."""


def lacking(
    rule: Rule, kind: str, there: Mapping[str, str], has: Iterable[str], words: Words
) -> list[Finding]:
    """A finding for each of `there` (ref → community) that is not among `has`.

    >>> lacking(Rule.GRID_HAS_BRANCH, "grid", {"g1": "c", "g2": "c"}, ["g1"], Words("no branch", "无党支部"))[0].ref
    'g2'
    """
    known = set(has)
    return [Finding(rule, kind, ref, code, words) for ref, code in there.items() if ref not in known]


def advise_branches(
    grids: Sequence[str], communities: Sequence[str], members: Ints, a: Ints, b: Ints
) -> list[Finding]:
    """What the formal members (在册) of each grid allow: a branch alone, a joint one with the neighbours named, a general
    branch, a committee. `members` (n,) by grid; (a, b) neighbouring pairs of one community."""
    found = []
    for number, one in enumerate(branch_advice(members, a, b)):
        if one.advice is Advice.BRANCH:
            continue
        rule = (
            Rule.GENERAL_BRANCH if one.advice in (Advice.GENERAL, Advice.COMMITTEE) else Rule.BRANCH_OF_THREE
        )
        with_zh = "、".join(grids[other] for other in one.with_grids)
        with_en = ", ".join(grids[other] for other in one.with_grids)
        words = {
            Advice.NONE: Words("no formal member", "没有正式党员"),
            Advice.JOIN: Words(
                f"too few: join with {with_en}", f"不足 {LEAST_OF_A_BRANCH} 人，建议与 {with_zh} 联合组建"
            ),
            Advice.CANNOT: Words("too few, with its neighbours too", "与相邻网格合计仍不足，建议由社区统筹"),
            Advice.GENERAL: Words("divide into branches under a general branch", "建议设党总支，分设支部"),
            Advice.COMMITTEE: Words("divide under a committee", "建议设党委，分设支部"),
        }[one.advice]
        found.append(Finding(rule, "grid", grids[number], communities[number], words, float(one.members)))
    return found


def advise_centres(centres: Iterable[tuple[str, str, int | None]]) -> list[Finding]:
    """Centre households (ref, community, households in their care) with too many or too few.

    >>> [one.ref for one in advise_centres([("x1", "c", 4), ("x2", "c", 10), ("x3", "c", 16), ("x4", "c", None)])]
    ['x1', 'x3']
    """
    found = []
    for ref, code, households in centres:
        if households is None or LEAST_AROUND_A_CENTRE <= households <= MOST_AROUND_A_CENTRE:
            continue
        words = (
            Words("cares for too few", "联系户偏少")
            if households < LEAST_AROUND_A_CENTRE
            else Words("cares for too many", "联系户过多，建议增设")
        )
        found.append(Finding(Rule.CENTRE_FIVE_TO_FIFTEEN, "centre", ref, code, words, float(households)))
    return found


def advise_premises(communities: Iterable[tuple[str, float, int]]) -> list[Finding]:
    """Communities (code, floor area of their stations in m², households) below the norms of floor area.

    >>> [one.rule.value for one in advise_premises([("c1", 480.0, 2000), ("c2", 600.0, 1000)])]
    ['floor_area', 'floor_share']
    """
    found = []
    for code, area, households in communities:
        if area < LEAST_FLOOR_M2:
            words = Words(f"{area:,.0f} m² in all", f"合计 {area:,.0f} 平方米")
            found.append(Finding(Rule.FLOOR_AREA, "community", code, code, words, area))
        share = area / households * 100 if households else None
        if share is not None and share < M2_PER_100_HOUSEHOLDS:
            words = Words(f"{share:.1f} m² for 100 households", f"每百户 {share:.1f} 平方米")
            found.append(Finding(Rule.FLOOR_SHARE, "community", code, code, words, round(share, 1)))
    return found


def pairs_of(groups: Sequence[str], touching: Iterable[tuple[int, int]]) -> tuple[Ints, Ints]:
    """Neighbouring pairs (a, b) of one group each, from all that touch.

    >>> pairs_of(["c", "c", "d"], [(0, 1), (1, 2)])
    (array([0]), array([1]))
    """
    kept = sorted({(min(a, b), max(a, b)) for a, b in touching if a != b and groups[a] == groups[b]})
    both = np.array(kept, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def together(*lists: Sequence[Finding]) -> list[Finding]:
    """All findings, by rule in the order of `Rule`, then ref."""
    order = {rule: number for number, rule in enumerate(Rule)}
    return sorted((one for some in lists for one in some), key=lambda one: (order[one.rule], one.ref))
