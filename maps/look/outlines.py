"""Outlines of places as GeoJSON, for pages that draw what is around a point."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import shapely

from maps.look.labels import visual_centres

STEP_DEG = 1e-7
"""Coordinates are rounded to this, about a centimetre."""

Place = tuple[str, str | None, Any]
"""Key, name and shape (EPSG:4490)."""


def outlines(places: Sequence[Place], *, name_room: bool) -> str:
    """A FeatureCollection, one feature a place in their order, each with `key` and `name`; with `name_room` also `at`,
    where a name finds room (degrees), and `radius_m`, how much.

    >>> outlines([("g1", "第一网格", shapely.box(108, 34, 109, 35))], name_room=False)[:83]
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"key": "g1"'
    """
    shapes = [shape for _, _, shape in places]
    drawn = shapely.to_geojson(shapely.set_precision(shapes, STEP_DEG)) if shapes else []
    room = _room(shapes) if name_room else [{}] * len(shapes)
    features = ",".join(
        f'{{"type":"Feature","properties":{json.dumps(said, ensure_ascii=False)},"geometry":{shape}}}'
        for said, shape in zip(
            ({"key": key, "name": name, **at} for (key, name, _), at in zip(places, room, strict=True)),
            drawn,
            strict=True,
        )
    )
    return f'{{"type":"FeatureCollection","features":[{features}]}}'


def _room(shapes: list[Any]) -> list[dict[str, Any]]:
    at = visual_centres(shapes)
    return [
        {"at": [round(float(lon), 6), round(float(lat), 6)], "radius_m": round(float(radius), 1)}
        for lon, lat, radius in zip(at.lon, at.lat, at.radius_m, strict=True)
    ]
