"""Publishing runs the checks, far days are asked about, and a publication that has not begun can be taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, InputError, NotFoundError
from geo.plans.grids import make_grids
from geo.plans.rules import profile
from layers.history import read_history
from layers.imports.imports import import_frame
from layers.lookup.snapshots import current_state, load_index
from layers.plans import publishing
from layers.plans.adopting import adopt_grids
from layers.plans.cells import read_cells
from layers.plans.checking import check_plans
from layers.plans.drafts import copy_plan, delete_plans
from layers.plans.plans import NewPlan, read_grids, read_labels, read_plans, save_draft
from layers.plans.publishing import ChecksError, Publication, publish
from layers.plans.withdrawing import withdraw
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, buildings, communities, drawn_grids, settle, square

RULES = replace(profile("national"), min_households=200, max_households=800)
FAR = date(2072, 1, 1)


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    return store


def adopt(store: Store, *columns: tuple[int, int], community: str = WEST, rules: Any = RULES) -> int:
    frame = drawn_grids(*columns, community=community)
    return adopt_grids(store, OPERATOR, frame, rules=rules, source="t", actor="t", now=NOW).plan_ids[0]


def put(store: Store, day: date = DAY, **options: Any) -> Publication:
    return publish(store, OPERATOR, valid_from=day, actor="t", now=NOW, **options)


def take_back(store: Store, *plans: int, **options: Any) -> Any:
    return withdraw(store, OPERATOR, plan_ids=plans or None, actor="t", now=NOW, **options)


def codes_on(store: Store, day: date) -> list[str]:
    with store.reading(OPERATOR) as unit:
        return read_grids(unit, as_of=day)["code"].tolist()


def in_pieces(store: Store) -> int:
    """A draft one of whose grids lies in two pieces: the outer columns."""
    with store.reading(OPERATOR) as unit:
        stored = read_cells(unit, WEST)
    columns = ((stored.cells.geometry.representative_point().x - 108.7) // 0.001).astype(int)
    labels = np.where(columns.isin([1, 2]), 1, 0).astype(np.int64)
    grids = make_grids(stored.cells, labels, community_code=WEST, rules=RULES)
    plan = NewPlan(WEST, stored.cell_set_id, None, labels, grids, RULES, "partition", {})
    with store.writing(OPERATOR, actor="t", now=NOW) as unit:
        return save_draft(unit, plan)


def test_a_plan_in_pieces_is_refused_with_the_list(town: Store) -> None:
    bad, good = in_pieces(town), adopt(town, (4, 4), community=EAST)
    with pytest.raises(ChecksError, match=f"plan {bad}") as error:
        put(town, plan_ids=[bad, good])
    errors = error.value.findings[error.value.findings["severity"] == "error"]
    assert errors[["plan_id", "rule"]].to_numpy().tolist() == [[bad, "not-connected"]]
    assert current_state(town).version == 0
    assert codes_on(town, DAY) == []


def test_adopted_grids_in_pieces_stand_only_when_asked_for(town: Store) -> None:
    frame = drawn_grids((0, 4), (1, 2))
    outer = frame.geometry.iloc[0].difference(frame.geometry.iloc[1])
    frame = frame.set_geometry([outer, frame.geometry.iloc[1]], crs=4490)
    (plan,) = adopt_grids(town, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids
    with pytest.raises(ChecksError, match="separate parts"):
        put(town)
    done = put(town, as_drawn=True)
    with town.reading(OPERATOR) as unit:
        detail = read_history(unit).set_index("action").loc["publish", "detail"]
    assert ["not-connected", f"{WEST}001", 2.0, 1.0] in detail["warnings"]
    assert done.plan_ids == (plan,)
    bad = in_pieces(town)
    with pytest.raises(ChecksError):
        put(town, DAY + timedelta(days=1), plan_ids=[bad], as_drawn=True)


def test_warnings_are_given_back_and_kept_with_the_deed(town: Store) -> None:
    plan = adopt(town, (0, 1), (1, 3), rules=profile("national"))
    done = put(town)
    warned = done.findings[done.findings["severity"] == "warning"]
    assert {"few-households", "many-households"} <= set(warned["rule"])
    with town.reading(OPERATOR) as unit:
        detail = read_history(unit).set_index("action").loc["publish", "detail"]
    assert ["few-households", f"{WEST}001", 200.0, 300.0] in detail["warnings"]
    assert detail["version"] == done.version
    assert done.plan_ids == (plan,)


def test_a_plan_changed_during_the_checks_is_not_published(
    town: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = adopt(town, (0, 2), (2, 2))

    def checked(*args: Any, **options: Any) -> pd.DataFrame:
        found = check_plans(*args, **options)
        with town.begin() as conn:
            conn.execute(t.plans.update().where(t.plans.c.id == plan).values(revision=2))
        return found

    monkeypatch.setattr(publishing, "check_plans", checked)
    with pytest.raises(ConflictError, match="while it was checked"):
        put(town)
    assert current_state(town).version == 0


@pytest.mark.parametrize("day", [date(9999, 12, 31), date(2127, 1, 1), date(1026, 11, 22), date.min])
def test_nonsense_is_no_first_day(town: Store, day: date) -> None:
    adopt(town, (0, 2), (2, 2))
    with pytest.raises(InputError, match="cannot begin"):
        put(town, day, confirmed=True)


@pytest.mark.parametrize("day", [FAR, date(2027, 12, 1), date(1999, 1, 1)])
def test_far_days_are_meant_or_refused(town: Store, day: date) -> None:
    adopt(town, (0, 2), (2, 2))
    with pytest.raises(InputError, match="--yes"):
        put(town, day)
    assert put(town, day, confirmed=True).valid_from == day


def test_a_publication_that_has_not_begun_is_withdrawn_and_published_again(town: Store) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    put(town, FAR, confirmed=True)
    before, state = codes_on(town, FAR), current_state(town)
    done = take_back(town, plan, reason="a slip of the year")
    assert done.plan_ids == (plan,)
    assert done.version == current_state(town).version > state.version
    assert codes_on(town, FAR) == []
    with town.reading(OPERATOR) as unit:
        rows = read_plans(unit).set_index("id")
        last = read_history(unit).set_index("action").loc["withdraw", "detail"]
    assert rows.loc[plan, ["state", "valid_from", "valid_to"]].tolist() == ["retired", FAR, FAR]
    assert last["reason"] == "a slip of the year"
    (draft,) = done.drafts
    again = put(town, DAY, plan_ids=[draft])
    assert again.version > done.version
    assert codes_on(town, DAY) == before == [f"{WEST}001", f"{WEST}002"]
    with town.reading(OPERATOR) as unit:
        assert read_grids(unit, as_of=DAY)["born"].tolist() == [DAY, DAY]
        assert np.array_equal(read_labels(unit, draft), read_labels(unit, plan))


def test_the_plan_before_holds_on_with_its_codes(town: Store) -> None:
    first = adopt(town, (0, 2), (2, 2))
    put(town, DAY)
    second = adopt(town, (0, 2), (2, 1), (3, 1))
    later = DAY + timedelta(days=10)
    put(town, later)
    done = take_back(town, second)
    assert done.again == (first,)
    assert codes_on(town, later) == codes_on(town, DAY) == [f"{WEST}001", f"{WEST}002"]
    with town.reading(OPERATOR) as unit:
        ends = dict(
            tuple(row) for row in unit.execute(sa.select(t.register.c.code, t.register.c.valid_to)).all()
        )
    assert ends == {f"{WEST}001": None, f"{WEST}002": None, f"{WEST}003": later, f"{WEST}004": later}
    assert (
        load_index(town, OPERATOR)
        .locate(square(3, 0).centroid.x, square(3, 0).centroid.y, as_of=later)
        .grid_code
        == f"{WEST}002"
    )


def test_codes_of_a_withdrawn_plan_name_no_other_grids(town: Store) -> None:
    """Another draft was made beside it with the same proposed codes; it gets others."""
    first, other = adopt(town, (0, 2), (2, 2)), adopt(town, (0, 1), (1, 3))
    put(town, FAR, plan_ids=[first], confirmed=True)
    take_back(town, first)
    put(town, DAY, plan_ids=[other])
    assert codes_on(town, DAY) == [f"{WEST}003", f"{WEST}004"]


def test_a_copy_of_an_old_plan_gets_no_retired_code(town: Store) -> None:
    first = adopt(town, (0, 2), (2, 2))
    put(town, DAY)
    adopt(town, (0, 1), (1, 3))
    put(town, DAY + timedelta(days=1))
    back = copy_plan(town, OPERATOR, first, actor="t", now=NOW)
    put(town, DAY + timedelta(days=2), plan_ids=[back])
    with town.reading(OPERATOR) as unit:
        used = [
            tuple(row)
            for row in unit.execute(
                sa.select(t.register.c.code, t.register.c.valid_from, t.register.c.valid_to)
            )
        ]
    assert (f"{WEST}001", DAY, DAY + timedelta(days=1)) in used
    assert f"{WEST}001" not in codes_on(town, DAY + timedelta(days=2))


def test_todays_plan_is_withdrawn_and_its_predecessor_of_today_comes_back(town: Store) -> None:
    first = adopt(town, (0, 2), (2, 2))
    put(town, DAY)
    second = adopt(town, (0, 4))
    put(town, DAY)
    assert take_back(town, second).again == (first,)
    assert codes_on(town, DAY) == [f"{WEST}001", f"{WEST}002"]


@pytest.mark.parametrize("case", ["begun", "followed", "draft", "twice", "unknown", "nothing"])
def test_what_cannot_be_withdrawn_changes_nothing(town: Store, case: str) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    if case != "draft":
        put(town, DAY - timedelta(days=1) if case == "begun" else DAY)
    if case == "followed":
        adopt(town, (0, 4))
        put(town, DAY + timedelta(days=3))
    if case == "twice":
        take_back(town, plan)
    version = current_state(town).version
    what: dict[str, Any] = {"nothing": {"version": 77}, "unknown": {"plan_ids": [999]}}.get(
        case, {"plan_ids": [plan]}
    )
    with pytest.raises(NotFoundError if case in ("unknown", "nothing") else ConflictError):
        withdraw(town, OPERATOR, actor="t", now=NOW, **what)
    assert current_state(town).version == version


def test_a_whole_version_is_withdrawn(town: Store) -> None:
    plans = [adopt(town, (0, 2), (2, 2)), adopt(town, (4, 4), community=EAST)]
    done = put(town, FAR, plan_ids=plans, confirmed=True)
    assert take_back(town, version=done.version).plan_ids == tuple(plans)


def test_a_draft_is_deleted_and_remembered(town: Store) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    delete_plans(town, OPERATOR, [plan], actor="t", now=NOW)
    with town.reading(OPERATOR) as unit:
        assert read_plans(unit).empty
        assert read_history(unit)["action"].iloc[0] == "delete plan"
        assert unit.scalar(sa.select(sa.func.count()).select_from(t.assignments)) == 0
    again = adopt(town, (0, 2), (2, 2))
    with town.reading(OPERATOR) as unit:
        assert read_plans(unit, plan_ids=[again])["version"].tolist() == [2]


def test_a_published_plan_is_not_deleted(town: Store) -> None:
    plan, draft = adopt(town, (0, 2), (2, 2)), adopt(town, (0, 4))
    put(town, DAY, plan_ids=[plan])
    with pytest.raises(ConflictError, match="wangge withdraw"):
        delete_plans(town, OPERATOR, [draft, plan], actor="t", now=NOW)
    with town.reading(OPERATOR) as unit:
        assert read_plans(unit)["id"].tolist() == [plan, draft]


def test_only_ones_own_area_is_copied_deleted_or_withdrawn(town: Store) -> None:
    stranger = Viewer(Role.LEADER, (EAST,), Purpose.DISPLAY)
    plan = adopt(town, (0, 2), (2, 2))
    with pytest.raises(NotFoundError):
        copy_plan(town, stranger, plan, actor="t", now=NOW)
    with pytest.raises(NotFoundError):
        delete_plans(town, stranger, [plan], actor="t", now=NOW)
    put(town, DAY)
    with pytest.raises(NotFoundError):
        withdraw(town, stranger, plan_ids=[plan], actor="t", now=NOW)


def reimport(store: Store, layer: str, frame: gpd.GeoDataFrame) -> None:
    import_frame(store, OPERATOR, layer, frame, source="t", actor="t", now=NOW)


@pytest.mark.parametrize("change", ["counts", "new", "gone", "total", "boundary", "none"])
def test_checks_tell_what_changed_since_the_plan_was_drawn(town: Store, change: str) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    if change == "counts":
        reimport(town, "buildings", buildings(households=120))
    elif change == "new":
        more = buildings().iloc[[0]].assign(ref="extra").set_geometry([square(0, 0, shrink=0.45)], crs=4490)
        with town.begin() as conn:
            conn.execute(t.buildings.delete().where(t.buildings.c.ref == "b00"))
        reimport(town, "buildings", more)
    elif change == "gone":
        with town.begin() as conn:
            conn.execute(t.buildings.delete().where(t.buildings.c.ref == "b00"))
    elif change == "total":
        reimport(town, "communities", communities().assign(households=[900, 800]))
    elif change == "boundary":
        moved = communities().iloc[[0]].set_geometry([square(0, 0, width=3, height=2)], crs=4490)
        reimport(town, "communities", moved)
    else:
        reimport(town, "buildings", buildings())
        reimport(town, "communities", communities())
    found = check_plans(town, OPERATOR, today=DAY, plan_ids=[plan]).set_index("rule")
    said = set(found.index) & {"counts-changed", "totals-changed", "boundary-changed"}
    wanted = {"none": set(), "total": {"totals-changed"}, "boundary": {"boundary-changed", "counts-changed"}}
    assert said == wanted.get(change, {"counts-changed"})
    if change == "counts":
        assert found.loc["counts-changed", "value"] == 8
        assert "800 → 960" in found.loc["counts-changed", "reason"].en
        done = put(town, DAY)
        assert "counts-changed" in set(done.findings["rule"])
    if change == "total":
        assert "— → 900" in found.loc["totals-changed", "reason"].en
