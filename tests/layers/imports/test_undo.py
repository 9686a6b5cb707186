"""Imports taken back: every layer is row for row what it was before, or nothing happens and it is said why."""

from __future__ import annotations

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, NotFoundError
from geo.plans.rules import profile
from layers.batches.batch import Batch
from layers.batches.listing import read_batches
from layers.batches.undoing import foresee_undo, undo
from layers.imports.imports import import_file, import_frame
from layers.imports.lists import import_rows
from layers.imports.osm import import_osm
from layers.imports.working import make_working_areas
from layers.plans.drafts import copy_plan
from layers.plans.drawing import draw_plans
from layers.plans.plans import read_plans
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store import copies
from layers.store import tables as t
from layers.store.address_tables import aliases, matches, residents
from layers.store.batch_tables import ended
from layers.store.database import Store
from tests.layers import town
from tests.layers.files.drawing import EAST, WEST, frame, house, two_communities, write_geojson
from tests.layers.imports.test_osm import extract

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
LAYERS = ("communities", "complexes", "buildings", "stations", "roads", "water", "aliases")
TABLES: dict[str, sa.Table] = {**t.LAYER_TABLES, "aliases": aliases, "ended": ended}


def everything(store: Store) -> dict[str, dict[str, copies.Row]]:
    """Every row of every layer as plain values."""
    with store.reading(OPERATOR) as unit:
        found = {}
        for name, table in TABLES.items():
            keys = list(unit.scalars(sa.select(copies.key_of(table))))
            found[name] = copies.plain(table, copies.read_rows(unit, table, keys))
    return found


def load(store: Store, layer: str, made: gpd.GeoDataFrame, *, actor: str = "amei") -> None:
    import_frame(store, OPERATOR, layer, made, source=f"{layer}.xlsx", actor=actor, now=NOW)


def take_back(store: Store, layer: str, number: int | None = None) -> None:
    undo(store, OPERATOR, layer, number=number, actor="amei", now=LATER)


def houses(places: Sequence[float], **columns: Any) -> gpd.GeoDataFrame:
    return frame([house(x, 0) for x in places], ref=[f"N{x:g}" for x in places], **columns)


@pytest.fixture
def settled(store: Store) -> Store:
    load(store, "communities", two_communities())
    load(
        store,
        "buildings",
        houses([-500, -450, 500], name=["1号楼", "2号楼", "3号楼"], households=[40, 30, 20]),
    )
    return store


IN_WEST = Viewer(Role.PLANNER, (WEST,), Purpose.MAINTENANCE)
IN_EAST = Viewer(Role.PLANNER, (EAST,), Purpose.MAINTENANCE)


def test_who_sees_all_a_batch_touched_takes_it_back_and_nobody_else(settled: Store) -> None:
    west, east = houses([-400], households=[5]), houses([400], households=[7])
    for who, made in ((IN_WEST, west), (IN_EAST, east)):
        import_frame(settled, who, "buildings", made, source="own.xlsx", actor="li", now=NOW)
    seen = {}
    for who in (IN_WEST, IN_EAST):
        with settled.reading(who) as unit:
            (batch,) = read_batches(unit)
            seen[who.area] = batch.number
    with pytest.raises(NotFoundError, match=f"no batch {seen[IN_EAST.area]}"):
        undo(settled, IN_WEST, "buildings", number=seen[IN_EAST.area], actor="li", now=LATER)
    foreseen, _ = undo(settled, IN_WEST, "buildings", actor="li", now=LATER)
    assert [(step.key, step.step) for step in foreseen.steps] == [("N-400", "removed")]
    assert {"N400", "N500", "N-500"} <= everything(settled)["buildings"].keys()
    with pytest.raises(NotFoundError, match="no import of buildings"):  # the other is of both, or taken back
        undo(settled, IN_WEST, "buildings", actor="li", now=LATER)
    take_back(settled, "buildings")
    assert "N400" not in everything(settled)["buildings"]


def test_what_moves_from_one_community_to_another_touches_both(settled: Store) -> None:
    load(settled, "buildings", frame([house(600, 0)], ref=["N-500"], households=[40]))
    for who in (IN_WEST, IN_EAST):
        with settled.reading(who) as unit:
            assert read_batches(unit) == []


