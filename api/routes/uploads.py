"""Files coming in over HTTP to be looked at and loaded: streamed to disk, bounded, and nobody else's."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.requests import ClientDisconnect

from api.http.deps import Acting, Doors, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.import_schemas import UploadAnswer
from api.http.schemas import errors
from api.http.threads import waited_for
from api.http.workshop import busy
from geo.errors import InputError
from geo.texts import SOUND_PATTERN
from layers.files.uploads import begin_upload, drop_upload, find_upload, receiving

router = APIRouter(
    prefix="/api/imports",
    tags=["imports"],
    route_class=guarded(uploads=True),
    dependencies=[Depends(asked_lang)],
)
_WRITTEN_AT_ONCE = 1 << 20
SENT = {
    "requestBody": {
        "required": True,
        "description": "The bytes of the file. What it is is found out by reading it, not believed.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post(
    "",
    status_code=201,
    openapi_extra=SENT,
    responses=errors(404, 408, 409, 413, 422, 500, 503),
)
async def send(
    request: Request,
    held: InDoors,
    actor: Acting,
    name: Annotated[
        str, Query(min_length=1, max_length=200, pattern=SOUND_PATTERN, description="What the file is called")
    ],
    upload: Annotated[
        str | None,
        Query(pattern=r"^[0-9a-f]{16}$", description="Add to these: a Shapefile comes in several files"),
    ] = None,
) -> UploadAnswer:
    """Send a file, to look at it and load it. It waits on disk for a day, for its sender only."""
    return await receive(request, held, actor, name, upload)


async def receive(request: Request, held: Doors, actor: str, name: str, upload: str | None) -> UploadAnswer:
    """The body of a request as a file of `upload`, or of a new one. Raises 503 while another comes in, `InputError` for a
    name that is none or an empty file."""
    if held.uploads.locked():
        raise busy()
    home, begun = held.settings.home, upload is None
    if upload is None:
        upload = await waited_for(lambda: begin_upload(home, actor=actor, now=held.clock()))
    into = upload
    try:
        async with held.uploads:
            await _receive(request, held, into, name, actor)
    except BaseException:
        if begun:
            await asyncio.to_thread(drop_upload, home, into, actor=actor)
        raise
    return await waited_for(lambda: _told_upload(held, into, actor))


async def _receive(request: Request, held: Doors, upload: str, name: str, actor: str) -> None:
    with receiving(held.settings.home, upload, name, actor=actor) as file:
        waiting, more = bytearray(), True
        while more:
            message = await request.receive()
            if message["type"] != "http.request":
                raise ClientDisconnect
            waiting += message.get("body", b"")
            more = message.get("more_body", False)
            if len(waiting) >= _WRITTEN_AT_ONCE or not more:
                await asyncio.to_thread(file.write, bytes(waiting))
                waiting.clear()
        if not file.tell():
            raise InputError(f"{name} is empty", f"{name} 是空文件")


def _told_upload(held: Doors, upload: str, actor: str) -> UploadAnswer:
    found = find_upload(held.settings.home, upload, actor=actor)
    return UploadAnswer(upload=upload, files=list(found.files), bytes=found.bytes)
