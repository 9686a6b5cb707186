"""Who walks to a station (覆盖率), as figures and on a map; what another station would change; where the next should stand.

All of it is worked out in the process beside the server, from one walk network kept there; answers to GET are kept until
the ground or the published grids move.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.http.deps import Asking, InDoors
from api.http.guarded import guarded
from api.http.reach_asked import AskedBefore, AskedBy, AskedReach, AskedWorst, SiteQuestion, Tried
from api.http.reach_jobs import (
    compare_reach,
    draw_reach_page,
    find_sites,
    tell_reach,
    tell_scene,
    try_reach,
    try_scene,
)
from api.http.reach_schemas import Compared, ReachAnswer, SitesAnswer, TriedOut
from api.http.schemas import errors
from api.routes.maps import PAGE_POLICY

router = APIRouter(prefix="/api", tags=["reach"], route_class=guarded())

_JSON = "application/json"
_SCENE: dict[str, Any] = {"type": "object", "required": ["origin"]}


@router.get(
    "/reach",
    response_model=None,
    responses={
        200: {"description": "Figures, stations and the worst served buildings", "model": ReachAnswer},
        304: {"description": "Unchanged since the ETag that was sent"},
        **errors(404, 409, 422, 500, 503),
    },
)
async def reach(
    request: Request,
    held: InDoors,
    viewer: Asking,
    question: AskedReach,
    by: AskedBy = "street",
    worst: AskedWorst = 20,
) -> Response:
    """Households that walk to a station within so many minutes over the streets, beside the straight-line circle: in all, by
    district, street, community, grid or kind of station, for every station, and the worst served buildings."""
    page = await held.maps.get(
        ("reach", held.published.state, viewer, question, by, worst),
        lambda: held.workshop.once(tell_reach, viewer, question, by=by, worst=worst),
    )
    return await page.sent(request, media_type=_JSON)


@router.get(
    "/reach/compare",
    response_model=None,
    responses={
        200: {"description": "The figures of both days, and the difference", "model": Compared},
        304: {"description": "Unchanged since the ETag that was sent"},
        **errors(404, 409, 422, 500, 503),
    },
)
async def reach_compared(
    request: Request,
    held: InDoors,
    viewer: Asking,
    question: AskedReach,
    before: AskedBefore,
    by: AskedBy = "street",
    worst: AskedWorst = 20,
) -> Response:
    """Two days side by side: the stations and grids of each, over the homes and streets of today, so that every difference is
    what stations brought and a sum of homes as they are counted elsewhere."""
    page = await held.maps.get(
        ("reach compared", held.published.state, viewer, question, before, by, worst),
        lambda: held.workshop.once(compare_reach, viewer, question, before, by=by, worst=worst),
    )
    return await page.sent(request, media_type=_JSON)


@router.post(
    "/reach",
    response_model=None,
    responses={
        200: {"description": "The same figures before and after, and the difference", "model": TriedOut},
        **errors(404, 408, 409, 413, 422, 500, 503),
    },
)
async def reach_tried(
    held: InDoors,
    viewer: Asking,
    question: AskedReach,
    tried: Tried,
    by: AskedBy = "street",
    worst: AskedWorst = 20,
) -> Response:
    """What it would change to add, move or close stations. Nothing is written."""
    body = await held.workshop.once(try_reach, viewer, question, tried.changes(), by=by, worst=worst)
    return Response(body, media_type=_JSON)


@router.post(
    "/site",
    response_model=None,
    responses={
        200: {
            "description": "The best choice and the next best ones, with what is proved",
            "model": SitesAnswer,
        },
        **errors(404, 408, 409, 413, 422, 500, 503),
    },
)
async def site(held: InDoors, viewer: Asking, question: AskedReach, said: SiteQuestion) -> Response:
    """Where new stations should stand, beside those that stay, may be added, moved or closed. Nothing is written."""
    body = await held.workshop.once(
        find_sites,
        viewer,
        question,
        said.changes(),
        keep=said.keep,
        new=said.new,
        model=said.model,
        candidates=None if said.candidates is None else [one.point for one in said.candidates],
        capacity=said.capacity,
        alternatives=said.alternatives,
    )
    return Response(body, media_type=_JSON)


@router.get(
    "/maps/reach.html",
    response_class=Response,
    response_model=None,
    responses={
        200: {"description": "The map, one page that fetches nothing", "content": {"text/html": {}}},
        304: {"description": "Unchanged since the ETag that was sent"},
        **errors(404, 409, 422, 500, 503),
    },
)
async def reach_map(request: Request, held: InDoors, viewer: Asking, question: AskedReach) -> Response:
    """Stations by kind, the ground within 5, 10 and 15 minutes on foot, circles beside it, and homes not reached."""
    page = await held.maps.get(
        ("reach page", held.published.state, viewer, question),
        lambda: held.workshop.once(draw_reach_page, viewer, question),
    )
    return await page.sent(request, media_type="text/html", headers={"Content-Security-Policy": PAGE_POLICY})


@router.get(
    "/maps/reach.json",
    response_model=None,
    responses={
        200: {"description": "What the page 覆盖 draws its map from", "content": {_JSON: {"schema": _SCENE}}},
        304: {"description": "Unchanged since the ETag that was sent"},
        **errors(404, 409, 422, 500, 503),
    },
)
async def reach_scene(request: Request, held: InDoors, viewer: Asking, question: AskedReach) -> Response:
    """The same map as data, with the stations and grids of a day: shapes in whole steps of `step` degrees from `origin`, one row a thing.

    Where there is nothing to walk on, `lacking` says why, and the stations are there alone."""
    page = await held.maps.get(
        ("reach scene", held.published.state, viewer, question),
        lambda: held.workshop.once(tell_scene, viewer, question),
    )
    return await page.sent(request, media_type=_JSON)


@router.post(
    "/maps/reach.json",
    response_model=None,
    responses={
        200: {"description": "Walk areas, circles, and every home", "content": {_JSON: {"schema": _SCENE}}},
        **errors(404, 408, 409, 413, 422, 500, 503),
    },
)
async def reach_scene_tried(held: InDoors, viewer: Asking, question: AskedReach, tried: Tried) -> Response:
    """What other stations, minutes, walkers or days change in that map. Nothing is written."""
    body = await held.workshop.once(try_scene, viewer, question, tried.changes())
    return Response(body, media_type=_JSON)
