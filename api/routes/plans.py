"""Plans and edits of drafts: who edits says by If-Match which revision he saw, and hears what changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Header, Path, Query
from starlette.responses import JSONResponse, Response

from api.answers import plan_answers
from api.http.deps import Acting, AskedLang, Asking, Doors, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.plan_jobs import search_edit
from api.http.plan_schemas import (
    SLOW,
    CopyAnswer,
    CopyAsked,
    EditAnswer,
    EditAsked,
    Findings,
    MoveAnswer,
    MoveAsked,
    PlanAnswer,
    Plans,
    StepAsked,
    Timeline,
    Way,
    asked_operation,
)
from api.http.problems import RefusedError
from api.http.reach_asked import Communities
from api.http.schemas import errors
from api.http.threads import waited_for
from geo.errors import InputError, Words
from layers.plans import editing
from layers.plans.drafts import copy_plan
from layers.plans.editing import Edited
from layers.plans.procedure import Deed, move_plan
from layers.rights.viewer import Viewer

router = APIRouter(
    prefix="/api/plans", tags=["plans"], route_class=guarded(), dependencies=[Depends(asked_lang)]
)

T = TypeVar("T")
PlanId = Annotated[int, Path(ge=1, le=2**63 - 1, description="As GET /api/plans lists it")]
State = Literal["draft", "submitted", "returned", "approved", "published", "retired"]
_ETAG = re.compile(r'\s*(?:W/)?"?(\d{1,9})"?\s*')
_GEOJSON: dict[int | str, dict[str, Any]] = {
    200: {"description": "Features", "content": {"application/geo+json": {"schema": {"type": "object"}}}}
}
_EDITED: dict[int | str, dict[str, Any]] = {
    200: {"description": "What changed, with the new revision as ETag", "model": EditAnswer},
    **errors(404, 408, 409, 412, 413, 422, 428, 500, 503),
}


async def _in_thread(held: Doors, work: Callable[[], T]) -> T:
    async with held.drawing:
        return await waited_for(work)


async def _seen(
    if_match: Annotated[
        str | None, Header(alias="If-Match", description="The revision that was seen, as in the ETag")
    ] = None,
) -> int:
    """The revision whoever edits saw. Raises 428 without one."""
    if if_match is None:
        raise RefusedError(
            428,
            Words(
                "say by If-Match which revision you saw; GET /api/plans/{id} tells it as ETag",
                "请用 If-Match 说明所见的修订号；GET /api/plans/{id} 的 ETag 即为修订号",
            ),
            name="revision-needed",
        )
    found = _ETAG.fullmatch(if_match)
    if found is None:
        raise InputError(f"If-Match {if_match!r} is no revision", f"If-Match“{if_match}”不是修订号")
    return int(found[1])


SeenRevision = Annotated[int, Depends(_seen)]


def _edited(done: Edited) -> Response:
    headers = {"ETag": f'"{done.revision}"', "Cache-Control": "private, no-store"}
    return Response(plan_answers.tell_edited(done), headers=headers, media_type="application/json")


def _sent(body: Any, revision: int) -> Response:
    headers = {"ETag": f'"{revision}"', "Cache-Control": "private, no-cache"}
    return JSONResponse(body, headers=headers)


@router.get("", response_model=Plans, responses={**errors(404, 422, 500, 503)})
async def plans(
    held: InDoors,
    viewer: Asking,
    community: Communities = None,
    state: Annotated[list[State] | None, Query(description="Only plans in these states")] = None,
    limit: Annotated[int, Query(ge=1, le=10_000, description="Most rows")] = 200,
) -> Any:
    """Plans (方案) of the caller's area, the newest first."""
    found = await _in_thread(
        held,
        lambda: plan_answers.list_plans(held.store, viewer, codes=community, states=state, limit=limit),
    )
    return {"plans": found}


@router.post(
    "", response_model=CopyAnswer, status_code=201, responses={**errors(404, 408, 413, 422, 500, 503)}
)
async def copy(held: InDoors, viewer: Asking, actor: Acting, said: CopyAsked) -> Any:
    """A new draft to go on from: a copy of a plan, whatever its state, as it is or as it was at a step of its timeline."""

    def made() -> int:
        now = held.clock()
        if said.step is None:
            return copy_plan(held.store, viewer, said.plan, actor=actor, now=now)
        return editing.copy_at(held.store, viewer, said.plan, said.step, actor=actor, now=now)

    return {"plan": await _in_thread(held, made)}


@router.get(
    "/{plan}", response_model=None, responses={200: {"model": PlanAnswer}, **errors(404, 422, 500, 503)}
)
async def plan(held: InDoors, viewer: Asking, plan: PlanId) -> Response:
    """One plan with its rules, its grids and its revision as ETag."""
    found = await _in_thread(held, lambda: plan_answers.tell_plan(held.store, viewer, plan))
    return _sent(found, found["revision"])


@router.get("/{plan}/cells", response_model=None, responses={**_GEOJSON, **errors(404, 422, 500, 503)})
async def cells(held: InDoors, viewer: Asking, plan: PlanId) -> Response:
    """The cells (基元) of a plan with their label, households, building and complex."""
    revision, body = await _in_thread(held, lambda: plan_answers.plan_cells(held.store, viewer, plan))
    return _features(revision, body)


