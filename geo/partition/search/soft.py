"""The tries at the soft goals once the number of grids is held: plans forged anew or from the best one, and the
cheapest plan of all grids seen put together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from geo.partition.exact.neighbourhoods import divided_exactly
from geo.partition.moves.forge import FORGE_HOT, REFORGE_HOTS, Labels, finished, forged, start_at
from geo.partition.search.part import Attempt, Part

PATIENCE = 3
"""Attempts without a better plan after which a search for many goals has settled: many plans are equally good."""
_ROUNDS, _LARGE_ROUNDS = 12, 30
"""Rounds of one forging: many short tries where there are few cells, longer ones above `_LARGE` ..."""
_LARGE, _WORK = 250, 24_000
"""... and no more than `_WORK` over their number."""
_POOL_EFFORT = 0.5


def soft_attempts(part: Part) -> Iterator[Iterator[Attempt]]:
    """Rounds without end: finish what is there, forge anew and the best one again, choose among all grids seen."""
    divided: set[bytes] = set()
    for heat in itertools.cycle(REFORGE_HOTS):
        yield _round(part, heat, divided)


def _round(part: Part, heat: float, divided: set[bytes]) -> Iterator[Attempt]:
    yield _finished(part)
    yield from _forged_anew(part)
    yield _from_pool(part)
    yield from _forged(part, "again", part.labels, hot=heat)
    yield _from_pool(part)
    yield _divided_exactly(part, divided)


def _finished(part: Part) -> Attempt:
    labels = finished(part.fixed(part.grids), part.labels, rounds=4, rng=part.rng())
    part.pool.add(labels)
    return "finish", labels, False


def _forged_anew(part: Part) -> Iterator[Attempt]:
    """From a plan that leaves complexes whole, where there are any; else from a balanced one."""
    field = part.fixed(part.grids)
    whole = len(field.complex_size) > 0 and bool(field.complex_price.any())
    seed = part.seed * 1000 + part.turn
    labels = start_at(field, part.grids, whole_complexes=whole, effort=0, seed=seed, rng=part.rng())
    if int(labels.max()) + 1 != part.grids:
        labels = part.labels
    yield from _forged(part, "anew", labels, hot=FORGE_HOT)


def _forged(part: Part, source: str, labels: Labels, *, hot: float) -> Iterator[Attempt]:
    seen: list[Labels] = []
    n = len(labels)
    rounds = _ROUNDS if n <= _LARGE else max(_ROUNDS // 2, min(_LARGE_ROUNDS, _WORK // n))
    steps = forged(
        part.fixed(part.grids),
        labels,
        hot=hot,
        rounds=rounds,
        floor=float(part.bounds.violation),
        seen=seen,
        rng=part.rng(),
    )
    for plan in steps:
        yield source, plan, False
    for plan in seen:
        part.pool.add(plan)
    yield source, None, True


def _divided_exactly(part: Part, divided: set[bytes]) -> Attempt:
    """Neighbouring grids few enough in cells at their best, once annealing finds nothing more."""
    if not part.within_bounds or part.bounds.violation or part.stale < PATIENCE - 1:
        return "exact", None, False
    return "exact", divided_exactly(part.fixed(part.grids), part.labels, done=divided), False


def _from_pool(part: Part) -> Attempt:
    useless = not part.within_bounds or bool(part.bounds.violation)
    if useless or len(part.pool.prices) == part.pool.asked:
        return "pool", None, False
    return "pool", part.pool.best_plan(part.labels, effort=_POOL_EFFORT), False
