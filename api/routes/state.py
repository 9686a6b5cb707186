"""Whether the process lives and whether it can answer; asked by whatever runs it."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from api.about import program_version
from api.http.deps import AskedLang, InDoors
from api.http.guarded import guarded
from api.http.problems import problem
from api.http.schemas import Alive, Ready, errors
from geo.errors import Words
from layers.store.database import Store
from layers.store.migrating import newest_revision, older

router = APIRouter(tags=["state"], route_class=guarded())

ASKING_S = 5.0
"""How long the store may take to say at which migration it is."""


@router.get("/health", responses=errors(500))
async def health() -> Alive:
    """The process answers. Says nothing of the store: a restart would not bring it back."""
    return Alive(status="alive", version=program_version())


@router.get("/ready", response_model=None, responses={200: {"model": Ready}, **errors(422, 500, 503)})
async def ready(held: InDoors, lang: AskedLang) -> Ready | Response:
    """The store is reachable and migrated, and the index is loaded and fresh; else 503 with what to do. A store that a newer
    program has migrated is read on, so that servers are exchanged one after the other."""
    try:
        trouble = await asyncio.wait_for(asyncio.to_thread(_trouble, held.store), ASKING_S)
    except TimeoutError:
        trouble = _UNREACHABLE
    trouble = trouble or held.published.trouble()
    if trouble is None:
        return Ready(status="ready", index_version=held.published.version)
    return problem(
        status=503,
        name="not-ready",
        title=Words("Not ready", "尚未就绪").text(lang),
        detail=trouble.text(lang),
        instance="/ready",
    )


@router.get("/openapi.json", include_in_schema=False)
async def described(request: Request) -> Response:
    """What this server takes and answers, as OpenAPI."""
    return JSONResponse(request.app.openapi())


_UNREACHABLE = Words(
    "the store cannot be reached; check WANGGE_DATABASE_URL and that the database runs (the log says more)",
    "无法连接数据库；请检查 WANGGE_DATABASE_URL 以及数据库是否运行（详情见日志）",
)


def _trouble(store: Store) -> Words | None:
    try:
        have = store.revision()
    except Exception:
        return _UNREACHABLE
    if have is not None and have >= newest_revision():
        return (
            None  # a newer program has migrated; as long as the index can be read, look-ups are answered here
        )
    return older(have).words