@router.get("/{plan}/grids", response_model=None, responses={**_GEOJSON, **errors(404, 422, 500, 503)})
async def grids(held: InDoors, viewer: Asking, plan: PlanId) -> Response:
    """The grids (网格) of a plan as they are drawn."""
    revision, body = await _in_thread(held, lambda: plan_answers.grids_geojson(held.store, viewer, plan))
    return _features(revision, body)


def _features(revision: int, body: str) -> Response:
    headers = {"ETag": f'"{revision}"', "Cache-Control": "private, no-cache"}
    return Response(body, headers=headers, media_type="application/geo+json")


@router.get(
    "/{plan}/checks", response_model=None, responses={200: {"model": Findings}, **errors(404, 422, 500, 503)}
)
async def checks(held: InDoors, viewer: Asking, lang: AskedLang, plan: PlanId) -> Response:
    """What is wrong with a plan under its rules, worst first."""
    found = await _in_thread(held, lambda: plan_answers.tell_findings(held.store, viewer, plan, lang))
    return _sent(found, found["revision"])


@router.get("/{plan}/edits", response_model=Timeline, responses={**errors(404, 422, 500, 503)})
async def edits(held: InDoors, viewer: Asking, plan: PlanId) -> Any:
    """The timeline of a draft: who did what and when, with branches."""
    return await _in_thread(held, lambda: plan_answers.tell_timeline(held.store, viewer, plan))


@router.post("/{plan}/edits", response_model=None, responses=_EDITED)
async def edit(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: EditAsked
) -> Response:
    """One edit of a draft, kept as one step. Split and redraw search for some seconds; the others answer at once."""
    operation = asked_operation(said)
    if said.operation in SLOW:
        done = await held.workshop.once(
            search_edit, viewer, plan, operation, revision=seen, actor=actor, now=held.clock()
        )
    else:
        done = await _in_thread(
            held,
            lambda: editing.edit(
                held.store, viewer, plan, operation, revision=seen, actor=actor, now=held.clock()
            ),
        )
    return _edited(done)


@router.post("/{plan}/undo", response_model=None, responses=_EDITED)
async def undo(held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision) -> Response:
    """Back one step."""
    return _edited(await _in_thread(held, lambda: _step(editing.undo, held, viewer, plan, seen, actor)))


@router.post("/{plan}/redo", response_model=None, responses=_EDITED)
async def redo(held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision) -> Response:
    """Forward one step."""
    return _edited(await _in_thread(held, lambda: _step(editing.redo, held, viewer, plan, seen, actor)))


@router.put("/{plan}/step", response_model=None, responses=_EDITED)
async def go(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: StepAsked
) -> Response:
    """To any step of the timeline."""

    def gone() -> Edited:
        return editing.go_to(
            held.store, viewer, plan, said.step, revision=seen, actor=actor, now=held.clock()
        )

    return _edited(await _in_thread(held, gone))


@router.get("/{plan}/way", response_model=Way, responses={**errors(404, 422, 500, 503)})
async def way(held: InDoors, viewer: Asking, plan: PlanId) -> Any:
    """Who submitted, took back, approved or sent back a plan, and with which remark."""
    return await _in_thread(held, lambda: plan_answers.tell_way(held.store, viewer, plan))


_MOVED: dict[int | str, dict[str, Any]] = {
    **errors(404, 408, 409, 412, 413, 422, 428, 500, 503),
}


@router.post("/{plan}/submit", response_model=MoveAnswer, responses=_MOVED)
async def submit(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: MoveAsked
) -> Any:
    """A draft without errors is submitted, and frozen."""
    return await _moved(held, viewer, actor, plan, seen, said, "submit")


@router.post("/{plan}/recall", response_model=MoveAnswer, responses=_MOVED)
async def recall(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: MoveAsked
) -> Any:
    """A submitted plan is a draft again."""
    return await _moved(held, viewer, actor, plan, seen, said, "recall")


@router.post("/{plan}/approve", response_model=MoveAnswer, responses=_MOVED)
async def approve(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: MoveAsked
) -> Any:
    """A submitted plan may be published."""
    return await _moved(held, viewer, actor, plan, seen, said, "approve")


@router.post("/{plan}/return", response_model=MoveAnswer, responses=_MOVED)
async def send_back(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: MoveAsked
) -> Any:
    """A submitted or approved plan goes back with a remark."""
    return await _moved(held, viewer, actor, plan, seen, said, "return")


async def _moved(
    held: Doors, viewer: Viewer, actor: str, plan: int, seen: int, said: MoveAsked, deed: Deed
) -> dict[str, Any]:
    done = await _in_thread(
        held,
        lambda: move_plan(
            held.store, viewer, plan, deed, remark=said.remark, revision=seen, actor=actor, now=held.clock()
        ),
    )
    return {"plan": done.plan_id, "state": done.state, "revision": done.revision}


def _step(how: Any, held: Doors, viewer: Any, plan: int, seen: int, actor: str) -> Edited:
    done: Edited = how(held.store, viewer, plan, revision=seen, actor=actor, now=held.clock())
    return done
