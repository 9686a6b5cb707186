"""Plans from draft to published on both stores: codes, dates, one plan a day, history, visibility."""

from __future__ import annotations

from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa

from geo.errors import ConflictError, FrameError, NotFoundError
from geo.plans.grids import make_grids
from geo.plans.rules import profile
from layers.history import read_history
from layers.imports.imports import import_frame
from layers.lookup.snapshots import current_state, load_index
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells, newest_cells, read_cells
from layers.plans.checking import check_plans
from layers.plans.drawing import draw_plans
from layers.plans.plans import NewPlan, newest_plan_ids, read_grids, read_labels, read_plans, save_draft
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.town import DAY, EAST, NOW, WEST, communities, drawn_grids, settle, square

RULES = profile("national")
WEST_ONLY = Viewer(Role.LEADER, (WEST,), Purpose.DISPLAY)


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    return store


def adopt(store: Store, *columns: tuple[int, int], community: str = WEST) -> int:
    frame = drawn_grids(*columns, community=community)
    return adopt_grids(store, OPERATOR, frame, rules=RULES, source="test", actor="test", now=NOW).plan_ids[0]


def put(store: Store, day: date, **options: object) -> object:
    return publish(store, OPERATOR, valid_from=day, actor="test", now=NOW, **options)  # type: ignore[arg-type]


def codes_on(store: Store, day: date) -> list[str]:
    with store.reading(OPERATOR) as unit:
        return read_grids(unit, as_of=day)["code"].tolist()


def test_cells_tile_the_community(town: Store) -> None:
    with town.reading(OPERATOR) as unit:
        stored = read_cells(unit, WEST)
    assert len(stored.cells) == 8
    assert stored.cells["households"].tolist() == [100] * 8
    assert shapely.coverage_is_valid(stored.cells.geometry.to_numpy())
    assert stored.cells.union_all().symmetric_difference(square(0, 0, width=4, height=2)).area < 1e-15
    assert (stored.edges["shared_m"] > 0).all()


def test_draw_makes_one_draft_a_community_within_bounds(town: Store) -> None:
    steps = list(draw_plans(town, OPERATOR, rules=RULES, actor="test", now=NOW))
    assert [(s.community_code, s.figures.grids, s.figures.over) for s in steps] == [
        (WEST, 2, 0),
        (EAST, 2, 0),
    ]
    with town.reading(OPERATOR) as unit:
        grids = read_grids(unit, plan_ids=newest_plan_ids(unit))
    assert grids["households"].between(300, 500).all()
    assert grids["people"].tolist() == (3 * grids["households"]).tolist()
    assert grids["code"].tolist() == [WEST + "001", WEST + "002", EAST + "001", EAST + "002"]


def test_a_community_without_cells_stops_nobody_else(town: Store) -> None:
    with town.begin() as conn:
        conn.execute(t.cell_sets.delete().where(t.cell_sets.c.community_code == EAST))
    steps = {s.community_code: s for s in draw_plans(town, OPERATOR, rules=RULES, actor="test", now=NOW)}
    assert steps[WEST].error is None
    assert steps[EAST].error is not None
    assert "wangge cells" in steps[EAST].error.en


def test_publish_seals_numbers_and_remembers(town: Store) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    assert current_state(town).version == 0
    done = put(town, DAY)
    assert (done.version, done.new, done.kept, done.retired) == (1, 2, 0, 0)  # type: ignore[attr-defined]
    assert current_state(town).version == 1
    with town.reading(OPERATOR) as unit:
        row = read_plans(unit, plan_ids=[plan]).iloc[0]
        assert (row["state"], row["valid_from"], row["valid_to"]) == ("published", DAY, None)
        assert read_history(unit)["action"].iloc[0] == "publish"
        born = unit.execute(
            sa.select(t.register.c.code, t.register.c.valid_from, t.register.c.valid_to)
        ).all()
    assert sorted(born) == [(WEST + "001", DAY, None), (WEST + "002", DAY, None)]


