"""Cells cut along a line: pieces, numbers, counts, and that a full coverage comes out of any line."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cells.adjacency import cell_edges
from geo.cells.cutting import cut_cells
from geo.crs import KEPT_CRS, LocalMetres
from geo.errors import InputError
from geo.plans.cutting import cut_grid, drawn_line

LON, LAT, STEP = 108.7, 34.33, 0.001


def place(x: float, y: float) -> tuple[float, float]:
    """A corner of the square town: `x` columns east, `y` rows north, one about 92 m × 111 m."""
    return round(LON + x * STEP, 9), round(LAT + y * STEP, 9)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    return shapely.box(*place(west, south), *place(east, north))


def town(*, hexes: tuple[int, ...] = (), columns: int = 3) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Two rows of square cells, numbered row by row from the south-west; 10 households and 25 people in each.

    3 4 5
    0 1 2
    """
    count = 2 * columns
    built = ~np.isin(np.arange(count), hexes)
    cells = gpd.GeoDataFrame(
        {
            "cell": np.arange(count),
            "kind": pd.Series(np.where(built, "building", "hex"), dtype="str"),
            "block": [0] * columns + [1] * columns,
            "building_ref": pd.Series([f"b{i}" if own else None for i, own in enumerate(built)], dtype="str"),
            "complex_ref": pd.Series(["c"] * count, dtype="str"),
            "households": 10,
            "households_estimated": ~built,
            "people": pd.array([25] * count, "Int64"),
            "area_m2": 10_000.0,
        },
        geometry=[box(i % columns, i // columns, i % columns + 1, i // columns + 1) for i in range(count)],
        crs=KEPT_CRS,
    )
    return cells, cell_edges(cells, local=LocalMetres.of(cells))


def buildings(**more: tuple[float, float, float, float, int]) -> gpd.GeoDataFrame:
    """A building in the middle of each of six cells, and `more`: west, south, east, north, households."""
    rows = {f"b{i}": (i % 3 + 0.4, i // 3 + 0.4, i % 3 + 0.6, i // 3 + 0.6, 10) for i in range(6)} | more
    return gpd.GeoDataFrame(
        {
            "ref": list(rows),
            "use": "residential",
            "levels": 6,
            "households": [row[4] for row in rows.values()],
        },
        geometry=[box(*row[:4]) for row in rows.values()],
        crs=KEPT_CRS,
    )


def line(*points: tuple[float, float]) -> shapely.LineString:
    return drawn_line([place(*point) for point in points])


def test_pieces_are_numbered_behind_and_the_building_keeps_its_number() -> None:
    cells, edges = town()
    made = cut_cells(cells, edges, np.array([0, 3]), line((0.3, -1), (0.3, 3)), buildings())
    assert made.parent.tolist() == [0, 1, 2, 3, 4, 5, 0, 3]
    assert made.cells["building_ref"].tolist()[:6] == [f"b{i}" for i in range(6)]
    assert made.cells["building_ref"].isna().tolist()[6:] == [True, True]
    assert made.cells["kind"].tolist()[6:] == ["empty", "empty"]
    assert made.cells["households"].tolist() == [10] * 6 + [0, 0]
    assert made.cells["people"].tolist() == [25] * 6 + [0, 0]
    assert made.cells["area_m2"].round().tolist() == [7000, 10000, 10000, 7000, 10000, 10000, 3000, 3000]
    assert not made.cells["households_estimated"].any()
    pairs = {
        (int(a), int(b)): bool(barrier) for a, b, barrier in made.edges[["a", "b", "barrier"]].to_numpy()
    }
    assert pairs == {
        (0, 1): False, (0, 3): True, (0, 6): False, (1, 2): False, (1, 4): True, (2, 5): True,
        (3, 4): False, (3, 7): False, (4, 5): False, (6, 7): True,
    }  # fmt: skip
    again = cell_edges(made.cells, local=LocalMetres.of(cells))
    pd.testing.assert_frame_equal(made.edges, again)


def test_a_cell_with_a_building_on_the_line_stays_whole() -> None:
    cells, edges = town()
    made = cut_cells(
        cells, edges, np.arange(6), line((0.3, -1), (0.3, 0.8), (0.5, 1.1), (0.5, 3)), buildings()
    )
    assert (made.parent.tolist(), made.on_line) == ([0, 1, 2, 3, 4, 5, 0], ("b3",))
    along = cut_cells(cells, edges, np.arange(6), line((0.4, -1), (0.4, 3)), buildings())
    assert (along.parent.tolist(), along.on_line) == ([0, 1, 2, 3, 4, 5, 0, 3], ())


def test_counts_without_a_building_of_their_own_go_by_buildings_else_by_area() -> None:
    cells, edges = town(hexes=(0, 1))
    since = buildings(new=(1.1, 0.1, 1.2, 0.2, 24), other=(1.7, 0.1, 1.8, 0.2, 6)).query(
        "ref not in ['b0', 'b1']"
    )
    made = cut_cells(cells, edges, np.arange(6), line((-1, 0.32), (0.9, 0.32), (1.5, 0.6), (1.5, -1)), since)
    table = made.cells.assign(parent=made.parent)
    assert table[table["parent"] == 0][["households", "people"]].to_numpy().tolist() == [[7, 17], [3, 8]]
    assert sorted(table[table["parent"] == 1]["households"]) == [2, 8]
    assert table["households_estimated"].tolist() == [True, True, False, False, False, False, True, True]


def test_a_line_along_the_lines_of_cells_cuts_none() -> None:
    cells, edges = town()
    for x in (1.0, 1.00001):
        made = cut_cells(cells, edges, np.arange(6), line((x, -1), (x, 3)), buildings())
        assert not made.cut
        assert made.cells.drop(columns="parent").equals(cells)
        assert made.edges is edges


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.floats(-0.5, 3.5), st.floats(-0.5, 2.5)), min_size=2, max_size=5, unique=True),
    st.sets(st.integers(0, 5), max_size=6),
)
def test_any_line_leaves_a_full_coverage_and_every_count(
    points: list[tuple[float, float]], hexes: set[int]
) -> None:
    cells, edges = town(hexes=tuple(hexes))
    standing = buildings()
    standing = standing[~standing["ref"].isin([f"b{i}" for i in hexes])]
    chosen = np.array([0, 1, 3, 4])
    try:
        drawn = line(*points)
        cut = cut_grid(cells, edges, chosen, drawn, standing, grid="g")
    except InputError:
        return
    made, parent = cut.recut.cells, cut.recut.parent
    shapes = made.geometry.to_numpy()
    assert shapely.coverage_is_valid(shapes)
    assert (shapely.get_type_id(shapes) == 3).all()
    assert parent[: len(cells)].tolist() == list(range(len(cells)))
    sums = made.groupby(parent)[["households", "people", "area_m2"]].sum()
    assert sums[["households", "people"]].to_numpy().tolist() == [[10, 25]] * 6
    assert sums["area_m2"].to_numpy() == pytest.approx(10_000)
    assert sorted(made["building_ref"].dropna()) == sorted(standing["ref"])
    whole = shapely.coverage_union_all(cells.geometry.to_numpy())
    assert shapely.area(shapely.coverage_union_all(shapes)) == pytest.approx(shapely.area(whole), rel=1e-6)
    assert set(parent[cut.cells]) <= set(chosen.tolist())
    assert len(set(cut.parts.tolist())) >= 2
    pd.testing.assert_frame_equal(cut.recut.edges, cell_edges(made, local=LocalMetres.of(cells)), atol=1e-3)
