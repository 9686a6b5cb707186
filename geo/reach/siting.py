"""Where the next stations should stand: reach the most households, reach everyone, or walk the least."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, vstack

from geo.errors import InputError
from geo.reach.gains import choose
from geo.reach.linework import Floats, Ints
from geo.reach.models import Model

TIME_LIMIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Siting:
    """One choice of new stations."""

    chosen: Ints
    """(k,) positions of the candidates chosen, ascending."""
    objective: float
    """Households reached with `MOST`, stations with `ALL`, metres walked by all households with `LEAST_WALK`; those of
    the kept stations included."""
    bound: float
    """No choice does better than this."""
    reached: float
    """Households within the limit of a kept or chosen station, as far as capacities go."""

    @property
    def gap(self) -> float:
        """How far the choice may be from the best, as a share of the objective; 0 is proved best."""
        off = abs(self.objective - self.bound)
        return off / abs(self.objective) if self.objective and off > 1e-6 * abs(self.objective) else 0.0


def choose_sites(
    kept_m: Floats,
    candidate_m: Floats,
    households: Floats,
    *,
    model: Model = Model.MOST,
    new: int = 1,
    limit_m: float,
    kept_capacity: Floats | None = None,
    candidate_capacity: Floats | None = None,
    alternatives: int = 1,
    time_limit_s: float = TIME_LIMIT_S,
) -> tuple[Siting, ...]:
    """The best choice and up to `alternatives` - 1 next best ones, best first.

    `kept_m` (k, n) and `candidate_m` (c, n) are metres on foot from stations that stay and from candidates to each of n
    doors (infinite: no way), `households` (n,) those behind each door. `limit_m` is how far a station reaches.
    Capacities (k,), (c,) are the households a station can serve; households of one door may be shared among stations.
    `new` is ignored by `ALL`. Raises `InputError` for shapes that do not fit, `new` below 1 or no candidates.
    """
    _require(kept_m, candidate_m, households, new, limit_m, model)
    if kept_capacity is not None or candidate_capacity is not None:
        solve = _Capacitated(
            kept_m,
            candidate_m,
            households,
            _capacity(kept_capacity, len(kept_m), households),
            _capacity(candidate_capacity, len(candidate_m), households),
            model,
            new,
            limit_m,
            time_limit_s,
        ).best
    elif model is Model.ALL:
        solve = _Covering(kept_m, candidate_m, households, limit_m, time_limit_s).best
    else:
        solve = _Gaining(kept_m, candidate_m, households, model, new, limit_m, time_limit_s).best
    found: list[Siting] = []
    for _ in range(alternatives):
        one = solve(tuple(siting.chosen for siting in found))
        if one is None or any(np.array_equal(one.chosen, known.chosen) for known in found):
            break
        found.append(one)
    return tuple(found)


def _require(
    kept_m: Floats, candidate_m: Floats, households: Floats, new: int, limit_m: float, model: Model
) -> None:
    n = len(households)
    if kept_m.shape[1:] != (n,) or candidate_m.shape[1:] != (n,):
        raise InputError(
            f"distances must have a column per door: {kept_m.shape} and {candidate_m.shape} for {n} doors",
            f"距离矩阵的列数须与门数一致：{n} 个门，得到 {kept_m.shape} 和 {candidate_m.shape}",
        )
    if not len(candidate_m):
        raise InputError("there is no candidate for a station", "没有可选的站点位置")
    if new < 1 and model is not Model.ALL:
        raise InputError(
            f"{new} new stations were asked for; ask for 1 or more", f"新增站点数须为 1 或以上，得到 {new}"
        )
    if not limit_m > 0:
        raise InputError(
            f"the limit must be above 0 m, not {limit_m}", f"步行上限须大于 0 米，得到 {limit_m}"
        )


def _capacity(given: Floats | None, count: int, households: Floats) -> Floats:
    return np.full(count, float(households.sum())) if given is None else np.asarray(given, dtype=np.float64)


def _reach(kept_m: Floats, candidate_m: Floats, chosen: Ints, households: Floats, limit_m: float) -> float:
    rows = np.concatenate([kept_m, candidate_m[chosen]])
    near = rows.min(axis=0, initial=np.inf) <= limit_m
    return float(households[near].sum())


@dataclass(frozen=True, slots=True)
class _Gaining:
    kept_m: Floats
    candidate_m: Floats
    households: Floats
    model: Model
    new: int
    limit_m: float
    time_limit_s: float

    def best(self, barred: tuple[Ints, ...]) -> Siting | None:
        """The best choice that is not among `barred`."""
        now = np.minimum(self.kept_m.min(axis=0, initial=np.inf), np.inf)
        if self.model is Model.MOST:
            base = float(self.households[now <= self.limit_m].sum())
            worth = np.where(now <= self.limit_m, 0.0, self.households)
            table = csr_array((self.candidate_m <= self.limit_m) * worth)
        else:
            walked = np.minimum(now, self.limit_m)
            base = float((walked * self.households).sum())
            saved = np.maximum(walked - np.minimum(self.candidate_m, self.limit_m), 0.0)
            table = csr_array(saved * self.households)
        table.eliminate_zeros()
        found = choose(_alike_joined(table), self.new, time_limit_s=self.time_limit_s, barred=barred)
        if any(np.array_equal(found.chosen, one) for one in barred):
            return None
        sign = 1.0 if self.model is Model.MOST else -1.0
        reached = _reach(self.kept_m, self.candidate_m, found.chosen, self.households, self.limit_m)
        return Siting(found.chosen, base + sign * found.gain, base + sign * found.bound, reached)


def _alike_joined(table: csr_array) -> csr_array:
    """Doors that the same candidates reach become one, where each gives them all the same or nothing."""
    by_door = table.tocsc()
    first = np.zeros(by_door.shape[1])
    some = np.diff(by_door.indptr) > 0
    first[some] = by_door.data[by_door.indptr[:-1][some]]
    same = (
        np.maximum.reduceat(by_door.data, by_door.indptr[:-1][some])
        == np.minimum.reduceat(by_door.data, by_door.indptr[:-1][some])
        if some.any()
        else np.empty(0, dtype=bool)
    )
    if not len(same) or not same.all():
        return csr_array(table[:, some])
    names = [by_door.indices[a:b].tobytes() for a, b in zip(by_door.indptr, by_door.indptr[1:], strict=False)]
    kinds: dict[bytes, int] = {}
    number = np.array([kinds.setdefault(name, len(kinds)) if name else -1 for name in names])
    pick = coo_array(
        (np.ones(some.sum()), (np.flatnonzero(some), number[some] - number[some].min())),
        shape=(len(names), int(number[some].max() - number[some].min()) + 1),
    )
    return csr_array(table @ pick.tocsr())


@dataclass(frozen=True, slots=True)
class _Covering:
    kept_m: Floats
    candidate_m: Floats
    households: Floats
    limit_m: float
    time_limit_s: float

    def best(self, barred: tuple[Ints, ...]) -> Siting | None:
        """The fewest candidates with which everyone is reached whom any of them reaches."""
        now = self.kept_m.min(axis=0, initial=np.inf) <= self.limit_m
        near = self.candidate_m <= self.limit_m
        left = (self.households > 0) & ~now & near.any(axis=0)
        needs = np.unique(near[:, left], axis=1).T if left.any() else np.empty((0, len(near)), dtype=bool)
        rows, lower = [csr_array(needs.astype(np.float64))], [np.ones(len(needs))]
        for one in barred:
            cut = np.zeros((1, len(near)))
            cut[0, one] = -1.0
            rows.append(csr_array(cut))
            lower.append(np.array([1.0 - len(one)]))
        answer = milp(
            np.ones(len(near)),
            constraints=LinearConstraint(vstack(rows).tocsr(), np.concatenate(lower), np.inf),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(near)),
            options={"time_limit": self.time_limit_s},
        )
        if answer.x is None:
            return None
        chosen = np.flatnonzero(answer.x > 0.5)
        reached = _reach(self.kept_m, self.candidate_m, chosen, self.households, self.limit_m)
        return Siting(chosen, float(len(chosen)), float(np.ceil(answer.mip_dual_bound - 1e-6)), reached)


@dataclass(frozen=True, slots=True)
class _Capacitated:
    kept_m: Floats
    candidate_m: Floats
    households: Floats
    kept_capacity: Floats
    candidate_capacity: Floats
    model: Model
    new: int
    limit_m: float
    time_limit_s: float

    def best(self, barred: tuple[Ints, ...]) -> Siting | None:
        """The best choice that is not among `barred`, each household served by one station with room for it."""
        metres = np.concatenate([self.kept_m, self.candidate_m])
        room = np.concatenate([self.kept_capacity, self.candidate_capacity])
        station, door = np.nonzero((metres <= self.limit_m) & (self.households > 0))
        k, c, pairs = len(self.kept_m), len(self.candidate_m), len(station)
        at = np.arange(pairs)
        load = coo_array((self.households[door], (station, at)), shape=(k + c, pairs))
        space = coo_array((-self.candidate_capacity, (k + np.arange(c), np.arange(c))), shape=(k + c, c))
        once = coo_array((np.ones(pairs), (door, at)), shape=(len(self.households), pairs))
        rows = [hstack([space, load]), hstack([csr_array((len(self.households), c)), once])]
        upper = [np.where(np.arange(k + c) < k, room, 0.0), np.ones(len(self.households))]
        lower = [np.full(k + c, -np.inf), np.full(len(self.households), -np.inf)]
        for one in barred:
            cut = np.zeros((1, c + pairs))
            cut[0, one] = 1.0
            rows.append(csr_array(cut))
            upper.append(np.array([len(one) - 1.0]))
            lower.append(np.array([-np.inf]))
        total = float(self.households.sum())
        if self.model is Model.ALL:
            lower[1] = np.where(np.isin(np.arange(len(self.households)), door), 1.0, -np.inf)
            cost = np.concatenate([np.ones(c), np.zeros(pairs)])
        else:
            rows.append(csr_array(np.concatenate([np.ones(c), np.zeros(pairs)]).reshape(1, -1)))
            upper.append(np.array([float(self.new)]))
            lower.append(np.array([-np.inf]))
            gain = 1.0 if self.model is Model.MOST else self.limit_m - metres[station, door]
            cost = np.concatenate([np.zeros(c), -self.households[door] * gain])
        answer = milp(
            cost,
            constraints=LinearConstraint(vstack(rows).tocsr(), np.concatenate(lower), np.concatenate(upper)),
            bounds=Bounds(0, 1),
            integrality=np.concatenate([np.ones(c), np.zeros(pairs)]),
            options={"time_limit": self.time_limit_s},
        )
        if answer.x is None:
            return None
        chosen = np.flatnonzero(answer.x[:c] > 0.5)
        reached = float((answer.x[c:] * self.households[door]).sum())
        value, proved = float(answer.fun), float(answer.mip_dual_bound)
        if self.model is Model.ALL:
            return Siting(chosen, value, float(np.ceil(proved - 1e-6)), reached)
        if self.model is Model.MOST:
            return Siting(chosen, -value, -proved, reached)
        return Siting(chosen, total * self.limit_m + value, total * self.limit_m + proved, reached)
