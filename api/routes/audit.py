"""The audit: who did and saw what, whether the record is whole, and all of it as a file."""

from __future__ import annotations

import asyncio
import datetime as dt
from datetime import datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.answers.audit_answers import COLUMNS, export, shown, verdict
from api.clock import CHINA
from api.http.audit_schemas import AuditPage, AuditRow, AuditVerdict
from api.http.deps import Acting, AskedLang, Asking, InDoors
from api.http.guarded import guarded
from api.http.schemas import errors
from layers.accounts.audit import Asked, read_audit
from layers.files.formulas import inert

router = APIRouter(prefix="/api/audit", tags=["audit"], route_class=guarded())

_CSV = "text/csv; charset=utf-8"
_Text = Annotated[str | None, Query(min_length=1, max_length=60)]
_Date = Annotated[dt.date | None, Query(description="YYYY-MM-DD, in China", examples=["2026-11-22"])]


def asked_rows(
    viewer: Asking, who: _Text = None, what: _Text = None, since: _Date = None, until: _Date = None
) -> Asked:
    """The rows asked for: of an account, a deed, from one day to another (both within)."""
    return Asked(
        who=who,
        what=what,
        since=None if since is None else datetime.combine(since, time(), CHINA),
        until=None
        if until is None or until == dt.date.max
        else datetime.combine(until + timedelta(1), time(), CHINA),
        area=viewer.area,
    )


AskedRows = Annotated[Asked, Depends(asked_rows)]


@router.get("", responses=errors(422, 500, 503))
def rows(
    held: InDoors,
    asked: AskedRows,
    _lang: AskedLang,
    before: Annotated[
        int | None, Query(ge=1, le=2**62, description="Only rows older than this number")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> AuditPage:
    """The newest rows first. An auditor of an area sees the rows that tell of it alone."""
    found = read_audit(held.store, asked, before=before, limit=limit + 1)
    more = len(found) > limit
    kept = shown(found.head(limit))
    listed = [
        AuditRow(**{name: row[name] for name in AuditRow.model_fields}) for row in kept.to_dict("records")
    ]
    return AuditPage(rows=listed, older=listed[-1].number if more else None)


@router.get("/verdict", responses=errors(422, 500, 503))
async def whole(held: InDoors, lang: AskedLang) -> AuditVerdict:
    """Go through the whole chain, against the checkpoints kept outside the store where they are a file."""
    async with held.verifying:
        found, lines = await asyncio.to_thread(verdict, held.store, held.settings.checkpoints)
    return AuditVerdict(
        whole=not found.faults,
        rows=found.rows,
        first=None if found.first is None else datetime.fromisoformat(found.first),
        last=None if found.last is None else datetime.fromisoformat(found.last),
        checkpoints=lines,
        faults=[fault.text(lang) for fault in found.faults[:_MOST]],
        notices=[notice.text(lang) for notice in found.notices[:_MOST]],
    )


_MOST = 100
"""So many faults are told at once; the command line tells all."""


@router.get(
    ".csv",
    response_class=Response,
    responses={
        200: {
            "description": f"{', '.join(COLUMNS)}; UTF-8 with BOM",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
        **errors(422, 500, 503),
    },
)
def file(held: InDoors, asked: AskedRows, actor: Acting, _lang: AskedLang) -> Response:
    """Every row asked for, oldest first, with seals. The export is audited under the serial in the file's name."""
    done = export(held.store, asked, who=actor, now=held.clock())
    table = done.rows[list(COLUMNS)].map(lambda value: inert(value) if isinstance(value, str) else value)
    body = table.to_csv(index=False).encode("utf-8-sig")
    name = f'attachment; filename="audit-{done.serial}.csv"'
    return Response(body, media_type=_CSV, headers={"Content-Disposition": name})
