"""Which grid covers a point or an address."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from fastapi.exceptions import RequestValidationError
from starlette.responses import Response

from api.address_answers import as_json as address_json
from api.answers import as_json
from api.datums import Datum, to_kept
from api.deps import AskedDay, AskedLang, InDoors
from api.questions import MOST_ADDRESS_CHARACTERS
from api.schemas import Located, LocatedAddress, Suggested, errors
from geo.errors import InputError

router = APIRouter(prefix="/api", tags=["locate"])

Lon = Annotated[
    float | None, Query(ge=-180, le=180, allow_inf_nan=False, description="Degrees", examples=[108.7])
]
Lat = Annotated[
    float | None, Query(ge=-90, le=90, allow_inf_nan=False, description="Degrees", examples=[34.33])
]
Crs = Annotated[
    Datum, Query(description="Datum of the coordinates; vendors' datums are taken back to CGCS2000")
]
Address = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=MOST_ADDRESS_CHARACTERS,
        description="An address, instead of lon and lat",
        examples=["芙蓉小区3号楼2单元501室"],
    ),
]


@router.get(
    "/locate",
    response_model=None,
    responses={
        200: {
            "model": Located | LocatedAddress,
            "description": "The answer, also where nothing was found: see its status",
        },
        **errors(422, 500, 503),
    },
)
async def locate(
    held: InDoors,
    lang: AskedLang,
    as_of: AskedDay,
    address: Address = None,
    lon: Lon = None,
    lat: Lat = None,
    crs: Crs = "EPSG:4490",
) -> Response:
    """The grid, community, complex and building that cover a point, or an address, on a day.

    Give lon and lat, or address. A point on a shared edge goes to the grid with the smallest code, and `reason` says
    so. An address that fits several buildings gets candidates, never a guess; if one grid covers them all, `grid` is it.
    """
    if address is not None:
        if lon is not None or lat is not None:
            raise InputError(
                "give an address, or lon and lat, not both",
                "请只给出 address，或只给出 lon 与 lat，不要同时给出",
            )
        addresses = held.published.addresses()
        found = addresses.locate(address, as_of=as_of)
        body = address_json(found, lang=lang, version=addresses.index.version)
        return Response(body, media_type="application/json")
    if lon is None or lat is None:
        missing = [name for name, value in (("lon", lon), ("lat", lat)) if value is None]
        raise RequestValidationError([{"type": "missing", "loc": ("query", name)} for name in missing])
    if crs not in ("EPSG:4490", "EPSG:4326"):
        kept_lon, kept_lat = to_kept(np.array([lon]), np.array([lat]), crs)
        lon, lat = float(kept_lon[0]), float(kept_lat[0])
    index = held.published.current()
    answer = index.locate(lon, lat, as_of=as_of)
    return Response(as_json(answer, lang=lang, version=index.version), media_type="application/json")


@router.get("/suggest", responses=errors(422, 500, 503))
async def suggest(
    held: InDoors,
    q: Annotated[
        str, Query(min_length=1, max_length=MOST_ADDRESS_CHARACTERS, description="What was typed so far")
    ],
    limit: Annotated[int, Query(ge=1, le=20, description="Most suggestions")] = 8,
) -> Suggested:
    """Complexes and buildings whose name goes on from what was typed, best first. Never persons or their homes."""
    found = held.published.addresses().suggest(q, limit=limit)
    return Suggested.of(found)
