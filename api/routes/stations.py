"""Service stations: where they are and what they are, as JSON, for maps and for spreadsheets."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from api.http.deps import AskedLang, Asking, InDoors
from api.http.guarded import guarded
from api.http.reach_asked import Communities, Kinds
from api.http.reach_jobs import StationFile, StationForm, list_stations
from api.http.reach_schemas import Stations
from api.http.schemas import errors

router = APIRouter(prefix="/api", tags=["reach"], route_class=guarded())

_TYPES: dict[StationForm, str] = {
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_GEOJSON: dict[str, Any] = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"type": "object"}},
    },
}
_COLUMNS = "ref, name, kind, kind_name, floor_area_m2, opening_hours, capacity, opened_on, community_code, community, lon, lat"


@router.get(
    "/stations",
    response_model=None,
    responses={
        200: {"description": "By ref", "model": Stations},
        304: {"description": "Unchanged since the ETag that was sent"},
        **errors(404, 422, 500, 503),
    },
)
async def stations(
    request: Request,
    held: InDoors,
    viewer: Asking,
    lang: AskedLang,
    community: Communities = None,
    kind: Kinds = None,
) -> Response:
    """The service stations (服务站点) of the caller's area with kind, floor area, opening hours and place."""
    return await _sent("json", request, held, viewer, lang, community, kind)


@router.get(
    "/stations.{form}",
    response_model=None,
    responses={
        200: {
            "description": f"Points, or a table, with {_COLUMNS}; CSV is UTF-8 with BOM",
            "content": {
                _TYPES["geojson"]: {"schema": _GEOJSON},
                "text/csv": {"schema": {"type": "string"}},
                _TYPES["xlsx"]: {"schema": {"type": "string", "format": "binary"}},
            },
        },
        304: {"description": "Unchanged since the ETag that was sent"},
        **errors(404, 422, 500, 503),
    },
)
async def stations_file(
    request: Request,
    held: InDoors,
    viewer: Asking,
    lang: AskedLang,
    form: Annotated[StationFile, Path(description="geojson for maps, csv or xlsx for spreadsheets")],
    community: Communities = None,
    kind: Kinds = None,
) -> Response:
    """The same as a file."""
    return await _sent(form, request, held, viewer, lang, community, kind)


async def _sent(
    form: StationForm,
    request: Request,
    held: InDoors,
    viewer: Asking,
    lang: AskedLang,
    community: list[str] | None,
    kind: list[str] | None,
) -> Response:
    communities = None if not community else tuple(sorted(set(community)))
    kinds = None if not kind else tuple(sorted(set(kind)))
    page = await held.maps.get(
        ("stations", form, held.published.state, viewer, communities, kinds, lang),
        lambda: held.workshop.once(
            list_stations, viewer, communities=communities, kinds=kinds, form=form, lang=lang
        ),
    )
    named = {} if form == "json" else {"Content-Disposition": f'attachment; filename="stations.{form}"'}
    return await page.sent(request, media_type=_TYPES[form], headers=named)
