"""Files of points or addresses answered in one request, streamed back in their order."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from api.batch import answer_lines
from api.datums import Datum
from api.deps import AskedDay, AskedLang, InDoors
from api.questions import Form, QuestionsFile
from api.routes.locate import Crs
from api.schemas import errors
from api.settings import Lang
from geo.locate.addresses import AddressLookup

router = APIRouter(prefix="/api/locate", tags=["locate"])

CSV_TYPES = ("text/csv", "application/csv", "text/plain", "application/octet-stream", "")
NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")
_KEEP_IN_MEMORY = 1 << 20
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
    responses={**_ANSWERED, **errors(413, 415, 422, 500, 503)},
)
async def locate_batch(
    request: Request, held: InDoors, lang: AskedLang, as_of: AskedDay, crs: Crs = "EPSG:4490"
) -> Response:
    """The same for a file of points or addresses, streamed back. All rows are answered from one published version."""
    lookup = held.published.addresses()
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in (*CSV_TYPES, *NDJSON_TYPES):
        raise HTTPException(
            415,
            "请以 text/csv 发送 CSV，或以 application/x-ndjson 逐行发送 JSON"
            if lang == "zh"
            else f"send CSV as text/csv or JSON lines as application/x-ndjson, not {kind[:60]}",
        )
    form: Form = "ndjson" if kind in NDJSON_TYPES else "csv"
    body = tempfile.SpooledTemporaryFile(max_size=_KEEP_IN_MEMORY)  # noqa: SIM115  closed by the stream that reads it
    try:
        await _receive(request, body, max_bytes=held.settings.max_upload_mb << 20, lang=lang)
        questions = await run_in_threadpool(_opened, body, form)
    except BaseException:
        body.close()
        raise
    lines = _answered(lookup, questions, as_of=as_of, datum=crs, lang=lang)
    sent = "application/x-ndjson" if form == "ndjson" else "text/csv; charset=utf-8"
    return StreamingResponse(lines, media_type=sent)


async def _receive(
    request: Request, body: tempfile.SpooledTemporaryFile[bytes], *, max_bytes: int, lang: Lang
) -> None:
    """Take the whole body before answering: a client that sends all before it reads would lock up both sides."""
    received = 0
    async for part in request.stream():
        received += len(part)
        if received > max_bytes:
            most = f"{max_bytes >> 20} MB"
            raise HTTPException(
                413, f"内容超过 {most}；请分批发送" if lang == "zh" else f"over {most}; send it in parts"
            )
        body.write(part)


def _opened(body: tempfile.SpooledTemporaryFile[bytes], form: Form) -> QuestionsFile:
    body.seek(0)
    return QuestionsFile(body, "CSV" if form == "csv" else "NDJSON", form=form)


def _answered(
    lookup: AddressLookup, questions: QuestionsFile, *, as_of: date, datum: Datum, lang: str
) -> Iterator[bytes]:
    """Runs in a thread, a chunk at a time; the event loop answers others meanwhile."""
    try:
        if questions.has_mark and questions.form == "csv":
            yield "\ufeff".encode()
        lines = answer_lines(lookup.index, lookup, questions, as_of=as_of, datum=datum, lang=lang)
        for text in lines:
            yield text.encode("utf-8", "replace")
    finally:
        questions.close()
