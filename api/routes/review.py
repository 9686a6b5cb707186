"""Addresses in doubt: the list, and what a person decides. Household detail: kept in the
history and the audit, reads too."""

from __future__ import annotations

from pathlib import Path as FilePath
from tempfile import TemporaryDirectory
from typing import Annotated, Any, get_args

import pandas as pd
from fastapi import APIRouter, Depends, Path, Query
from starlette.responses import Response

from api.answers.answers import building_part, community_part, complex_part, grid_part
from api.clock import today
from api.http.deps import Acting, AskedDay, AskedLang, Asking, Doors, InDoors
from api.http.guarded import guarded
from api.http.schemas import (
    CandidateRef,
    ComplexRef,
    Decided,
    Decision,
    Learned,
    MatchRate,
    MatchRates,
    NewName,
    ReviewCase,
    ReviewList,
    Undo,
    Undone,
    errors,
)
from geo.errors import InputError
from geo.locate.homes import Home
from layers.people.decisions import decide, learn_name, undo_decision
from layers.people.match_rates import By, Place, masked_rates, match_rates
from layers.people.review import count_open, review_list, write_review
from layers.rights.viewer import Viewer

router = APIRouter(prefix="/api/review", tags=["review"], route_class=guarded())

_PLACES: tuple[By, ...] = get_args(By)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Record = Annotated[
    str, Path(min_length=1, max_length=32, pattern=r"^[0-9a-z]+$", description="Ref of the case")
]


def asked_place(
    as_of: AskedDay,
    community: Annotated[
        str | None, Query(pattern=r"^\d{12}$", description="Code of one community; all when not given")
    ] = None,
    complex_ref: Annotated[
        str | None, Query(alias="complex", min_length=1, max_length=64, description="Ref of one complex")
    ] = None,
    grid: Annotated[str | None, Query(min_length=1, max_length=64, description="Code of one grid")] = None,
) -> Place | None:
    """The one place asked for; None for all. Raises `InputError` for two places."""
    said = dict(zip(_PLACES, (complex_ref, community, grid), strict=True))
    places = [Place(by, key, as_of) for by, key in said.items() if key is not None]
    if len(places) > 1:
        raise InputError(
            "ask for one place: a community, a complex or a grid", "只能选一个范围：社区、小区或网格"
        )
    return places[0] if places else None


AskedPlace = Annotated[Place | None, Depends(asked_place)]


@router.get("", responses=errors(422, 500, 503))
def cases(
    held: InDoors,
    viewer: Asking,
    actor: Acting,
    lang: AskedLang,
    place: AskedPlace,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> ReviewList:
    """Addresses that were not, or not surely, found, with candidates. Each read is kept in the history."""
    found = review_list(held.store, viewer, actor=actor, now=held.clock(), place=place, limit=limit)
    with held.store.reading(viewer) as unit:
        waiting = count_open(unit, place=place)
    return ReviewList(waiting=waiting, cases=[_case(held, viewer, row, lang) for row in found.itertuples()])


@router.get(
    "/list.xlsx",
    response_class=Response,
    responses={
        200: {"description": "The same cases as a workbook", "content": {XLSX: {}}},
        **errors(422, 500, 503),
    },
)
def cases_workbook(
    held: InDoors, viewer: Asking, actor: Acting, lang: AskedLang, place: AskedPlace
) -> Response:
    """All addresses in doubt with reasons and candidates, to be worked through in a spreadsheet. The read is kept in
    the history."""
    found = review_list(held.store, viewer, actor=actor, now=held.clock(), place=place)
    with TemporaryDirectory() as folder:
        body = write_review(found, FilePath(folder) / "review.xlsx", lang=lang).read_bytes()
    return Response(
        body, media_type=XLSX, headers={"Content-Disposition": 'attachment; filename="review.xlsx"'}
    )


@router.get("/rates", responses=errors(422, 500, 503))
def rates(held: InDoors, viewer: Asking, _lang: AskedLang, as_of: AskedDay, by: By = "complex") -> MatchRates:
    """How many listed households were tied to a building, per complex, community or grid; figures only."""
    with held.store.reading(viewer) as unit:
        table = masked_rates(match_rates(unit, by=by, as_of=as_of))
    return MatchRates(by=by, as_of=as_of, rates=[MatchRate(**row) for row in table.to_dict("records")])


@router.post("/{record}/undo", responses=errors(400, 404, 408, 409, 413, 422, 500, 503))
def undo_case(
    held: InDoors, viewer: Asking, actor: Acting, _lang: AskedLang, record: Record, said: Undo
) -> Undone:
    """Take back what was decided about a case; it waits again. 409: somebody decided anew meanwhile."""
    revision = undo_decision(
        held.store, viewer, record, revision=said.revision, actor=actor, now=held.clock()
    )
    return Undone(revision=revision)


@router.post("/{record}", responses=errors(400, 404, 408, 409, 413, 422, 500, 503))
def decide_case(
    held: InDoors, viewer: Asking, actor: Acting, _lang: AskedLang, record: Record, said: Decision
) -> Decided:
    """Tie a case to a building or to a complex, or set it aside. 409: somebody was first, and what he decided."""
    done = decide(
        held.store,
        viewer,
        record,
        revision=said.revision,
        building_ref=said.building,
        complex_ref=said.complex,
        unit=said.unit,
        room=said.room,
        actor=actor,
        now=held.clock(),
    )
    return Decided(decision=done.decision, revision=done.revision)


@router.put("/names", responses=errors(400, 404, 408, 413, 422, 500, 503))
def learn(held: InDoors, viewer: Asking, actor: Acting, _lang: AskedLang, said: NewName) -> Learned:
    """Another name of a complex, for look-ups within two seconds and for the next matching."""
    learn_name(held.store, viewer, said.complex, said.name, kind=said.kind, actor=actor, now=held.clock())
    return Learned(name=said.name)


def _case(held: Doors, viewer: Viewer, row: Any, lang: str) -> ReviewCase:
    homes = held.published.made(viewer.area).homes(row.candidate_refs, as_of=today(held.clock))
    complexes = {home.complex_ref: complex_part(home) for home in homes if home.complex_ref is not None}
    return ReviewCase(
        masked=bool(row.masked),
        ref=_text(row.ref),
        revision=None if row.masked else int(row.revision),
        address=row.address,
        population=row.population,
        status=row.status,
        level=_text(row.level),
        community_code=_text(row.community_code),
        unit=_text(row.unit),
        room=_text(row.room),
        confidence=float(row.confidence),
        reason=_text(row.reason_zh if lang == "zh" else row.reason) or "",
        candidates=[_candidate(home) for home in homes],
        complexes=[ComplexRef.model_validate(part) for part in complexes.values()],
        grids_differ=len({home.grid_code for home in homes}) > 1,
    )


def _text(value: Any) -> str | None:
    return None if pd.isna(value) else str(value)


def _candidate(home: Home) -> CandidateRef:
    parts = {
        "building": building_part(home),
        "complex": complex_part(home),
        "community": community_part(home),
        "grid": grid_part(home),
    }
    return CandidateRef.model_validate(parts | {"point": {"lon": home.lon, "lat": home.lat}})
