"""Plans and edits of drafts: who edits says by If-Match which revision he saw, and hears what changed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from api.answers import plan_answers
from api.answers.plan_differences import tell_difference
from api.answers.plan_findings import tell_findings
from api.answers.plan_previews import tell_preview
from api.clock import today
from api.http.deps import Acting, AskedLang, Asking, Doors, InDoors, asked_lang, written_out
from api.http.guarded import guarded
from api.http.plan_compare_schemas import DifferenceAnswer
from api.http.plan_doors import PlanId, SeenRevision, in_thread, sent
from api.http.plan_jobs import search_edit, search_preview
from api.http.plan_schemas import (
    SLOW,
    EditAnswer,
    EditAsked,
    Findings,
    PlanAnswer,
    Plans,
    PreviewAnswer,
    StepAsked,
    Timeline,
    asked_operation,
)
from api.http.reach_asked import Communities
from api.http.schemas import errors
from layers.plans import editing
from layers.plans.editing import Edited
from layers.plans.previewing import preview

router = APIRouter(
    prefix="/api/plans", tags=["plans"], route_class=guarded(), dependencies=[Depends(asked_lang)]
)

State = Literal["draft", "submitted", "returned", "approved", "published", "retired"]
_GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"description": "Features", "content": {"application/geo+json": {"schema": {"type": "object"}}}}
}
_EDITED: dict[int | str, dict[str, Any]] = {
    200: {"description": "What changed, with the new revision as ETag", "model": EditAnswer},
    **errors(404, 408, 409, 412, 413, 422, 428, 500, 503),
}


def _edited(done: Edited, lang: str) -> Response:
    headers = {"ETag": f'"{done.revision}"', "Cache-Control": "private, no-store"}
    return Response(plan_answers.tell_edited(done, lang), headers=headers, media_type="application/json")


@router.get("", response_model=Plans, responses={**errors(404, 422, 500, 503)})
async def plans(
    held: InDoors,
    viewer: Asking,
    community: Communities = None,
    state: Annotated[list[State] | None, Query(description="Only plans in these states")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Most rows")] = 200,
) -> Any:
    """Plans (方案) of the caller's area, the newest first."""
    found = await in_thread(
        held,
        lambda: plan_answers.list_plans(held.store, viewer, codes=community, states=state, limit=limit),
    )
    return {"plans": found}


@router.get(
    "/{plan}", response_model=None, responses={200: {"model": PlanAnswer}, **errors(404, 422, 500, 503)}
)
async def plan(held: InDoors, viewer: Asking, plan: PlanId) -> Response:
    """One plan with its rules, its grids and its revision as ETag."""
    found = await in_thread(
        held, lambda: plan_answers.tell_plan(held.store, viewer, plan, today=today(held.clock))
    )
    return sent(found, found["revision"])


@router.get("/{plan}/cells", response_model=None, responses={**_GEOJSON, **errors(404, 422, 500, 503)})
async def cells(held: InDoors, viewer: Asking, plan: PlanId) -> Response:
    """The cells (基元) of a plan with their label, households, building and complex."""
    revision, body = await in_thread(held, lambda: plan_answers.plan_cells(held.store, viewer, plan))
    return _features(revision, body)


@router.get("/{plan}/grids", response_model=None, responses={**_GEOJSON, **errors(404, 422, 500, 503)})
async def grids(held: InDoors, viewer: Asking, plan: PlanId) -> Response:
    """The grids (网格) of a plan as they are drawn."""
    revision, body = await in_thread(held, lambda: plan_answers.grids_geojson(held.store, viewer, plan))
    return _features(revision, body)


def _features(revision: int, body: str) -> Response:
    headers = {"ETag": f'"{revision}"', "Cache-Control": "private, no-cache"}
    return Response(body, headers=headers, media_type="application/geo+json")


@router.get(
    "/{plan}/checks", response_model=None, responses={200: {"model": Findings}, **errors(404, 422, 500, 503)}
)
async def checks(held: InDoors, viewer: Asking, lang: AskedLang, plan: PlanId) -> Response:
    """What is wrong with a plan under its rules, worst first."""
    found = await in_thread(
        held, lambda: tell_findings(held.store, viewer, plan, lang, today=today(held.clock))
    )
    return sent(found, found["revision"])


