"""Somebody is told what became of grids, as a job in one part: page by page until he knows everything, or until he fails to
take it; then the next worker that looks asks for it again later."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from api.about import program_version
from api.answers.changes import page_record
from api.clock import system_clock
from api.jobs.asking import ask
from api.jobs.bench import Bench
from api.settings import Settings
from geo.errors import ConflictError, Words
from layers.hooks.hooks import Hook, claim_due, failed, find_hook, rested, secret_of, told
from layers.hooks.sending import Sent, send
from layers.hooks.signing import signed_headers
from layers.jobs.ledger import Job
from layers.jobs.queue import JobQueue
from layers.jobs.worker import Came
from layers.plans.feed import Cursor, Page, newest_cursor, read_changes
from layers.rights.rights import within
from layers.rights.viewer import OfPeople, Purpose, Role, Viewer
from layers.store.database import Store

AT_ONCE = 50
"""Changes in one message."""
CHANGED, RESET = "grids.changed", "grids.reset"
"""Kinds of messages: what became of grids; and that all of them should be read again, for the store was restored."""
_GONE = 410


def ask_for_due(store: Store, queue: JobQueue, settings: Settings, now: datetime) -> None:
    """Ask for a job for each receiver there is news for. Every worker looks every few seconds."""
    for hook in claim_due(store, now=now):
        area = within(hook.area, settings.area)
        viewer = Viewer(Role.SYSTEM, area, Purpose.LOOKUP, OfPeople.NOTHING)
        wanted, actor = {"hook": hook.number}, f"hook:{hook.name}"
        ask(store, queue, viewer, "tell", wanted, lang=settings.lang, actor=actor, now=now)


def plan(bench: Bench, job: Job) -> list[str]:
    """One part: the receiver. Raises `NotFoundError` for one who was taken away."""
    return [find_hook(bench.store, int(job.wanted["hook"])).name]


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001  he was told up to a cursor
    """Tell him all there is, from where he was told up to."""
    number, sent = int(job.wanted["hook"]), 0
    secret = secret_of(bench.store, number, actor=job.actor, now=system_clock())
    while True:
        hook, now = find_hook(bench.store, number), system_clock()
        kind, page = _next_page(bench.store, job.viewer, hook.cursor)
        if page.changes or kind is RESET:
            said = _sent(hook, secret, kind, page, now)
            if said.trouble is not None:
                failed(bench.store, hook, said.trouble, gone=said.status == _GONE, now=now)
                return {"sent": sent, "trouble": list(said.trouble)}
            sent += 1
        told(bench.store, hook, page.next, now=now)
        if not page.more:
            rested(bench.store, hook, now=now)
            return {"sent": sent, "trouble": None}


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:  # noqa: ARG001
    """How many messages went out, and what was wrong with the last."""
    (one,) = came
    said = Words(f"{one['sent']} messages sent", f"已发送 {one['sent']} 条消息")
    return Came((said,), error=None if one["trouble"] is None else Words(*one["trouble"]))


def _next_page(store: Store, viewer: Viewer, since: Cursor) -> tuple[str, Page]:
    with store.reading(viewer) as unit:
        try:
            return CHANGED, read_changes(unit, since, limit=AT_ONCE)
        except ConflictError:
            return RESET, Page((), newest_cursor(unit), more=False)


def _sent(hook: Hook, secret: bytes, kind: str, page: Page, now: datetime) -> Sent:
    record = {"type": kind, "timestamp": now.isoformat(), "data": page_record(page)}
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    message = f"wangge-{hook.number}-{str(hook.cursor).replace(':', '.')}-{str(page.next).replace(':', '.')}"
    headers = {
        "content-type": "application/json",
        "user-agent": f"wangge/{program_version()}",
        **signed_headers(secret, message=message, now=now, body=body),
    }
    return send(hook.target, hook.networks, body, headers)
