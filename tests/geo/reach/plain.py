"""The same question as `geo.reach.walk` answers, asked of a plain graph by networkx: every line cut at every tie."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import shapely

from geo.reach.streets import Streets
from geo.reach.ties import Ties


def plain_search(streets: Streets, doors: Ties, stations: Ties) -> np.ndarray:
    """(s, n) metres from each station to each door. Nobody walks through a building or a station."""
    graph: nx.Graph = nx.Graph()
    spots: dict[int, set[float]] = {}
    for ties in (doors, stations):
        for line, along in zip(ties.line, ties.along_m, strict=True):
            spots.setdefault(int(line), set()).add(float(along))
    lengths = shapely.length(streets.work.lines)

    def node(line: int, along: float) -> object:
        if along <= 0.0005:
            return int(streets.work.start[line])
        return int(streets.work.end[line]) if along >= lengths[line] - 0.0005 else (line, along)

    for line in range(len(streets.work.lines)):
        for a, b in pairwise(sorted({0.0, float(lengths[line]), *spots.get(line, ())})):
            one, other = node(line, a), node(line, b)
            if one != other and (not graph.has_edge(one, other) or graph[one][other]["m"] > b - a):
                graph.add_edge(one, other, m=b - a)
    found = np.full((len(stations.xy), len(doors.xy)), np.inf)
    for station in range(len(stations.xy)):
        for tie in np.flatnonzero(stations.place == station):
            there = node(int(stations.line[tie]), float(stations.along_m[tie]))
            known = graph.get_edge_data("here", there, {"m": np.inf})["m"]
            graph.add_edge("here", there, m=min(known, float(stations.walk_m[tie])))
        metres = nx.single_source_dijkstra_path_length(graph, "here", weight="m")
        graph.remove_node("here")
        for tie in range(len(doors.place)):
            there = node(int(doors.line[tie]), float(doors.along_m[tie]))
            best = metres.get(there, np.inf) + float(doors.walk_m[tie])
            found[station, doors.place[tie]] = min(found[station, doors.place[tie]], best)
        for door in np.flatnonzero((doors.complex == stations.complex[station]) & (doors.complex >= 0)):
            straight = float(np.hypot(*(doors.xy[door] - stations.xy[station])))
            found[station, door] = min(found[station, door], straight)
    return found
