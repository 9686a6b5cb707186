"""What callers of an area are answered from memory is what they would be answered from a store of their own; and what is
read again when the store moves on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from layers.demo.district import DemoDistrict, generate
from layers.demo.doors import door_frame
from layers.demo.residents import made_up_residents
from layers.imports.imports import import_frame
from layers.imports.lists import import_rows
from layers.lookup.lookups import Lookups, load_lookup, load_lookups
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.database import Store
from layers.store.narrowing import tables_of
from tests.layers import households, town

DAY, NOW = town.DAY, town.NOW
LAYERS = ("districts", "streets", "communities", "complexes", "buildings", "roads")


@pytest.fixture(scope="module")
def made() -> DemoDistrict:
    return generate("small", seed=7)


def of_area(*area: str) -> Viewer:
    return Viewer(Role.SYSTEM, area, Purpose.LOOKUP)


def fill(store: Store, made: DemoDistrict) -> list[str]:
    """The made-up district without grids; addresses of its residents, from every community, and parts of them."""
    for layer in LAYERS:
        import_frame(store, OPERATOR, layer, made.frames[layer], source="demo", actor="t", now=NOW)
    plates = door_frame(made.frames["complexes"], made.frames["roads"])
    aliases = plates.assign(valid_from=None, valid_to=None).astype(object)
    import_rows(store, OPERATOR, "aliases", aliases, source="demo", actor="t", now=NOW)
    people = made_up_residents(made.frames, plates, people=600, seed=3).frame["address"].tolist()
    names = made.frames["complexes"]["name"].dropna().tolist()
    return [*people[:300], *names, *(f"{name}1号楼" for name in names), *plates["text"].tolist()[:60]]


def test_an_area_is_answered_as_by_a_store_that_holds_nothing_else(store: Store, made: DemoDistrict) -> None:
    asked = fill(store, made)
    everything = load_lookups(store, OPERATOR, as_of=DAY)
    whole = everything.addresses(("",)).locate_many(asked, as_of=DAY)
    codes = made.frames["communities"]["code"].tolist()
    rng = np.random.default_rng(5)
    areas: list[tuple[str, ...]] = [
        (),
        ("999",),
        (codes[0],),
        (codes[-1][:9],),
        (codes[0][:6],),
        (codes[1], codes[-1]),
    ]
    areas += [tuple({code[: rng.integers(7, 13)] for code in rng.choice(codes, 2)}) for _ in range(4)]
    told = 0
    for area in areas:
        within, alone = everything.addresses(area), load_lookup(store, of_area(*area), as_of=DAY)
        pd.testing.assert_frame_equal(
            within.locate_many(asked, as_of=DAY), alone.locate_many(asked, as_of=DAY)
        )
        for text in asked[:: len(asked) // 40]:
            assert within.locate(text, as_of=DAY) == alone.locate(text, as_of=DAY)
            for typed in (text[:2], text[:3], text):
                assert within.suggest(typed) == alone.suggest(typed)
        said = within.locate_many(asked, as_of=DAY)["community_code"].dropna()
        assert [code for code in said if not code.startswith(area)] == []
        told += len(said)
    assert 0 < told < len(areas) * whole["community_code"].notna().sum()


def test_a_name_of_elsewhere_is_a_name_that_does_not_exist(store: Store) -> None:
    """Outside his area a caller cannot tell a complex from an invention."""
    households.settle(store)
    held = load_lookups(store, OPERATOR, as_of=DAY)
    east = held.addresses((town.EAST,))
    for known, invented in (("桂苑3号楼", "桐苑3号楼"), ("一马路12号3号楼", "一马路98号3号楼")):
        found, nothing = (east.locate(text, as_of=DAY) for text in (known, invented))
        assert found.status == nothing.status == "none"
        assert (found.level, found.reason, found.candidates) == (
            nothing.level,
            nothing.reason,
            nothing.candidates,
        )
        assert east.suggest(known) == []
    assert held.addresses((town.WEST,)).locate("桂苑3号楼", as_of=DAY).status == "matched"
    assert (
        held.points((town.EAST,)).locate(town.LON + 0.0005, town.LAT + 0.0005, as_of=DAY).status == "outside"
    )
    assert (
        held.points((town.WEST,)).locate(town.LON + 0.0005, town.LAT + 0.0005, as_of=DAY).status == "matched"
    )


@contextmanager
def reads(store: Store) -> Iterator[Counter[str]]:
    """How often each table is read."""
    seen: Counter[str] = Counter()

    def note(_conn: object, statement: object, *_: object) -> None:
        if isinstance(statement, sa.Select):
            seen.update(table.name for table in tables_of(statement))

    sa.event.listen(store.engine, "before_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(store.engine, "before_execute", note)


def test_each_layer_is_read_once_and_only_where_something_moved(store: Store) -> None:
    households.settle(store)
    with reads(store) as seen:
        held = load_lookups(store, OPERATOR, as_of=DAY)
    once = ("communities", "complexes", "buildings", "streets", "districts", "roads", "aliases", "grids")
    assert {name: seen[name] for name in once} == dict.fromkeys(once, 1)
    assert seen["history"] == 0
    with reads(store) as seen:
        assert load_lookups(store, OPERATOR, as_of=DAY, held=held) is held
    assert set(seen) == {"state", "publications"}
    held.addresses((town.WEST,))
    _alias(store, "桂花院")
    for day in (DAY, DAY + timedelta(1)):
        with reads(store) as seen:
            newer = load_lookups(store, OPERATOR, as_of=day, held=held)
        assert set(seen) == {"state", "publications", "aliases"}
        assert newer.index is held.index
        assert newer.ready((town.WEST,)) is not None, "areas asked for before wait for nothing after the swap"
        for area in (("",), (town.WEST,)):
            assert newer.addresses(area).locate("桂花院3号楼", as_of=DAY).status == "matched"
    assert held.addresses((town.WEST,)).locate("桂花院3号楼", as_of=DAY).status == "none"
    households.move_in(store)
    households.match(store)
    assert load_lookups(store, OPERATOR, as_of=day, held=newer) is newer, "residents are none of its business"


def test_what_was_read_for_an_area_is_never_more_than_that(store: Store) -> None:
    households.settle(store)
    west = load_lookups(store, of_area(town.WEST), as_of=DAY)
    assert west.addresses((town.WEST,)) is west.addresses(("",))
    assert west.addresses((town.EAST,)).locate("兰苑一期2号楼", as_of=DAY).status == "none"
    assert west.addresses((town.WEST[:6],)).locate("桂苑3号楼", as_of=DAY).status == "matched"
    assert west.points(("",)).locate(town.LON + 0.0055, town.LAT + 0.0005, as_of=DAY).status == "outside"


def test_few_registers_are_kept_and_the_others_made_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.lookup.lookups.AREAS_KEPT", 3)
    households.settle(store)
    held: Lookups = load_lookups(store, OPERATOR, as_of=date(2026, 11, 22))
    for end in range(1, 13):
        area = (town.WEST[:end],)
        assert held.addresses(area).locate("桂苑3号楼", as_of=DAY).status == "matched"
        assert held.points(area).locate(town.LON + 0.0005, town.LAT + 0.0005, as_of=DAY).status == "matched"
    assert len(held.areas) == 3


def _alias(store: Store, text: str) -> None:
    row = {"kind": "name", "target": "c-west", "text": text, "valid_from": None, "valid_to": None}
    import_rows(store, OPERATOR, "aliases", pd.DataFrame([row], dtype=object), source="t", actor="t", now=NOW)