def test_a_first_import_is_taken_back_whole(store: Store) -> None:
    empty = everything(store)
    load(store, "communities", two_communities())
    take_back(store, "communities")
    assert everything(store) == empty


def test_what_an_import_replaced_comes_back(settled: Store) -> None:
    before = everything(settled)
    import_frame(
        settled,
        OPERATOR,
        "buildings",
        houses([-450, 500, 560], name=["乙", "3号楼", "丙"], households=[99, 20, 5]),
        source="another.xlsx",
        actor="amei",
        now=NOW,
    )
    changed = everything(settled)
    assert changed != before
    with settled.reading(OPERATOR) as unit:
        seen = foresee_undo(unit, "buildings", now=LATER)
    assert [(step.key, step.name, step.step) for step in seen.steps] == [
        ("N-450", "2号楼", "as before"),
        ("N500", "3号楼", "as before"),  # only its source, the name of the file
        ("N560", "丙", "removed"),
    ]
    assert seen.hindrances == ()
    take_back(settled, "buildings")
    assert everything(settled) == before


def test_an_undo_is_a_batch_that_can_be_taken_back(settled: Store) -> None:
    before = everything(settled)
    load(settled, "buildings", houses([-450, 560], name=["乙", "丙"], households=[99, 5]))
    after = everything(settled)
    take_back(settled, "buildings")
    with settled.reading(OPERATOR) as unit:
        newest, taken, first = read_batches(unit, layer="buildings")
    assert (newest.action, newest.undoes, newest.added, newest.ended) == ("undo", taken.number, 0, 1)
    assert (taken.taken_back_by, first.taken_back_by) == (newest.number, None)
    take_back(settled, "buildings", newest.number)
    assert everything(settled) == after
    take_back(settled, "buildings")  # the import stands again and is the last one
    assert everything(settled) == before


def test_batches_say_who_when_what_and_how_much(settled: Store) -> None:
    with settled.reading(OPERATOR) as unit:
        houses_in, communities_in = read_batches(unit)
    assert (houses_in.layer, houses_in.source, houses_in.actor) == ("buildings", "buildings.xlsx", "amei")
    assert (houses_in.added, houses_in.changed, houses_in.ended) == (3, 0, 0)
    assert houses_in.at.replace(tzinfo=None) == NOW.replace(tzinfo=None)
    assert communities_in.added == 2
    with settled.reading(Viewer(Role.PLANNER, (WEST,), Purpose.PLANNING)) as unit:
        assert read_batches(unit) == []  # names of files tell of other places


def test_one_import_after_the_other_is_taken_back(settled: Store) -> None:
    first = everything(settled)
    load(settled, "buildings", houses([-450], name=["乙"], households=[1]))
    second = everything(settled)
    load(settled, "buildings", houses([-450], name=["丙"], households=[2]))
    take_back(settled, "buildings")
    assert everything(settled) == second
    take_back(settled, "buildings")
    assert everything(settled) == first
    take_back(settled, "buildings")
    with pytest.raises(NotFoundError, match="no import of buildings to take back"):
        take_back(settled, "buildings")


def test_nothing_is_taken_back_twice(settled: Store) -> None:
    with settled.reading(OPERATOR) as unit:
        number = read_batches(unit, layer="buildings")[0].number
    take_back(settled, "buildings")
    with pytest.raises(NotFoundError, match=f"batch {number} was taken back"):
        take_back(settled, "buildings", number)
    with pytest.raises(NotFoundError, match="there is no batch 99"):
        take_back(settled, "buildings", 99)


def test_what_others_changed_since_refuses_it_by_name(settled: Store) -> None:
    load(settled, "buildings", houses([-450, 560], name=["乙", "丙"], households=[99, 5]))
    with settled.reading(OPERATOR) as unit:
        first = read_batches(unit, layer="buildings")[1].number
    now = everything(settled)
    with pytest.raises(ConflictError, match=r"N-450: it was changed since by amei \(batch 3, buildings\)"):
        take_back(settled, "buildings", first)
    assert everything(settled) == now
    with settled.writing(OPERATOR, actor="o", now=NOW) as unit:
        unit.execute(t.buildings.update().where(t.buildings.c.ref == "N560").values(people=7))
        unit.record(action="test", detail={})
    with pytest.raises(ConflictError, match="buildings N560: it was changed since"):
        take_back(settled, "buildings")


