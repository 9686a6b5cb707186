"""What a printed map shows, from frames in degrees to shapes in millimetres of the page."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.crs import LocalMetres
from maps.look.style import (
    AMBER,
    BUILDING,
    COMMUNITY,
    COMPLEX,
    FILLS,
    INK,
    LAND,
    OUTLINES,
    RED,
    ROAD_CASING,
    ROADS,
    WATER,
)
from maps.pages.encode import column
from maps.sheets.grey import hatch, hatches
from maps.sheets.paper import Box, Layout
from maps.sheets.pen import clipped, path, rect

_WATER_LINE_MM = 0.6
_LEAST_ROAD_MM = 0.25
_SAME_LINE_MM = 0.6
"""An outline this near to another is the same to the eye."""
_HATCH = (
    '<pattern id="exclusive" width="2" height="2" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<line x1="0" y1="0" x2="0" y2="2" stroke="#5a6068" stroke-width=".35"/></pattern>'
)
_CHANGED = (
    '<pattern id="changed" width="1.7" height="1.7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
    f'<line x1="0" y1="0" x2="0" y2="1.7" stroke="{AMBER}" stroke-width=".8"/></pattern>'
)


@dataclass(frozen=True, slots=True)
class Projection:
    """Degrees to millimetres on the page."""

    local: LocalMetres
    frame: Box
    scale: int
    centre_m: tuple[float, float]

    @classmethod
    def on(cls, shapes: Any, layout: Layout) -> Projection:
        """The middle of `shapes` (degrees) in the middle of the map frame."""
        local = LocalMetres.of(shapes)
        west, south, east, north = shapely.total_bounds(local.to_metres(shapes)).tolist()
        return cls(local, layout.map, layout.scale, ((west + east) / 2, (south + north) / 2))

    @property
    def mm_per_m(self) -> float:
        """Millimetres on paper for a metre on the ground."""
        return 1000.0 / self.scale

    def place(self, shapes: Any) -> NDArray[Any]:
        """Geometries in degrees as geometries in mm, y downwards."""
        middle = np.array([self.frame.x + self.frame.width / 2, self.frame.y + self.frame.height / 2])
        centre, turn = np.array(self.centre_m), np.array([self.mm_per_m, -self.mm_per_m])
        metres = self.local.to_metres(shapes)
        return np.asarray(shapely.transform(metres, lambda xy: (xy - centre) * turn + middle), dtype=object)

    def seen(self, layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """What of a layer touches the map inside its frame."""
        if not len(layer):
            return layer
        frame = shapely.box(self.frame.x, self.frame.y, self.frame.right, self.frame.bottom)
        return layer[shapely.intersects(self.place(layer), frame)]

    def cut(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Shapes in mm cut off a little outside the frame, so that the file holds nothing nobody sees."""
        frame = self.frame
        return np.asarray(
            shapely.clip_by_rect(shapes, frame.x - 2, frame.y - 2, frame.right + 2, frame.bottom + 2),
            dtype=object,
        )


def size_m(shapes: Any) -> tuple[float, float]:
    """Width and height in metres of geometries in degrees."""
    west, south, east, north = shapely.total_bounds(LocalMetres.of(shapes).to_metres(shapes)).tolist()
    return east - west, north - south


@dataclass(frozen=True, slots=True)
class Shown:
    """The layers of one printed map, frames by their contracts (EPSG:4490)."""

    grids: gpd.GeoDataFrame
    """With colour and kind; those in the middle of the sheet."""
    communities: gpd.GeoDataFrame
    neighbours: gpd.GeoDataFrame
    """Communities around, whose names alone are shown."""
    complexes: gpd.GeoDataFrame
    buildings: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    water: gpd.GeoDataFrame
    stations: gpd.GeoDataFrame
    before: gpd.GeoDataFrame | None = None
    """The grids of the plan before, as ghosts over those in `grids`."""
    changed: gpd.GeoDataFrame | None = None
    """Ground that comes to another grid, hatched; with what it was as name."""
    stretches: gpd.GeoDataFrame | None = None
    """Stretches of outlines to be walked, with their number."""


def draw_ground(shown: Shown, projection: Projection, *, grey: bool = False) -> str:
    """Everything under the names, cut off at the frame; in `grey` hatching tells the grids apart."""

    def of(frame: gpd.GeoDataFrame) -> NDArray[Any]:
        placed = projection.place(frame) if len(frame) else np.empty(0, dtype=object)
        return projection.cut(placed)

    water = of(shown.water)
    area = shapely.get_dimensions(water) == 2
    grids = of(shown.grids)
    colours = pd.to_numeric(column(shown.grids, "colour"), errors="coerce").fillna(0).to_numpy(
        dtype=int
    ) % len(FILLS)
    exclusive = column(shown.grids, "kind").eq("exclusive").to_numpy()
    layers = [
        _HATCH,
        rect(projection.frame, fill=LAND),
        *(path(grids[colours == number], fill=FILLS[number]) for number in range(len(FILLS))),
        *([hatches()] if grey else []),
        *(path(grids[colours == number], fill=hatch(number)) for number in range(len(FILLS) if grey else 0)),
        path(grids[exclusive], fill="url(#exclusive)", fill_opacity=0.45),
        *([] if shown.changed is None else [_CHANGED, _hatched(of(shown.changed))]),
        path(water[area], fill=WATER["fill"], stroke=WATER["line"], stroke_width=0.2),
        path(
            water[~area],
            fill="none",
            stroke=WATER["line"],
            stroke_width=_WATER_LINE_MM,
            stroke_linecap="round",
        ),
        *_roads(shown.roads, of(shown.roads), projection),
        path(of(shown.buildings), fill=BUILDING["fill"], stroke=BUILDING["line"], stroke_width=0.12),
        path(
            of(shown.complexes),
            fill="none",
            stroke=COMPLEX["line"],
            stroke_width=0.25,
            stroke_dasharray="1.2 .8",
        ),
        *_outlines(grids, colours),
        *([] if shown.before is None else _ghosts(of(shown.before), grids)),
        path(
            of(shown.neighbours), fill="none", stroke="#9aa0a6", stroke_width=0.3, stroke_dasharray="3 1 .5 1"
        ),
        path(
            _borders(of(shown.communities)),
            fill="none",
            stroke=COMMUNITY["line"],
            stroke_width=0.7,
            stroke_dasharray="4 1.2 .6 1.2",
        ),
    ]
    return clipped("".join(layers), projection.frame, "map")


