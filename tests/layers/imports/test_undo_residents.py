"""A list of residents taken back: what it brought is gone for good, and nothing of it is kept anywhere. All made up."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, NotAllowedError, NotFoundError
from layers.accounts.audit import verify
from layers.batches.listing import read_batches
from layers.imports.lists import import_list
from layers.people.taking_back import foresee_list, take_back_list
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.address_tables import matches, residents
from layers.store.batch_tables import batch_rows, batches
from layers.store.database import Store
from tests.layers.town import NOW
from tests.layers.unsealed import unsealed

HEADER = "household,address,population,people\n"
HIDDEN = "无双巷八十八号秘密院"


def load(store: Store, path: Path, rows: str) -> int:
    path.write_text(HEADER + rows, "utf-8")
    done = import_list(store, OPERATOR, "residents", path, now=NOW, actor="ms wang")
    assert done.batch is not None
    return done.batch


def kept(store: Store) -> list[tuple[str, str, int]]:
    columns = residents.c.ref, residents.c.household, residents.c.address, residents.c.people
    found = unsealed(store, sa.select(*columns).order_by(residents.c.ref))
    return [tuple(row) for row in found[["household", "address", "people"]].itertuples(index=False)]


def take_back(store: Store, number: int | None = None) -> None:
    take_back_list(store, OPERATOR, number=number, actor="ms wang", now=NOW)


def test_what_a_list_brought_is_removed_and_nothing_else(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "H1,甲苑1号楼,owner,2\n")
    before = kept(store)
    load(store, tmp_path / "b.csv", f"H1,甲苑1号楼,owner,2\nH2,{HIDDEN},owner,4\n")
    with store.reading(OPERATOR) as unit:
        seen = foresee_list(unit)
    assert (seen.records, seen.hindrances, len(seen.notes)) == (1, (), 1)
    take_back(store)
    assert kept(store) == before
    take_back(store)
    assert kept(store) == []
    with pytest.raises(NotFoundError):
        take_back(store)


def test_nothing_of_it_is_left_in_any_table_or_file(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", f"H2,{HIDDEN},owner,4\n")
    ref = _refs(store)[0]
    assert take_back_list(store, OPERATOR, actor="ms wang", now=NOW)[2]
    with store.read() as conn:
        tables = sa.inspect(conn).get_table_names()
        texts = [str(conn.exec_driver_sql(f'SELECT * FROM "{name}"').all()) for name in tables]  # noqa: S608
        kept_rows = conn.scalar(sa.select(sa.func.count()).select_from(batch_rows))
    assert kept_rows == 0
    assert not any(HIDDEN in text or ref in text for text in texts)
    store.close()
    for file in (tmp_path / "wangge-data").iterdir():
        assert HIDDEN.encode() not in file.read_bytes(), file.name
        assert ref.encode() not in file.read_bytes(), file.name


def _refs(store: Store) -> list[str]:
    with store.read() as conn:
        return list(conn.scalars(sa.select(residents.c.ref).order_by(residents.c.ref)))


def test_what_gave_way_is_not_kept_and_that_is_said(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "H1,甲苑9号楼,owner,2\nH3,甲苑3号楼,owner,1\n")
    load(store, tmp_path / "b.csv", "H1,甲苑1号楼,owner,2\nH3,甲苑3号楼,owner,5\n")
    with store.reading(OPERATOR) as unit:
        seen = foresee_list(unit)
        assert (seen.batch.added, seen.batch.changed, seen.batch.ended) == (1, 1, 1)
    assert "1 records gave way to this list and 1 got new counts" in seen.notes[1].en
    take_back(store)
    assert kept(store) == [("H3", "甲苑3号楼", 5)]


def test_a_later_list_or_a_decision_holds_it(store: Store, tmp_path: Path) -> None:
    first = load(store, tmp_path / "a.csv", "H1,甲苑1号楼,owner,2\n")
    second = load(store, tmp_path / "b.csv", "H2,甲苑2号楼,owner,2\n")
    with pytest.raises(ConflictError, match=rf"later list stands on it \(batch {second}, b.csv\)"):
        take_back(store, first)
    take_back(store, second)
    with store.writing(OPERATOR, actor="t", now=NOW) as unit:
        decided = {"resident_ref": _refs(store)[0], "status": "matched", "decision": "confirmed"}
        unit.execute(matches.insert().values(**decided, confidence=1.0, gazetteer="g"))
        unit.record(action="test", detail={})
    with pytest.raises(ConflictError, match="somebody decided in review"):
        take_back(store)
    assert len(kept(store)) == 1


def test_an_undo_of_residents_cannot_be_taken_back(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "H1,甲苑1号楼,owner,2\n")
    take_back(store)
    with store.reading(OPERATOR) as unit:
        newest = read_batches(unit)[0]
    assert (newest.action, newest.ended) == ("undo", 1)
    with pytest.raises(NotFoundError, match="nothing of it was kept; import the list again"):
        take_back(store, newest.number)


def test_it_is_in_the_audit_and_not_for_everybody(store: Store, tmp_path: Path) -> None:
    load(store, tmp_path / "a.csv", "H1,甲苑1号楼,owner,2\n")
    planner = Viewer(Role.PLANNER, ("",), Purpose.PLANNING)
    with pytest.raises(NotAllowedError):
        take_back_list(store, planner, actor="p", now=NOW)
    take_back(store)
    assert verify(store).rows >= 2
    with store.read() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(batches)) == 2
