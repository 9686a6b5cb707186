"""The registration table of a plan: each grid with its extent in words and its four sides."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import pandas as pd

from geo.crs import KEPT_CRS
from geo.plans.extents import extent_words, extents
from layers.ground.regions import read_communities
from layers.ground.streets import around, read_roads, read_water
from layers.plans.plans import read_grids, read_plans
from layers.store.unit import Reading
from layers.words.drafts import told_in_words

COLUMNS = (
    "code",
    "name",
    "kind",
    "community_code",
    "community",
    "words",
    "bounds",
    "cells",
    "households",
    "people",
)


def registered(unit: Reading, plan_id: int, *, lang: str) -> pd.DataFrame:
    """Columns `COLUMNS`, a row a grid by code. `words` and `cells` read together give the plan again; `bounds` (四至, in
    `lang`) are what it runs along. Raises `NotFoundError` for a plan the viewer does not see."""
    plan: Any = next(read_plans(unit, plan_ids=[plan_id]).itertuples())
    code = str(plan.community_code)
    grids = read_grids(unit, plan_ids=[plan_id]).sort_values("code", kind="stable").reset_index(drop=True)
    every = read_communities(unit)
    bounds = around(tuple(grids.total_bounds))
    roads = read_roads(unit, bounds=bounds)
    beside = pd.concat([grids[["name", "geometry"]], every.loc[every["code"] != code, ["name", "geometry"]]])
    told = extents(
        grids,
        [roads[roads["road_class"] != "wall"], read_water(unit, bounds=bounds)],
        gpd.GeoDataFrame(beside, crs=KEPT_CRS),
    )
    words = told_in_words(unit, plan_id).set_index("code")
    own = every.loc[every["code"] == code, "name"]
    return pd.DataFrame(grids[["code", "name", "kind", "households", "people"]]).assign(
        community_code=code,
        community=own.iloc[0] if len(own) else None,
        words=grids["code"].map(words["words"]),
        cells=grids["code"].map(words["cells"]),
        bounds=[extent_words(sides).text(lang) for _, sides in told.iterrows()],
    )[list(COLUMNS)]
