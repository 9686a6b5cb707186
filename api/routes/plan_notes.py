"""Notes on a plan, the public consultation about it and its page, and remarks of the public as the office takes them down."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from starlette.responses import Response

from api.answers.notice_page import draw_notice
from api.answers.plan_notes import list_shown, notes_csv, tell_notes
from api.clock import today
from api.http.deps import Acting, AskedLang, Asking, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.plan_doors import PlanId, in_thread
from api.http.plan_note_schemas import (
    ConsultAsked,
    ConsultEndAsked,
    NoteAnswerAsked,
    NoteAsked,
    NoteKept,
    Notes,
    Shown,
)
from api.http.schemas import errors
from api.routes.maps import PAGE_POLICY
from layers.plans.consulting import end_consultation, open_consultation
from layers.plans.notes import add_note, answer_note

router = APIRouter(tags=["plans"], route_class=guarded(), dependencies=[Depends(asked_lang)])
NoteNumber = Annotated[int, Path(ge=1, le=2**63 - 1, description="As GET /api/plans/{plan}/notes lists it")]
_WRITTEN: dict[int | str, dict[str, Any]] = {**errors(404, 408, 409, 413, 422, 500, 503)}


@router.get("/api/plans/{plan}/notes", response_model=Notes, responses={**errors(404, 422, 500, 503)})
async def notes(held: InDoors, viewer: Asking, plan: PlanId) -> Any:
    """What was said of a plan, in the order it was kept, and the newest consultation about it."""
    return await in_thread(held, lambda: tell_notes(held.store, viewer, plan, today(held.clock)))


@router.get(
    "/api/plans/{plan}/notes.csv",
    response_class=Response,
    response_model=None,
    responses={200: {"description": "A table", "content": {"text/csv": {}}}, **errors(404, 422, 500, 503)},
)
async def notes_file(held: InDoors, viewer: Asking, lang: AskedLang, plan: PlanId) -> Response:
    """The same as a file that spreadsheets open."""
    text = await in_thread(held, lambda: notes_csv(held.store, viewer, plan, lang))
    headers = {
        "Content-Disposition": f'attachment; filename="notes-{plan}.csv"',
        "Cache-Control": "private, no-store",
    }
    return Response(f"\ufeff{text}", media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/api/plans/{plan}/notes", response_model=NoteKept, status_code=201, responses=_WRITTEN)
async def note(held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, said: NoteAsked) -> Any:
    """A comment, or a remark of the public with how it came in. Who made the remark is not kept."""
    number = await in_thread(
        held, lambda: add_note(held.store, viewer, plan, said.note, actor=actor, now=held.clock())
    )
    return {"plan": plan, "number": number}


@router.put("/api/plans/{plan}/notes/{number}", response_model=NoteKept, responses=_WRITTEN)
async def answer(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, number: NoteNumber, said: NoteAnswerAsked
) -> Any:
    """What was made of a note."""
    await in_thread(
        held,
        lambda: answer_note(
            held.store, viewer, plan, number, said.verdict, said.answer, actor=actor, now=held.clock()
        ),
    )
    return {"plan": plan, "number": number}


@router.post("/api/plans/{plan}/consultation", response_model=Notes, status_code=201, responses=_WRITTEN)
async def consult(held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, said: ConsultAsked) -> Any:
    """A submitted or approved plan is shown to the public for some days; it is published after that."""

    def shown() -> Any:
        open_consultation(held.store, viewer, plan, **said.model_dump(), actor=actor, now=held.clock())
        return tell_notes(held.store, viewer, plan, today(held.clock))

    return await in_thread(held, shown)


@router.post("/api/plans/{plan}/consultation/end", response_model=Notes, responses=_WRITTEN)
async def consult_no_more(
    held: InDoors, viewer: Asking, actor: Acting, plan: PlanId, said: ConsultEndAsked
) -> Any:
    """A consultation ends before its last day."""

    def ended() -> Any:
        end_consultation(held.store, viewer, plan, reason=said.reason, actor=actor, now=held.clock())
        return tell_notes(held.store, viewer, plan, today(held.clock))

    return await in_thread(held, ended)


@router.get(
    "/api/plans/{plan}/notice.html",
    response_class=Response,
    response_model=None,
    responses={
        200: {"description": "One page that fetches nothing", "content": {"text/html": {}}},
        **errors(404, 422, 500, 503),
    },
)
async def notice(held: InDoors, viewer: Asking, lang: AskedLang, plan: PlanId) -> Response:
    """The page of a consultation while it runs: the plan beside the grids before, as a stranger may see it."""
    page = await in_thread(
        held, lambda: draw_notice(held.store, viewer, plan, today=today(held.clock), lang=lang)
    )
    headers = {"Content-Security-Policy": PAGE_POLICY, "Cache-Control": "private, no-cache"}
    return Response(page, media_type="text/html", headers=headers)


@router.get("/api/notices", response_model=Shown, responses={**errors(422, 500, 503)})
async def shown(held: InDoors, viewer: Asking) -> Any:
    """Plans shown to the public today in the caller's area."""
    return {"shown": await in_thread(held, lambda: list_shown(held.store, viewer, today(held.clock)))}
