"""The review list, what a person decides, and the names learned from it."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa

from geo.errors import InputError, NotAllowedError, NotFoundError
from layers.aliases import read_aliases
from layers.history import read_history
from layers.review import count_open, decide, learn_name, review_list, write_review
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.address_tables import matches
from layers.store.database import Store
from tests.layers import households, town

EAST_ONLY = Viewer(Role.OPERATOR, (town.EAST,), Purpose.MAINTENANCE)


@pytest.fixture
def matched(store: Store) -> Store:
    households.settle(store, grids=False)
    households.move_in(store)
    households.match(store)
    return store


def cases(store: Store, viewer: Viewer = OPERATOR, **more: object) -> dict[str, object]:
    found = review_list(store, viewer, actor="me", now=town.NOW, **more)  # type: ignore[arg-type]
    return {row.address: row for row in found.itertuples()}


def row_of(store: Store, ref: str) -> sa.Row:  # type: ignore[type-arg]
    with store.read() as conn:
        return conn.execute(sa.select(matches).where(matches.c.resident_ref == ref)).one()


def test_the_list_holds_what_was_not_surely_found_with_candidates(matched: Store) -> None:
    found = cases(matched)
    assert set(found) == {"兰苑2号楼", "月亮湾1号楼"}
    doubtful = found["兰苑2号楼"]
    assert dict(zip(doubtful.candidate_refs, doubtful.candidate_names, strict=True)) == {  # type: ignore[attr-defined]
        "b41": "兰苑一期2号楼",
        "b61": "兰苑二期2号楼",
    }
    assert found["月亮湾1号楼"].candidate_refs == []  # type: ignore[attr-defined]
    assert list(cases(matched, EAST_ONLY)) == ["兰苑2号楼"]
    assert len(cases(matched, limit=1)) == 1


def test_confirming_correcting_and_setting_aside(matched: Store) -> None:
    found = cases(matched)
    doubtful, unknown = (found[a].ref for a in ("兰苑2号楼", "月亮湾1号楼"))  # type: ignore[attr-defined]
    assert decide(matched, OPERATOR, doubtful, building_ref="b61", actor="me", now=town.NOW) == "confirmed"
    row = row_of(matched, doubtful)
    assert (row.status, row.building_ref, row.complex_ref, row.community_code, row.confidence) == (
        "matched",
        "b61",
        "c-east-2",
        town.EAST,
        1.0,
    )
    done = decide(
        matched, OPERATOR, unknown, building_ref="b00", unit="1", room="101", actor="me", now=town.NOW
    )
    assert done == "corrected"
    assert (row_of(matched, unknown).unit, row_of(matched, unknown).room) == ("1", "101")
    assert cases(matched) == {}
    assert decide(matched, OPERATOR, unknown, building_ref=None, actor="me", now=town.NOW) == "set_aside"
    assert row_of(matched, unknown).building_ref is None
    with matched.read() as conn:
        assert count_open(conn, OPERATOR) == 0
        deeds = read_history(conn, OPERATOR)
    assert deeds["action"].tolist()[:2] == ["review", "read residents"]
    assert deeds["detail"].iloc[0] == {"record": unknown, "decision": "set_aside", "building": None}
    assert "苑" not in str(deeds[deeds["action"] != "import"]["detail"].tolist())


def test_a_name_is_learned_with_its_author(matched: Store) -> None:
    learn_name(matched, OPERATOR, "c-west", " 月亮湾 ", actor="ms wang", now=town.NOW)
    with matched.read() as conn:
        known = read_aliases(conn, OPERATOR, kinds=["name"]).iloc[0]
        deed = read_history(conn, OPERATOR).iloc[0]
    assert (known["text"], known["author"], known["source"]) == ("月亮湾", "ms wang", "review")
    assert (deed["action"], deed["community_code"]) == ("alias", town.WEST)


def test_what_cannot_be_decided_is_said(matched: Store) -> None:
    ref = cases(matched)["兰苑2号楼"].ref  # type: ignore[attr-defined]
    now = {"actor": "me", "now": town.NOW}
    with pytest.raises(NotFoundError, match="record"):
        decide(matched, OPERATOR, "nobody", building_ref="b00", **now)
    with pytest.raises(NotFoundError, match="building"):
        decide(matched, OPERATOR, ref, building_ref="b99", **now)
    with pytest.raises(NotAllowedError, match="outside your area"):
        decide(matched, EAST_ONLY, ref, building_ref="b00", **now)
    with pytest.raises(NotFoundError, match="complex"):
        learn_name(matched, OPERATOR, "c-none", "月亮湾", **now)
    with pytest.raises(InputError):
        learn_name(matched, OPERATOR, "c-west", "x" * 101, **now)
    leader = Viewer(Role.LEADER, ("",), Purpose.DISPLAY)
    for act in (
        lambda: cases(matched, leader),
        lambda: decide(matched, leader, ref, building_ref="b41", **now),
        lambda: learn_name(matched, leader, "c-west", "月亮湾", **now),
    ):
        with pytest.raises(NotAllowedError):
            act()


@pytest.mark.parametrize(("lang", "head"), [("zh", "候选1"), ("en", "candidate 1")])
def test_the_list_as_a_workbook(matched: Store, tmp_path: Path, lang: str, head: str) -> None:
    households.move_in(matched, *households.HOMES, "=1+1 兰苑3号楼")
    households.match(matched)
    table = review_list(matched, OPERATOR, actor="me", now=town.NOW)
    sheet = openpyxl.load_workbook(write_review(table, tmp_path / "review.xlsx", lang=lang)).active
    assert sheet is not None
    heads = [cell.value for cell in sheet[1]]
    assert heads[6] == head
    values = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert {row[6] for row in values} >= {"兰苑一期2号楼 [b41]", None}
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
