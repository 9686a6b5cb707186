"""What became of grids since somebody last asked, so that another system follows without reading everything again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.answers.changes import page_record
from api.http.change_schemas import Changes
from api.http.deps import Asking, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.schemas import errors
from api.http.threads import waited_for
from layers.plans.feed import CURSOR, START, Cursor, read_changes

router = APIRouter(tags=["changes"], route_class=guarded(), dependencies=[Depends(asked_lang)])


@router.get("/api/changes", responses=errors(409, 422, 500, 503))
async def changes(
    held: InDoors,
    viewer: Asking,
    since: Annotated[
        str,
        Query(pattern=CURSOR, description="`next` of the last answer; 0 begins with the first publication"),
    ] = START,
    limit: Annotated[int, Query(ge=1, le=200, description="Changes at most; a page may end earlier")] = 50,
) -> Changes:
    """Grids that appeared, changed or ended by publications and withdrawals after `since`, in the caller's area, with the
    share of each old grid that went to each new one.

    409 where `since` lies beyond the last publication: the store was restored from a backup, read the grids again.
    """

    def read() -> Changes:
        with held.store.reading(viewer) as unit:
            return Changes(**page_record(read_changes(unit, Cursor.parse(since), limit=limit)))

    return await waited_for(read)
