"""What `/api/reach` and `/api/site` answer: figures of reach in their parts, what changes beside what is, new places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd

from api.answers.reach_answers import (
    CIRCLE,
    gap_rows,
    reach_rows,
    records,
    remarks,
    site_choices,
    site_rows,
    station_rows,
)
from api.answers.station_answers import kind_names
from geo.reach.figures import NORM_RADII_M
from layers.reach.reach import By, Reach
from layers.reach.sites import Sites
from layers.reach.walks import Walks

_COUNTED = ("buildings", "households", "people")


def reach_answer(
    walks: Walks, reach: Reach, *, by: By, worst: int, as_of: date, profile: str, lang: str
) -> dict[str, Any]:
    """All of one reach: the whole, one row a group, every station, the worst served homes (`worst` at most), minutes."""
    (whole,) = records(reach.table())
    stations = station_rows(reach)
    kinds = stations["kind"].fillna("other").astype(object)
    stations = stations.assign(kind=kinds)
    stations.insert(3, "kind_name", kind_names(kinds, lang))
    gaps = gap_rows(reach)
    steps = reach.steps()
    return {
        "as_of": as_of.isoformat(),
        "minutes": reach.minutes,
        "profile": profile,
        "speed_m_s": reach.speed_m_s,
        "limit_m": round(reach.limit_m, 1),
        "by": by,
        "circle": CIRCLE.text(lang),
        "total": _figures(whole, steps, reach.minutes),
        "rows": [
            {"code": row["code"], "name": row["name"] or "", **_figures(row, steps, reach.minutes)}
            for row in records(reach_rows(reach, by, lang))
        ],
        "stations": records(stations),
        "histogram": reach.histogram(),
        "not_reached": len(gaps),
        "worst": records(gaps.head(worst)),
        "remarks": [said.text(lang) for said in remarks(walks, reach)],
    }


def _figures(row: Mapping[str, Any], steps: Sequence[float], asked: float) -> dict[str, Any]:
    households = row["households"]
    drawn = row["circle_households"]
    return {
        **{name: row[name] for name in _COUNTED},
        "within": [
            {
                "minutes": step,
                **{name: row[f"{name}_{step:g}"] for name in _COUNTED},
                "share": row[f"reach_{step:g}"],
            }
            for step in steps
        ],
        "reached": row[f"households_{asked:g}"],
        "share": row[f"reach_{asked:g}"],
        "not_reached": row["not_reached"],
        "circle": {
            "households": drawn,
            "share": round(drawn / households, 4) if households else None,
            "overstates_points": row["circle_overstates"],
            "norms": [
                {
                    "radius_m": radius,
                    "households": row[f"circle_{radius}_m"],
                    "share": round(row[f"circle_{radius}_m"] / households, 4) if households else None,
                }
                for radius in NORM_RADII_M
            ],
        },
    }


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What `after` has more than `before`, two of `reach_answer` over the same homes: in all and row by row."""
    rows = {row["code"]: row for row in before["rows"]}
    later = {row["code"]: row for row in after["rows"]}
    named = {code: row["name"] for code, row in (rows | later).items()}
    return {
        "total": _more(before["total"], after["total"]),
        "rows": [
            {"code": code, "name": named[code], **_more(rows.get(code), later.get(code))}
            for code in sorted(named)
        ],
    }


def _more(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> dict[str, Any]:
    """A group that is missing on one side reaches nobody there."""
    known = before or after or {}
    steps = [step["minutes"] for step in known["within"]]
    then, now = _within(before, steps), _within(after, steps)
    reached = [0 if one is None else one["reached"] for one in (before, after)]
    return {
        "within": [
            {
                "minutes": step,
                **{name: now[step][name] - then[step][name] for name in _COUNTED},
                "points": _points(then[step]["share"], now[step]["share"]),
            }
            for step in steps
        ],
        "reached": reached[1] - reached[0],
        "points": _points(*(None if one is None else one["share"] for one in (before, after))),
    }


def _within(one: Mapping[str, Any] | None, steps: Sequence[float]) -> dict[float, Mapping[str, Any]]:
    if one is None:
        return {step: {**dict.fromkeys(_COUNTED, 0), "share": None} for step in steps}
    return {step["minutes"]: step for step in one["within"]}


def _points(before: float | None, after: float | None) -> float | None:
    """Percentage points; none where there is no share."""
    return None if before is None or after is None else round((after - before) * 100, 2)


def sites_answer(
    walks: Walks, reach: Reach, sites: Sites, *, as_of: date, profile: str, lang: str
) -> dict[str, Any]:
    """The choices of new stations, best first, each with its places and what is proved of it."""
    table = site_rows(sites, reach)
    return {
        "as_of": as_of.isoformat(),
        "minutes": reach.minutes,
        "profile": profile,
        "model": sites.model.value,
        "households": sites.households,
        "reached_now": sites.reached_now,
        "candidates": sites.candidates,
        "choices": [
            {**choice, "proved": choice["gap"] == 0, "places": _places(table, choice["choice"])}
            for choice in site_choices(sites)
        ],
        "remarks": [said.text(lang) for said in remarks(walks, reach)],
    }


def _places(table: pd.DataFrame, choice: int) -> list[dict[str, Any]]:
    return records(table[(table["choice"] == choice).to_numpy()].drop(columns="choice"))