@router.get(
    "/{plan}/compare",
    response_model=None,
    responses={
        200: {"description": "What differs, with the cells that move", "model": DifferenceAnswer},
        **errors(404, 422, 500, 503),
    },
)
async def compare(
    held: InDoors,
    viewer: Asking,
    plan: PlanId,
    beside: Annotated[
        int | None, Query(alias="with", ge=1, le=2**63 - 1, description="Another plan of the community")
    ] = None,
    on: Annotated[
        date | None,
        BeforeValidator(written_out),
        Query(description="The plan in force on this day; without both, the newest published"),
    ] = None,
) -> Response:
    """A plan beside another one: what moves, what becomes of each grid, old and new codes."""
    told = await in_thread(held, lambda: tell_difference(held.store, viewer, plan, beside, on))
    return Response(told, headers={"Cache-Control": "private, no-cache"}, media_type="application/json")


@router.get("/{plan}/edits", response_model=Timeline, responses={**errors(404, 422, 500, 503)})
async def edits(held: InDoors, viewer: Asking, plan: PlanId) -> Any:
    """The timeline of a draft: who did what and when, with branches."""
    return await in_thread(held, lambda: plan_answers.tell_timeline(held.store, viewer, plan))


@router.post("/{plan}/edits", response_model=None, responses=_EDITED)
async def edit(
    held: InDoors,
    viewer: Asking,
    actor: Acting,
    lang: AskedLang,
    plan: PlanId,
    seen: SeenRevision,
    said: EditAsked,
) -> Response:
    """One edit of a draft, kept as one step. Split and redraw search for some seconds; the others answer at once."""
    operation = asked_operation(said)
    if said.operation in SLOW:
        done = await held.workshop.once(
            search_edit, viewer, plan, operation, revision=seen, actor=actor, now=held.clock()
        )
    else:
        done = await in_thread(
            held,
            lambda: editing.edit(
                held.store, viewer, plan, operation, revision=seen, actor=actor, now=held.clock()
            ),
        )
    return _edited(done, lang)


@router.post(
    "/{plan}/preview",
    response_model=None,
    responses={
        200: {
            "description": "What the edit would change, with the revision it was looked at",
            "model": PreviewAnswer,
        },
        **errors(404, 408, 409, 412, 413, 422, 428, 500, 503),
    },
)
async def look(held: InDoors, viewer: Asking, plan: PlanId, seen: SeenRevision, said: EditAsked) -> Response:
    """What an edit would make of a draft; nothing is kept. `take` is the edit that makes just that of it."""
    operation = asked_operation(said)
    if said.operation in SLOW:
        found = await held.workshop.once(search_preview, viewer, plan, operation, revision=seen)
    else:
        found = await in_thread(held, lambda: preview(held.store, viewer, plan, operation, revision=seen))
    headers = {"ETag": f'"{found.revision}"', "Cache-Control": "private, no-store"}
    return Response(tell_preview(found), headers=headers, media_type="application/json")


@router.post("/{plan}/undo", response_model=None, responses=_EDITED)
async def undo(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, plan: PlanId, seen: SeenRevision
) -> Response:
    """Back one step."""
    done = await in_thread(held, lambda: _step(editing.undo, held, viewer, plan, seen, actor))
    return _edited(done, lang)


@router.post("/{plan}/redo", response_model=None, responses=_EDITED)
async def redo(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, plan: PlanId, seen: SeenRevision
) -> Response:
    """Forward one step."""
    done = await in_thread(held, lambda: _step(editing.redo, held, viewer, plan, seen, actor))
    return _edited(done, lang)


@router.put("/{plan}/step", response_model=None, responses=_EDITED)
async def go(
    held: InDoors,
    viewer: Asking,
    actor: Acting,
    lang: AskedLang,
    plan: PlanId,
    seen: SeenRevision,
    said: StepAsked,
) -> Response:
    """To any step of the timeline."""

    def gone() -> Edited:
        return editing.go_to(
            held.store, viewer, plan, said.step, revision=seen, actor=actor, now=held.clock()
        )

    return _edited(await in_thread(held, gone), lang)


def _step(how: Any, held: Doors, viewer: Any, plan: int, seen: int, actor: str) -> Edited:
    done: Edited = how(held.store, viewer, plan, revision=seen, actor=actor, now=held.clock())
    return done
