"""Killed in the middle of an import, a publication, a row of the audit, and with the database itself: what was acknowledged is
there, nothing is there by half, the chain is whole, and the next one goes on."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from layers.accounts.audit import all_rows, verify
from layers.rights.viewer import OPERATOR
from layers.store import tables as t
from layers.store.batch_tables import batches
from layers.store.database import Store
from tests.conftest import ROOT, Cluster
from tests.layers import town
from tests.layers.deeds import HOUSES

PATIENCE_S = 120.0
KILLS = 4


class Writer:
    """The process and what it acknowledged."""

    def __init__(self, store: Store, first: int) -> None:
        url = store.engine.url
        assert store.keys.path is not None
        given = "" if store.dialect == "sqlite" else url.render_as_string(hide_password=False)
        command = [sys.executable, "-m", "tests.layers.deeds", given, str(store.keys.path.parent), str(first)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self.told: list[tuple[str, int]] = []
        self._hearing = threading.Thread(target=self._hear, daemon=True)
        self._hearing.start()

    def _hear(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            name, number = line.split()
            self.told.append((name, int(number)))

    def wait_for(self, deeds: int) -> None:
        """Until so many came back."""
        ends = time.monotonic() + PATIENCE_S
        while len(self.told) < deeds:
            assert time.monotonic() < ends
            assert self.process.poll() is None
            time.sleep(0.01)

    def end(self, how: Callable[[], None] | None = None) -> list[tuple[str, int]]:
        """Kill it, or have it die by what `how` does to it; what it had acknowledged."""
        (how or self.process.kill)()
        try:
            self.process.wait(PATIENCE_S)
        finally:
            self.process.kill()
            self.process.wait()
        self._hearing.join(PATIENCE_S)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.told


def require_whole(store: Store, told: list[tuple[str, int]]) -> None:
    """Every deed is there or is not, and those that were acknowledged are."""
    number = {name: {n for what, n in told if what == name} for name in ("import", "publish", "audit")}
    with store.reading(OPERATOR) as unit:
        houses = sa.select(t.buildings.c.source, sa.func.count()).group_by(t.buildings.c.source)
        loaded = {source: int(n) for source, n in unit.execute(houses) if source.startswith("deed")}
        kept = set(unit.scalars(sa.select(batches.c.source).where(batches.c.layer == "buildings")))
        published = sa.select(t.plans.c.id, t.plans.c.publication_id).where(t.plans.c.state == "published")
        versions = {int(row.publication_id): int(row.id) for row in unit.execute(published)}
        numbered = set(unit.scalars(sa.select(t.publications.c.id)))
        said = sa.select(t.history.c.plan_id).where(t.history.c.action == "publish")
        history = sorted(map(int, unit.scalars(said)))
        unregistered = sa.select(sa.func.count()).where(
            t.grids.c.plan_id.in_(list(versions.values())), t.grids.c.register_id.is_(None)
        )
        loose = unit.scalar(unregistered)
        open_ends = unit.scalar(
            sa.select(sa.func.count()).where(t.plans.c.state == "published", t.plans.c.valid_to.is_(None))
        )
        counter = unit.scalar(sa.select(t.state.c.value).where(t.state.c.name == "published"))
    assert set(loaded.values()) <= {HOUSES}, "an import is whole or not there"
    assert loaded.keys() == {source for source in kept if source.startswith("deed")}, "and so is its batch"
    assert {f"deed{n}" for n in number["import"]} <= loaded.keys(), "what was acknowledged is there"
    assert (versions.keys(), loose) == (numbered, 0), "no version without its plan, no grid without its code"
    assert history == sorted(versions.values())
    assert counter == len(versions), "whoever watches the counter hears of each"
    assert open_ends == (1 if versions else 0), "one plan goes on without an end"
    assert len(number["publish"]) <= len(versions)
    assert verify(store).faults == ()
    audited = " ".join(all_rows(store)["said"])
    assert all(f'"number": {n}}}' in audited for n in number["audit"])


def settled(store: Store) -> Store:
    town.settle(store)
    return store


def test_a_writer_that_is_killed_at_any_moment_leaves_nothing_half_done(store: Store) -> None:
    settled(store)
    dice, first, told = random.Random(20261130), 1, []
    for _ in range(KILLS):
        writer = Writer(store, first)
        writer.wait_for(dice.randint(1, 3))
        time.sleep(dice.uniform(0.0, 1.5))
        told += writer.end()
        require_whole(store, told)
        first = max(n for _, n in told) + 2


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A database server of this test's own, which it may kill."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-pg-", dir="/tmp"))  # a socket needs a short path
    cluster = Cluster(folder)
    try:
        cluster.start()
        yield cluster
        cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def test_a_database_that_is_killed_leaves_nothing_half_done(own_cluster: Cluster, tmp_path: Path) -> None:
    own_cluster.run("createdb", "-h", str(own_cluster.folder), "-U", "postgres", "deeds")
    store = Store.open(url=own_cluster.url("deeds"), home=tmp_path)
    store.migrate()
    settled(store)
    writer = Writer(store, 1)
    writer.wait_for(2)
    data = str(own_cluster.folder / "data")
    log = str(own_cluster.folder / "log")
    told = writer.end(
        lambda: own_cluster.run("pg_ctl", "-D", data, "-m", "immediate", "-l", log, "-w", "restart")
    )
    assert writer.process.returncode != 0
    store.engine.dispose()
    require_whole(store, told)
    store.close()
