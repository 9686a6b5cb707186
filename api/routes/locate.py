"""Which grid covers a point, one at a time or a file of them."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from api.answers import as_json, csv_lines
from api.datums import Datum, to_kept
from api.deps import AskedDay, AskedLang, InDoors
from api.points import PointsFile
from api.schemas import Located, errors
from api.settings import Lang
from geo.locate.index import LookupIndex

router = APIRouter(prefix="/api/locate", tags=["locate"])

CSV_TYPES = ("text/csv", "application/csv", "text/plain", "application/octet-stream", "")
_KEEP_IN_MEMORY = 1 << 20

Lon = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False, description="Degrees", examples=[108.7])]
Lat = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False, description="Degrees", examples=[34.33])]
Crs = Annotated[
    Datum, Query(description="Datum of the coordinates; vendors' datums are taken back to CGCS2000")
]


@router.get(
    "",
    response_model=None,
    responses={
        200: {"model": Located, "description": "The answer; `outside` is one too"},
        **errors(422, 500, 503),
    },
)
async def locate(
    held: InDoors, lang: AskedLang, as_of: AskedDay, lon: Lon, lat: Lat, crs: Crs = "EPSG:4490"
) -> Response:
    """The grid, community, complex and building that cover a point on a day.

    A point on a shared edge goes to the grid with the smallest code, and `reason` says so.
    """
    if crs not in ("EPSG:4490", "EPSG:4326"):
        kept_lon, kept_lat = to_kept(np.array([lon]), np.array([lat]), crs)
        lon, lat = float(kept_lon[0]), float(kept_lat[0])
    index = held.published.current()
    answer = index.locate(lon, lat, as_of=as_of)
    return Response(as_json(answer, lang=lang, version=index.version), media_type="application/json")


_CSV_IN = {
    "requestBody": {
        "required": True,
        "description": "CSV whose first line names id, lon and lat (other columns are ignored); UTF-8 or GBK.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": "id,lon,lat\nA-1,108.7,34.33\n"}},
    }
}
_CSV_OUT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "One row per input row, in the same order; an unreadable row has status `error` and the reason",
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "id,status,grid_code,grid_name,community,building,confidence,reason,...\r\n"
                "A-1,matched,999901001001007,第七网格,芙蓉社区,3号楼,1,该点位于此网格内,...\r\n",
            }
        },
    }
}


@router.post(
    "/batch",
    response_model=None,
    openapi_extra=_CSV_IN,
    responses={**_CSV_OUT, **errors(413, 415, 422, 500, 503)},
)
async def locate_batch(
    request: Request, held: InDoors, lang: AskedLang, as_of: AskedDay, crs: Crs = "EPSG:4490"
) -> Response:
    """The same for a CSV of points, streamed back as CSV. All rows are answered from one published version."""
    index = held.published.current()
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in CSV_TYPES:
        raise HTTPException(
            415, "请以 text/csv 发送 CSV" if lang == "zh" else f"send CSV as text/csv, not {kind[:60]}"
        )
    body = tempfile.SpooledTemporaryFile(max_size=_KEEP_IN_MEMORY)  # noqa: SIM115  closed by the stream that reads it
    try:
        await _receive(request, body, max_bytes=held.settings.max_upload_mb << 20, lang=lang)
        points = await run_in_threadpool(_opened, body)
    except BaseException:
        body.close()
        raise
    lines = _answered(index, points, as_of=as_of, datum=crs, lang=lang)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8")


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


def _opened(body: tempfile.SpooledTemporaryFile[bytes]) -> PointsFile:
    body.seek(0)
    return PointsFile(body, "CSV")


def _answered(
    index: LookupIndex, points: PointsFile, *, as_of: date, datum: Datum, lang: str
) -> Iterator[bytes]:
    """Runs in a thread, a chunk at a time; the event loop answers others meanwhile."""
    try:
        if points.has_mark:
            yield "\ufeff".encode()
        for text in csv_lines(index, points.chunks(), as_of=as_of, datum=datum, lang=lang):
            yield text.encode()
    finally:
        points.close()
