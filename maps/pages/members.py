"""Members on a map (一名党员一幢楼): buildings where member households live are lit, centre households have a star."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from geo.privacy.small_counts import LEAST_INSIDE
from maps.look.style import MEMBERS
from maps.look.words import FIGURES, legend_text
from maps.pages.encode import Origin, encode_points, flags
from maps.pages.legend import Row
from maps.pages.scene import Ground

_DOT = '<circle cx="17" cy="8" r="4" fill="{line}"/>'
_STAR = "M17 1l2.1 4.6 5 .6-3.7 3.4 1 5-4.4-2.5-4.4 2.5 1-5L9.9 6.2l5-.6z"


@dataclass(frozen=True, slots=True)
class Members:
    """Where member households live, as a map shows it."""

    homes: pd.DataFrame
    """One row a building where some do: ref, households (how many of them), centre (whether one is a centre household)."""


def member_data(members: Members | None, ground: Ground, origin: Origin) -> dict[str, Any] | None:
    """What the scripts show: rows of the lit buildings, how many member households each has (small counts as fewer than
    so many), whether one is a centre household, and the middle of each. None without `members`.

    A file goes from hand to hand: a count that could point at a family is in none, whoever made it.
    """
    if members is None:
        return None
    rows = {ref: row for row, ref in enumerate(ground.buildings["ref"])}
    homes = members.homes[members.homes["ref"].isin(list(rows)).to_numpy()].sort_values("ref")
    at = [rows[ref] for ref in homes["ref"]]
    middles = ground.buildings.geometry.iloc[at].representative_point()
    return {
        "row": at,
        "told": [told(int(count)) for count in homes["households"]],
        "centre": flags(homes["centre"]),
        "at": encode_points(np.asarray(middles.x), np.asarray(middles.y), origin),
    }


def told(count: int) -> str:
    """A count as a file may tell it.

    >>> told(4), told(1200)
    ('<5', '1,200')
    """
    return f"{count:,}" if count >= LEAST_INSIDE else f"<{LEAST_INSIDE}"


def member_layers(members: Members | None) -> dict[str, int]:
    """How much each layer holds."""
    homes = None if members is None else members.homes
    return {
        "members": 0 if homes is None else len(homes),
        "centres": 0 if homes is None else int(homes["centre"].sum()),
    }


def member_figures(members: Members, lang: str) -> list[tuple[str, str, bool]]:
    """Value, what it counts, and whether it calls for attention. The sum of all households is told only where no building
    has a small count: that one could be worked out from it."""
    held = member_layers(members)
    values = {"figure_member_buildings": held["members"], "figure_centres": held["centres"]}
    if _all_told(members):
        values["figure_members"] = int(members.homes["households"].sum())
    return [(f"{value:,}", FIGURES[key].text(lang), False) for key, value in values.items()]


def _all_told(members: Members) -> bool:
    return members.homes.empty or bool(members.homes["households"].min() >= LEAST_INSIDE)


def member_rows(members: Members | None, lang: str) -> list[Row]:
    """Their lines of the legend."""
    held = member_layers(members)
    lit = '<rect x="5" y="1" width="24" height="14" fill="{fill}" stroke="{line}"/>' + _DOT
    star = f'<path d="{_STAR}" fill="{MEMBERS["line"]}"/>'
    drawn = {"members": lit.format(**MEMBERS), "centres": star}
    return [
        Row(layer, drawn[layer], legend_text(f"layer_{layer}", lang), count)
        for layer, count in held.items()
        if count
    ]


def member_remarks(members: Members | None, lang: str) -> list[str]:
    """What a reader must know of the counts."""
    if members is None or _all_told(members):
        return []
    return [legend_text("small_counts", lang, least=LEAST_INSIDE)]
