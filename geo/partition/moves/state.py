"""A plan of one part on the way: labels and the running figures of every grid, kept up to date move by move.

The cost of a plan is additive over its grids, so a move is judged by the two grids it touches.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.field import Field
from geo.partition.moves.form import flaws, miss_price, shape_price
from geo.partition.moves.kernels import below, compiled

HOUSEHOLDS, PEOPLE, MASS, MASS_X, MASS_Y, MASS_SQ, EDGES, PIECES, MOVED, CELLS, OUTLINE, AREA, FLAWS = range(
    13
)
"""Columns of the figures: sums over the grid; EDGES, PIECES, MOVED and FLAWS are already prices. FLAWS is what it was
when the figures were last made anew, or when `find_flaws` was last asked."""
COLUMNS = 13


class State(NamedTuple):
    """Labels 0 to k - 1 of n cells, and what the k grids hold."""

    labels: NDArray[np.int64]
    """(n,)"""
    figures: NDArray[np.float64]
    """(k, COLUMNS)"""
    held: NDArray[np.float64]
    """(k, complexes) households of each complex."""
    travel: NDArray[np.float64]
    """(k, n) what reaching all of a grid from each cell costs; (k, 0) where there are no distances."""
    match: NDArray[np.int64]
    """(k, nets) the grid of each existing net that a grid stands for, -1 for none."""


def new_state(field: Field, labels: NDArray[np.int64], *, spare: int = 0) -> State:
    """The state of a plan given by the grid of each cell, with room for `spare` more grids. Grids are matched to the
    existing nets greedily."""
    k = int(labels.max()) + 1 + spare
    state = State(
        labels.astype(np.int64),
        np.zeros((k, COLUMNS)),
        np.zeros((k, len(field.complex_size))),
        np.zeros((k, len(field.distance))),
        match_nets(field, labels, k),
    )
    tally(field, state)
    return state


@compiled
def match_nets(field: Field, labels: NDArray[np.int64], k: int) -> NDArray[np.int64]:
    """(k, nets) one old grid for each new one and no old one twice, the largest overlaps of households first."""
    nets = field.nets
    match = np.full((k, len(nets)), -1, np.int64)
    for q in range(len(nets)):
        olds = 0
        for old in nets[q]:
            olds = max(olds, old + 1)
        overlap = np.zeros((k, olds))
        for v in range(len(labels)):
            if nets[q, v] >= 0:
                overlap[labels[v], nets[q, v]] += field.households[v] + 1e-6
        for _ in range(min(k, olds)):
            best, g, old = 0.0, -1, -1
            for i in range(k):
                for j in range(olds):
                    if overlap[i, j] > best:
                        best, g, old = overlap[i, j], i, j
            if g < 0:
                break
            match[g, q] = old
            overlap[g, :] = 0.0
            overlap[:, old] = 0.0
    return match


@compiled
def moved_price(field: Field, state: State, v: int, g: int) -> float:
    """Price of the households of cell `v` for every net whose grid `g` does not stand for."""
    price = 0.0
    for q in range(len(field.nets)):
        if field.nets[q, v] >= 0 and field.nets[q, v] != state.match[g, q]:
            price += field.net_price[q]
    return float(price * field.households[v])


@compiled
def piece_price(field: Field, complex_: int, households: float) -> float:
    """Price of holding `households` of a complex: nothing for none or all, so k pieces cost (k - 1) prices together."""
    if households <= 0:
        return 0.0
    return float(field.complex_price[complex_] * (1.0 - households / field.complex_size[complex_]))


@compiled
def tally(field: Field, state: State) -> None:
    """Make the figures anew from the labels."""
    figures, held, labels = state.figures, state.held, state.labels
    figures[:] = 0.0
    held[:] = 0.0
    state.travel[:] = 0.0
    for v in range(len(labels)):
        g = labels[v]
        _add(field, state, v, g, 1.0)
        if field.complex_of[v] >= 0:
            held[g, field.complex_of[v]] += field.households[v]
        for e in range(field.indptr[v], field.indptr[v + 1]):
            figures[g, EDGES] += field.inside[e] if labels[field.indices[e]] == g else field.cut[e]
            if labels[field.indices[e]] != g:
                figures[g, OUTLINE] += field.shared[e]
    for g in range(len(figures)):
        for c in range(held.shape[1]):
            figures[g, PIECES] += piece_price(field, c, held[g, c])
    find_flaws(field, state, np.arange(len(figures)))


@compiled
def find_flaws(field: Field, state: State, grids: NDArray[np.int64]) -> None:
    """Make the FLAWS of `grids`, by label, anew."""
    if field.flaw_price == 0.0:
        return
    labels = state.labels
    order = np.argsort(labels, kind="mergesort")
    ends = np.searchsorted(labels[order], np.arange(len(state.figures) + 1))
    queue = np.empty(len(field.around_ptr) - 1, np.int64)
    mark = np.zeros(len(field.around_ptr) - 1, np.int64)
    stamp = 1
    for g in grids:
        cells = order[ends[g] : ends[g + 1]]
        state.figures[g, FLAWS] = field.flaw_price * flaws(field, labels, g, cells, queue, mark, stamp)
        stamp += len(cells) + 4


@compiled
def _add(field: Field, state: State, v: int, g: int, sign: float) -> None:
    """Add (`sign` 1) or take away (-1) the cell's own sums: all but EDGES and PIECES."""
    row = state.figures[g]
    m, x, y = sign * field.mass[v], field.x[v], field.y[v]
    row[HOUSEHOLDS] += sign * field.households[v]
    row[PEOPLE] += sign * field.people[v]
    row[MASS] += m
    row[MASS_X] += m * x
    row[MASS_Y] += m * y
    row[MASS_SQ] += m * (x * x + y * y)
    row[CELLS] += sign
    row[OUTLINE] += sign * field.rim[v]
    row[AREA] += sign * field.area[v]
    if len(field.nets):
        row[MOVED] += sign * moved_price(field, state, v, g)
    for i in range(len(field.distance)):
        state.travel[g, i] += sign * field.distance[v, i]


