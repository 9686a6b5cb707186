"""What the routes answer, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.http.chain_schemas import CHAIN, ChainOut

EXAMPLE_POINT: dict[str, Any] = {
    "status": "matched",
    "grid": {"code": "999901001001007", "name": "第七网格", "kind": "base"},
    "micro_grid": {"code": "99990100100100702", "name": "第二微网格"},
    "community": {"code": "999901001001", "name": "芙蓉社区"},
    "complex": {"ref": "c-0012", "name": "芙蓉小区"},
    "building": {"ref": "b-000345", "name": "3号楼"},
    "plan": {"id": 12, "version": 2, "valid_from": "2026-11-22", "valid_to": None},
    "as_of": "2026-11-22",
    "confidence": 1.0,
    "reason": "该点位于此网格内",
    "index_version": 2,
    "chain": None,
}


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(BaseModel):
    """An error as RFC 9457 has it. Some kinds carry members of their own, such as `faults`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`about:blank` or `urn:wangge:problem:NAME`, stable for programs")
    title: str = Field(description="The kind of error, in the language of the answer")
    status: int = Field(description="The HTTP status, again")
    detail: str = Field(description="What is wrong, which value, what to do")
    instance: str = Field(description="The path that was asked, without its query")


class GridRef(_Model):
    """A grid (网格)."""

    code: str
    name: str
    kind: Literal["base", "exclusive", "micro"]


class MicroGridRef(_Model):
    """A micro-grid (微网格) inside the grid."""

    code: str | None = Field(description="null for a building that is divided into several, all named")
    name: str


class CommunityRef(_Model):
    """A community (社区)."""

    code: str = Field(description="12 digits")
    name: str | None


class ComplexRef(_Model):
    """A residential complex (小区)."""

    ref: str
    name: str | None


class BuildingRef(_Model):
    """A building (楼栋)."""

    ref: str
    name: str | None


class PlanRef(_Model):
    """The published plan (方案) a grid belongs to."""

    id: int
    version: int = Field(description="Counts the plans of its community")
    valid_from: date = Field(description="First day")
    valid_to: date | None = Field(
        description="First day on which it no longer holds; null while no end is known"
    )


