"""Checks on a community of six square cells with a road between the two rows:

3 4 5   block 1
0 1 2   block 0
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import KEPT_CRS, LocalMetres
from geo.plans.checks import check_plan
from geo.plans.outline import outline
from geo.plans.rules import Crossing, profile

STEP = 0.001
COMMUNITY = "610402005003"
RULES = replace(profile("national"), max_people=1000)


def square(x: float, y: float, width: float = 1.0, height: float = 1.0) -> shapely.Polygon:
    return shapely.box(
        108.7 + x * STEP, 34.3 + y * STEP, 108.7 + (x + width) * STEP, 34.3 + (y + height) * STEP
    )


def cells(**columns: Any) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {
            "cell": range(6),
            "kind": "building",
            "block": [0, 0, 0, 1, 1, 1],
            "building_ref": list("abcdef"),
            "complex_ref": pd.array(["k", "k", "k", "m", "m", "m"], dtype="str"),
            "households": 130,
            "households_estimated": False,
            "people": pd.array([300] * 6, dtype="Int64"),
            "area_m2": 10_000.0,
        },
        geometry=[square(0, 0), square(1, 0), square(2, 0), square(0, 1), square(1, 1), square(2, 1)],
        crs=KEPT_CRS,
    )
    return frame.assign(**columns)


EDGES = pd.DataFrame([(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)], columns=["a", "b"]).assign(
    shared_m=[110.93] * 4 + [92.03] * 3, barrier=[False] * 4 + [True] * 3
)
ROWS = [0, 0, 0, 1, 1, 1]
COMPLEXES = gpd.GeoDataFrame(
    {"ref": ["k", "m"], "name": ["桃园小区", "绿地"]},
    geometry=[square(0, 0, 3), square(0, 1, 3)],
    crs=KEPT_CRS,
)


def grids(frame: gpd.GeoDataFrame, labels: list[int], **columns: Any) -> gpd.GeoDataFrame:
    made = outline(frame, labels)
    number = np.arange(1, len(made) + 1)
    made = made.assign(
        code=[f"{COMMUNITY}{n:03d}" for n in number],
        name=pd.array([f"第{'一二三四五六'[n - 1]}网格" for n in number], dtype="str"),
        kind="base",
        community_code=COMMUNITY,
    )
    return made.assign(**columns)


def check(
    labels: list[int] = ROWS,
    frame: gpd.GeoDataFrame | None = None,
    drawn: gpd.GeoDataFrame | None = None,
    **options: Any,
) -> pd.DataFrame:
    frame = cells() if frame is None else frame
    drawn = grids(frame, labels) if drawn is None else drawn
    options = {"rules": RULES, "complexes": COMPLEXES} | options
    return check_plan(frame, EDGES, labels, drawn, **options)


def found(table: pd.DataFrame, rule: str) -> pd.DataFrame:
    return table[table["rule"] == rule]


def one(table: pd.DataFrame, rule: str) -> pd.Series:
    rows = found(table, rule)
    assert len(rows) == 1, table["rule"].tolist()
    return rows.iloc[0]


def test_a_good_plan_has_no_findings() -> None:
    table = check()
    assert table.empty
    assert table.columns.tolist() == ["severity", "rule", "label", "code", "value", "limit", "reason"]


def test_a_cell_in_no_grid_is_an_error_and_leaves_a_gap() -> None:
    table = check([0, 0, -1, 1, 1, 1])
    row = one(table, "not-covered")
    assert (row["severity"], row["value"]) == ("error", 1)
    assert "130 households" in row["reason"].en
    assert one(table, "gap")["value"] == pytest.approx(92.03 * 110.93, rel=1e-3)


def test_a_grid_without_cells_is_an_error() -> None:
    frame = cells()
    drawn = grids(frame, ROWS)
    extra = drawn.iloc[[1]].assign(label=7, code=f"{COMMUNITY}007", name="第七网格")
    table = check(drawn=gpd.GeoDataFrame(pd.concat([drawn, extra]), crs=KEPT_CRS))
    assert one(table, "empty-grid")["label"] == 7
    assert one(table, "overlap")["severity"] == "error"


def test_parts_are_counted() -> None:
    row = one(check([0, 1, 0, 1, 1, 1]), "not-connected")
    assert (row["severity"], row["label"], row["value"], row["limit"]) == ("error", 0, 2, 1)


def test_touching_across_a_barrier_is_connected_but_crosses_it() -> None:
    table = check([0, 0, 1, 0, 0, 1])
    assert found(table, "not-connected").empty
    row = found(table, "barrier-crossed").iloc[0]
    assert (row["severity"], row["label"]) == ("warning", 0)
    assert row["value"] == pytest.approx(2 * 92.03)
    soft = check([0, 0, 1, 0, 0, 1], rules=replace(RULES, barriers=Crossing.FREE))
    assert set(found(soft, "barrier-crossed")["severity"]) == {"notice"}


def test_a_crossed_barrier_is_named_but_neither_a_tunnel_nor_a_road_along_the_outline() -> None:
    road = shapely.LineString([(108.7 - STEP, 34.3 + STEP), (108.7 + 4 * STEP, 34.3 + STEP)])
    aside = shapely.LineString([(108.7 + 2 * STEP, 34.3), (108.7 + 2 * STEP, 34.3 + 2 * STEP)])
    barriers = gpd.GeoDataFrame(
        {"name": ["人民路", "边路", "人民路隧道"], "tunnel": pd.array([None, False, True], dtype="boolean")},
        geometry=[road, aside, road],
        crs=KEPT_CRS,
    )
    rows = found(check([0, 0, 1, 0, 0, 1], barriers=barriers), "barrier-crossed")
    assert [reason.zh.rpartition("：")[2] for reason in rows["reason"]] == ["人民路", "人民路"]


def test_the_river_on_its_bank_crosses_nothing_but_both_banks_do() -> None:
    river = cells(kind=["building", "building", "building", "water", "building", "building"])
    edges = pd.DataFrame({"a": [0, 3], "b": [3, 4], "shared_m": [92.03, 110.93], "barrier": True})
    bank = check_plan(river, edges, [0, 1, 1, 0, 2, 2], grids(river, [0, 1, 1, 0, 2, 2]), rules=RULES)
    assert found(bank, "barrier-crossed").empty
    both = check_plan(river, edges, [0, 1, 1, 0, 0, 2], grids(river, [0, 1, 1, 0, 0, 2]), rules=RULES)
    assert one(both, "barrier-crossed")["value"] == pytest.approx(92.03)


@pytest.mark.parametrize(
    ("households", "rule", "severity", "value", "limit"),
    [
        (94, "few-households", "warning", 282, 300),
        (95, "few-households", "notice", 285, 300),
        (99, "few-households", "notice", 297, 300),
        (100, None, "", 0, 0),
        (166, None, "", 0, 0),
        (167, "many-households", "notice", 501, 500),
        (175, "many-households", "notice", 525, 500),
        (176, "many-households", "warning", 528, 500),
    ],
)
def test_bounds_are_inclusive_and_a_miss_within_the_tolerance_is_only_told(
    households: int, rule: str | None, severity: str, value: int, limit: int
) -> None:
    table = check(frame=cells(households=[households] * 3 + [130] * 3))
    if rule is None:
        assert table.empty
    else:
        row = one(table, rule)
        assert (row["severity"], row["label"], row["value"], row["limit"]) == (severity, 0, value, limit)
        assert ("容差" in row["reason"].zh) == (severity == "notice")


def test_sizes_come_from_the_cells_and_exclusive_grids_have_no_bounds() -> None:
    frame = cells(households=[0, 0, 0, 130, 130, 130])
    wrong = grids(frame, ROWS, households=400)
    assert one(check(frame=frame, drawn=wrong), "few-households")["value"] == 0
    assert check(frame=frame, drawn=grids(frame, ROWS, kind=["exclusive", "base"])).empty


def test_people_are_bound_where_the_rules_say_so_and_unknown_ones_do_not_count() -> None:
    frame = cells(people=pd.array([400, 400, 400, 600, 400, None], dtype="Int64"))
    row = one(check(frame=frame), "many-people")
    assert (row["label"], row["value"], row["limit"]) == (0, 1200, 1000)
    assert found(check(frame=frame, rules=profile("national")), "many-people").empty


def test_a_split_complex_is_named_on_both_sides() -> None:
    rows = found(check([0, 0, 1, 0, 0, 1]), "complex-split")
    assert rows["label"].tolist() == [0, 1]
    assert set(rows["severity"]) == {"warning"}
    assert rows.iloc[0]["value"] == 2
    assert "桃园小区、绿地" in rows.iloc[0]["reason"].zh


def test_a_complex_too_large_for_a_grid_may_be_split() -> None:
    frame = cells(complex_ref=pd.array(["k", "k", "k", "k", "k", "k"], dtype="str"))
    rows = found(check(frame=frame), "complex-split")
    assert set(rows["severity"]) == {"notice"}
    assert "规模超过" in rows.iloc[0]["reason"].zh


def test_empty_ground_of_a_complex_may_lie_elsewhere() -> None:
    frame = cells(
        kind=["building", "building", "empty", "building", "building", "building"],
        complex_ref=pd.array(["k", "k", "m", "m", "m", "m"], dtype="str"),
    )
    assert found(check(frame=frame), "complex-split").empty


def test_a_hole_is_a_warning() -> None:
    ring = gpd.GeoDataFrame(
        grids(cells(), [0] * 6), geometry=[square(0, 0, 3, 2).difference(square(1, 0.5))], crs=KEPT_CRS
    )
    row = one(check([0] * 6, drawn=ring, boundary=ring.geometry.iloc[0]), "holes")
    assert (row["severity"], row["value"]) == ("warning", 1)


def test_what_lies_outside_the_community_is_an_error() -> None:
    row = found(check(boundary=square(0, 0, 3, 1.5)), "outside").iloc[0]
    assert (row["severity"], row["label"]) == ("error", 1)
    assert row["value"] == pytest.approx(1.5 * 92.03 * 110.93, rel=1e-3)


def test_drawn_out_shapes_are_noticed() -> None:
    strip = grids(cells(), [0] * 6).set_geometry(gpd.GeoSeries([square(0, 0, 3, 0.1)], crs=KEPT_CRS))
    row = one(check([0] * 6, drawn=strip, boundary=square(0, 0, 3, 0.1)), "low-compactness")
    width, height = 3 * 92.03, 11.093
    assert row["value"] == pytest.approx(np.pi * width * height / (width + height) ** 2, rel=1e-2)


def test_share_of_the_outline_that_can_be_closed() -> None:
    assert found(check(), "not-closable").empty, "road on one side, boundary on the others"
    frame = cells()
    perimeter = shapely.length(LocalMetres.of(frame).to_metres(frame))[0]
    edges = EDGES.assign(barrier=False, shared_m=perimeter / 4)
    same = frame.assign(complex_ref="k")
    labels = [0, 1, 0, 0, 0, 0]  # grid 1: three of four sides open inside one complex
    table = check_plan(same, edges, labels, grids(same, labels), rules=RULES)
    row = one(table, "not-closable")
    assert (row["severity"], row["label"], row["limit"]) == ("notice", 1, 0.5)
    assert row["value"] == pytest.approx(0.25, abs=1e-6)
    other = frame.assign(complex_ref=["k", "m", "k", "k", "k", "k"])
    assert found(check_plan(other, edges, labels, grids(other, labels), rules=RULES), "not-closable").empty


def test_codes_and_names() -> None:
    frame = cells()
    labels = [0, 1, 2, 3, 4, 5]
    drawn = grids(frame, labels).assign(
        code=[f"{COMMUNITY}001", f"{COMMUNITY}001", None, "W-4", f"{COMMUNITY}005", f"{COMMUNITY}006"],
        name=pd.array(
            ["第一网格", "第一网格", None, "桃园社区四格", f"{COMMUNITY}005", "第六网格"], dtype="str"
        ),
    )
    table = check(labels, drawn=drawn, community_name="桃园社区")
    assert found(table, "code-duplicate")["label"].tolist() == [0, 1]
    assert one(table, "code-missing")["label"] == 2
    assert one(table, "code-template")["label"] == 3
    assert found(table, "name-duplicate")["label"].tolist() == [0, 1]
    assert one(table, "name-missing")["label"] == 2
    assert found(table, "name-content")["label"].tolist() == [3, 4]
    assert found(table, "community-mixed").empty


def test_all_grids_lie_in_one_community() -> None:
    drawn = grids(cells(), ROWS).assign(community_code=[COMMUNITY, "610402005004"])
    assert one(check(drawn=drawn), "community-mixed")["severity"] == "error"


def test_estimated_households_are_said_once_for_the_plan() -> None:
    frame = cells(households_estimated=[True, False, False, True, False, False])
    row = one(check(frame=frame), "households-estimated")
    assert row["severity"] == "notice"
    assert pd.isna(row["label"])
    assert row["value"] == pytest.approx(2 / 6)


def test_worst_comes_first_and_every_reason_speaks_both_languages() -> None:
    table = check([0, 1, 0, 1, 1, -1], frame=cells(households_estimated=True))
    order = {"error": 0, "warning": 1, "notice": 2}
    assert table["severity"].map(order).is_monotonic_increasing
    assert table["severity"].nunique() == 3
    assert all(reason.en and reason.zh and reason.en != reason.zh for reason in table["reason"])


def test_edge_order_does_not_matter() -> None:
    labels = [0, 1, 0, 1, 1, 2]
    first = check_plan(cells(), EDGES, labels, grids(cells(), labels), rules=RULES)
    again = check_plan(cells(), EDGES.iloc[::-1], labels, grids(cells(), labels).iloc[::-1], rules=RULES)
    pd.testing.assert_frame_equal(first.drop(columns="reason"), again.drop(columns="reason"))
