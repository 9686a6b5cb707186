"""The names on a printed map, most important first: grids, stations, communities around, complexes, roads, houses."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from maps.look.style import AMBER, COMMUNITY, COMPLEX, INK, ROAD_TEXT, SOFT_INK, WATER
from maps.pages.encode import column
from maps.sheets.ground import Projection, Shown
from maps.sheets.labels import Labels, Style
from maps.sheets.metrics import broken, text_width

GRID = Style(4.2, INK, bold=True)
SMALL_GRID = Style(3.0, INK, bold=True)
FIGURE = Style(2.5, INK)
BEFORE = Style(2.6, AMBER, bold=True)
AROUND = Style(3.4, COMMUNITY["text"], bold=True)
IN_COMPLEX = Style(2.5, COMPLEX["text"])
ON_ROAD = Style(2.3, ROAD_TEXT)
ON_WATER = Style(2.5, WATER["text"])
ON_HOUSE = Style(1.75, SOFT_INK, halo=None)
"""4.9 points: readable at 300 dots an inch."""
_LEADER_MM = 45.0
_NUMBER = re.compile(r"^\D*?(\d+(?:[-—]\d+)?)\s*(?:号楼|栋|幢|座|号)?\D*$")


def write_names(shown: Shown, projection: Projection, labels: Labels, *, force: Collection[str] = ()) -> None:
    """Put all names on the map that find room; those in `force` come first and always stand.

    Grids are always named: inside, smaller inside, or beside with a thin line. Names left out are in `labels.left_out`.
    """
    _grids(shown.grids, projection, labels, force)
    if shown.changed is not None:
        _middles(shown.changed, projection, labels, BEFORE, "before", force, least_ems=7)
    _middles(shown.neighbours, projection, labels, AROUND, "community", force)
    _middles(shown.complexes, projection, labels, IN_COMPLEX, "complex", force)
    _roads(shown.roads, projection, labels, force)
    areas = shown.water[shapely.get_dimensions(np.asarray(shown.water.geometry.array, dtype=object)) == 2]
    _middles(areas, projection, labels, ON_WATER, "water", force)
    _houses(shown.buildings, projection, labels)


def centres(polygons: Any) -> tuple[Any, Any]:
    """(n, 2) the middle of the widest circle in each shape, and (n,) its radius; the unit is theirs."""
    spokes = shapely.maximum_inscribed_circle(polygons, tolerance=0.5)
    return shapely.get_coordinates(shapely.get_point(spokes, 0)), shapely.length(spokes)


def _grids(grids: gpd.GeoDataFrame, projection: Projection, labels: Labels, force: Collection[str]) -> None:
    shapes = projection.cut(projection.place(grids)) if len(grids) else np.empty(0, dtype=object)
    there = ~shapely.is_empty(shapes)
    grids, shapes = grids[there], shapes[there]
    if not len(grids):
        return
    middle, radius = centres(shapes)
    names = column(grids, "name").fillna(column(grids, "code")).astype(str).to_numpy()
    for number in np.argsort(radius, kind="stable").tolist():  # the small ones have the fewest places to go
        (x, y), name = middle[number], names[number]
        lines = broken(name, GRID.size, max(radius[number] * 2.2, GRID.size * 4), bold=True)
        if name in force:
            labels.level(lines, x, y, GRID, force=True)
        elif (
            (
                radius[number] * 2 >= text_width(max(lines, key=len), GRID.size, bold=True)
                and labels.level(lines, x, y, GRID)
            )
            or labels.level([name], x, y, SMALL_GRID)
            or labels.near([name], x, y, SMALL_GRID, reach=_LEADER_MM)
        ):
            continue
        else:
            labels.level([name], x, y, SMALL_GRID, force=True)


def _middles(
    frame: gpd.GeoDataFrame,
    projection: Projection,
    labels: Labels,
    style: Style,
    kind: str,
    force: Collection[str],
    *,
    least_ems: int = 4,
) -> None:
    """Names at the visual centre, broken where the shape is narrower than they are, but not below `least_ems` characters."""
    named = frame[column(frame, "name").notna().to_numpy()]
    shapes = projection.cut(projection.place(named)) if len(named) else np.empty(0, dtype=object)
    there = ~shapely.is_empty(shapes) & (shapely.area(shapes) > 1.0)
    named, shapes = named[there], shapes[there]
    if not len(named):
        return
    middle, radius = centres(shapes)
    for number in np.argsort(-radius, kind="stable").tolist():
        name, (x, y) = str(named["name"].iloc[number]), middle[number]
        lines = broken(name, style.size, max(radius[number] * 2, style.size * least_ems), bold=style.bold)
        spots = [(x, y), *((x + dx, y + dy) for dx, dy in _around(float(radius[number]), style.size))]
        if name in force or not any(labels.level(lines, to_x, to_y, style) for to_x, to_y in spots):
            if name in force:
                labels.level(lines, x, y, style, force=True)
            else:
                labels.left_out.append((kind, name))


def _around(radius: float, size: float) -> list[tuple[float, float]]:
    step = max(min(radius * 0.5, size * 3), size)
    return [
        (0, step),
        (0, -step),
        (step, 0),
        (-step, 0),
        (step, step),
        (-step, step),
        (step, -step),
        (-step, -step),
    ]


def _roads(roads: gpd.GeoDataFrame, projection: Projection, labels: Labels, force: Collection[str]) -> None:
    """Each road by its name once per half metre of paper, along its longest stretches."""
    named = roads[
        column(roads, "name").notna().to_numpy() & ~column(roads, "road_class").isin(["wall"]).to_numpy()
    ]
    if not len(named):
        return
    shapes = projection.cut(projection.place(named))
    table = pd.DataFrame({"name": named["name"].astype(str).to_numpy(), "shape": shapes})
    for name, some in table.groupby("name", sort=True):
        lines = shapely.get_parts(shapely.line_merge(shapely.union_all(some["shape"].to_numpy(dtype=object))))
        lines = lines[np.argsort(-shapely.length(lines), kind="stable")]
        wanted = max(int(shapely.length(lines).sum() // 250), 1)
        done = 0
        for way in lines.tolist():
            if done >= wanted:
                break
            done += labels.along(str(name), way, ON_ROAD)
        if not done and shapely.length(lines).sum() > 0:
            if name in force:
                x, y = shapely.get_coordinates(lines[:1])[0].tolist()
                labels.level([str(name)], x, y, ON_ROAD, force=True)
            else:
                labels.left_out.append(("road", str(name)))


def _houses(buildings: gpd.GeoDataFrame, projection: Projection, labels: Labels) -> None:
    """The number of each building, where it fits into it."""
    named = buildings[column(buildings, "name").notna().to_numpy()]
    shapes = projection.cut(projection.place(named)) if len(named) else np.empty(0, dtype=object)
    there = ~shapely.is_empty(shapes)
    named, shapes = named[there], shapes[there]
    if not len(named):
        return
    middle, radius = centres(shapes)
    balance = shapely.centroid(
        shapes
    )  # a long house is widest anywhere along it; its number belongs in the middle
    inside = shapely.contains(shapes, balance)
    middle[inside] = shapely.get_coordinates(balance[inside])
    for (x, y), room, name in zip(middle, radius, named["name"].astype(str), strict=True):
        words = short_number(name)
        if room * 2 >= ON_HOUSE.size * 0.8:
            labels.level([words], x, y, ON_HOUSE)


def short_number(name: str) -> str:
    """The number of a building as a map shows it; the name itself where there is none.

    >>> short_number("3号楼"), short_number("芙蓉小区12幢"), short_number("综合楼")
    ('3', '12', '综合楼')
    """
    found = _NUMBER.match(name)
    return found[1] if found else name
