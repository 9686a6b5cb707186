"""Levels of stored plans on both stores.

West has four columns of two cells, 100 households a cell: grids are drawn as strips of columns.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from geo.errors import EmptyLayerError, NotFoundError
from geo.plans.levels import Level
from geo.plans.rules import profile
from layers.plans.adopting import adopt_grids
from layers.plans.checking import check_plans
from layers.plans.level_units import read_level, torn_units
from layers.plans.levels import Leveled, draw_level
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.runs.steps import Step
from layers.store import tables as t
from layers.store.database import Store
from tests.layers.town import DAY, NOW, WEST, drawn_grids, settle

HUNDREDS = replace(profile("micro"), min_households=100, max_households=200)
FOURS = replace(profile("branch"), min_households=300, max_households=400)


@pytest.fixture
def town(store: Store) -> Store:
    settle(store)
    return store


def adopt(store: Store, *columns: tuple[int, int]) -> int:
    frame = drawn_grids(*columns)
    return adopt_grids(
        store, OPERATOR, frame, rules=profile("national"), source="t", actor="t", now=NOW
    ).plan_ids[0]


def draw(store: Store, level: Level, **options: object) -> list[Step[Leveled]]:
    rules = HUNDREDS if level.inside else FOURS
    more = {"time_limit_s": 0.2, "rules": rules} | options
    return list(draw_level(store, OPERATOR, level=level, actor="t", now=NOW, **more))  # type: ignore[arg-type]


def test_micro_grids_lie_in_grids_and_are_coded_after_them(town: Store) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    (step,) = draw(town, Level.MICRO)
    assert (step.figures.plan_id, step.figures.units, step.figures.outside) == (plan, 4, 0)
    with town.reading(OPERATOR) as unit:
        units = read_level(unit, level=Level.MICRO, plan_ids=[plan])
        assert torn_units(unit, plan) == []
    assert units["code"].tolist() == [f"{WEST}00{grid}0{n}" for grid in (1, 2) for n in (1, 2)]
    assert units["name"].tolist() == ["第一微网格", "第二微网格"] * 2
    assert units["households"].tolist() == [200] * 4
    assert units["people"].tolist() == [600] * 4
    assert units["grid_code"].tolist() == [f"{WEST}001"] * 2 + [f"{WEST}002"] * 2


def test_branches_hold_whole_grids_and_levels_live_side_by_side(town: Store) -> None:
    plan = adopt(town, (0, 1), (1, 1), (2, 1), (3, 1))
    draw(town, Level.BRANCH)
    draw(town, Level.GROUP)
    with town.reading(OPERATOR) as unit:
        branches = read_level(unit, level=Level.BRANCH, plan_ids=[plan])
        groups = read_level(unit, level=Level.GROUP, plan_ids=[plan])
    assert branches["code"].tolist() == [f"{WEST}B01", f"{WEST}B02"]
    assert branches["grids"].tolist() == [2, 2]
    assert branches["name"].tolist() == ["第一网格党支部", "第二网格党支部"]
    assert groups["code"].str[-3:].tolist() == ["D01"] * 4


def test_drawing_again_replaces_and_publishing_seals_levels(town: Store) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    draw(town, Level.MICRO)
    draw(town, Level.MICRO, rules=replace(HUNDREDS, max_households=400), plan_ids=[plan])
    publish(town, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    (step,) = draw(town, Level.MICRO, plan_ids=[plan])
    assert step.error is not None
    assert "wangge plan copy" in step.error.en
    with town.reading(OPERATOR) as unit:
        assert len(read_level(unit, level=Level.MICRO, plan_ids=[plan])) == 2


def test_units_torn_by_an_edit_are_found(town: Store) -> None:
    plan = adopt(town, (0, 2), (2, 2))
    draw(town, Level.MICRO)
    with town.writing(OPERATOR, actor="test", now=NOW) as unit:
        moved = sa.and_(t.assignments.c.plan_id == plan, t.assignments.c.cell == 0)
        old = unit.scalar(sa.select(t.assignments.c.label).where(moved))
        unit.execute(t.assignments.update().where(moved).values(label=1 - old))
        assert len(torn_units(unit, plan)) == 1
    found = check_plans(town, OPERATOR, today=DAY, plan_ids=[plan])
    assert found.loc[found["rule"] == "level-torn", "severity"].tolist() == ["warning"]


def test_no_plan_is_told(town: Store) -> None:
    with pytest.raises(EmptyLayerError, match="wangge partition"):
        draw(town, Level.MICRO)
    with pytest.raises(NotFoundError):
        draw(town, Level.MICRO, plan_ids=[77])
