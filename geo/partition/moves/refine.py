"""Moves of single cells, pieces of complexes and pairs of cells between neighbouring grids, accepted by annealing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.connected import (
    piece_of_complex,
    stays_whole,
    touches,
    way_back,
)
from geo.partition.moves.field import Field
from geo.partition.moves.form import encloses_more, miss_price, shape_price
from geo.partition.moves.kernels import accepts, below, compiled, uniform
from geo.partition.moves.state import (
    AREA,
    CELLS,
    HOUSEHOLDS,
    MASS,
    MASS_SQ,
    MASS_X,
    MASS_Y,
    OUTLINE,
    PEOPLE,
    State,
    edge_changes,
    inertia,
    moved_price,
    number_gap,
    outside,
    piece_price,
    plan_cost,
    shift,
    soft_cost,
    tally,
    travel_cost,
    violation,
)

_COMPLEX_SHARE = 0.04
"""Share of proposals that move a whole piece of a complex."""
_SWAP_SHARE = 0.06
"""Share of the other proposals that send another cell back."""


@compiled
def anneal(
    field: Field,
    state: State,
    steps: int,
    first_price: float,
    last_price: float,
    grid_price: float,
    hot: float,
    cold: float,
    keep_best: bool,
    rng: NDArray[np.uint64],
) -> tuple[float, int, float]:
    """Improve `state` in place over `steps` proposals, temperature falling from `hot` to `cold`; leaves the
    best plan seen, or without `keep_best` the last one.

    Best is least violation, then number of grids, then soft cost, whatever the prices; every plan on the way has
    connected grids. On the way a household outside the bounds costs `first_price`, rising to `last_price`, and a
    grid `grid_price`. Returns the cost of the plan left.
    """
    n, entries = len(state.labels), len(field.indices)
    missing, gap, soft = plan_cost(field, state)
    grids = 0
    for g in range(len(state.figures)):
        grids += state.figures[g, CELLS] > 0.5
    best = state.labels.copy()
    best_missing, best_gap, best_soft = missing, gap, soft
    mark = np.zeros(n, np.int64)
    stamp = 0
    beyond = len(field.around_ptr) - 1
    queue, met = np.empty(beyond, np.int64), np.zeros(beyond, np.int64)
    moving = np.empty(n, np.int64)
    has_complexes = len(field.complex_size) > 0
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    hardening = (last_price / first_price) ** (1.0 / max(1, steps))
    temperature, price = hot, first_price
    for _ in range(steps if entries else 0):
        temperature *= cooling
        price *= hardening
        e = below(rng, entries)
        v = field.source[e]
        g, h = state.labels[v], state.labels[field.indices[e]]
        if g == h:
            continue
        kind = uniform(rng)
        moving[0] = v
        size = 1
        if has_complexes and kind < _COMPLEX_SHARE and field.complex_of[v] >= 0:
            stamp += 1
            size = piece_of_complex(field, state.labels, v, moving, mark, stamp)
        back = -1
        if size == 1 and kind > 1 - _SWAP_SHARE:
            back = way_back(field, state.labels, v, g, h, rng)
        if size == 1 and back < 0:
            new_missing, new_soft = _change_of_one(field, state, v, g, h)
            emptied = state.figures[g, CELLS] < 1.5
        else:
            old = soft_cost(field, state, g) + soft_cost(field, state, h)
            old_missing = violation(field, state, g) + violation(field, state, h)
            for t in range(size):
                shift(field, state, moving[t], h)
            if back >= 0:
                shift(field, state, back, g)
            emptied = state.figures[g, CELLS] < 0.5
            new_soft = soft_cost(field, state, h) - old
            if not emptied:
                new_soft += soft_cost(field, state, g)
            new_missing = violation(field, state, g) + violation(field, state, h) - old_missing
        new_gap = number_gap(field, grids - 1) if emptied else gap
        change = new_soft + price * new_missing + grid_price * (new_gap - gap)
        accepted = change <= 0 or accepts(rng, change / temperature)
        if size == 1 and back < 0:
            if not accepted:
                continue
            shift(field, state, v, h)
        if accepted and not emptied:
            stamp += 1
            accepted = stays_whole(field, state.labels, g, moving, size, queue, mark, stamp)
            if accepted and back >= 0:
                stamp += 1
                moving[0] = back
                accepted = stays_whole(field, state.labels, h, moving, 1, queue, mark, stamp)
                accepted = accepted and touches(field, state.labels, v, h)
                accepted = accepted and touches(field, state.labels, back, g)
                if accepted and field.flaw_price > 0.0:
                    accepted = not encloses_more(
                        field.around_ptr, field.around, state.labels, g, moving, 1, queue, met, stamp
                    )
                moving[0] = v
        if accepted and field.flaw_price > 0.0:
            stamp += 1
            accepted = not encloses_more(
                field.around_ptr, field.around, state.labels, h, moving, size, queue, met, stamp
            )
        if not accepted:
            if back >= 0:
                shift(field, state, back, h)
            for t in range(size):
                shift(field, state, moving[t], g)
            continue
        grids -= emptied
        missing += new_missing
        soft += new_soft
        gap = new_gap
        ahead = missing < best_missing - 1e-9 or (missing < best_missing + 1e-9 and gap < best_gap)
        if ahead or (missing < best_missing + 1e-9 and gap == best_gap and soft < best_soft - 1e-9):
            best[:] = state.labels
            best_missing, best_gap, best_soft = missing, gap, soft
    if keep_best:
        state.labels[:] = best
    tally(field, state)
    return plan_cost(field, state)


@compiled
def _change_of_one(field: Field, state: State, v: int, g: int, h: int) -> tuple[float, float]:
    """What moving cell `v` from grid `g` to `h` adds to violation and soft cost, without moving it."""
    a, b = state.figures[g], state.figures[h]
    lo, hi = field.fair_lo, field.fair_hi
    w, p, m, x, y = field.households[v], field.people[v], field.mass[v], field.x[v], field.y[v]
    missing = outside(field, b[HOUSEHOLDS] + w, b[PEOPLE] + p) - outside(field, b[HOUSEHOLDS], b[PEOPLE])
    missing -= outside(field, a[HOUSEHOLDS], a[PEOPLE])
    soft, to_h, outline_g, outline_h = edge_changes(field, state.labels, v, g, h)
    soft += to_h
    rim, area = field.rim[v], field.area[v]
    soft += shape_price(field.shape_price, b[OUTLINE] + outline_h + rim, b[AREA] + area) - shape_price(
        field.shape_price, b[OUTLINE], b[AREA]
    )
    soft += miss_price(field.miss_price, lo, hi, b[HOUSEHOLDS] + w) - miss_price(
        field.miss_price, lo, hi, b[HOUSEHOLDS]
    )
    soft -= shape_price(field.shape_price, a[OUTLINE], a[AREA]) + miss_price(
        field.miss_price, lo, hi, a[HOUSEHOLDS]
    )
    mx, my, square = m * x, m * y, m * (x * x + y * y)
    soft += inertia(b[MASS] + m, b[MASS_X] + mx, b[MASS_Y] + my, b[MASS_SQ] + square)
    soft -= inertia(b[MASS], b[MASS_X], b[MASS_Y], b[MASS_SQ])
    soft -= inertia(a[MASS], a[MASS_X], a[MASS_Y], a[MASS_SQ])
    c = field.complex_of[v]
    if c >= 0 and w > 0:
        held = state.held
        soft += piece_price(field, c, held[h, c] + w) - piece_price(field, c, held[h, c])
        soft += piece_price(field, c, held[g, c] - w) - piece_price(field, c, held[g, c])
    if len(field.nets):
        soft += moved_price(field, state, v, h) - moved_price(field, state, v, g)
    if len(field.distance):
        soft += travel_cost(field, state, h, v, 1) - travel_cost(field, state, h, v, 0)
        soft += travel_cost(field, state, g, v, -1) - travel_cost(field, state, g, v, 0)
    if a[CELLS] > 1.5:
        missing += outside(field, a[HOUSEHOLDS] - w, a[PEOPLE] - p)
        soft += shape_price(field.shape_price, a[OUTLINE] + outline_g - rim, a[AREA] - area) + miss_price(
            field.miss_price, lo, hi, a[HOUSEHOLDS] - w
        )
        soft += inertia(a[MASS] - m, a[MASS_X] - mx, a[MASS_Y] - my, a[MASS_SQ] - square)
    return missing, soft
