"""Edits of drafts kept in a store: what they answer, undo to the byte, two people at once, and what becomes of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import shapely
import sqlalchemy as sa

from geo.errors import ConflictError, NotFoundError
from geo.plans.rules import profile
from layers.lookup.snapshots import current_state
from layers.plans import editing, operations
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.checking import check_plans
from layers.plans.drafts import copy_plan
from layers.plans.drawing import draw_plans
from layers.plans.edit_states import timeline
from layers.plans.editing import Edited, edit, go_to, redo, undo
from layers.plans.operations import (
    Assign,
    Create,
    Dissolve,
    Distribute,
    Kind,
    Lock,
    Merge,
    Operation,
    Redraw,
    Rename,
    Split,
)
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store import planning_tables as p
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=200, max_households=800)


def code(number: int) -> str:
    return f"{WEST}{number:03d}"


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    return store


@pytest.fixture
def plan(town: Store) -> int:
    """Two grids of two columns each."""
    frame = drawn_grids((0, 2), (2, 2))
    return adopt_grids(town, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids[0]


def do(store: Store, plan: int, operation: Operation, **options: Any) -> Edited:
    return edit(store, OPERATOR, plan, operation, actor="wang", now=NOW, **options)


def step(store: Store, plan: int, how: Callable[..., Edited], *args: Any) -> Edited:
    return how(store, OPERATOR, plan, *args, actor="li", now=NOW + timedelta(minutes=1))


def seen(store: Store, plan: int) -> tuple[Any, ...]:
    """Everything a reader sees of a plan, to the byte."""
    with store.reading(OPERATOR) as unit:
        rows = unit.frame(sa.select(t.grids).where(t.grids.c.plan_id == plan).order_by(t.grids.c.label))
        labels = read_labels(unit, plan).tolist()
    shapes = [shapely.to_wkb(shape) for shape in rows.geometry]
    plain = rows.drop(columns="geometry").astype(object)
    return labels, shapes, plain.where(plain.notna(), None).to_numpy().tolist()


def test_an_edit_answers_with_what_changed_and_nothing_else(town: Store, plan: int) -> None:
    three = do(town, plan, Create(buildings=("b30", "b31"), name="东片"))
    assert three.changed[["code", "name", "households"]].to_numpy().tolist() == [
        [code(2), "第二网格", 200],
        [code(3), "东片", 200],
    ]
    assert (three.revision, three.step, three.gone) == (2, 1, ())
    moved = do(town, plan, Assign(buildings=("b20",), to=code(1)), revision=2)
    sizes = dict(zip(moved.changed["code"], moved.changed["households"], strict=True))
    assert sizes == {
        code(1): 500,
        code(2): 100,
        code(3): 200,
    }  # a corner of the third is where two lines meet now
    merged = do(town, plan, Merge((code(1), code(2))))
    assert merged.gone == (code(2),)
    with town.reading(OPERATOR) as unit:
        grids = read_grids(unit, plan_ids=[plan])
        (row,) = read_plans(unit, plan_ids=[plan]).itertuples()
    assert grids["households"].tolist() == [600, 200]
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    assert (row.revision, row.step) == (4, 3)
    assert (row.score["grids"], row.score["over"]) == (2, 0)
    assert not (check_plans(town, OPERATOR, today=DAY, plan_ids=[plan])["severity"] == "error").any()


def test_an_edit_that_changes_nothing_is_no_step(town: Store, plan: int) -> None:
    same = do(town, plan, Assign(buildings=("b00",), to=code(1)))
    assert (same.revision, same.step, len(same.changed)) == (1, 0, 0)


def test_many_edits_and_back_is_the_start_to_the_byte(town: Store, plan: int) -> None:
    start, rng = seen(town, plan), random.Random(7)
    refs = [f"b{column}{row}" for column in range(4) for row in range(2)]
    states = {0: start}
    for _ in range(40):
        with town.reading(OPERATOR) as unit:
            codes = read_grids(unit, plan_ids=[plan])["code"].tolist()
        operation = rng.choice(
            [
                Assign(buildings=tuple(rng.sample(refs, 2)), to=rng.choice(codes)),
                Create(buildings=(rng.choice(refs),)),
                Merge(tuple(rng.sample(codes, 2))) if len(codes) > 1 else Kind(codes[0], "micro"),
                Rename(rng.choice(codes), f"片区{rng.random():.6f}"),
                Kind(rng.choice(codes), rng.choice(["base", "micro"])),
                Dissolve(rng.choice(codes)) if len(codes) > 1 else Kind(codes[0], "base"),
                Distribute({ref: rng.choice(codes) for ref in rng.sample(refs, 3)}),
            ]
        )
        done = do(town, plan, operation)
        states[done.step] = seen(town, plan)
    last = max(states)
    for number in range(last - 1, -1, -1):
        assert step(town, plan, undo).step == number
        assert seen(town, plan) == states[number]
    for number in range(1, last + 1):
        assert step(town, plan, redo).step == number
    assert seen(town, plan) == states[last]
    assert step(town, plan, go_to, last // 2).step == last // 2
    assert seen(town, plan) == states[last // 2]
    assert step(town, plan, go_to, 0).step == 0
    assert seen(town, plan) == start


def test_another_way_from_the_middle_is_a_branch_and_the_old_one_stays(town: Store, plan: int) -> None:
    do(town, plan, Create(buildings=("b00",)))
    do(town, plan, Rename(code(3), "旧路"))
    there = seen(town, plan)
    step(town, plan, undo)
    step(town, plan, undo)
    other = do(town, plan, Create(buildings=("b31",)))
    assert code(3) in other.changed["code"].tolist()  # what was undone has used no code up
    with town.reading(OPERATOR) as unit:
        lines = timeline(unit, plan)
    assert lines[["number", "after", "operation", "actor", "current"]].to_numpy().tolist() == [
        [1, 0, "create", "wang", False],
        [2, 1, "rename", "wang", False],
        [3, 0, "create", "wang", True],
    ]
    assert lines["said"].tolist()[1] == {"grid": code(3), "name": "旧路"}
    step(town, plan, go_to, 2)
    assert seen(town, plan) == there


def test_undo_and_redo_end_where_the_edits_end(town: Store, plan: int) -> None:
    with pytest.raises(ConflictError, match="no edit to undo"):
        step(town, plan, undo)
    with pytest.raises(ConflictError, match="no edit to redo"):
        step(town, plan, redo)
    with pytest.raises(NotFoundError, match="no edit 5"):
        step(town, plan, go_to, 5)


def test_an_edit_from_an_old_revision_is_refused_and_nothing_is_kept(town: Store, plan: int) -> None:
    do(town, plan, Create(buildings=("b00",)), revision=1)
    before = seen(town, plan)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        do(town, plan, Create(buildings=("b31",)), revision=1)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        undo(town, OPERATOR, plan, revision=1, actor="li", now=NOW)
    assert seen(town, plan) == before
    with town.reading(OPERATOR) as unit:
        assert len(timeline(unit, plan)) == 1


def test_somebody_who_is_faster_wins_and_the_other_is_told(
    town: Store, plan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    derived = editing._derived

    def slow(*args: Any) -> Any:
        monkeypatch.setattr(editing, "_derived", derived)
        do(town, plan, Rename(code(1), "先到"))
        return derived(*args)

    monkeypatch.setattr(editing, "_derived", slow)
    with pytest.raises(ConflictError, match="changed meanwhile"):
        do(town, plan, Rename(code(2), "后到"))
    with town.reading(OPERATOR) as unit:
        assert read_grids(unit, plan_ids=[plan])["name"].tolist() == ["先到", "第二网格"]


def test_what_was_undone_can_become_a_draft_of_its_own(town: Store, plan: int) -> None:
    do(town, plan, Create(buildings=("b00",)))
    there = seen(town, plan)
    step(town, plan, undo)
    made = editing.copy_at(town, OPERATOR, plan, 1, actor="li", now=NOW)
    labels, shapes, rows = seen(town, made)
    assert (labels, shapes) == there[:2]
    assert [row[1:] for row in rows] == [row[1:] for row in there[2]]
    with town.reading(OPERATOR) as unit:
        (row,) = read_plans(unit, plan_ids=[made]).itertuples()
        assert timeline(unit, made).empty
    assert (row.state, row.step) == ("draft", 0)


def test_a_grid_is_split_and_the_larger_part_keeps_its_code(town: Store, plan: int) -> None:
    whole = do(town, plan, Merge((code(1), code(2))))
    assert whole.changed["households"].tolist() == [800]
    halves = do(town, plan, Split(code(1), 2))
    assert halves.changed["households"].tolist() == [400, 400]
    assert halves.changed["code"].tolist()[0] == code(1)
    assert code(2) not in halves.changed["code"].tolist()  # named another grid on this way


def test_the_rest_is_drawn_again_around_what_is_locked(town: Store, plan: int) -> None:
    do(town, plan, Create(buildings=("b00", "b01"), name="保留"))
    do(town, plan, Lock((code(3),)))
    done = do(town, plan, Redraw())
    with town.reading(OPERATOR) as unit:
        grids = read_grids(unit, plan_ids=[plan])
    assert grids["households"].tolist()[0] != 0
    assert grids.set_index("code").loc[code(3), "households"] == 200
    assert code(3) not in done.changed["code"].tolist()
    assert grids["households"].sum() == 800
    with pytest.raises(ConflictError, match="locked"):
        do(town, plan, Assign(buildings=("b30",), to=code(3)))
    do(town, plan, Lock(tuple(grids["code"])))
    with pytest.raises(Exception, match="every grid is locked"):
        do(town, plan, Redraw())


def test_an_exclusive_grid_is_made_and_dissolved_in_one_step_each(town: Store, plan: int) -> None:
    before = seen(town, plan)
    made = do(town, plan, Create(buildings=("b10", "b11"), name="第二小学", kind="exclusive"))
    assert made.changed.set_index("code").loc[code(3), ["name", "kind", "households"]].tolist() == [
        "第二小学",
        "exclusive",
        200,
    ]
    gone = do(town, plan, Dissolve("第二小学"))
    assert (gone.gone, sorted(gone.changed["households"])) == ((code(3),), [400])
    step(town, plan, undo)
    step(town, plan, undo)
    assert seen(town, plan) == before


def test_an_exclusive_grid_that_is_drawn_again_is_base_from_then_on(town: Store, plan: int) -> None:
    do(town, plan, Kind(code(1), "exclusive"))
    do(town, plan, Rename(code(1), "大学"))
    done = do(town, plan, Redraw((code(1), code(2)), number=2))
    kept = done.changed.set_index("code").loc[code(1)]
    assert (kept["kind"], kept["name"], kept["households"]) == ("base", "第一网格", 400)


def test_locks_and_chosen_names_live_on_when_the_next_plan_is_drawn(town: Store, plan: int) -> None:
    do(town, plan, Create(buildings=("b00", "b01"), name="老街片"))
    do(town, plan, Lock((code(3),)))
    publish(town, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    (drawn,) = draw_plans(town, OPERATOR, codes=[WEST], rules=RULES, actor="t", now=NOW)
    assert drawn.figures is not None
    with town.reading(OPERATOR) as unit:
        kept = read_grids(unit, plan_ids=[drawn.figures.plan_id]).set_index("code").loc[code(3)]
    assert (kept["name"], kept["households"]) == ("老街片", 200)


def test_what_a_planner_chose_is_published_although_another_plan_came_between(town: Store, plan: int) -> None:
    other = copy_plan(town, OPERATOR, plan, actor="t", now=NOW)
    do(town, plan, Create(buildings=("b00",), name="老街片"))
    do(town, plan, Kind(code(3), "micro"))
    publish(town, OPERATOR, plan_ids=[other], valid_from=DAY, actor="t", now=NOW)
    publish(town, OPERATOR, plan_ids=[plan], valid_from=DAY + timedelta(days=3), actor="t", now=NOW)
    with town.reading(OPERATOR) as unit:
        grids = read_grids(unit, plan_ids=[plan]).set_index("code")
    assert grids.loc[code(3), ["name", "kind"]].tolist() == ["老街片", "micro"]


def test_a_published_plan_is_not_edited(town: Store, plan: int) -> None:
    do(town, plan, Rename(code(1), "西片"))
    publish(town, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    for refused in (
        lambda: do(town, plan, Rename(code(1), "东片")),
        lambda: step(town, plan, undo),
        lambda: step(town, plan, go_to, 0),
    ):
        with pytest.raises(ConflictError, match="wangge plan copy"):
            refused()
    with town.reading(OPERATOR) as unit:
        assert timeline(unit, plan)["operation"].tolist() == ["rename"]


def test_edits_are_a_record_that_nobody_changes(town: Store, plan: int) -> None:
    do(town, plan, Rename(code(1), "西片"))
    with pytest.raises(ConflictError), town.writing(OPERATOR, actor="t", now=NOW) as unit:
        unit.execute(p.edits.update().values(actor="nobody"))
    publish(town, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    row = {"plan_id": plan, "number": 9, "after": 0, "operation": "x", "said": {}, "change": {}, "codes": []}
    with pytest.raises(ConflictError), town.writing(OPERATOR, actor="t", now=NOW) as unit:
        unit.execute(p.edits.insert().values(**row, actor="t", at=NOW))
    with pytest.raises(ConflictError), town.writing(OPERATOR, actor="t", now=NOW) as unit:
        unit.execute(p.edits.delete())


def test_nobody_reloads_for_an_edit_and_nobody_edits_outside_his_area(town: Store, plan: int) -> None:
    before = current_state(town)
    do(town, plan, Create(buildings=("b00",)))
    step(town, plan, undo)
    assert current_state(town) == before
    elsewhere = Viewer(Role.PLANNER, (EAST,), Purpose.PLANNING)
    for refused in (
        lambda: edit(town, elsewhere, plan, Rename(code(1), "东片"), actor="x", now=NOW),
        lambda: undo(town, elsewhere, plan, actor="x", now=NOW),
        lambda: editing.copy_at(town, elsewhere, plan, 0, actor="x", now=NOW),
    ):
        with pytest.raises(NotFoundError, match=f"no plan {plan}"):
            refused()


def test_cells_that_edits_need_stay_when_cells_are_cut_again(town: Store, plan: int) -> None:
    do(town, plan, Create(buildings=("b00",)))
    list(build_cells(town, OPERATOR, codes=[WEST], actor="t", now=NOW))
    step(town, plan, undo)
    step(town, plan, redo)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"operation": "explode"}, "not one of assign"),
        ({}, "not one of assign"),
        ({"operation": "merge", "codes": []}, "does not know codes"),
    ],
)
def test_an_operation_is_read_strictly(values: dict[str, Any], words: str) -> None:
    with pytest.raises(Exception, match=words):
        operations.operation_from(values)


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (Assign(buildings=("b99",), to=code(1)), "no building b99"),
        (Assign(complexes=("c",), to=code(1)), "no complex c"),
        (Assign(cells=(99,), to=code(1)), "no cell 99"),
        (Assign(buildings=("b00",), to="7"), "no grid 7"),
        (Assign(to=code(1)), "no cell is chosen"),
        (Split(code(1), 1), "2 to 4 parts"),
        (Split(code(1), 9), "2 to 4 parts"),
        (Lock(), "name the grids"),
        (Dissolve("7"), "no grid 7"),
        (Create(buildings=("b00",), kind="odd"), "no kind of grid"),
    ],
)
def test_what_is_not_there_is_told_by_name(town: Store, plan: int, operation: Operation, words: str) -> None:
    with pytest.raises(Exception, match=words):
        do(town, plan, operation)
    assert (
        operations.operation_from({"operation": operation.operation} | operations.said(operation))
        == operation
    )
