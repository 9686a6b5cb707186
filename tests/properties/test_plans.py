"""What must hold for any plan: grids disjoint and complete, codes that stay, numbers never used twice."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.crs import KEPT_CRS, round_coordinates
from geo.plans.codes import CodeTemplate, assign_codes, crosswalk, overlap_table
from geo.plans.outline import outline, simplify_outline
from geo.plans.rules import profile

COMMUNITY = "610402005003"
RULES = profile("national")
COLUMNS, ROWS = 6, 5
N = COLUMNS * ROWS

labelings = st.lists(st.integers(0, 5), min_size=N, max_size=N).map(np.array)
households = st.lists(st.integers(0, 3), min_size=N, max_size=N).map(np.array)
orders = st.permutations(range(N)).map(np.array)


def _cells() -> gpd.GeoDataFrame:
    """A lattice with crooked corners, each shared to the last bit."""
    rng = np.random.default_rng(8)
    y, x = np.meshgrid(np.arange(ROWS + 1), np.arange(COLUMNS + 1), indexing="ij")
    corner = (
        np.stack([x, y], axis=-1) * 1e-3
        + rng.uniform(-3e-4, 3e-4, (ROWS + 1, COLUMNS + 1, 2))
        + [108.7, 34.3]
    )
    rings = [
        [corner[j, i], corner[j, i + 1], corner[j + 1, i + 1], corner[j + 1, i]]
        for j in range(ROWS)
        for i in range(COLUMNS)
    ]
    return gpd.GeoDataFrame(
        geometry=round_coordinates([shapely.Polygon(ring) for ring in rings]), crs=KEPT_CRS
    )


CELLS = _cells()
AREA = np.full(N, 9000.0)
WHOLE = shapely.coverage_union_all(CELLS.geometry.array)


def used(labels: np.ndarray) -> np.ndarray:
    """Labels 0..k-1 without holes."""
    return np.unique(labels, return_inverse=True)[1]


def codes_of(labels: np.ndarray, frame: pd.DataFrame) -> np.ndarray:
    return frame.set_index("label")["code"].loc[labels].to_numpy(dtype=object)


@settings(max_examples=40, deadline=None)
@given(labelings)
def test_grids_are_disjoint_and_complete(labels: np.ndarray) -> None:
    grids = outline(CELLS, labels).geometry.array
    assert shapely.coverage_is_valid(grids)
    assert shapely.union_all(grids).equals(WHOLE)
    assert np.isclose(shapely.area(grids).sum(), WHOLE.area, rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(labelings, st.floats(0, 300))
def test_simpler_grids_are_disjoint_and_complete(labels: np.ndarray, tolerance_m: float) -> None:
    grids = simplify_outline(outline(CELLS, labels), tolerance_m=tolerance_m).geometry.array
    assert shapely.is_valid(grids).all()
    assert shapely.coverage_is_valid(grids)
    assert (shapely.area(grids) > 0).all()
    assert np.isclose(shapely.area(grids).sum(), WHOLE.area, rtol=1e-12)


@settings(max_examples=25, deadline=None)
@given(labelings, households, orders, st.sampled_from([0.5, 0.8, 1.0]))
def test_an_unchanged_partition_keeps_everything(
    labels: np.ndarray, homes: np.ndarray, order: np.ndarray, share: float
) -> None:
    """Also when labels are numbered otherwise and cells come in another order."""
    rules = replace(RULES, keep_code_share=share)
    labels = used(labels)
    first = assign_codes(outline(CELLS, labels), community_code=COMMUNITY, rules=rules)
    again, cells = (labels.max() - labels)[order], CELLS.iloc[order]
    previous = codes_of(labels, first)[order]
    table = overlap_table(again, previous, households=homes[order], area_m2=AREA)
    second = assign_codes(
        outline(cells, again),
        community_code=COMMUNITY,
        rules=rules,
        previous=first,
        overlap=table,
        taken=first["code"],
    )
    assert second["kept"].all()
    assert (codes_of(again, second) == previous).all()
    merged = first.merge(second, on="code")
    assert (merged["name_x"] == merged["name_y"]).all()
    assert (
        crosswalk(table, dict(zip(second["label"], second["code"], strict=True)))["share_of_old"].eq(1).all()
    )


@settings(max_examples=25, deadline=None)
@given(labelings, st.permutations(range(6)), orders)
def test_codes_depend_neither_on_label_numbers_nor_on_row_order(
    labels: np.ndarray, numbering: list[int], order: np.ndarray
) -> None:
    first = assign_codes(outline(CELLS, labels), community_code=COMMUNITY, rules=RULES)
    renamed = np.array(numbering)[labels]
    grids = outline(CELLS.iloc[order], renamed[order])
    second = assign_codes(grids.iloc[::-1], community_code=COMMUNITY, rules=RULES)
    assert (codes_of(labels, first) == codes_of(renamed, second)).all()


@settings(max_examples=25, deadline=None)
@given(st.lists(labelings, min_size=2, max_size=4), households)
def test_over_many_plans_no_code_comes_back_and_none_is_used_twice(
    plans: list[np.ndarray], homes: np.ndarray
) -> None:
    taken: set[str] = set()
    retired: set[str] = set()
    previous: pd.DataFrame | None = None
    owners: np.ndarray = np.full(N, None, dtype=object)
    for labels in plans:
        table = overlap_table(labels, owners, households=homes, area_m2=AREA)
        coded = assign_codes(
            outline(CELLS, labels),
            community_code=COMMUNITY,
            rules=RULES,
            previous=previous,
            overlap=table,
            taken=taken,
        )
        assert coded["code"].is_unique
        assert coded["name"].is_unique
        now = set(coded["code"])
        assert not now & retired
        assert not set(coded.loc[~coded["kept"], "code"]) & taken
        retired |= taken - now
        taken |= now
        previous, owners = coded, codes_of(labels, coded)


@given(
    st.integers(1, 999),
    st.sampled_from(["{community}{sequence:03d}", "9-{county}{community}X{sequence:03d}"]),
)
def test_reading_a_code_gives_back_its_number(sequence: int, text: str) -> None:
    template = CodeTemplate.parse(text)
    assert template.sequence_of(template.code(COMMUNITY, sequence), COMMUNITY) == sequence
