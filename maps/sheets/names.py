"""The names on a printed map, most important first: grids, stations, communities around, complexes, roads, houses."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from maps.look.style import ACCENT, AMBER, COMMUNITY, COMPLEX, INK, ROAD_TEXT, SHEET_MM, SOFT_INK, WATER
from maps.pages.encode import column
from maps.sheets.ground import Projection, Shown
from maps.sheets.labels import Labels, Style
from maps.sheets.metrics import balanced, text_width

GRID = Style(SHEET_MM["grid"], INK, bold=True)
SMALL_GRID = Style(SHEET_MM["small_grid"], INK, bold=True)
FIGURE = Style(2.5, INK)
BEFORE = Style(2.6, AMBER, bold=True)
AROUND = Style(3.4, COMMUNITY["text"], bold=True)
IN_COMPLEX = Style(2.5, COMPLEX["text"])
ON_ROAD = Style(2.3, ROAD_TEXT)
ON_WATER = Style(2.5, WATER["text"])
ON_HOUSE = Style(SHEET_MM["number"], SOFT_INK, halo=None)
"""4.9 points: readable at 300 dots an inch."""
NUMBER = Style(2.2, ACCENT, bold=True)
"""A number in place of a name that found no room; the index tells whose it is."""
_OF_HOUSE, _LARGEST_HOUSE_MM = 0.75, 3.2
"""How large a number is in the widest circle inside its building, and at most."""
_LEADER_MM = 45.0
_LINE_EMS = 1.25
_ROOM_OF_NAME = 1.3
"""A name stands clear of houses where the ellipse around it, so many times as high as it is, is free of them."""
_WHOLE = ("专属网格", "微网格", "网格", "社区", "小区")
"""What a name is not broken in."""
_NUMBER_REACH_MM = 12.0
_NUMBER = re.compile(r"^\D*?(\d+(?:[-—]\d+)?)\s*(?:号楼|栋|幢|座|号)?\D*$")


def write_names(shown: Shown, projection: Projection, labels: Labels, *, force: Collection[str] = ()) -> None:
    """Put all names on the map that find room; those in `force` come first and always stand.

    Grids are named inside, smaller inside, or beside with a thin line. A grid, complex or road that finds no room for its
    name has a number instead, by `labels.numbers` (of its code, or name); what finds room for neither is in `labels.left_out`.
    """
    _grids(shown, projection, labels, force)
    if shown.changed is not None:
        _middles(shown.changed, projection, labels, BEFORE, "before", force, least_ems=7)
    if len(shown.communities) > 1:
        _middles(shown.communities, projection, labels, AROUND, "community", force)
    _middles(shown.neighbours, projection, labels, AROUND, "community", force)
    _middles(shown.complexes, projection, labels, IN_COMPLEX, "complex", force)
    _roads(shown.roads, projection, labels, force)
    areas = shown.water[shapely.get_dimensions(np.asarray(shown.water.geometry.array, dtype=object)) == 2]
    _middles(areas, projection, labels, ON_WATER, "water", force)
    _houses(shown.buildings, projection, labels)


def _in_place(kind: str, name: str, x: float, y: float, labels: Labels) -> None:
    """What found no room for its name: a number where the index can tell of it, else it is left out."""
    indexed = kind in ("complex", "road")
    if not (indexed and labels.number(name, x, y, NUMBER, reach=_NUMBER_REACH_MM)):
        labels.left_out.append((kind, name))


def centres(polygons: Any) -> tuple[Any, Any]:
    """(n, 2) the middle of the widest circle in each shape, and (n,) its radius; the unit is theirs."""
    spokes = shapely.maximum_inscribed_circle(polygons, tolerance=0.5)
    return shapely.get_coordinates(shapely.get_point(spokes, 0)), shapely.length(spokes)


def _lines(name: str, style: Style, width: float) -> list[str]:
    return balanced(name, style.size, width, bold=style.bold, endings=_WHOLE)


def _clear_place(shape: Any, houses: Any, lines: list[str], style: Style) -> tuple[float, float] | None:
    """Where in a shape a name covers no house, as far from all as can be; None where there is no such place.

    The widest circle of the free ground is looked for with the ground pressed together as much as the name is long.
    """
    wide = text_width(max(lines, key=len), style.size, bold=style.bold)
    high = len(lines) * style.size * _LINE_EMS
    free = shapely.difference(shape, shapely.union_all(houses)) if len(houses) else shape
    if shapely.is_empty(free):
        return None
    press = np.array([high / wide, 1.0])
    pressed = shapely.transform(free, lambda xy: xy * press)
    middle, radius = centres(pressed)
    if radius * 2 < high * _ROOM_OF_NAME:
        return None
    x, y = (middle / press).tolist()[0]
    return x, y


def _grids(shown: Shown, projection: Projection, labels: Labels, force: Collection[str]) -> None:
    grids = shown.grids
    shapes = projection.cut(projection.place(grids)) if len(grids) else np.empty(0, dtype=object)
    there = ~shapely.is_empty(shapes)
    grids, shapes = grids[there], shapes[there]
    if not len(grids):
        return
    middle, radius = centres(shapes)
    names = column(grids, "name").fillna(column(grids, "code")).astype(str).to_numpy()
    houses = projection.place(shown.buildings) if len(shown.buildings) else np.empty(0, dtype=object)
    tree = shapely.STRtree(houses)
    for number in np.argsort(radius, kind="stable").tolist():  # the small ones have the fewest places to go
        (x, y), name = middle[number], names[number]
        lines = _lines(name, GRID, max(radius[number] * 2.2, GRID.size * 4))
        clear = _clear_place(shapes[number], houses[tree.query(shapes[number])], lines, GRID)
        if name in force:
            labels.level(lines, x, y, GRID, force=True)
        elif (
            (clear is not None and labels.level(lines, *clear, GRID))
            or (
                radius[number] * 2 >= text_width(max(lines, key=len), GRID.size, bold=True)
                and labels.level(lines, x, y, GRID)
            )
            or labels.level([name], x, y, SMALL_GRID)
            or labels.near([name], x, y, SMALL_GRID, reach=_LEADER_MM)
        ):
            continue
        elif not labels.number(str(grids["code"].iloc[number]), x, y, NUMBER, reach=_LEADER_MM):
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
        lines = _lines(name, style, max(radius[number] * 2, style.size * least_ems))
        spots = [(x, y), *((x + dx, y + dy) for dx, dy in _around(float(radius[number]), style.size))]
        if name in force or not any(labels.level(lines, to_x, to_y, style) for to_x, to_y in spots):
            if name in force:
                labels.level(lines, x, y, style, force=True)
            else:
                _in_place(kind, name, x, y, labels)


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
        done: list[Any] = []
        for way in lines.tolist():
            if len(done) >= wanted:
                break
            spot = labels.along(str(name), way, ON_ROAD, beyond=done)
            done += [] if spot is None else [spot]
        if not done and shapely.length(lines).sum() > 0:
            x, y = shapely.get_coordinates(shapely.line_interpolate_point(lines[0], 0.5, normalized=True))[0]
            if name in force:
                labels.level([str(name)], x, y, ON_ROAD, force=True)
            else:
                _in_place("road", str(name), x, y, labels)


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
        size = (
            min(max(room * _OF_HOUSE, ON_HOUSE.size), _LARGEST_HOUSE_MM) if len(words) <= 3 else ON_HOUSE.size
        )
        if room * 2 >= ON_HOUSE.size * 0.8 and not labels.level([words], x, y, replace(ON_HOUSE, size=size)):
            labels.level([words], x, y, ON_HOUSE)


def short_number(name: str) -> str:
    """The number of a building as a map shows it; the name itself where there is none.

    >>> short_number("3号楼"), short_number("芙蓉小区12幢"), short_number("综合楼")
    ('3', '12', '综合楼')
    """
    found = _NUMBER.match(name)
    return found[1] if found else name
