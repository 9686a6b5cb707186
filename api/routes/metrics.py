"""How the server does, in figures for monitoring. None of them is about a person, and none about who asked."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.about import program_version
from api.http.counted import MEDIA_TYPE, Counted, Gauge, exposition
from api.http.deps import Doors, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.schemas import errors
from api.http.threads import waited_for
from api.settings import Settings
from geo.errors import StoreError
from layers.hooks.hooks import list_hooks
from layers.jobs.ledger import State, in_states

router = APIRouter(tags=["state"], route_class=guarded(), dependencies=[Depends(asked_lang)])
_STATES: tuple[State, ...] = ("waiting", "running", "ending")


def folder_of(settings: Settings) -> Path:
    """Where processes of one server write down their figures for each other."""
    return settings.home / "metrics"


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {
            "description": "Prometheus text format 0.0.4, of all processes of this server",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        },
        **errors(422, 500, 503),
    },
)
async def metrics(request: Request, held: InDoors) -> Response:
    """Requests by route, method and status with how long they took; the index, the store, jobs and hooks."""
    counted: Counted = request.app.state.counted

    def told() -> str:
        taken = counted.with_others(folder_of(held.settings))
        return exposition(taken, [*_here(held, counted), *_in_store(held)])

    return Response(await waited_for(told), media_type=MEDIA_TYPE)


def _here(held: Doors, counted: Counted) -> list[Gauge]:
    fresh = held.published.trouble() is None
    about = {"version": program_version()}
    return [
        Gauge("wangge_info", "The program.", 1.0, about),
        Gauge("wangge_process_age_seconds", "Since this process began.", time.time() - counted.began_at),
        Gauge("wangge_index_fresh", "1 when the index is loaded and the store was heard.", float(fresh)),
    ]


def _in_store(held: Doors) -> list[Gauge]:
    """What the store says; `wangge_store_up` alone when it does not answer."""
    up = "wangge_store_up", "1 when the store answers."
    try:
        open_jobs = Counter(job.state for job in in_states(held.store, *_STATES))
        hooks = list_hooks(held.store)
        version = held.published.version
    except StoreError:
        return [Gauge(*up, 0.0)]
    jobs = "wangge_jobs", "Long work that is not over, by state."
    return [
        Gauge(*up, 1.0),
        Gauge("wangge_published_version", "The version answers come from.", float(version)),
        *(Gauge(*jobs, float(open_jobs[state]), {"state": state}) for state in _STATES),
        Gauge("wangge_hooks", "Systems that are told of changes.", float(len(hooks))),
        Gauge(
            "wangge_hooks_failing",
            "Those that did not take the last message.",
            float(sum(h.failures > 0 for h in hooks)),
        ),
    ]
