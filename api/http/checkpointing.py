"""The server says each hour, outside the store, how far the audit goes."""

from __future__ import annotations

import asyncio
import logging

from api.clock import Clock
from geo.errors import NotFoundError, WanggeError
from layers.accounts.audit import checkpoint
from layers.accounts.checkpoints import keep
from layers.store.database import Store

log = logging.getLogger(__name__)

EACH_S = 3600.0


async def checkpointing(store: Store, place: str, clock: Clock) -> None:
    """Write a checkpoint to `place` at once and each hour for ever; what goes wrong is told in the log, each time."""

    def write() -> None:
        keep(checkpoint(store, now=clock()), place)

    while True:
        try:
            await asyncio.to_thread(write)
        except NotFoundError:
            log.debug("nothing was audited yet")
        except WanggeError as error:
            log.error("no checkpoint of the audit was kept: %s", error)  # noqa: TRY400  the text says all
        await asyncio.sleep(EACH_S)
