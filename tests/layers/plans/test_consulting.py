"""What is said of a plan: comments, a consultation with its days, remarks of the public and their answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from geo.errors import ConflictError, InputError, NotFoundError
from geo.plans.rules import profile
from layers.plans.adopting import adopt_grids
from layers.plans.consulting import end_consultation, newest, open_consultation, shown_on
from layers.plans.notes import Note, add_note, answer_note, read_notes
from layers.plans.procedure import move_plan, remarks
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=800)
LATER = NOW + timedelta(days=12)
LAST = DAY + timedelta(days=10)


@pytest.fixture
def plan(store: Store) -> int:
    settle(store)
    frame = drawn_grids((0, 2), (2, 2))
    return adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids[0]


def consult(store: Store, plan: int, **given: Any) -> int:
    options = {"first_day": DAY, "last_day": LAST, "how": "请到社区窗口反映", "exemption": "示意图"} | given
    return open_consultation(store, OPERATOR, plan, actor="zhang", now=NOW, **options)


def move(store: Store, plan: int, deed: Any, **options: Any) -> None:
    move_plan(store, OPERATOR, plan, deed, actor="zhang", now=NOW, **options)


def said(store: Store, plan: int, text: str, **more: Any) -> int:
    return add_note(store, OPERATOR, plan, Note(text, **more), actor="wang", now=NOW)


def test_comments_stand_with_a_plan_a_grid_a_spot_or_a_line(store: Store, plan: int) -> None:
    said(store, plan, "整体可行")
    said(store, plan, "二网格偏大", grid="第二网格")
    said(store, plan, "这里有围墙", mark=((108.7005, 34.3305),))
    said(store, plan, "界线走这条巷", mark=((108.7, 34.33), (108.701, 34.331), (108.702, 34.331)))
    with store.reading(OPERATOR) as unit:
        notes = read_notes(unit, plan)
    assert notes["grid_code"].fillna("").tolist() == ["", f"{WEST}002", "", ""]
    assert [None if shape is None else shape.geom_type for shape in notes.geometry] == [
        None,
        None,
        "Point",
        "LineString",
    ]
    assert notes["via"].isna().all()
    assert notes["verdict"].isna().all()
    answer_note(store, OPERATOR, plan, 2, "noted", "已拆分", actor="wang", now=NOW)
    with store.reading(OPERATOR) as unit:
        assert read_notes(unit, plan)["answer"].fillna("").tolist() == ["", "已拆分", "", ""]


@pytest.mark.parametrize(
    ("note", "message"),
    [
        (Note("  "), "write something"),
        (Note("字" * 2001), "at most 2000"),
        (Note("请回电13800138000王先生"), "leave out who said it"),
        (Note("身份证 61040219800101123X"), "leave out who said it"),
        (Note("在此", mark=((34.33, 108.7),)), "in degrees"),
        (Note("明日", said_on=DAY + timedelta(days=1)), "still to come"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words(store: Store, plan: int, note: Note, message: str) -> None:
    with pytest.raises(InputError, match=message):
        add_note(store, OPERATOR, plan, note, actor="wang", now=NOW)
    with store.reading(OPERATOR) as unit:
        assert read_notes(unit, plan).empty


def test_codes_of_grids_are_no_numbers_of_somebody(store: Store, plan: int) -> None:
    assert said(store, plan, f"见网格 {WEST}001 与社区 {WEST}") == 1


def test_only_what_is_frozen_is_shown_and_it_is_heard_before_it_is_published(store: Store, plan: int) -> None:
    with pytest.raises(ConflictError, match="submitted or approved"):
        consult(store, plan)
    move(store, plan, "submit")
    consult(store, plan)
    with pytest.raises(ConflictError, match="already"):
        consult(store, plan)
    number = said(store, plan, "六号楼应归第一网格", via="counter")
    move(store, plan, "approve")
    with pytest.raises(ConflictError, match=f"until {LAST}"):
        publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="zhang", now=NOW)
    with pytest.raises(ConflictError, match="no answer yet"):
        publish(store, OPERATOR, plan_ids=[plan], valid_from=date(2026, 12, 7), actor="zhang", now=LATER)
    with pytest.raises(InputError, match="why the remark is not adopted"):
        answer_note(store, OPERATOR, plan, number, "declined", actor="zhang", now=LATER)
    answer_note(store, OPERATOR, plan, number, "declined", "六号楼与九号楼同院", actor="zhang", now=LATER)
    publish(store, OPERATOR, plan_ids=[plan], valid_from=date(2026, 12, 7), actor="zhang", now=LATER)
    with store.reading(OPERATOR) as unit:
        assert remarks(unit, plan)["action"].tolist() == ["submit", "consult", "approve", "publish"]


def test_a_plan_that_goes_back_is_shown_no_longer(store: Store, plan: int) -> None:
    move(store, plan, "submit")
    consult(store, plan)
    with store.reading(OPERATOR) as unit:
        assert [one.plan_id for one in shown_on(unit, LAST)] == [plan]
        assert shown_on(unit, LAST + timedelta(days=1)) == []
    move(store, plan, "return", remark="界线不清")
    with store.reading(OPERATOR) as unit:
        assert shown_on(unit, DAY) == []
        found = newest(unit, plan)
    assert found is not None
    assert not found.shows(DAY)
    with pytest.raises(NotFoundError, match="not shown"):
        end_consultation(store, OPERATOR, plan, reason="重来", actor="zhang", now=NOW)


def test_one_is_ended_with_a_reason_and_begun_again(store: Store, plan: int) -> None:
    move(store, plan, "submit")
    consult(store, plan)
    with pytest.raises(InputError, match="say why"):
        end_consultation(store, OPERATOR, plan, reason=" ", actor="zhang", now=NOW)
    end_consultation(store, OPERATOR, plan, reason="日期有误", actor="zhang", now=NOW)
    second = consult(store, plan, last_day=LAST + timedelta(days=5))
    said(store, plan, "同意", via="meeting")
    with store.reading(OPERATOR) as unit:
        assert read_notes(unit, plan)["consultation_id"].astype(int).tolist() == [second]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"first_day": DAY - timedelta(days=1)}, "is over"),
        ({"last_day": DAY - timedelta(days=1)}, "before the first day"),
        ({"last_day": date(2036, 1, 1)}, "within a year"),
        ({"how": " "}, "how and where"),
        ({"exemption": None}, "one of both"),
        ({"approval": "陕S(2026)001号"}, "one of both"),
    ],
)
def test_days_and_rights_that_cannot_be_meant_are_refused(
    store: Store, plan: int, given: dict[str, Any], message: str
) -> None:
    move(store, plan, "submit")
    with pytest.raises(InputError, match=message):
        consult(store, plan, **given)


def test_a_remark_of_the_public_needs_a_day_on_which_the_plan_was_shown(store: Store, plan: int) -> None:
    with pytest.raises(ConflictError, match="not shown to the public"):
        said(store, plan, "同意", via="phone")


def test_others_hear_nothing_of_it(store: Store, plan: int) -> None:
    move(store, plan, "submit")
    consult(store, plan)
    east = Viewer(Role.PLANNER, (EAST,), Purpose.PLANNING, OfPeople.BUILDING)
    with pytest.raises(NotFoundError):
        add_note(store, east, plan, Note("东边的话"), actor="li", now=NOW)
    with store.reading(east) as unit:
        assert shown_on(unit, DAY) == []
        with pytest.raises(NotFoundError):
            read_notes(unit, plan)
