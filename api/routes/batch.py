"""Files of points or addresses answered in one request, streamed back in their order."""

from __future__ import annotations

import asyncio
import tempfile
from typing import IO, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive

from api.answers.questions import Form
from api.clock import today
from api.http.deps import AskedDay, AskedLang, InDoors
from api.http.guarded import guarded
from api.http.identity import VIEWER
from api.http.jobs import answer_file
from api.http.problems import RefusedError
from api.http.schemas import errors
from api.http.streams import JobResponse
from api.http.workshop import busy
from api.routes.locate import Crs
from geo.errors import Words
from layers.rights.rights import Right

router = APIRouter(prefix="/api/locate", tags=["locate"], route_class=guarded(uploads=True))

CSV_TYPES = ("text/csv", "application/csv", "text/plain", "application/octet-stream", "")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
AskedChain = Annotated[
    bool,
    Query(
        description="Also whom each place finds: columns branches, groups, stations, posts; in JSON lines the member chain, as "
        "a single answer has it"
    ),
]
UPLOADS_AT_ONCE = 8
"""So many bodies come in at once; whoever comes then is told to come back."""
_WRITTEN_AT_ONCE = 1 << 20
_ASKED = {
    "requestBody": {
        "required": True,
        "description": "CSV whose first line names id, lon and lat, or id and address (other columns are ignored), "
        "UTF-8 or GBK; or one JSON object a line with these members, all lines asking as the first does.",
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": "id,lon,lat\nA-1,108.7,34.33\n"},
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"id": "A-1", "address": "芙蓉小区3号楼2单元501室"}\n',
            },
        },
    }
}
_ANSWERED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One row per input row, in the same order and form; an unreadable row has status `error` "
        "and the reason. Where addresses were asked there are level, unit, floor, room and candidates besides.",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "id,status,grid_code,grid_name,community,building,confidence,reason,...\r\n"
                "A-1,matched,999901001001007,第七网格,芙蓉社区,3号楼,1,该点位于此网格内,...\r\n",
            },
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"id":"A-1","status":"matched","grid_code":"999901001001007","confidence":1}\n',
            },
        },
    }
}


@router.post(
    "/batch",
    response_model=None,
    openapi_extra=_ASKED,
    responses={**_ANSWERED, **errors(408, 413, 415, 422, 500, 503)},
)
async def locate_batch(
    request: Request,
    held: InDoors,
    lang: AskedLang,
    as_of: AskedDay,
    crs: Crs = "EPSG:4490",
    chain: AskedChain = False,
) -> Response:
    """The same for a file of points or addresses, streamed back. All rows are answered from one published version.

    Raises `RefusedError` (415) for another type of file, and that the server is busy (503).
    """
    held.published.require()  # an error while there is nothing to answer from
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in (*CSV_TYPES, *NDJSON_TYPES):
        raise RefusedError(
            415,
            Words(
                "send CSV as text/csv or JSON lines as application/x-ndjson",
                "请以 text/csv 发送 CSV，或以 application/x-ndjson 逐行发送 JSON",
            ),
        )
    form: Form = "ndjson" if kind in NDJSON_TYPES else "csv"
    if held.uploads.locked():
        raise busy()
    file = tempfile.TemporaryFile()  # noqa: SIM115  without a name: gone with the process, however it ends
    try:
        async with held.uploads:
            await _receive(request.receive, file)
    except BaseException:
        file.close()
        raise
    duty = await held.identity.also(request.scope, Right.POSTS) if chain else None
    job = held.workshop.job(
        answer_file,
        form,
        request.scope[VIEWER],
        file=file,
        today=today(held.clock),
        as_of=as_of,
        datum=crs,
        lang=lang,
        chain=chain,
        duty=duty,
    )
    sent = "application/x-ndjson" if form == "ndjson" else "text/csv; charset=utf-8"
    return JobResponse(job, media_type=sent)


async def _receive(receive: Receive, file: IO[bytes]) -> None:
    """Take the whole body before answering: a client that sends all before it reads would lock up both sides."""
    waiting, more = bytearray(), True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise ClientDisconnect
        waiting += message.get("body", b"")
        more = message.get("more_body", False)
        if len(waiting) >= _WRITTEN_AT_ONCE or not more:
            await asyncio.to_thread(file.write, bytes(waiting))
            waiting.clear()
    await asyncio.to_thread(file.flush)
