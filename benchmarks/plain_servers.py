"""The two servers `locate.py` measures ours against: the same look-up behind nothing, and behind an ordinary route.

Both answer points alone, from the index of the store in WANGGE_DATABASE_URL, with the serialiser of `GET /api/locate`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from fastapi import FastAPI, Query
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from api.answers.answers import as_json
from geo.locate.addresses import AddressLookup
from layers.lookup.lookups import load_lookup
from layers.rights.viewer import OPERATOR
from layers.store.database import Store

DAY = (datetime.now(UTC) + timedelta(hours=8)).date()
_HEADERS = (b"content-type", b"application/json")


def _lookup() -> AddressLookup:
    store = Store.open(url=os.environ["WANGGE_DATABASE_URL"])
    try:
        lookup = load_lookup(store, OPERATOR, as_of=DAY)
    finally:
        store.close()
    lookup.index.keep(DAY)
    return lookup


class Bare:
    """An ASGI application that checks nothing: the most a Python server can do with this look-up."""

    def __init__(self) -> None:
        self._index = _lookup().index

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Answer a point."""
        if scope["type"] != "http":
            return
        asked = dict(parse_qsl(scope["query_string"].decode()))
        found = self._index.locate(float(asked["lon"]), float(asked["lat"]), as_of=DAY)
        body = as_json(found, lang="zh", version=self._index.version)
        headers = [_HEADERS, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def route() -> FastAPI:
    """The same as a route of FastAPI with two checked parameters."""
    app, index = FastAPI(openapi_url=None), _lookup().index

    @app.get("/api/locate")
    async def locate(lon: float = Query(ge=-180, le=180), lat: float = Query(ge=-90, le=90)) -> Response:
        found = index.locate(lon, lat, as_of=DAY)
        return Response(as_json(found, lang="zh", version=index.version), media_type="application/json")

    return app
