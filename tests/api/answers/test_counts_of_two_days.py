"""Grids of several days side by side give no small count away: a system of equations over everything shown is solved."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from api.answers.grid_counts import as_read, marks_of_versions
from geo.plans.rules import profile
from geo.privacy.small_counts import Mark
from layers.imports.imports import import_frame
from layers.plans.adopting import adopt_grids
from layers.plans.cells import build_cells
from layers.plans.plans import read_grids
from layers.plans.publishing import publish
from layers.plans.versions import Versions, read_versions
from layers.rights.viewer import OPERATOR, Purpose, Role, Viewer
from tests.layers import town

LEADER = Viewer(Role.LEADER, (town.WEST,), Purpose.DISPLAY)
FIRST = date(2027, 1, 1)


def spans(versions: Versions, marks: Any, *, least: int = 5) -> list[float]:
    """How far each small count of what moved together is left open by the grids shown on all days."""
    cells = versions.counts["households"].to_numpy(dtype=float)
    rows, right = [np.ones(len(cells))], [cells.sum()]
    under, most = [], []
    for plan, labels in zip(versions.plan_ids, versions.labels, strict=True):
        for label in np.unique(labels).tolist():
            inside = (labels == label).astype(float)
            if marks[plan, label] is None:
                rows.append(inside)
                right.append(inside @ cells)
            elif marks[plan, label] is Mark.SMALL:
                under += [inside, -inside]
                most += [least - 1.0, -1.0]
    found = []
    _, atom = np.unique(versions.labels, axis=1, return_inverse=True)
    for goal in ((atom.ravel() == n).astype(float) for n in range(int(atom.max()) + 1)):
        if not 0 < goal @ cells < least:
            continue
        ends = [
            linprog(
                sign * goal,
                A_eq=np.array(rows),
                b_eq=np.array(right),
                A_ub=np.array(under) if under else None,
                b_ub=np.array(most) if most else None,
            ).fun
            for sign in (1.0, -1.0)
        ]
        found.append(float(-ends[1] - ends[0]))
    return found


@pytest.fixture
def moved(store: Any) -> Any:
    """A house of three households that goes from the western grid to the eastern one; then a third redraw."""
    import_frame(store, OPERATOR, "communities", town.communities(), source="t", actor="t", now=town.NOW)
    houses = town.buildings(20)
    houses.loc[houses["ref"].isin(["b10", "b11"]), "households"] = [3, 0]
    import_frame(store, OPERATOR, "buildings", houses, source="t", actor="t", now=town.NOW)
    list(build_cells(store, OPERATOR, actor="t", now=town.NOW))
    for number, strips in enumerate([[(0, 2), (2, 2)], [(0, 1), (1, 3)], [(0, 1), (1, 1), (2, 2)]]):
        drawn = town.drawn_grids(*strips).drop(columns=["code", "name"])
        made = adopt_grids(
            store, OPERATOR, drawn, rules=profile("national"), source="t", actor="t", now=town.NOW
        ).plan_ids
        day = FIRST + timedelta(days=number)
        publish(store, OPERATOR, plan_ids=made, valid_from=day, confirmed=True, actor="t", now=town.NOW)
    return store


def test_what_moved_between_two_days_cannot_be_read_off(moved: Any) -> None:
    with moved.reading(LEADER) as unit:
        shown = [as_read(unit, read_grids(unit, as_of=FIRST + timedelta(days=n))) for n in range(3)]
        (versions,) = read_versions(unit, [town.WEST])
    first, second, third = (
        frame["households"].astype(object).where(frame["households"].notna(), None).tolist()
        for frame in shown
    )
    assert first == [43, 80], "the first day is shown as if there were no other"
    assert second == [None, None], "3 less would tell the house"
    assert None in third
    marks = marks_of_versions(versions, "households", 5)
    assert min(spans(versions, marks)) >= 3 - 1e-6
    everything = dict.fromkeys(marks)
    assert min(spans(versions, everything)) == pytest.approx(0.0, abs=1e-6), "the test would see it"


@pytest.mark.parametrize("seed", range(12))
def test_random_redraws_leave_every_small_count_open(seed: int) -> None:
    dice = np.random.default_rng(seed)
    households = dice.choice([0, 1, 2, 4, 6, 30, 80], size=24)
    first = np.sort(dice.integers(0, 4, 24))
    labels = [first]
    for _ in range(3):
        changed = labels[-1].copy()
        changed[dice.integers(0, 24, 3)] = dice.integers(0, 4, 3)
        labels.append(changed)
    counts = pd.DataFrame({"households": households, "people": 3 * households})
    versions = Versions((1, 2, 3, 4), np.vstack(labels), counts)
    marks = marks_of_versions(versions, "households", 5)
    assert min(spans(versions, marks), default=9.0) >= 3 - 1e-6


def test_who_may_count_buildings_sees_every_count(moved: Any) -> None:
    with moved.reading(OPERATOR) as unit:
        grids = as_read(unit, read_grids(unit, as_of=FIRST + timedelta(days=1)))
    assert grids["households"].notna().all()
