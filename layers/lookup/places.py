"""What the layers say of names of places, without outlines: read once, and narrowed in memory to the area of whoever asks.

A name means what it means beside all other names of a register: a longer one hides a shorter one, a similar one makes it
doubtful. So names cannot be masked one by one as points are; each area gets a register of its own, made of its own rows.
"""

from __future__ import annotations

import re
from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.locate.layers import EVERYWHERE, Area
from layers.ground.ended import HELD_SINCE, HELD_UNTIL, dated, read_ended
from layers.ground.regions import read_districts, read_streets
from layers.ground.stations import read_stations
from layers.ground.streets import read_roads
from layers.lookup.aliases import read_aliases
from layers.store.unit import Reading

_COMPLEX = ["ref", "name", "phase", "kind", "aliases", "community_code"]
_BUILDING = ["ref", "name", "complex_ref", "community_code", "units", "levels", "road_addresses"]
_EXTENT = ["code", "name"]
_INNER = re.compile(
    r"(?<=.{3})(?:[东西南北主副前后]?(?:教学|实验|综合|办公|宿舍|体育|图书|行政|门诊|住院|管理用|交易|购物|配|主)?"
    r"(?:[0-9一二三四五六七八九十A-Z]*(?:号楼|号|栋|幢|座|排))?(?:楼|馆|大厅|厅|厂房|房|中心)?)$"
)
"""What a building of an institution is called after the name of the institution."""
_HELD = [HELD_SINCE, HELD_UNTIL]


@dataclass(frozen=True, slots=True)
class Places:
    """The rows a register of names is made of. Frames are never changed, so parts of them are shared."""

    complexes: pd.DataFrame
    """ref, name, phase, kind, aliases, community_code of those that have a name."""
    buildings: pd.DataFrame
    """ref, name, complex_ref, community_code, units, levels, road_addresses, and lon and lat (degrees, EPSG:4490, of a
    point inside) of those an address may mean."""
    communities: pd.DataFrame
    """code and name, as of `streets` and `districts`."""
    streets: pd.DataFrame
    districts: pd.DataFrame
    roads: tuple[str, ...]
    """Names of roads, sorted; public."""
    aliases: pd.DataFrame
    """Other names, as `layers.lookup.aliases.read_aliases` gives them; public."""
    stations: pd.DataFrame
    """ref, name, community_code, lon, lat of those with a name."""
    institutions: pd.DataFrame
    """As `stations`, of named buildings that stand in no complex and have no road address: one row an institution."""
    earlier: Places | None = None
    """What an address may mean on days before today and no longer: buildings that have ended, and those of complexes
    that have, with held_since and held_until (days, or None) besides. None where nothing has ended."""

    def within(self, area: Area) -> Places:
        """What somebody who sees `area` only would have read from the store, see `layers.store.belonging`: rows of
        his communities, and the streets and districts that hold something of them."""
        if area == EVERYWHERE:
            return self
        above = {prefix[:digits] for prefix in area for digits in range(1, len(prefix))}

        def own(frame: pd.DataFrame, column: str, over: Set[str] = frozenset()) -> pd.DataFrame:
            codes = frame[column].astype(object)
            seen = (isinstance(code, str) and (code.startswith(area) or code in over) for code in codes)
            return frame[np.fromiter(seen, dtype=bool, count=len(frame))]

        return replace(
            self,
            complexes=own(self.complexes, "community_code"),
            buildings=own(self.buildings, "community_code"),
            communities=own(self.communities, "code"),
            streets=own(self.streets, "code", above),
            districts=own(self.districts, "code", above),
            stations=own(self.stations, "community_code"),
            institutions=own(self.institutions, "community_code"),
            earlier=None if self.earlier is None else self.earlier.within(area),
        )

    def known_as(self, aliases: pd.DataFrame) -> Places:
        """The same places with other other names."""
        earlier = None if self.earlier is None else self.earlier.known_as(aliases)
        return replace(self, aliases=aliases, earlier=earlier)


