"""What a dossier tells of a residential complex: facts, its buildings with minutes on foot, checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import Words
from maps.sheets.blocks import Block, Facts
from maps.sheets.tables import building_table, check_table
from maps.sheets.words import sheet_text

MINUTES = 15.0


@dataclass(frozen=True, slots=True)
class Walked:
    """How far buildings walk to the next station."""

    minutes: dict[str, float]
    """By ref of the building; infinite where there is no way."""
    station: dict[str, str]
    """By ref of the building, the name of that station."""


def dossier_blocks(
    buildings: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame,
    community: str,
    known: Sequence[tuple[str, str]],
    led: Sequence[tuple[str, str]],
    walked: Walked | None,
    lang: str,
) -> tuple[Block, ...]:
    """The blocks beside the map of a complex: `buildings` are its own, `grids` those they lie in, `known` what an office adds,
    `led` who leads the grids."""

    def say(en: str, zh: str) -> str:
        return Words(en, zh).text(lang)

    households = pd.to_numeric(buildings["households"], errors="coerce")
    units = pd.to_numeric(buildings["units"], errors="coerce")
    about = "≈" if buildings["households_estimated"].astype("boolean").fillna(False).any() else ""
    minutes = (
        [] if walked is None else [walked.minutes[ref] for ref in buildings["ref"] if ref in walked.minutes]
    )
    stations = (
        [] if walked is None else sorted({walked.station[r] for r in buildings["ref"] if r in walked.station})
    )
    facts = [
        (say("Community", "所属社区"), community),
        (say("Grid", "所属网格"), "、".join(grids["name"].fillna(grids["code"]).astype(str))),
        (say("Buildings", "楼栋数"), f"{len(buildings):,}"),
        (say("Units", "单元数"), f"{int(units.sum()):,}" if units.notna().any() else ""),
        (
            sheet_text("households", lang),
            f"{about}{int(households.sum()):,}" if households.notna().any() else "",
        ),
        (say("Next station", "最近站点"), "、".join(stations[:3])),
        (say("On foot", "步行时间"), _span(minutes, lang)),
        *led,
        *known,
    ]
    blocks: list[Block] = [Facts(sheet_text("facts", lang), tuple(row for row in facts if row[1]))]
    told = buildings
    if walked is not None:
        told = buildings.assign(minutes=[_minutes(walked.minutes.get(ref)) for ref in buildings["ref"]])
    blocks.append(building_table(told, lang))
    blocks.append(check_table(_checks(buildings, grids, minutes, lang), lang))
    return tuple(blocks)


def _checks(
    buildings: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, minutes: Sequence[float], lang: str
) -> list[tuple[str, str]]:
    def say(en: str, zh: str) -> str:
        return Words(en, zh).text(lang)

    fine = say("√ yes", "√ 是")
    nameless = int(buildings["name"].isna().sum())
    twice = buildings["name"].dropna()
    double = sorted(set(twice[twice.duplicated()].astype(str)))
    uncounted = int(pd.to_numeric(buildings["households"], errors="coerce").isna().sum())
    far = sum(one > MINUTES for one in minutes)
    rows = [
        (
            say("Whole in one grid", "整体在一个网格内"),
            fine if len(grids) == 1 else say(f"× in {len(grids)} grids", f"× 分属 {len(grids)} 个网格"),
        ),
        (
            say("Every building has a number", "楼栋均有楼号"),
            fine if not nameless else say(f"× {nameless} without", f"× {nameless} 栋缺楼号"),
        ),
        (
            say("No number twice", "楼号不重复"),
            fine if not double else "× " + "、".join(double[:5]),
        ),
    ]
    if uncounted < len(buildings):
        rows.append(
            (
                say("Households of every building known", "户数齐全"),
                fine if not uncounted else say(f"× {uncounted} not", f"× {uncounted} 栋缺户数"),
            )
        )
    if minutes:
        rows.append(
            (
                say(f"Station within {MINUTES:g} minutes", f"{MINUTES:g} 分钟内有站点"),
                fine if not far else say(f"× {far} buildings not", f"× {far} 栋未覆盖"),
            )
        )
    return rows


def _minutes(value: float | None) -> str:
    return "" if value is None else "—" if not np.isfinite(value) else f"{np.ceil(value):.0f}"


def _span(minutes: Sequence[float], lang: str) -> str:
    """The least and the most of some minutes in words."""
    if not minutes:
        return ""
    least, most = _minutes(min(minutes)), _minutes(max(minutes))
    said = least if least == most else f"{least}–{most}"
    return Words(f"{said} minutes", f"{said} 分钟").text(lang)
