"""The maps of stations, of members, of match rates, and of all together, as pages; what there is to do, by place."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.http.deps import Acting, AskedDay, AskedLang, Asking, InDoors
from api.http.guarded import guarded
from api.http.map_cache import Page
from api.http.map_jobs import draw_all_page, draw_members_page, draw_rates_page, draw_stations_page
from api.http.reach_asked import AskedReach, AskedToday, Communities
from api.http.schemas import errors
from api.http.threads import waited_for
from api.http.workload_schemas import Loads
from api.routes.maps import PAGE_POLICY
from layers.people.match_rates import By as Place
from layers.plans.loads import load_names
from layers.reach.workload import By, tell_load
from layers.rights.viewer import Viewer
from layers.store.database import Store

router = APIRouter(prefix="/api", tags=["maps"], route_class=guarded())

_PAGE: dict[int | str, dict[str, Any]] = {
    200: {"description": "The map, one page that fetches nothing", "content": {"text/html": {}}},
    304: {"description": "Unchanged since the ETag that was sent"},
    **errors(404, 409, 422, 500, 503),
}
_POLICY = {"Content-Security-Policy": PAGE_POLICY}
LoadName = Annotated[str | None, Query(max_length=40, description="A load kept with wangge workload")]


@router.get("/maps/stations.html", response_class=Response, response_model=None, responses=_PAGE)
async def stations_map(request: Request, held: InDoors, viewer: Asking, question: AskedReach) -> Response:
    """The stations by kind, as they were on a day. Minutes and walkers change nothing in it."""
    page = await held.maps.get(
        ("stations page", held.published.state, viewer, question),
        lambda: held.workshop.once(draw_stations_page, viewer, question),
    )
    return await page.sent(request, media_type="text/html", headers=_POLICY)


@router.get("/maps/all.html", response_class=Response, response_model=None, responses=_PAGE)
async def all_map(
    request: Request, held: InDoors, viewer: Asking, question: AskedToday, heat: LoadName = None
) -> Response:
    """Grids, stations, walk areas, circles and homes not reached in one page, each with a switch; with `heat` a load by hexagon."""
    page = await held.maps.get(
        ("all page", held.published.state, held.published.chain_state, viewer, question, heat),
        lambda: held.workshop.once(draw_all_page, viewer, question, heat),
    )
    return await page.sent(request, media_type="text/html", headers=_POLICY)


@router.get("/maps/members.html", response_class=Response, response_model=None, responses=_PAGE)
async def members_map(
    request: Request, held: InDoors, viewer: Asking, actor: Acting, question: AskedToday
) -> Response:
    """Buildings with member households, centre households with a star. Every read is kept in the history; nothing is cached."""
    page: Page = await held.workshop.once(draw_members_page, viewer, question, actor, held.clock())
    return await page.sent(request, media_type="text/html", headers={**_POLICY, "Cache-Control": "no-store"})


@router.get("/maps/match.html", response_class=Response, response_model=None, responses=_PAGE)
async def match_map(
    request: Request,
    held: InDoors,
    viewer: Asking,
    question: AskedToday,
    by: Annotated[Place, Query(description="What the rates are of")] = "community",
) -> Response:
    """How many listed households were tied to a building, in places of one kind; nothing is cached."""
    page: Page = await held.workshop.once(draw_rates_page, viewer, question, by)
    return await page.sent(request, media_type="text/html", headers={**_POLICY, "Cache-Control": "no-store"})


@router.get("/workload", responses=errors(404, 409, 422, 500, 503))
async def workload(
    held: InDoors,
    viewer: Asking,
    _lang: AskedLang,
    as_of: AskedDay,
    name: LoadName = None,
    by: Annotated[
        By, Query(description="What the rows are; months only for who may count single buildings")
    ] = "grid",
    community: Communities = None,
) -> Loads:
    """Events of a load by grid, hexagon (H3, resolution 9) or community, places with few counted with their neighbours; without
    `name` the names of the loads that are kept."""
    found = await waited_for(_told, held.store, viewer, name, by, as_of, community)
    return Loads.model_validate(found)


def _told(
    store: Store, viewer: Viewer, name: str | None, by: By, as_of: Any, community: list[str] | None
) -> dict[str, Any]:
    if name is None:
        with store.reading(viewer) as unit:
            return {"names": load_names(unit), "rows": []}
    found = tell_load(store, viewer, name, by=by, as_of=as_of, codes=community or None)
    rows = zip(found["code"], found["name"], found["events"], strict=True)
    return {
        "names": [name],
        "rows": [{"code": code, "name": title or "", "events": int(count)} for code, title, count in rows],
    }
