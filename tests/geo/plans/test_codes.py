"""Codes and names on grids of 300 m drawn as boxes."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import KEPT_CRS
from geo.errors import ConflictError, InputError, RulesError
from geo.plans.codes import (
    CodeTemplate,
    assign_codes,
    crosswalk,
    kept_codes,
    name_of,
    order_grids,
    overlap_table,
)
from geo.plans.rules import profile

COMMUNITY = "610402005003"
RULES = profile("national")


def boxes(*corners: tuple[float, float], size: float = 3.0) -> gpd.GeoDataFrame:
    """Grids by their south-west corners, in units of about 100 m."""
    x, y = np.array(corners).T
    shapes = shapely.box(
        108.7 + x * 0.001, 34.3 + y * 0.001, 108.7 + (x + size) * 0.001, 34.3 + (y + size) * 0.001
    )
    return gpd.GeoDataFrame({"label": range(len(corners))}, geometry=shapes, crs=KEPT_CRS)


def overlap(*rows: tuple[int, str | None, int], area: float = 100.0) -> pd.DataFrame:
    """Rows of (label, old code's sequence, households)."""
    label, old, households = zip(*rows, strict=True)
    codes = [None if each is None else f"{COMMUNITY}{each}" for each in old]
    return overlap_table(label, codes, households=households, area_m2=np.full(len(rows), area))


def in_force(*sequences: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "code": [f"{COMMUNITY}{each}" for each in sequences],
            "name": [name_of(int(each)) for each in sequences],
            "kind": "base",
        }
    )


def short(codes: pd.Series) -> list[str]:
    assert codes.str.startswith(COMMUNITY).all()
    return codes.str.removeprefix(COMMUNITY).tolist()


def test_numbers_run_from_west_to_east_then_north_to_south() -> None:
    grids = boxes((3, 0), (0, 0), (3, 3), (0, 3))
    assert order_grids(grids).tolist() == [3, 1, 2, 0]


def test_a_column_takes_points_within_the_band() -> None:
    grids = boxes((0.0, 0), (0.9, 3), (1.8, 6))  # 0, 83 and 166 m east of the first
    assert order_grids(grids, band_m=100).tolist() == [1, 0, 2], "the third begins a column of its own"
    assert order_grids(grids, band_m=200).tolist() == [2, 1, 0]
    assert order_grids(grids, band_m=10).tolist() == [0, 1, 2]


def test_first_plan_starts_at_one() -> None:
    coded = assign_codes(boxes((3, 0), (0, 0)), community_code=COMMUNITY, rules=RULES)
    assert short(coded["code"]) == ["002", "001"]
    assert coded["name"].tolist() == ["第二网格", "第一网格"]
    assert coded["kind"].tolist() == ["base", "base"]
    assert not coded["kept"].any()


def test_a_grid_that_mostly_stays_keeps_code_name_and_kind() -> None:
    previous = in_force("004").assign(name="桃园", kind="micro")
    shared = overlap((0, "004", 60), (1, "004", 40), (1, None, 10))
    coded = assign_codes(
        boxes((0, 0), (3, 0)), community_code=COMMUNITY, rules=RULES, previous=previous, overlap=shared
    )
    assert short(coded["code"]) == ["004", "005"]
    assert coded["name"].tolist() == ["桃园", "第五网格"]
    assert coded["kind"].tolist() == ["micro", "base"]
    assert coded["kept"].tolist() == [True, False]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([(0, "001", 51), (1, "001", 49)], {0: "001"}),
        ([(0, "001", 50), (1, "001", 50)], {}),  # half is not more than half
        ([(0, "001", 60), (0, "002", 61), (1, "001", 10)], {0: "002"}),  # most of the old, not of the new
        ([(0, "001", 60), (0, None, 60)], {}),
        ([(0, "001", 0), (1, "001", 0), (1, "002", 0)], {}),  # no households: by area
        ([(0, "001", 0), (0, "001", 0), (1, "001", 0)], {0: "001"}),
        ([(0, "001", 0), (1, "001", 5)], {1: "001"}),  # area never outvotes households
    ],
)
def test_a_code_stays_where_both_share_more_than_half(
    rows: list[tuple[int, str, int]], kept: dict[int, str]
) -> None:
    found = kept_codes(overlap(*rows), rules=RULES)
    assert found == {label: COMMUNITY + sequence for label, sequence in kept.items()}


def test_a_stricter_share_and_the_strictest() -> None:
    changed = overlap((0, "001", 80), (1, "001", 20))
    assert kept_codes(changed, rules=replace(RULES, keep_code_share=0.9)) == {}
    same = overlap((0, "001", 80))
    assert kept_codes(same, rules=replace(RULES, keep_code_share=1.0)) == {0: f"{COMMUNITY}001"}


