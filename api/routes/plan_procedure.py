"""The way of a plan: submitted, decided about, published, withdrawn, each by who has the right; exceptions from its checks."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends

from api.answers.plan_way import tell_way
from api.http.deps import Acting, Asking, Doors, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.plan_doors import PlanId, SeenRevision, in_thread
from api.http.plan_procedure_schemas import (
    DecideAsked,
    ExceptAsked,
    ExceptNoMoreAsked,
    MoveAnswer,
    MoveAsked,
    PublishAnswer,
    PublishAsked,
    Risen,
    Way,
    WithdrawAnswer,
    WithdrawAsked,
)
from api.http.schemas import errors
from layers.plans.excepting import drop_exception, keep_exception
from layers.plans.procedure import Deed, move_plan
from layers.plans.publishing import publish as publish_plans
from layers.plans.withdrawing import withdraw as withdraw_plans
from layers.rights.viewer import Viewer

router = APIRouter(
    prefix="/api/plans", tags=["plans"], route_class=guarded(), dependencies=[Depends(asked_lang)]
)
_MOVED: dict[int | str, dict[str, Any]] = {**errors(404, 408, 409, 412, 413, 422, 428, 500, 503)}


@router.get("/{plan}/way", response_model=Way, responses={**errors(404, 422, 500, 503)})
async def way(held: InDoors, viewer: Asking, plan: PlanId) -> Any:
    """Who submitted, took back, approved, sent back, published or withdrew a plan, and with which remark."""
    return await in_thread(held, lambda: tell_way(held.store, viewer, plan))


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
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: DecideAsked
) -> Any:
    """A submitted plan may be published; or some of its grids are approved, and the plan once all are."""
    return await _moved(held, viewer, actor, plan, seen, said, "approve")


@router.post("/{plan}/return", response_model=MoveAnswer, responses=_MOVED)
async def send_back(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: DecideAsked
) -> Any:
    """A submitted or approved plan goes back with a remark; or some grids are refused, and it goes back once all are decided
    about."""
    return await _moved(held, viewer, actor, plan, seen, said, "return")


async def _moved(
    held: Doors, viewer: Viewer, actor: str, plan: int, seen: int, said: MoveAsked, deed: Deed
) -> dict[str, Any]:
    grids = said.grids if isinstance(said, DecideAsked) else []
    done = await in_thread(
        held,
        lambda: move_plan(
            held.store,
            viewer,
            plan,
            deed,
            grids=grids,
            remark=said.remark,
            revision=seen,
            actor=actor,
            now=held.clock(),
        ),
    )
    return {
        "plan": done.plan_id,
        "state": done.state,
        "revision": done.revision,
        "undecided": done.undecided,
    }


@router.post("/{plan}/publish", response_model=PublishAnswer, responses=_MOVED)
async def publish(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: PublishAsked
) -> Any:
    """An approved plan is in force from a day on. What the checks find is kept with the deed; errors refuse it."""
    done = await in_thread(
        held,
        lambda: publish_plans(
            held.store,
            viewer,
            plan_ids=[plan],
            valid_from=said.valid_from,
            confirmed=said.confirmed,
            seen={plan: seen},
            approved_only=True,
            actor=actor,
            now=held.clock(),
        ),
    )
    return {
        "plan": plan,
        "version": done.version,
        "valid_from": done.valid_from.isoformat(),
        "kept": done.kept,
        "new": done.new,
        "retired": done.retired,
        "warnings": int((done.findings["severity"] == "warning").sum()),
    }


@router.post(
    "/{plan}/withdraw",
    response_model=WithdrawAnswer,
    responses={**errors(404, 408, 409, 413, 422, 500, 503)},
)
async def withdraw(held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, said: WithdrawAsked) -> Any:
    """A publication that begins today or later is taken back: the plan before it holds on, its grids become a draft."""
    done = await in_thread(
        held,
        lambda: withdraw_plans(
            held.store, viewer, plan_ids=[plan], reason=said.reason, actor=actor, now=held.clock()
        ),
    )
    again = done.again[0] if done.again else None
    return {"plan": plan, "version": done.version, "draft": done.drafts[0], "again": again}


@router.put("/{plan}/exceptions", response_model=Risen, responses=_MOVED)
async def let_stand(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: ExceptAsked
) -> Any:
    """A finding about a draft holds nothing back any more, while it gets no worse."""
    after = await in_thread(
        held,
        lambda: keep_exception(
            held.store,
            viewer,
            plan,
            said.rule,
            said.grid,
            reason=said.reason,
            approver=said.approver,
            revision=seen,
            actor=actor,
            now=held.clock(),
        ),
    )
    return {"plan": plan, "revision": after}


@router.post("/{plan}/exceptions/end", response_model=Risen, responses=_MOVED)
async def count_again(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, seen: SeenRevision, said: ExceptNoMoreAsked
) -> Any:
    """A finding that was excepted counts again."""
    after = await in_thread(
        held,
        lambda: drop_exception(
            held.store, viewer, plan, said.rule, said.grid, revision=seen, actor=actor, now=held.clock()
        ),
    )
    return {"plan": plan, "revision": after}
