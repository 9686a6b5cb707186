"""Long work: asked for, followed, ended, taken up again, and what it made."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.sse import EventSourceResponse
from starlette.responses import FileResponse, Response

from api.http.deps import Acting, AskedLang, Asking, Calling, Doors, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.job_schemas import JobAnswer, JobLine, JobLines, Jobs
from api.http.problems import RefusedError
from api.http.schemas import errors
from api.http.threads import waited_for
from api.jobs import wanted as w
from api.jobs.asking import ask, cancel, require_covered, require_covers, resume
from api.jobs.bench import folder_of
from api.jobs.kinds import kind_of
from geo.errors import NotFoundError, Words
from layers.files.uploads import find_upload
from layers.ground.regions import community_codes
from layers.jobs.ledger import list_jobs, read_job
from layers.plans.plans import read_plans
from layers.rights.viewer import Viewer

router = APIRouter(
    prefix="/api/jobs", tags=["jobs"], route_class=guarded(), dependencies=[Depends(asked_lang)]
)
JobId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="As asking for it answered")]
LOOK_S = 0.7
"""How often it is looked whether something of a stream's jobs has moved."""
QUIET_S = 15.0
"""After so long without news a line is sent that says nothing, so that what lies between keeps the connection."""
LONGEST_S = 600.0
MOST_STREAMS = 64
"""Of one server process."""
_ASKED: dict[int | str, dict[str, Any]] = errors(404, 408, 409, 413, 422, 500, 503)
_streams: set[object] = set()


@router.get("", responses=errors(422, 500, 503))
async def mine(held: InDoors, caller: Calling, lang: AskedLang) -> Jobs:
    """The caller's own jobs, the newest first; what is over is kept for a week."""
    found = await waited_for(lambda: list_jobs(held.store, actor=caller.actor))
    return Jobs(jobs=[JobAnswer.of(job, lang) for job in found])


@router.get("/all", responses=errors(422, 500, 503))
async def everybodys(held: InDoors) -> JobLines:
    """Jobs of everybody, without what they are about and what they made."""
    found = await waited_for(lambda: list_jobs(held.store, limit=200))
    names = ("id", "kind", "actor", "state", "asked_at", "ended_at", "done", "total")
    return JobLines(jobs=[JobLine(**{name: getattr(job, name) for name in names}) for job in found])


@router.get(
    "/events",
    response_class=Response,
    responses={
        200: {
            "description": "A list of the caller's jobs as each event, now and whenever one moves; `over` when none is "
            "under way any more",
            "content": {"text/event-stream": {"schema": {"type": "string"}}},
        },
        **errors(422, 500, 503),
    },
)
async def events(held: InDoors, caller: Calling, lang: AskedLang) -> Response:
    """How the caller's own jobs go on. One stream a page; it ends when nothing is under way."""
    if len(_streams) >= MOST_STREAMS:
        raise RefusedError(
            503,
            Words("too many pages follow their jobs; try again", "关注任务进度的页面过多；请稍后重试"),
            headers={"Retry-After": "10"},
        )
    return EventSourceResponse(_following(held, caller.actor, lang), headers={"Cache-Control": "no-store"})


async def _following(held: Doors, actor: str, lang: str) -> AsyncIterator[bytes]:
    me = object()
    _streams.add(me)
    try:
        said, quiet, ends = "", 0.0, asyncio.get_running_loop().time() + LONGEST_S
        while asyncio.get_running_loop().time() < ends:
            found = await waited_for(lambda: list_jobs(held.store, actor=actor))
            text = json.dumps(
                [JobAnswer.of(job, lang).model_dump(mode="json") for job in found], ensure_ascii=False
            )
            if text != said:
                said, quiet = text, 0.0
                yield f"data: {text}\n\n".encode("utf-8", "replace")
            elif quiet >= QUIET_S:
                quiet = 0.0
                yield b": still here\n\n"
            if all(job.over for job in found):
                yield b"event: over\ndata: []\n\n"
                return
            await asyncio.sleep(LOOK_S)
            quiet += LOOK_S
    finally:
        _streams.discard(me)


@router.post("/cells", status_code=202, responses=_ASKED)
async def cells(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: w.WantedCells
) -> JobAnswer:
    """Communities cut into cells (基元)."""
    return await asked(held, viewer, actor, lang, "cells", said)


@router.post("/partition", status_code=202, responses=_ASKED)
async def partition(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: w.WantedPartition
) -> JobAnswer:
    """Draft plans drawn for communities."""
    return await asked(held, viewer, actor, lang, "partition", said)


@router.post("/match", status_code=202, responses=_ASKED)
async def match(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: w.WantedMatch
) -> JobAnswer:
    """Residents matched to buildings; needs a grant for everywhere."""
    return await asked(held, viewer, actor, lang, "match", said)


