"""Walking and siting on the made-up district beside other ways: the same answers, and what they take.

    python benchmarks/reach.py [--size district] [--runs 5]

Walking: metres from every station to every home by our network (scipy) beside a plain networkx search over the same graph,
osmnx's way (one ego graph a station). pandana 0.7 does not load beside numpy 2. Siting: maximal covering, set covering and p-median beside spopt.locate with HiGHS, on the same table of
metres. Medians of processor time, in milliseconds; objectives side by side.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import networkx as nx
import numpy as np
import shapely

from geo.reach.areas import lattice, walk_areas
from geo.reach.candidates import crossings
from geo.reach.figures import nearest_two
from geo.reach.models import Model
from geo.reach.siting import choose_sites
from geo.reach.streets import Streets, street_graph
from geo.reach.ties import tie_places
from geo.reach.walk import WalkNetwork, door_walk_m, node_walk_m, walk_network
from layers.demo.district import generate
from layers.reach.walks import homes_of

LIMIT_M = 15 * 60 * 1.1
NEW = 5
CANDIDATES = 120
MEDIAN_HOMES = 1_000
"""Every so-manieth home is asked about in the p-median, so that about so many are."""


def timed(work: Callable[[], Any], runs: int) -> tuple[Any, float]:
    """What `work` gives, and its median processor time in milliseconds."""
    took, done = [], None
    for _ in range(runs):
        began = time.process_time()
        done = work()
        took.append((time.process_time() - began) * 1000)
    return done, statistics.median(took)


def row(name: str, milliseconds: float, ours: float, more: str = "") -> None:
    """One line of the table."""
    print(f"| {name} | {milliseconds:,.0f} | {milliseconds / ours:,.1f} | {more} |")


def walking(streets: Streets, network: WalkNetwork, points: Any, runs: int) -> np.ndarray[Any, Any]:
    """Print the walking table; metres of every station to every home."""
    ties = tie_places(streets, points)
    door_m, ours = timed(
        lambda: door_walk_m(network, ties, node_walk_m(network, ties, limit_m=LIMIT_M), limit_m=LIMIT_M), runs
    )
    print("| way | ms | to ours | |\n|---|---|---|---|")
    row(
        "ours: all stations to all homes",
        ours,
        ours,
        f"{len(points)} stations, {door_m.shape[1]:,} homes, {network.nodes:,} nodes",
    )
    row(
        "of that the search over the network",
        timed(lambda: node_walk_m(network, ties, limit_m=LIMIT_M), runs)[1],
        ours,
    )
    row("ours: nearest and second nearest of these", timed(lambda: nearest_two(door_m), runs)[1], ours)
    squares, made = timed(lambda: lattice(streets, network), 1)
    row("lattice for areas, once", made, ours)
    node_m = node_walk_m(network, ties).min(axis=0)
    row(
        "areas of 5, 10 and 15 minutes",
        timed(lambda: walk_areas(streets, network, squares, node_m, [330.0, 660.0, 990.0]), runs)[1],
        ours,
    )
    graph = nx.from_scipy_sparse_array(network.graph, edge_attribute="metres")
    nodes = [int(network.a[i]) for i in np.linspace(0, len(network.a) - 1, len(points)).astype(int)]
    row(
        "networkx: one search a station, within the limit",
        timed(
            lambda: [
                nx.single_source_dijkstra_path_length(graph, n, cutoff=LIMIT_M, weight="metres")
                for n in nodes
            ],
            1,
        )[1],
        ours,
    )
    row(
        "osmnx's way: an ego graph a station",
        timed(lambda: [nx.ego_graph(graph, n, radius=LIMIT_M, distance="metres") for n in nodes], 1)[1],
        ours,
    )
    return np.asarray(door_m)


def siting(kept_m: Any, candidate_m: Any, households: Any, runs: int) -> None:
    """Print the siting table: ours beside spopt.locate on the same metres."""
    import pulp
    from spopt.locate import LSCP, MCLP, PMedian

    def solver() -> Any:
        return pulp.HiGHS(msg=False)

    def ours(model: Model, new: int, kept: Any) -> tuple[Any, float]:
        (found,), took = timed(
            lambda: choose_sites(
                kept, candidate_m, households, new=new, model=model, limit_m=LIMIT_M, time_limit_s=60.0
            ),
            runs,
        )
        return found, took

    none = np.empty((0, len(households)))
    walked = np.minimum(np.nan_to_num(candidate_m, posinf=LIMIT_M), LIMIT_M)
    cost = np.where(np.isfinite(candidate_m), candidate_m, 1e7).T
    reachable = (candidate_m <= LIMIT_M).any(axis=0)
    print("| problem | ours, ms | spopt, ms | ours | spopt | gap of ours |\n|---|---|---|---|---|---|")
    most, took = ours(Model.MOST, NEW, none)
    peer, theirs = timed(
        lambda: MCLP.from_cost_matrix(cost, households, LIMIT_M, p_facilities=NEW).solve(solver()), 1
    )
    line("maximal covering", took, theirs, most.objective, float(peer.problem.objective.value()), most.gap)
    some = slice(
        None, None, max(len(households) // MEDIAN_HOMES, 1)
    )  # all of them take spopt ten minutes and more
    (least,), took = timed(
        lambda: choose_sites(
            none[:, some],
            candidate_m[:, some],
            households[some],
            new=NEW,
            model=Model.LEAST_WALK,
            limit_m=LIMIT_M,
            time_limit_s=60.0,
        ),
        runs,
    )
    peer, theirs = timed(
        lambda: PMedian.from_cost_matrix(walked[:, some].T, households[some], p_facilities=NEW).solve(
            solver()
        ),
        1,
    )
    line(
        f"p-median, {len(households[some]):,} homes",
        took,
        theirs,
        least.objective,
        float(peer.problem.objective.value()),
        least.gap,
    )
    every, took = ours(Model.ALL, 1, none)
    peer, theirs = timed(lambda: LSCP.from_cost_matrix(cost[reachable], LIMIT_M).solve(solver()), 1)
    line("set covering", took, theirs, len(every.chosen), float(peer.problem.objective.value()), every.gap)
    both = ours(Model.MOST, NEW, kept_m)
    print(f"\nbeside {len(kept_m)} stations that stay: {both[1]:,.0f} ms, gap {both[0].gap:g}")


def line(name: str, ours: float, theirs: float, objective: float, other: float, gap: float) -> None:
    """One line of the siting table."""
    print(f"| {name} | {ours:,.0f} | {theirs:,.0f} | {objective:,.0f} | {other:,.0f} | {gap:g} |")


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="district", choices=("small", "district"))
    parser.add_argument("--runs", type=int, default=5)
    said = parser.parse_args()
    frames = generate(said.size).frames
    homes = homes_of(frames["buildings"])
    complexes = frames["complexes"]

    def network() -> tuple[Streets, WalkNetwork]:
        streets = street_graph(frames["roads"], water=frames["water"], complexes=complexes)
        place = {ref: number for number, ref in enumerate(complexes["ref"])}
        inside = np.array([place.get(ref, -1) for ref in homes["complex_ref"]], dtype=np.int64)
        doors = tie_places(streets, shapely.points(homes["lon"], homes["lat"]), complex_at=inside)
        return streets, walk_network(streets, doors)

    (streets, made), built = timed(network, 1)
    print(f"network of the {said.size}: {built / 1000:.2f} s\n")
    door_m = walking(streets, made, np.asarray(frames["stations"].geometry.array, dtype=object), said.runs)
    places = crossings(streets, made.doors.xy)
    places = places[np.linspace(0, len(places) - 1, min(CANDIDATES, len(places))).astype(int)]
    spots = streets.local.to_degrees(shapely.points(places))
    ties = tie_places(streets, spots)
    candidate_m = door_walk_m(made, ties, node_walk_m(made, ties))
    print()
    siting(door_m, candidate_m, homes["households"].to_numpy(dtype=np.float64), said.runs)


if __name__ == "__main__":
    main()
