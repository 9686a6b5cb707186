"""Outlines of what is around a place, as GeoJSON, from the same memory that look-ups are answered from."""

from __future__ import annotations

import json
import math
from typing import Annotated, Any, Literal

import shapely
from fastapi import APIRouter, Query
from starlette.responses import Response

from api.deps import AskedDay, InDoors
from api.schemas import errors
from geo.errors import InputError
from geo.locate.layers import BUILDINGS, COMMUNITIES, COMPLEXES, GRIDS
from maps.look.labels import visual_centres

router = APIRouter(prefix="/api/layers", tags=["layers"])

LayerName = Literal["communities", "complexes", "grids", "buildings"]
_NUMBER = {"communities": COMMUNITIES, "complexes": COMPLEXES, "grids": GRIDS, "buildings": BUILDINGS}
MOST_FEATURES = 4_000
"""More would neither be read nor drawn by an office machine at once."""
_NAMED = ("communities", "grids")
_DEGREES = 1e-7
_NUMBERS = 4
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
    },
}


@router.get(
    "/{layer}",
    response_model=None,
    responses={
        200: {
            "description": "What reaches into the box; each with `key` (code or ref) and `name`, communities and grids "
            "also with `at` and `radius_m`, the widest circle inside, where a name finds room",
            "content": {"application/geo+json": {"schema": _SCHEMA}},
        },
        **errors(422, 500, 503),
    },
)
def layer_around(
    held: InDoors,
    as_of: AskedDay,
    layer: LayerName,
    bbox: Annotated[
        str,
        Query(
            description="West, south, east, north in degrees (EPSG:4490)",
            examples=["108.70,34.32,108.71,34.33"],
            max_length=200,
        ),
    ],
) -> Response:
    """Communities, complexes, grids in force on a day, or buildings that reach into a box. Never residents."""
    found = held.published.current().around(_box(bbox), layer=_NUMBER[layer], as_of=as_of)
    if len(found) > MOST_FEATURES:
        raise InputError(
            f"{len(found):,} {layer} reach into this box, more than {MOST_FEATURES:,}; ask for a smaller one",
            f"该范围内有 {len(found):,} 个要素，超过 {MOST_FEATURES:,}；请缩小范围",
        )
    shapes = [shape for _, _, shape in found]
    drawn = shapely.to_geojson([shapely.set_precision(shape, _DEGREES) for shape in shapes])
    named = _name_places(shapes) if layer in _NAMED else [{}] * len(found)
    features = ",".join(
        f'{{"type":"Feature","properties":{json.dumps(said, ensure_ascii=False)},"geometry":{shape}}}'
        for said, shape in zip(
            ({"key": key, "name": name, **at} for (key, name, _), at in zip(found, named, strict=True)),
            drawn,
            strict=True,
        )
    )
    body = f'{{"type":"FeatureCollection","features":[{features}]}}'
    return Response(body.encode("utf-8", "replace"), media_type="application/geo+json")


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != _NUMBERS or not all(map(math.isfinite, numbers)):
        raise InputError(
            "bbox must be four numbers with commas: west,south,east,north",
            "bbox 应为以逗号分隔的四个数：西,南,东,北",
        )
    west, south, east, north = numbers
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise InputError(
            "bbox must be degrees in the order west,south,east,north",
            "bbox 应为度数，顺序为 西,南,东,北",
        )
    return west, south, east, north


def _name_places(shapes: list[Any]) -> list[dict[str, Any]]:
    """Where the name of each shape goes and the room there is around it; the page leaves out those without room."""
    at = visual_centres(shapes)
    return [
        {"at": [round(float(lon), 6), round(float(lat), 6)], "radius_m": round(float(radius), 1)}
        for lon, lat, radius in zip(at.lon, at.lat, at.radius_m, strict=True)
    ]
