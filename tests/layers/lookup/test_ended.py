"""Look-ups on days before a building or complex ended: it answers then, and from its last day on it does not."""

from __future__ import annotations

from datetime import date, timedelta

import geopandas as gpd
import pandas as pd
import pytest

from layers.batches.ending import end_rows
from layers.batches.undoing import undo
from layers.imports.imports import import_frame
from layers.lookup.lookups import load_lookup
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers import town

NOW, DAY = town.NOW, town.DAY
BEFORE = DAY - timedelta(days=1)


@pytest.fixture
def settled(store: Store) -> Store:
    import_frame(store, OPERATOR, "communities", town.communities(), source="t", actor="t", now=NOW)
    homes = gpd.GeoDataFrame(
        {"ref": ["c1", "c2"], "name": ["桂花苑", "海棠苑"]},
        geometry=[town.square(0, 0, width=2, height=2), town.square(4, 0, width=2, height=2)],
        crs=4490,
    )
    import_frame(store, OPERATOR, "complexes", homes, source="t", actor="t", now=NOW)
    import_frame(store, OPERATOR, "buildings", town.buildings(), source="t", actor="t", now=NOW)
    return store


def end(store: Store, layer: str, *refs: str) -> None:
    end_rows(store, OPERATOR, layer, refs, reason="拆", on=DAY, actor="t", now=NOW)


def meant(store: Store, text: str, day: date, viewer: Viewer = OPERATOR) -> tuple[str | None, str | None]:
    """Building and complex that one address means on a day, asked alone and among many."""
    lookup = load_lookup(store, viewer, as_of=DAY)
    alone = lookup.locate(text, as_of=day)
    row = lookup.locate_many(["海棠苑9号楼", text], as_of=day).iloc[1]
    one = None if alone.home is None else (alone.home.building_ref, alone.home.complex_name)
    many = None if pd.isna(row["building_ref"]) else (row["building_ref"], row["complex_name"])
    assert one == many
    assert row["as_of"] == day
    return one or (None, None)


def test_a_point_lies_in_what_was_there_that_day(settled: Store) -> None:
    end(settled, "buildings", "b00")
    index = load_lookup(settled, OPERATOR, as_of=DAY).index
    lon, lat = town.LON + 0.0005, town.LAT + 0.0005
    then, now = (index.locate(lon, lat, as_of=day) for day in (BEFORE, DAY))
    assert (then.building_ref, then.building_name) == ("b00", "1号楼")
    assert (now.building_ref, now.complex_name) == (None, "桂花苑")
    table = pd.concat([index.locate_many([lon], [lat], as_of=day) for day in (BEFORE, DAY)])
    assert table["building_ref"].fillna("").tolist() == ["b00", ""]
    masked = index.within((town.WEST,))
    assert masked.locate(lon, lat, as_of=BEFORE).building_ref == "b00"
    assert masked.span(BEFORE) == (None, DAY)
    assert index.within((town.EAST,)).locate(lon, lat, as_of=BEFORE).building_ref is None


def test_an_address_means_what_was_there_that_day(settled: Store) -> None:
    end(settled, "buildings", "b00")
    assert meant(settled, "桂花苑1号楼", BEFORE) == ("b00", "桂花苑")
    assert meant(settled, "桂花苑1号楼", DAY) == (None, None)
    assert meant(settled, "桂花苑2号楼", BEFORE) == ("b01", "桂花苑")
    assert meant(settled, "海棠苑9号楼", BEFORE) == ("b40", "海棠苑")
    east = Viewer(Role.PLANNER, (town.EAST,), Purpose.LOOKUP)
    assert meant(settled, "桂花苑1号楼", BEFORE, east) == (None, None)


def test_a_number_given_to_a_new_building_means_the_old_one_before(settled: Store) -> None:
    end(settled, "buildings", "b00")
    new = town.buildings().iloc[:1].assign(ref="new")
    import_frame(settled, OPERATOR, "buildings", new, source="t", actor="t", now=NOW)
    assert meant(settled, "桂花苑1号楼", BEFORE) == ("b00", "桂花苑")
    assert meant(settled, "桂花苑1号楼", DAY) == ("new", "桂花苑")


def test_buildings_of_an_ended_complex_are_known_by_its_name_before(settled: Store) -> None:
    end(settled, "complexes", "c1")
    assert meant(settled, "桂花苑2号楼", BEFORE) == ("b01", "桂花苑")
    assert meant(settled, "桂花苑2号楼", DAY) == (None, None)


def test_an_end_that_is_taken_back_leaves_no_trace(settled: Store) -> None:
    end(settled, "buildings", "b00")
    undo(settled, OPERATOR, "buildings", actor="t", now=NOW)
    assert meant(settled, "桂花苑1号楼", DAY) == ("b00", "桂花苑")
