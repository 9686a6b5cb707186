"""The server, built from a settings object; importing this module opens nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.about import program_version
from api.clock import Clock, system_clock
from api.deps import Doors, lookup_viewer
from api.doorway import Doorway
from api.logs import set_up_logs
from api.map_cache import MapCache
from api.opening import open_store
from api.problems import add_problem_handlers
from api.published import Published
from api.quick import QuickLocate
from api.routes import batch, layers, locate, maps, pages, review, state
from api.schemas import Problem
from api.settings import Settings

_ABOUT = """\
Which grid (网格) covers an address or a point, on any date, and maps of the grids in force.

Errors are `application/problem+json` (RFC 9457) in the language asked for by `lang=zh|en` or Accept-Language.
There are no accounts yet: whoever reaches this server sees the area it is configured for (`WANGGE_AREA`). Addresses
of households are an exception: `/api/review` needs the operator's token, and is closed while none is set.
"""


FIRST_LOOK_S = 60.0
"""How long a starting server waits for its first index before it answers `/ready` with what is wrong."""


def create_app(settings: Settings, *, clock: Clock = system_clock) -> FastAPI:
    """The application. It opens the store when it starts and closes it when it ends.

    A store that is away does not stop it from starting: `/ready` says so until it is back.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = await asyncio.to_thread(open_store, settings, serving=True)
        viewer = lookup_viewer(settings)
        published = Published(store, viewer, poll_s=settings.index_poll_s, clock=clock)
        app.state.doors = Doors(settings, store, published, MapCache(), clock)
        watching = asyncio.create_task(published.watch())
        try:
            await published.first_look(timeout_s=FIRST_LOOK_S)
            yield
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await asyncio.to_thread(store.close)

    app = FastAPI(
        title="Wangge 网格",
        version=program_version(),
        summary="Service grids of urban communities",
        description=_ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        docs_url=None,  # FastAPI's pages load their scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings = settings
    app.add_middleware(Doorway)
    app.add_middleware(QuickLocate)
    add_problem_handlers(app)
    rooms = (locate, batch, layers, review, state, maps, pages)
    for room in rooms:
        app.include_router(room.router)
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """Make the OpenAPI document say what is sent: our problems, not FastAPI's own validation errors."""
    made = app.openapi

    def openapi() -> dict[str, object]:
        document = made()
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


def from_environment() -> FastAPI:
    """The application with settings from the environment; each worker process of uvicorn calls it."""
    settings = Settings()
    set_up_logs(settings)
    return create_app(settings)