@router.post("/sheets", status_code=202, responses=_ASKED)
async def sheets(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: w.WantedSheets
) -> JobAnswer:
    """A printed sheet for each community, grid, complex, street or public board, or one booklet, in one zip with checksums."""

    def sound() -> None:
        from api.answers.sheet_terms import (
            Per,
        )  # a server that is asked for no drawings does not load what draws
        from api.answers.sheets import require_asked

        pledge, facts = said.pledge is not None, said.facts is not None
        require_asked(Per(said.per), said.approval, said.exemption, pledge=pledge, facts=facts)
        for upload in filter(None, (said.leaders, said.facts)):
            find_upload(held.settings.home, upload, actor=actor)

    await waited_for(sound)
    return await asked(held, viewer, actor, lang, "sheets", said)


@router.post("/export", status_code=202, responses=_ASKED)
async def export(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: w.WantedExport
) -> JobAnswer:
    """A layer as GeoJSON, GeoPackage, CSV or workbook."""
    return await asked(held, viewer, actor, lang, "export", said)


@router.post("/snapshot", status_code=202, responses=_ASKED)
async def snapshot(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: w.WantedSnapshot
) -> JobAnswer:
    """The version in force as files (`GET /api/snapshots`); for those who see all that is served."""
    require_covers(viewer, held.settings.area)
    return await asked(held, viewer, actor, lang, "snapshot", said)


@router.post("/papers", status_code=202, responses=_ASKED)
async def papers(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: w.WantedPapers
) -> JobAnswer:
    """The papers of redraws, without single households, in one zip."""
    return await asked(held, viewer, actor, lang, "papers", said)


@router.post("/walk", status_code=202, responses=_ASKED)
async def walk(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: w.WantedWalk
) -> JobAnswer:
    """Sheets to walk the outlines of a plan with, in one zip."""

    def seen() -> None:
        with held.store.reading(viewer) as unit:
            read_plans(unit, plan_ids=[said.plan])

    await waited_for(seen)
    return await asked(held, viewer, actor, lang, "walk", said)


@router.get("/{job}", responses=errors(404, 422, 500, 503))
async def one(held: InDoors, caller: Calling, lang: AskedLang, job: JobId) -> JobAnswer:
    """One of the caller's own jobs."""
    return JobAnswer.of(await waited_for(lambda: read_job(held.store, job, actor=caller.actor)), lang)


@router.delete("/{job}", responses=errors(404, 409, 422, 500, 503))
async def end(held: InDoors, caller: Calling, lang: AskedLang, job: JobId) -> JobAnswer:
    """End one of the caller's own jobs; what it has written by then stays."""

    def ended() -> Any:
        return cancel(held.store, held.queue, job, actor=caller.actor, own=True, now=held.clock())

    return JobAnswer.of(await waited_for(ended), lang)


@router.post("/{job}/resume", responses=errors(404, 409, 422, 500, 503))
async def go_on(held: InDoors, caller: Calling, lang: AskedLang, job: JobId) -> JobAnswer:
    """Let a job that was cancelled go on where it was."""
    found = await waited_for(lambda: read_job(held.store, job, actor=caller.actor))
    require_covered(found, caller.viewer(kind_of(found.kind).right))

    def resumed() -> Any:
        return resume(held.store, held.queue, job, actor=caller.actor, own=True, now=held.clock())

    return JobAnswer.of(await waited_for(resumed), lang)


@router.get(
    "/{job}/file",
    response_class=Response,
    responses={
        200: {"description": "The file", "content": {"application/octet-stream": {}}},
        **errors(404, 422, 500, 503),
    },
)
async def file(held: InDoors, caller: Calling, job: JobId) -> Response:
    """What one of the caller's own jobs made, while he may still see all that is in it."""
    found = await waited_for(lambda: read_job(held.store, job, actor=caller.actor))
    require_covered(found, caller.viewer(kind_of(found.kind).right))
    path = None if found.file is None else folder_of(held.settings, job) / found.file.name
    if path is None or not path.is_file():
        raise NotFoundError(f"job {job} has made no file", f"任务 {job} 没有可下载的结果")
    return FileResponse(
        path,
        filename=path.name,
        media_type="application/octet-stream",
        headers={"Cache-Control": "private, no-store"},
    )


async def asked(held: Doors, viewer: Viewer, actor: str, lang: str, kind: str, said: Any) -> JobAnswer:
    """Have work done as `said`, a model of `api.jobs.wanted`. Raises `NotFoundError` for communities the viewer does not
    see, and as `api.jobs.asking.ask`."""
    wanted = said.model_dump(mode="json")

    def put() -> Any:
        if wanted.get("communities") is not None:
            with held.store.reading(viewer) as unit:
                community_codes(unit, prefixes=wanted["communities"])
        return ask(held.store, held.queue, viewer, kind, wanted, lang=lang, actor=actor, now=held.clock())

    return JobAnswer.of(await waited_for(put), lang)
