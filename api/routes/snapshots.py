"""Published versions as files: a GeoPackage, tiles, plain tables; in whole or by ranges of bytes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel
from starlette.responses import FileResponse, Response

from api.answers.snapshot import snapshots
from api.http.deps import Asking, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.schemas import errors
from api.http.threads import waited_for
from api.jobs.asking import require_covers
from geo.errors import NotFoundError

router = APIRouter(
    prefix="/api/snapshots", tags=["snapshots"], route_class=guarded(), dependencies=[Depends(asked_lang)]
)


class SnapshotFile(BaseModel):
    """One file."""

    name: str
    bytes: int


class Snapshot(BaseModel):
    """The files of a version."""

    version: int
    files: list[SnapshotFile]


class Snapshots(BaseModel):
    """The versions that were written, the newest first."""

    snapshots: list[Snapshot]


@router.get("", responses=errors(422, 500, 503))
async def versions(held: InDoors, viewer: Asking) -> Snapshots:
    """Published versions as files. For those who may see all that this server serves: a file cannot be narrowed."""
    require_covers(viewer, held.settings.area)
    found = await waited_for(snapshots, held.settings.home)
    return Snapshots(
        snapshots=[
            Snapshot(version=v, files=[SnapshotFile(name=f.name, bytes=f.stat().st_size) for f in files])
            for v, files in found.items()
        ]
    )


@router.get(
    "/{version}/{name}",
    response_class=Response,
    responses={
        200: {"description": "The file", "content": {"application/octet-stream": {}}},
        **errors(404, 422, 500, 503),
    },
)
async def file(
    held: InDoors,
    viewer: Asking,
    version: Annotated[int, Path(ge=0, le=2**31 - 1)],
    name: Annotated[str, Path(pattern=r"^[a-z]{2,30}\.[a-z]{3,8}$")],
) -> Response:
    """A file of a version, in whole or by `Range`, as readers of tiles ask."""
    require_covers(viewer, held.settings.area)
    found = await waited_for(snapshots, held.settings.home)
    path = next((one for one in found.get(version, ()) if one.name == name), None)
    if path is None:
        raise NotFoundError(f"version {version} has no file {name}", f"第 {version} 版没有文件 {name}")
    return FileResponse(
        path,
        filename=name,
        media_type="application/octet-stream",
        headers={"Cache-Control": "private, no-cache"},
    )
