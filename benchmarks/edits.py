"""What one edit of a draft costs: a made-up community of square cells, a grid of them painted cell by cell and taken back, and
cut along lines.

    python benchmarks/edits.py [--cells 150 500 2000] [--edits 20]

Prints wall and processor time of an edit, of an undo and of a cut through 10 cells, medians in milliseconds, on an SQLite store in
a temporary folder. Every cut is taken back before the next.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely

from geo.plans.rules import profile
from layers.imports.imports import import_frame
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.cutting import Cut
from layers.plans.editing import edit, undo
from layers.plans.operations import Assign
from layers.rights.viewer import OPERATOR
from layers.store.database import Store

CODE, NOW, STEP_DEG = "999901001001", datetime(2026, 11, 29, tzinfo=UTC), 0.0005
ROWS = 10


def square(column: int, row: int, width: int = 1, height: int = 1, inset: float = 0.0) -> shapely.Polygon:
    """A box of whole cells, smaller by `inset` cells on every side."""
    return shapely.box(
        round(108.7 + (column + inset) * STEP_DEG, 9),
        round(34.3 + (row + inset) * STEP_DEG, 9),
        round(108.7 + (column + width - inset) * STEP_DEG, 9),
        round(34.3 + (row + height - inset) * STEP_DEG, 9),
    )


def settled(store: Store, cells: int, rows: int = ROWS) -> int:
    """A community of `rows` rows with a building of 30 households in every cell, in two grids; the draft's number."""
    columns = cells // rows
    places = [(column, row) for column in range(columns) for row in range(rows)]
    community = {"code": [CODE], "name": ["试验社区"], "kind": ["urban"]}
    buildings = {
        "ref": [f"b{column}-{row}" for column, row in places],
        "use": "residential",
        "levels": 6,
        "households": 30,
        "people": 90,
    }
    half = columns // 2
    grids = {"ref": ["g1", "g2"], "name": ["第一网格", "第二网格"], "kind": "base"}
    for layer, data, shapes in (
        ("communities", community, [square(0, 0, columns, rows)]),
        ("buildings", buildings, [square(column, row, inset=0.3) for column, row in places]),
    ):
        frame = gpd.GeoDataFrame(data, geometry=shapes, crs=4490)
        import_frame(store, OPERATOR, layer, frame, source="benchmark", actor="benchmark", now=NOW)
    list(build_cells(store, OPERATOR, actor="benchmark", now=NOW))
    drawn = gpd.GeoDataFrame(
        grids, geometry=[square(0, 0, half, rows), square(half, 0, columns - half, rows)], crs=4490
    )
    rules = profile("national")
    done = adopt_grids(store, OPERATOR, drawn, rules=rules, source="benchmark", actor="benchmark", now=NOW)
    return done.plan_ids[0]


def timed(what: Callable[[], Any]) -> tuple[float, float]:
    """Wall and processor milliseconds."""
    wall, processor = time.perf_counter(), time.process_time()
    what()
    return 1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - processor)


def measured(store: Store, cells: int, count: int) -> list[float]:
    """Medians of so many edits, of as many undos and of as many cuts: wall and processor milliseconds of each."""
    plan = settled(store, cells)
    done = []
    for number in range(count):
        stroke = Assign(buildings=(f"b{cells // ROWS // 2 + number // ROWS}-{number % ROWS}",), to="第一网格")
        done.append(timed(partial(edit, store, OPERATOR, plan, stroke, actor="benchmark", now=NOW)))
    taking_back = partial(undo, store, OPERATOR, plan, actor="benchmark", now=NOW)
    back = [timed(taking_back) for _ in range(count)]
    cuts = []
    for number in range(count):
        lon = 108.7 + (cells // ROWS // 4 + 0.02 * (number % 10) + 0.05) * STEP_DEG
        line = Cut("第一网格", ((lon, 34.2), (lon, 34.4)))
        cuts.append(timed(partial(edit, store, OPERATOR, plan, line, actor="benchmark", now=NOW)))
        taking_back()
    return [statistics.median(column) for pairs in (done, back, cuts) for column in zip(*pairs, strict=True)]


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cells", type=int, nargs="+", default=[150, 500, 2000])
    parser.add_argument("--edits", type=int, default=20)
    asked = parser.parse_args()
    heads = ("edit ms", "processor", "undo ms", "processor", "cut ms", "processor")
    print(f"{'cells':>6} " + " ".join(f"{head:>9}" for head in heads))
    for cells in asked.cells:
        with tempfile.TemporaryDirectory() as folder:
            store = Store.open(home=Path(folder))
            store.migrate()
            figures = measured(store, cells, asked.edits)
            store.close()
        print(f"{cells:>6} " + " ".join(f"{figure:9.0f}" for figure in figures))


if __name__ == "__main__":
    main()
