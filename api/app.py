"""The server, built from a settings object; importing this module opens nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any

from anyio import CapacityLimiter
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from api.about import program_version
from api.clock import Clock, system_clock, today
from api.http.checkpointing import checkpointing
from api.http.cookies import OVER_TLS, PLAIN
from api.http.counted import Counted, sharing
from api.http.deps import Doors
from api.http.doorway import Doorway
from api.http.identity import Identity
from api.http.jobs import warm
from api.http.map_cache import MapCache
from api.http.needs import Door, Open, door
from api.http.problems import add_problem_handlers
from api.http.published import Published
from api.http.schemas import Problem, errors
from api.http.workshop import Workshop
from api.logs import set_up_logs
from api.opening import open_store
from api.routes import (
    accounts,
    audit,
    batch,
    chain,
    changes,
    imports,
    jobs,
    layers,
    locate,
    locate_described,
    maps,
    metrics,
    more_maps,
    pages,
    plan_new,
    plan_notes,
    plan_procedure,
    plan_walks,
    plans,
    provider,
    reach,
    review,
    session,
    sheet_files,
    snapshots,
    state,
    stations,
    uploads,
)
from api.settings import Settings
from geo.texts import SOUND_PATTERN
from layers.accounts import passwords
from layers.jobs.queue import JobQueue

_ABOUT = """\
Which grid (网格) covers an address or a point, on any date, and maps of the grids in force.

Errors are `application/problem+json` (RFC 9457) in the language asked for by `lang=zh|en` or Accept-Language.
Programs send a token (`wangge user token`) in the header `Authorization: Bearer`; pages have a session in a cookie, and their
writes must come from a page of this server. What each route needs stands beside it as `x-needs`. Everybody sees his own area
only, within what the server serves (`WANGGE_AREA`). Before the first account is made nothing is open, but to whoever sits at the
machine in a trial (`wangge serve --trial`).
"""


ROOMS = (
    locate,
    batch,
    chain,
    changes,
    layers,
    review,
    session,
    provider,
    state,
    stations,
    reach,
    plans,
    plan_new,
    plan_procedure,
    plan_walks,
    plan_notes,
    sheet_files,
    jobs,
    uploads,
    imports,
    snapshots,
    maps,
    metrics,
    more_maps,
    audit,
    accounts,
    pages,
)
"""All routes, but the one right behind the doorway."""
FIRST_LOOK_S = 60.0
"""How long a starting server waits for its first index before it answers `/ready` with what is wrong."""


class Server(FastAPI):
    """FastAPI with a room right behind the doorway, found without FastAPI's own layers and routing."""

    close: Mapping[str, ASGIApp] = MappingProxyType({})
    """Applications by their path, each behind a doorway of its own."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request to where it belongs."""
        room = self.close.get(scope["path"]) if scope["type"] == "http" else None
        if room is None:
            await super().__call__(scope, receive, send)
        else:
            scope["app"] = self
            await room(scope, receive, send)


def create_app(settings: Settings, *, clock: Clock = system_clock, ready: bool = False) -> FastAPI:
    """The application. It opens the store when it starts and closes it when it ends; with `ready` the process for long
    work is started at once, not with its first job.

    A store that is away does not stop it from starting: `/ready` says so until it is back.
    """

    counted, outside = Counted(), provider.outside_of(settings)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        store = await asyncio.to_thread(open_store, settings, serving=True)
        identity, workshop = Identity(settings, store, clock), Workshop(settings)
        queue = JobQueue(store, settings.home)
        published = Published(store, identity.served, poll_s=settings.index_poll_s, clock=clock)
        app.state.doors = Doors(
            settings,
            store,
            published,
            identity,
            workshop,
            queue,
            maps=MapCache(),
            uploads=asyncio.Semaphore(batch.UPLOADS_AT_ONCE),
            drawing=CapacityLimiter(layers.DRAWN_AT_ONCE),
            signing=CapacityLimiter(passwords.AT_ONCE),
            verifying=asyncio.Semaphore(1),
            provider=outside,
            clock=clock,
        )
        tasks = [asyncio.create_task(published.watch()), asyncio.create_task(identity.watch())]
        if settings.workers > 1:
            tasks.append(asyncio.create_task(sharing(counted, metrics.folder_of(settings))))
        if settings.checkpoints is not None:
            tasks.append(asyncio.create_task(checkpointing(store, settings.checkpoints, clock)))
        try:
            await published.first_look(timeout_s=FIRST_LOOK_S)
            await identity.first_look(timeout_s=FIRST_LOOK_S)
            if ready:
                tasks.append(asyncio.create_task(workshop.once(warm, identity.served, today=today(clock))))
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.to_thread(workshop.close)
            await asyncio.to_thread(queue.close)
            await asyncio.to_thread(store.close)

    app = Server(
        title="Wangge 网格",
        version=program_version(),
        summary="Service grids of urban communities",
        description=_ABOUT,
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
        lifespan=lifespan,
        openapi_url=None,  # a route of our own, guarded as all are
        docs_url=None,  # FastAPI's pages load their scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.settings, app.state.counted = settings, counted
    app.add_middleware(Doorway, settings=settings, counted=counted)
    app.close = {locate_described.PATH: Doorway(locate.locate, settings=settings, counted=counted)}
    add_problem_handlers(app)
    for room in ROOMS:
        app.include_router(room.router)
    _describe(app)
    return app


def _describe(app: FastAPI) -> None:
    """Make the OpenAPI document say what is sent: our problems, not FastAPI's own validation errors."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        document = made()
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        locate_described.describe(document)
        document["components"]["securitySchemes"] = _SCHEMES
        for path, methods in document["paths"].items():
            for method, operation in methods.items():
                _say_needed(operation, door(method.upper(), path))
                operation["responses"] |= {str(status): said for status, said in errors(400, 421).items()}
                _say_sound([operation.get("parameters"), operation.get("requestBody")], schemas)
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        return document

    app.openapi = openapi  # type: ignore[method-assign]


_SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "Of a program: `wangge user token`"},
    "session": {"type": "apiKey", "in": "cookie", "name": PLAIN, "description": f"Over TLS {OVER_TLS}"},
}


def _say_needed(operation: dict[str, Any], row: Door) -> None:
    """Say of a route who may ask it, and how it refuses others; from a page they are shown to another one."""
    need = row.need
    operation["x-needs"] = need.value
    if need is Open.EVERYBODY:
        return
    schemes = ("session",) if need is Open.OWN else ("token", "session")
    operation["security"] = [{name: []} for name in schemes]
    operation["responses"] |= {str(status): said for status, said in errors(401, 403, 429, 503).items()}
    if row.page:
        operation["responses"]["303"] = {"description": "To the sign-in page, or to one's account"}
        operation["responses"]["403"]["content"]["text/html"] = {}


def _say_sound(node: Any, schemas: dict[str, Any]) -> None:
    """Say of every free text below `node`, what it refers to included, which characters it may hold."""
    if isinstance(node, list):
        for part in node:
            _say_sound(part, schemas)
    elif isinstance(node, dict):
        if node.get("type") == "string" and not {"pattern", "enum", "const", "format"} & node.keys():
            node["pattern"] = SOUND_PATTERN
        if "$ref" in node:
            _say_sound(schemas[node["$ref"].rpartition("/")[2]], schemas)
        for part in node.values():
            _say_sound(part, schemas)


def from_environment() -> FastAPI:
    """The application with settings from the environment; each worker process of uvicorn calls it."""
    settings = Settings.read()
    set_up_logs(settings)
    return create_app(settings, ready=True)
