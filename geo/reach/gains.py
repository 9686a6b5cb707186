"""The choice beneath siting: a few of many candidates, so that the best gain each door can have is largest in sum.

Maximal covering and least total walk are both of this form: what a candidate gives a door is its households if it
reaches it, or the metres it saves them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, eye_array, hstack, vstack

from geo.reach.linework import Floats, Ints

_ROUNDS = 300
_CLOSE = 1e-9
MOST_PAIRS = 150_000
"""Up to so many pairs of candidate and door the exact solver is asked to close what is left of the gap."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Candidates chosen, and what is proved of them."""

    chosen: Ints
    """(k,) positions of the chosen candidates, ascending; those kept are not among them."""
    gain: float
    """What they add to what is kept."""
    bound: float
    """No choice of that many adds more."""

    @property
    def gap(self) -> float:
        """How far the choice may be from the best, 0–1."""
        return max(self.bound - self.gain, 0.0) / self.bound if self.bound > _CLOSE else 0.0


def choose(gains: csr_array, count: int, *, time_limit_s: float, barred: tuple[Ints, ...] = ()) -> Choice:
    """The `count` rows of `gains` (c, n), all at least 0, whose largest entry per column is largest in sum.

    Greedy, then exchanges of one for another until none helps; a Lagrangian bound says how good it can be at best,
    and where a gap is left and the problem is small enough, the mixed-integer program closes it within
    `time_limit_s`. Sets in `barred` are not answered again.

    >>> table = csr_array(np.array([[3.0, 3, 0, 0], [2, 2, 2, 0], [0, 0, 2, 3]]))
    >>> best = choose(table, 2, time_limit_s=1.0)
    >>> best.chosen.tolist(), best.gain, best.gap
    ([0, 2], 11.0, 0.0)
    """
    count = min(count, gains.shape[0])
    if count <= 0 or gains.nnz == 0:
        return Choice(np.arange(max(count, 0), dtype=np.int64), 0.0, 0.0)
    found = _exchanged(gains, _greedy(gains, count), barred)
    worth = _worth(gains, found)
    bound, found, worth = _lagrange(gains, count, found, worth, barred)
    if bound - worth > _CLOSE * max(bound, 1.0) and gains.nnz <= MOST_PAIRS:
        better, proved = _exact(gains, count, time_limit_s, barred)
        if better is not None and _worth(gains, better) > worth:
            found, worth = better, _worth(gains, better)
        bound = min(bound, max(proved, worth))
    return Choice(np.sort(found), worth, max(bound, worth))


def _worth(gains: csr_array, rows: Ints) -> float:
    return float(gains[rows].max(axis=0).sum()) if len(rows) else 0.0


def _greedy(gains: csr_array, count: int) -> Ints:
    have = np.zeros(gains.shape[1])
    chosen: list[int] = []
    for _ in range(count):
        more = _added(gains, have)
        more[chosen] = -1.0
        best = int(more.argmax())
        chosen.append(best)
        have = np.maximum(have, gains[[best]].toarray().ravel())
    return np.array(chosen, dtype=np.int64)


def _added(gains: csr_array, have: Floats) -> Floats:
    """What each row alone would add to `have`."""
    above = np.maximum(gains.data - have[gains.indices], 0.0)
    ends = np.cumsum(np.append(0.0, above))
    return np.asarray(ends[gains.indptr[1:]] - ends[gains.indptr[:-1]])


def _exchanged(gains: csr_array, chosen: Ints, barred: tuple[Ints, ...]) -> Ints:
    """One chosen candidate for another while that helps; the best exchange first."""
    current = np.sort(chosen)
    known = {tuple(one.tolist()) for one in barred}
    worth = -1.0 if tuple(current.tolist()) in known else _worth(gains, current)
    while True:
        best, best_worth = None, worth + _CLOSE * max(abs(worth), 1.0)
        for out in range(len(current)):
            rest = np.delete(current, out)
            have = gains[rest].max(axis=0).toarray().ravel() if len(rest) else np.zeros(gains.shape[1])
            more = _added(gains, have)
            more[current] = -1.0
            base = float(have.sum())
            for new in np.argsort(-more, kind="stable")[: len(known) + 1]:
                trial = np.sort(np.append(rest, new))
                if tuple(trial.tolist()) in known or more[new] < 0:
                    continue
                if base + more[new] > best_worth:
                    best, best_worth = trial, base + float(more[new])
                break
        if best is None:
            return current
        current, worth = best, best_worth