def test_what_leans_on_rows_that_would_go_refuses_it(settled: Store) -> None:
    load(settled, "complexes", frame([house(-600, -100, 300)], ref=["C1"], name=["甲苑"]))
    with settled.writing(OPERATOR, actor="o", now=NOW) as unit:
        unit.execute(
            residents.insert(),
            [
                {
                    "ref": "r",
                    "household": "1",
                    "address": unit.sealer.seal("residents.address", "r", "甲苑"),
                    "population": "owner",
                    "people": 1,
                    "centre": False,
                    "source": "t",
                }
            ],
        )
        found = {"resident_ref": "r", "status": "matched", "confidence": 1.0, "gazetteer": "g"}
        unit.execute(
            matches.insert().values(**found, complex_ref="C1", building_ref="N-500", community_code=WEST)
        )
        unit.record(action="test", detail={})
    now = everything(settled)
    with pytest.raises(ConflictError, match="complexes C1: leaned on by residents who were found there"):
        take_back(settled, "complexes")
    with pytest.raises(ConflictError) as caught:
        take_back(settled, "buildings")
    assert "residents" in str(caught.value)
    assert everything(settled) == now


def test_buildings_given_to_a_complex_by_its_import_do_not_hold_it(settled: Store) -> None:
    before = everything(settled)
    load(settled, "complexes", frame([house(-600, -100, 300)], ref=["C1"], name=["甲苑"]))
    assert everything(settled)["buildings"]["N-500"]["complex_ref"] == "C1"
    take_back(settled, "complexes")
    assert everything(settled) == before


def test_communities_with_buildings_and_plans_are_held(settled: Store) -> None:
    with pytest.raises(ConflictError, match="610402001001: leaned on by buildings in it"):
        take_back(settled, "communities")


def test_a_published_plan_holds_its_buildings(store: Store) -> None:
    town.settle(store)
    list(draw_plans(store, OPERATOR, rules=profile("national"), actor="t", now=NOW))
    publish(store, OPERATOR, valid_from=town.DAY, actor="t", now=NOW)
    with pytest.raises(ConflictError, match="b00: leaned on by cells of the published plan"):
        take_back(store, "buildings")


def test_working_areas_come_back_without_their_cells(store: Store) -> None:
    load(store, "buildings", town.buildings(200))
    make_working_areas(store, OPERATOR, actor="t", now=NOW)
    before = everything(store)
    load(store, "communities", town.communities())
    with store.reading(OPERATOR) as unit:
        seen = foresee_undo(unit, "communities", now=LATER)
    assert any("without cells and drafts" in note.en for note in seen.notes)
    take_back(store, "communities")
    assert everything(store) == before
    take_back(store, "communities")
    assert everything(store)["communities"] == {}


def test_an_extract_is_taken_back_whole(settled: Store, tmp_path: Path) -> None:
    take_back(settled, "buildings")
    take_back(settled, "communities")
    before = everything(settled)
    path = extract().write(tmp_path / "a.osm")
    for _ in range(2):
        done = import_osm(settled, OPERATOR, path, actor="amei", now=NOW)
        with settled.reading(OPERATOR) as unit:
            newest = read_batches(unit)[0]
        assert (newest.number, newest.layer, newest.source) == (done.batch, "osm", "a.osm")
        assert newest.added == sum(written.added for written in done.layers.values())
        take_back(settled, "osm")
        assert everything(settled) == before


def test_who_imports_meanwhile_is_waited_for_and_seen(settled: Store) -> None:
    with ThreadPoolExecutor(1) as beside:
        with settled.writing(OPERATOR, actor="other", now=NOW) as unit:
            batch = Batch(unit, action="import", layer="buildings", source="meanwhile.xlsx")
            batch.keep(t.buildings, ["N500"])
            undoing = beside.submit(take_back, settled, "buildings", 2)
            unit.execute(t.buildings.update().where(t.buildings.c.ref == "N500").values(people=7))
            batch.close()
        with pytest.raises(
            ConflictError, match=r"N500: it was changed since by other \(batch 3, buildings\)"
        ):
            undoing.result()


