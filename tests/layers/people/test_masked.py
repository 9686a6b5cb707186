"""Households masked: building, unit and floor stay; the rest is neither read nor asked about."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from geo.errors import NotAllowedError
from layers.accounts.audit import all_rows
from layers.history import read_history
from layers.people.decisions import decide, learn_name, undo_decision
from layers.people.forgetting import forget_households
from layers.people.households import read_households
from layers.people.residents import read_residents
from layers.people.review import review_list, write_review
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role, Viewer
from layers.store import address_tables as a
from layers.store.database import Store
from tests.layers import households, town

NOW = town.NOW
MASKED = Viewer(Role.STEWARD, ("",), Purpose.MAINTENANCE, OfPeople.MASKED)
WEST_ONLY = Viewer(Role.STEWARD, (town.WEST,), Purpose.MAINTENANCE, OfPeople.MASKED)
MIXED = Viewer(Role.STEWARD, ("",), Purpose.MAINTENANCE, OfPeople.MASKED, (town.EAST,))
M, R = a.matches.c, a.residents.c
DOOR = (M.community_code, M.resident_ref, M.unit, M.floor, M.room)


@pytest.fixture
def settled(store: Store) -> Store:
    households.settle(store)
    households.move_in(store, "桂苑3号楼2单元501室", "兰苑2号楼1单元602室", "月亮湾1号楼303王家")
    households.match(store)
    return store


def test_rows_are_masked_and_the_read_is_kept(settled: Store) -> None:
    found = read_residents(settled, MASKED, actor="x", now=NOW).set_index("community_code")
    home = found.loc[town.WEST]
    assert (home["building_ref"], home["unit"], home["room"]) == ("b10", "2", "5**")
    hidden = ["ref", "household", "address", "members", "centre", "floor", "revision"]
    assert found[hidden].isna().all(axis=None)
    assert not any(word in found.to_string() for word in ("501", "602", "303", "王", "H0"))
    with settled.reading(OPERATOR) as unit:
        deed = read_history(unit).iloc[0]
    assert deed["detail"] == {"rows": 3, "purpose": "maintenance", "of_people": "masked"}
    audited = all_rows(settled).iloc[-1]
    assert "masked" in str(audited.to_dict())
    assert "read residents" in str(audited.to_dict())


def test_an_area_and_grants_of_both_kinds(settled: Store) -> None:
    west = read_residents(settled, WEST_ONLY, actor="x", now=NOW)
    assert west["room"].tolist() == ["5**"]
    both = read_residents(settled, MIXED, actor="x", now=NOW).set_index("community_code")
    assert both.loc[town.EAST, "address"] == "兰苑2号楼1单元602室"
    assert both.loc[town.EAST, "room"] == "602"
    assert both.loc[[code for code in both.index if code != town.EAST], "address"].isna().all()


def test_the_review_list_says_where_and_no_more(settled: Store, tmp_path: Path) -> None:
    found = review_list(settled, MASKED, actor="x", now=NOW)
    assert found["masked"].all()
    assert sorted(found["address"]) == ["", "1单元**"]
    write_review(found, tmp_path / "r.xlsx", lang="zh")
    sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").active
    assert sheet is not None
    said = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
    assert "1单元**" in said
    assert not any(word in said for word in ("602", "303", "王", "月亮", "H1", "H2"))
    whole = review_list(settled, OPERATOR, actor="x", now=NOW)
    assert not whole["masked"].any()
    assert set(whole["address"]) == {"兰苑2号楼1单元602室", "月亮湾1号楼303王家"}


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(*DOOR).where(M.room == "501"),
        sa.select(*DOOR).order_by(M.room),
        sa.select(*DOOR).group_by(*DOOR),
        sa.select(*DOOR, sa.func.length(M.room).label("long")),
        sa.select(*DOOR, (M.room == M.unit).label("same")),
        sa.select(*DOOR).where(M.resident_ref.in_(sa.select(R.ref).where(R.address.contains("桂苑")))),
        sa.select(*DOOR).select_from(a.residents.join(a.matches, R.address == M.room)),
        sa.select(sa.select(*DOOR).subquery()),
        sa.select(*(a.matches.alias("m").c[column.key] for column in DOOR)),
    ],
    ids=["where", "order", "group", "length", "compared", "inside", "joined", "wrapped", "alias"],
)
def test_what_is_masked_is_only_listed(settled: Store, statement: sa.Select[*tuple[object, ...]]) -> None:
    with (
        settled.writing(WEST_ONLY, actor="x", now=NOW) as unit,
        pytest.raises(NotAllowedError, match="neither searched nor compared"),
    ):
        unit.table(statement)


def test_what_is_listed_only_is_read(settled: Store) -> None:
    joined = a.residents.join(a.matches, M.resident_ref == R.ref)
    statement = (
        sa.select(*DOOR, R.population).select_from(joined).where(M.status == "matched").order_by(M.confidence)
    )
    with settled.writing(WEST_ONLY, actor="x", now=NOW) as unit:
        found = unit.table(statement)
        unit.record(action="read residents", detail={})
    assert found[["unit", "room", "population"]].values.tolist() == [["2", "5**", "resident"]]


def test_rows_as_they_are_stored_are_not_handed_out(settled: Store) -> None:
    statement = sa.select(*DOOR)
    with settled.writing(MASKED, actor="x", now=NOW) as unit:
        for read in (unit.execute, unit.scalar, unit.scalars, unit.frame):
            with pytest.raises(NotAllowedError):
                read(statement)
        with pytest.raises(NotAllowedError):
            unit.table(sa.union(statement, statement))  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="community"):
            unit.table(sa.select(M.resident_ref, M.unit, M.floor, M.room))
        with pytest.raises(TypeError, match="together"):
            unit.table(sa.select(M.community_code, M.resident_ref, M.room))
    with (
        pytest.raises(RuntimeError, match="call record"),
        settled.writing(MASKED, actor="x", now=NOW) as unit,
    ):
        unit.table(statement)


def test_nothing_is_decided_by_who_sees_it_masked(settled: Store) -> None:
    ref = review_list(settled, OPERATOR, actor="x", now=NOW)["ref"].iloc[0]
    who = {"actor": "x", "now": NOW}
    for deed in (
        lambda: decide(settled, MASKED, ref, revision=0, building_ref="b21", **who),
        lambda: undo_decision(settled, MASKED, ref, revision=0, **who),
        lambda: learn_name(settled, MASKED, "c-west", "月亮湾", **who),
        lambda: forget_households(settled, MASKED, ["H0"], **who),
        lambda: read_households(settled, MASKED, as_of=NOW.date(), **who),
    ):
        with pytest.raises(NotAllowedError):
            deed()
    with settled.writing(MASKED, actor="x", now=NOW) as unit, pytest.raises(NotAllowedError):
        unit.execute(a.matches.update().values(confidence=1.0))