class Located(_Model):
    """Which grid covers a point on a day."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE_POINT]})

    status: Literal["matched", "unplanned", "outside"] = Field(
        description="unplanned: in a community, but no published grid covers the point that day"
    )
    grid: GridRef | None
    micro_grid: MicroGridRef | None
    community: CommunityRef | None
    complex: ComplexRef | None = Field(description="The complex that holds the point, planned or not")
    building: BuildingRef | None = Field(description="The building whose footprint covers the point")
    plan: PlanRef | None
    as_of: date = Field(description="The day that was asked about")
    confidence: float = Field(
        ge=0, le=1, description="1 in one grid; 1/n on the shared edge of n grids; else 0"
    )
    reason: str = Field(
        description="Why this answer; names the rule where a shared edge was given to one grid"
    )
    index_version: int = Field(
        ge=0, description="The published version this answer comes from; 0 before the first"
    )
    chain: ChainOut | None = Field(description=CHAIN)


class PointRef(_Model):
    """A point inside a building, EPSG:4490."""

    lon: float
    lat: float


class CandidateRef(_Model):
    """A building an address may mean."""

    building: BuildingRef
    complex: ComplexRef | None
    community: CommunityRef | None
    grid: GridRef | None
    point: PointRef


class LocatedAddress(_Model):
    """Which grid covers an address on a day."""

    status: Literal["matched", "ambiguous", "none", "unplanned", "outside"] = Field(
        description="matched: one building and its grid; unplanned, outside: one building without a grid that day; "
        "ambiguous: several buildings fit; none: no building was found"
    )
    level: str | None = Field(
        description="How far the address was followed: room, unit, building, complex ..."
    )
    grid: GridRef | None = Field(description="Also where several buildings fit, if one grid covers them all")
    micro_grid: MicroGridRef | None = Field(description="By unit and floor, where a building is divided")
    community: CommunityRef | None
    complex: ComplexRef | None
    building: BuildingRef | None = Field(description="Named only when it is certain which one")
    unit: str | None
    floor: str | None
    room: str | None
    point: PointRef | None
    plan: PlanRef | None
    as_of: date
    confidence: float = Field(ge=0, le=1, description="Of the building; 0 where none is named")
    reason: str = Field(description="Why this answer, in one sentence")
    evidence: list[str] = Field(description="What each part of the address was taken for")
    candidates: list[CandidateRef] = Field(description="Best first, ten at most; empty unless ambiguous")
    candidate_count: int = Field(ge=0, description="How many buildings fit in all")
    index_version: int = Field(ge=0)
    chain: ChainOut | None = Field(description=CHAIN)


class ReviewCase(_Model):
    """A resident's address that wants a person's eye."""

    masked: bool = Field(description="Whether the household is seen masked: nothing can be decided about it")
    ref: str | None = Field(description="Null where masked")
    revision: int | None = Field(description="To be sent along with a decision; null where masked")
    address: str = Field(
        description="Where masked: the one building it may be, unit and floor (3号楼2单元5**), empty where unknown"
    )
    population: str
    status: Literal["matched", "ambiguous", "none"]
    level: str | None
    community_code: str | None
    unit: str | None
    room: str | None
    confidence: float
    reason: str
    candidates: list[CandidateRef] = Field(description="All of them, best first")
    complexes: list[ComplexRef] = Field(
        description="The complexes it may lie in, for a decision that goes no further"
    )
    grids_differ: bool = Field(
        description="Whether the candidates lie in different grids, so that the choice matters"
    )


class ReviewList(_Model):
    """Cases, those of one community together, least sure first."""

    waiting: int = Field(
        ge=0, description="How many there are: of the place asked for, else in the whole area"
    )
    cases: list[ReviewCase]


class MatchRate(_Model):
    """How many listed households of one place were tied to a building. Texts: small counts are masked."""

    key: str = Field(description="Ref of the complex, code of the community or grid; empty: leads nowhere")
    name: str
    listed: str = Field(description="Households the lists name here")
    matched: str = Field(description="Of these, tied to a building")
    share: str = Field(description="Per cent; empty where it would give a small count away")
    households: str = Field(description="Households the register of buildings counts")
    open: bool = Field(description="Whether any listed household is left")


class MatchRates(_Model):
    """The match rate (人房关联率) of each place, lowest first."""

    by: Literal["complex", "community", "grid"]
    as_of: date
    rates: list[MatchRate]


class Decision(BaseModel):
    """What a person says about a case."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "not": {
                "properties": {"building": {"type": "string"}, "complex": {"type": "string"}},
                "required": ["building", "complex"],
            }
        },
    )

    building: str | None = Field(
        max_length=64,
        description="Ref of the right building; null, without a complex: it belongs to none here",
    )
    complex: str | None = Field(
        default=None, max_length=64, description="Ref of the complex, when no more than that can be said"
    )
    revision: int = Field(ge=0, description="That of the case as it was seen")
    unit: str | None = Field(default=None, max_length=40, description="As found when not given")
    room: str | None = Field(default=None, max_length=40)


class Decided(_Model):
    """What came of it."""

    decision: Literal["confirmed", "corrected", "complex", "set_aside"]
    revision: int = Field(description="To be sent along with undoing it")


class Undo(BaseModel):
    """Which decision is taken back."""

    model_config = ConfigDict(extra="forbid")

    revision: int = Field(ge=0, description="That of the case since the decision")


class Undone(_Model):
    """The case waits again."""

    revision: int


class NewName(BaseModel):
    """Another name of a complex, learned from an address."""

    model_config = ConfigDict(extra="forbid")

    complex: str = Field(max_length=64, description="Ref of the complex")
    name: str = Field(min_length=2, max_length=100)
    kind: Literal["name", "address"] = "name"


class Learned(_Model):
    """The name is kept."""

    name: str


class Alive(_Model):
    """The process answers."""

    status: Literal["alive"]
    version: str = Field(description="Of this program")


class Ready(_Model):
    """The server can answer lookups."""

    status: Literal["ready"]
    index_version: int = Field(
        ge=0, description="The published version in memory; 0 when nothing is published yet"
    )


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route for the error statuses it may answer with."""
    said = {
        400: "The body is not JSON, or the request has no Host",
        401: "Nobody is signed in, or the session or token is over",
        403: "Outside the caller's rights or area, or a write from a foreign page",
        404: "No such thing",
        408: "The body came too slowly or stopped half-way",
        409: "The state of the store forbids it",
        412: "It is at another revision by now",
        413: "The body is too large",
        415: "This kind of body is not taken",
        421: "Asked under a name this server does not answer to",
        422: "The input is not usable; `faults` says what",
        428: "If-Match is missing",
        429: "Too many wrong tokens or requests; `Retry-After` says when to come back",
        500: "An error the server did not expect",
        503: "The store cannot be used just now, no index is loaded yet, or too much other work is waiting",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": said[status], "content": {"application/problem+json": {"schema": schema}}}
        for status in statuses
    }
