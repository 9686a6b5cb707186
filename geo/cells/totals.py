"""A community's known totals shared out in whole numbers that add up exactly, with a word on what was done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.cells.adjacency import Flags, Floats, Ints
from geo.errors import InputError, Words

MIN_FIT = 0.25
MAX_FIT = 4.0
"""Estimates are fitted to a community's total when that scales them by a factor between these; outside, the
total and the buildings do not speak of the same thing, and nothing is bent. Our choice."""


def spread(total: int, weights: Floats) -> Ints:
    """Whole numbers that add up to `total`, in proportion to `weights`, by largest remainder.

    One number per weight. Equal remainders go to the earlier position. Weights are 0 or more, not all 0. Raises
    `InputError` for weights that are, and for a total below 0.

    >>> spread(10, np.array([1.0, 1.0, 1.0])).tolist()
    [4, 3, 3]
    """
    if total < 0 or not np.sum(weights) > 0:
        raise InputError(
            f"cannot share {total} out over weights that sum to {np.sum(weights):g}",
            f"无法将 {total} 分配到总和为 {np.sum(weights):g} 的权重上",
        )
    exact = np.asarray(weights, dtype=np.float64) / np.sum(weights) * total
    whole = np.floor(exact + 1e-9).astype(np.int64)
    rest = np.round(exact - whole, 9)
    first = np.argsort(-rest, kind="stable")[: max(total - int(whole.sum()), 0)]
    whole[first] += 1
    return whole


@dataclass(frozen=True, slots=True)
class Fitted:
    """Households per building after fitting, and what was done, in words."""

    households: Ints
    notes: tuple[Words, ...]


def fit_to_total(households: Ints, estimated: Flags, total: int | None) -> Fitted:
    """Estimates scaled so that known and estimated households add up to the community's `total`.

    Known figures never change. Nothing is scaled where the factor would leave `MIN_FIT`-`MAX_FIT`, and the
    notes say so.
    """
    known, guessed = int(households[~estimated].sum()), int(households[estimated].sum())
    count = int(estimated.sum())
    if total is None or total == known + guessed:
        return Fitted(households, _note_estimates(count, guessed))
    rest = total - known
    if guessed == 0:
        return Fitted(households, _note_difference(total, known))
    factor = rest / guessed
    if not MIN_FIT <= factor <= MAX_FIT:
        return Fitted(households, _note_estimates(count, guessed) + _note_difference(total, known + guessed))
    fitted = households.copy()
    fitted[estimated] = spread(rest, households[estimated].astype(np.float64))
    words = Words(
        f"the households of {count} buildings are estimates; they were scaled by {factor:.2f}, from {guessed:,} "
        f"to {rest:,}, so that the community's {total:,} households come out",
        f"{count} 栋楼的户数为估算值；已按 {factor:.2f} 倍由 {guessed:,} 户调整为 {rest:,} 户，与社区总户数 {total:,} 一致",
    )
    return Fitted(fitted, (words,))


def _note_estimates(count: int, guessed: int) -> tuple[Words, ...]:
    if count == 0:
        return ()
    return (
        Words(
            f"the households of {count} buildings, {guessed:,} in all, are estimates from footprint and storeys",
            f"{count} 栋楼共 {guessed:,} 户，为按占地面积和层数估算",
        ),
    )


def _note_difference(total: int, counted: int) -> tuple[Words, ...]:
    return (
        Words(
            f"the buildings hold {counted:,} households, the community is said to have {total:,}; "
            "the buildings' figures were kept, check which is right",
            f"楼栋合计 {counted:,} 户，社区登记 {total:,} 户；已保留楼栋数据，请核对",
        ),
    )


def share_over_land(total: int, area_m2: Floats, wet: Flags) -> Ints:
    """A total spread over cells by area, water left out unless there is nothing else."""
    dry = np.where(wet, 0.0, area_m2)
    return spread(total, dry if dry.sum() > 0 else area_m2)


def fit_people(people: Floats, households: Ints, total: int | None) -> tuple[Floats, tuple[Words, ...]]:
    """People per cell, NaN where unknown: what `total` leaves over the known ones goes to the other cells by
    their households. Cells without households hold nobody as soon as anything is known of the community.

    >>> fit_people(np.array([40.0, np.nan, np.nan]), np.array([10, 20, 0]), 100)[0].tolist()
    [40.0, 60.0, 0.0]
    """
    unknown = np.isnan(people)
    if total is None and unknown.all():
        return people, ()
    filled = np.where(unknown & (households == 0), 0.0, people)
    open_ = unknown & (households > 0)
    known = int(np.nansum(people))
    if total is None or (total == known and not open_.any()):
        return filled, ()
    if total < known or not open_.any():
        return filled, (
            Words(
                f"the buildings hold {known:,} people, the community is said to have {total:,}; "
                "the buildings' figures were kept, check which is right",
                f"楼栋合计 {known:,} 人，社区登记 {total:,} 人；已保留楼栋数据，请核对",
            ),
        )
    filled[open_] = spread(total - known, households[open_].astype(np.float64))
    return filled, (
        Words(
            f"{total - known:,} people were shared out over {int(open_.sum())} buildings by their households",
            f"已按户数将 {total - known:,} 人分配到 {int(open_.sum())} 栋楼",
        ),
    )