def test_an_unchanged_grid_keeps_its_code_and_a_retired_code_is_not_used_again(town: Store) -> None:
    adopt(town, (0, 2), (2, 2))
    put(town, DAY)
    adopt(town, (0, 2), (2, 1), (3, 1))
    later = DAY + timedelta(days=10)
    done = put(town, later)
    assert (done.kept, done.new, done.retired) == (1, 2, 1)  # type: ignore[attr-defined]
    assert codes_on(town, DAY) == [WEST + "001", WEST + "002"]
    assert codes_on(town, later) == [WEST + "001", WEST + "003", WEST + "004"]
    with town.read() as conn:
        end = conn.scalar(sa.select(t.register.c.valid_to).where(t.register.c.code == WEST + "002"))
    assert end == later


def test_a_grid_has_its_own_days_beside_its_plans(town: Store) -> None:
    adopt(town, (0, 2), (2, 2))
    put(town, DAY)
    adopt(town, (0, 2), (2, 1), (3, 1))
    later = DAY + timedelta(days=10)
    put(town, later)
    with town.reading(OPERATOR) as unit:
        now = read_grids(unit, as_of=later).set_index("code")
        before = read_grids(unit, as_of=DAY).set_index("code")
    assert now.loc[WEST + "001", ["born", "retired", "valid_from"]].tolist() == [DAY, None, later]
    assert now.loc[WEST + "003", "born"] == later
    assert before.loc[WEST + "002", ["born", "retired", "valid_to"]].tolist() == [DAY, later, later]


def test_codes_are_worked_out_again_when_another_plan_came_first(town: Store) -> None:
    first, second = adopt(town, (0, 2), (2, 2)), adopt(town, (0, 1), (1, 3))
    put(town, DAY, plan_ids=[first])
    put(town, DAY + timedelta(days=1), plan_ids=[second])
    assert codes_on(town, DAY + timedelta(days=1)) == [WEST + "002", WEST + "003"]


def test_exactly_one_plan_a_day(town: Store) -> None:
    adopt(town, (0, 2), (2, 2))
    put(town, DAY)
    adopt(town, (0, 4))
    put(town, DAY)
    with town.reading(OPERATOR) as unit:
        grids = read_grids(unit, as_of=DAY)
        before = read_grids(unit, as_of=DAY - timedelta(days=1))
    assert grids["plan_version"].unique().tolist() == [2]
    assert before.empty


def test_a_plan_cannot_start_before_the_one_in_force(town: Store) -> None:
    adopt(town, (0, 2), (2, 2))
    put(town, DAY)
    adopt(town, (0, 4))
    with pytest.raises(ConflictError, match="--from"):
        put(town, DAY - timedelta(days=1))
    assert current_state(town).version == 1


@pytest.mark.parametrize("case", ["nothing", "twice", "both", "unknown"])
def test_what_cannot_be_published_changes_nothing(town: Store, case: str) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    ids = {"unknown": [999], "twice": [plan], "nothing": None}.get(case)
    if case == "both":
        ids = [plan, adopt(town, (0, 4))]
    if case in ("twice", "nothing"):
        put(town, DAY)
    version = current_state(town).version
    with pytest.raises(NotFoundError if case == "unknown" else ConflictError):
        put(town, DAY, plan_ids=ids)
    assert current_state(town).version == version


def test_all_communities_or_none(town: Store) -> None:
    adopt(town, (0, 2), (2, 2))
    put(town, DAY + timedelta(days=5))
    adopt(town, (0, 4))
    adopt(town, (4, 4), community=EAST)
    with pytest.raises(ConflictError):
        put(town, DAY)
    assert codes_on(town, DAY) == []


def test_drawn_grids_keep_their_codes_names_and_kinds(town: Store) -> None:
    frame = drawn_grids((0, 1), (1, 3)).assign(name=["学校", "第二网格"], kind=["exclusive", "base"])
    frame["code"] = [WEST + "007", "not-a-code"]
    adopt_grids(town, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW)
    with town.reading(OPERATOR) as unit:
        grids = read_grids(unit, plan_ids=newest_plan_ids(unit))
    by_name = grids.set_index("name")
    assert by_name.loc["学校", "code"] == WEST + "007"
    assert by_name.loc["学校", "kind"] == "exclusive"
    assert by_name.loc["第二网格", "code"].startswith(WEST)