def places_of(
    *,
    complexes: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    streets: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    roads: gpd.GeoDataFrame,
    aliases: pd.DataFrame,
    stations: gpd.GeoDataFrame,
) -> Places:
    """The places of these layers (EPSG:4490)."""
    meant = (buildings["complex_ref"].notna() & buildings["name"].notna()) | buildings[
        "road_addresses"
    ].notna()
    homes = buildings[meant]
    columns = _BUILDING + [name for name in _HELD if name in buildings]
    point = shapely.point_on_surface(np.asarray(homes.geometry.array, dtype=object))
    return Places(
        complexes=pd.DataFrame(complexes.loc[complexes["name"].notna(), _COMPLEX]),
        buildings=pd.DataFrame(homes[columns]).assign(lon=shapely.get_x(point), lat=shapely.get_y(point)),
        communities=pd.DataFrame(communities[_EXTENT]),
        streets=pd.DataFrame(streets[_EXTENT]),
        districts=pd.DataFrame(districts[_EXTENT]),
        roads=tuple(sorted(roads["name"].dropna().unique().tolist())),
        aliases=aliases,
        stations=_pointed(stations[stations["name"].notna()]),
        institutions=_institutions(
            buildings[buildings["complex_ref"].isna() & buildings["name"].notna() & ~meant]
        ),
    )


def _pointed(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    point = shapely.point_on_surface(np.asarray(frame.geometry.array, dtype=object))
    return pd.DataFrame(frame[["ref", "name", "community_code"]]).assign(
        lon=shapely.get_x(point), lat=shapely.get_y(point)
    )


def _institutions(buildings: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row an institution: several buildings whose names begin with it go by the first; others by their own name."""
    found = _pointed(buildings.sort_values("ref", kind="stable"))
    names = [_INNER.sub("", str(name)) or str(name) for name in found["name"]]
    return found.assign(name=names).drop_duplicates(["name", "community_code"]).reset_index(drop=True)


def read_places(
    unit: Reading,
    *,
    complexes: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    communities: gpd.GeoDataFrame,
    as_of: date | None,
) -> Places:
    """The places of the viewer's area, with the three layers (EPSG:4490) that were read already; other names as known on `as_of`
    (all of them when None)."""
    beside = {
        "communities": communities,
        "streets": read_streets(unit),
        "districts": read_districts(unit),
        "roads": read_roads(unit),
        "aliases": read_aliases(unit, as_of=as_of),
        "stations": read_stations(unit),
    }
    gone = _gone(complexes, buildings, read_ended(unit, "complexes"), read_ended(unit, "buildings"))
    earlier = None if gone is None else places_of(complexes=gone[0], buildings=gone[1], **beside)
    return replace(places_of(complexes=complexes, buildings=buildings, **beside), earlier=earlier)


def _gone(
    complexes: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    ended_complexes: gpd.GeoDataFrame,
    ended_buildings: gpd.GeoDataFrame,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame] | None:
    """Complexes and buildings of the register of what has ended, by the last time each was there; None without any."""
    if ended_complexes.empty and ended_buildings.empty:
        return None
    homes = _last_time("complexes", complexes, ended_complexes)
    houses = _last_time("buildings", buildings, ended_buildings)
    until = dict(zip(homes["ref"], homes[HELD_UNTIL], strict=True))
    orphans = buildings[buildings["complex_ref"].isin(list(until)) & ~buildings["ref"].isin(houses["ref"])]
    ends = [until[ref] for ref in orphans["complex_ref"]]
    orphans = orphans.assign(**{HELD_SINCE: None, HELD_UNTIL: ends})
    named = set(houses["complex_ref"].dropna()) - set(until)
    around = complexes[complexes["ref"].isin(list(named))]
    return (
        gpd.GeoDataFrame(pd.concat([homes[around.columns], around], ignore_index=True), crs=complexes.crs),
        gpd.GeoDataFrame(pd.concat([houses, orphans], ignore_index=True), crs=buildings.crs),
    )


def _last_time(layer: str, today: gpd.GeoDataFrame, gone: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The ended rows of a layer with their days, each ref once."""
    both = dated(layer, today, gone)
    ended = both[[day is not None for day in both[HELD_UNTIL]]]
    return ended.drop_duplicates("ref", keep="last").reset_index(drop=True)
