"""The registers of complexes and buildings: refs, names as on the wall, and what the office knows of them."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import KEPT_CRS
from layers.demo.housing import Housing
from layers.demo.places import Places
from layers.demo.uses import COMPLEX_KINDS, Uses
from layers.demo.words import chinese

STYLES = ("{}号楼", "{}栋", "{}幢", "{}#楼", "{}座")
STYLE_SHARES = (0.45, 0.2, 0.15, 0.12, 0.08)
STOREY_M = {"residential": 2.95, "commercial": 4.2, "public": 3.8, "industrial": 7.5}
_USE = {"mall": "commercial", "market": "commercial", "works": "industrial"}
HOMES = ("tower", "midrise", "slab", "old", "lanes")


def complex_frame(places: Places, uses: Uses, free: NDArray[Any]) -> gpd.GeoDataFrame:
    """Complexes in the order of `uses`; `free` is the free land of every plot in EPSG:4490."""
    community = np.array(places.codes)[places.community[uses.plot_of]]
    columns = {
        "ref": complex_refs(places, uses),
        "name": uses.names,
        "aliases": pd.Series([list(names) for names in uses.aliases], dtype=object),
        "phase": uses.phases,
        "kind": [COMPLEX_KINDS[str(use)] for use in uses.use[uses.plot_of]],
        "community_code": community,
    }
    return gpd.GeoDataFrame(columns, geometry=free[uses.plot_of], crs=KEPT_CRS)


def complex_refs(places: Places, uses: Uses) -> list[str]:
    """`C`, the community's code and three digits that count inside it."""
    community = places.community[uses.plot_of]
    return [f"C{places.codes[c]}{n:03d}" for c, n in zip(community, _counted(community), strict=True)]


def building_frame(
    rng: np.random.Generator,
    layout: pd.DataFrame,
    housing: Housing,
    places: Places,
    uses: Uses,
    footprints: NDArray[Any],
) -> gpd.GeoDataFrame:
    """Buildings in the order of the layout; `footprints` in EPSG:4490. Refs are `B`, the community's code
    and five digits that count inside it (DB6101/T 3185-2024)."""
    plot = layout["plot"].to_numpy()
    community = places.community[plot]
    shop = (layout["role"] == "shop").to_numpy()
    use = np.array(
        [_USE.get(str(u), "residential" if u in HOMES else "public") for u in uses.use[plot]], dtype=object
    )
    use[shop] = "commercial"
    home = use == "residential"
    refs = np.array([*complex_refs(places, uses), None], dtype=object)
    storey = np.array([STOREY_M[u] for u in use])
    known = pd.Series(housing.households_known)
    levels = pd.Series(housing.levels, dtype="Int64").where(housing.levels_known)
    households = pd.Series(housing.households, dtype="Int64").where(known)
    columns = {
        "ref": [f"B{places.codes[c]}{n:05d}" for c, n in zip(community, _counted(community), strict=True)],
        "name": _names(rng, layout, uses, home),
        "use": use,
        "levels": levels,
        "height_m": pd.Series(np.round(housing.levels * storey + 0.9, 1), dtype="Float64").where(
            levels.notna()
        ),
        "units": pd.Series(layout["units"].to_numpy(), dtype="Int64").where(home),
        "households": households,
        "households_estimated": pd.Series(np.zeros(len(plot), dtype=bool), dtype="boolean").where(known),
        "people": pd.Series(housing.people, dtype="Int64").where(known),
        "complex_ref": refs[uses.complex_of[plot]],
        "community_code": np.array(places.codes)[community],
    }
    return gpd.GeoDataFrame(columns, geometry=footprints, crs=KEPT_CRS)


def _names(
    rng: np.random.Generator, layout: pd.DataFrame, uses: Uses, home: NDArray[np.bool_]
) -> list[str | None]:
    """Numbers within the complex in one style; parts of schools, malls ... after the name of the whole."""
    plot, role = layout["plot"].to_numpy(), layout["role"].to_numpy()
    size = np.bincount(plot[home], minlength=len(uses.use))
    style = rng.choice(len(STYLES), len(uses.use), p=STYLE_SHARES)
    anonymous = rng.random(len(plot)) < 0.5
    number = np.zeros(len(plot), dtype=np.int64)
    for group in (role == "shop", role != "shop"):
        number[group] = _counted(plot[group])
    names: list[str | None] = []
    for p, r, n, hidden in zip(plot, role, number, anonymous, strict=True):
        if r == "shop":
            names.append(None if hidden else f"商业{n}号楼")
        elif r != "row":
            names.append(f"{uses.title[p]}{r}")
        elif uses.use[p] == "works":
            names.append(f"{uses.title[p]}{n}号厂房")
        elif uses.use[p] == "lanes":
            names.append(None if hidden and n % 3 == 0 else f"{n}号院")
        elif STYLES[style[p]] == "{}座" and size[p] <= 9:
            names.append(f"{'ABCDEFGHI'[n - 1]}座")
        elif uses.use[p] == "old" and style[p] == 0 and n <= 10:
            names.append(f"{chinese(int(n))}号楼")
        else:
            names.append(STYLES[style[p] % 4].format(n))
    return names


def _counted(group: NDArray[np.int64]) -> NDArray[np.int64]:
    """1, 2, 3 ... within each group, in row order."""
    return np.asarray(pd.Series(group).groupby(group, sort=False).cumcount(), dtype=np.int64) + 1
