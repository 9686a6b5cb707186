"""Growth: buildings that are planned or being built, and the sizes grids will have once people move in.

A building with `planned_for` and `planned_households` brings the households it is short of, from that day on, to the cell
it stands in. Once the day has come and people are counted in it, the count is believed instead. Nothing is foreseen of
buildings that will be pulled down or emptied.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import Words
from geo.plans.findings import Checked, Finding
from geo.plans.rules import Rules
from geo.plans.sizes import cell_sizes

Ints = NDArray[np.int64]

HORIZONS = (1, 3, 5)
"""Years ahead for which sizes are shown."""
RULE = "many-households-ahead"


def years_on(day: date, years: int) -> date:
    """The same day so many years later; 28 February where there is no 29th.

    >>> years_on(date(2028, 2, 29), 1), years_on(date(2026, 11, 30), 5)
    (datetime.date(2029, 2, 28), datetime.date(2031, 11, 30))
    """
    short = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if short else day.day)


def planned_growth(cells: gpd.GeoDataFrame, buildings: gpd.GeoDataFrame, *, today: date) -> pd.DataFrame:
    """The buildings that will bring households: ref, name, planned_for (text, YYYY-MM-DD), households (those it is short of
    today) and row, the position of the cell it stands in, -1 where it stands in none; by day and ref.

    `buildings` have ref, name, households, planned_for, planned_households; both frames are in one CRS.

    >>> box = shapely.box(0, 0, 2, 2)
    >>> said = {"ref": ["a"], "name": ["1"], "households": [0], "planned_for": ["2027-06-01"], "planned_households": [90]}
    >>> made = planned_growth(gpd.GeoDataFrame(geometry=[box]), gpd.GeoDataFrame(said, geometry=[box]), today=date(2026, 1, 1))
    >>> made[["ref", "households", "row"]].values.tolist()
    [['a', 90, 0]]
    """
    counted = buildings["households"].fillna(0).to_numpy(dtype=np.int64)
    more = buildings["planned_households"].fillna(0).to_numpy(dtype=np.int64) - counted
    days = buildings["planned_for"].fillna("").to_numpy(dtype=str)
    coming = (days != "") & (more > 0) & ((days > today.isoformat()) | (counted == 0))
    planned = buildings[coming]
    spots = shapely.point_on_surface(np.asarray(planned.geometry.array, dtype=object))
    row = np.full(len(planned), -1, dtype=np.int64)
    where, cell = shapely.STRtree(np.asarray(cells.geometry.array, dtype=object)).query(
        spots, predicate="intersects"
    )
    row[where[::-1]] = cell[::-1]  # on a common line the first cell has it
    found = pd.DataFrame(
        {
            "ref": planned["ref"].to_numpy(dtype=object),
            "name": planned["name"].to_numpy(dtype=object),
            "planned_for": days[coming].astype(object),
            "households": more[coming],
            "row": row,
        }
    )
    return found.sort_values(["planned_for", "ref"], ignore_index=True)


def sizes_ahead(
    cells: pd.DataFrame, labels: Ints, planned: pd.DataFrame, rules: Rules | None, *, day: date
) -> pd.Series:
    """The size of each grid on `day`, by label: households, or what the bounds of `rules` count.

    `labels` of shape (n_cells,), -1 for a cell in no grid; `planned` as `planned_growth` gives it. People who will move in are
    as many per household as in the cells.
    """
    come = planned[(planned["planned_for"] <= day.isoformat()) & (planned["row"] >= 0)]
    columns = [name for name in ("households", "people", "building_ref", "events") if name in cells]
    added = pd.DataFrame({"households": come["households"], "events": 0}).reindex(columns=columns)
    typed = added.astype({name: cells[name].dtype for name in columns})
    whole = pd.concat([cells[columns], typed], ignore_index=True)
    sizes = whole["households"].to_numpy(dtype=np.int64) if rules is None else cell_sizes(whole, rules)
    grids = np.concatenate([labels, labels[come["row"].to_numpy(dtype=np.int64)]])
    return pd.Series(sizes[grids >= 0]).groupby(grids[grids >= 0]).sum()


def growth_findings(
    cells: pd.DataFrame,
    labels: Ints,
    grids: pd.DataFrame,
    planned: pd.DataFrame,
    rules: Rules,
    *,
    today: date,
) -> Iterator[Finding]:
    """`many-households-ahead` for each grid within the upper bound today that leaves it within `Rules.years_ahead` years:
    a warning, or a notice within the tolerance. Exclusive grids have no bounds. None where the rules do not look ahead."""
    if not rules.years_ahead:
        return
    plan = Checked.of(grids, labels)
    day, most = years_on(today, rules.years_ahead), rules.max_households
    now, then = (sizes_ahead(cells, labels, planned, rules, day=one) for one in (date.min, day))
    for row in np.flatnonzero(plan.kind != "exclusive").tolist():
        size, later = int(now.get(plan.label[row], 0)), int(then.get(plan.label[row], 0))
        if size > most or later <= most:
            continue
        near = later <= rules.most_households
        en, zh = (", within the tolerance", "，在容差之内") if near else ("", "")
        title, unit = plan.title(row), rules.unit
        words = Words(
            f"{title} will have {later} {unit.en} by {day}, above {most}{en} (today {size}), as planned buildings are moved into",
            f"{title}到 {day} 将有 {later} {unit.zh}，多于 {most} {unit.zh}{zh}（现有 {size}）：规划楼栋陆续入住",
        )
        yield plan.finding("notice" if near else "warning", RULE, row, later, most, words)
