"""Named rule profiles: the size bounds and soft preferences a plan is drawn and checked under.

Bounds are advice with a severity for a human edit and a goal for the generator; where a place has its own
figures, it copies the nearest profile. Figures: GB/T 34300-2017 (wording unverified), Zhejiang and county
practice as published; see docs/architecture.md for sources.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any

from geo.errors import RulesError, Words


@dataclass(frozen=True, slots=True)
class Rules:
    """What a good grid is, for one profile. Bounds are inclusive."""

    name: str
    title: Words
    min_households: int
    max_households: int
    max_people: int | None = None
    """Most people in a grid; None where the place sets none."""
    grid_kind: str = "base"
    """The kind of the grids drawn under these rules."""
    keep_complexes: bool = True
    """Prefer plans that split no residential complex."""
    avoid_barriers: bool = True
    """Prefer plans whose grids do not cross main roads, water and railways."""
    code_template: str = "{community}{sequence:03d}"
    """Grid code; `community` is the 12-digit code, `sequence` counts inside the community (DB11/T 2157-2023)."""
    keep_code_share: float = 0.5
    """A new grid keeps an old code when they share more than this share of the households of both, 0.5-1."""

    def __post_init__(self) -> None:
        if not 0 <= self.min_households <= self.max_households or self.max_households == 0:
            raise RulesError(
                f"rules {self.name}: bounds {self.min_households}-{self.max_households} households contradict; "
                "the lower must not exceed the upper",
                f"规则 {self.name}：户数界限 {self.min_households}–{self.max_households} 矛盾；下限不得大于上限",
            )
        if not 0.5 <= self.keep_code_share <= 1:
            raise RulesError(
                f"rules {self.name}: keep_code_share {self.keep_code_share} must lie between 0.5 and 1",
                f"规则 {self.name}：keep_code_share {self.keep_code_share} 应在 0.5 与 1 之间",
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, as kept with a plan."""
        return asdict(self) | {"title": list(self.title)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Rules:
        """The way back from `to_dict`; unknown names are ignored, so that old plans stay readable."""
        known = {field.name for field in fields(cls)}
        given: dict[str, Any] = {name: value for name, value in values.items() if name in known}
        return cls(**given | {"title": Words(*given["title"])})


PROFILES = {
    rules.name: rules
    for rules in (
        Rules("national", Words("National default, 300-500 households", "国家一般，300–500 户"), 300, 500),
        Rules("zhejiang", Words("Zhejiang, 300-500 households", "浙江，300–500 户"), 300, 500),
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
