"""Exact division of a few neighbouring grids: every connected set within bounds among their cells is listed and priced,
and the cheapest sets that cover them are chosen. What comes out cannot be bettered without other grids."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

from geo.partition.exact.connected_sets import connected_sets, whole, within
from geo.partition.exact.cover import Columns, cheapest_cover
from geo.partition.moves.field import Field
from geo.partition.moves.form import flaws, miss_price, shape_price
from geo.partition.moves.kernels import compiled
from geo.partition.moves.state import inertia, piece_price

Labels = NDArray[np.int64]

MOST_CELLS = 34
"""Grids with more cells together are not divided exactly: their sets are too many."""
_MOST_SETS = 6_000
_MOST_WORK = 200_000
_MOST_REGIONS = 16
_PRICE_STEPS = 10_000
_EFFORT = 0.15


def divided_exactly(field: Field, labels: Labels, *, done: set[bytes]) -> Labels:
    """`labels` after every pair and triple of neighbouring grids small enough has been divided anew at its best.

    Regions whose cells are in `done` were divided before and are passed over; those looked at now are put there. Only
    for goals whose price is a sum over a grid's own cells: not for moved households or ways from a centre.
    """
    labels = labels.copy()
    if len(field.nets) or len(field.distance):
        return labels
    looked = 0
    for grids in _regions(field, labels):
        region = np.flatnonzero(np.isin(labels, grids))
        key = region.astype(np.int32).tobytes()
        if len(region) > MOST_CELLS or key in done:
            continue
        done.add(key)
        looked += 1
        _divide(field, labels, region, grids)
        if looked == _MOST_REGIONS:
            break
    return labels


def _regions(field: Field, labels: Labels) -> list[tuple[int, ...]]:
    """Pairs of neighbouring grids, then triples of which two pairs are neighbours."""
    across = labels[field.source] < labels[field.indices]
    a, b = labels[field.source][across], labels[field.indices][across]
    pairs = sorted(set(zip(a.tolist(), b.tolist(), strict=True)))
    triples = {
        tuple(sorted({*one, *other}))
        for one, other in itertools.combinations(pairs, 2)
        if len({*one, *other}) == 3
    }
    return [*pairs, *sorted(triples)]


def _divide(field: Field, labels: Labels, region: NDArray[np.int64], grids: tuple[int, ...]) -> None:
    """Put the cheapest division of `region` into as many grids in place, if it is cheaper."""
    graph = within(whole(field), region)
    lo = max(field.lo, 1)
    offsets, members, complete = connected_sets(
        graph, lo, field.hi, _MOST_SETS, MOST_CELLS * _MOST_SETS, _MOST_WORK
    )
    if not complete or len(offsets) <= len(grids):
        return
    columns = Columns(offsets, members)
    people = np.add.reduceat(field.people[region][members], offsets[:-1])
    columns = columns.take(np.flatnonzero(people <= field.most_people))
    prices = np.round(_PRICE_STEPS * set_prices(field, columns.offsets, region[columns.members]))
    cover = cheapest_cover(columns, prices.astype(np.int64), len(region), exactly=len(grids), effort=_EFFORT)
    if cover.chosen is None:
        return
    now = np.concatenate([np.flatnonzero(labels == grid) for grid in grids])
    ends = np.cumsum([0, *(np.count_nonzero(labels == grid) for grid in grids)])
    if prices[cover.chosen].sum() < np.round(_PRICE_STEPS * set_prices(field, ends, now)).sum():
        for grid, chosen in zip(grids, cover.chosen, strict=True):
            first, last = columns.offsets[chosen], columns.offsets[chosen + 1]
            labels[region[columns.members[first:last]]] = grid


@compiled
def set_prices(field: Field, offsets: NDArray[np.int64], members: NDArray[np.int64]) -> NDArray[np.float64]:
    """Soft cost of each set of cells as a grid, without moved households and ways from a centre: equal to `soft_cost`."""
    n = len(field.households)
    inside = np.full(n, -1, np.int64)
    held = np.zeros(len(field.complex_size))
    prices = np.zeros(len(offsets) - 1)
    room = len(field.around_ptr) - 1
    queue, mark = np.empty(room, np.int64), np.zeros(room, np.int64)
    stamp = 1
    for s in range(len(prices)):
        mass, x, y, square, price = 0.0, 0.0, 0.0, 0.0, 0.0
        outline, area, households = 0.0, 0.0, 0
        for i in range(offsets[s], offsets[s + 1]):
            inside[members[i]] = s
        for i in range(offsets[s], offsets[s + 1]):
            v = members[i]
            m = field.mass[v]
            mass += m
            x += m * field.x[v]
            y += m * field.y[v]
            square += m * (field.x[v] * field.x[v] + field.y[v] * field.y[v])
            if field.complex_of[v] >= 0:
                held[field.complex_of[v]] += field.households[v]
            outline += field.rim[v]
            area += field.area[v]
            households += field.households[v]
            for e in range(field.indptr[v], field.indptr[v + 1]):
                same = inside[field.indices[e]] == s
                price += field.inside[e] if same else field.cut[e]
                outline += 0.0 if same else field.shared[e]
        for i in range(offsets[s], offsets[s + 1]):
            c = field.complex_of[members[i]]
            if c >= 0 and held[c] > 0:
                price += piece_price(field, c, held[c])
                held[c] = 0.0
        price += shape_price(field.shape_price, outline, area)
        price += miss_price(field.miss_price, field.fair_lo, field.fair_hi, households)
        own = members[offsets[s] : offsets[s + 1]]
        if field.flaw_price > 0.0:
            price += field.flaw_price * flaws(field, inside, s, own, queue, mark, stamp)
        stamp += len(own) + 4
        prices[s] = price + inertia(mass, x, y, square)
    return prices
