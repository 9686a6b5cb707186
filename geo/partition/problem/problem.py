"""The partition problem as flat arrays: cells with households, a neighbour graph, and bounds on a grid's size."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from geo.crs import LocalMetres, require_kept_crs
from geo.errors import InputError, Words
from geo.partition.problem.barriers import uncrossed
from geo.partition.problem.beyond import Beyond, outer_rim
from geo.partition.problem.neutral import Fault, checked_instance, raise_faults
from geo.plans.goals import Goal, Weights
from geo.plans.rules import Crossing, Rules, tolerated
from geo.plans.sizes import cell_people, cell_sizes

HOUSEHOLDS = Words("households", "户")


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """What is to be divided, and within which bounds. Arrays are read-only; n cells, m neighbour pairs.

    Build it with `from_cells` or `from_instance`, which check; the constructor itself takes what it is given.
    """

    households: NDArray[np.int64]
    """(n,) households of each cell, 0 or more."""
    x_m: NDArray[np.float64]
    """(n,) a point inside the cell, metres to the east in any local frame."""
    y_m: NDArray[np.float64]
    """(n,) the same, metres to the north."""
    area_m2: NDArray[np.float64]
    """(n,) area of each cell; 0 where unknown."""
    complex_of: NDArray[np.int32]
    """(n,) index into `complexes`, -1 where the cell belongs to none."""
    indptr: NDArray[np.int64]
    """(n + 1,) compressed neighbour lists: those of cell i are `indices[indptr[i]:indptr[i + 1]]`, ascending."""
    indices: NDArray[np.int64]
    """(2m,) neighbours; every pair is held in both directions."""
    shared_m: NDArray[np.float64]
    """(2m,) length of the shared outline."""
    barrier: NDArray[np.bool_]
    """(2m,) whether a road, river or railway lies between the two."""
    lo: int
    """Fewest households in a grid, inclusive."""
    hi: int
    """Most households in a grid, inclusive."""
    people: NDArray[np.int64] | None = None
    """(n,) people of each cell; None where no bound on people is set."""
    max_people: int | None = None
    """Most people in a grid, inclusive; None for no such bound."""
    k: int | None = None
    """Wanted number of grids; None asks for the fewest."""
    current: NDArray[np.int64] | None = None
    """(n,) today's grid of each cell; None when there is no plan today."""
    nets: NDArray[np.int64] | None = None
    """(q, n) existing nets whose households should stay together, -1 where a net has no grid; None for none."""
    net_weights: NDArray[np.float64] | None = None
    """(q,) how much a household moved from each net counts."""
    lon_lat: NDArray[np.float64] | None = None
    """(n, 2) geographic coordinates, for the goal `PATROL` alone."""
    goal: Goal = Goal.PLANNING
    unit: Words = HOUSEHOLDS
    """What `households`, `lo` and `hi` count, for texts."""
    name: str = ""
    complexes: tuple[str, ...] = ()
    cell_names: tuple[str, ...] = ()
    """What planners call each cell (a building's reference); empty when cells only have numbers."""
    weights: Weights = field(default_factory=Weights)
    tolerance: float = 0.0
    """Share of a bound by which a grid may miss it at little cost."""
    beyond: Beyond | None = None
    """Outline towards ground that is not divided here; None where outlines are unknown."""
    row_of: NDArray[np.int64] | None = None
    """(n,) row of buildings each cell belongs to, -1 for none; None where rows are unknown."""

    @property
    def least(self) -> int:
        """Fewest households of a grid within the tolerance."""
        return tolerated(self.lo, self.hi, self.tolerance)[0]

    @property
    def most(self) -> int:
        """Most households of a grid within the tolerance."""
        return tolerated(self.lo, self.hi, self.tolerance)[1]

    @property
    def n(self) -> int:
        """Number of cells."""
        return len(self.households)

    @classmethod
    def from_cells(
        cls,
        cells: gpd.GeoDataFrame,
        edges: pd.DataFrame,
        rules: Rules,
        *,
        current: NDArray[np.int64] | None = None,
        k: int | None = None,
        name: str = "",
    ) -> Problem:
        """The problem of one community.

        `cells` (EPSG:4490) has households, area_m2, complex_ref, building_ref, people and one row per cell in order of
        its number; `edges` has a, b, shared_m, barrier. What counts as a household here is what `rules` count
        (`geo.plans.sizes`). Raises `InputError` naming every contradiction found.
        """
        require_kept_crs(cells, "cells")
        shapes = LocalMetres.of(cells).to_metres(cells) if len(cells) else np.array([])
        points = shapely.point_on_surface(shapes)
        complex_of, complexes = pd.factorize(cells["complex_ref"].astype("object"), sort=True)
        plain = rules.workload is None  # odd counts are found by the checks below
        sizes = cells["households"].to_numpy() if plain else cell_sizes(cells, rules)
        if rules.barriers is Crossing.FORBIDDEN:
            edges = edges[
                uncrossed(
                    edges["a"], edges["b"], shared_m=edges["shared_m"], barrier=edges["barrier"], size=sizes
                )
            ]
        problem = {
            "name": name,
            "lo": rules.min_households,
            "hi": rules.max_households,
            "nodes": {
                "households": sizes,
                "x": shapely.get_x(points),
                "y": shapely.get_y(points),
                "area": cells["area_m2"].to_numpy(),
            },
            "edges": {column: edges[column].to_numpy() for column in ("a", "b", "shared_m", "barrier")},
            "k": k,
            "current": None if current is None else np.asarray(current),
        }
        refs = cells["building_ref"].astype("object") if "building_ref" in cells else pd.Series(dtype=object)
        names = tuple("" if pd.isna(ref) else str(ref) for ref in refs)
        made = _assemble(problem, complex_of, tuple(str(c) for c in complexes), names, rules.prices())
        made = replace(made, unit=rules.unit, tolerance=rules.size_tolerance)
        made = replace(made, beyond=outer_rim(shapely.length(shapes), made.indptr, made.shared_m))
        people = None if rules.max_people is None else cell_people(cells)
        if people is None:
            return made
        return replace(made, people=_sealed(people), max_people=rules.max_people)

    @classmethod
    def from_instance(cls, instance: Mapping[str, Any], *, goal: Goal | None = None) -> Problem:
        """The problem in a neutral instance (`geo.partition.problem.neutral`), cells in order of their id.

        Without `goal`, the one whose figure the instance publishes, else `Goal.PLANNING`. Raises `InputError` that
        lists what is wrong with the instance, or that `Goal.PATROL` lacks lon and lat.
        """
        columns, complex_keys = checked_instance(instance)
        goal = goal or Goal(columns["goal"] or Goal.PLANNING)
        lon_lat = columns["lon_lat"]
        if goal is Goal.PATROL and lon_lat is None:
            raise InputError(
                "the goal patrol needs lon and lat of every node; choose another goal",
                "目标 patrol 需要每个节点的 lon 和 lat；请选择其他目标",
            )
        complex_of, complexes = _factorise(complex_keys)
        problem = _assemble(columns, complex_of, tuple(str(c) for c in complexes), (), Weights())
        return replace(problem, goal=goal, lon_lat=None if lon_lat is None else _sealed(np.array(lon_lat)))

    def components(self) -> tuple[int, NDArray[np.int32]]:
        """Number of connected parts of the graph, and the part of each cell.

        >>> two = {"lo": 1, "hi": 9, "edges": [], "nodes": [
        ...     {"id": i, "x": i, "y": 0, "households": 3, "area": 1, "complex": None} for i in range(2)]}
        >>> Problem.from_instance(two).components()[0]
        2
        """
        graph = csr_array(
            (np.ones(len(self.indices), np.int8), self.indices, self.indptr), shape=(self.n, self.n)
        )
        count, part = connected_components(graph, directed=False)
        return int(count), np.asarray(part, np.int32)

    def pairs(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
        """Neighbour pairs once each: a, b (a < b), shared metres, barrier."""
        a = np.repeat(np.arange(self.n), np.diff(self.indptr))
        once = a < self.indices
        return a[once], self.indices[once], self.shared_m[once], self.barrier[once]


def _factorise(keys: Sequence[Hashable]) -> tuple[NDArray[np.int32], list[Hashable]]:
    """Numbers for keys in order of first appearance; None becomes -1."""
    known: dict[Hashable, int] = {}
    numbers = [-1 if key is None else known.setdefault(key, len(known)) for key in keys]
    return np.array(numbers, np.int32), list(known)


def _assemble(
    columns: Mapping[str, Any],
    complex_of: NDArray[Any],
    complexes: tuple[str, ...],
    cell_names: tuple[str, ...],
    weights: Weights,
) -> Problem:
    """Check the columns against each other and bring the pairs into compressed neighbour lists."""
    nodes, pairs = columns["nodes"], columns["edges"]
    households, area = _numbers(nodes["households"], "households"), _numbers(nodes["area"], "area")
    x, y = _numbers(nodes["x"], "x"), _numbers(nodes["y"], "y")
    shared = _numbers(pairs["shared_m"], "shared_m")
    a, b = (np.asarray(pairs[end], dtype=np.int64).reshape(-1) for end in "ab")
    barrier = np.asarray(pairs["barrier"], dtype=bool).reshape(-1)
    n = len(households)
    if n == 0:
        raise InputError("there are no cells to divide", "没有可划分的基元")
    faults = _count_faults(households, area, shared) + _pair_faults(a, b, n)
    faults += _bound_faults(columns["lo"], columns["hi"], columns.get("k"), n)
    current = columns.get("current")
    if current is not None and len(current) != n:
        faults.append(
            (
                f"current names {len(current)} cells, there are {n}",
                f"current 有 {len(current)} 项，而基元有 {n} 个",
            )
        )
    if faults:
        raise_faults(faults)
    source, target = np.concatenate([a, b]), np.concatenate([b, a])
    order = np.lexsort((target, source))
    indptr = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(source, minlength=n), out=indptr[1:])
    return Problem(
        households=_sealed(households.astype(np.int64)),
        x_m=_sealed(x),
        y_m=_sealed(y),
        area_m2=_sealed(area),
        complex_of=_sealed(np.asarray(complex_of, np.int32)),
        indptr=_sealed(indptr),
        indices=_sealed(target[order]),
        shared_m=_sealed(np.tile(shared, 2)[order]),
        barrier=_sealed(np.tile(barrier, 2)[order]),
        lo=int(np.ceil(float(columns["lo"]) - 1e-9)),
        hi=int(np.floor(float(columns["hi"]) + 1e-9)),
        k=None if columns.get("k") is None else int(columns["k"]),
        current=None if current is None else _sealed(np.asarray(current, np.int64)),
        name=str(columns.get("name") or ""),
        complexes=complexes,
        cell_names=cell_names,
        weights=weights,
    )


