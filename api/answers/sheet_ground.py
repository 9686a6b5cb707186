"""What sheets show, read as a viewer may see it: small counts are withheld from whoever may not know them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import geopandas as gpd
import shapely

from api.answers.grid_counts import with_told
from geo.errors import EmptyLayerError, Words
from layers.ground.buildings import read_buildings
from layers.ground.regions import read_communities, read_complexes
from layers.ground.stations import read_stations
from layers.ground.streets import around, read_roads, read_water
from layers.imports.working import SOURCE as OWN_AREAS
from layers.plans.plans import read_grids
from layers.rights.counting import as_counted
from layers.rights.viewer import Viewer
from layers.store.database import Store
from layers.store.unit import Reading
from maps.sheets.ground import Shown

_AROUND_DEG = 0.002
"""How near other communities are named as neighbours: about 200 m."""


def read_shown(store: Store, viewer: Viewer, codes: Sequence[str], as_of: date) -> tuple[Shown, str | None]:
    """What is in force in the communities `codes` on a day with all around it, and whose data it is.

    Raises `EmptyLayerError` when no grid is in force there.
    """
    with store.reading(viewer) as unit:
        grids = read_grids(unit, as_of=as_of, codes=codes)
        if grids.empty:
            raise EmptyLayerError(
                f"no grids are in force in {common(codes)} on {as_of}; publish a plan or choose another day",
                f"{common(codes)} 在 {as_of} 没有生效的网格；请先发布方案或选择其他日期",
            )
        return shown_around(unit, codes, grids, as_of=as_of)


def shown_around(
    unit: Reading, codes: Sequence[str], grids: gpd.GeoDataFrame, *, as_of: date
) -> tuple[Shown, str | None]:
    """`grids` of the communities `codes` with all that is drawn around them (EPSG:4490), and whose data that is. Counts
    are those the viewer may read."""
    every = read_communities(unit)
    here = every["code"].isin(codes)
    home = every[here]
    bounds = around(tuple(home.total_bounds))
    near = shapely.buffer(shapely.union_all(home.geometry.to_numpy()), _AROUND_DEG)
    beside = every[~here & every.intersects(near)]
    shown = Shown(
        grids=with_told(unit, grids),
        communities=home,
        neighbours=beside,
        complexes=read_complexes(unit, codes=codes, as_of=as_of),
        buildings=as_counted(unit.viewer, read_buildings(unit, codes=codes, as_of=as_of)),
        roads=read_roads(unit, bounds=bounds),
        water=read_water(unit, bounds=bounds),
        stations=read_stations(unit, codes=codes, as_of=as_of),
    )
    layers = (shown.communities, shown.complexes, shown.buildings, shown.roads, shown.water, shown.stations)
    sources = {str(name) for frame in layers for name in frame["source"].dropna()} - {OWN_AREAS}
    return shown, ", ".join(sorted(sources)) or None


def only(shown: Shown, **parts: gpd.GeoDataFrame) -> Shown:
    """The same with some layers in place of theirs."""
    names = ("grids", "communities", "neighbours", "complexes", "buildings", "roads", "water", "stations")
    return Shown(**{name: parts.get(name, getattr(shown, name)) for name in names})


def common(codes: Sequence[str]) -> str:
    """What all codes begin with, down to the level of a street, district ..."""
    first, last = min(codes), max(codes)
    same = first[: next((i for i in range(len(first)) if first[i] != last[i]), len(first))]
    return next((same[:digits] for digits in (12, 9, 6) if len(same) >= digits), same)


def plan_words(grids: gpd.GeoDataFrame, lang: str) -> str | None:
    """The plan versions of grids in words; None without any."""
    versions = sorted(set(grids["plan_version"].dropna().astype(int))) if len(grids) else []
    if not versions:
        return None
    said = "–".join(str(version) for version in dict.fromkeys((versions[0], versions[-1])))
    return Words(f"Plan version {said}", f"方案第 {said} 版").text(lang)


def file_name(words: str) -> str:
    """A file name that every system takes."""
    return re.sub(r'[\\/:*?"<>|\x00-\x1f]+', "_", words).strip(" .")[:100]