def _lagrange(
    gains: csr_array, count: int, found: Ints, worth: float, barred: tuple[Ints, ...]
) -> tuple[float, Ints, float]:
    """An upper bound by subgradient steps on "each door is served once", and any better choice met on the way."""
    row = np.repeat(np.arange(gains.shape[0]), np.diff(gains.indptr))
    price = np.zeros(gains.shape[1])
    best_bound, step, still = np.inf, 1.0, 0
    tried = {tuple(np.sort(found).tolist())}
    for _ in range(_ROUNDS):
        above = gains.data - price[gains.indices]
        value = np.bincount(row, weights=np.maximum(above, 0.0), minlength=gains.shape[0])
        top = np.argpartition(-value, count - 1)[:count]
        bound = float(price.sum() + value[top].sum())
        if np.isinf(best_bound) or bound < best_bound - 1e-7 * max(best_bound, 1.0):
            best_bound, still = bound, 0
        else:
            still += 1
            if still >= 10:
                step, still = step / 2, 0
        if best_bound - worth <= _CLOSE * max(worth, 1.0) or step < 1e-3:
            break
        if tuple(np.sort(top).tolist()) not in tried and _worth(gains, top) > 0.98 * worth:
            tried.add(tuple(np.sort(top).tolist()))
            other = _exchanged(gains, top, barred)
            if _worth(gains, other) > worth and not any(np.array_equal(other, b) for b in barred):
                found, worth = other, _worth(gains, other)
        served = np.zeros(gains.shape[1])
        open_ = np.isin(row, top) & (above > 0)
        np.add.at(served, gains.indices[open_], 1.0)
        slope = 1.0 - served
        slope[(price <= 0) & (slope > 0)] = 0.0  # a price below nothing would mean nothing
        norm = float((slope**2).sum())
        if norm == 0.0:
            break
        price = np.maximum(price - step * (bound - worth) / norm * slope, 0.0)
    return best_bound, found, worth


def _exact(
    gains: csr_array, count: int, time_limit_s: float, barred: tuple[Ints, ...]
) -> tuple[Ints | None, float]:
    """The same by mixed-integer programming: the choice (None when none was found in time) and the proved bound."""
    c, n = gains.shape
    pairs = gains.nnz
    row = np.repeat(np.arange(c), np.diff(gains.indptr))
    at = np.arange(pairs)
    opens = coo_array((np.ones(pairs), (at, row)), shape=(pairs, c))
    once = coo_array((np.ones(pairs), (gains.indices, at)), shape=(n, pairs))
    blocks = [
        hstack([-opens, eye_array(pairs)]),
        hstack([csr_array((n, c)), once]),
        hstack([csr_array(np.ones((1, c))), csr_array((1, pairs))]),
    ]
    upper = [np.zeros(pairs), np.ones(n), np.array([float(count)])]
    for one in barred:
        cut = np.zeros((1, c + pairs))
        cut[0, one] = 1.0
        blocks.append(csr_array(cut))
        upper.append(np.array([len(one) - 1.0]))
    answer = milp(
        -np.concatenate([np.zeros(c), gains.data]),
        constraints=LinearConstraint(vstack(blocks).tocsr(), -np.inf, np.concatenate(upper)),
        bounds=Bounds(0, 1),
        integrality=np.concatenate([np.ones(c), np.zeros(pairs)]),
        options={"time_limit": time_limit_s, "mip_rel_gap": 1e-9},
    )
    proved = -float(answer.mip_dual_bound) if answer.mip_dual_bound is not None else np.inf
    if answer.x is None:
        return None, proved
    rows = np.flatnonzero(answer.x[:c] > 0.5)
    spare = np.setdiff1d(np.arange(c), rows)[: count - len(rows)]
    return np.sort(np.append(rows, spare)).astype(np.int64), proved
