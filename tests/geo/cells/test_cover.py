"""Whole communities: what is cut where, who gets what, and what is said about it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely

from geo.cells.cover import CellSet, make_cells, verify
from geo.crs import areas_m2
from geo.errors import InputError, MissingCrsError

SQUARE = shapely.box(0, 0, 200, 100)
#   0        100       200
#   ┌─────────┬─────────┐ 100
#   │   b0    │   b1    │
#   └─────────┴─────────┘ 0
TWO_HOUSES = (shapely.box(30, 40, 70, 60), shapely.box(130, 40, 170, 60))


def cells_of(land, houses, *, community=SQUARE, walls=None, lines=None, lakes=None, **options) -> CellSet:
    outline = land.degrees(community)
    found = make_cells(
        outline,
        buildings=houses,
        complexes=land.complexes() if walls is None else walls,
        roads=land.roads() if lines is None else lines,
        water=land.water() if lakes is None else lakes,
        **options,
    )
    polygons = np.asarray(found.cells.geometry.array, dtype=object)
    assert shapely.coverage_is_valid(polygons)
    assert shapely.area(polygons).sum() == pytest.approx(shapely.area(outline), rel=1e-6)
    assert found.cells["area_m2"].sum() == pytest.approx(areas_m2(outline)[0], rel=1e-6)
    assert set(found.cells.geom_type) == {"Polygon"}
    return found


def by_building(found: CellSet) -> pd.DataFrame:
    return found.cells.dropna(subset="building_ref").set_index("building_ref").sort_index()


def test_two_houses_share_the_ground_in_the_middle(land):
    found = cells_of(land, land.buildings(*TWO_HOUSES, households=[40, 60], people=[90, None]))
    assert found.cells["kind"].tolist() == ["building", "building"]
    np.testing.assert_allclose(found.cells["area_m2"], 10_000, rtol=1e-4)
    assert found.cells["households"].tolist() == [40, 60]
    assert found.cells["people"].tolist() == [90, pd.NA]
    assert found.edges[["a", "b", "barrier"]].to_numpy().tolist() == [[0, 1, False]]
    assert found.edges["shared_m"].iloc[0] == pytest.approx(100, rel=1e-3)
    assert found.notes == ()


def test_the_frame_is_the_contract(land):
    cells = cells_of(land, land.buildings(*TWO_HOUSES)).cells
    assert {name: str(dtype) for name, dtype in cells.dtypes.items()} == {
        "cell": "int64",
        "kind": "str",
        "block": "int64",
        "building_ref": "str",
        "complex_ref": "str",
        "households": "int64",
        "households_estimated": "bool",
        "people": "Int64",
        "area_m2": "float64",
        "geometry": "geometry",
    }
    assert cells.crs == "EPSG:4490"


def test_a_road_between_is_a_barrier_and_the_cells_end_there(land):
    found = cells_of(land, land.buildings(*TWO_HOUSES), lines=land.roads([(120, -9), (120, 109)]))
    np.testing.assert_allclose(found.cells["area_m2"], [12_000, 8_000], rtol=1e-4)
    assert found.edges["barrier"].tolist() == [True]
    assert found.cells["block"].tolist() == [0, 1]


def test_a_wall_of_a_complex_cuts_without_being_a_barrier(land):
    # the complex takes the left 80 m of the first block; its house gets all of it and nothing else
    walls = land.complexes(shapely.box(0, 0, 80, 100), name="东苑")
    found = by_building(cells_of(land, land.buildings(*TWO_HOUSES), walls=walls))
    np.testing.assert_allclose(found["area_m2"], [8_000, 12_000], rtol=1e-4)
    assert found["complex_ref"].fillna("").tolist() == ["c0", ""]
    assert found["block"].tolist() == [0, 0]


def test_the_verge_along_a_wall_is_no_cell_of_its_own(land):
    walls = land.complexes(shapely.box(5, 5, 195, 95))
    cells = cells_of(land, land.buildings(*TWO_HOUSES), walls=walls).cells
    assert cells["complex_ref"].tolist() == ["c0", "c0"]


def test_the_smaller_of_two_complexes_and_the_buildings_own_word_win(land):
    walls = land.complexes(shapely.box(-9, -9, 209, 109), shapely.box(100, 0, 200, 100))
    found = by_building(cells_of(land, land.buildings(*TWO_HOUSES), walls=walls))
    assert found["complex_ref"].tolist() == ["c0", "c1"]
    own = land.buildings(*TWO_HOUSES, complex_ref=["c9", None])
    assert by_building(cells_of(land, own, walls=walls))["complex_ref"].tolist() == ["c9", "c1"]


def test_a_building_across_a_road_belongs_to_the_side_with_most_of_it(land):
    houses = land.buildings(
        shapely.box(90, 40, 120, 60), shapely.box(150, 40, 170, 60), shapely.box(10, 40, 30, 60)
    )
    found = by_building(cells_of(land, houses, lines=land.roads([(100, -9), (100, 109)])))
    assert found["block"].tolist() == [1, 1, 0]
    west = shapely.bounds(land.local.to_metres(found.geometry.loc[["b0"]]))[0, 0]
    assert west == pytest.approx(100, abs=0.01)


def test_a_building_that_fills_its_block_and_one_on_the_boundary(land):
    houses = land.buildings(shapely.box(0, 0, 100, 100), shapely.box(150, 0, 200, 40))
    found = by_building(cells_of(land, houses, lines=land.roads([(100, -9), (100, 109)])))
    np.testing.assert_allclose(found["area_m2"], [10_000, 10_000], rtol=1e-4)


def test_buildings_drawn_twice_or_over_each_other_each_have_a_cell(land):
    house, tower = shapely.box(30, 40, 70, 60), shapely.box(40, 45, 50, 55)
    found = cells_of(land, land.buildings(house, house, tower, shapely.box(60, 50, 90, 80), house))
    assert sorted(found.cells["building_ref"]) == ["b0", "b1", "b2", "b3", "b4"]


def test_a_building_with_its_middle_outside_is_left_out_and_said(land):
    found = cells_of(
        land, land.buildings(*TWO_HOUSES, shapely.box(190, 40, 230, 60), shapely.box(400, 0, 450, 50))
    )
    assert sorted(found.cells["building_ref"]) == ["b0", "b1"]
    assert found.notes[0].en.startswith("1 buildings reach into")


def test_an_empty_block_is_one_empty_cell(land):
    found = cells_of(land, land.buildings(TWO_HOUSES[0]), lines=land.roads([(100, -9), (100, 109)])).cells
    assert found["kind"].tolist() == ["building", "empty"]
    assert found["households"].iloc[1] == 0
    assert not found["households_estimated"].iloc[1]


def test_a_large_empty_block_is_cut_into_hexagons(land):
    community = shapely.box(0, 0, 700, 500)
    houses = land.buildings(TWO_HOUSES[0], households=30)
    found = cells_of(land, houses, community=community, lines=land.roads([(100, -9), (100, 509)])).cells
    assert found["kind"].value_counts().to_dict().keys() == {"building", "hex"}
    finer = cells_of(
        land, houses, community=community, lines=land.roads([(100, -9), (100, 509)]), h3_resolution=11
    ).cells
    assert (finer["kind"] == "hex").sum() > 4 * (found["kind"] == "hex").sum()
    assert found["households"].sum() == 30


def test_a_pier_on_the_river_leaves_the_river_water(land):
    lakes = land.water(shapely.box(100, -9, 200, 109))
    found = cells_of(land, land.buildings(TWO_HOUSES[0], shapely.box(130, 40, 140, 50)), lakes=lakes)
    assert sorted(found.cells["kind"]) == ["building", "building", "water"]
    assert not shapely.get_num_interior_rings(found.cells.geometry.array).any(), "no water around a pier"


def test_a_community_under_water_is_one_cell_of_water(land):
    found = cells_of(land, land.buildings(), lakes=land.water(shapely.box(-9, -9, 209, 109)))
    assert found.cells["kind"].tolist() == ["water"]
    assert found.edges.empty


def test_without_buildings_there_are_hexagons_and_totals_are_spread_over_land(land):
    found = cells_of(
        land,
        land.buildings(),
        community=shapely.box(0, 0, 600, 500),
        lakes=land.water(shapely.box(400, -9, 470, 509)),
        lines=land.roads([(200, -9), (200, 509)]),
        households=1001,
        people=2503,
    )
    cells = found.cells
    assert set(cells["kind"]) == {"hex", "water"}
    assert cells["households"].sum() == 1001
    assert cells["people"].sum() == 2503
    assert cells.loc[cells["kind"] == "water", "households"].tolist() == [0]
    assert cells.loc[cells["kind"] == "hex", "households_estimated"].all()
    density = cells["households"] / cells["area_m2"]
    assert density[cells["kind"] == "hex"].std() < 0.02 * density.max()
    assert any("spread evenly" in note.en for note in found.notes)


def test_estimates_are_fitted_to_the_communitys_total(land):
    houses = land.buildings(*TWO_HOUSES, households=[100, None], levels=6)
    found = cells_of(land, houses, households=150, people=390)
    assert found.cells["households"].tolist() == [100, 50]
    assert found.cells["households_estimated"].tolist() == [False, True]
    assert found.cells["people"].tolist() == [260, 130]
    assert any("scaled by" in note.en for note in found.notes)


def test_a_complex_without_buildings_is_named(land):
    walls = land.complexes(shapely.box(100, 0, 200, 100), name="西苑")
    found = cells_of(land, land.buildings(TWO_HOUSES[0]), walls=walls)
    assert "西苑" in found.notes[0].zh
    assert found.cells.set_index("kind")["complex_ref"].fillna("").to_dict() == {
        "building": "",
        "empty": "c0",
    }


@pytest.mark.parametrize(
    "community",
    [
        shapely.union(shapely.box(0, 0, 110, 100), shapely.box(125, 0, 200, 100)),
        SQUARE - shapely.box(80, 30, 120, 70),
        shapely.box(28, 38, 172, 62),
        shapely.Point(100, 50).buffer(99),
    ],
    ids=["exclave", "hole", "tight", "round"],
)
def test_odd_communities(land, community):
    assert len(cells_of(land, land.buildings(*TWO_HOUSES), community=community).cells) == 2


def test_a_tiny_community_with_one_building(land):
    found = cells_of(land, land.buildings(shapely.box(2, 2, 6, 5)), community=shapely.box(0, 0, 9, 7))
    assert found.cells["kind"].tolist() == ["building"]


def test_a_building_in_two_parts_has_one_cell_of_one_part(land):
    parts = shapely.union(shapely.box(10, 40, 30, 60), shapely.box(170, 40, 190, 60))
    found = by_building(cells_of(land, land.buildings(parts, shapely.box(90, 40, 110, 60))))
    assert len(found) == 2


def test_invalid_footprints_are_survived(land):
    bow = shapely.Polygon([(20, 20), (60, 60), (60, 20), (20, 60)])
    assert len(cells_of(land, land.buildings(bow, TWO_HOUSES[1])).cells) == 2


def test_bad_arguments_are_refused(land):
    with pytest.raises(InputError, match="resolution 16"):
        cells_of(land, land.buildings(), h3_resolution=16)
    with pytest.raises(MissingCrsError):
        cells_of(land, land.buildings().set_crs(None, allow_override=True))


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda cells: cells.iloc[:1], "area is not the community's"),
        (lambda cells: cells.iloc[[0, 0, 1]], "overlap or leave gaps"),
        (lambda cells: cells.assign(building_ref=["b0", None]), "without a cell of their own: b1"),
        (lambda cells: cells.assign(building_ref=["b0", "b0"]), "without a cell of their own: b1"),
    ],
)
def test_a_broken_coverage_is_never_handed_out(land, break_it, words):
    houses = land.buildings(*TWO_HOUSES)
    cells = break_it(cells_of(land, houses).cells)
    with pytest.raises(InputError, match=f"community 东风社区.*{words}"):
        verify(cells, land.degrees(SQUARE), houses, name="东风社区")


def test_a_verge_is_shared_out_but_a_complex_without_buildings_stays_whole(land):
    # c0 has two houses; c1 is L-shaped and has none; around both runs a verge, in the corner of c1 lies a yard
    with_houses = shapely.box(20, 20, 120, 120)
    without = shapely.box(140, 20, 340, 120) - shapely.box(180, 60, 340, 120)
    made = cells_of(
        land,
        land.buildings(shapely.box(40, 40, 100, 52), shapely.box(40, 80, 100, 92)),
        community=shapely.box(0, 0, 360, 140),
        walls=land.complexes(with_houses, without),
    )
    empty = made.cells[made.cells["kind"] != "building"]
    assert len(made.cells) == 4
    assert empty["complex_ref"].fillna("").tolist() == ["c1", ""]
    # the verge before c1 is its own on all sides, the yard is nobody's, and no strip along c0 is empty ground
    yard = shapely.box(180, 60, 360, 140)
    assert empty["area_m2"].iloc[1] == pytest.approx(yard.area, rel=0.15)
    assert empty["area_m2"].sum() == pytest.approx(230 * 140, rel=0.02)


def test_a_wide_empty_field_is_cut_into_hexagons_not_given_to_a_house(land):
    made = cells_of(
        land,
        land.buildings(*(shapely.box(20, 20 + 25 * k, 60, 32 + 25 * k) for k in range(3))),
        community=shapely.box(0, 0, 5000, 800),
        walls=land.complexes(shapely.box(10, 10, 80, 100)),
    )
    assert (made.cells["kind"] == "hex").sum() > 100
    assert made.cells.loc[made.cells["kind"] == "building", "area_m2"].max() < 20_000


@pytest.mark.parametrize("angle", range(0, 90, 15))
def test_a_long_thin_community_is_not_refused_for_its_rounding(land, angle):
    turned = [
        shapely.affinity.rotate(shape, angle, origin=(0, 0))
        for shape in (
            shapely.box(0, 0, 2000, 10),
            *(shapely.box(10 + 40 * i, 2, 30 + 40 * i, 8) for i in range(40)),
        )
    ]
    found = make_cells(
        land.degrees(turned[0]),
        buildings=land.buildings(*turned[1:]),
        complexes=land.complexes(),
        roads=land.roads(),
        water=land.water(),
    )
    assert found.cells["building_ref"].notna().sum() == 40


def test_a_huge_empty_community_has_coarser_hexagons_and_says_so(land):
    made = cells_of(land, land.buildings(), community=shapely.box(0, 0, 20_000, 15_000))
    assert 1_000 < len(made.cells) < 6_000
    assert any("resolution 9" in note.en for note in made.notes)


#  ┌──────────────┐ 100      the strip between the walls and the road is 10 m wide
#  │ ┌────┐┌────┐ │
#  │ │ c0 ││ c1 │ │
#  │ └────┘└────┘ │
#  └──────────────┘ 0
def test_the_strip_before_a_wall_belongs_to_the_complex_behind_it(land):
    walls = land.complexes(shapely.box(10, 10, 98, 90), shapely.box(102, 10, 190, 90))
    houses = land.buildings(*TWO_HOUSES)
    found = by_building(cells_of(land, houses, walls=walls))
    np.testing.assert_allclose(found["area_m2"], [10_000, 10_000], rtol=0.02)
    # also where a kiosk stands on the strip: it gets its own place and not the strip around both
    kiosk = shapely.box(2, 2, 6, 6)
    found = by_building(cells_of(land, land.buildings(*TWO_HOUSES, kiosk), walls=walls))
    assert found["area_m2"].iloc[2] < 300


def test_a_lane_is_shared_along_its_middle_and_a_dead_end_cuts_nothing(land):
    houses = land.buildings(*TWO_HOUSES)
    lane = land.roads([(90, -9), (90, 109)], road_class="residential")
    found = by_building(cells_of(land, houses, lines=lane))
    np.testing.assert_allclose(found["area_m2"], [9_000, 11_000], rtol=1e-3)
    assert found["block"].tolist() == [0, 0]
    dead_end = land.roads([(90, -9), (90, 60)], road_class="residential")
    np.testing.assert_allclose(
        by_building(cells_of(land, houses, lines=dead_end))["area_m2"], 10_000, rtol=1e-3
    )


def test_a_long_empty_strip_is_cut_in_front_of_what_lies_beside_it(land):
    # a road, a strip of 30 m by the river, and four complexes in a row on the other side
    walls = [shapely.box(200 * i + 4, 40, 200 * i + 196, 196) for i in range(4)]
    houses = [shapely.box(200 * i + 60, 100, 200 * i + 140, 112) for i in range(4)]
    found = cells_of(
        land,
        land.buildings(*houses),
        community=shapely.box(0, 0, 800, 200),
        walls=land.complexes(*walls),
        lines=land.roads([(-9, 36), (809, 36)]),
    ).cells
    strip = shapely.bounds(land.local.to_metres(found.geometry[found["kind"] == "empty"]))
    assert sorted(np.round(strip[:, 0], -1).tolist()) == [0, 200, 400, 600]
