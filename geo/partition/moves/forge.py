"""How plans are made and bettered at a fixed number of grids: balanced from nothing, forged by annealing over
recombinations, finished within the bounds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geo.partition.moves.balance import balance
from geo.partition.moves.construct import at_number, metis_plan
from geo.partition.moves.contract import contracted, pieces
from geo.partition.moves.field import Field
from geo.partition.moves.recombine import recombine
from geo.partition.moves.refine import anneal
from geo.partition.moves.state import State, move_scale, new_state, plan_cost

Labels = NDArray[np.int64]
Rng = NDArray[np.uint64]

_STRICT = 3000.0
"""Price of missing the bounds by one upper bound's worth of households where they are to hold."""
_FIRST_MISS, _LAST_MISS = 0.25, 0.001
"""Households outside the bounds that weigh as much as one unit of heat: as a share of the average cell when forging
begins, as a share of the upper bound when it ends."""
_GRID_PRICE = 1e6
_BALANCE_HOT, _BALANCE_COLD = 0.05, 0.002
"""First and last temperature of balancing, as shares of the upper bound."""
EFFORTS = ((2000, 1_000_000), (8000, 3_000_000), (30_000, 6_000_000))
"""Proposals per cell, and the most of them, in tries to balance a number of grids: quick, firm, stubborn."""
FORGE_HOT, REFORGE_HOTS = 2.0, (0.7, 1.2, 0.4)
_FORGE_COLD = 0.12
"""Temperatures of forging, in average changes of the soft cost by one move."""
_NO_HOLD, _HOLD, _FIRM_HOLD = (0.0, 0.0), (0.2, 0.6), (0.2, 2.0)
"""How much balancing holds on to neighbours and complexes: not at all, a little, and where good plans are repaired."""
_METIS_MOST_SKEW = 3.0
"""METIS gives up, and prints so, where one cell weighs more than so many average grids."""
_FINISH_ROUNDS = 4
_SCALE_TRIES = 300


def start_at(field: Field, number: int, *, whole_complexes: bool, effort: int, seed: int, rng: Rng) -> Labels:
    """A plan of `number` grids by METIS, balanced; with `whole_complexes` in which no complex is cut that fits a grid,
    as near to the bounds as that allows."""
    if not whole_complexes:
        return balanced(field, metis_start(field, number, seed=seed), number, effort=effort, rng=rng)
    piece = pieces(field, field.hi)
    coarse = contracted(field, piece)
    if len(coarse.households) < number:
        return start_at(field, number, whole_complexes=False, effort=effort, seed=seed, rng=rng)
    metis = metis_start(coarse._replace(cut=np.ones(len(coarse.indices))), number, seed=seed)
    return balanced(coarse, metis, number, effort=effort, rng=rng)[piece]


def metis_start(field: Field, number: int, *, seed: int) -> Labels:
    """METIS's plan for odd seeds; for even ones, and where METIS would give up, one grid: it is halved at random."""
    if (
        seed % 2 == 0
        or number * int(field.households.max(initial=0)) > _METIS_MOST_SKEW * field.households.sum()
    ):
        return np.zeros(len(field.households), np.int64)
    return metis_plan(field, number, seed=seed)


def balanced(
    field: Field, labels: Labels, number: int, *, effort: int, rng: Rng, floor: float = 0.0
) -> Labels:
    """`labels` brought to `number` grids and as near to the bounds as the effort allows, whatever the shapes."""
    labels = at_number(field, labels, number, rng)
    per_cell, most = EFFORTS[effort]
    steps = min(per_cell * len(labels), most)
    hot, cold = _BALANCE_HOT * field.hi, _BALANCE_COLD * field.hi
    balance(field, labels, steps, hot, cold, floor, *(_NO_HOLD if effort else _HOLD), rng)
    return labels


def finished(field: Field, labels: Labels, *, rounds: int, rng: Rng) -> Labels:
    """The plan bettered by exact cuts and small moves, never against the bounds."""
    state = new_state(field, labels)
    scale = move_scale(field, state, _SCALE_TRIES, rng)
    price = _STRICT / field.hi
    for _ in range(rounds):
        recombine(field, state, _cuts(state), price, _GRID_PRICE, scale, rng)
        steps = 60 * len(labels)
        anneal(field, state, steps, price, price, _GRID_PRICE, scale / 2, scale / 50, True, rng)
    return state.labels


def forged(
    field: Field, labels: Labels, *, hot: float, rounds: int, floor: float, seen: list[Labels], rng: Rng
) -> Iterator[Labels]:
    """Annealing over recombinations and small moves while the bounds harden, then finishing: after every round the
    plan as it is, the finished one last. Plans on the way that may hold good grids are put into `seen`."""
    state, steps = new_state(field, labels), 40 * len(labels)
    scale = move_scale(field, state, _SCALE_TRIES, rng)
    first_miss = max(1.0, _FIRST_MISS * field.households.sum() / max(1, np.count_nonzero(field.households)))
    last_miss = _LAST_MISS * field.hi
    for turn in range(rounds):
        share = turn / max(1, rounds - 1)
        heat = scale * hot * (_FORGE_COLD / hot) ** share
        price = heat / (first_miss * (last_miss / first_miss) ** share)
        recombine(field, state, _cuts(state), price, _GRID_PRICE, heat, rng)
        anneal(field, state, steps, price, price, _GRID_PRICE, heat, heat, False, rng)
        if share > 0.5:
            seen.append(state.labels.copy())
        yield state.labels
    labels = finished(field, state.labels, rounds=_FINISH_ROUNDS, rng=rng)
    yield labels
    if plan_cost(field, new_state(field, labels))[0] > floor:
        labels, cold = labels.copy(), _BALANCE_COLD * field.hi
        balance(field, labels, min(4000 * len(labels), EFFORTS[1][1]), cold, cold, floor, *_FIRM_HOLD, rng)
        labels = finished(field, labels, rounds=_FINISH_ROUNDS, rng=rng)
    yield labels


def _cuts(state: State) -> int:
    """Recombinations in one round: each grid several times."""
    return 20 + 6 * len(state.figures)
