"""Personal columns are encrypted at rest: nothing of them is in the store's own bytes, nothing can be moved, keys are rotated and
households forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.errors import NotFoundError, StoreError
from layers.accounts.audit import all_rows, verify
from layers.people.forgetting import forget_households, forget_unlisted
from layers.people.residents import read_residents
from layers.rights.viewer import OPERATOR
from layers.store.address_tables import matches, residents
from layers.store.belonging import PERSONAL
from layers.store.database import Store
from layers.store.keys import KeyPlace
from layers.store.sealing import SEALED
from tests.layers import households

NOW = households.NOW


@pytest.fixture
def housed(store: Store) -> Store:
    households.settle(store)
    households.move_in(store)
    households.match(store)
    return store


def addresses(store: Store) -> list[str]:
    return sorted(read_residents(store, OPERATOR, actor="cli:test", now=NOW)["address"])


def raw(store: Store) -> str:
    """Everything the database holds of people."""
    with store.begin() as conn:
        return str([conn.execute(sa.select(table)).all() for table in (residents, matches)])


def test_what_is_personal_is_what_is_sealed() -> None:
    assert {table: columns for table, (_, columns) in SEALED.items()} == PERSONAL


def test_the_store_holds_no_address_in_clear(housed: Store, tmp_path: Path) -> None:
    known = addresses(housed)
    assert len(known) > 3
    held = raw(housed)
    assert not any(address in held for address in known)
    if housed.dialect == "sqlite":
        for file in (tmp_path / "wangge-data").glob("wangge.db*"):
            assert not any(address.encode() in file.read_bytes() for address in known)


def test_a_value_moved_to_another_row_or_written_in_clear_is_no_value(housed: Store) -> None:
    with housed.begin() as conn:
        one, other = conn.scalars(sa.select(residents.c.ref).limit(2)).all()
        taken = sa.select(residents.c.address).where(residents.c.ref == other).scalar_subquery()
        conn.execute(residents.update().where(residents.c.ref == one).values(address=taken))
    with pytest.raises(StoreError, match=r"residents\.address was not sealed for its row"):
        addresses(housed)
    with (
        housed.writing(OPERATOR, actor="x", now=NOW) as unit,
        pytest.raises(TypeError, match="written sealed only"),
    ):
        unit.execute(residents.update().where(residents.c.ref == one).values(address="桂苑1号楼"))


def test_without_the_keys_nothing_is_read(housed: Store, tmp_path: Path) -> None:
    KeyPlace(tmp_path / "other" / "keys.txt").make()
    with pytest.raises(StoreError, match="was not sealed"):
        addresses(Store(housed.engine, KeyPlace(tmp_path / "other" / "keys.txt")))


def test_keys_are_rotated_and_what_was_stopped_goes_on(
    housed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.store.resealing.ROWS", 2)
    before = addresses(housed)
    assert "k1:" in raw(housed)
    housed.keys.rotate()
    next(housed.reseal())  # stopped after the first rows
    assert "k1:" in raw(housed)
    assert "k2:" in raw(housed)
    assert addresses(housed) == before
    *_, (done, whole) = housed.reseal()
    assert done == whole
    assert "k1:" not in raw(housed)
    assert list(housed.reseal()) == []
    assert addresses(housed) == before
    assert verify(housed).faults == ()


def test_what_an_older_program_left_in_clear_is_sealed_by_the_migration(housed: Store) -> None:
    with housed.begin() as conn:
        one = conn.scalars(sa.select(residents.c.ref).limit(1)).one()
        conn.execute(residents.update().where(residents.c.ref == one).values(address="旧地址9号楼"))
    assert list(housed.reseal()) == [(1, 1)]
    assert "旧地址9号楼" not in raw(housed)
    assert "旧地址9号楼" in addresses(housed)


def test_a_household_is_forgotten_and_the_audit_says_so_without_it(housed: Store) -> None:
    found = read_residents(housed, OPERATOR, actor="cli:test", now=NOW)
    household = found["household"].iloc[0]
    done = forget_households(housed, OPERATOR, [household], actor="cli:test", now=NOW)
    assert done.households == 1
    left = read_residents(housed, OPERATOR, actor="cli:test", now=NOW)
    assert len(left) == len(found) - done.records
    assert household not in set(left["household"])
    told = all_rows(housed)
    assert "forget" in set(told["what"])
    assert household not in str(told.loc[told["what"] == "forget", "said"].tolist())
    with pytest.raises(NotFoundError):
        forget_households(housed, OPERATOR, [household], actor="cli:test", now=NOW)


def test_what_no_list_named_since_a_day_is_forgotten(housed: Store) -> None:
    with pytest.raises(NotFoundError):
        forget_unlisted(housed, OPERATOR, before=NOW.date(), actor="cli:test", now=NOW)
    later = NOW.date().replace(year=NOW.year + 1)
    assert forget_unlisted(housed, OPERATOR, before=later, actor="cli:test", now=NOW).records > 3
