"""Units of work: what a viewer sees and may write, what is recorded, which counters rise."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
import sqlalchemy as sa

from geo.errors import ConflictError, NotAllowedError, NotFoundError
from layers.lookup.snapshots import State, current_state
from layers.rights.viewer import NOBODY, OPERATOR, Purpose, Role, Viewer
from layers.store import account_tables as c
from layers.store import address_tables as a
from layers.store import batch_tables as b
from layers.store import chain
from layers.store import chain_tables as h
from layers.store import hook_tables as k
from layers.store import job_tables as j
from layers.store import planning_tables as p
from layers.store import procedure_tables as w
from layers.store import tables as t
from layers.store.belonging import BELONGING, PERSONAL, Open, Undivided
from layers.store.database import Store
from layers.store.state import COUNTERS
from layers.store.unit import Writing
from tests.layers import town

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
EVERYWHERE = Viewer(Role.PLANNER, ("",), Purpose.PLANNING)
IN_WEST = Viewer(Role.OPERATOR, (town.WEST,), Purpose.MAINTENANCE)
IN_EAST = Viewer(Role.OPERATOR, (town.EAST,), Purpose.MAINTENANCE)
STREET = Viewer(Role.OPERATOR, (town.WEST[:9],), Purpose.MAINTENANCE)
BEYOND = Viewer(Role.OPERATOR, ("110101",), Purpose.MAINTENANCE)


def fill(store: Store) -> None:
    """A row of every table for each of the two communities, and rows of none."""
    town.settle(store)
    shape = town.square(0, 0)
    with store.begin() as conn:
        for code, at in ((town.WEST, 1), (town.EAST, 2)):
            sets = sa.select(t.cell_sets.c.id).where(t.cell_sets.c.community_code == code)
            cell_set = conn.scalar(sets)
            plan = {"id": at, "community_code": code, "version": 1, "cell_set_id": cell_set, "state": "draft"}
            plan |= {
                "origin": "partition",
                "rules": {},
                "score": {},
                "notes": [],
                "author": "x",
                "made_at": NOW,
            }
            conn.execute(t.plans.insert().values(**plan))
            unit = {
                "plan_id": at,
                "label": 0,
                "households": 1,
                "cells": 1,
                "geometry": shape,
            }
            named = {"code": code + "001", "name": "一", "kind": "base", "colour": 0}
            conn.execute(t.grids.insert().values(**unit, **named, households_estimated=False))
            conn.execute(t.assignments.insert().values(plan_id=at, cell=0, label=0))
            conn.execute(p.level_units.insert().values(**unit, level="micro", sequence=1, rules="r", grids=1))
            conn.execute(p.level_cells.insert().values(plan_id=at, level="micro", cell=0, label=0))
            part = {"part": 1, "building_ref": "b", "units": ["1"], "households": 1, "basis": "even"}
            conn.execute(p.level_parts.insert().values(plan_id=at, level="micro", label=0, **part))
            step = {"number": 1, "after": 0, "operation": "lock", "said": {}, "change": {}, "codes": {}}
            conn.execute(p.edits.insert().values(plan_id=at, **step, actor="x", at=NOW))
            by = {"plan_id": at, "code": code + "001", "actor": "x", "at": NOW}
            conn.execute(w.plan_exceptions.insert().values(**by, rule="holes", reason="湖", approver="张"))
            conn.execute(w.grid_decisions.insert().values(**by, verdict="approve", ground="x"))
            heard = {"plan_id": at, "actor": "x", "at": NOW}
            days = {"first_day": town.DAY, "last_day": town.DAY}
            conn.execute(w.consultations.insert().values(**heard, **days, how="窗口", exemption="示意图"))
            conn.execute(w.plan_notes.insert().values(**heard, text="同意", said_on=town.DAY, geometry=shape))
            walked = {"grid_code": code + "001", "stretch": 1, "walked_by": "李", "walked_on": town.DAY}
            conn.execute(p.walks.insert().values(plan_id=at, **walked, actor="x", at=NOW, geometry=shape))
            conn.execute(p.net_areas.insert().values(net="police", ref=f"n{at}", source="x", geometry=shape))
            conn.execute(
                p.net_cells.insert().values(net="police", cell_set_id=cell_set, cell=0, ref=f"n{at}")
            )
            conn.execute(
                t.register.insert().values(code=code + "001", community_code=code, valid_from=town.DAY)
            )
            place = {"community_code": code, "source": "x", "geometry": shape}
            conn.execute(t.complexes.insert().values(ref=f"c{at}", name="园", aliases=[], **place))
            conn.execute(t.stations.insert().values(ref=f"s{at}", name="站", **place))
            resident = {"ref": f"r{at}", "household": f"h{at}", "address": "桂苑1号楼", "population": "owner"}
            conn.execute(a.residents.insert().values(**resident, people=1, centre=False, source="x"))
            match = {"resident_ref": f"r{at}", "status": "matched", "community_code": code, "unit": "1"}
            conn.execute(a.matches.insert().values(**match, confidence=1.0, gazetteer="g"))
            deed = {"at": NOW, "actor": "x", "action": "import", "layer": "buildings", "source": "x"}
            counts = {"added": 1, "changed": 0, "ended": 0}
            batch = conn.execute(
                b.batches.insert().values(**deed, **counts).returning(b.batches.c.id)
            ).scalar_one()
            conn.execute(b.batch_places.insert().values(batch_id=batch, place=code))
            kept = {"layer": "buildings", "key": f"b{at}", "before": {}}
            conn.execute(b.batch_rows.insert().values(batch_id=batch, **kept))
            gone = {"layer": "buildings", "key": f"b{at}", "ended_on": town.DAY, "reason": "拆", "row": {}}
            conn.execute(b.ended.insert().values(id=f"1-{at}", community_code=code, **gone))
            fact = {"community_code": code, "valid_from": town.DAY, "source": "x"}
            branch = {"id": f"o{at}", "kind": "branch", "ref": f"B{at}", "name": "支部"}
            conn.execute(h.organisations.insert().values(**branch, **fact))
            link = {"kind": "branch", "ref": f"B{at}", "to_kind": "grid", "to_ref": code + "001"}
            conn.execute(h.links.insert().values(id=f"l{at}", **link, **fact))
            post = {
                "title": "网格长",
                "place_kind": "grid",
                "place": code + "001",
                "holder": "李",
                "public": True,
            }
            conn.execute(h.posts.insert().values(id=f"p{at}", **post, **fact))
            load = {"name": "12345", "month": town.DAY, "spot": f"h{at}", "building_ref": "", "count": 1}
            conn.execute(h.loads.insert().values(**load, community_code=code))
            alias = {"kind": "name", "target": f"c{at}", "text": f"别名{at}", "author": "x", "at": NOW}
            conn.execute(a.aliases.insert().values(**alias, source="x"))
        lonely = {"ref": "r3", "household": "h3", "address": "无名路", "population": "owner"}
        conn.execute(a.residents.insert().values(**lonely, people=1, centre=False, source="x"))
        when = {"made_at": NOW, "ends_at": NOW + timedelta(days=1)}
        user = {"name": "li", "password_hash": "x", "must_change": True, "failures": 0, "locked": False}
        conn.execute(c.users.insert().values(id=1, made_at=NOW, made_by="x", **user))
        conn.execute(
            c.grants.insert().values(
                user_id=1, role="viewer", area="", of_people="nothing", purpose="display"
            )
        )
        conn.execute(c.sessions.insert().values(hash="x", user_id=1, seen_at=NOW, **when))
        conn.execute(c.tokens.insert().values(name="t", hash="x", rights=[], area=[], made_by="x", **when))
        conn.execute(c.choices.insert().values(name="notice", value="x", at=NOW, actor="x"))
        job = {"id": "j", "kind": "cells", "actor": "x", "viewer": {}, "wanted": {}, "lang": "zh"}
        job |= {"state": "done", "asked_at": NOW, "done": 0, "begun": 0, "told": []}
        conn.execute(j.jobs.insert().values(**job))
        hook = {
            "name": "x",
            "url": "https://x.example/",
            "area": [""],
            "networks": [],
            "key": "k1",
            "salt": "x",
        }
        hook |= {"cursor": "0", "made_at": NOW, "made_by": "x", "failures": 0, "halted": False}
        conn.execute(k.hooks.insert().values(**hook))
        chain.append(conn, store.keys, {"what": "look"}, now=NOW)
        conn.execute(a.gazetteers.insert().values(version="g", at=NOW, parts={}))
        conn.execute(t.publications.insert().values(at=NOW, actor="x", valid_from=town.DAY))
        for table, code in (
            (t.districts, town.WEST[:6]),
            (t.districts, "110101"),
            (t.streets, town.WEST[:9]),
        ):
            conn.execute(table.insert().values(code=code, name="域", source="x", geometry=shape))
        for table in (t.roads, t.water):
            more = {"road_class": "primary"} if table is t.roads else {}
            conn.execute(table.insert().values(ref="x1", source="x", geometry=shape, **more))


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    return store


def keys(store: Store, viewer: Viewer, table: sa.Table) -> set[tuple[object, ...]]:
    with store.reading(viewer) as unit:
        return {tuple(row) for row in unit.execute(sa.select(*table.primary_key.columns))}


def test_an_area_sees_its_own_rows_of_every_table(filled: Store) -> None:
    for name in BELONGING:
        table = t.metadata.tables[name]
        every, west, east, street, beyond = (
            keys(filled, who, table) for who in (OPERATOR, IN_WEST, IN_EAST, STREET, BEYOND)
        )
        assert every, f"the test needs rows of {name}"
        place = BELONGING[name].read
        if isinstance(place, Open):
            assert west == east == street == beyond == every, name
        elif isinstance(place, Undivided):
            assert west | east | street == set(), name
        elif name in ("districts", "streets"):
            assert west == east == street < every or name == "streets", name
            assert not beyond & west, name
        elif name.startswith("batch"):
            assert min(len(west), len(east)) > 0, name
            assert west & east == set(), name
            assert west | east < street <= every, "what touched both is for who sees both"
            assert not beyond, name
        else:
            assert min(len(west), len(east)) > 0, name
            assert west & east == set(), name
            assert west | east == street <= every, name
            assert not beyond, name


def test_narrowing_keeps_outer_joins_and_reaches_into_subqueries(filled: Store) -> None:
    with filled.reading(IN_WEST) as unit:
        joined = sa.select(t.buildings.c.ref, t.complexes.c.name).outerjoin(
            t.complexes, t.complexes.c.ref == "c2"
        )
        assert {name for _, name in unit.execute(joined)} == {None}
        assert len(unit.execute(joined).all()) == 8
        inner = sa.select(t.plans.c.cell_set_id)
        assert unit.scalar(sa.select(sa.func.count()).select_from(t.plans)) == 1
        asked = sa.select(sa.literal(1)).where(
            sa.exists().where(t.buildings.c.ref == "b70")  # in the east
        )
        assert unit.execute(asked).all() == []
        assert len(unit.execute(sa.select(t.cell_sets.c.id).where(t.cell_sets.c.id.in_(inner))).all()) == 1
        other = t.buildings.alias("other")
        assert unit.scalar(sa.select(sa.func.count()).select_from(other)) == 8
        frame = unit.frame(sa.select(t.buildings).order_by(t.buildings.c.ref))
        assert frame.geometry.is_valid.all()
        assert set(frame["community_code"]) == {town.WEST}


def test_a_table_nobody_declared_is_refused(filled: Store) -> None:
    new = sa.Table("new", sa.MetaData(), sa.Column("id", sa.Integer))
    for viewer in (OPERATOR, IN_WEST):
        with filled.reading(viewer) as unit, pytest.raises(LookupError, match="belonging"):
            unit.execute(sa.select(t.plans.c.id).where(t.plans.c.id.in_(sa.select(new.c.id))))
        with (
            filled.writing(viewer, actor="x", now=NOW) as unit,
            pytest.raises(LookupError, match="belonging"),
        ):
            unit.execute(new.insert().values(id=1))


def test_text_and_writes_do_not_go_through_a_unit_that_reads(filled: Store) -> None:
    with filled.reading(OPERATOR) as unit:
        for statement in (sa.text("SELECT 1"), t.plans.delete(), t.plans.update().values(author="y")):
            with pytest.raises(TypeError):
                unit.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(a.residents),
        sa.select(a.residents.c.ref).where(a.residents.c.address.contains("桂苑")),
        sa.select(a.matches.alias("m").c.room),
        sa.select(sa.func.count()).where(a.residents.c.ref.in_(sa.select(a.matches.c.unit))),
        sa.select(a.residents.c.ref).order_by(a.residents.c.members),
    ],
    ids=["all columns", "a condition", "an alias", "a subquery", "an order"],
)
def test_household_detail_is_for_those_who_may_and_leaves_a_trace(
    filled: Store, statement: sa.Select[*tuple[object, ...]]
) -> None:
    for role, purpose in ((Role.LEADER, Purpose.DISPLAY), (Role.OPERATOR, Purpose.LOOKUP)):
        viewer = Viewer(role, ("",), purpose)
        with (
            filled.writing(viewer, actor="x", now=NOW) as unit,
            pytest.raises(NotAllowedError, match="operator"),
        ):
            unit.execute(statement)
    with filled.reading(OPERATOR) as unit, pytest.raises(TypeError, match="recorded"):
        unit.execute(statement)
    with (
        pytest.raises(RuntimeError, match="call record"),
        filled.writing(OPERATOR, actor="x", now=NOW) as unit,
    ):
        unit.execute(statement)
    with filled.writing(OPERATOR, actor="x", now=NOW) as unit:
        unit.execute(statement)
        unit.record(action="read residents", detail={})
    with filled.reading(EVERYWHERE) as unit:  # figures tell of nobody
        assert unit.scalar(sa.select(sa.func.count(a.residents.c.household.distinct()))) == 3


def test_a_new_personal_column_is_thought_of() -> None:
    """Whoever adds a column to these tables decides whether it is personal, here and in the declaration."""
    plain = {
        "residents": {"ref", "household", "population", "people", "centre", "source", "batch_id"},
        "matches": {
            "resident_ref",
            "status",
            "level",
            "complex_ref",
            "building_ref",
            "community_code",
            "confidence",
        }
        | {
            "reason",
            "reason_zh",
            "candidates",
            "gazetteer",
            "decision",
            "decided_by",
            "decided_at",
            "revision",
        },
    }
    for name, columns in plain.items():
        assert set(t.metadata.tables[name].c.keys()) - PERSONAL[name] <= columns


def test_writes_stay_in_the_area(filled: Store) -> None:
    shape = town.square(0, 0)
    station = {"ref": "s9", "name": "站", "source": "x", "geometry": shape}
    with filled.writing(IN_WEST, actor="x", now=NOW) as unit:
        for code in (town.EAST, "110101001001", None):
            with pytest.raises(NotFoundError):
                unit.execute(t.stations.insert().values(**station, community_code=code))
        with pytest.raises(NotFoundError):
            unit.execute(
                t.assignments.insert(),
                [{"plan_id": 1, "cell": 1, "label": 0}, {"plan_id": 2, "cell": 1, "label": 0}],
            )
        with pytest.raises(NotFoundError):
            unit.insert_frame(t.assignments, pd.DataFrame({"cell": [1], "label": [0]}), plan_id=2)
        with pytest.raises(NotFoundError):
            unit.execute(t.stations.update().where(t.stations.c.ref == "s1").values(community_code=town.EAST))
        with pytest.raises(NotFoundError):
            unit.execute(
                a.aliases.insert().values(kind="name", target="c2", text="y", author="x", at=NOW, source="x")
            )
        for table in (t.roads, t.communities, t.districts, a.residents, a.gazetteers, p.net_areas):
            with pytest.raises(NotAllowedError):
                unit.execute(table.delete())
        assert unit.execute(t.stations.delete().where(t.stations.c.ref == "s2")).rowcount == 0
        assert unit.execute(t.assignments.update().values(label=5)).rowcount == 1
        unit.execute(t.stations.insert().values(**station, community_code=town.WEST))
        unit.execute(t.assignments.insert(), [{"plan_id": 1, "cell": 1, "label": 0}])
    assert ("s2",) in keys(filled, OPERATOR, t.stations)
    assert ("s9",) in keys(filled, IN_WEST, t.stations)


def test_a_key_of_somebody_else_is_not_overwritten(filled: Store) -> None:
    stations = pd.DataFrame(
        {"ref": ["s2"], "name": ["偷"], "community_code": [town.WEST], "geometry": [town.square(0, 0)]}
    )
    with filled.writing(IN_WEST, actor="x", now=NOW) as unit, pytest.raises(ConflictError, match="s2"):
        unit.upsert_frame(t.stations, stations, source="x")
    with filled.reading(OPERATOR) as unit:
        assert unit.scalar(sa.select(t.stations.c.name).where(t.stations.c.ref == "s2")) == "站"


def risen(store: Store, before: State) -> set[str]:
    now = current_state(store)._asdict()
    return {name for name, value in before._asdict().items() if now[name] != value}


def test_counters_rise_with_what_a_reader_can_see(filled: Store) -> None:
    deeds: dict[str, Callable[[Writing], object]] = {
        "ground": lambda unit: unit.execute(t.roads.delete()),
        "names": lambda unit: unit.execute(a.aliases.delete()),
        "people": lambda unit: unit.execute(a.matches.update().values(confidence=0.5)),
        "": lambda unit: unit.execute(t.plans.update().values(author="y")),
    }
    for counter, deed in deeds.items():
        before = current_state(filled)
        with filled.writing(OPERATOR, actor="x", now=NOW) as unit:
            deed(unit)
            unit.record(action="test", detail={})
        assert risen(filled, before) == ({counter} if counter else set())
    before = current_state(filled)
    with filled.writing(OPERATOR, actor="x", now=NOW) as unit:
        unit.raise_state("published", "published", "ground")
    after = current_state(filled)
    assert (after.published, after.ground) == (before.published + 1, before.ground + 1)
    with filled.writing(OPERATOR, actor="x", now=NOW) as unit, pytest.raises(LookupError):
        unit.raise_state("drafts")  # type: ignore[arg-type]


def test_a_deed_that_fails_raises_nothing(filled: Store) -> None:
    before = current_state(filled)

    def fail() -> None:
        with filled.writing(OPERATOR, actor="x", now=NOW) as unit:
            unit.execute(t.roads.delete())
            unit.record(action="test", detail={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert current_state(filled) == before
    assert ("x1",) in keys(filled, OPERATOR, t.roads)


def test_two_writers_lose_no_rise_and_hide_no_late_commit(filled: Store) -> None:
    """The one who commits last is noticed, whatever the order in which they began."""
    start = current_state(filled)
    began, release = threading.Event(), threading.Event()
    seen: list[State] = []

    def slow() -> None:
        with filled.writing(OPERATOR, actor="slow", now=NOW) as unit:
            unit.execute(t.roads.update().values(name="慢"))
            unit.record(action="import", detail={})
            began.set()
            assert release.wait(30)

    def quick() -> None:
        assert began.wait(30)
        if filled.dialect == "sqlite":
            release.set()  # one writer at a time: the quick one comes after
        with filled.writing(OPERATOR, actor="quick", now=NOW) as unit:
            unit.execute(t.water.update().values(name="快"))
            unit.record(action="import", detail={})
        seen.append(current_state(filled))
        release.set()

    threads = [threading.Thread(target=one) for one in (slow, quick)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert seen[0].ground > start.ground
    assert current_state(filled).ground == start.ground + 2
    if filled.dialect == "postgresql":
        assert current_state(filled) != seen[0]


def test_the_program_itself_sees_no_place(filled: Store) -> None:
    assert keys(filled, NOBODY, t.buildings) == set()
    assert len(keys(filled, NOBODY, t.state)) == len(COUNTERS)