def _roads(roads: gpd.GeoDataFrame, lines: NDArray[Any], projection: Projection) -> list[str]:
    """Casings first, then the roads on them, so that crossings are open; railways and walls have lines of their own."""
    classes = column(roads, "road_class").to_numpy()
    casing: list[str] = []
    top: list[str] = []
    for name, width in reversed(ROADS.items()):
        some = lines[classes == name]
        wide = max(width["metres"] * projection.mm_per_m, _LEAST_ROAD_MM)
        if name == "footway":
            top.append(
                path(some, fill="none", stroke=ROAD_CASING, stroke_width=0.2, stroke_dasharray=".8 .5")
            )
            continue
        style: dict[str, object] = {"fill": "none", "stroke_linecap": "round", "stroke_linejoin": "round"}
        casing.append(path(some, stroke=ROAD_CASING, stroke_width=round(wide + 0.24, 2), **style))
        top.append(path(some, stroke="#ffffff", stroke_width=round(wide, 2), **style))
    rails, walls = lines[classes == "rail"], lines[classes == "wall"]
    return [
        *casing,
        *top,
        path(rails, fill="none", stroke="#4a4f55", stroke_width=0.7),
        path(rails, fill="none", stroke="#ffffff", stroke_width=0.4, stroke_dasharray="2.4 2.4"),
        path(walls, fill="none", stroke="#6b6f75", stroke_width=0.3),
    ]


def _outlines(grids: NDArray[Any], colours: NDArray[np.int64]) -> list[str]:
    """A white edge between grids with the darker hue inside each."""
    made = [path(grids, fill="none", stroke="#ffffff", stroke_width=1.1)]
    inner = shapely.buffer(grids, -0.3, join_style="mitre")
    made += [
        path(inner[colours == number], fill="none", stroke=OUTLINES[number], stroke_width=0.5)
        for number in range(len(OUTLINES))
    ]
    return made


def _hatched(areas: NDArray[Any]) -> str:
    return path(areas, fill="url(#changed)", fill_opacity=0.55, stroke=AMBER, stroke_width=0.35)


def _ghosts(before: NDArray[Any], grids: NDArray[Any]) -> list[str]:
    """Outlines of what was where none is now: dark dashes on a light ground, seen on every fill and in grey."""
    if not len(before):
        return []
    kept = shapely.buffer(shapely.union_all(shapely.boundary(grids)), _SAME_LINE_MM)
    parts = shapely.get_parts(shapely.difference(shapely.union_all(_borders(before)), kept))
    lines = parts[shapely.length(parts) > 2 * _SAME_LINE_MM].tolist()
    return [
        path(lines, fill="none", stroke="#ffffff", stroke_width=1.0, stroke_opacity=0.75),
        path(lines, fill="none", stroke=INK, stroke_width=0.45, stroke_dasharray="2.2 1.3"),
    ]


def _borders(polygons: NDArray[Any]) -> list[Any]:
    lines = shapely.line_merge(shapely.union_all(shapely.boundary(polygons))) if len(polygons) else None
    return [] if lines is None else [lines]


def station_marks(
    stations: gpd.GeoDataFrame, projection: Projection, letters: dict[str, str]
) -> tuple[str, Any]:
    """Triangles with the letter of their kind, and (n, 2) where they stand."""
    if not len(stations):
        return "", np.empty((0, 2))
    xy = shapely.get_coordinates(projection.place(stations))
    frame = projection.frame
    inside = (
        (xy[:, 0] > frame.x) & (xy[:, 0] < frame.right) & (xy[:, 1] > frame.y) & (xy[:, 1] < frame.bottom)
    )
    marks = []
    kinds = column(stations, "kind").fillna("other").to_numpy()
    for (x, y), kind in zip(xy[inside], kinds[inside], strict=True):
        marks.append(mark(float(x), float(y), letters.get(str(kind), "")))
    return "".join(marks), xy[inside]


def mark(x: float, y: float, letter: str, size: float = 3.4) -> str:
    """The sign of a station: a red triangle with a letter."""
    high = size * math.sqrt(3) / 2
    points = f"{x - size / 2:.2f},{y + high / 3:.2f} {x + size / 2:.2f},{y + high / 3:.2f} {x:.2f},{y - high * 2 / 3:.2f}"
    sign = f'<polygon points="{points}" fill="{RED}" stroke="#ffffff" stroke-width=".3"/>'
    words = f'<text x="{x:.2f}" y="{y + high / 3 - 0.35:.2f}" font-size="{size * 0.46:.2f}" fill="#ffffff" text-anchor="middle" font-weight="700">{letter}</text>'
    return sign + (words if letter else "")
