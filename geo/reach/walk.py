"""Metres on foot from stations to doors, all at once, over the network that `geo.reach.streets` makes."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import shapely
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import dijkstra

from geo.errors import InputError
from geo.reach.linework import Floats, Ints
from geo.reach.streets import Streets
from geo.reach.ties import Ties

DEFAULT_SPEED_M_S = 1.1
"""Walking speed of most people; our choice, between published 1.0 and 1.2."""
ELDERLY_SPEED_M_S = 0.8
SLOWEST_M_S, FASTEST_M_S = 0.2, 2.5
OWN_PACE = r"[0-2]\.\d{1,2}|[12]"
"""How a pace of one's own is written: metres per second, two decimals at most."""
PROFILES = {"default": DEFAULT_SPEED_M_S, "elderly": ELDERLY_SPEED_M_S}
"""Metres per second by name of the profile."""


def speed_of(profile: str) -> float:
    """Metres per second of a profile, or of a pace of one's own written as a number of them. Raises `InputError` with the names
    there are, and for a pace nobody walks at.

    >>> speed_of("elderly"), speed_of("0.65")
    (0.8, 0.65)
    """
    if profile in PROFILES:
        return PROFILES[profile]
    own = float(profile) if re.fullmatch(OWN_PACE, profile) else 0.0
    if not SLOWEST_M_S <= own <= FASTEST_M_S:
        names = ", ".join(PROFILES)
        raise InputError(
            f"no walking profile {profile!r}; choose {names}, or a pace from {SLOWEST_M_S} to {FASTEST_M_S} m/s, such as 0.9",
            f"没有步行方案“{profile}”；可选：{names}，或自定步速 {SLOWEST_M_S}–{FASTEST_M_S} 米/秒，如 0.9",
        )
    return own


@dataclass(frozen=True, slots=True)
class WalkNetwork:
    """Streets split where doors reach them, ready to be searched. Made once per state of the streets and doors."""

    graph: csr_array
    """(n, n) metres between neighbouring nodes, both ways."""
    line: Ints
    """(e,) the street line each edge is a stretch of, ascending."""
    from_m: Floats
    """(e,) where the stretch begins along its line, ascending within a line."""
    to_m: Floats
    """(e,) where it ends."""
    a: Ints
    """(e,) node at its beginning."""
    b: Ints
    """(e,) node at its end."""
    doors: Ties
    """The ties of the doors the network was made for."""
    door_node: Ints
    """(t,) node of each of those ties."""

    @property
    def nodes(self) -> int:
        """How many nodes there are."""
        return int(self.graph.shape[0])


def walk_network(streets: Streets, doors: Ties) -> WalkNetwork:
    """The network of `streets` with a node wherever one of `doors` reaches it."""
    work = streets.work
    m = len(work.lines)
    total = _lengths(streets)
    spot = np.clip(np.round(doors.along_m, 3), 0.0, total[doors.line])
    line = np.concatenate([np.arange(m), np.arange(m), doors.line])
    along = np.concatenate([np.zeros(m), total, spot])
    order = np.lexsort((along, line))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (line[order][1:] != line[order][:-1]) | (along[order][1:] != along[order][:-1])
    stop_line, stop_m = line[order][new], along[order][new]
    stop = np.empty(len(order), dtype=np.int64)
    stop[order] = np.cumsum(new) - 1
    node = np.full(len(stop_line), -1, dtype=np.int64)
    node[stop[:m]], node[stop[m : 2 * m]] = work.start, work.end
    inner = np.flatnonzero(node < 0)
    node[inner] = work.junctions + np.arange(len(inner))
    edge = np.flatnonzero(stop_line[1:] == stop_line[:-1])
    a, b, metres = node[edge], node[edge + 1], stop_m[edge + 1] - stop_m[edge]
    count = work.junctions + len(inner)
    return WalkNetwork(
        _graph(a, b, metres, count),
        stop_line[edge],
        stop_m[edge],
        stop_m[edge + 1],
        a,
        b,
        doors,
        node[stop[2 * m :]],
    )


def _lengths(streets: Streets) -> Floats:
    return np.asarray(shapely.length(streets.work.lines), dtype=np.float64)


