"""Which buildings have member households, for the maps: read with the right to it, and kept in the history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from geo.cells.dwellings import estimate_households
from geo.errors import EmptyLayerError
from layers.ground.buildings import read_buildings
from layers.ground.regions import community_codes
from layers.people.households import read_households
from layers.people.members import members_by_building
from layers.rights.viewer import Viewer
from layers.store.database import Store
from maps.pages.members import Members


def members_of(
    store: Store,
    viewer: Viewer,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    required: bool = True,
    actor: str,
    now: datetime,
) -> Members:
    """Member households of the communities (codes, or of the street or district they lie in). Raises `EmptyLayerError` where
    there are none, if they are `required`, and `NotAllowedError` for a viewer who may not read of households."""
    with store.reading(viewer) as unit:
        codes = None if communities is None else community_codes(unit, prefixes=communities)
        dwellings = estimate_households(read_buildings(unit, codes=codes)).set_index("ref")["households"]
    households = read_households(store, viewer, as_of=as_of, actor=actor, now=now, codes=codes)
    homes = members_by_building(households, dwellings)
    if homes.empty and required:
        raise EmptyLayerError(
            "no member household is tied to a building here; import lists of residents (wangge import residents FILE), "
            "then wangge match",
            "此范围内没有已关联到楼栋的党员户；请先导入居民名单（wangge import residents 文件），再运行 wangge match",
        )
    return Members(homes)