def test_retired_codes_are_not_used_again() -> None:
    taken = [f"{COMMUNITY}{n:03d}" for n in (1, 2, 7)]
    coded = assign_codes(boxes((0, 0), (3, 0)), community_code=COMMUNITY, rules=RULES, taken=taken)
    assert short(coded["code"]) == ["008", "009"]


def test_skipped_numbers_serve_when_the_end_is_reached() -> None:
    taken = [f"{COMMUNITY}998"]
    coded = assign_codes(boxes((0, 0), (3, 0), (6, 0)), community_code=COMMUNITY, rules=RULES, taken=taken)
    assert short(coded["code"]) == ["999", "001", "002"]


def test_running_out_of_numbers_is_said() -> None:
    rules = replace(RULES, code_template="{community}{sequence:01d}")
    corners = [(3.0 * i, 0.0) for i in range(10)]
    with pytest.raises(ConflictError, match="only 9 of 9") as caught:
        assign_codes(boxes(*corners), community_code=COMMUNITY, rules=rules)
    assert "模板" in caught.value.words.zh


def test_choices_win_and_new_names_step_aside() -> None:
    grids = boxes((0, 0), (3, 0), (6, 0)).assign(name=[None, "第一网格", ""], kind=[None, "exclusive", None])
    coded = assign_codes(grids, community_code=COMMUNITY, rules=RULES)
    assert coded["name"].tolist() == ["第二网格", "第一网格", "第三网格"]
    assert coded["kind"].tolist() == ["base", "exclusive", "base"]


def test_chosen_codes_count_when_they_are_free_and_follow_the_template() -> None:
    grids = boxes((0, 0), (3, 0), (6, 0), (9, 0), (12, 0)).assign(
        code=[f"{COMMUNITY}005", "W-7", f"{COMMUNITY}006", f"{COMMUNITY}006", f"{COMMUNITY}002"]
    )
    coded = assign_codes(grids, community_code=COMMUNITY, rules=RULES, taken={f"{COMMUNITY}002"})
    assert short(coded["code"]) == ["005", "006", "007", "008", "009"]


def test_label_numbers_and_row_order_do_not_matter() -> None:
    grids = boxes((0, 0), (3, 0), (0, 3), (3, 3))
    again = grids.assign(label=[30, 10, 20, 0]).iloc[[2, 0, 3, 1]]
    first = assign_codes(grids, community_code=COMMUNITY, rules=RULES).set_index(grids["label"])["code"]
    second = assign_codes(again, community_code=COMMUNITY, rules=RULES).set_index("label")["code"]
    assert second.loc[[30, 10, 20, 0]].tolist() == first.tolist()


@pytest.mark.parametrize(
    "text",
    [
        "{sequence:03d}",
        "{community}",
        "{community}{sequence}",
        "{community}{sequence:3d}",
        "{community}{sequence:03d}{sequence:03d}",
        "{community}{city}{sequence:03d}",
        "{community!r}{sequence:03d}",
        "{community:>20}{sequence:03d}",
        "{community.__class__}{sequence:03d}",
        "{community} {sequence:03d}",
        "{community}{sequence:03d",
    ],
)
def test_bad_templates_are_refused_in_both_languages(text: str) -> None:
    with pytest.raises(RulesError) as caught:
        CodeTemplate.parse(text)
    assert "编码模板" in caught.value.words.zh


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{community}{sequence:03d}", "610402005003012"),
        ("010203{community}{sequence:02d}", "01020361040200500312"),
        ("{county}-{street}-{community}-W{sequence:03d}", "610402-610402005-610402005003-W012"),
    ],
)
def test_templates_read_back_what_they_write(text: str, code: str) -> None:
    template = CodeTemplate.parse(text)
    assert template.code(COMMUNITY, 12) == code
    assert template.sequence_of(code, COMMUNITY) == 12
    assert template.sequence_of(code, "610402005004") is None
    assert template.sequence_of(code + "0", COMMUNITY) is None


def test_a_community_code_has_twelve_digits() -> None:
    with pytest.raises(InputError, match="12 digits"):
        CodeTemplate.parse("{community}{sequence:03d}").code("6104", 1)


def test_names_are_unique_to_their_number() -> None:
    assert len({name_of(n) for n in range(1, 1000)}) == 999
    assert name_of(100) == "第一百网格"
    with pytest.raises(InputError, match="1000"):
        name_of(1000)


def test_crosswalk_lists_every_pair_with_its_shares() -> None:
    table = crosswalk(
        overlap((0, "001", 60), (1, "001", 40), (1, None, 10), (-1, "002", 5)), {0: "A", 1: "B"}
    )
    rows = table.drop(columns="area_m2").astype(object)
    rows = rows.where(rows.notna(), None).to_numpy().tolist()
    assert rows == [
        [f"{COMMUNITY}001", "A", 60, 0.6, 1.0],
        [f"{COMMUNITY}001", "B", 40, 0.4, 0.8],
        [f"{COMMUNITY}002", None, 5, 1.0, None],
        [None, "B", 10, None, 0.2],
    ]
