"""From cells and rules to plans of one community: what stays is carved out, the rest divided, both judged together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import InputError, Words
from geo.partition.alternatives import MOVED_PRICE, TITLES, Alternative, alternatives
from geo.partition.ask import Ask, Names, Net, Today
from geo.partition.carve import Carved, carve
from geo.partition.explain import reasons
from geo.partition.grid_reasons import grid_reasons
from geo.partition.problem.figures import PlanFigures, plan_figures
from geo.partition.problem.problem import Problem
from geo.partition.problem.rows import rows_of_cells, rows_split
from geo.partition.problem.score import evaluate
from geo.plans.overlaps import moved_households
from geo.plans.reasons import Reasons
from geo.plans.rules import Crossing, Rules

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """One plan of one community."""

    title: Words
    labels: Ints
    """(n,) grid of each cell: those drawn, then those that stayed."""
    stays: dict[int, str]
    """The code of each grid that stayed, by its label here."""
    score: dict[str, Any]
    """As kept with the plan: the `geo.partition.problem.score.Score` and `PlanFigures` of what was drawn, the grids that
    `stay` added to `grids` and `lower_bound`, households moved from today and (`net_moved`) from each net."""
    reasons: dict[int, Reasons] = field(default_factory=dict)
    """Why grids miss the bounds, by their label here."""


def propose(
    cells: gpd.GeoDataFrame,
    edges: pd.DataFrame,
    rules: Rules,
    *,
    ask: Ask,
    today: Today | None = None,
    nets: Sequence[Net] = (),
    buildings: gpd.GeoDataFrame | None = None,
    names: Names | None = None,
    name: str = "",
) -> tuple[tuple[Proposal, ...], tuple[Words, ...]]:
    """Plans for one community, the recommended first, and what stands in the way of better ones.

    `cells` and `edges` as `Problem.from_cells` takes them; with `buildings` (ref, complex_ref, footprints) rows of them
    stay together. Exclusive and locked grids of `today` keep their cells. Texts call buildings and complexes by `names`.
    Raises `InputError` when more grids stay than are wanted.
    """
    whole = _with_nets(
        Problem.from_cells(cells, edges, rules, current=None if today is None else today.labels, name=name),
        nets,
        today if ask.from_current else None,
    )
    staying = [] if today is None else today.staying(rules.locked)
    if buildings is not None:
        whole = replace(whole, row_of=rows_of_cells(cells, buildings))
    if names is not None:
        whole = _named(whole, names)
    carved = carve(whole, np.full(whole.n, -1) if today is None else today.labels, staying)
    notes = _notes(whole, rules, today, carved)
    households = cells["households"].to_numpy(dtype=np.int64)
    if carved.rest is None:
        return (_nothing_to_draw(whole, carved, nets, households, today),), (*notes, *_no_choice(ask))
    rest = replace(carved.rest, k=_wanted(ask, today, carved))
    choice = alternatives(
        rest,
        count=ask.alternatives,
        seed=ask.seed,
        time_limit_s=ask.time_limit_s,
        households=None if rules.workload is None else households[carved.cells],
    )
    found = choice.plans
    proposals = tuple(
        replace(made, reasons=_reasons(whole, carved, made.labels, today, one))
        for one in found
        for made in (_proposal(rest, carved, one, nets, households, today),)
    )
    missing = () if choice.missing is None else (choice.missing,)
    people = _people_notes(found[0].figures, rules)
    return proposals, (*notes, *reasons(rest), *found[0].reasons, *people, *missing)


def _named(problem: Problem, names: Names) -> Problem:
    return replace(
        problem,
        cell_names=tuple(names.buildings.get(ref, ref) for ref in problem.cell_names),
        complexes=tuple(names.complexes.get(ref, ref) for ref in problem.complexes),
    )


def _reasons(
    whole: Problem, carved: Carved, labels: Ints, today: Today | None, one: Alternative
) -> dict[int, Reasons]:
    """Why grids of the plan miss the bounds, by label."""
    kinds: dict[int, str] = {}
    if today is not None:
        first = int(labels.max()) + 1 - len(carved.kept)
        kinds = {first + place: today.kinds[old] for place, old in enumerate(carved.kept.tolist())}
    return grid_reasons(whole, carved, labels, kinds=kinds, knots=one.knots)


def _with_nets(problem: Problem, nets: Sequence[Net], today: Today | None) -> Problem:
    rows = [net.labels for net in nets]
    weights = [net.weight for net in nets]
    if today is not None:
        rows, weights = [*rows, today.labels], [*weights, 1.0]
    if not rows:
        return problem
    prices = problem.weights
    if prices.moved == 0:
        prices = replace(prices, moved=MOVED_PRICE)
    return replace(
        problem, nets=np.array(rows, np.int64), net_weights=np.array(weights, np.float64), weights=prices
    )


def _wanted(ask: Ask, today: Today | None, carved: Carved) -> int | None:
    """How many grids the rest should fall into."""
    if ask.grids is None:
        return None
    kinds = () if today is None else today.kinds
    locked = len([label for label in carved.kept.tolist() if kinds[label] != "exclusive"])
    most = len(carved.cells)
    if not locked < ask.grids <= locked + most:
        raise InputError(
            f"{ask.grids} grids are wanted; with {locked} locked ones and {most} cells to divide it can be "
            f"{locked + 1} to {locked + most}",
            f"要求 {ask.grids} 个网格；已锁定 {locked} 个、可划分基元 {most} 个，应为 {locked + 1}–{locked + most} 个",
        )
    return ask.grids - locked


def _proposal(
    rest: Problem,
    carved: Carved,
    one: Alternative,
    nets: Sequence[Net],
    households: Ints,
    today: Today | None,
) -> Proposal:
    labels = carved.join(one.labels)
    score = asdict(evaluate(rest, one.labels)) | asdict(one.figures)
    kept = len(carved.kept)
    if rest.row_of is not None:
        score["rows_split"] = rows_split(rest.row_of, one.labels)
    score |= {"stay": kept, "grids": score["grids"] + kept, "lower_bound": one.fewest + kept}
    score["net_moved"] = {net.name: moved_households(net.labels, labels, households) for net in nets}
    return Proposal(one.title, labels, _codes(carved, today, labels), score)


def _codes(carved: Carved, today: Today | None, labels: Ints) -> dict[int, str]:
    """The codes of the grids that stay, by the labels of the whole plan: they come last."""
    kept = carved.kept.tolist()
    first = int(labels.max()) + 1 - len(kept)
    return {} if today is None else {first + place: today.codes[old] for place, old in enumerate(kept)}


def _nothing_to_draw(
    whole: Problem, carved: Carved, nets: Sequence[Net], households: Ints, today: Today | None
) -> Proposal:
    labels, kept = carved.join([]), len(carved.kept)
    score = asdict(evaluate(whole, labels)) | asdict(plan_figures(whole, labels))
    score |= {"over": 0, "under": 0, "violation": 0, "violations": 0, "stay": kept, "lower_bound": kept}
    score["net_moved"] = {net.name: moved_households(net.labels, labels, households) for net in nets}
    return Proposal(TITLES["main"], labels, _codes(carved, today, labels), score)


def _notes(whole: Problem, rules: Rules, today: Today | None, carved: Carved) -> tuple[Words, ...]:
    notes = []
    if today is not None and (gained := int(((carved.stays >= 0) & (today.labels != carved.stays)).sum())):
        notes.append(
            Words(
                f"{gained} empty cells that only grids that stay touch went to these grids",
                f"{gained} 个无住户基元仅与保留网格相邻，已归入保留网格",
            )
        )
    if rules.max_people is not None and whole.people is None:
        notes.append(
            Words(
                f"people are not known here; the bound of {rules.max_people} people could not be kept in view",
                f"缺少人口数据，未能按 {rules.max_people} 人的上限划分",
            )
        )
    if rules.barriers is Crossing.FORBIDDEN and (parts := whole.components()[0]) > 1:
        notes.append(
            Words(
                f"barriers may not be crossed: the community falls into {parts} parts",
                f"不允许跨越道路水系等界线：社区分为 {parts} 片",
            )
        )
    return tuple(notes)


def _no_choice(ask: Ask) -> tuple[Words, ...]:
    if ask.alternatives < 2:
        return ()
    return (
        Words(
            "every grid stays as it is: there is nothing to choose from", "所有网格保留不动，没有可选的方案"
        ),
    )


def _people_notes(figures: PlanFigures, rules: Rules) -> tuple[Words, ...]:
    if not figures.people_over:
        return ()
    return (
        Words(
            f"{figures.people_over} grids have more than {rules.max_people} people",
            f"{figures.people_over} 个网格超过 {rules.max_people} 人",
        ),
    )
