"""A change is noticed once, and only when it matters: drafts reload nothing, no publication is lost, nothing waits."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from api.http import published
from api.http.published import Published
from geo.plans.rules import profile
from layers.lookup.lookups import load_lookups
from layers.plans.adopting import adopt_grids
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from layers.store import tables as t
from layers.store.database import Store
from tests.layers import households, town

SYSTEM = Viewer(Role.SYSTEM, ("",), Purpose.LOOKUP)
POLL_S = 0.02
SOON_S = 60.0
SINCE = date(2026, 6, 1)
WEST, EAST = ((town.LON + x * town.STEP_DEG, town.LAT + 0.5 * town.STEP_DEG) for x in (0.5, 4.5))
PLAN_TABLES = {"grids", "buildings", "complexes", "communities", "aliases"}


def watching(store: Store, deeds: Callable[[Published], None], *, poll_s: float = POLL_S) -> Published:
    """A watcher that looks on while `deeds` happen in another thread, and once more after them."""

    async def run() -> Published:
        held = Published(store, SYSTEM, poll_s=poll_s, clock=lambda: town.NOW)
        await held.refresh()
        task = asyncio.create_task(held.watch())
        try:
            await asyncio.to_thread(deeds, held)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await held.refresh()
        return held

    with ThreadPoolExecutor(1) as aside:  # a browser's tests leave a loop running in the thread of the tests
        return aside.submit(lambda: asyncio.run(run())).result()


def until(what: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON_S
    while not what():
        assert time.monotonic() < deadline
        time.sleep(POLL_S)


def grid_at(held: Published, point: tuple[float, float]) -> str | None:
    return held.made(SYSTEM.area).index.locate(*point, as_of=town.DAY).grid_code


def draft(store: Store, *columns: tuple[int, int], community: str = town.WEST, actor: str = "t") -> list[int]:
    drawn = town.drawn_grids(*columns, community=community)
    rules = profile("national")
    return adopt_grids(store, OPERATOR, drawn, rules=rules, source="t", actor=actor, now=town.NOW).plan_ids


def again(store: Store, plan_id: int) -> None:
    """One more draft with the cells of `plan_id`, without the reading of outlines, which takes most of the time."""
    with store.writing(OPERATOR, actor="t", now=town.NOW) as unit:
        plan = dict(unit.execute(t.plans.select().where(t.plans.c.id == plan_id)).mappings().one())
        cells = (
            unit.execute(t.assignments.select().where(t.assignments.c.plan_id == plan_id)).mappings().all()
        )
        plan["version"] += plan.pop("id") + unit.execute(sa.select(sa.func.max(t.plans.c.id))).scalar_one()
        new = unit.execute(t.plans.insert().values(**plan).returning(t.plans.c.id)).scalar_one()
        unit.execute(t.assignments.insert(), [dict(cell) | {"plan_id": new} for cell in cells])
        unit.record(action="partition", detail={}, community_code=plan["community_code"], plan_id=new)


def test_two_hundred_drafts_reload_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    loads = []

    def counted(*args: Any, **more: Any) -> Any:
        found = load_lookups(*args, **more)
        if found is not more["held"]:
            loads.append(found)
        return found

    monkeypatch.setattr(published, "load_lookups", counted)
    households.settle(store)  # with two plans in force
    households.move_in(store)
    index = []

    def deeds(held: Published) -> None:
        index.append(held.made(SYSTEM.area).index)
        drawn = draft(store, (0, 2), (2, 2)) + draft(store, (0, 1), (1, 3))
        for number in range(198):
            again(store, drawn[number % 2])
        households.match(store)

    held = watching(store, deeds)
    assert held.made(SYSTEM.area).index is index[0]
    assert len(loads) == 1
    with store.reading(OPERATOR) as unit:
        assert unit.scalar(sa.select(sa.func.count()).select_from(t.plans)) == 202


def put_in_force(store: Store, plan_ids: list[int], actor: str) -> None:
    publish(store, OPERATOR, plan_ids=plan_ids, valid_from=SINCE, actor=actor, now=town.NOW)


def test_two_writers_lose_no_publication(store: Store) -> None:
    town.settle(store)
    places = {town.WEST: (0, 2), town.EAST: (4, 2)}
    drawn = {place: draft(store, at, community=place) for place, at in places.items()}
    points = dict(zip(places, (WEST, EAST), strict=True))

    def deeds(held: Published) -> None:
        started = threading.Barrier(2)

        def one(place: str) -> None:
            started.wait()
            put_in_force(store, drawn[place], place)

        writers = [threading.Thread(target=one, args=(place,)) for place in places]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        until(lambda: all(grid_at(held, at) == f"{place}001" for place, at in points.items()))

    watching(store, deeds)


def test_a_commit_that_comes_late_is_seen(store: Store) -> None:
    town.settle(store)
    west, east = draft(store, (0, 2)), draft(store, (4, 2), community=town.EAST)

    def deeds(held: Published) -> None:
        with store.writing(OPERATOR, actor="slow", now=town.NOW) as unit:
            # the row of the history has its number now, and is seen only after the other's
            unit.record(action="note", detail={}, community_code=town.WEST)
            if store.engine.dialect.name == "postgresql":
                put_in_force(store, east, "quick")
                until(lambda: grid_at(held, EAST) is not None)
            unit.execute(
                t.communities.update().where(t.communities.c.code == town.WEST).values(name="慢社区")
            )
        until(lambda: held.made(SYSTEM.area).index.locate(*WEST, as_of=town.DAY).community_name == "慢社区")
        put_in_force(store, west, "last")
        until(lambda: grid_at(held, WEST) is not None)

    watching(store, deeds)


def test_a_reload_reads_each_layer_once_and_off_the_loop(store: Store) -> None:
    town.settle(store)
    put_in_force(store, draft(store, (0, 2)), "t")
    read: Counter[str] = Counter()
    threads = set()

    @sa.event.listens_for(store.engine, "before_cursor_execute")
    def asked(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            threads.add(threading.get_ident())
            read.update(name for name in PLAN_TABLES if f"FROM {name}" in " ".join(statement.split()))

    load_lookups(store, SYSTEM, as_of=town.DAY)
    assert dict(read) == dict.fromkeys(PLAN_TABLES, 1)
    threads.clear()
    watching(store, lambda _held: None)
    assert threads
    assert threading.get_ident() not in threads
