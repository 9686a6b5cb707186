"""Micro-grids (微网格) of published plans: which of them a point or a home lies in, under the grid that was found."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from geo.plans.parts import Part, floor_of


class Micro(NamedTuple):
    """A micro-grid as answers name it."""

    code: str | None
    """None where a building is divided into several, and nothing says which."""
    name: str
    """Of several, all their names."""


@dataclass(frozen=True, slots=True)
class _Inside:
    part: Part
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class MicroGrids:
    """Micro-grids of all published plans. Make it with `of`; never changes."""

    _tree: shapely.STRtree
    _plan: tuple[int, ...] = ()
    """The plan of each outline of the tree."""
    _micro: tuple[Micro | None, ...] = ()
    """None for a building that is divided ..."""
    _building: tuple[str | None, ...] = ()
    """... which this is then."""
    _inside: dict[tuple[int, str], tuple[_Inside, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, units: gpd.GeoDataFrame) -> MicroGrids:
        """From plan_id, label, code, name, divided, building_ref, units, floor_low, floor_high and geometry (EPSG:4490) of
        micro-grids, and of buildings that are divided into some of them; those inside one have no outline but its label."""
        shown = units[units["geometry"].notna()]
        within: dict[tuple[int, str], list[_Inside]] = defaultdict(list)
        of_label: dict[tuple[int, int], str] = {}
        for row in units[units["geometry"].isna()].itertuples():
            floors = None if pd.isna(row.floor_low) else (int(row.floor_low), int(row.floor_high))
            part = Part(tuple(row.units), floors, 0)
            within[int(row.plan_id), str(row.building_ref)].append(
                _Inside(part, str(row.code), str(row.name))
            )
            of_label[int(row.plan_id), int(row.label)] = str(row.building_ref)
        micro: list[Micro | None] = []
        building: list[str | None] = []
        for row in shown.itertuples():
            divided = bool(row.divided)
            micro.append(None if divided else Micro(str(row.code), str(row.name)))
            building.append(of_label[int(row.plan_id), int(row.label)] if divided else None)
        return cls(
            shapely.STRtree(shown.geometry.to_numpy()),
            tuple(int(plan) for plan in shown["plan_id"]),
            tuple(micro),
            tuple(building),
            {key: tuple(parts) for key, parts in within.items()},
        )

    def at(self, lon: float, lat: float, *, plan_id: int | None) -> Micro | None:
        """The micro-grid of a plan that covers a point; of a building that is divided, all inside it. None without any."""
        if plan_id is None or not self._plan:
            return None
        rows = self._tree.query(shapely.Point(lon, lat), predicate="intersects")
        mine = sorted(row for row in rows.tolist() if self._plan[row] == plan_id)
        if not mine:
            return None
        building = self._building[mine[0]]
        return self._micro[mine[0]] if building is None else self._several(self._inside[plan_id, building])

    def of_home(
        self, building_ref: str, lon: float, lat: float, *, plan_id: int | None, said: tuple[Any, Any, Any]
    ) -> Micro | None:
        """The micro-grid of a home in a building; lon, lat: a point inside it. `said`: unit, floor and room as the address
        says them, None where it does not. Of several it may be, all."""
        if plan_id is None:
            return None
        parts = self._inside.get((plan_id, building_ref))
        if parts is None:
            return self.at(lon, lat, plan_id=plan_id)
        unit, floor, room = said
        level = floor_of(room, floor)
        fits = [part for part in parts if part.part.holds(unit or None, level) is not False]
        return self._several(tuple(fits) or parts)

    def _several(self, parts: tuple[_Inside, ...]) -> Micro:
        if len(parts) == 1:
            return Micro(parts[0].code, parts[0].name)
        return Micro(None, "、".join(f"{part.name}（{part.part.words.zh}）" for part in parts))

    @property
    def empty(self) -> bool:
        """Whether no plan has any."""
        return not self._plan


NONE = MicroGrids(shapely.STRtree([]))
