"""What the map of grids says about the rules of the plans on it."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from api.answers.grids_map import draw_grids, shared_rules
from geo.plans.rules import Rules, profile
from layers.plans.drawing import draw_plans
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR, OfPeople, Purpose, Role, Viewer
from layers.store.database import Store
from tests.layers.town import DAY, NOW, WEST, settle
from tests.maps.pages.test_grids import data_of


def plans(*rules: Rules) -> pd.DataFrame:
    return pd.DataFrame({"rules": [one.to_dict() for one in rules]})


def test_one_band_of_sizes_only_where_all_plans_share_it() -> None:
    """Rules are known by what they say: a town may keep its own figures under a name others use too."""
    national = profile("national")
    own = replace(national, max_households=national.max_households + 50)
    assert shared_rules(plans(national, national)) == national
    assert shared_rules(plans(national, own)) is None
    assert shared_rules(plans(own, own)) == own
    assert shared_rules(plans()) is None


def test_what_stands_in_the_way_of_a_grid_is_the_offices(store: Store) -> None:
    settle(store)
    rules = replace(profile("national"), min_households=900, max_households=1000)
    (step,) = draw_plans(store, OPERATOR, codes=[WEST], rules=rules, time_limit_s=0.1, actor="t", now=NOW)
    assert step.figures is not None
    publish(store, OPERATOR, plan_ids=[step.figures.plan_id], valid_from=DAY, actor="t", now=NOW)
    why = "整个社区只有 800 户，不足下限 900 户；下限降至 800 户，或从相邻的东社区"
    for role, told in ((Role.LEADER, True), (Role.PUBLIC, False)):
        viewer = Viewer(role, (WEST,), Purpose.DISPLAY)
        page = draw_grids(store, viewer, communities=None, as_of=DAY, lang="zh")
        assert ("第一网格" in page, why in page) == (True, told)


def test_single_buildings_are_counted_for_those_who_may(store: Store) -> None:
    settle(store)
    for viewer, told in (
        (OPERATOR, {100}),
        (Viewer(Role.PLANNER, (WEST,), Purpose.PLANNING, OfPeople.BUILDING), {100}),
        (Viewer(Role.LEADER, (WEST,), Purpose.DISPLAY, OfPeople.COUNTS), {None}),
        (Viewer(Role.PUBLIC, (WEST,), Purpose.DISPLAY), {None}),
    ):
        data = data_of(draw_grids(store, viewer, communities=[WEST], as_of=DAY, lang="zh"))
        assert len(data["buildings"]["households"]) == 8
        assert set(data["buildings"]["households"]) == told
