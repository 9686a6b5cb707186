"""Maps as pages: drawn once for all days between two changes, then sent from memory."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.http.deps import AskedDay, AskedLang, Asking, InDoors
from api.http.guarded import guarded
from api.http.jobs import draw_page
from api.http.schemas import errors

router = APIRouter(tags=["maps"], route_class=guarded())

GRIDS_PAGE = "/api/maps/grids.html"

PAGE_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""All a page needs is inside it; the browser fetches nothing for it from anywhere."""

Communities = Annotated[
    list[Annotated[str, Query(pattern=r"^\d{1,12}$")]] | None,
    Query(description="Codes of communities, or of the street or district they lie in; all when not given"),
]


@router.get(
    GRIDS_PAGE,
    response_class=Response,
    response_model=None,
    responses={
        200: {"description": "The map, one page that fetches nothing", "content": {"text/html": {}}},
        304: {"description": "Unchanged since the ETag that was sent"},
        **errors(404, 422, 500, 503),
    },
)
async def grids_map(
    request: Request,
    held: InDoors,
    viewer: Asking,
    lang: AskedLang,
    as_of: AskedDay,
    community: Communities = None,
) -> Response:
    """The grids in force on a day with communities, complexes, buildings, roads, water and stations."""
    span = (await held.published.points(viewer.area)).span(as_of)
    asked = None if not community else tuple(sorted(set(community)))
    page = await held.maps.get(
        (held.published.state, viewer.area, asked, span, lang),
        lambda: held.workshop.once(draw_page, viewer, communities=asked, as_of=as_of, span=span, lang=lang),
    )
    return await page.sent(request, media_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY})
