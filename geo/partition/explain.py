"""Reasons in the planner's words: what no plan can meet and why, and where a given plan breaks the bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.errors import Words
from geo.partition.exact.regions import Knot
from geo.partition.problem.bounds import CountBounds, bounds_by_component
from geo.partition.problem.problem import Problem
from geo.partition.problem.score import GridFigures, grid_figures

_MOST_NAMED = 3
"""Cells of a region named in a text."""


def reasons(problem: Problem) -> tuple[Words, ...]:
    """What cannot be met whatever the plan; empty when nothing is known to stand in the way.

    >>> lone = {"lo": 300, "hi": 500, "edges": [], "nodes": [
    ...     {"id": 0, "x": 0, "y": 0, "households": 620, "area": 1, "complex": "A"}]}
    >>> reasons(Problem.from_instance(lone))[0].en
    'cell 0 has 620 households, more than the 500 a grid may have; divide it or raise the upper bound'
    """
    found = _large_cells(problem) + _crowded_cells(problem) + _large_complexes(problem)
    _, part = problem.components()
    every = bounds_by_component(problem)
    fewest, most = sum(bounds.fewest for bounds in every), sum(bounds.most for bounds in every)
    if problem.k is not None and not fewest <= problem.k <= most:
        found.append(
            Words(
                f"{problem.k} grids are wanted, but the bounds allow {fewest} to {most}",
                f"要求 {problem.k} 个网格，而按上下限只能是 {fewest} 到 {most} 个",
            )
        )
    for number, bounds in enumerate(every):
        found += _component_reasons(problem, np.flatnonzero(part == number), bounds, whole=part.max() == 0)
    return tuple(found)


def knot_words(problem: Problem, cells: NDArray[np.integer], knot: Knot) -> Words:
    """A region that cannot be divided within the bounds, with the smallest relaxation that unties it.

    `cells` are the knot's in the numbers of the problem.
    """
    (en, zh), helping = knot_parts(problem, cells, knot)
    if not helping:
        return Words(f"{en}; divide one of them", f"{zh}；请拆分其中的基元")
    return Words(
        f"{en}; {' or '.join(way.en for way in helping)} would untie them",
        f"{zh}；{'或'.join(way.zh for way in helping)}可解",
    )


def knot_parts(problem: Problem, cells: NDArray[np.integer], knot: Knot) -> tuple[Words, tuple[Words, ...]]:
    """What is said of the region, and the bounds that would help; arguments, cells by number, as in `knot_words`."""
    unit = problem.unit
    order = cells[np.argsort(-problem.households[cells], kind="stable")]
    shown = [cell_name(problem, int(cell)) for cell in order if problem.households[cell] > 0][:_MOST_NAMED]
    total, lo, hi = int(problem.households[cells].sum()), problem.lo, problem.hi
    what = Words(
        f"the {len(cells)} neighbouring cells around {', '.join(name.en for name in shown)} ({total} {unit.en}) "
        f"cannot be divided into grids of {lo}-{hi} {unit.en}, whatever is done elsewhere",
        f"{'、'.join(name.zh for name in shown)}一带相邻的 {len(cells)} 个基元（共 {total} {unit.zh}）无论其他地方如何划分，"
        f"都无法组成 {lo}–{hi} {unit.zh}的网格",
    )
    ways = (
        None
        if knot.lower is None
        else Words(f"a lower bound of {knot.lower}", f"下限降至 {knot.lower} {unit.zh}"),
        None
        if knot.upper is None
        else Words(f"an upper bound of {knot.upper}", f"上限升至 {knot.upper} {unit.zh}"),
    )
    return what, tuple(way for way in ways if way is not None)


def cell_name(problem: Problem, cell: int) -> Words:
    """What a planner calls a cell: its building, or its number where it has none."""
    name = problem.cell_names[cell] if problem.cell_names else ""
    if name:
        return Words(f"building {name}", f"楼栋 {name}")
    return Words(f"cell {cell}", f"基元 {cell}")


def _large_cells(problem: Problem) -> list[Words]:
    unit = problem.unit
    found = []
    for cell in np.flatnonzero(problem.households > problem.hi):
        name, count = cell_name(problem, int(cell)), problem.households[cell]
        found.append(
            Words(
                f"{name.en} has {count} {unit.en}, more than the {problem.hi} a grid may have; "
                "divide it or raise the upper bound",
                f"{name.zh} 有 {count} {unit.zh}，超过网格上限 {problem.hi} {unit.zh}；请拆分该基元或提高上限",
            )
        )
    return found


def _crowded_cells(problem: Problem) -> list[Words]:
    """Cells with more people than a grid may have."""
    if problem.people is None or problem.max_people is None:
        return []
    found = []
    for cell in np.flatnonzero(problem.people > problem.max_people):
        name, count = cell_name(problem, int(cell)), problem.people[cell]
        found.append(
            Words(
                f"{name.en} has {count} people, more than the {problem.max_people} a grid may have; "
                "divide it or raise the bound on people",
                f"{name.zh} 有 {count} 人，超过网格人数上限 {problem.max_people} 人；请拆分该基元或提高人数上限",
            )
        )
    return found


def _large_complexes(problem: Problem) -> list[Words]:
    unit = problem.unit
    inside = problem.complex_of >= 0
    count = len(problem.complexes)
    size = np.bincount(problem.complex_of[inside], problem.households[inside], count).astype(np.int64)
    found = []
    for number in np.flatnonzero(size > problem.hi):
        cells = np.count_nonzero(problem.complex_of == number)
        if cells == 1:
            continue  # already told as a cell
        pieces = -(-int(size[number]) // problem.hi)
        name = problem.complexes[number]
        found.append(
            Words(
                f"complex {name} has {size[number]} {unit.en}, more than the {problem.hi} a grid may have; "
                f"it must be split into {pieces} grids or more",
                f"小区 {name} 有 {size[number]} {unit.zh}，超过网格上限 {problem.hi} {unit.zh}；至少须分为 {pieces} 个网格",
            )
        )
    return found


def _component_reasons(
    problem: Problem, cells: NDArray[np.intp], bounds: CountBounds, *, whole: bool
) -> list[Words]:
    total, lo, hi, unit = int(problem.households[cells].sum()), problem.lo, problem.hi, problem.unit
    largest = cells[np.argmax(problem.households[cells])]  # a name people know, where there is one
    first = cell_name(problem, int(largest))
    where = Words("the community", "该社区")
    if not whole:
        where = Words(
            f"the part of {len(cells)} cells around {first.en}, cut off from the rest,",
            f"与其余部分不相连的一片（{first.zh} 等 {len(cells)} 个基元）",
        )
    if total < lo:
        return [
            Words(
                f"{where.en} has {total} {unit.en}, fewer than the {lo} a grid needs; "
                "it becomes a grid of its own below the bound",
                f"{where.zh}共 {total} {unit.zh}，不足网格下限 {lo} {unit.zh}；将单独成为一个低于下限的网格",
            )
        ]
    if bounds.fewest_by_sum > len(cells):
        return []  # cells above the bound, told one by one
    if bounds.fewest_by_sum > bounds.most:
        needed = bounds.fewest_by_sum
        return [
            Words(
                f"{where.en} has {total} {unit.en}: {needed - 1} grids of {hi} are too few for them and {needed} "
                f"grids of {lo} too many; a lower bound of {total // needed} or an upper bound of "
                f"{-(-total // max(1, needed - 1))} would fit",
                f"{where.zh}共 {total} {unit.zh}：{needed - 1} 个网格（每个至多 {hi} {unit.zh}）容不下，{needed} 个网格（每个至少 {lo} {unit.zh}）"
                f"又不够；下限降至 {total // needed} {unit.zh}或上限升至 {-(-total // max(1, needed - 1))} {unit.zh}即可",
            )
        ]
    people = 0 if problem.people is None else int(problem.people[cells].sum())
    if bounds.fewest > bounds.most and problem.max_people and people > bounds.most * problem.max_people:
        return [
            Words(
                f"{where.en} needs {bounds.fewest} grids for its {people} people, but {total} {unit.en} fill no more "
                f"than {bounds.most} grids of {lo}; raise the bound on people or lower the other",
                f"{where.zh}共 {people} 人，至少需要 {bounds.fewest} 个网格，而 {total} {unit.zh}最多只能组成 {bounds.most} 个不少于 "
                f"{lo} {unit.zh}的网格；请提高人数上限或降低下限",
            )
        ]
    if bounds.fewest > bounds.most:
        return [
            Words(
                f"{where.en} needs {bounds.fewest} grids, because its large cells cannot share one, but {total} "
                f"{unit.en} fill no more than {bounds.most} grids of {lo}",
                f"{where.zh}因大户数基元不能同格，至少需要 {bounds.fewest} 个网格，而 {total} {unit.zh}最多只能组成 "
                f"{bounds.most} 个不少于 {lo} {unit.zh}的网格",
            )
        ]
    return []


def violations(problem: Problem, labels: NDArray[np.integer]) -> tuple[Words, ...]:
    """Where a plan breaks the bounds or falls apart: one text per grid and fault, in order of label."""
    figures = grid_figures(problem, labels)
    found = []
    for position in np.flatnonzero((figures.over > 0) | (figures.under > 0) | (figures.parts > 1)):
        found += _grid_faults(problem, figures, int(position))
    return tuple(found)


def _grid_faults(problem: Problem, figures: GridFigures, position: int) -> list[Words]:
    label, count = figures.labels[position], figures.households[position]
    unit = problem.unit
    found = []
    if figures.over[position] > 0:
        found.append(
            Words(
                f"grid {label} has {count} {unit.en}, {figures.over[position]} above the upper bound {problem.hi}",
                f"网格 {label} 有 {count} {unit.zh}，超出上限 {problem.hi} {unit.zh}共 {figures.over[position]} {unit.zh}",
            )
        )
    if figures.under[position] > 0:
        found.append(
            Words(
                f"grid {label} has {count} {unit.en}, {figures.under[position]} below the lower bound {problem.lo}",
                f"网格 {label} 有 {count} {unit.zh}，距下限 {problem.lo} {unit.zh}尚缺 {figures.under[position]} {unit.zh}",
            )
        )
    if figures.parts[position] > 1:
        found.append(
            Words(
                f"grid {label} lies in {figures.parts[position]} separate parts",
                f"网格 {label} 分成互不相连的 {figures.parts[position]} 片",
            )
        )
    return found