def test_a_grid_outside_every_community_is_refused(town: Store) -> None:
    frame = drawn_grids((0, 2))
    frame.loc[0, "geometry"] = square(100, 100)
    with pytest.raises(FrameError, match="no known community"):
        adopt_grids(town, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW)


def test_checks_find_what_breaks_the_rules(town: Store) -> None:
    adopt(town, (0, 1), (1, 3))
    found = check_plans(town, OPERATOR, today=DAY)
    assert {"plan_id", "community_code", "severity", "rule", "reason"} <= set(found.columns)
    assert set(found[found["severity"] != "notice"]["code"].dropna()) == {WEST + "001", WEST + "002"}


def test_index_answers_for_every_day(town: Store) -> None:
    adopt(town, (0, 2), (2, 2))
    put(town, DAY)
    adopt(town, (0, 4))
    later = DAY + timedelta(days=30)
    put(town, later)
    index = load_index(town, OPERATOR)
    point = square(3, 0).centroid
    assert index.locate(point.x, point.y, as_of=DAY).grid_code == WEST + "002"
    assert index.locate(point.x, point.y, as_of=later).plan_version == 2
    assert index.locate(point.x, point.y, as_of=DAY - timedelta(days=1)).status == "unplanned"
    assert index.locate(0, 0, as_of=DAY).status == "outside"
    assert index.locate(point.x, point.y, as_of=DAY).building_ref == "b30"


def test_a_viewer_sees_the_own_area_only(town: Store) -> None:
    adopt(town, (0, 4))
    adopt(town, (4, 4), community=EAST)
    put(town, DAY)
    with town.reading(WEST_ONLY) as unit:
        assert read_grids(unit)["community_code"].unique().tolist() == [WEST]
        assert read_plans(unit)["community_code"].unique().tolist() == [WEST]
        with pytest.raises(NotFoundError):
            read_cells(unit, EAST)
    index = load_index(town, WEST_ONLY)
    inside_east = square(5, 0).centroid
    assert index.locate(inside_east.x, inside_east.y, as_of=DAY).status == "outside"


def test_new_cells_leave_old_plans_alone(town: Store) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    with town.reading(OPERATOR) as unit:
        before = read_labels(unit, plan)
    list(build_cells(town, OPERATOR, codes=[WEST], h3_resolution=None, actor="t", now=NOW))
    with town.reading(OPERATOR) as unit:
        assert np.array_equal(read_labels(unit, plan), before)
        old = read_plans(unit, plan_ids=[plan]).iloc[0]["cell_set_id"]
        assert read_cells(unit, WEST).cell_set_id > old
        assert len(read_cells(unit, WEST, cell_set_id=old).cells) == 8


def test_a_plan_of_an_old_boundary_is_not_published(town: Store) -> None:
    adopt(town, (0, 2), (2, 2))
    smaller = communities().iloc[[0]].set_geometry([square(0, 0, width=3, height=2)], crs=4490)
    import_frame(town, OPERATOR, "communities", smaller, source="t", actor="test", now=NOW)
    with pytest.raises(ConflictError, match="boundary"):
        put(town, DAY)
    assert current_state(town).version == 0


def test_a_draft_over_cells_that_are_gone_is_refused(town: Store) -> None:
    with town.reading(OPERATOR) as unit:
        stored = read_cells(unit, WEST)
    labels = np.zeros(len(stored.cells), dtype=np.int64)
    grids = make_grids(stored.cells, labels, community_code=WEST, rules=RULES)
    plan = NewPlan(WEST, stored.cell_set_id, None, labels, grids, RULES, "partition", {})
    list(build_cells(town, OPERATOR, codes=[WEST], actor="t", now=NOW))
    with (
        pytest.raises(ConflictError, match="cut again"),
        town.writing(OPERATOR, actor="test", now=NOW) as unit,
    ):
        save_draft(unit, plan)


