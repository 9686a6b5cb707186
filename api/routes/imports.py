"""Files that were sent (`api.routes.uploads`): looked at, tried, loaded, taken back."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query

from api.http.deps import Acting, AskedLang, Asking, Doors, InDoors, asked_lang
from api.http.guarded import guarded
from api.http.import_schemas import (
    MOST_LISTED,
    BatchesAnswer,
    BatchOf,
    ColumnOf,
    LayersAnswer,
    LookAnswer,
    LookAsked,
    RowOf,
    Undoable,
    UndoAnswer,
    UndoAsked,
)
from api.http.job_schemas import JobAnswer
from api.http.schemas import errors
from api.http.threads import waited_for
from api.jobs.asking import ask
from api.jobs.wanted import HowToLoad, HowToLoadPeople
from layers.batches.listing import read_batches
from layers.batches.undoing import Foreseen, foresee_undo, undo
from layers.files.uploads import drop_upload, find_upload
from layers.imports.looking import Looked, look_at
from layers.rights.viewer import Viewer

router = APIRouter(
    prefix="/api/imports", tags=["imports"], route_class=guarded(), dependencies=[Depends(asked_lang)]
)
UploadId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}$", description="As POST /api/imports answered")]
LOOKED_AT_ONCE = 2
"""So many files are looked at at once, each by a process of its own."""
_looking = asyncio.Semaphore(LOOKED_AT_ONCE)


@router.get("", responses=errors(422, 500, 503))
async def batches(held: InDoors, viewer: Asking) -> BatchesAnswer:
    """What was loaded, ended and taken back, the newest first: what touched nothing outside the caller's area."""

    def read() -> BatchesAnswer:
        with held.store.reading(viewer) as unit:
            found = read_batches(unit)[:MOST_LISTED]
        return BatchesAnswer(
            batches=[BatchOf(**{n: getattr(b, n) for n in BatchOf.model_fields}) for b in found]
        )

    return await waited_for(read)


@router.get("/layers", responses=errors(422, 500, 503))
async def layers(held: InDoors) -> LayersAnswer:  # noqa: ARG001
    """The layers that can be loaded, with their columns."""
    return LayersAnswer.made()


@router.delete("/{upload}", status_code=204, responses=errors(404, 422, 500, 503))
async def drop(held: InDoors, actor: Acting, upload: UploadId) -> None:
    """Remove a file that was sent."""
    await waited_for(lambda: drop_upload(held.settings.home, upload, actor=actor))


@router.post("/{upload}/look", responses=errors(404, 408, 413, 422, 500, 503))
async def look(
    held: InDoors, actor: Acting, lang: AskedLang, upload: UploadId, said: LookAsked
) -> LookAnswer:
    """The first rows of one's own file, what each column is taken for, and where its shapes lie in a datum."""
    path = (await waited_for(lambda: find_upload(held.settings.home, upload, actor=actor))).path
    async with _looking:
        found = await waited_for(
            lambda: look_at(path, said.layer, table=said.table, crs=said.crs, mapping=said.mapping)
        )
    return _told(found, lang)


def _told(found: Looked, lang: str) -> LookAnswer:
    return LookAnswer(
        source=found.source,
        tables=list(found.tables),
        rows=found.rows,
        columns=[
            ColumnOf(name=c.name, ours=c.ours, how=None if c.how is None else c.how.text(lang))
            for c in found.columns
        ],
        first=[RowOf(number=number, cells=list(cells)) for number, cells in found.first],
        crs=found.crs,
        shapes=None if found.shapes is None else dict(found.shapes),
        trouble=None if found.trouble is None else found.trouble.text(lang),
        missing=list(found.missing),
        notes=[note.text(lang) for note in found.notes],
    )


@router.post("/{upload}/load", status_code=202, responses=errors(404, 408, 409, 413, 422, 500, 503))
async def load(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, upload: UploadId, said: HowToLoad
) -> JobAnswer:
    """Try or load one's own file, as a job; the list of faults is its file."""
    return await _asked(held, viewer, actor, lang, "import", upload, said)


@router.post("/{upload}/residents", status_code=202, responses=errors(404, 408, 409, 413, 422, 500, 503))
async def people(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, upload: UploadId, said: HowToLoadPeople
) -> JobAnswer:
    """Try or load one's own list of residents, as a job."""
    return await _asked(held, viewer, actor, lang, "people", upload, said)


async def _asked(
    held: Doors, viewer: Viewer, actor: str, lang: str, kind: str, upload: str, said: Any
) -> JobAnswer:
    wanted = said.model_dump(mode="json") | {"upload": upload}

    def put() -> Any:
        find_upload(held.settings.home, upload, actor=actor)
        return ask(held.store, held.queue, viewer, kind, wanted, lang=lang, actor=actor, now=held.clock())

    return JobAnswer.of(await waited_for(put), lang)


@router.get("/undo", responses=errors(404, 422, 500, 503))
async def undoing(
    held: InDoors,
    viewer: Asking,
    lang: AskedLang,
    layer: Undoable,
    number: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> UndoAnswer:
    """What taking back the last load of a layer, or a batch, would do."""

    def read() -> UndoAnswer:
        with held.store.reading(viewer) as unit:
            return _undone(foresee_undo(unit, layer, number=number, now=held.clock()), None, lang)

    return await waited_for(read)


@router.post("/undo", responses=errors(404, 408, 409, 413, 422, 500, 503))
async def take_back(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, said: UndoAsked
) -> UndoAnswer:
    """Take back the last load of a layer, or a batch. 409: what stands in the way."""

    def done() -> UndoAnswer:
        foreseen, closed = undo(
            held.store, viewer, said.layer, number=said.number, actor=actor, now=held.clock()
        )
        return _undone(foreseen, closed.number, lang)

    return await waited_for(done)


def _undone(foreseen: Foreseen, batch: int | None, lang: str) -> UndoAnswer:
    return UndoAnswer(
        layer=foreseen.batch.layer,
        number=foreseen.batch.number,
        source=foreseen.batch.source,
        counts={
            layer: {str(step): count for step, count in counts.items()}
            for layer, counts in foreseen.counts().items()
        },
        hindrances=[
            f"{one.layer} {one.key} {one.name}: {one.words.text(lang)}"
            for one in foreseen.hindrances[:MOST_LISTED]
        ],
        notes=[note.text(lang) for note in foreseen.notes],
        batch=batch,
    )
