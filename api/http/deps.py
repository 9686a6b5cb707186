"""What routes are handed: the open store, the index, the clock, the viewer; and the parameters they share."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, cast

from anyio import CapacityLimiter
from fastapi import Depends, Query, Request
from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from api.clock import Clock, today
from api.http.callers import Caller
from api.http.identity import CALLER, VIEWER, Identity
from api.http.map_cache import MapCache
from api.http.problems import lang_of
from api.http.published import Published
from api.http.workshop import Workshop
from api.settings import Lang, Settings
from geo.errors import NotAllowedError
from layers.accounts.outside import Mapped
from layers.accounts.provider import Provider
from layers.jobs.queue import JobQueue
from layers.rights.viewer import Viewer
from layers.store.database import Store


@dataclass(frozen=True, slots=True)
class Outside:
    """The organisation's provider, and what its groups may."""

    provider: Provider
    mapped: Mapped
    asking: CapacityLimiter
    """For threads that wait for the provider."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Everything a running server holds."""

    settings: Settings
    store: Store
    published: Published
    identity: Identity
    workshop: Workshop
    queue: JobQueue
    maps: MapCache
    uploads: asyncio.Semaphore
    """One for each body that may come in at once."""
    drawing: CapacityLimiter
    """For threads that work on outlines."""
    signing: CapacityLimiter
    """For threads that look at passwords, each of which takes long and much memory."""
    verifying: asyncio.Semaphore
    """One for each reader of the whole audit."""
    provider: Outside | None
    """Where an organisation's people sign in; None for passwords only."""
    clock: Clock


def doors_of(request: Request) -> Doors:
    """The server's own things; there from the start of the lifespan to its end."""
    return cast(Doors, request.app.state.doors)


async def doors(request: Request) -> Doors:
    """As `doors_of`; a coroutine, because FastAPI runs plain functions in a thread, for every request."""
    return doors_of(request)


async def asking(request: Request) -> Viewer:
    """Who asks, as the guard of the route found out (`api.http.guarded`)."""
    return cast(Viewer, request.scope[VIEWER])


async def calling(request: Request) -> Caller:
    """Who asks, as somebody known. Raises `NotAllowedError` for a stranger, who has nothing of his own."""
    caller = cast(Caller | None, request.scope[CALLER])
    if caller is None:
        raise NotAllowedError(
            "there is no account yet; make one with wangge user add", "尚无账号；请用 wangge user add 新建"
        )
    return caller


async def acting(request: Request) -> str:
    """Who acts, for the history and the audit."""
    caller = cast(Caller | None, request.scope[CALLER])
    return "http" if caller is None else caller.actor


async def asked_lang(
    request: Request,
    lang: Annotated[Lang | None, Query(description="Language of texts; else Accept-Language decides")] = None,
) -> Lang:
    """The language of the answer."""
    return lang or lang_of(request)


def written_out(value: object) -> object:
    """Only YYYY-MM-DD is a date here; pydantic would take a bare number for seconds since 1970."""
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        raise PydanticCustomError("date_parsing", "write YYYY-MM-DD")
    return value


async def asked_day(
    request: Request,
    as_of: Annotated[
        date | None,
        BeforeValidator(written_out),
        Query(description="The day asked about; today in China when not given", examples=["2026-11-22"]),
    ] = None,
) -> date:
    """The day an answer is for."""
    return as_of or today(doors_of(request).clock)


InDoors = Annotated[Doors, Depends(doors)]
AskedLang = Annotated[Lang, Depends(asked_lang)]
AskedDay = Annotated[date, Depends(asked_day)]


Asking = Annotated[Viewer, Depends(asking)]
Acting = Annotated[str, Depends(acting)]
Calling = Annotated[Caller, Depends(calling)]