def test_micro_rules_make_micro_grids(town: Store) -> None:
    list(draw_plans(town, OPERATOR, codes=[WEST], rules=profile("micro"), actor="test", now=NOW))
    with town.reading(OPERATOR) as unit:
        assert set(read_grids(unit, plan_ids=newest_plan_ids(unit))["kind"]) == {"micro"}


def test_grids_and_cells_of_two_communities_are_one_coverage(store: Store) -> None:
    """The boundary between them leans, so that no cut point lies on it exactly, and each side is cut elsewhere."""
    lean = shapely.Polygon([(108.7, 34.33), (108.7041, 34.33), (108.7037, 34.3337), (108.7, 34.3337)])
    rest = shapely.Polygon([(108.7041, 34.33), (108.708, 34.33), (108.708, 34.3337), (108.7037, 34.3337)])
    frame = communities().assign(geometry=[lean, rest])
    import_frame(store, OPERATOR, "communities", frame, source="test", actor="test", now=NOW)
    rows = [
        shapely.box(x, 34.3302 + k * step, x + 0.0006, 34.3302 + k * step + 0.00015)
        for x, step, n in (
            (108.701, 0.0007, 5),
            (108.7025, 0.0007, 5),
            (108.705, 0.0005, 7),
            (108.7065, 0.0005, 7),
        )
        for k in range(n)
    ]
    houses = gpd.GeoDataFrame(
        {"ref": [f"h{i:02d}" for i in range(len(rows))], "use": "residential", "households": 90},
        geometry=rows,
        crs="EPSG:4490",
    )
    import_frame(store, OPERATOR, "buildings", houses, source="test", actor="test", now=NOW)
    list(build_cells(store, OPERATOR, actor="test", now=NOW))
    list(draw_plans(store, OPERATOR, rules=RULES, time_limit_s=0.3, actor="test", now=NOW))
    put(store, DAY)
    with store.reading(OPERATOR) as unit:
        cells, grids = newest_cells(unit), read_grids(unit, as_of=DAY)
        alone = [read_cells(unit, code).cells for code in (WEST, EAST)]
        assert newest_cells(unit, codes=[EAST])["community_code"].unique().tolist() == [EAST]
    assert len(cells) == sum(len(some) for some in alone)
    assert not shapely.coverage_is_valid(pd.concat(alone).geometry.to_numpy()), "the case is no case"
    assert shapely.coverage_is_valid(cells.geometry.to_numpy())
    assert shapely.coverage_is_valid(grids.geometry.to_numpy())
    a, b = shapely.STRtree(grids.geometry.to_numpy()).query(grids.geometry.to_numpy(), predicate="touches")
    shared = (
        shapely.length(shapely.intersection(grids.geometry.to_numpy()[a], grids.geometry.to_numpy()[b])) > 0
    )
    place = grids["community_code"].to_numpy()
    assert (place[a[shared]] != place[b[shared]]).any()
    assert (grids["colour"].to_numpy()[a[shared]] != grids["colour"].to_numpy()[b[shared]]).all()


def test_a_published_colour_never_changes_and_new_neighbours_give_way(town: Store) -> None:
    first = adopt(town, (0, 2), (2, 4))
    put(town, DAY, plan_ids=[first])
    with town.reading(OPERATOR) as unit:
        west = read_grids(unit, as_of=DAY).set_index("code")["colour"]
    second = adopt(town, (4, 6), (6, 8), community=EAST)
    with town.writing(
        OPERATOR, actor="test", now=NOW
    ) as unit:  # the draft happens to look like its neighbour
        unit.execute(t.grids.update().where(t.grids.c.plan_id == second).values(colour=int(west.iloc[-1])))
    put(town, DAY, plan_ids=[second])
    with town.reading(OPERATOR) as unit:
        both = read_grids(unit, as_of=DAY).set_index("code")
    assert both["colour"][west.index].tolist() == west.tolist()
    shapes, colours = both.geometry.to_numpy(), both["colour"].to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="touches")
    edge = shapely.length(shapely.intersection(shapes[a], shapes[b])) > 0
    assert edge.any()
    assert (colours[a[edge]] != colours[b[edge]]).all()
