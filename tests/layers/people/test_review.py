"""The review list, what a person decides, and the names learned from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotAllowedError, NotFoundError
from layers.history import read_history
from layers.lookup.aliases import read_aliases
from layers.people.decisions import decide, learn_name, undo_decision
from layers.people.match_rates import match_rates
from layers.people.review import count_open, review_list, write_review
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store.address_tables import matches
from layers.store.database import Store
from tests.layers import households, town
from tests.layers.unsealed import unsealed

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


def row_of(store: Store, ref: str) -> Any:
    (row,) = unsealed(store, sa.select(matches).where(matches.c.resident_ref == ref)).itertuples()
    return row


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


def said(
    store: Store, ref: str, revision: int = 0, viewer: Viewer = OPERATOR, actor: str = "me", **more: object
) -> str:
    return decide(store, viewer, ref, revision=revision, actor=actor, now=town.NOW, **more).decision  # type: ignore[arg-type]


def test_confirming_correcting_and_setting_aside(matched: Store) -> None:
    found = cases(matched)
    doubtful, unknown = (found[a].ref for a in ("兰苑2号楼", "月亮湾1号楼"))  # type: ignore[attr-defined]
    assert said(matched, doubtful, building_ref="b61") == "confirmed"
    row = row_of(matched, doubtful)
    assert (row.status, row.building_ref, row.complex_ref, row.community_code, row.confidence) == (
        "matched",
        "b61",
        "c-east-2",
        town.EAST,
        1.0,
    )
    assert said(matched, unknown, building_ref="b00", unit="1", room="101") == "corrected"
    assert (row_of(matched, unknown).unit, row_of(matched, unknown).room) == ("1", "101")
    assert cases(matched) == {}
    undo_decision(matched, OPERATOR, unknown, revision=1, actor="me", now=town.NOW)
    assert said(matched, unknown, 2) == "set_aside"
    assert row_of(matched, unknown).building_ref is None
    with matched.reading(OPERATOR) as unit:
        assert count_open(unit) == 0
        deeds = read_history(unit)
    assert deeds["action"].tolist()[:2] == ["review", "review undone"]
    assert deeds["detail"].iloc[0] == {"record": unknown, "decision": "set_aside", "building": None}
    assert "苑" not in str(deeds[deeds["action"] != "import"]["detail"].tolist())


def test_the_second_is_told_who_was_first_and_what_he_decided(matched: Store) -> None:
    ref = cases(matched)["兰苑2号楼"].ref  # type: ignore[attr-defined]
    said(matched, ref, building_ref="b61", actor="ms wang")
    for more in ({"building_ref": "b41"}, {"complex_ref": "c-east-1"}, {}):
        with pytest.raises(ConflictError) as refused:
            said(matched, ref, actor="mr li", **more)
        assert "ms wang" in refused.value.words.zh
        assert "兰苑二期2号楼" in refused.value.words.zh
    row = row_of(matched, ref)
    assert (row.building_ref, row.decided_by, row.revision) == ("b61", "ms wang", 1)


def test_a_decision_is_undone_and_the_record_is_as_it_was_found(matched: Store) -> None:
    ref = cases(matched)["兰苑2号楼"].ref  # type: ignore[attr-defined]
    before = row_of(matched, ref)
    said(matched, ref, building_ref="b00", unit="3", room="901")
    with pytest.raises(ConflictError):
        undo_decision(matched, OPERATOR, ref, revision=7, actor="me", now=town.NOW)
    assert undo_decision(matched, OPERATOR, ref, revision=1, actor="me", now=town.NOW) == 2
    after = row_of(matched, ref)
    assert {k: v for k, v in after._asdict().items() if k not in ("revision", "before")} == {
        k: v for k, v in before._asdict().items() if k not in ("revision", "before")
    }
    assert "兰苑2号楼" in cases(matched)
    with pytest.raises(ConflictError, match="nothing"):
        undo_decision(matched, OPERATOR, ref, revision=2, actor="me", now=town.NOW)
    with pytest.raises(ConflictError, match="undid"):
        said(matched, ref, 0, building_ref="b61")
    with pytest.raises(NotFoundError):
        undo_decision(
            matched,
            Viewer(Role.OPERATOR, (town.WEST,), Purpose.MAINTENANCE),
            ref,
            revision=2,
            actor="me",
            now=town.NOW,
        )


def test_only_as_far_as_the_complex_is_a_decision(matched: Store) -> None:
    ref = cases(matched)["兰苑2号楼"].ref  # type: ignore[attr-defined]
    assert said(matched, ref, complex_ref="c-east-1") == "complex"
    row = row_of(matched, ref)
    assert (row.status, row.level, row.complex_ref, row.building_ref) == (
        "ambiguous",
        "complex",
        "c-east-1",
        None,
    )
    households.match(matched, everything=True)
    assert row_of(matched, ref).complex_ref == "c-east-1"
    assert "兰苑2号楼" not in cases(matched)
    with matched.reading(OPERATOR) as unit:
        rates = match_rates(unit, by="complex", as_of=town.DAY).set_index("key")
    assert rates.loc["c-east-1", ["matched", "left", "open"]].tolist() == [0, 1, 0]


def test_what_is_in_doubt_is_no_match_and_what_is_set_aside_is_not_listed(matched: Store) -> None:
    def rates() -> list[int]:
        with matched.reading(OPERATOR) as unit:
            table = match_rates(unit, by="community", as_of=town.DAY).set_index("key")
        return [int(table[column].sum()) for column in ("matched", "left", "open")]

    assert rates() == [3, 2, 2]
    with matched.begin() as conn:
        conn.execute(matches.update().where(matches.c.building_ref == "b10").values(confidence=0.7))
    assert rates() == [2, 3, 3]
    assert len(cases(matched)) == 3
    unknown = cases(matched)["月亮湾1号楼"].ref  # type: ignore[attr-defined]
    said(matched, unknown)
    assert rates() == [2, 2, 2]


def test_all_candidates_are_shown(matched: Store) -> None:
    households.move_in(matched, "桂苑201室")
    households.match(matched)
    assert len(cases(matched)["桂苑201室"].candidate_refs) == 8  # type: ignore[attr-defined]


def test_a_name_is_learned_with_its_author(matched: Store) -> None:
    learn_name(matched, OPERATOR, "c-west", " 月亮湾 ", actor="ms wang", now=town.NOW)
    with matched.reading(OPERATOR) as unit:
        known = read_aliases(unit, kinds=["name"]).iloc[0]
        deed = read_history(unit).iloc[0]
    assert (known["text"], known["author"], known["source"]) == ("月亮湾", "ms wang", "review")
    assert (deed["action"], deed["community_code"]) == ("alias", town.WEST)


def test_what_cannot_be_decided_is_said(matched: Store) -> None:
    ref = cases(matched)["兰苑2号楼"].ref  # type: ignore[attr-defined]
    now: dict[str, Any] = {"actor": "me", "now": town.NOW}
    seen: dict[str, Any] = {"revision": 0, **now}
    with pytest.raises(NotFoundError, match="record"):
        decide(matched, OPERATOR, "nobody", building_ref="b00", **seen)
    with pytest.raises(NotFoundError, match="building"):
        decide(matched, OPERATOR, ref, building_ref="b99", **seen)
    with pytest.raises(NotFoundError, match="building"):  # as if it were not there
        decide(matched, EAST_ONLY, ref, building_ref="b00", **seen)
    with pytest.raises(NotFoundError, match="complex"):
        learn_name(matched, OPERATOR, "c-none", "月亮湾", **now)
    with pytest.raises(NotFoundError, match="complex"):
        decide(matched, EAST_ONLY, ref, complex_ref="c-west", **seen)
    with pytest.raises(InputError, match="not both"):
        decide(matched, OPERATOR, ref, building_ref="b00", complex_ref="c-west", **seen)
    with pytest.raises(InputError, match="person"):
        learn_name(matched, OPERATOR, "c-west", "月亮湾 13800138000", **now)
    with pytest.raises(InputError):
        learn_name(matched, OPERATOR, "c-west", "x" * 101, **now)
    leader = Viewer(Role.LEADER, ("",), Purpose.DISPLAY)
    for act in (
        lambda: cases(matched, leader),
        lambda: decide(matched, leader, ref, building_ref="b41", **seen),
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