def test_imported_grids_are_drafts_that_go(store: Store, tmp_path: Path) -> None:
    town.settle(store)
    drawn = write_geojson(tmp_path / "网格.geojson", town.drawn_grids((0, 2), (2, 2)))
    done = import_file(store, OPERATOR, "grids", drawn, actor="t", now=NOW)
    copied = copy_plan(store, OPERATOR, 1, actor="t", now=NOW)
    with store.reading(OPERATOR) as unit:
        seen = foresee_undo(unit, "grids", now=LATER)
        assert seen.batch.number == done.batch
        assert [(step.layer, step.key, step.name, step.step) for step in seen.steps] == [
            ("plans", "1", town.WEST, "removed")
        ]
    take_back(store, "grids")
    with store.reading(OPERATOR) as unit:
        assert read_plans(unit)["id"].tolist() == [copied]
        newest = read_batches(unit)[0]
    with pytest.raises(NotFoundError, match="import the grids again"):
        take_back(store, "grids", newest.number)
    import_file(store, OPERATOR, "grids", drawn, actor="t", now=NOW)
    publish(store, OPERATOR, plan_ids=[3], valid_from=town.DAY, actor="t", now=NOW)
    with pytest.raises(ConflictError, match="plans 3: it was changed since"):
        take_back(store, "grids")


def test_other_names_come_back_with_their_days(settled: Store) -> None:
    load(settled, "complexes", frame([house(-600, -100, 300)], ref=["C1"], name=["甲苑"]))

    def name(text: str, since: date | None) -> None:
        row = {"kind": "name", "target": "C1", "text": text, "valid_from": since, "valid_to": None}
        rows = pd.DataFrame([row], dtype=object)
        import_rows(settled, OPERATOR, "aliases", rows, source="a.csv", actor="t", now=NOW)

    name("老甲苑", date(2020, 1, 1))
    before = everything(settled)
    name("老甲苑", None)
    name("小甲苑", None)
    take_back(settled, "aliases")
    take_back(settled, "aliases")
    assert everything(settled) == before


@pytest.mark.parametrize("seed", range(3))
def test_import_then_undo_is_exactly_what_was_there(store: Store, seed: int) -> None:
    """Random imports over each other, each taken back at once, then all of them, newest first."""
    draw = random.Random(seed)
    load(store, "communities", two_communities())
    states = [everything(store)]
    for _ in range(6):
        layer, made = _random_import(draw)
        load(store, layer, made)
        take_back(store, layer)
        assert everything(store) == states[-1]
        load(store, layer, made)
        states.append(everything(store))
    with store.reading(OPERATOR) as unit:
        standing = [b for b in read_batches(unit) if b.taken_back_by is None and b.action == "import"]
    for batch, state in zip(standing[:-1], reversed(states[:-1]), strict=True):
        take_back(store, batch.layer, batch.number)
        assert everything(store) == state


def _random_import(draw: random.Random) -> tuple[str, gpd.GeoDataFrame]:
    layer = draw.choice(["buildings", "buildings", "complexes", "stations", "roads", "communities"])
    if layer == "communities":
        made = two_communities()
        return layer, made.assign(households=[draw.choice([None, 100, 200]), 50])
    places = sorted(draw.sample([-700, -600, -500, -400, 400, 500, 600], k=draw.randint(1, 5)))
    shift = draw.choice([0.0, 3.0])
    if layer == "complexes":
        return layer, frame(
            [house(x - 20, -20, 80) for x in places],
            ref=[f"C{x}" for x in places],
            name=[draw.choice(["甲苑", "乙苑", None]) for _ in places],
            aliases=[draw.choice([("老苑",), ()]) for _ in places],
        )
    if layer == "roads":
        lines = [house(x, 0).boundary for x in places]
        return layer, frame(
            lines, ref=[f"R{x}" for x in places], road_class=draw.choice(["primary", "footway"])
        )
    if layer == "stations":
        points = [house(x, 0).centroid for x in places]
        return layer, frame(
            points, ref=[f"S{x}" for x in places], name=[draw.choice("甲乙丙") for _ in places]
        )
    return layer, frame(
        [house(x + shift, 0) for x in places],
        ref=[f"N{x}" for x in places],
        name=[draw.choice(["1号楼", "2号楼", None]) for _ in places],
        households=[draw.choice([None, 10, 20]) for _ in places],
        height_m=[draw.choice([None, 17.3, 0.1 + 0.2]) for _ in places],
    )