def _graph(a: Ints, b: Ints, metres: Floats, count: int) -> csr_array:
    """Both ways; of parallel stretches the shorter one."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    order = np.lexsort((metres, high, low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    keep = order[first]
    keep = keep[low[keep] != high[keep]]
    row, column = np.concatenate([low[keep], high[keep]]), np.concatenate([high[keep], low[keep]])
    # a length of exactly nothing would be no edge in a sparse matrix
    weight = np.maximum(np.tile(metres[keep], 2), 1e-9)
    return csr_array(coo_array((weight, (row, column)), shape=(count, count)))


def walk_m(network: WalkNetwork, stations: Ties, *, limit_m: float = np.inf) -> Floats:
    """(s, n) metres on foot from each station to each door; infinite beyond `limit_m` and where no way leads.

    Stations and doors of one complex also meet straight across its open ground. Distances are those of the shortest
    way, exact up to the millimetre the streets are kept to.
    """
    node_m = node_walk_m(network, stations, limit_m=limit_m)
    return door_walk_m(network, stations, node_m, limit_m=limit_m)


def node_walk_m(
    network: WalkNetwork, stations: Ties, *, limit_m: float = np.inf, nearest_only: bool = False
) -> Floats:
    """(s, nodes) metres from each station to each node; (nodes,) from the nearest with `nearest_only`."""
    count = len(stations.xy)
    graph = _with_stations(network, stations, count)
    found = dijkstra(
        graph,
        directed=True,
        indices=network.nodes + np.arange(count),
        limit=limit_m,
        min_only=nearest_only,
    )
    return np.asarray(found[..., : network.nodes], dtype=np.float64)


def door_walk_m(network: WalkNetwork, stations: Ties, node_m: Floats, *, limit_m: float = np.inf) -> Floats:
    """(s, n) metres to each door, given those to each node (s, nodes)."""
    doors = network.doors
    by_node = np.ascontiguousarray(node_m.T)
    through = by_node[network.door_node]
    through += doors.walk_m[:, None]
    starts = np.flatnonzero(
        np.diff(doors.place, prepend=-1)
    )  # every door has a way, and its ways follow each other
    found = np.minimum.reduceat(through, starts, axis=0).T if len(starts) else through.T
    station, door = _same_complex(stations, doors)
    straight = np.hypot(*(stations.xy[station] - doors.xy[door]).T)
    found[station, door] = np.minimum(found[station, door], straight)
    return found if np.isinf(limit_m) else np.where(found <= limit_m, found, np.inf)


def _same_complex(stations: Ties, doors: Ties) -> tuple[Ints, Ints]:
    pairs = [np.empty((2, 0), dtype=np.int64)]
    for at in np.unique(stations.complex[stations.complex >= 0]):
        mine, theirs = np.flatnonzero(stations.complex == at), np.flatnonzero(doors.complex == at)
        pairs.append(np.stack([np.repeat(mine, len(theirs)), np.tile(theirs, len(mine))]))
    station, door = np.concatenate(pairs, axis=1)
    return station, door


def _with_stations(network: WalkNetwork, stations: Ties, count: int) -> csr_array:
    """The graph with a node per station that leads into it, and never back: stations are no short cuts."""
    edge = stretch_at(network, stations.line, stations.along_m)
    row = np.tile(network.nodes + stations.place, 2)
    column = np.concatenate([network.a[edge], network.b[edge]])
    along = np.clip(stations.along_m, network.from_m[edge], network.to_m[edge])
    metres = np.concatenate([along - network.from_m[edge], network.to_m[edge] - along]) + np.tile(
        stations.walk_m, 2
    )
    base = network.graph.tocoo()
    size = network.nodes + count
    best = _least(row, column, np.maximum(metres, 1e-9))
    rows = np.concatenate([base.row, best[0]])
    columns = np.concatenate([base.col, best[1]])
    weights = np.concatenate([base.data, best[2]])
    return csr_array(coo_array((weights, (rows, columns)), shape=(size, size)))


def stretch_at(network: WalkNetwork, line: Ints, along_m: Floats) -> Ints:
    """(k,) the edge of `network` that holds each spot `along_m` metres along a street line."""
    longest = float(network.to_m.max(initial=0.0)) + 1.0
    found = (
        np.searchsorted(network.line * longest + network.from_m, line * longest + along_m, side="right") - 1
    )
    first = np.searchsorted(network.line, line, side="left")
    return np.asarray(np.maximum(found, first), dtype=np.int64)


def _least(row: Ints, column: Ints, metres: Floats) -> tuple[Ints, Ints, Floats]:
    """The shortest of several ways between the same two nodes; a matrix would add them up."""
    order = np.lexsort((metres, column, row))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (row[order][1:] != row[order][:-1]) | (column[order][1:] != column[order][:-1])
    keep = order[first]
    return row[keep], column[keep], metres[keep]