@compiled
def edge_changes(
    field: Field, labels: NDArray[np.int64], v: int, g: int, h: int
) -> tuple[float, float, float, float]:
    """What moving cell `v` from grid `g` to `h` adds to the EDGES of both, and to their OUTLINE but for its rim."""
    from_g, to_h, outline_g, outline_h = 0.0, 0.0, 0.0, 0.0
    for e in range(field.indptr[v], field.indptr[v + 1]):
        other = labels[field.indices[e]]
        if other == g:
            from_g += field.cut[e] - 2 * field.inside[e]
            to_h += field.cut[e]
            outline_g += field.shared[e]
            outline_h += field.shared[e]
        elif other == h:
            from_g -= field.cut[e]
            to_h += 2 * field.inside[e] - field.cut[e]
            outline_g -= field.shared[e]
            outline_h -= field.shared[e]
        else:
            from_g -= field.cut[e]
            to_h += field.cut[e]
            outline_g -= field.shared[e]
            outline_h += field.shared[e]
    return from_g, to_h, outline_g, outline_h


@compiled
def shift(field: Field, state: State, v: int, h: int) -> None:
    """Move cell `v` into grid `h`: labels and figures follow."""
    g = state.labels[v]
    from_g, to_h, outline_g, outline_h = edge_changes(field, state.labels, v, g, h)
    state.figures[g, EDGES] += from_g
    state.figures[h, EDGES] += to_h
    state.figures[g, OUTLINE] += outline_g
    state.figures[h, OUTLINE] += outline_h
    c, w = field.complex_of[v], field.households[v]
    if c >= 0 and w > 0:
        held = state.held
        state.figures[g, PIECES] += piece_price(field, c, held[g, c] - w) - piece_price(field, c, held[g, c])
        state.figures[h, PIECES] += piece_price(field, c, held[h, c] + w) - piece_price(field, c, held[h, c])
        held[g, c] -= w
        held[h, c] += w
    _add(field, state, v, g, -1.0)
    _add(field, state, v, h, 1.0)
    state.labels[v] = h


