"""Outlines of a small plan drawn as letters: each letter one cell of 100 m, each label one grid."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import KEPT_CRS, LocalMetres, areas_m2, round_coordinates
from geo.errors import InputError, MissingCrsError
from geo.plans.outline import outline, simplify_outline

STEP = 0.001


def cells_of(columns: int, rows: int, *, points_per_side: int = 1) -> gpd.GeoDataFrame:
    """Square cells, row by row from the south-west."""
    y, x = np.divmod(np.arange(columns * rows), columns)
    squares = shapely.box(108.7 + x * STEP, 34.3 + y * STEP, 108.7 + (x + 1) * STEP, 34.3 + (y + 1) * STEP)
    squares = round_coordinates(shapely.segmentize(squares, STEP / points_per_side))
    return gpd.GeoDataFrame({"cell": np.arange(len(squares))}, geometry=squares, crs=KEPT_CRS)


def test_connected_labels_give_polygons_of_equal_area_without_gaps() -> None:
    cells = cells_of(4, 3)
    labels = np.array([0, 0, 1, 1, 0, 2, 2, 1, 0, 0, 2, 1])
    grids = outline(cells, labels)
    assert grids["label"].tolist() == [0, 1, 2]
    assert (grids.geom_type == "Polygon").all()
    assert shapely.coverage_is_valid(grids.geometry.array)
    assert shapely.area(grids.geometry.array) == pytest.approx(
        np.bincount(labels, shapely.area(cells.geometry.array)), rel=1e-12
    )


def test_no_vertex_is_lost_so_that_neighbours_share_theirs() -> None:
    grids = outline(cells_of(2, 2), [0, 1, 0, 1])
    edges = shapely.intersection(grids.geometry.iloc[0], grids.geometry.iloc[1])
    assert shapely.get_num_coordinates(shapely.node(edges)) >= 3, (
        "the corner in the middle stays on both sides"
    )


def test_parts_that_only_touch_at_a_corner_stay_parts() -> None:
    grids = outline(cells_of(2, 2), [0, 1, 1, 0])
    assert grids.geom_type.tolist() == ["MultiPolygon", "MultiPolygon"]


def test_a_surrounded_grid_leaves_a_hole() -> None:
    grids = outline(cells_of(3, 3), [0, 0, 0, 0, 1, 0, 0, 0, 0])
    assert shapely.get_num_interior_rings(grids.geometry.iloc[0]) == 1


def test_cells_in_no_grid_are_left_out() -> None:
    grids = outline(cells_of(3, 1), [4, -1, 2])
    assert grids["label"].tolist() == [2, 4]


def test_no_cell_in_a_grid_gives_an_empty_frame() -> None:
    grids = outline(cells_of(2, 1), [-1, -1])
    assert len(grids) == 0
    assert grids.crs == KEPT_CRS


def test_row_order_of_cells_does_not_matter() -> None:
    cells, labels = cells_of(5, 4), np.arange(20) % 5
    mixed = np.random.default_rng(3).permutation(20)
    assert (
        outline(cells, labels)
        .geometry.to_wkb()
        .equals(outline(cells.iloc[mixed], labels[mixed]).geometry.to_wkb())
    )


@pytest.mark.parametrize("labels", [[0], [0.5, 1.0], [[0, 1]]])
def test_labels_must_be_one_whole_number_per_cell(labels: list[object]) -> None:
    with pytest.raises(InputError) as caught:
        outline(cells_of(2, 1), labels)  # type: ignore[arg-type]
    assert "标签" in caught.value.words.zh


def test_overlapping_cells_are_refused() -> None:
    cells = cells_of(2, 1)
    twice = gpd.GeoDataFrame(geometry=[cells.geometry.iloc[0], cells.geometry.iloc[0]], crs=KEPT_CRS)
    with pytest.raises(InputError, match="overlap"):
        outline(twice, [0, 0])


def test_cells_need_a_crs() -> None:
    with pytest.raises(MissingCrsError):
        outline(cells_of(2, 1).set_crs(None, allow_override=True), [0, 1])


def wavy(columns: int = 3) -> gpd.GeoDataFrame:
    """Upright strips whose shared edges wave by about 2 m."""
    y = np.linspace(34.3, 34.31, 120)
    lines = [
        108.7 + i * 0.002 + (0 if i in (0, columns) else 2e-5) * np.sin(y * 9e3) for i in range(columns + 1)
    ]
    strips = [
        shapely.Polygon(np.r_[np.c_[left, y], np.c_[right, y][::-1]]) for left, right in pairwise(lines)
    ]
    return gpd.GeoDataFrame({"label": range(columns)}, geometry=round_coordinates(strips), crs=KEPT_CRS)


def test_simpler_outlines_still_fit_each_other() -> None:
    grids = wavy()
    simple = simplify_outline(grids, tolerance_m=20)
    assert (
        shapely.get_num_coordinates(simple.geometry.array).sum()
        < 0.8 * shapely.get_num_coordinates(grids.geometry.array).sum()
    )
    assert shapely.coverage_is_valid(simple.geometry.array)
    assert shapely.union_all(simple.geometry.array).equals(shapely.union_all(grids.geometry.array))


def test_the_outer_boundary_is_simplified_only_on_request() -> None:
    grids = wavy()
    outer = simplify_outline(grids, tolerance_m=20, simplify_boundary=True)
    kept = simplify_outline(grids, tolerance_m=20)
    assert (
        shapely.get_num_coordinates(outer.geometry.array).sum()
        < shapely.get_num_coordinates(kept.geometry.array).sum()
    )


def test_a_grid_smaller_than_the_tolerance_is_not_dropped() -> None:
    cells = cells_of(6, 6, points_per_side=4)
    labels = np.zeros(36, dtype=int)
    labels[14] = 1
    simple = simplify_outline(outline(cells, labels), tolerance_m=5000)
    assert (areas_m2(simple) > 0).all()
    assert len(simple) == 2
    assert shapely.coverage_is_valid(simple.geometry.array)


def test_tolerance_zero_changes_nothing() -> None:
    grids = wavy()
    assert simplify_outline(grids, tolerance_m=0).geometry.geom_equals(grids.geometry).all()


def test_each_community_is_a_coverage_of_its_own() -> None:
    grids = wavy(2)
    apart = grids.assign(community_code=["a", "b"])
    simple = simplify_outline(apart, tolerance_m=20)
    assert simple.geometry.geom_equals(grids.geometry).all(), "alone, every edge is an outer boundary"


def test_a_negative_tolerance_is_refused() -> None:
    with pytest.raises(InputError, match="tolerance_m"):
        simplify_outline(wavy(), tolerance_m=-1)


def test_moved_lines_stay_near() -> None:
    grids = wavy()
    simple = simplify_outline(grids, tolerance_m=10)
    local = LocalMetres.of(grids)
    moved = shapely.hausdorff_distance(local.to_metres(grids), local.to_metres(simple), densify=0.05)
    assert moved.max() < 10
