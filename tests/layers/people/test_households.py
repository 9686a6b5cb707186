"""The lists of several offices joined on the household key: one place each, every kind, no address."""

from __future__ import annotations

import pandas as pd
import pytest

from geo.errors import NotAllowedError
from layers.history import read_history
from layers.imports.lists import import_rows
from layers.people.households import COLUMNS, read_households
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers import households, town

ROWS = pd.DataFrame(
    [
        ("H1", "桂苑1号楼1单元101", "registered", 3, "enrolled", False),
        ("H1", "桂苑5号楼2单元301", "resident", 2, "local", True),
        ("H2", "兰苑2号楼", "resident", 1, None, None),
        ("H2", "兰苑二期2号楼", "owner", 1, None, None),
        ("H3", "月亮湾1号楼", "floating", 4, None, None),
    ],
    columns=["household", "address", "population", "people", "member", "centre"],
)


def read(store: Store, viewer: Viewer = OPERATOR, **more: object) -> pd.DataFrame:
    table = read_households(store, viewer, as_of=town.DAY, actor="me", now=town.NOW, **more)  # type: ignore[arg-type]
    return table.astype(object).where(table.notna(), None).set_index("household")


def test_each_household_has_one_place_and_all_its_kinds(store: Store) -> None:
    households.settle(store)
    import_rows(store, OPERATOR, "residents", ROWS, source="lists", now=town.NOW, actor="test")
    assert set(read(store)["status"]) == {"not matched yet"}
    households.match(store)
    found = read(store)
    assert ["household", *found.columns] == list(COLUMNS)
    first = found.loc["H1"]
    assert (first.complex, first.building, first.unit, first.room) == ("桂苑", "5号楼", "2", "301")
    assert (first.populations, first.people, first.members, first.centre) == (
        "registered|resident",
        3,
        "enrolled|local",
        True,
    )
    assert (first.grid_code, first.community_code, first.several_buildings) == (
        f"{town.WEST}002",
        town.WEST,
        True,
    )
    assert found.loc["H2", ["status", "building_ref", "several_buildings"]].tolist() == [
        "matched",
        "b61",
        False,
    ]
    assert found.loc["H3", ["status", "building", "grid_code"]].tolist() == ["none", None, None]
    assert list(read(store, codes=[town.EAST]).index) == ["H2"]
    assert "月亮湾" not in str(found.to_dict())


def test_the_read_is_kept_and_others_are_refused(store: Store) -> None:
    households.settle(store, grids=False)
    assert read(store).empty
    with store.reading(OPERATOR) as unit:
        assert read_history(unit).iloc[0]["detail"] == {"households": 0, "purpose": "maintenance"}
    with pytest.raises(NotAllowedError):
        read(store, Viewer(Role.LEADER, ("",), Purpose.DISPLAY))
