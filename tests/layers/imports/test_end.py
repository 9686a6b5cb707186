"""Rows that end: gone from today, there on the days before, and back when that is taken back."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest

from geo.errors import ConflictError, InputError, NotFoundError
from geo.plans.rules import profile
from layers.batches.ending import end_rows, foresee_end
from layers.batches.listing import read_batches
from layers.ground.buildings import read_buildings
from layers.ground.ended import read_ended
from layers.imports.imports import import_file
from layers.plans.cells import build_cells, read_cells
from layers.plans.drawing import draw_plans
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers import town
from tests.layers.files.drawing import write_geojson
from tests.layers.imports.test_undo import everything, load, take_back

NOW, DAY = town.NOW, town.DAY
BEFORE = DAY - timedelta(days=1)


def end(store: Store, layer: str, *keys: str, on: date | None = None, never_there: bool = False) -> None:
    end_rows(
        store, OPERATOR, layer, keys, reason="已拆除", on=on, never_there=never_there, actor="amei", now=NOW
    )


def refs(store: Store, as_of: date | None = None) -> list[str]:
    with store.reading(OPERATOR) as unit:
        return list(read_buildings(unit, codes=[town.WEST], as_of=as_of)["ref"])


@pytest.fixture
def settled(store: Store) -> Store:
    load(store, "communities", town.communities())
    load(store, "buildings", town.buildings())
    return store


def test_an_ended_building_is_there_on_the_days_before(settled: Store) -> None:
    whole = refs(settled)
    end(settled, "buildings", "b00", on=DAY)
    assert refs(settled) == refs(settled, DAY) == whole[1:]
    assert refs(settled, BEFORE) == whole
    with settled.reading(OPERATOR) as unit:
        then = read_buildings(unit, as_of=BEFORE)
        assert (then.dtypes == read_buildings(unit).dtypes).all()
        assert then.set_index("ref").loc["b00", "households"] == 100
        (gone,) = read_ended(unit, "buildings").itertuples()
        assert (gone.ref, gone.held_until, gone.reason) == ("b00", DAY, "已拆除")
        newest = read_batches(unit)[0]
    assert (newest.action, newest.layer, newest.reason, newest.ended) == ("end", "buildings", "已拆除", 1)
    with settled.reading(Viewer(Role.PLANNER, (town.EAST,), Purpose.PLANNING)) as unit:
        assert read_ended(unit, "buildings").empty


def test_cells_are_cut_without_it(settled: Store) -> None:
    end(settled, "buildings", "b00")
    assert [step.error for step in build_cells(settled, OPERATOR, actor="t", now=NOW)] == [None, None]
    with settled.reading(OPERATOR) as unit:
        cells = read_cells(unit, town.WEST).cells
    assert "b00" not in set(cells["building_ref"].dropna())
    assert "b10" in set(cells["building_ref"].dropna())


def test_an_end_is_taken_back_and_that_again(settled: Store) -> None:
    before = everything(settled)
    end(settled, "buildings", "b00", "b71", on=BEFORE)
    after = everything(settled)
    take_back(settled, "buildings")
    assert everything(settled) == before
    with settled.reading(OPERATOR) as unit:
        number = read_batches(unit)[0].number
    take_back(settled, "buildings", number)
    assert everything(settled) == after


def test_what_was_never_there_is_there_on_no_day(settled: Store) -> None:
    before = everything(settled)
    end(settled, "buildings", "b00", never_there=True)
    assert "b00" not in refs(settled, date(2020, 1, 1))
    take_back(settled, "buildings")
    assert everything(settled) == before


def test_what_ended_and_came_back_is_said_and_there_once_a_day(settled: Store, tmp_path: Path) -> None:
    end(settled, "buildings", "b00", on=BEFORE)
    path = write_geojson(tmp_path / "again.geojson", town.buildings(households=77).iloc[:1])
    report = import_file(settled, OPERATOR, "buildings", path, actor="t", now=NOW)
    assert any("1 rows had ended and are there again: b00 (2026-11-21)" in note.en for note in report.notes)
    assert refs(settled).count("b00") == refs(settled, date(2026, 1, 1)).count("b00") == 1
    with settled.reading(OPERATOR) as unit:
        then, now = (
            read_buildings(unit, as_of=day).set_index("ref").loc["b00"] for day in (date(2026, 1, 1), DAY)
        )
    assert (then["households"], now["households"]) == (100, 77)
    end(settled, "buildings", "b00", on=DAY)
    assert refs(settled, BEFORE).count("b00") == 1
    assert "b00" not in refs(settled)


def test_rows_that_left_the_file_end_the_same_way(settled: Store, tmp_path: Path) -> None:
    before = everything(settled)
    path = write_geojson(tmp_path / "fewer.geojson", town.buildings().iloc[1:])
    report = import_file(settled, OPERATOR, "buildings", path, replace=True, actor="t", now=NOW)
    assert [key for key, _, _ in report.gone] == ["b00"]
    assert "b00" in refs(settled, BEFORE)
    assert "b00" not in refs(settled)
    with settled.reading(OPERATOR) as unit:
        assert "fewer.geojson" in read_ended(unit, "buildings")["reason"].tolist()[0]
        assert read_batches(unit)[0].ended == 1
    take_back(settled, "buildings")
    assert everything(settled) == before


def test_only_rows_that_were_agreed_on_leave_with_the_file(settled: Store, tmp_path: Path) -> None:
    before = everything(settled)
    path = write_geojson(tmp_path / "fewer.geojson", town.buildings().iloc[2:])
    with pytest.raises(ConflictError, match=r"rows came into the store meanwhile .* \(b01\)"):
        import_file(
            settled, OPERATOR, "buildings", path, replace=True, agreed=frozenset({"b00"}), actor="t", now=NOW
        )
    assert everything(settled) == before


def test_what_leans_on_a_row_is_told_before(settled: Store) -> None:
    complex_ = gpd.GeoDataFrame({"ref": ["c1"], "name": ["甲苑"]}, geometry=[town.square(0, 0)], crs=4490)
    load(settled, "complexes", complex_)
    with settled.reading(OPERATOR) as unit:
        seen = foresee_end(unit, "complexes", ["c1"], now=NOW)
    assert seen.rows == (("c1", "甲苑"),)
    assert [lean.words.en for lean in seen.leans] == ["buildings of it"]
    end(settled, "complexes", "c1")


def test_communities_with_plans_stay(settled: Store) -> None:
    list(build_cells(settled, OPERATOR, actor="t", now=NOW))
    list(draw_plans(settled, OPERATOR, rules=profile("national"), actor="t", now=NOW))
    with pytest.raises(ConflictError, match="plan 1"):
        end(settled, "communities", town.WEST)


@pytest.mark.parametrize(
    ("layer", "keys", "reason", "on", "never", "error"),
    [
        ("buildings", ["b00", "nothing"], "拆", None, False, NotFoundError),
        ("grids", ["g"], "拆", None, False, InputError),
        ("buildings", ["b00"], "  ", None, False, InputError),
        ("buildings", ["b00"], "拆", DAY + timedelta(days=1), False, InputError),
        ("buildings", ["b00"], "拆", date(1890, 1, 1), False, InputError),
        ("buildings", ["b00"], "拆", DAY, True, InputError),
    ],
)
def test_what_cannot_be_ended_is_said_and_nothing_happens(
    settled: Store,
    layer: str,
    keys: list[str],
    reason: str,
    on: date | None,
    never: bool,
    error: type[Exception],
) -> None:
    before = everything(settled)
    with pytest.raises(error):
        end_rows(settled, OPERATOR, layer, keys, reason=reason, on=on, never_there=never, actor="t", now=NOW)
    assert everything(settled) == before


def test_a_layer_without_ends_is_read_as_it_is(settled: Store) -> None:
    with settled.reading(OPERATOR) as unit:
        pd.testing.assert_frame_equal(
            pd.DataFrame(read_buildings(unit, as_of=BEFORE)), pd.DataFrame(read_buildings(unit))
        )
