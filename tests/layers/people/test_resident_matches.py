"""Residents find their building, in this process or in others; only what a change touches is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import EmptyLayerError, NotAllowedError
from layers.history import read_history
from layers.imports.imports import import_frame
from layers.people.decisions import decide, learn_name
from layers.people.match_rates import match_rates
from layers.people.resident_matches import match_residents
from layers.people.review import review_list
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.runs.steps import executor
from layers.store.address_tables import matches, residents
from layers.store.database import Store
from tests.layers import households, town
from tests.layers.unsealed import unsealed

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)


def found(store: Store) -> pd.DataFrame:
    joined = sa.select(residents.c.ref, residents.c.address, matches).join(matches)
    return unsealed(store, joined.order_by(residents.c.household)).drop(columns="ref").set_index("address")


@pytest.fixture
def settled(store: Store) -> Store:
    households.settle(store, grids=False)
    households.move_in(store)
    return store


def test_each_address_finds_its_building_or_says_why_not(settled: Store) -> None:
    figures = households.match(settled)
    assert {k: figures[k] for k in ("records", "looked_at", "matched", "ambiguous", "none")} == {
        "records": 5,
        "looked_at": 5,
        "matched": 3,
        "ambiguous": 1,
        "none": 1,
    }
    rows = found(settled)
    first = rows.loc["桂苑3号楼2单元501室"]
    assert (first.status, first.building_ref, first.complex_ref) == ("matched", "b10", "c-west")
    assert (first.unit, first.room, first.community_code) == ("2", "501", town.WEST)
    assert first.confidence > 0.9
    assert rows.loc["一马路12号院7号楼", "building_ref"] == "b30"
    doubtful = rows.loc["兰苑2号楼"]
    assert (doubtful.status, doubtful.building_ref, doubtful.confidence) == ("ambiguous", None, 0.0)
    assert set(doubtful.candidates.split("|")) == {"b41", "b61"}
    assert doubtful.community_code == town.EAST
    unknown = rows.loc["月亮湾1号楼"]
    assert (unknown.status, unknown.community_code, unknown.candidates) == ("none", None, None)
    assert unknown.reason.isascii()
    assert not unknown.reason_zh.isascii()
    assert set(rows["gazetteer"]) == {figures["version"]}


def test_other_processes_find_the_same(settled: Store) -> None:
    households.match(settled)
    alone = found(settled).drop(columns="gazetteer")
    with executor(2) as pool:
        assert households.match(settled, pool=pool, everything=True)["looked_at"] == 5
    assert found(settled).drop(columns="gazetteer").equals(alone)


def test_nothing_is_looked_at_twice_without_a_change(settled: Store) -> None:
    households.match(settled)
    assert households.match(settled)["looked_at"] == 0
    households.move_in(settled, *households.HOMES, "桂苑8号楼")
    assert households.match(settled)["looked_at"] == 1


def test_a_changed_complex_touches_its_own_and_what_was_in_doubt(settled: Store) -> None:
    households.match(settled)
    renamed = households.buildings()
    renamed.loc[renamed["ref"] == "b41", "name"] = "9号楼"  # of 兰苑一期: now only one 2号楼 is left
    import_frame(settled, OPERATOR, "buildings", renamed, source="town", actor="test", now=NOW)
    figures = households.match(settled)
    assert figures["looked_at"] == 2  # the doubtful and the unknown one; 桂苑 was not touched
    assert found(settled).loc["兰苑2号楼", "building_ref"] == "b61"


def test_a_new_name_touches_texts_that_hold_it(settled: Store) -> None:
    households.match(settled)
    learn_name(settled, OPERATOR, "c-west", "月亮湾", actor="me", now=town.NOW)
    assert (
        households.match(settled)["looked_at"] == 5
    )  # the three of 桂苑 itself, and the two not surely found
    assert found(settled).loc["月亮湾1号楼", "building_ref"] == "b00"


def test_a_name_of_the_future_is_not_used_yet(settled: Store) -> None:
    day = town.DAY + timedelta(days=1)
    learn_name(settled, OPERATOR, "c-west", "月亮湾", valid_from=day, actor="me", now=town.NOW)
    assert households.match(settled)["matched"] == 3


def test_what_a_person_decided_stays(settled: Store) -> None:
    households.match(settled)
    ref = found(settled).loc["月亮湾1号楼", "resident_ref"]
    decide(settled, OPERATOR, ref, revision=0, building_ref="b70", actor="me", now=town.NOW)
    assert households.match(settled, everything=True)["looked_at"] == 4
    assert found(settled).loc["月亮湾1号楼", "building_ref"] == "b70"


def test_a_corrected_list_drops_old_matches(settled: Store) -> None:
    households.match(settled)
    households.move_in(settled, "桂苑4号楼")  # the household that lived at 桂苑3号楼
    assert "桂苑3号楼2单元501室" not in found(settled).index
    assert households.match(settled)["looked_at"] == 1


def test_empty_layers_and_other_viewers_are_refused(store: Store) -> None:
    with pytest.raises(EmptyLayerError, match="complexes"):
        households.match(store)
    households.settle(store, grids=False)
    with pytest.raises(EmptyLayerError, match="residents"):
        households.match(store)
    system = Viewer(Role.SYSTEM, ("",), Purpose.LOOKUP)
    with pytest.raises(NotAllowedError):
        list(match_residents(store, system, actor="x", now=town.NOW))


def test_the_history_counts_and_tells_no_address(settled: Store) -> None:
    households.match(settled)
    with settled.reading(OPERATOR) as unit:
        deed = read_history(unit).iloc[0]
    assert (deed["action"], deed["detail"]["matched"]) == ("match", 3)
    assert "苑" not in str(deed["detail"])


def test_rates_by_complex_community_and_grid(store: Store) -> None:
    households.settle(store)
    households.move_in(store)
    households.match(store)
    with store.reading(OPERATOR) as unit:
        by = {
            kind: match_rates(unit, by=kind, as_of=town.DAY).set_index("key")
            for kind in ("complex", "community", "grid")
        }
    assert by["complex"].loc["c-west", ["name", "matched", "open", "households"]].tolist() == [
        "桂苑",
        3,
        0,
        800,
    ]
    assert by["community"].loc[town.EAST, ["matched", "open"]].tolist() == [0, 1]
    assert by["grid"].loc[f"{town.EAST}001", ["matched", "open", "households"]].tolist() == [0, 1, 800]
    assert by["grid"].loc[f"{town.WEST}001", "matched"] == 1
    for table in by.values():
        assert table.loc["", "open"] == (2 if "c-west" in table.index else 1)


def test_houses_of_no_complex_are_matched_by_their_road_address(store: Store) -> None:
    households.settle(store, grids=False, apart=True)
    households.move_in(store, "二马路5号", "二马路九号2号楼101", "一马路12号", "二马路7号", "桂苑3号楼")
    assert households.match(store)["matched"] == 3
    rows = found(store)
    house = rows.loc["二马路5号"]
    assert (house.building_ref, house.complex_ref, house.community_code) == ("b40", None, town.EAST)
    assert rows.loc["二马路九号2号楼101", ["building_ref", "room"]].tolist() == ["b51", "101"]
    shared = rows.loc["一马路12号"]
    assert (shared.status, shared.building_ref) == ("ambiguous", None)
    assert rows.loc["二马路7号", "status"] == "none"
    with store.reading(OPERATOR) as unit:
        rates = match_rates(unit, by="community", as_of=town.DAY).set_index("key")
    assert rates.loc[town.EAST, "matched"] == 2
    # nothing changed: nothing is looked at; a house that moved: those on its road
    assert households.match(store)["looked_at"] == 0
    moved = households.houses().query("ref == 'b40'").assign(road_addresses="二马路7号")
    import_frame(store, OPERATOR, "buildings", moved, source="t", actor="test", now=NOW)
    assert households.match(store)["looked_at"] == 4
    rows = found(store)
    assert rows.loc[["二马路5号", "二马路7号"], "building_ref"].tolist() == [None, "b40"]


def test_a_house_is_offered_by_its_road_address(store: Store) -> None:
    households.settle(store, grids=False, apart=True)
    households.move_in(store, "二马路9号")
    households.match(store)
    (names,) = review_list(store, OPERATOR, actor="t", now=town.NOW)["candidate_names"]
    assert names == ["二马路9号1号楼", "二马路9号2号楼"]
