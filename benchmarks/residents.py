"""A district's made-up residents in the store: made up, imported, matched, matched again; and where addresses led.

    python benchmarks/residents.py [--size small|district] [--people N] [--workers 1] [--postgis]

The store is a fresh SQLite file, or with --postgis a throw-away PostGIS. Right and wrong are counted against what the
made-up addresses truly mean (`layers.demo.residents`).
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent.parent))

from layers.demo.district import generate
from layers.demo.doors import door_frame
from layers.demo.residents import made_up_residents
from layers.demo.sizes import figures
from layers.imports.imports import import_frame
from layers.imports.lists import import_rows
from layers.people.resident_matches import match_residents
from layers.people.review import learn_name
from layers.rights.viewer import OPERATOR
from layers.runs.steps import executor
from layers.store.address_tables import matches, residents
from layers.store.database import Store
from layers.store.rows import read_table
from tests.conftest import Cluster

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@contextmanager
def fresh_store(*, postgis: bool) -> Iterator[Store]:
    """An empty, migrated store, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="wangge-bench-", dir="/tmp") as folder:
        if not postgis:
            store = Store.open(home=Path(folder))
            store.migrate()
            yield store
            store.close()
            return
        cluster = Cluster(Path(folder))
        cluster.start()
        try:
            store = Store.open(url=cluster.url("postgres"))
            store.migrate()
            yield store
            store.close()
        finally:
            cluster.stop()


def timed(what: str, call: Callable[[], Any]) -> Any:
    """Run, print how long it took and what it used of a processor, and give back what came of it."""
    began, used = time.perf_counter(), time.process_time()
    result = call()
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - used
    print(f"{what:28} {wall_s:7.1f} s, processor {cpu_s:5.1f} s")
    return result


def matched(store: Store, workers: int) -> dict[str, Any]:
    """Match what wants matching; the figures."""
    with executor(workers) as pool:
        steps = match_residents(store, OPERATOR, pool=pool if workers > 1 else None, actor="bench", now=NOW)
        return asdict(list(steps)[-1].figures)


def score(store: Store, frame: pd.DataFrame, truth: pd.DataFrame) -> None:
    """How many records were tied to the right building, to a wrong one, or left open."""
    with store.reading(OPERATOR) as unit:
        columns = residents.c.address, matches.c.status, matches.c.building_ref
        found = read_table(unit, sa.select(*columns).join(matches, matches.c.resident_ref == residents.c.ref))
    meant = frame.assign(truth=truth["building_ref"]).drop_duplicates("address").set_index("address")["truth"]
    true = found["address"].map(meant).astype(object)
    tied, sure = (found["status"] == "matched").to_numpy(), true.notna().to_numpy()
    right = tied & sure & (found["building_ref"].astype(object) == true).to_numpy()
    print(
        f"surely named: {sure.sum():,}; right {right.sum() / sure.sum():.2%}, wrong {(tied & sure & ~right).sum():,}"
    )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=["small", "district"], default="small")
    parser.add_argument("--people", type=int)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--postgis", action="store_true")
    asked = parser.parse_args()
    people = asked.people or figures(asked.size).people
    with fresh_store(postgis=asked.postgis) as store:
        frames = generate(asked.size).frames
        for layer in ("districts", "streets", "communities", "complexes", "buildings", "roads"):
            import_frame(store, OPERATOR, layer, frames[layer], source="bench", actor="test", now=NOW)
        plates = door_frame(frames["complexes"], frames["roads"])
        import_rows(store, OPERATOR, "aliases", plates, source="bench", now=NOW, actor="test")
        made = timed(f"make up {people:,}", lambda: made_up_residents(frames, plates, people=people, seed=1))
        timed(
            "import",
            lambda: import_rows(
                store, OPERATOR, "residents", made.frame, source="bench", now=NOW, actor="test"
            ),
        )
        print(timed(f"match, {asked.workers} process(es)", lambda: matched(store, asked.workers)))
        print(timed("match again, nothing changed", lambda: matched(store, 1))["looked_at"], "looked at")
        complex_ref = frames["complexes"]["ref"].iloc[0]
        learn_name(store, OPERATOR, complex_ref, "月亮湾", actor="bench", now=NOW)
        print(timed("match again, one new name", lambda: matched(store, 1))["looked_at"], "looked at")
        score(store, made.frame, made.truth)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{os.cpu_count()} cores, peak memory of this process {peak:.0f} MiB")


if __name__ == "__main__":
    main()
