"""Whatever is drawn, the cells of a community tile it exactly and every building has one of its own."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.cells.cover import CellSet, make_cells
from geo.cells.totals import spread
from geo.crs import KEPT_CRS, LocalMetres, areas_m2

LOCAL = LocalMetres.around(108.7, 34.33)
metres = st.integers(-20, 320)


@st.composite
def blocks_of_flats(draw: st.DrawFn) -> list[shapely.Geometry]:
    """Rectangles of 1-60 m, any angle, overlapping and doubled as they please."""
    found = []
    for _ in range(draw(st.integers(0, 14))):
        x, y, wide, deep = draw(metres), draw(metres), draw(st.integers(1, 60)), draw(st.integers(1, 30))
        box = shapely.affinity.rotate(shapely.box(x, y, x + wide, y + deep), draw(st.integers(0, 89)))
        found += [box] * draw(st.sampled_from([1, 1, 1, 1, 2, 3]))
    return found


lines = st.lists(
    st.lists(st.tuples(metres, metres), min_size=2, max_size=4, unique=True).map(shapely.LineString),
    max_size=5,
)
polygons = st.lists(
    st.lists(st.tuples(metres, metres), min_size=3, max_size=6, unique=True)
    .map(lambda corners: shapely.convex_hull(shapely.multipoints(corners)))
    .filter(lambda hull: hull.area > 50),
    max_size=3,
)
communities = st.sampled_from(
    [
        shapely.box(0, 0, 300, 300),
        shapely.box(0, 0, 300, 300) - shapely.box(100, 100, 160, 190),
        shapely.union(shapely.box(0, 0, 180, 300), shapely.box(220, 40, 300, 110)),
        shapely.box(0, 0, 14, 9),
        shapely.Point(150, 150).buffer(140),
    ]
)


def frame(kind: str, geometries: list[shapely.Geometry], **columns: object) -> gpd.GeoDataFrame:
    refs = [f"{kind}{i:03d}" for i in range(len(geometries))]
    degrees = LOCAL.to_degrees(np.array(geometries, dtype=object)) if geometries else []
    return gpd.GeoDataFrame(
        {"ref": pd.Series(refs, dtype="str"), **columns}, geometry=list(degrees), crs=KEPT_CRS
    )


def cells_of(
    community: shapely.Geometry,
    flats: list[shapely.Geometry],
    roads: list[shapely.Geometry],
    lakes: list[shapely.Geometry],
    walls: list[shapely.Geometry],
    *,
    shuffle: bool = False,
) -> tuple[shapely.Geometry, gpd.GeoDataFrame, CellSet]:
    outline = LOCAL.to_degrees(community)[0]
    frames = {
        "buildings": frame("b", flats, use="residential"),
        "roads": frame("r", roads, road_class="primary"),
        "water": frame("w", lakes),
        "complexes": frame("c", walls),
    }
    if shuffle:
        frames = {name: rows.sample(frac=1, random_state=7) for name, rows in frames.items()}
    return outline, frames["buildings"], make_cells(outline, households=1000, **frames)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(communities, blocks_of_flats(), lines, polygons, polygons)
def test_cells_tile_the_community_and_every_building_has_one(community, flats, roads, lakes, walls):
    outline, buildings, found = cells_of(community, flats, roads, lakes, walls)
    cells, edges = found.cells, found.edges
    polygons_ = np.asarray(cells.geometry.array, dtype=object)

    assert shapely.coverage_is_valid(polygons_)
    assert (cells.geom_type == "Polygon").all()
    np.testing.assert_allclose(cells["area_m2"].sum(), areas_m2(outline)[0], rtol=1e-6, atol=0.002)
    assert shapely.area(shapely.symmetric_difference(shapely.coverage_union_all(polygons_), outline)) < 1e-12

    inside = buildings["ref"][shapely.within(shapely.point_on_surface(buildings.geometry.array), outline)]
    assert sorted(cells["building_ref"].dropna()) == sorted(inside)
    assert (cells["cell"] == np.arange(len(cells))).all()

    # the edges are the neighbourhoods, no more and no fewer: tested the slow way
    a, b = shapely.STRtree(polygons_).query(polygons_, predicate="touches")
    common = shapely.length(shapely.intersection(polygons_[a], polygons_[b]))
    truth = {(int(i), int(j)) for i, j, length in zip(a, b, common, strict=True) if i < j and length > 1e-12}
    assert set(zip(edges["a"], edges["b"], strict=True)) == truth
    assert (edges["shared_m"] > 0).all()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(communities, blocks_of_flats(), lines, polygons, polygons)
def test_the_order_of_rows_does_not_show(community, flats, roads, lakes, walls):
    first = cells_of(community, flats, roads, lakes, walls)[2]
    second = cells_of(community, flats, roads, lakes, walls, shuffle=True)[2]
    pd.testing.assert_frame_equal(pd.DataFrame(first.cells), pd.DataFrame(second.cells))
    pd.testing.assert_frame_equal(first.edges, second.edges)
    assert first.notes == second.notes


@given(
    st.integers(0, 10_000_000),
    st.lists(st.floats(0, 1e9), min_size=1, max_size=40).filter(lambda w: sum(w) > 0),
)
def test_spread_adds_up_and_stays_within_one_of_the_share(total, weights):
    shares = np.array(weights) / np.sum(weights) * total
    out = spread(total, np.array(weights))
    assert out.sum() == total
    assert (np.abs(out - shares) < 1 + 1e-6).all()
    assert (out >= 0).all()
