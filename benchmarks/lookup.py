"""Points to grids in process and in PostGIS, on the same made-up district: batches and single points.

python benchmarks/lookup.py [--size small|district]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parent.parent))

from geo.plans.rules import profile
from layers.demo.district import generate
from layers.imports.imports import import_frame
from layers.lookup.snapshots import load_index
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.plans import read_grids
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.store.database import Store
from tests.conftest import Cluster

DAY, NOW = date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC)


def prepare(store: Store, size: str) -> None:
    """Today's grids of the made-up district, published."""
    frames = generate(size, seed=2026).frames  # type: ignore[arg-type]
    for layer in ("communities", "complexes", "buildings", "roads", "water"):
        import_frame(store, OPERATOR, layer, frames[layer], source="demo", actor="test", now=NOW)
    list(build_cells(store, OPERATOR, actor="bench", now=NOW, workers=2))
    adopt_grids(
        store, OPERATOR, frames["grids"], rules=profile("national"), source="demo", actor="bench", now=NOW
    )
    publish(store, OPERATOR, valid_from=DAY, actor="bench", now=NOW)


def rate(call: Callable[[], object], count: int, *, rounds: int = 5) -> float:
    """Median of points a second over some rounds, after one that is not counted."""
    call()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return count / statistics.median(times)


def compare(store: Store) -> None:
    """Print points a second, ours and the peers', in one run."""
    index = load_index(store, OPERATOR)
    with store.reading(OPERATOR) as unit:
        grids = read_grids(unit, as_of=DAY)
    west, south, east, north = grids.total_bounds
    rng = np.random.default_rng(1)
    many = rng.uniform((west, south), (east, north), (200_000, 2))
    few = [(float(x), float(y)) for x, y in many[:500]]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(many[:, 0], many[:, 1]), crs=grids.crs)
    single = sa.text(
        "SELECT code FROM grids WHERE ST_Covers(geometry, ST_SetSRID(ST_MakePoint(:x, :y), 4490)) LIMIT 1"
    )
    with store.engine.connect() as unit:
        rows = {
            "index, one point at a time": rate(
                lambda: [index.locate(x, y, as_of=DAY) for x, y in few], len(few)
            ),
            "index, batch": rate(lambda: index.locate_many(many[:, 0], many[:, 1], as_of=DAY), len(many)),
            "geopandas sjoin, batch": rate(lambda: gpd.sjoin(points, grids, predicate="within"), len(many)),
            "PostGIS ST_Covers, one point at a time": rate(
                lambda: [unit.execute(single, {"x": x, "y": y}).first() for x, y in few], len(few)
            ),
        }
    print(f"{len(grids)} grids")
    for name, value in rows.items():
        print(f"{name:40} {value:12,.0f} points/s")


def main() -> None:
    """Make a throw-away PostGIS, fill it, compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", choices=["small", "district"], default="small")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wangge-pg-", dir="/tmp") as folder:
        cluster = Cluster(Path(folder))
        cluster.start()
        try:
            store = Store.open(url=cluster.url("postgres"))
            store.migrate()
            prepare(store, chosen.size)
            compare(store)
            store.close()
        finally:
            cluster.stop()


if __name__ == "__main__":
    main()
