"""What routes are handed: the open store, the index, the clock, the viewer; and the parameters they share."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, cast

from fastapi import Depends, Query, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from api.clock import Clock, today
from api.map_cache import MapCache
from api.problems import lang_of
from api.published import Published
from api.settings import Lang, Settings
from geo.errors import NotAllowedError
from layers.rights.viewer import Purpose, Role, Viewer
from layers.store.database import Store


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything a running server holds."""

    settings: Settings
    store: Store
    published: Published
    maps: MapCache
    clock: Clock


def doors_of(request: Request) -> Doors:
    """The server's own things; there from the start of the lifespan to its end."""
    return cast(Doors, request.app.state.doors)


async def doors(request: Request) -> Doors:
    """As `doors_of`; a coroutine, because FastAPI runs plain functions in a thread, for every request."""
    return doors_of(request)


def lookup_viewer(settings: Settings) -> Viewer:
    """Who asks for grids of points: another program, inside the configured area. Accounts are not built yet."""
    return Viewer(Role.SYSTEM, settings.area, Purpose.LOOKUP)


async def display_viewer(request: Request) -> Viewer:
    """Who looks at maps: a leader of the configured area. Accounts are not built yet."""
    return Viewer(Role.LEADER, doors_of(request).settings.area, Purpose.DISPLAY)


_BEARER = HTTPBearer(auto_error=False, description="The operator's token, as set in WANGGE_REVIEW_TOKEN")


async def reviewer(
    request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
) -> Viewer:
    """Who may read and decide addresses in doubt: the holder of the operator's token, which goes into the header
    `Authorization: Bearer ...`. Raises `NotAllowedError` for everybody else, and while no token is set."""
    settings = doors_of(request).settings
    token = settings.review_token
    if token is None:
        raise NotAllowedError(
            "addresses of households are not served; set WANGGE_REVIEW_TOKEN and start the server again, "
            "or use wangge review on its machine",
            "未开放住户地址；请设置 WANGGE_REVIEW_TOKEN 后重启服务，或在服务器上使用 wangge review",
        )
    given = "" if sent is None else sent.credentials.strip()
    if not hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
        raise NotAllowedError(
            "the operator's token is missing or wrong; programs send it in the header Authorization: Bearer TOKEN",
            "管理口令缺失或不正确，请重新输入；程序请放在请求头 Authorization: Bearer 中",
        )
    return Viewer(Role.OPERATOR, settings.area, Purpose.MAINTENANCE)


async def asked_lang(
    request: Request,
    lang: Annotated[Lang | None, Query(description="Language of texts; else Accept-Language decides")] = None,
) -> Lang:
    """The language of the answer."""
    return lang or lang_of(request)


def _written_out(value: object) -> object:
    """Only YYYY-MM-DD is a date here; pydantic would take a bare number for seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise PydanticCustomError("date_parsing", "write YYYY-MM-DD")
    return value


async def asked_day(
    request: Request,
    as_of: Annotated[
        date | None,
        BeforeValidator(_written_out),
        Query(description="The day asked about; today in China when not given", examples=["2026-11-22"]),
    ] = None,
) -> date:
    """The day an answer is for."""
    return as_of or today(doors_of(request).clock)


InDoors = Annotated[Doors, Depends(doors)]
AskedLang = Annotated[Lang, Depends(asked_lang)]
AskedDay = Annotated[date, Depends(asked_day)]
Reviewer = Annotated[Viewer, Depends(reviewer)]
MapViewer = Annotated[Viewer, Depends(display_viewer)]
