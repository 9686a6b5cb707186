"""The walk on site: what of a plan's outlines was walked, typed in from the sheets that come back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from starlette.responses import Response

from api.answers.plan_walks import tell_walks
from api.http.deps import Acting, Asking, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.plan_doors import PlanId, in_thread
from api.http.plan_walk_schemas import NotWalkedAsked, WalkedAnswer, WalkedAsked, Walks
from api.http.schemas import errors
from layers.plans.walking import Walk, keep_walk, take_walk_back

router = APIRouter(
    prefix="/api/plans", tags=["plans"], route_class=guarded(), dependencies=[Depends(asked_lang)]
)
_KEPT: dict[int | str, dict[str, Any]] = errors(404, 408, 409, 413, 422, 500, 503)


@router.get(
    "/{plan}/walked",
    response_model=None,
    responses={
        200: {"description": "The outlines in stretches", "model": Walks},
        **errors(404, 422, 500, 503),
    },
)
async def walks(held: InDoors, viewer: Asking, plan: PlanId) -> Response:
    """The outlines of a plan's grids in numbered stretches: which were walked on site, by whom and when."""
    told = await in_thread(held, lambda: tell_walks(held.store, viewer, plan))
    return Response(told, headers={"Cache-Control": "private, no-store"}, media_type="application/json")


@router.post("/{plan}/walked", response_model=WalkedAnswer, responses=_KEPT)
async def walked(held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, said: WalkedAsked) -> Any:
    """Stretches of a grid were walked and signed; walked again, the last counts."""
    walk = Walk(plan, said.grid, tuple(said.stretches), said.by, said.on, said.remark or None, said.sheet)
    count = await in_thread(held, lambda: keep_walk(held.store, viewer, walk, actor=actor, now=held.clock()))
    return {"plan": plan, "entries": count}


@router.post("/{plan}/walked/end", response_model=WalkedAnswer, responses=_KEPT)
async def not_walked(held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, said: NotWalkedAsked) -> Any:
    """What was typed wrongly is forgotten; the history tells of both."""
    count = await in_thread(
        held,
        lambda: take_walk_back(
            held.store, viewer, plan, said.grid, said.stretches, actor=actor, now=held.clock()
        ),
    )
    return {"plan": plan, "entries": count}
