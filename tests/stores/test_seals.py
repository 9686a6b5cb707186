"""What is published cannot be changed in any way, on either store, through our connections or past them.

One community is published (plan 1, on cells 1), and has a draft (plan 2, on cells 2), against which the same
statements go through: so that it is the seal that refuses, and not a slip in the statement.
"""

# ruff: noqa: S608  statements made of our own words
from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import psycopg
import pytest
import shapely
import sqlalchemy as sa

from geo.errors import ConflictError
from layers.store import batch_tables as b
from layers.store import planning_tables as p
from layers.store import tables as t
from layers.store.database import Store
from layers.store.rows import insert_frame

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DAY = date(2026, 11, 22)
HERE = "999901001001"
SHAPE = shapely.box(108.7, 34.3, 108.8, 34.4)
SEALED = "a published plan cannot be changed"
CELLS = "cells that a plan uses"
CODES = "a code once published"
VERSIONS = "versions are never"
HISTORY = "history is append-only"
COMMUNITY = "a community with published plans"

GRID = "(plan_id, label, code, name, kind, households, households_estimated, cells, colour, geometry)"
CELL = "(cell_set_id, cell, kind, block, households, households_estimated, area_m2, geometry)"
PART = "(plan_id, level, label, part, building_ref, units, households, basis)"
UNIT = "(plan_id, level, label, sequence, rules, households, cells, grids, geometry)"

