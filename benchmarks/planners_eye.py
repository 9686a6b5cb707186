"""What a planner sees at first sight: our grids and those that METIS and GerryChain make of the same cells.

    python benchmarks/planners_eye.py ../shared/plans/planners_eye.py --data ../shared/data --stores DIR [--towns small ...]

The measure is a file of its own, read in place. A town is a made-up demo or an extract of OpenStreetMap, brought from
nothing to published grids in a store of its own under DIR; a store that is there already is measured as it stands (look at
it with `WANGGE_HOME=DIR/TOWN wangge map grids`). Peers divide the very cells, with ten seconds a community; grids that stay
(exclusive ones) stay for them too. Prints a table in Markdown; `--worst N` writes the worst grids to DIR/TOWN-worst.txt.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from partition_peers import SOLVERS, Labels

from geo.partition.carve import subproblem
from geo.partition.problem.problem import Problem
from geo.plans.common_lines import with_common_corners
from geo.plans.outline import drawn_outline
from geo.plans.rules import profile
from layers.imports.imports import import_file
from layers.imports.osm import import_osm
from layers.imports.working import make_working_areas
from layers.plans.cells import build_cells, read_cells
from layers.plans.drawing import draw_plans
from layers.plans.plans import read_grids, read_labels, read_plans
from layers.plans.publishing import publish
from layers.rights.viewer import OPERATOR
from layers.runs.steps import Step
from layers.store.database import Store

NOW = datetime(2026, 11, 29, tzinfo=UTC)
DEMOS = ("small", "district")
PBF = ("monaco", "bayreuth_north", "finland_karhula", "helsinki_center")
GEOPACKAGES = {"shanghai_lujiazui": ("roads", "water", "residential", "buildings")}
LAYER_OF = {"residential": "complexes"}
PEERS = ("metis", "metis-by-length", "gerrychain")
LIMIT_S = 10.0

Measure = Callable[[gpd.GeoDataFrame], tuple[dict[str, Any], pd.DataFrame]]

FIGURES: tuple[tuple[str, str, str], ...] = (
    ("grids", "grids", ""),
    ("rings", "rings %", "≤ 0.5"),
    ("encloses_another", "base grids that enclose another %", "≤ 0.3"),
    ("fingers", "fingers %", "≤ 1"),
    ("necks", "necks %", "≤ 0.5"),
    ("ribbons", "ribbons %", "≤ 0.5"),
    ("compactness_below_025", "compactness below .25 %", "≤ 1"),
    ("compactness_p10", "compactness, 10 % quantile", "≥ .40"),
    ("within_300_500", "within 300–500 %", "≥ 93"),
    ("within_285_525", "within 285–525 %", "≥ 98"),
    ("district_valid", "one valid coverage", "yes"),
    ("vertices_per_100_m", "vertices per 100 m", "≤ 3"),
    ("colours_alike", "neighbours of one colour %", "0"),
)
"""Figure of the measure, its name in the table, the aim."""


def measure_of(file: Path) -> Measure:
    """The function `measure` of the file."""
    spec = importlib.util.spec_from_file_location("planners_eye_measure", file)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{file} is no Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found: Measure = module.measure
    return found


def settled(town: str, home: Path, data: Path) -> Store:
    """The store of a town with its grids published, made if it is not there."""
    there = (home / "wangge.db").exists()
    if not there and town in DEMOS:
        command = [str(Path(sys.executable).with_name("wangge")), "demo", "--size", town, "--residents", "0"]
        subprocess.run(command, check=True, env={**os.environ, "WANGGE_HOME": str(home)})
        there = True
    store = Store.open(home=home)
    if there:
        return store
    store.migrate()
    if town in PBF:
        import_osm(store, OPERATOR, data / "osm_raw" / f"{town}.osm.pbf", now=NOW, actor="bench")
    for table in GEOPACKAGES.get(town, ()):
        file = data / "osm" / f"{town}.gpkg"
        import_file(store, OPERATOR, LAYER_OF.get(table, table), file, table=table, now=NOW, actor="bench")
    make_working_areas(store, OPERATOR, actor="bench", now=NOW)
    drawn = draw_plans(
        store, OPERATOR, rules=profile("national"), time_limit_s=LIMIT_S, actor="bench", now=NOW
    )
    steps: Iterator[Step[Any]] = chain(build_cells(store, OPERATOR, actor="bench", now=NOW), drawn)
    for step in steps:
        if step.error:
            raise SystemExit(f"{step.name}: {step.error.en}")
    publish(store, OPERATOR, valid_from=NOW.date(), actor="bench", now=NOW)
    return store


def by_peer(store: Store, ours: gpd.GeoDataFrame, solver: str) -> tuple[gpd.GeoDataFrame | None, int]:
    """The grids a peer makes of the cells of ours, and for how many communities it had no plan at all in time."""
    made, none = [], 0
    with store.reading(OPERATOR) as unit:
        plans = read_plans(unit, plan_ids=sorted(set(ours["plan_id"].astype(int))))
        for plan in plans.itertuples():
            code = str(plan.community_code)
            stored = read_cells(unit, code, cell_set_id=int(plan.cell_set_id))
            labels = read_labels(unit, int(plan.id))
            kinds = ours[ours["plan_id"] == plan.id].set_index("label")["kind"]
            kept = np.isin(labels, kinds.index[kinds != "base"])
            problem = Problem.from_cells(stored.cells, stored.edges, profile("national"), name=code)
            drawn = _divided(subproblem(problem, np.flatnonzero(~kept)), solver)
            if drawn is None:
                none += 1
                continue
            labels = np.where(kept, labels + problem.n, -1)
            labels[~kept] = drawn
            households = stored.cells["households"].groupby(labels).sum()
            grids = drawn_outline(stored.cells, labels)
            made.append(
                grids.assign(
                    community_code=code,
                    kind=np.where(grids["label"] >= problem.n, "exclusive", "base"),
                    households=grids["label"].map(households),
                )
            )
    if not made:
        return None, none
    frame = gpd.GeoDataFrame(pd.concat(made, ignore_index=True), crs=ours.crs)
    shapes = with_common_corners(frame.geometry.to_numpy(), frame["community_code"].to_numpy(dtype=object))
    return frame.set_geometry(gpd.GeoSeries(shapes, frame.index, crs=ours.crs)), none


def _divided(problem: Problem, solver: str) -> Labels | None:
    if not len(problem.households):
        return np.zeros(0, np.int64)
    plans: list[Labels] = []
    try:
        SOLVERS[solver][1](problem, LIMIT_S, 1, lambda labels, _: plans.append(labels))
    except RuntimeError:
        return None
    return plans[-1]


def columns(
    towns: list[str], stores: Path, data: Path, measure: Measure, worst: int, peers: list[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """The figures of each town and solver, with a name."""
    for town in towns:
        store = settled(town, stores / town, data)
        with store.reading(OPERATOR) as unit:
            grids = read_grids(unit, as_of=date.max)
        figures, bad = measure(grids)
        if worst:
            (stores / f"{town}-worst.txt").write_text(bad.head(worst).to_string(), encoding="utf-8")
        yield f"{town}, wangge", figures
        for peer in peers:
            frame, none = by_peer(store, grids, peer)
            yield f"{town}, {peer}", {**({} if frame is None else measure(frame)[0]), "none": none}
        store.close()


def cell(name: str, value: Any) -> str:
    """A figure as the table shows it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value * 100:.1f}" if "%" in name and "quantile" not in name else f"{value:.2f}"


def main() -> None:
    """Measure the towns and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("measure", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--stores", type=Path, required=True)
    parser.add_argument("--towns", nargs="*", default=[*DEMOS, *GEOPACKAGES, *PBF])
    parser.add_argument("--peers", nargs="*", default=[*PEERS])
    parser.add_argument("--worst", type=int, default=0)
    chosen = parser.parse_args()
    measure = measure_of(chosen.measure)
    names = [name for _, name, _ in FIGURES]
    print("| town, solver | " + " | ".join(names) + " |")
    print("|---|" + "---|" * len(names))
    print("| aim | " + " | ".join(aim for _, _, aim in FIGURES) + " |", flush=True)
    for name, figures in columns(
        chosen.towns, chosen.stores, chosen.data, measure, chosen.worst, chosen.peers
    ):
        none = f" ({figures['none']} communities without a plan)" if figures.get("none") else ""
        row = " | ".join(cell(title, figures.get(figure)) for figure, title, _ in FIGURES)
        print(f"| {name}{none} | {row} |", flush=True)


if __name__ == "__main__":
    main()
