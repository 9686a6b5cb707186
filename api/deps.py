"""What routes are handed: the open store, the index, the clock, the viewer; and the parameters they share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, cast

from fastapi import Depends, Query, Request

from api.clock import Clock, today
from api.map_cache import MapCache
from api.problems import lang_of
from api.published import Published
from api.settings import Lang, Settings
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


async def asked_lang(
    request: Request,
    lang: Annotated[Lang | None, Query(description="Language of texts; else Accept-Language decides")] = None,
) -> Lang:
    """The language of the answer."""
    return lang or lang_of(request)


async def asked_day(
    request: Request,
    as_of: Annotated[
        date | None,
        Query(description="The day asked about; today in China when not given", examples=["2026-11-22"]),
    ] = None,
) -> date:
    """The day an answer is for."""
    return as_of or today(doors_of(request).clock)


InDoors = Annotated[Doors, Depends(doors)]
AskedLang = Annotated[Lang, Depends(asked_lang)]
AskedDay = Annotated[date, Depends(asked_day)]
MapViewer = Annotated[Viewer, Depends(display_viewer)]