PLAN_WAYS = [
    "INSERT INTO assignments (plan_id, cell, label) VALUES ({plan}, 9, 0)",
    "UPDATE assignments SET label = 7 WHERE plan_id = {plan}",
    "DELETE FROM assignments WHERE plan_id = {plan}",
    f"INSERT INTO grids {GRID} SELECT {{plan}}, 5, 'x', name, kind, 1, households_estimated, 1, 1, geometry "
    "FROM grids WHERE plan_id = 1",
    "UPDATE grids SET name = 'x' WHERE plan_id = {plan}",
    "UPDATE grids SET reasons = '[]' WHERE plan_id = {plan}",
    "UPDATE grids SET geometry = (SELECT geometry FROM cells LIMIT 1) WHERE plan_id = {plan}",
    "DELETE FROM grids WHERE plan_id = {plan}",
    f"INSERT INTO level_units {UNIT} SELECT {{plan}}, 'branch', 0, 1, rules, 1, 1, 1, geometry "
    "FROM level_units WHERE plan_id = 1",
    "UPDATE level_units SET households = 7 WHERE plan_id = {plan}",
    "INSERT INTO level_cells (plan_id, level, cell, label) VALUES ({plan}, 'micro', 9, 0)",
    "UPDATE level_cells SET cell = 8 WHERE plan_id = {plan}",
    "DELETE FROM level_cells WHERE plan_id = {plan}",
    f"INSERT INTO level_parts {PART} SELECT {{plan}}, level, label, 9, building_ref, units, 1, basis "
    "FROM level_parts WHERE plan_id = 1",
    "UPDATE level_parts SET households = 7 WHERE plan_id = {plan}",
    "DELETE FROM level_parts WHERE plan_id = {plan}",
    "DELETE FROM level_units WHERE plan_id = {plan}",
    "DELETE FROM plans WHERE id = {plan}",
]
"""Against plan 1 refused, against plan 2 done; each from the same start."""
MOVES = [
    "UPDATE assignments SET plan_id = 1, cell = 5 WHERE plan_id = 2 AND cell = 0",
    "UPDATE assignments SET plan_id = 2, cell = 5 WHERE plan_id = 1 AND cell = 0",
    "UPDATE grids SET plan_id = 1, label = 5, code = 'y' WHERE plan_id = 2",
    "UPDATE level_cells SET plan_id = 1, cell = 5 WHERE plan_id = 2",
]
CELL_WAYS = [
    f"INSERT INTO cells {CELL} SELECT {{cells}}, 9, kind, 0, 1, households_estimated, 1, geometry "
    "FROM cells WHERE cell_set_id = 1 AND cell = 0",
    "UPDATE cells SET households = 7 WHERE cell_set_id = {cells}",
    "DELETE FROM cells WHERE cell_set_id = {cells}",
    "INSERT INTO cell_edges (cell_set_id, a, b, shared_m, barrier) "
    "SELECT {cells}, 1, 0, shared_m, barrier FROM cell_edges WHERE cell_set_id = 1",
    "UPDATE cell_edges SET shared_m = 7 WHERE cell_set_id = {cells}",
    "DELETE FROM cell_edges WHERE cell_set_id = {cells}",
]
"""Against cells 1 refused, against cells 3, which no plan uses, done."""
OTHERS = [
    ("UPDATE cell_sets SET actor = 'x'", CELLS),
    ("UPDATE register SET code = 'x'", CODES),
    ("UPDATE register SET valid_from = '2020-01-01'", CODES),
    ("DELETE FROM register", CODES),
    ("UPDATE publications SET actor = 'x'", VERSIONS),
    ("DELETE FROM publications WHERE id = 2", VERSIONS),
    ("UPDATE history SET actor = 'x'", HISTORY),
    ("DELETE FROM history", HISTORY),
    ("UPDATE batches SET actor = 'x'", HISTORY),
    ("DELETE FROM batches", HISTORY),
    ("UPDATE batch_rows SET after = 'x'", HISTORY),
    ("DELETE FROM batch_rows", HISTORY),
    (f"UPDATE communities SET code = '999901001009' WHERE code = '{HERE}'", COMMUNITY),
    (f"DELETE FROM communities WHERE code = '{HERE}'", COMMUNITY),
]
PLAN_ROW = "community_code, version, cell_set_id, state, origin, rules, score, notes, author, made_at FROM plans WHERE id = 2"
REPLACES = [
    (f"INSERT OR REPLACE INTO plans (id, community_code, version, cell_set_id, state, origin, rules, score, notes, "
     f"author, made_at) SELECT 1, community_code, 9, {PLAN_ROW.partition('version, ')[2]}", SEALED),
    (f"INSERT OR REPLACE INTO plans (community_code, version, cell_set_id, state, origin, rules, score, notes, "
     f"author, made_at) SELECT community_code, 1, {PLAN_ROW.partition('version, ')[2]}", SEALED),
    ("UPDATE OR REPLACE plans SET version = 1 WHERE id = 2", SEALED),
    ("UPDATE OR REPLACE plans SET id = 1 WHERE id = 2", SEALED),
    ("INSERT OR REPLACE INTO assignments VALUES (1, 0, 7)", SEALED),
    ("INSERT OR REPLACE INTO history (id, at, actor, action, detail) VALUES (1, '2026-01-01', 'x', 'x', '{}')", HISTORY),
    ("INSERT OR REPLACE INTO batches SELECT id, at, 'x', action, layer, source, reason, undoes, 1, 1, 1 FROM batches",
     HISTORY),
    ("INSERT OR REPLACE INTO batch_rows SELECT batch_id, layer, key, before, 'x' FROM batch_rows", HISTORY),
    ("INSERT OR REPLACE INTO publications (id, at, actor, valid_from) VALUES (1, '2026-01-01', 'x', '2026-01-01')",
     VERSIONS),
    (f"INSERT OR REPLACE INTO register (id, code, community_code, valid_from) VALUES (1, 'x', '{HERE}', '2026-01-01')",
     CODES),
    (f"INSERT OR REPLACE INTO register (code, community_code, valid_from) VALUES ('c', '{HERE}', '2026-01-01')", CODES),
    (f"INSERT OR REPLACE INTO cell_sets (id, community_code, made_at, actor, options, notes) VALUES "
     f"(1, '{HERE}', '2026-01-01', 'x', '{{}}', '[]')", CELLS),
    ("INSERT OR REPLACE INTO cell_edges VALUES (1, 0, 1, 9, 1)", CELLS),
]  # fmt: skip
INTO_TWO = "INSERT INTO assignments VALUES (2, 9, 0)"
TRUNCATED = [
    *((table, SEALED) for table in ("plans", "grids", "assignments", "level_units", "level_cells", "level_parts")),
    *((table, CELLS) for table in ("cells", "cell_edges", "cell_sets")),
    ("register", CODES), ("publications", VERSIONS), ("history", HISTORY),
    ("batches", HISTORY), ("batch_rows", HISTORY),
]  # fmt: skip


