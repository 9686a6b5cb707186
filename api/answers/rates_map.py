"""The map of match rates: figures as they may be shown, over the ground of the communities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pandas as pd

from api.answers.grids_map import area_name, sources
from geo.errors import EmptyLayerError, Words
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes, read_communities, read_complexes, read_districts
from layers.ground.streets import around, read_roads, read_water
from layers.people.match_rates import By, masked_rates, match_rates
from layers.plans.plans import read_grids
from layers.rights.viewer import Viewer
from layers.store.database import Store
from maps.pages.rates import Rates, rates_page


def draw_rates(
    store: Store, viewer: Viewer, *, by: By, communities: Sequence[str] | None, as_of: date, lang: str
) -> str:
    """One HTML page that needs nothing from outside: how many listed households were tied, in places of one kind, and where
    some wait. Raises `NotFoundError` for a prefix that matches none, `EmptyLayerError` where nobody is listed."""
    with store.reading(viewer) as unit:
        codes = community_codes(unit, prefixes=communities)
        areas, districts = read_communities(unit, codes=codes), read_districts(unit)
        bounds = around(tuple(areas.total_bounds))
        complexes = read_complexes(unit, codes=codes)
        grids = read_grids(unit, as_of=as_of, codes=codes)
        buildings = read_buildings(unit, codes=codes)
        roads, water = read_roads(unit, bounds=bounds), read_water(unit, bounds=bounds)
        table = match_rates(unit, by=by, as_of=as_of)
    keys = {"community": areas["code"], "complex": complexes["ref"], "grid": grids["code"]}[by]
    here = table["key"].isin(keys.astype(str))
    if communities is None:
        here |= table["key"] == ""
    listed = table[here & (table["matched"] + table["left"] > 0)]
    if listed.empty:
        raise EmptyLayerError(
            "nobody is listed here; import lists of residents (wangge import residents FILE), then wangge match",
            "此范围内没有居民名单；请先导入（wangge import residents 文件），再运行 wangge match",
        )
    name = area_name(areas, districts, lang)
    return rates_page(
        Rates(by, pd.DataFrame(masked_rates(listed))),
        grids=grids,
        communities=areas,
        complexes=complexes,
        buildings=buildings,
        roads=roads,
        water=water,
        title=Words(f"Residents matched: {name}", f"{name}人房关联率").text(lang),
        lang=lang,
        as_of=as_of,
        credit=sources(areas, complexes, buildings, roads, water),
    )