def _sealed(array: NDArray[Any]) -> NDArray[Any]:
    array = np.ascontiguousarray(array).copy()
    array.flags.writeable = False
    return array


def _numbers(values: Any, what: str) -> NDArray[np.float64]:
    try:
        return np.asarray(pd.array(values).to_numpy(dtype=np.float64, na_value=np.nan)).reshape(-1)
    except (TypeError, ValueError) as error:
        raise InputError(f"{what} must be numbers ({error})", f"{what} 应为数字") from error


def _count_faults(
    households: NDArray[np.float64], area: NDArray[np.float64], shared: NDArray[np.float64]
) -> list[Fault]:
    faults: list[Fault] = []
    with np.errstate(invalid="ignore"):
        wrong = ~((households >= 0) & (households <= 1e12) & (households == np.round(households)))
        no_area = ~((area >= 0) & np.isfinite(area))
        no_length = ~((shared >= 0) & np.isfinite(shared))
    for cell in np.flatnonzero(wrong):
        value = f"cell {cell}: households {households[cell]:g}"
        faults.append(
            (
                f"{value} must be a whole number, 0 or more",
                f"基元 {cell}：户数 {households[cell]:g} 应为非负整数",
            )
        )
    faults += [
        (f"cell {cell}: area {area[cell]:g} must be 0 or more", f"基元 {cell}：面积 {area[cell]:g} 不应为负")
        for cell in np.flatnonzero(no_area)
    ]
    faults += [
        (
            f"pair {pair}: shared_m {shared[pair]:g} must be 0 or more",
            f"第 {pair} 条邻边：shared_m {shared[pair]:g} 不应为负",
        )
        for pair in np.flatnonzero(no_length)
    ]
    return faults