@pytest.fixture
def sealed(store: Store) -> Store:
    """The two plans; nothing more is needed to try the seals."""
    with store.begin() as conn:
        conn.execute(t.communities.insert().values(code=HERE, name="甲", source="t", geometry=SHAPE))
        for _ in range(2):
            conn.execute(t.publications.insert().values(at=NOW, actor="t", valid_from=DAY))
        conn.execute(t.history.insert().values(at=NOW, actor="t", action="publish", detail={}))
        deed = {"at": NOW, "actor": "t", "action": "import", "layer": "roads", "source": "t"}
        conn.execute(b.batches.insert().values(**deed, added=1, changed=0, ended=0))
        conn.execute(b.batch_rows.insert().values(batch_id=1, layer="roads", key="r", before=None, after="d"))
        conn.execute(t.register.insert().values(code="c", community_code=HERE, valid_from=DAY))
        for number in (1, 2, 3):
            conn.execute(
                t.cell_sets.insert().values(community_code=HERE, made_at=NOW, actor="t", options={}, notes=[])
            )
            cells = pd.DataFrame(
                {"cell": [0, 1], "kind": "building", "block": 0, "households": 1, "area_m2": 1.0}
            )
            cells = cells.assign(households_estimated=False, geometry=[SHAPE.buffer(1), SHAPE.buffer(2)])
            insert_frame(conn, t.cells, cells, cell_set_id=number)
            edge = pd.DataFrame({"a": [0], "b": [1], "shared_m": [1.0], "barrier": [False]})
            insert_frame(conn, t.cell_edges, edge, cell_set_id=number)
        for number in (1, 2):
            add_plan(conn, number)
        conn.execute(
            t.plans.update()
            .where(t.plans.c.id == 1)
            .values(state="published", valid_from=DAY, publication_id=1)
        )
    return store


def add_plan(conn: sa.Connection, number: int) -> None:
    plan = {
        "community_code": HERE,
        "version": number,
        "cell_set_id": number,
        "state": "draft",
        "origin": "partition",
    }
    more = {"rules": {"name": "r"}, "score": {}, "notes": [], "author": "t", "made_at": NOW}
    conn.execute(t.plans.insert().values(**plan, **more))
    grid = {
        "label": 0,
        "code": f"c{number}",
        "name": "一",
        "kind": "base",
        "households": 2,
        "cells": 2,
        "colour": 0,
    }
    conn.execute(t.grids.insert().values(plan_id=number, households_estimated=False, geometry=SHAPE, **grid))
    conn.execute(t.assignments.insert(), [{"plan_id": number, "cell": cell, "label": 0} for cell in (0, 1)])
    unit = {
        "level": "micro",
        "label": 0,
        "sequence": 1,
        "rules": "m",
        "households": 2,
        "cells": 2,
        "grids": 1,
    }
    conn.execute(p.level_units.insert().values(plan_id=number, geometry=SHAPE, **unit))
    conn.execute(p.level_cells.insert().values(plan_id=number, level="micro", cell=0, label=0))
    part = {"part": 1, "building_ref": "b", "units": ["1"], "households": 1, "basis": "even"}
    conn.execute(p.level_parts.insert().values(plan_id=number, level="micro", label=0, **part))


Attempt = Callable[[str], str | int]


@pytest.fixture(params=["ours", "past us"])
def attempt(request: pytest.FixtureRequest, sealed: Store) -> Iterator[Attempt]:
    """Runs a statement and takes it back: how many rows it changed, or why it was refused. Through the store, or by a
    connection that never heard of us and does what it can to get round the seals."""
    if request.param == "ours":
        yield lambda statement: _through(sealed, statement)
    elif sealed.dialect == "sqlite":
        with contextlib.closing(sqlite3.connect(str(sealed.engine.url.database))) as plain:
            yield lambda statement: _past(plain, statement)
    else:
        url = sealed.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url) as driver:
            driver.execute("SET session_replication_role = replica")
            driver.commit()
            yield lambda statement: _past(driver, statement)


class _TakenBackError(Exception):
    pass


def _take_back() -> None:
    raise _TakenBackError


def _through(store: Store, statement: str) -> str | int:
    changed = 0
    try:
        with store.begin() as conn:
            changed = conn.exec_driver_sql(statement).rowcount
            _take_back()
    except _TakenBackError:
        return changed
    except ConflictError as error:
        return str(error)


def _past(connection: Any, statement: str) -> str | int:
    try:
        return int(connection.execute(statement).rowcount)
    except (sqlite3.IntegrityError, psycopg.IntegrityError) as error:
        return str(error)
    finally:
        connection.rollback()


def not_refused(attempt: Attempt, ways: list[tuple[str, str]]) -> list[tuple[str, str | int]]:
    """The ways that went through, or were refused for another reason than the seal's."""
    found = [(way, attempt(way), words) for way, words in ways]
    return [(way, came) for way, came, words in found if not isinstance(came, str) or words not in came]


def test_a_published_plan_is_sealed_and_a_draft_is_not(attempt: Attempt) -> None:
    assert not_refused(attempt, [(way.format(plan=1), SEALED) for way in PLAN_WAYS]) == []
    done = {way: attempt(way.format(plan=2)) for way in PLAN_WAYS}
    assert {way: came for way, came in done.items() if not isinstance(came, int) or came < 1} == {}