@compiled
def inertia(mass: float, x: float, y: float, square: float) -> float:
    """Moment of inertia around the mean point from sums; nothing for no mass."""
    if mass <= 1e-15:
        return 0.0
    return max(0.0, square - (x * x + y * y) / mass)


@compiled
def outside(field: Field, households: float, people: float) -> float:
    """Households outside the bounds; people above theirs count as the households they would fill."""
    missing = max(0.0, households - field.hi) + max(0.0, field.lo - households)
    if people > field.most_people:
        missing += (people - field.most_people) * field.hi / field.most_people
    return missing


@compiled
def violation(field: Field, state: State, g: int) -> float:
    """`outside` of grid `g`; nothing for a grid without cells."""
    row = state.figures[g]
    return outside(field, row[HOUSEHOLDS], row[PEOPLE]) if row[CELLS] > 0.5 else 0.0


@compiled
def travel_cost(field: Field, state: State, g: int, v: int, change: int) -> float:
    """Least cost of reaching all of grid `g` from one of its cells, with `v` added (1), taken away (-1) or as it is (0)."""
    best = np.inf
    for c in range(len(field.distance)):
        inside = state.labels[c] == g
        if c == v and change != 0:
            inside = change > 0
        if inside:
            best = min(best, state.travel[g, c] + change * field.distance[v, c])
    return 0.0 if best == np.inf else best


@compiled
def soft_cost(field: Field, state: State, g: int) -> float:
    """Price of grid `g` without bounds and number: complexes, rows, barriers, moves, compactness, outline, form."""
    row = state.figures[g]
    cost = row[EDGES] + row[PIECES] + row[MOVED] + row[FLAWS]
    cost += shape_price(field.shape_price, row[OUTLINE], row[AREA])
    cost += miss_price(field.miss_price, field.fair_lo, field.fair_hi, row[HOUSEHOLDS])
    cost += inertia(row[MASS], row[MASS_X], row[MASS_Y], row[MASS_SQ])
    if len(field.distance):
        cost += travel_cost(field, state, g, 0, 0)
    return float(cost)


@compiled
def plan_cost(field: Field, state: State) -> tuple[float, int, float]:
    """(violation, distance of the number of grids from the goal, soft cost) of the whole plan."""
    missing, grids, soft = 0.0, 0, 0.0
    for g in range(len(state.figures)):
        if state.figures[g, CELLS] > 0.5:
            missing += violation(field, state, g)
            grids += 1
            soft += soft_cost(field, state, g)
    return missing, number_gap(field, grids), soft


@compiled
def number_gap(field: Field, grids: int) -> int:
    """What the number of grids costs: the number itself, or its distance from the wanted one."""
    return grids if field.want < 0 else abs(grids - field.want)


@compiled
def move_scale(field: Field, state: State, tries: int, rng: NDArray[np.uint64]) -> float:
    """Mean change of soft cost over random moves of single cells between neighbouring grids: the unit of temperature."""
    total, count = 0.0, 0
    for _ in range(tries if len(field.indices) else 0):
        e = below(rng, len(field.indices))
        v = field.source[e]
        g, h = state.labels[v], state.labels[field.indices[e]]
        if g == h or state.figures[g, CELLS] < 1.5:
            continue
        before = soft_cost(field, state, g) + soft_cost(field, state, h)
        shift(field, state, v, h)
        total += abs(soft_cost(field, state, g) + soft_cost(field, state, h) - before)
        count += 1
        shift(field, state, v, g)
    return max(total / count, 1e-9) if count else 1.0
