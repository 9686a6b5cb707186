"""Rule profiles: the size bounds and soft preferences a plan is drawn and checked under.

Bounds are advice with a severity for a human edit and a goal for the generator; where a place has its own
figures, it copies the nearest profile (`geo.plans.families`). Figures: GB/T 34300-2017 (wording unverified),
Zhejiang and county practice as published; see docs/architecture.md for sources.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any

from geo.errors import RulesError, Words
from geo.plans.goals import Weights
from geo.plans.severities import SEVERITIES, WEIGHED


class Crossing(StrEnum):
    """What a grid may do at a barrier: a main road, water or a railway between two of its cells."""

    FREE = "free"
    """Cross as if it were not there."""
    COSTLY = "costly"
    """Cross at the price `Weights.barriers` for each pair of cells."""
    FORBIDDEN = "forbidden"
    """Never: cells on either side are no neighbours, whatever becomes of the size bounds."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What counts towards the size bounds instead of households alone. Each cell's sum is rounded to a whole number,
    so choose units in which a building comes to ten or more."""

    household: float = 1.0
    """Units per household."""
    person: float = 0.0
    """Units per resident."""
    building: float = 0.0
    """Units per building."""
    event: float = 0.0
    """Units per event of the loads kept (appeals, repairs, visits) in their last twelve months."""

    def __post_init__(self) -> None:
        values = (self.household, self.person, self.building, self.event)
        if not all(0 <= value < 1e6 for value in values) or not any(values):
            raise RulesError(
                f"workload of {values[0]!r} per household, {values[1]!r} per person, {values[2]!r} per building, "
                f"{values[3]!r} per event: "
                "weights must be 0 or more, one of them above 0",
                f"工作量权重 {values[0]!r}（每户）、{values[1]!r}（每人）、{values[2]!r}（每栋）、{values[3]!r}（每件）应为非负数，且至少一项大于 0",
            )


@dataclass(frozen=True, slots=True)
class Rules:
    """What a good grid is, for one profile. Bounds are inclusive."""

    name: str
    title: Words
    min_households: int
    """Least size of a grid: households, or units of `workload` where that is set."""
    max_households: int
    """Largest size, in the same unit."""
    max_people: int | None = None
    """Most people in a grid; None where the place sets none."""
    size_tolerance: float = 0.05
    """Share of a bound, 0-0.5, by which a grid may miss it at little cost: within it shape, rows and whole complexes
    weigh more. 0 keeps the bounds hard."""
    workload: Workload | None = None
    """What the bounds count; None counts households."""
    years_ahead: int = 0
    """By how many years from today, 0-50, the upper bound is held against growth too; 0 looks at today alone."""
    grid_kind: str = "base"
    """The kind of the grids drawn under these rules."""
    keep_complexes: bool = True
    """Prefer plans that split no residential complex."""
    barriers: Crossing = Crossing.COSTLY
    """Whether grids cross main roads, water and railways."""
    weights: Weights = field(default_factory=Weights)
    """Prices of the soft goals; those of `keep_complexes` and `barriers` fall away where these say so."""
    locked: tuple[str, ...] = ()
    """Codes of grids in force that stay as they are."""
    code_template: str = "{community}{sequence:03d}"
    """Grid code; `community` is the 12-digit code, `sequence` counts inside the community (DB11/T 2157-2023)."""
    keep_code_share: float = 0.5
    """A new grid keeps an old code when they share more than this share of the households of both, 0.5-1."""
    checks: Mapping[str, str] = field(default_factory=dict, hash=False)
    """How much a check weighs where it is not as usual: rule to `error` (holds submission and publication back), `warning` or
    `notice`; the rules are those of `geo.plans.severities.WEIGHED`."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_households <= self.max_households or self.max_households == 0:
            raise RulesError(
                f"rules {self.name}: bounds {self.min_households}-{self.max_households} households contradict; "
                "the lower must not exceed the upper",
                f"规则 {self.name}：户数界限 {self.min_households}–{self.max_households} 矛盾；下限不得大于上限",
            )
        if self.max_people is not None and self.max_people < 1:
            raise RulesError(
                f"rules {self.name}: max_people {self.max_people} must be 1 or more; leave it out for no bound",
                f"规则 {self.name}：max_people {self.max_people} 应不小于 1；不设上限请省略",
            )
        if not 0 <= self.size_tolerance <= 0.5:
            raise RulesError(
                f"rules {self.name}: size_tolerance {self.size_tolerance} must lie between 0 and 0.5",
                f"规则 {self.name}：size_tolerance {self.size_tolerance} 应在 0 与 0.5 之间",
            )
        if not 0 <= self.years_ahead <= 50:
            raise RulesError(
                f"rules {self.name}: years_ahead {self.years_ahead} must lie between 0 and 50",
                f"规则 {self.name}：years_ahead {self.years_ahead} 应在 0 与 50 之间",
            )
        for rule, severity in self.checks.items():
            if rule not in WEIGHED or severity not in SEVERITIES:
                raise RulesError(
                    f"rules {self.name}: checks {rule}: {severity!r} is unknown; give one of {', '.join(SEVERITIES)} to one of "
                    f"{', '.join(WEIGHED)}",
                    f"规则 {self.name}：checks 中 {rule}: “{severity}”无效；可设为 {'、'.join(SEVERITIES)}，检查项为 "
                    f"{'、'.join(WEIGHED)}",
                )
        if not 0.5 <= self.keep_code_share <= 1:
            raise RulesError(
                f"rules {self.name}: keep_code_share {self.keep_code_share} must lie between 0.5 and 1",
                f"规则 {self.name}：keep_code_share {self.keep_code_share} 应在 0.5 与 1 之间",
            )

    @property
    def unit(self) -> Words:
        """What the bounds count, for a sentence."""
        return (
            Words("households", "户") if self.workload is None else Words("units of workload", "工作量单位")
        )

    @property
    def least_households(self) -> int:
        """The lower bound less the tolerance."""
        return tolerated(self.min_households, self.max_households, self.size_tolerance)[0]

    @property
    def most_households(self) -> int:
        """The upper bound and the tolerance."""
        return tolerated(self.min_households, self.max_households, self.size_tolerance)[1]

    def prices(self) -> Weights:
        """The weights as the search takes them: nothing for what these rules do not mind."""
        values = asdict(self.weights)
        if not self.keep_complexes:
            values["complexes"] = 0.0
        if self.barriers is not Crossing.COSTLY:
            values["barriers"] = 0.0
        return Weights(**values)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as kept with a plan."""
        plain = {"title": list(self.title), "barriers": str(self.barriers), "locked": list(self.locked)}
        return asdict(self) | plain | {"checks": dict(self.checks)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Rules:
        """The way back from `to_dict`; unknown names are ignored, so that old plans stay readable.

        >>> Rules.from_dict(PROFILES["national"].to_dict()) == PROFILES["national"]
        True
        """
        known = {each.name for each in fields(cls)}
        given: dict[str, Any] = {name: value for name, value in values.items() if name in known}
        given["title"] = Words(*given["title"])
        if values.get("avoid_barriers") is False:  # as plans were kept before barriers could be forbidden
            given["barriers"] = Crossing.FREE
        given["barriers"] = Crossing(given.get("barriers", Crossing.COSTLY))
        given.setdefault("size_tolerance", 0.0)  # plans kept before had hard bounds
        given["locked"] = tuple(given.get("locked", ()))
        if given.get("workload") is not None:
            given["workload"] = Workload(**given["workload"])
        given["weights"] = Weights(**given.get("weights", {}))
        return cls(**given)


def tolerated(lo: int, hi: int, tolerance: float) -> tuple[int, int]:
    """The bounds with their tolerance, a share of each.

    >>> tolerated(300, 500, 0.05)
    (285, 525)
    """
    return math.ceil(lo * (1 - tolerance) - 1e-9), math.floor(hi * (1 + tolerance) + 1e-9)


PROFILES = {
    rules.name: rules
    for rules in (
        Rules("national", Words("National default, 300-500 households", "国家一般，300–500 户"), 300, 500),
        Rules("zhejiang-plain", Words("Zhejiang, 300-500 households", "浙江，300–500 户"), 300, 500),
        Rules(
            "zhejiang-mixed",
            Words(
                "Zhejiang, mixed communities over 3,000 households, 200-300",
                "浙江混合社区（3000 户以上），200–300 户",
            ),
            200,
            300,
        ),
        Rules(
            "county-urban",
            Words("County, urban: up to 300 households or 1,000 people", "县城：300 户或 1000 人以内"),
            150,
            300,
            max_people=1000,
        ),
        Rules(
            "county-rural",
            Words("County, rural: up to 500 households or 1,500 people", "农村：500 户或 1500 人以内"),
            100,
            500,
            max_people=1500,
        ),
        Rules(
            "chengdu-general",
            Words("Chengdu general, 100-200 households", "成都一般网格，100–200 户"),
            100,
            200,
        ),
        Rules("micro", Words("Micro-grid, 30-50 households", "微网格，30–50 户"), 30, 50, grid_kind="micro"),
        Rules(
            "group",
            Words("Building group, 60-150 households (our choice)", "楼栋党小组，60–150 户（本软件取值）"),
            60,
            150,
            grid_kind="group",
        ),
        Rules(
            "branch",
            Words("Grid branch, 600-1,500 households (our choice)", "网格党支部，600–1500 户（本软件取值）"),
            600,
            1500,
            grid_kind="branch",
        ),
    )
}


def profile(name: str) -> Rules:
    """The named profile. Raises `RulesError` with the names there are.

    >>> profile("national").max_households
    500
    """
    if name not in PROFILES:
        names = ", ".join(PROFILES)
        raise RulesError(
            f"no rules profile {name!r}; choose one of {names}", f"没有名为“{name}”的规则；可选：{names}"
        )
    return PROFILES[name]
