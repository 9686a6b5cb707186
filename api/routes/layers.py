"""Outlines of what is around a place, as GeoJSON, from the same memory that look-ups are answered from."""

from __future__ import annotations

import math
from datetime import date
from functools import partial
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Query
from starlette.responses import Response

from api.http.deps import AskedDay, AskedLang, Asking, InDoors
from api.http.guarded import guarded
from api.http.schemas import errors
from api.http.workshop import busy
from geo.errors import InputError
from geo.locate.index import LookupIndex
from geo.locate.layers import BUILDINGS, COMMUNITIES, COMPLEXES, GRIDS
from maps.look.outlines import outlines

router = APIRouter(prefix="/api/layers", tags=["layers"], route_class=guarded())

LayerName = Literal["communities", "complexes", "grids", "buildings"]
_NUMBER = {"communities": COMMUNITIES, "complexes": COMPLEXES, "grids": GRIDS, "buildings": BUILDINGS}
MOST_FEATURES = 4_000
"""More would neither be read nor drawn by an office machine at once."""
_NAMED = ("communities", "grids")
_NUMBERS = 4
Box = tuple[float, float, float, float]
DRAWN_AT_ONCE, MOST_WAITING = 2, 32
"""So many are drawn at a time, and so many wait; whoever comes then is told to come back."""
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
async def layer_around(
    held: InDoors,
    viewer: Asking,
    _lang: AskedLang,
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
    index, box = await held.published.points(viewer.area), _box(bbox)
    if held.drawing.statistics().tasks_waiting >= MOST_WAITING:
        raise busy()
    body = await to_thread.run_sync(partial(_drawn, index, box, layer, as_of), limiter=held.drawing)
    return Response(body, media_type="application/geo+json")


def _drawn(index: LookupIndex, box: Box, layer: LayerName, as_of: date) -> bytes:
    """Runs in a thread."""
    found = index.around(box, layer=_NUMBER[layer], as_of=as_of)
    if len(found) > MOST_FEATURES:
        raise InputError(
            f"{len(found):,} {layer} reach into this box, more than {MOST_FEATURES:,}; ask for a smaller one",
            f"该范围内有 {len(found):,} 个要素，超过 {MOST_FEATURES:,}；请缩小范围",
        )
    body = outlines(found, name_room=layer in _NAMED)
    return body.encode("utf-8", "replace")


def _box(text: str) -> Box:
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
