"""Running figures of every grid of a plan, kept up to date move by move: the additive cost behind all search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.partition.field import Field
from geo.partition.kernels import compiled

HOUSEHOLDS, MASS, MASS_X, MASS_Y, MASS_SQ, EDGES, PIECES, CELLS = range(8)
"""Columns of the figures, (k, 8): sums over the grid; EDGES and PIECES are already prices."""
COLUMNS = 8


@compiled
def piece_price(field: Field, complex_: int, households: float) -> float:
    """Price of holding `households` of a complex: nothing for none or all, so k pieces cost (k - 1) prices together."""
    if households <= 0:
        return 0.0
    return float(field.complex_price[complex_] * (1.0 - households / field.complex_size[complex_]))


@compiled
def tally(
    field: Field, labels: NDArray[np.int64], figures: NDArray[np.float64], held: NDArray[np.float64]
) -> None:
    """Fill `figures` (k, 8) and `held` (k, complexes: households of each) from `labels` (n,)."""
    figures[:] = 0.0
    held[:] = 0.0
    for v in range(len(labels)):
        g = labels[v]
        add_cell(field, v, g, figures, held)
        for e in range(field.indptr[v], field.indptr[v + 1]):
            figures[g, EDGES] += field.inside[e] if labels[field.indices[e]] == g else field.cut[e]
    for g in range(len(figures)):
        for c in range(held.shape[1]):
            figures[g, PIECES] += piece_price(field, c, held[g, c])


@compiled
def label_count(labels: NDArray[np.int64]) -> int:
    """One more than the largest label."""
    count = 0
    for label in labels:
        count = max(count, label + 1)
    return count


@compiled
def add_cell(field: Field, v: int, g: int, figures: NDArray[np.float64], held: NDArray[np.float64]) -> None:
    """Add the cell's own sums to grid `g`: all but EDGES and PIECES."""
    m, x, y = field.mass[v], field.x[v], field.y[v]
    figures[g, HOUSEHOLDS] += field.households[v]
    figures[g, MASS] += m
    figures[g, MASS_X] += m * x
    figures[g, MASS_Y] += m * y
    figures[g, MASS_SQ] += m * (x * x + y * y)
    figures[g, CELLS] += 1
    if field.complex_of[v] >= 0:
        held[g, field.complex_of[v]] += field.households[v]


@compiled
def shift(
    field: Field,
    labels: NDArray[np.int64],
    figures: NDArray[np.float64],
    held: NDArray[np.float64],
    v: int,
    h: int,
) -> None:
    """Move cell `v` into grid `h`: labels, figures and held follow."""
    g = labels[v]
    m, x, y, w = field.mass[v], field.x[v], field.y[v], field.households[v]
    square = m * (x * x + y * y)
    figures[g, HOUSEHOLDS] -= w
    figures[h, HOUSEHOLDS] += w
    figures[g, MASS] -= m
    figures[h, MASS] += m
    figures[g, MASS_X] -= m * x
    figures[h, MASS_X] += m * x
    figures[g, MASS_Y] -= m * y
    figures[h, MASS_Y] += m * y
    figures[g, MASS_SQ] -= square
    figures[h, MASS_SQ] += square
    figures[g, CELLS] -= 1
    figures[h, CELLS] += 1
    c = field.complex_of[v]
    if c >= 0 and w > 0:
        figures[g, PIECES] += piece_price(field, c, held[g, c] - w) - piece_price(field, c, held[g, c])
        figures[h, PIECES] += piece_price(field, c, held[h, c] + w) - piece_price(field, c, held[h, c])
        held[g, c] -= w
        held[h, c] += w
    for e in range(field.indptr[v], field.indptr[v + 1]):
        other = labels[field.indices[e]]
        if other == g:
            figures[g, EDGES] += field.cut[e] - 2 * field.inside[e]
            figures[h, EDGES] += field.cut[e]
        elif other == h:
            figures[g, EDGES] -= field.cut[e]
            figures[h, EDGES] += 2 * field.inside[e] - field.cut[e]
        else:
            figures[g, EDGES] -= field.cut[e]
            figures[h, EDGES] += field.cut[e]
    labels[v] = h


@compiled
def soft_cost(figures: NDArray[np.float64], g: int) -> float:
    """Price of grid `g` without bounds and number: outline, barriers, complexes, compactness."""
    cost = figures[g, EDGES] + figures[g, PIECES]
    if figures[g, MASS] > 1e-15:
        moment = figures[g, MASS_X] ** 2 + figures[g, MASS_Y] ** 2
        cost += max(0.0, figures[g, MASS_SQ] - moment / figures[g, MASS])
    return float(cost)


@compiled
def violation(field: Field, figures: NDArray[np.float64], g: int) -> float:
    """Households of grid `g` outside the bounds; nothing for a grid without cells."""
    if figures[g, CELLS] <= 0:
        return 0.0
    s = figures[g, HOUSEHOLDS]
    return float(max(0.0, s - field.hi) + max(0.0, field.lo - s))


@compiled
def plan_cost(field: Field, figures: NDArray[np.float64]) -> tuple[float, int, float]:
    """(violation, distance of the number of grids from the goal, soft cost) of the whole plan."""
    missing, grids, soft = 0.0, 0, 0.0
    for g in range(len(figures)):
        if figures[g, CELLS] > 0:
            missing += violation(field, figures, g)
            grids += 1
            soft += soft_cost(figures, g)
    return missing, number_gap(field, grids), soft


@compiled
def number_gap(field: Field, grids: int) -> int:
    """What the number of grids costs: the number itself, or its distance from the wanted one."""
    return grids if field.want < 0 else abs(grids - field.want)
