"""What routes of plans share: the plan they are about, the revision that was seen, work in threads, answers with an ETag."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Path
from starlette.responses import JSONResponse, Response

from api.http.deps import Doors
from api.http.problems import RefusedError
from api.http.threads import waited_for
from geo.errors import InputError, Words

T = TypeVar("T")
PlanId = Annotated[int, Path(ge=1, le=2**63 - 1, description="As GET /api/plans lists it")]
_ETAG = re.compile(r'\s*(?:W/)?"?(\d{1,9})"?\s*')


async def in_thread(held: Doors, work: Callable[[], T]) -> T:
    """What `work` comes to, in one of the threads for outlines."""
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


def sent(body: Any, revision: int) -> Response:
    """A body with the revision it shows as ETag."""
    headers = {"ETag": f'"{revision}"', "Cache-Control": "private, no-cache"}
    return JSONResponse(body, headers=headers)
