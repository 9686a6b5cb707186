"""Whom the places of a file find: branches, building groups, stations and posts of each row, worked out once a place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from api.answers.chain_answers import chain_values
from geo.reach.chain import Directory, Spot
from layers.rights.viewer import Viewer
from layers.store.keys import KeyPlace

CALLED_COLUMNS = ("branches", "groups", "stations", "posts")
"""Columns of an answered file that asks for people: names with `|` between; a post is its title, holder and number."""
_ONE_PLACE = ("matched", "unplanned", "outside")


@dataclass(frozen=True, slots=True)
class Called:
    """What answers for whoever asks. `duty` is the caller as he may call people in their duty, None where he may not."""

    directory: Directory
    keys: KeyPlace
    duty: Viewer | None

    def rows(self, found: pd.DataFrame, *, as_of: date, lang: str) -> list[dict[str, Any] | None]:
        """The chain of each row of answers (`community_code`, `grid_code`, `plan_id`, `complex_ref`, `building_ref`, `status`)
        as `chain_values` tells it; None for a row that names no community."""
        told: dict[Spot, dict[str, Any]] = {}
        rows: list[dict[str, Any] | None] = []
        for row in found[list(_NEEDED)].astype(object).where(found[list(_NEEDED)].notna(), None).itertuples():
            spot = self._spot(row)
            if spot.community_code is None or self.directory.empty:
                rows.append(None)
                continue
            if spot not in told:
                chain = self.directory.chain(spot, as_of)
                told[spot] = chain_values(chain, lang=lang, duty=self.duty, keys=self.keys)
            rows.append(told[spot])
        return rows

    def _spot(self, row: Any) -> Spot:
        exact = row.status in _ONE_PLACE
        building = row.building_ref if exact else None
        plan = None if row.plan_id is None else int(row.plan_id)
        units = self.directory.units(plan, building)
        complex_ref = row.complex_ref if exact else None
        return Spot(row.community_code, row.grid_code, units, complex_ref, building)


_NEEDED = ("status", "community_code", "grid_code", "plan_id", "complex_ref", "building_ref")


def called_texts(chain: dict[str, Any] | None) -> tuple[str, ...]:
    """A chain as the cells of `CALLED_COLUMNS`.

    >>> post = {"title": "网格长", "holder": "张三", "phone": None}
    >>> called_texts({"branches": [{"name": "一支部"}], "groups": [], "stations": [], "posts": [post, post | {"holder": None}]})
    ('一支部', '', '', '网格长 张三|网格长')
    """
    if chain is None:
        return ("",) * len(CALLED_COLUMNS)
    names = ("|".join(one["name"] for one in chain[kind]) for kind in CALLED_COLUMNS[:-1])
    posts = (" ".join(filter(None, (one["title"], one["holder"], one["phone"]))) for one in chain["posts"])
    return (*names, "|".join(posts))
