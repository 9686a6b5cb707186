"""Today's grids: right in the main, wrong in the ways real ones are."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.crs import LocalMetres, areas_m2
from layers.demo.district import DemoDistrict
from layers.demo.sizes import figures

LOCAL = LocalMetres.around(108.70, 34.33)


@pytest.fixture(scope="module")
def frames(made: dict[str, DemoDistrict]) -> dict[str, gpd.GeoDataFrame]:
    return made["district"].frames


@pytest.fixture(scope="module")
def households(frames: dict[str, gpd.GeoDataFrame]) -> pd.Series:
    """Households per base grid, by the middle of each building; about 5 % are unknown and missing here."""
    buildings, grids = frames["buildings"], frames["grids"]
    middle = buildings[["households"]].fillna(0).set_geometry(buildings.representative_point())
    joined = gpd.sjoin(middle, grids[["ref", "geometry"]], predicate="within")
    base = grids.loc[grids["kind"] == "base", "ref"]
    return joined.groupby("ref")["households"].sum().reindex(base).fillna(0)


def test_codes_and_names_follow_the_register(frames: dict[str, gpd.GeoDataFrame]) -> None:
    grids = frames["grids"]
    assert (grids["code"].str[:12] == grids["community_code"]).all()
    assert grids["code"].str.len().eq(15).all()
    assert grids["code"].is_unique
    base = grids[grids["kind"] == "base"]
    assert base["name"].str.fullmatch("第[一二三四五六七八九十]+网格").all()
    assert (base.groupby("community_code")["name"].nunique() == base.groupby("community_code").size()).all()


def test_exclusive_grids_hold_no_homes(frames: dict[str, gpd.GeoDataFrame]) -> None:
    exclusive = frames["grids"][frames["grids"]["kind"] == "exclusive"]
    assert len(exclusive) == figures("district").exclusive_grids
    homes = frames["buildings"][frames["buildings"]["use"] == "residential"]
    homes = homes.set_geometry(homes.representative_point())
    assert len(gpd.sjoin(homes, exclusive[["geometry"]], predicate="within")) == 0


def test_exclusive_grids_are_premises_up_to_the_street_about_a_tenth_of_the_ground(
    made: dict[str, DemoDistrict],
) -> None:
    for size in ("small", "district"):
        frames = made[size].frames
        exclusive = frames["grids"].loc[frames["grids"]["kind"] == "exclusive"].geometry
        share = areas_m2(exclusive).sum() / areas_m2(frames["districts"].geometry).sum()
        assert 0.07 < share < 0.13, size
        roads, premises = LOCAL.to_metres(frames["roads"].geometry), LOCAL.to_metres(exclusive)
        public = frames["roads"]["road_class"].isin(["primary", "secondary", "tertiary", "residential"])
        road, _ = shapely.STRtree(premises).query(roads[public.to_numpy()], predicate="intersects")
        assert len(road) == 0, f"{size}: a street runs through premises"


def test_most_are_a_few_hundred_households_some_far_from_it(households: pd.Series) -> None:
    assert households.between(200, 550).mean() > 0.7
    assert households.between(300, 500).mean() > 0.35, (
        "893 grids are so many that each has little more than 300"
    )
    assert (households > 660).sum() >= 5
    assert (households < 200).sum() >= 15


def test_neighbours_leave_gaps_and_overlaps_of_a_few_metres(frames: dict[str, gpd.GeoDataFrame]) -> None:
    grids = frames["grids"].geometry.to_numpy()
    a, b = shapely.STRtree(grids).query(grids, predicate="intersects")
    shared = shapely.intersection(grids[a[a < b]], grids[b[a < b]])
    assert (areas_m2(shared) > 50).sum() > 100
    assert shapely.is_empty(shapely.buffer(LOCAL.to_metres(shared), -6.0)).all(), "wider than a few metres"
    union = shapely.union_all(grids)
    gaps = areas_m2(shapely.difference(frames["districts"].geometry.iloc[0], union))[0]
    assert 20_000 < gaps < 0.05 * areas_m2(frames["districts"])[0]


def test_some_split_a_complex(frames: dict[str, gpd.GeoDataFrame]) -> None:
    grids, complexes = LOCAL.to_metres(frames["grids"]), LOCAL.to_metres(frames["complexes"])
    which, _ = shapely.STRtree(grids).query(shapely.buffer(complexes, -12.0), predicate="intersects")
    grids_per_complex = pd.Series(which).value_counts()
    assert 50 < (grids_per_complex >= 2).sum() < 0.7 * len(complexes)


def test_a_few_cross_a_main_road(frames: dict[str, gpd.GeoDataFrame]) -> None:
    main = frames["roads"][frames["roads"]["road_class"].isin(["primary", "secondary"])]
    inner = shapely.buffer(LOCAL.to_metres(frames["grids"]), -30.0)
    crossing, _ = shapely.STRtree(LOCAL.to_metres(main)).query(inner, predicate="intersects")
    assert 1 <= len(set(crossing.tolist())) <= 40


def test_every_grid_lies_in_its_community_but_for_a_few_metres(frames: dict[str, gpd.GeoDataFrame]) -> None:
    grids = frames["grids"]
    home = frames["communities"].set_index("code").geometry[grids["community_code"]].to_numpy()
    outside = shapely.difference(grids.geometry.to_numpy(), home)
    reach_m = shapely.hausdorff_distance(LOCAL.to_metres(home), LOCAL.to_metres(shapely.union(home, outside)))
    assert reach_m.max() < 20.0


def test_the_small_district_has_one_far_too_large(made: dict[str, DemoDistrict]) -> None:
    frames = made["small"].frames
    buildings = frames["buildings"][["households"]].fillna(0)
    middle = buildings.set_geometry(frames["buildings"].representative_point())
    joined = gpd.sjoin(middle, frames["grids"][["ref", "geometry"]], predicate="within")
    assert joined.groupby("ref")["households"].sum().max() > 620
