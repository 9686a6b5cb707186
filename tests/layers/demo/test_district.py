"""The made-up district comes out as promised: figures, geometry that holds, and registers that fit together."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.crs import LocalMetres, areas_m2, round_coordinates
from geo.errors import InputError
from geo.frames import CONTRACTS
from layers.demo.district import DemoDistrict, generate
from layers.demo.sizes import DISTRICT_CODE, figures

SIZES = ("small", "district")
PLACE_LAYERS = ("communities", "streets", "districts")


@pytest.fixture(params=SIZES)
def demo(request: pytest.FixtureRequest, made: dict[str, DemoDistrict]) -> DemoDistrict:
    return made[request.param]


def metres(frame: gpd.GeoDataFrame) -> np.ndarray:
    return LocalMetres.around(108.70, 34.33).to_metres(frame)


def test_the_figures_are_exact(demo: DemoDistrict) -> None:
    wanted, communities = figures(str(demo.facts["size"])), demo.frames["communities"]
    assert communities["people"].sum() == wanted.people == demo.facts["people"]
    assert communities["households"].sum() == wanted.households == demo.facts["households"]
    counts = {
        layer: len(demo.frames[layer])
        for layer in ("districts", "streets", "communities", "stations", "grids")
    }
    assert counts == {
        "districts": 1,
        "streets": wanted.streets,
        "communities": wanted.communities,
        "stations": wanted.stations,
        "grids": wanted.grids,
    }


def test_the_district_has_the_published_figures(made: dict[str, DemoDistrict]) -> None:
    facts = made["district"].facts
    assert (facts["people"], facts["communities"], facts["streets"]) == (669_700, 106, 10)
    assert (facts["grids"], facts["stations"]) == (893, 141)
    assert 239_000 <= int(facts["households"]) <= 241_000
    assert 9_000 <= int(facts["buildings"]) <= 12_500


def test_places_tile_the_district_exactly(demo: DemoDistrict) -> None:
    whole = demo.frames["districts"].geometry.iloc[0]
    for layer in PLACE_LAYERS:
        shapes = demo.frames[layer].geometry.to_numpy()
        assert shapely.coverage_is_valid(shapes)
        assert shapely.equals(shapely.coverage_union_all(shapes), whole)
        assert (shapely.get_type_id(shapes) == 3).all(), f"{layer} in several parts"
    area_km2 = areas_m2(demo.frames["communities"]) / 1e6
    assert area_km2.min() > 0.2
    assert area_km2.max() < 1.5


def test_codes_nest(demo: DemoDistrict) -> None:
    communities, streets = demo.frames["communities"], demo.frames["streets"]
    assert set(communities["code"].str[:9]) == set(streets["code"])
    assert streets["code"].str.startswith(DISTRICT_CODE).all()
    inside = gpd.sjoin(communities, streets[["code", "geometry"]], predicate="within", rsuffix="street")
    assert (inside["code_left"].str[:9] == inside["code_street"]).all()
    assert len(inside) == len(communities)


def test_coordinates_are_as_they_are_kept(demo: DemoDistrict) -> None:
    for frame in demo.frames.values():
        kept = frame.geometry.to_numpy()
        assert shapely.equals_identical(kept, round_coordinates(kept)).all()
        assert frame.is_valid.all()


def test_buildings_stand_apart_from_each_other_and_from_roads_and_water(demo: DemoDistrict) -> None:
    buildings = metres(demo.frames["buildings"])
    a, b = shapely.STRtree(buildings).query(buildings, predicate="dwithin", distance=1.0)
    assert (a == b).all()
    for layer in ("roads", "water"):
        hit, _ = shapely.STRtree(buildings).query(metres(demo.frames[layer]), predicate="intersects")
        assert hit.size == 0, layer


def test_buildings_lie_in_their_community_and_complex(demo: DemoDistrict) -> None:
    buildings, complexes, communities = (demo.frames[n] for n in ("buildings", "complexes", "communities"))
    community = communities.set_index("code").geometry
    assert shapely.covers(
        community[buildings["community_code"]].to_numpy(), buildings.geometry.to_numpy()
    ).all()
    assert shapely.covers(
        community[complexes["community_code"]].to_numpy(), complexes.geometry.to_numpy()
    ).all()
    housed = buildings[buildings["complex_ref"].notna()]
    home = complexes.set_index("ref").loc[housed["complex_ref"]]
    assert shapely.covers(home.geometry.to_numpy(), housed.geometry.to_numpy()).all()
    assert (home["community_code"].to_numpy() == housed["community_code"].to_numpy()).all()
    a, b = shapely.STRtree(complexes.geometry).query(complexes.geometry, predicate="intersects")
    assert (a == b).all(), "complexes touch"


def test_five_percent_of_homes_are_unknown(demo: DemoDistrict) -> None:
    buildings = demo.frames["buildings"]
    homes = buildings[buildings["use"] == "residential"]
    assert homes["households"].isna().mean() == pytest.approx(0.05, abs=0.01)
    assert (homes["people"].isna() == homes["households"].isna()).all()
    assert homes.loc[homes["households"].isna(), "levels"].notna().all(), "nothing to estimate from"
    assert (buildings.loc[buildings["use"] != "residential", "households"] == 0).all()
    assert buildings["levels"].notna().mean() > 0.97
    assert not buildings["households_estimated"].any()
    per_household = homes["people"].sum() / homes["households"].sum()
    assert per_household == pytest.approx(2.79, abs=0.03)


def test_dwellings_are_of_the_kinds_a_town_has(made: dict[str, DemoDistrict]) -> None:
    frames = made["district"].frames
    homes = frames["buildings"].merge(
        frames["complexes"][["ref", "kind"]], left_on="complex_ref", right_on="ref", how="left"
    )
    homes = homes[(homes["use"] == "residential") & homes["levels"].notna()]
    levels = homes.groupby("kind")["levels"]
    assert (levels.min()["高层小区"], levels.max()["高层小区"]) >= (18, 18)
    assert levels.max()["高层小区"] <= 33
    assert levels.max()["多层小区"] <= 7
    assert homes["complex_ref"].isna().any(), "no old lanes outside complexes"
    assert set(frames["buildings"]["use"]) == {"residential", "commercial", "public", "industrial"}


def test_refs_count_inside_the_community(demo: DemoDistrict) -> None:
    for layer, letter, digits in (("buildings", "B", 5), ("complexes", "C", 3)):
        frame = demo.frames[layer]
        number = frame.groupby("community_code").cumcount() + 1
        expected = letter + frame["community_code"] + number.map(f"{{:0{digits}d}}".format)
        assert (frame["ref"] == expected).all()


def test_names_are_unique_where_they_must_be_and_sometimes_long(demo: DemoDistrict) -> None:
    complexes, buildings = demo.frames["complexes"], demo.frames["buildings"]
    assert complexes["name"].is_unique
    assert demo.frames["communities"]["name"].is_unique
    assert complexes["name"].str.len().max() > 30
    assert complexes["aliases"].map(len).max() >= 1
    named = buildings[buildings["complex_ref"].notna() & buildings["name"].notna()]
    assert not named.duplicated(["complex_ref", "name"]).any()


def test_phases_share_a_name(made: dict[str, DemoDistrict]) -> None:
    complexes = made["district"].frames["complexes"]
    phased = complexes[complexes["phase"].notna()]
    base = phased["name"].str.replace(r".期$", "", regex=True)
    assert len(phased) > 20
    assert (base.value_counts() >= 2).all()
    assert (base + phased["phase"] == phased["name"]).all()


def test_roads_rail_and_river(demo: DemoDistrict) -> None:
    roads, water = demo.frames["roads"], demo.frames["water"]
    classes = {"primary", "secondary", "tertiary", "residential", "service", "rail"}
    assert classes <= set(roads["road_class"]) <= classes | {"footway"}
    river = water.loc[water["kind"] == "river", "geometry"].iloc[0]
    crossing = roads[roads.crosses(river) | roads.within(river)]
    assert len(crossing) > 0
    assert crossing["bridge"].all(), "a road in the water"
    assert demo.frames["communities"].intersects(river).sum() >= 4
    extent = shapely.bounds(demo.frames["districts"].geometry.iloc[0])
    assert shapely.bounds(river)[0] < extent[0] + 0.02, "the river does not cross the district"


def test_stations_stand_in_their_communities(demo: DemoDistrict) -> None:
    stations = demo.frames["stations"]
    community = demo.frames["communities"].set_index("code").geometry[stations["community_code"]]
    assert shapely.covers(community.to_numpy(), stations.geometry.to_numpy()).all()
    centres = stations[stations["kind"] == "party_service"]["community_code"]
    assert sorted(centres) == sorted(demo.frames["communities"]["code"])
    assert stations.geometry.to_wkb().is_unique


def test_frames_keep_their_contracts(demo: DemoDistrict) -> None:
    assert list(demo.frames) == list(CONTRACTS)
    for layer, contract in CONTRACTS.items():
        assert tuple(demo.frames[layer].columns) == (*contract.names, "geometry")


def test_bad_arguments_are_refused() -> None:
    with pytest.raises(InputError, match="no demo of size"):
        generate("province")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="negative"):
        generate("small", seed=-1)
