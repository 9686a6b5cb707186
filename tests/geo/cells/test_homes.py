"""Buildings of unknown use are homes where something says so, and it is said how sure."""

from __future__ import annotations

import pytest
import shapely

from geo.cells import homes
from geo.cells.dwellings import estimate_households, unknown_ground

SLAB = shapely.box(0, 0, 50, 12)


@pytest.mark.parametrize(
    ("columns", "sure"),
    [
        ({}, homes.NOTHING_KNOWN),
        ({"complex_ref": "c1"}, homes.IN_COMPLEX),
        ({"units": 2}, homes.HAS_UNITS),
        ({"name": "瑞康公寓"}, homes.NAMED_HOME),
        ({"name": "3号楼"}, homes.NAMED_HOME),
        ({"name": "元芳弄"}, homes.NAMED_HOME),
        ({"name": "Villa Laura"}, homes.NAMED_HOME),
        ({"name": "外滩花园酒店"}, homes.NAMED_OTHER),
        ({"name": "公寓酒店", "complex_ref": "c1"}, homes.NAMED_OTHER),
        ({"name": "World Finance Tower"}, homes.NAMED_OTHER),
        ({"road_addresses": "福州路17号"}, homes.HAS_NUMBER),
        ({"road_addresses": "福州路17号", "name": "益丰"}, homes.NOTHING_KNOWN),
        ({"levels": 60, "complex_ref": "c1"}, homes.NOT_OF_THE_SIZE),
        ({"levels": 60, "units": 2}, homes.HAS_UNITS),
        ({"use": "residential"}, 1.0),
        ({"use": "commercial", "complex_ref": "c1"}, 0.0),
        ({"households": 12}, 1.0),
    ],
)
def test_one_piece_of_evidence(land, columns, sure):
    row = estimate_households(land.buildings(SLAB, **({"use": None} | columns))).iloc[0]
    assert row["home_sure"] == sure
    assert bool(row["households_estimated"]) is (sure >= homes.HOME_FROM and "households" not in columns)


def test_blocks_of_one_size_in_a_row_are_homes_and_a_lone_one_beside_them_is_not(land):
    rows = [shapely.box(0, 30 * i, 50, 30 * i + 12) for i in range(3)]
    found = estimate_households(land.buildings(*rows, shapely.box(70, 0, 110, 38), use=None, height_m=18.0))
    assert found["home_sure"].tolist() == [homes.LIKE_ITS_ROW] * 3 + [homes.NOTHING_KNOWN]
    assert found["households"].isna().tolist() == [False] * 3 + [True]


def test_garages_in_a_row_are_none(land):
    boxes = [shapely.box(7 * i, 0, 7 * i + 6, 20) for i in range(6)]
    assert (estimate_households(land.buildings(*boxes, use=None))["home_sure"] < homes.HOME_FROM).all()


def test_neighbours_speak_for_a_house(land):
    shapes = [shapely.box(40 * i, 0, 40 * i + 12, 9) for i in range(6)]
    among = land.buildings(*shapes, use=["residential"] * 5 + [None])
    assert estimate_households(among)["home_sure"].iloc[5] == pytest.approx(4 / 5)  # four within 150 m
    offices = land.buildings(*shapes, use=["commercial"] * 5 + [None])
    assert estimate_households(offices)["home_sure"].iloc[5] == homes.NOTHING_KNOWN


def test_buildings_beside_the_file_speak_too(land):
    shapes = [shapely.box(40 * i, 0, 40 * i + 12, 9) for i in range(4)]
    whole = land.buildings(*shapes, use=["residential"] * 3 + [None])
    alone, beside = whole.iloc[3:].reset_index(drop=True), whole.iloc[:3]
    assert estimate_households(alone)["home_sure"].tolist() == [homes.NOTHING_KNOWN]
    assert estimate_households(alone, around=beside)["home_sure"].tolist() == [pytest.approx(3 / 4)]


def test_what_is_said_in_the_sum(land):
    shapes = [shapely.box(0, 200 * i, 50, 200 * i + 12) for i in range(3)]
    found = estimate_households(
        land.buildings(*shapes, use=[None, None, "residential"], complex_ref=["c1", None, None], levels=6)
    )
    told = unknown_ground(found)
    assert (told.counted, told.households, told.sure, told.doubtful, told.possible) == (1, 36, 0.9, 1, 36)
    assert told.words is not None
    assert "90%" in told.words.zh
    assert unknown_ground(found.iloc[2:]).words is None
