"""Who serves grids that a redraw changes: posts and organisations by old code, centre households as a count."""

from __future__ import annotations

from dataclasses import replace

from geo.plans.rules import profile
from layers.plans.adopting import adopt_grids
from layers.plans.differing import read_difference
from layers.plans.drafts import copy_plan
from layers.plans.editing import edit
from layers.plans.operations import Assign, Merge
from layers.plans.publishing import publish
from layers.plans.serving import Serving, read_serving
from layers.rights.viewer import OPERATOR
from layers.store.chain_tables import links, organisations, posts
from layers.store.database import Store
from tests.layers.town import DAY, NOW, WEST, drawn_grids, settle

RULES = replace(profile("national"), min_households=100, max_households=900)
ONE, TWO, THREE = (f"{WEST}00{number}" for number in (1, 2, 3))


def test_nobody_who_serves_is_forgotten(store: Store) -> None:
    settle(store)
    frame = drawn_grids((0, 1), (1, 1), (2, 2))
    (plan,) = adopt_grids(store, OPERATOR, frame, rules=RULES, source="t", actor="t", now=NOW).plan_ids
    publish(store, OPERATOR, plan_ids=[plan], valid_from=DAY, actor="t", now=NOW)
    fact = {"community_code": WEST, "valid_from": DAY, "source": "t"}
    held = {"place_kind": "grid", "holder": "李", "public": True}
    with store.writing(OPERATOR, actor="t", now=NOW) as unit:
        for number, (title, place) in enumerate((("网格长", ONE), ("网格员", TWO), ("网格员", THREE))):
            unit.execute(posts.insert().values(id=f"p{number}", title=title, place=place, **held, **fact))
        for kind, ref in (("branch", "B1"), ("centre", "C1")):
            unit.execute(
                organisations.insert().values(id=ref, kind=kind, ref=ref, name=f"第一{kind}", **fact)
            )
        bound = {"kind": "branch", "ref": "B1", "to_kind": "grid", "to_ref": ONE}
        home = {"kind": "centre", "ref": "C1", "to_kind": "building", "to_ref": "b00"}
        unit.execute(links.insert().values(id="l1", **bound, **fact))
        unit.execute(links.insert().values(id="l2", **home, **fact))
    with store.reading(OPERATOR) as unit:
        same = read_serving(unit, read_difference(unit, plan, other=plan))
    assert same == Serving((), 0)

    draft = copy_plan(store, OPERATOR, plan, actor="t", now=NOW)
    edit(store, OPERATOR, draft, Assign(to=THREE, buildings=("b00",)), actor="t", now=NOW)
    edit(store, OPERATOR, draft, Merge((ONE, TWO), into=TWO), actor="t", now=NOW)
    with store.reading(OPERATOR) as unit:
        found = read_serving(unit, read_difference(unit, draft))
    assert [(one.kind, one.name, one.code, one.ends) for one in found.rows] == [
        ("branch", "第一branch", ONE, True),
        ("post", "网格长", ONE, True),
        ("post", "网格员", TWO, False),
        ("post", "网格员", THREE, False),
    ]
    assert {found.rows[0].to, found.rows[2].to} == {(TWO, THREE), (TWO,)}
    assert found.centres == 1
