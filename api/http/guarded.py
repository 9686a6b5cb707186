"""The kind of route this server has: rights first, then the names of parameters, then the body, then the route."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, cast

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.responses import Response

from api.http.bodies import BODY, Body
from api.http.deps import doors_of
from api.http.doorway import REQUEST_ID
from api.http.identity import VIEWER
from api.http.needs import Door, door
from api.http.problems import ComplaintsError, RefusedError, lang_of
from api.http.queries import misplaced, parameters
from api.http.slowing import address_of
from api.http.turned_away import turned_away
from geo.errors import NotAllowedError, Words
from geo.texts import require_sound
from layers.store.chain import CIRCUMSTANCES

_WHAT = Words("the body", "请求内容")


class GuardedRoute(APIRoute):
    """A route of FastAPI behind the guard. What it needs stands in `api.http.needs`; there is none without."""

    uploads = False
    any_query = False

    @property
    def door(self) -> Door:
        """Its row in the table of routes. Raises `LookupError` without one."""
        (row,) = {door(method, self.path) for method in self.methods or ()}
        return row

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's own handler, which reads the body before it looks at anything, after the guard."""
        handle, needed = super().get_route_handler(), self.door
        query = list(_query(self.dependant))
        known = {field.alias for field in query}
        named = " ".join([*sorted(self.methods or ()), self.path])
        lists = {field.alias for field in query if "list" in str(field.field_info.annotation)}

        async def guard(request: Request) -> Response:
            scope = request.scope
            CIRCUMSTANCES.set({"from": address_of(scope), "route": named, "request": scope[REQUEST_ID]})
            try:
                scope[VIEWER] = await doors_of(request).identity.viewer(scope, needed)
            except (RefusedError, NotAllowedError) as error:
                if needed.page:
                    return turned_away(error, request)
                raise
            if not self.any_query:
                lang, given = lang_of(request), parameters(scope["query_string"])
                if found := misplaced(given, known, lang, lists=lists):
                    raise ComplaintsError(found, lang)
            body = cast(Body, scope[BODY])
            if self.uploads:
                body.largest_bytes = doors_of(request).settings.max_upload_mb << 20
            body.admit()
            if self.body_field is not None:
                await _sound(request)
            return await handle(request)

        return guard


def _query(dependant: Dependant) -> Iterator[Any]:
    """The query parameters of a route and of everything it depends on."""
    yield from dependant.query_params
    for deeper in dependant.dependencies:
        yield from _query(deeper)


async def _sound(request: Request) -> None:
    """Look at every text of a JSON body; what is no JSON is left to FastAPI, which says so."""
    body = await request.body()
    try:
        said = json.loads(body) if body else None
    except (ValueError, RecursionError):
        return
    require_sound(said, what=_WHAT)


def guarded(*, uploads: bool = False, any_query: bool = False) -> type[GuardedRoute]:
    """The kind of route that is guarded: `APIRouter(route_class=guarded())`.

    `uploads` takes bodies up to the setting for files; `any_query` is for pages, whose scripts read the query.
    """
    return type("Guarded", (GuardedRoute,), {"uploads": uploads, "any_query": any_query})
