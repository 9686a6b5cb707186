"""The audit on both stores: what is written, and that every way of tampering with it shows."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, StoreError
from layers.accounts.accounts import Keeper, add_account
from layers.accounts.audit import all_rows, checkpoint, read_audit, verify, write_audit
from layers.people.residents import read_residents
from layers.rights.rights import Grant
from layers.rights.viewer import OPERATOR, Role
from layers.store.database import Store
from layers.store.keys import KeyPlace
from tests.layers import households

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture
def told(store: Store) -> Store:
    """A store whose audit has five rows."""
    for number in range(5):
        write_audit(store, who="cli:test", now=NOW + timedelta(seconds=number), what="look", number=number)
    return store


def tamper(store: Store, statement: str) -> None:
    """What somebody with the whole database could do: take the guards off and write."""
    with store.begin() as conn:
        if store.dialect == "postgresql":
            conn.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        else:
            conn.execute(sa.text("DROP TRIGGER IF EXISTS audit_no_update"))
            conn.execute(sa.text("DROP TRIGGER IF EXISTS audit_no_delete"))
        conn.execute(sa.text(statement))


def test_an_untouched_audit_is_whole(told: Store) -> None:
    found = verify(told, checkpoints=[checkpoint(told, now=NOW)])
    assert (found.rows, found.faults, found.notices) == (5, (), ())
    assert found.last == "2026-11-28T09:00:04.000000+00:00"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit SET text = replace(text, 'look', 'nothing') WHERE number = 3", "row 3 was changed"),
        ("UPDATE audit SET at = '2026-11-28T09:00:01.500000+00:00' WHERE number = 3", "row 3 was changed"),
        ("DELETE FROM audit WHERE number = 3", "rows 3 to 3 are missing"),
        ("DELETE FROM audit WHERE number > 3", "its end was cut off"),
        ("DELETE FROM audit", "its end was cut off"),
        ("UPDATE audit SET number = 9 WHERE number = 5", "missing"),
        ("UPDATE audit SET key = 'k9' WHERE number = 2", "row 2 was changed"),
    ],
)
def test_every_way_of_tampering_shows(told: Store, statement: str, said: str) -> None:
    point = checkpoint(told, now=NOW)
    tamper(told, statement)
    assert said in " ".join(fault.en for fault in verify(told, checkpoints=[point]).faults)


def test_a_row_made_anew_without_the_keys_shows(told: Store, tmp_path: Path) -> None:
    """Cutting the end and writing other rows with other keys is no way either."""
    point = checkpoint(told, now=NOW)
    tamper(told, "DELETE FROM audit WHERE number = 5")
    other = Store(told.engine, KeyPlace(tmp_path / "other" / "keys.txt"))
    other.keys.make()
    write_audit(other, who="cli:test", now=NOW + timedelta(seconds=4), what="look", number=4)
    found = verify(told, checkpoints=[point])
    assert {fault.en for fault in found.faults} == {
        "row 5 was changed",
        "row 5 is not the one a checkpoint saw",
    }


def test_the_database_itself_refuses_changes(told: Store) -> None:
    for statement in ("UPDATE audit SET text = ''", "DELETE FROM audit"):
        with pytest.raises(ConflictError, match="only ever added"), told.begin() as conn:
            conn.execute(sa.text(statement))
    assert verify(told).rows == 5


def test_a_clock_that_goes_back_is_told(told: Store) -> None:
    write_audit(told, who="cli:test", now=NOW - timedelta(hours=1), what="look")
    found = verify(told)
    assert found.faults == ()
    assert [notice.en for notice in found.notices] == ["the clock went back before row 6"]
    assert '"clock": "set back"' in read_audit(told, limit=1)["said"][0]


def test_writers_at_once_make_one_chain(store: Store) -> None:
    write_audit(store, who="x", now=NOW, what="first")

    def many(name: str) -> None:
        for _ in range(10):
            write_audit(store, who=name, now=NOW, what="look")

    threads = [threading.Thread(target=many, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = verify(store)
    assert (found.rows, found.faults) == (41, ())


def test_without_the_keys_nothing_personal_is_read(store: Store) -> None:
    households.settle(store)
    households.move_in(store)
    assert len(read_residents(store, OPERATOR, actor="cli:test", now=NOW)) > 0
    assert "read" in " ".join(all_rows(store)["what"])
    path = store.keys.path
    assert path is not None
    assert path.stat().st_mode & 0o777 == 0o600
    kept = path.read_text("ascii")
    path.unlink()
    with pytest.raises(StoreError, match="nothing personal is shown"):
        read_residents(store, OPERATOR, actor="cli:test", now=NOW)
    with pytest.raises(StoreError, match="keys of this store"):
        verify(store)
    path.write_text(kept, "ascii")
    path.chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        read_residents(store, OPERATOR, actor="cli:test", now=NOW)
    path.chmod(0o600)
    assert verify(store).faults == ()


def test_keys_are_rotated_and_old_rows_still_verify(told: Store) -> None:
    before = told.keys.read()
    assert before is not None
    after = told.keys.rotate()
    assert list(after.of) == ["k1", "k2"]
    assert after.of["k1"] == before.of["k1"]
    write_audit(told, who="x", now=NOW + timedelta(minutes=1), what="look")
    assert verify(told).faults == ()
    with pytest.raises(ConflictError):
        told.keys.make()
    assert before.of["k1"].hex() not in repr(after)
    assert told.keys.path is not None
    assert not told.keys.path.with_suffix(".new").exists()


def test_keys_may_come_from_the_environment(store: Store) -> None:
    given = Store(store.engine, KeyPlace(None, "k1 " + "ab" * 32))
    write_audit(given, who="x", now=NOW, what="look")
    assert verify(given).faults == ()
    with pytest.raises(StoreError, match="cannot be read") as said:
        Store(store.engine, KeyPlace(None, "k1 secret-word")).keys.read()
    assert "secret-word" not in str(said.value)
    with pytest.raises(StoreError, match="WANGGE_KEYS"):
        Store(store.engine, KeyPlace(None)).keys.make()


def test_deeds_on_accounts_are_audited(store: Store) -> None:
    password = add_account(store, Keeper("cli:test"), "li", [Grant(Role.VIEWER, "")], now=NOW)
    rows = all_rows(store)
    assert [*rows["what"]] == ["account-add"]
    assert password not in str(rows.to_dict("records"))


def test_what_a_unit_that_fails_did_is_not_told(store: Store) -> None:
    def half() -> None:
        with store.writing(OPERATOR, actor="x", now=NOW) as unit:
            unit.audit(what="look")
            raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        half()
    assert verify(store).rows == 0
