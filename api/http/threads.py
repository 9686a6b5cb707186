"""Work in a thread that nobody leaves behind: a store may be closed only once no thread reads it any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def waited_for(work: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T:
    """As `asyncio.to_thread`; whoever is cancelled meanwhile ends when the thread has."""
    running = asyncio.ensure_future(asyncio.to_thread(work, *arguments, **keywords))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        with suppress(Exception):  # nobody is left to tell
            await running
        raise
