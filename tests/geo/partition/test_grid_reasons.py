"""Why grids miss their bounds, each told with the smallest change that helps, in names.

Cells are squares in a row, one building each: b0 b1 b2 …
"""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import Words
from geo.partition.ask import Ask, Names, Today
from geo.partition.propose import propose
from geo.plans.reasons import Reason
from geo.plans.rules import Crossing, Rules

RULES = Rules("test", Words("test", "测试"), 300, 500, size_tolerance=0.0)
QUICK = Ask(time_limit_s=0.2)
NAMES = Names({f"b{i}": f"安居苑{i}号楼" for i in range(9)}, {})
GRIDS = {label: f"第{label}格" for label in range(9)}


def reasons_of(households: list[int], rules: Rules = RULES, today: Today | None = None) -> dict[int, Reason]:
    """The one reason of each grid that has any; the barrier lies after the second cell."""
    n = len(households)
    cells = gpd.GeoDataFrame(
        {
            "households": households,
            "people": pd.array([3 * number for number in households], "Int64"),
            "complex_ref": pd.Series([None] * n, dtype=object),
            "building_ref": [f"b{i}" for i in range(n)],
            "area_m2": 1e4,
        },
        geometry=[shapely.box(108.7 + i / 1000, 34.3, 108.701 + i / 1000, 34.301) for i in range(n)],
        crs=4490,
    )
    edges = pd.DataFrame(
        {"a": range(n - 1), "b": range(1, n), "shared_m": 100.0, "barrier": [i == 1 for i in range(n - 1)]}
    )
    (plan,), _ = propose(cells, edges, rules, ask=QUICK, today=today, names=NAMES)
    assert all(len(found) == 1 for found in plan.reasons.values())
    return {label: found[0] for label, found in plan.reasons.items()}


def test_a_plan_within_bounds_has_no_reasons() -> None:
    assert reasons_of([200, 200, 200, 200]) == {}


def test_what_an_exclusive_grid_cuts_off_names_it_and_what_giving_it_up_brings() -> None:
    today = Today(np.array([0, 1, 2, 2]), ("a", "s", "b"), ("base", "exclusive", "base"))
    ((label, reason),) = reasons_of([180, 0, 200, 200], today=today).items()
    assert (label, reason.rule, reason.grids) == (0, "enclosed", (2,))
    words = reason.told(GRIDS)
    assert words.zh == (
        "四周被第2格（专属网格）与社区边界包围：这一片共 180 户，不足下限 300 户；"
        "撤销第2格、归入相邻网格，或下限降至 180 户即可"
    )
    assert "enclosed by 第2格 (exclusive) and the community's boundary: 180 households" in words.en
    assert "dissolving 第2格, or a lower bound of 180 households would help" in words.en


def test_a_locked_grid_around_is_to_be_unlocked() -> None:
    today = Today(np.array([0, 1, 1, 2]), ("a", "s", "b"), ("base",) * 3)
    found = reasons_of([100, 200, 200, 400], replace(RULES, locked=("s",)), today)
    (reason,) = found.values()
    assert reason.told(GRIDS).zh.endswith("；解锁第2格即可")


def test_giving_up_what_would_not_help_is_not_advised() -> None:
    today = Today(np.array([0, 1, 1, 1]), ("a", "s"), ("base", "exclusive"))
    (reason,) = reasons_of([20, 0, 0, 0], today=today).values()
    assert (reason.rule, reason.helps) == ("enclosed", ())


def test_a_building_above_the_bound_is_named() -> None:
    found = reasons_of([620, 300])
    (reason,) = found.values()
    assert reason.told(GRIDS).zh == (
        "楼栋 安居苑0号楼一处就有 620 户，超过上限 500 户；按单元拆分该楼栋，或上限升至 620 户即可"
    )


def test_within_the_tolerance_other_goals_come_first() -> None:
    today = Today(np.array([0, 0, 1]), ("a", "b"), ("base", "base"))
    (reason,) = reasons_of(
        [145, 145, 400], replace(RULES, size_tolerance=0.05, locked=("b",)), today
    ).values()
    assert reason.rule == "enclosed"  # no plan could have kept the bound
    ((_, reason),) = reasons_of([255, 255, 300], replace(RULES, size_tolerance=0.05)).items()
    assert reason.told({}).zh == "容差（285–525 户）之内，形状、整排楼栋与完整小区优先于所差的 10 户"


def test_a_small_community_and_a_part_behind_a_barrier() -> None:
    (small,) = reasons_of([100, 100]).values()
    assert small.rule == "small-community"
    assert "整个社区只有 200 户，不足下限 300 户；下限降至 200 户即可" in small.told({}).zh
    (apart,) = reasons_of([100, 150, 200, 200], replace(RULES, barriers=Crossing.FORBIDDEN)).values()
    assert apart.rule == "apart"
    assert "这一片共 250 户" in apart.told({}).zh


def test_a_sum_that_fits_no_number_of_grids() -> None:
    found = reasons_of([190, 180, 180])
    assert {reason.rule for reason in found.values()} == {"sum"}
    words = next(iter(found.values())).told({})
    assert "社区共 550 户：1 个网格（每个至多 500 户）容不下，2 个网格（每个至少 300 户）又不够分" in words.zh
    assert "下限降至 275 户，或上限升至 550 户" in words.zh


def test_names_with_braces_are_told_as_they_are() -> None:
    reason = Reason("enclosed", Words("{0}", "{0}"), (), (4,))
    assert reason.told({4: "{1}"}).zh == "{1}"