def test_no_row_moves_into_or_out_of_a_published_plan(attempt: Attempt) -> None:
    assert not_refused(attempt, [(way, SEALED) for way in MOVES]) == []


def test_cells_of_a_plan_are_sealed_and_others_are_not(attempt: Attempt) -> None:
    assert not_refused(attempt, [(way.format(cells=1), CELLS) for way in CELL_WAYS]) == []
    done = {way: attempt(way.format(cells=3)) for way in CELL_WAYS}
    assert {way: came for way, came in done.items() if not isinstance(came, int) or came < 1} == {}


def test_codes_versions_communities_and_history_stay(attempt: Attempt) -> None:
    assert not_refused(attempt, OTHERS) == []


def test_nothing_is_replaced_emptied_or_merged_over(sealed: Store, attempt: Attempt) -> None:
    """By REPLACE on SQLite, by TRUNCATE on PostgreSQL, by an upsert on both."""
    upsert = "INSERT INTO assignments VALUES (1, 0, 7) ON CONFLICT (plan_id, cell) DO UPDATE SET label = 7"
    ways = (
        REPLACES
        if sealed.dialect == "sqlite"
        else [(f"TRUNCATE {table} CASCADE", words) for table, words in TRUNCATED]
    )
    assert not_refused(attempt, [*ways, (upsert, SEALED)]) == []


OTHER_VALUES: dict[str, Any] = {
    "id": 99, "community_code": "999901001002", "version": 9, "cell_set_id": 2, "base_plan_id": 2, "origin": "x",
    "rules": {"name": "other"}, "score": {"a": 1}, "notes": [["a", "b"]], "author": "x", "publication_id": 2,
    "made_at": datetime(2020, 1, 1, tzinfo=UTC), "valid_from": date(2020, 1, 1), "title": ["a", "b"], "request": "x",
    "revision": 9, "withdrawal_id": 2, "state": "draft", "step": 4,
}  # fmt: skip


def test_no_column_of_a_published_plan_changes(sealed: Store) -> None:
    """Every column there is: one that is added later fails here until it is sealed too."""
    with sealed.begin() as conn:
        conn.execute(
            t.communities.insert().values(code="999901001002", name="乙", source="t", geometry=SHAPE)
        )
    for column in [c.name for c in t.plans.c if c.name != "valid_to"]:
        change = t.plans.update().where(t.plans.c.id == 1).values({column: OTHER_VALUES[column]})
        with pytest.raises(ConflictError, match=SEALED), sealed.begin() as conn:
            conn.execute(change)


def test_a_published_plan_may_end_and_a_withdrawn_one_stays_as_it_is(sealed: Store) -> None:
    plan = t.plans.update().where(t.plans.c.id == 1)
    with sealed.begin() as conn:
        conn.execute(plan.values(valid_to=date(2027, 1, 1)))
        conn.execute(plan.values(state="retired", withdrawal_id=2, valid_to=DAY))
    for change in (
        {"valid_to": None},
        {"state": "published", "withdrawal_id": None},
        {"state": "draft"},
        {"version": 9},
    ):
        with pytest.raises(ConflictError, match=SEALED), sealed.begin() as conn:
            conn.execute(plan.values(change))
    with pytest.raises(ConflictError, match=SEALED), sealed.begin() as conn:
        conn.execute(t.assignments.insert().values(plan_id=1, cell=9, label=0))


def test_a_code_that_was_never_in_force_may_begin_on_another_day(sealed: Store) -> None:
    entry = t.register.update().where(t.register.c.code == "c")
    with sealed.begin() as conn:
        conn.execute(entry.values(valid_to=DAY))
        conn.execute(entry.values(valid_from=date(2027, 1, 1), valid_to=None))
    with pytest.raises(ConflictError, match=CODES), sealed.begin() as conn:
        conn.execute(entry.values(valid_from=DAY))


@pytest.mark.parametrize("store", ["postgis"], indirect=True)  # SQLite has one writer at a time
def test_a_plan_published_meanwhile_is_not_overlooked(sealed: Store) -> None:
    """On PostgreSQL a change of a draft waits for its publication, which is under way, and is refused by it."""
    url = sealed.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url) as publishing, psycopg.connect(url, autocommit=True) as changing:
        publishing.execute(
            "UPDATE plans SET state = 'published', valid_from = '2027-01-01', valid_to = '2027-01-01' WHERE id = 2"
        )
        changing.execute("SET lock_timeout = '200ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            changing.execute(INTO_TWO)
        publishing.commit()
        with pytest.raises(psycopg.IntegrityError, match=SEALED):
            changing.execute(INTO_TWO)
