"""What a gazetteer takes and what it refuses."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.addresses.match.resolve import Matcher
from geo.addresses.register.gazetteer import Gazetteer
from geo.errors import InputError
from tests.geo.addresses.town import BUILDINGS, COMPLEXES


def test_names_alone_are_enough() -> None:
    homes = pd.DataFrame({"complex_id": ["a"], "name": ["海棠新城二区"]})
    houses = pd.DataFrame({"building_id": ["b"], "complex_id": ["a"], "name": ["十二幢"]})
    match = Matcher(Gazetteer.from_frames(homes, houses)).match("海棠新城2区12-3-501")
    assert (match.building_id, match.unit, match.room, match.grid_id) == ("b", "3", "501", None)


def test_lists_and_missing_values_are_taken() -> None:
    homes = pd.DataFrame(
        {
            "complex_id": ["a"],
            "name": ["芙蓉苑"],
            "aliases": [("老院",)],
            "road_addresses": [["中山路3号"]],
            "street": [None],
        }
    )
    houses = pd.DataFrame({"building_id": ["b"], "complex_id": ["a"], "name": ["1号楼"], "floors": [None]})
    matcher = Matcher(Gazetteer.from_frames(homes, houses))
    assert matcher.match("老院1号楼").building_id == "b"
    assert matcher.match("中山路3号1号楼").building_id == "b"


def test_a_complex_of_one_building_needs_no_number() -> None:
    homes = pd.DataFrame({"complex_id": ["a"], "name": ["锦绣大厦"]})
    houses = pd.DataFrame({"building_id": ["b"], "complex_id": ["a"], "name": ["主楼"]})
    match = Matcher(Gazetteer.from_frames(homes, houses)).match("锦绣大厦1203室")
    assert (match.status, match.building_id, match.room) == ("matched", "b", "1203")


@pytest.mark.parametrize(
    ("complexes", "buildings", "says"),
    [
        (COMPLEXES.drop(columns="name"), BUILDINGS, "name"),
        (COMPLEXES, BUILDINGS.drop(columns="complex_id"), "complex_id"),
        (pd.concat([COMPLEXES, COMPLEXES]), BUILDINGS, "twice"),
        (COMPLEXES, pd.concat([BUILDINGS, BUILDINGS]), "twice"),
        (COMPLEXES.iloc[1:], BUILDINGS, "C1"),
    ],
)
def test_faults_are_said(complexes: pd.DataFrame, buildings: pd.DataFrame, says: str) -> None:
    with pytest.raises(InputError, match=says):
        Gazetteer.from_frames(complexes, buildings)


def test_inputs_do_not_change() -> None:
    before = COMPLEXES.copy(), BUILDINGS.copy()
    Gazetteer.from_frames(COMPLEXES, BUILDINGS)
    pd.testing.assert_frame_equal(COMPLEXES, before[0])
    pd.testing.assert_frame_equal(BUILDINGS, before[1])
