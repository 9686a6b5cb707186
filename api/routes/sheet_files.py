"""What an office adds to sheets, as files: who leads the grids, facts of complexes. They go when the sheets are made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api.http.deps import Acting, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.import_schemas import UploadAnswer
from api.http.schemas import errors
from api.routes.uploads import SENT, receive
from geo.texts import SOUND_PATTERN

router = APIRouter(
    prefix="/api/jobs/sheets",
    tags=["jobs"],
    route_class=guarded(uploads=True),
    dependencies=[Depends(asked_lang)],
)


@router.post(
    "/files", status_code=201, openapi_extra=SENT, responses=errors(404, 408, 409, 413, 422, 500, 503)
)
async def send(
    request: Request,
    held: InDoors,
    actor: Acting,
    name: Annotated[
        str, Query(min_length=1, max_length=200, pattern=SOUND_PATTERN, description="What the file is called")
    ],
) -> UploadAnswer:
    """Send a table of grid leaders or of facts of complexes, for sheets asked for next. It waits for a day, for its sender
    only, and goes when the sheets are made."""
    return await receive(request, held, actor, name, None)