def _pair_faults(a: NDArray[np.int64], b: NDArray[np.int64], n: int) -> list[Fault]:
    unknown = (a < 0) | (a >= n) | (b < 0) | (b >= n)
    faults = [
        (
            f"pair {i} joins {a[i]} and {b[i]}, but cells run from 0 to {n - 1}",
            f"第 {i} 条邻边连接 {a[i]} 与 {b[i]}，而基元编号为 0–{n - 1}",
        )
        for i in np.flatnonzero(unknown)
    ]
    faults += [
        (f"pair {i} joins cell {a[i]} to itself", f"第 {i} 条邻边把基元 {a[i]} 与自身相连")
        for i in np.flatnonzero(a == b)
    ]
    key = np.minimum(a, b) * np.int64(n) + np.maximum(a, b)
    _, first = np.unique(key, return_index=True)
    again = np.setdiff1d(np.arange(len(a)), first)
    faults += [
        (f"cells {a[i]} and {b[i]} are joined twice", f"基元 {a[i]} 与 {b[i]} 的邻边重复")
        for i in again
        if not unknown[i]
    ]
    return faults


def _bound_faults(lo: Any, hi: Any, k: Any, n: int) -> list[Fault]:
    if not (0 <= lo <= hi < 1e15 and np.floor(hi + 1e-9) >= max(np.ceil(lo - 1e-9), 1)):
        return [
            (
                f"bounds {lo}-{hi} households contradict; 0 <= lo <= hi and hi at least 1",
                f"户数界限 {lo}–{hi} 矛盾；应有 0 ≤ lo ≤ hi 且 hi ≥ 1",
            )
        ]
    if k is not None and not 1 <= k <= n:
        return [
            (
                f"k = {k} grids are wanted of {n} cells; use 1 to {n}",
                f"要求 k = {k} 个网格，而基元有 {n} 个；应为 1–{n}",
            )
        ]
    return []
