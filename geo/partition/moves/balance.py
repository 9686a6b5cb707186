"""Balancing at a fixed number of grids: annealing that looks at the bounds alone, so that millions of moves are weighed
in a second."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.connected import stays_whole, touches, way_back
from geo.partition.moves.field import Field
from geo.partition.moves.kernels import accepts, below, compiled, uniform
from geo.partition.moves.state import outside

_SWAP_SHARE = 0.25
"""Share of proposals in which another cell comes back."""


@compiled
def balance(
    field: Field,
    labels: NDArray[np.int64],
    steps: int,
    hot: float,
    cold: float,
    enough: float,
    hold: float,
    hold_complex: float,
    rng: NDArray[np.uint64],
) -> float:
    """Bring `labels` (connected grids 0 to k - 1, changed in place) as near to the bounds as `steps` proposals allow.

    Temperatures `hot` to `cold` in households. Parting two neighbours costs `hold` temperatures, two of one complex
    `hold_complex`: shapes stay the sounder the more, but the bounds are met less often. No grid is given up and every
    one stays connected. Stops when no more than `enough` households are outside; leaves the best plan seen and returns
    what it has outside.
    """
    n, entries = len(labels), len(field.indices)
    k = 0
    for v in range(n):
        k = max(k, labels[v] + 1)
    households, people = np.zeros(k, np.int64), np.zeros(k, np.int64)
    cells = np.zeros(k, np.int64)
    for v in range(n):
        households[labels[v]] += field.households[v]
        people[labels[v]] += field.people[v]
        cells[labels[v]] += 1
    own = np.empty(k, np.float64)
    missing = 0.0
    for g in range(k):
        own[g] = outside(field, households[g], people[g])
        missing += own[g]
    best, least = labels.copy(), missing
    mark = np.zeros(n, np.int64)
    stamp = 0
    queue = np.empty(n, np.int64)
    moved = np.empty(1, np.int64)
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    temperature = hot
    for _ in range(steps if entries else 0):
        if least <= enough:
            break
        temperature *= cooling
        e = below(rng, entries)
        v = field.source[e]
        g, h = labels[v], labels[field.indices[e]]
        if g == h:
            continue
        w, p = field.households[v], field.people[v]
        back = -1
        if uniform(rng) < _SWAP_SHARE:
            back = way_back(field, labels, v, g, h, rng)
        if back >= 0:
            w -= field.households[back]
            p -= field.people[back]
        elif cells[g] == 1:
            continue
        from_g = outside(field, households[g] - w, people[g] - p)
        to_h = outside(field, households[h] + w, people[h] + p)
        change = from_g + to_h - own[g] - own[h]
        loss = change / temperature + _parted(field, labels, v, g, h, hold, hold_complex)
        if back >= 0:
            loss += _parted(field, labels, back, h, g, hold, hold_complex)
        if loss > 0 and not accepts(rng, loss):
            continue
        labels[v] = h
        if back >= 0:
            labels[back] = g
        stamp += 1
        moved[0] = v
        whole = stays_whole(field, labels, g, moved, 1, queue, mark, stamp)
        if whole and back >= 0:
            stamp += 1
            moved[0] = back
            whole = stays_whole(field, labels, h, moved, 1, queue, mark, stamp)
            whole = whole and touches(field, labels, v, h) and touches(field, labels, back, g)
        if not whole:
            labels[v] = g
            if back >= 0:
                labels[back] = h
            continue
        households[g] -= w
        households[h] += w
        people[g] -= p
        people[h] += p
        if back < 0:
            cells[g] -= 1
            cells[h] += 1
        own[g], own[h] = from_g, to_h
        missing += change
        if missing < least - 1e-9:
            best[:] = labels
            least = missing
    labels[:] = best
    return least


@compiled
def _parted(
    field: Field, labels: NDArray[np.int64], v: int, g: int, h: int, hold: float, hold_complex: float
) -> float:
    """Neighbours of `v` it leaves in grid `g`, less those it joins in `h`, in temperatures."""
    loss = 0.0
    own = field.complex_of[v]
    for e in range(field.indptr[v], field.indptr[v + 1]):
        u = field.indices[e]
        price = hold_complex if own >= 0 and field.complex_of[u] == own else hold
        if labels[u] == g:
            loss += price
        elif labels[u] == h:
            loss -= price
    return loss
