"""The map of drafts: their grids over the ground, beside those in force, with what moves and what stands in their way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import geopandas as gpd
import pandas as pd

from api.answers.grid_counts import as_read
from api.answers.grids_map import NOTICE, area_name, shared_rules, sources, with_reasons
from geo.crs import KEPT_CRS
from geo.errors import InputError, NotFoundError, Words
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities, read_complexes, read_districts
from layers.ground.stations import read_stations
from layers.ground.streets import around, read_roads, read_water
from layers.plans.plans import newest_plan_ids, read_grids, read_plans
from layers.plans.redrawn import Redrawn, read_redrawn
from layers.plans.redrawn_counts import RedrawnCounts, redrawn_counts
from layers.plans.states import SEALED
from layers.rights.counting import as_counted
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading
from maps.pages.changes import Changes
from maps.pages.grids import grids_page

_OPEN = ("draft", "submitted", "returned", "approved")
_MOST_NAMED = 4


def draw_plan(
    store: Store,
    viewer: Viewer,
    plan_ids: Sequence[int] | None,
    *,
    communities: Sequence[str] | None,
    lang: str,
) -> str:
    """One HTML page that needs nothing from outside: the grids of plans beside those each replaces.

    Without `plan_ids`, the newest plan of each community that is not published. `communities` are prefixes of codes;
    None takes all. Raises `NotFoundError` for a plan the viewer does not see and where there is no draft, `InputError`
    for two plans of one community.
    """
    with store.reading(viewer) as unit:
        plans = _chosen(unit, plan_ids, communities)
        ids, codes = plans["id"].astype(int).tolist(), sorted(plans["community_code"])
        areas, districts = read_communities(unit, codes=codes), read_districts(unit)
        bounds = around(tuple(areas.total_bounds))
        grids = with_reasons(unit, viewer, as_read(unit, read_grids(unit, plan_ids=ids)), lang)
        complexes = read_complexes(unit, codes=codes)
        buildings = as_counted(viewer, read_buildings(unit, codes=codes))
        roads, water = read_roads(unit, bounds=bounds), read_water(unit, bounds=bounds)
        stations = read_stations(unit, codes=codes)
        redrawn = [read_redrawn(unit, plan_id) for plan_id in ids]
    name = area_name(areas, districts, lang)
    return grids_page(
        grids=grids,
        communities=areas,
        complexes=complexes,
        buildings=buildings,
        roads=roads,
        water=water,
        stations=stations,
        title=_title(plans, name).text(lang),
        lang=lang,
        notice=NOTICE.text(lang),
        rules=shared_rules(plans),
        credit=sources(areas, complexes, buildings, roads, water, stations),
        changes=_changes(redrawn, viewer, lang),
        said=_said(plans, lang, alone=all(one.first for one in redrawn)),
    )


def _chosen(unit: Reading, plan_ids: Sequence[int] | None, communities: Sequence[str] | None) -> pd.DataFrame:
    codes = None if communities is None else community_codes(unit, prefixes=communities)
    ids = newest_plan_ids(unit, codes=codes, states=_OPEN) if plan_ids is None else plan_ids
    plans = read_plans(unit, plan_ids=ids, codes=codes)
    if plans.empty:
        raise NotFoundError(
            "there is no draft to show; run wangge partition, or name a plan (wangge plans)",
            "没有可显示的草案；请先运行 wangge partition，或指定方案编号（wangge plans）",
        )
    twice = [code for code, count in Counter(plans["community_code"]).items() if count > 1]
    if twice:
        both = ", ".join(str(one) for one in plans.loc[plans["community_code"] == twice[0], "id"])
        raise InputError(
            f"plans {both} are of one community ({twice[0]}); a map shows one of them",
            f"方案 {both} 同属社区 {twice[0]}；一张图只能显示其一",
        )
    return plans


def _title(plans: pd.DataFrame, name: str) -> Words:
    if plans["state"].isin(SEALED).all():
        return Words(f"Plan of {name}", f"{name}网格方案图")
    return Words(f"Draft of {name}", f"{name}网格方案图（草案）")


def _said(plans: pd.DataFrame, lang: str, *, alone: bool) -> list[str]:
    """Which plans these are, and what they are compared with."""
    numbers = ", ".join(str(one) for one in plans["id"][:_MOST_NAMED]) + (
        "…" if len(plans) > _MOST_NAMED else ""
    )
    return [
        Words(f"Plan {numbers}", f"方案编号 {numbers}").text(lang),
        (
            Words("nothing was in force before", "此前没有网格")
            if alone
            else Words("beside the grids before", "与原有网格对照")
        ).text(lang),
    ]


def _changes(redrawn: Sequence[Redrawn], viewer: Viewer, lang: str) -> Changes:
    before = pd.concat([one.before[["code", "name", "geometry"]] for one in redrawn], ignore_index=True)
    moved = pd.concat(
        [
            pd.DataFrame(
                {
                    "ref": one.moved["ref"],
                    "old": one.moved["old_code"].map(one.before.set_index("code")["name"]),
                }
            )
            for one in redrawn
        ],
        ignore_index=True,
    )
    counts = [redrawn_counts(one, viewer) for one in redrawn]
    numbers = [one.moved for one in counts]
    known = [number for number in numbers if isinstance(number, int)]
    came: dict[str, str] = {}
    went: dict[str, str] = {}
    for one, count in zip(redrawn, counts, strict=True):
        came |= _flows(one, count, lang, arriving=True)
        went |= _flows(one, count, lang, arriving=False)
    ghosts = gpd.GeoDataFrame(before, geometry="geometry", crs=KEPT_CRS)
    return Changes(ghosts, moved, sum(known) if len(known) == len(numbers) else None, came, went)


def _flows(one: Redrawn, counts: RedrawnCounts, lang: str, *, arriving: bool) -> dict[str, str]:
    """By code, in words, the households that come to a grid or leave it, the largest share first."""
    if one.first:
        return {}
    names = [dict(zip(frame["code"], frame["name"], strict=True)) for frame in (one.before, one.grids)]
    rows: dict[str, list[tuple[int, str]]] = {}
    for row in one.codes[one.codes["households"] > 0].itertuples(index=False):
        old, new = (None if pd.isna(code) else str(code) for code in (row.old_code, row.new_code))
        own, other = (new, old) if arriving else (old, new)
        if old == new or own is None:
            continue
        name = names[0 if arriving else 1].get(other or "", Words("no grid", "无网格").text(lang))
        told = counts.pair(old, new)
        rows.setdefault(own, []).append((int(row.households), f"{name} {told}"))
    comma = ", " if lang == "en" else "、"
    return {
        code: comma.join(text for _, text in sorted(some, key=lambda flow: (-flow[0], flow[1])))
        for code, some in rows.items()
    }
