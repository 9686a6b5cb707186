"""The gazetteer the store knows, and which part of its fingerprint a change moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd

from layers.imports.imports import import_frame
from layers.imports.lists import import_rows
from layers.lookup.gazetteer import EVERYWHERE, HOUSE, StoredGazetteer, read_gazetteer
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers import households, town

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def read(store: Store, viewer: Viewer = OPERATOR) -> StoredGazetteer:
    with store.reading(viewer) as unit:
        return read_gazetteer(unit, as_of=town.DAY)


def changed(before: StoredGazetteer, after: StoredGazetteer) -> set[str]:
    return {key for key in {*before.parts, *after.parts} if before.parts.get(key) != after.parts.get(key)}


def add(store: Store, **alias: object) -> None:
    row = {"valid_from": None, "valid_to": None} | alias
    import_rows(
        store, OPERATOR, "aliases", pd.DataFrame([row], dtype=object), source="t", now=town.NOW, actor="test"
    )


def test_complexes_come_with_everything_they_go_by(store: Store) -> None:
    households.settle(store, grids=False)
    found = read(store)
    homes = found.complexes.set_index("complex_id")
    assert homes.loc["c-east-1", ["name", "base", "phase", "community"]].tolist() == [
        "兰苑一期",
        "兰苑",
        "一期",
        "东社区",
    ]
    assert homes.loc["c-west", "road_addresses"] == ("一马路12号",)
    assert len(found.buildings) == 16
    assert set(found.buildings["community_code"]) == {town.WEST, town.EAST}
    assert found.areas.communities == (("西社区", ""), ("东社区", ""))
    assert set(found.names_of({"c-west"})) == {"桂苑", "一马路12号"}


def test_a_change_moves_its_own_part_only(store: Store) -> None:
    households.settle(store, grids=False)
    first = read(store)
    assert changed(first, read(store)) == set()
    add(store, kind="name", target="c-west", text="桂花院")
    second = read(store)
    assert changed(first, second) == {"c-west"}
    assert second.version != first.version
    import_frame(
        store,
        OPERATOR,
        "buildings",
        households.buildings().assign(levels=7).iloc[-1:],
        source="t",
        actor="test",
        now=NOW,
    )
    assert changed(second, read(store)) == {"c-east-2"}
    add(store, kind="road", target="一马路", text="反帝路")
    assert changed(second, read(store)) == {"c-east-2", EVERYWHERE}


def test_houses_of_no_complex_go_by_their_road_address(store: Store) -> None:
    households.settle(store, grids=False, apart=True)
    first = read(store)
    houses = first.buildings[first.buildings["complex_id"] == ""].set_index("building_id")
    assert set(houses.index) == set(households.HOUSES)  # those without a readable road address stay outside
    assert houses.loc["b40", ["label", "community", "community_code"]].tolist() == [
        "二马路5号",
        "东社区",
        town.EAST,
    ]
    assert houses.loc["b50", "label"] == "二马路9号1号楼"
    assert first.names_of({HOUSE + "b40"}) == ["二马路"]
    moved = households.houses().set_index("ref").loc[["b40"]].reset_index().assign(road_addresses="二马路6号")
    import_frame(store, OPERATOR, "buildings", moved, source="t", actor="test", now=NOW)
    assert changed(first, read(store)) == {HOUSE + "b40"}


def test_names_of_the_future_and_of_elsewhere_are_left_out(store: Store) -> None:
    households.settle(store, grids=False)
    add(store, kind="name", target="c-west", text="未来苑", valid_from=town.DAY + timedelta(days=1))
    add(store, kind="name", target="c-west", text="旧苑", valid_to=town.DAY - timedelta(days=999))
    assert read(store).complexes.set_index("complex_id").loc["c-west", "aliases"] == ("旧苑",)
    east = read(store, Viewer(Role.SYSTEM, (town.EAST,), Purpose.LOOKUP))
    assert set(east.complexes["complex_id"]) == {"c-east-1", "c-east-2"}


def test_an_empty_store_has_an_empty_gazetteer(store: Store) -> None:
    found = read(store)
    assert found.buildings.empty
    assert list(found.parts) == [EVERYWHERE]
    found.built()
