"""What the routes answer, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE_POINT: dict[str, Any] = {
    "status": "matched",
    "grid": {"code": "999901001001007", "name": "第七网格", "kind": "base"},
    "community": {"code": "999901001001", "name": "芙蓉社区"},
    "complex": {"ref": "c-0012", "name": "芙蓉小区"},
    "building": {"ref": "b-000345", "name": "3号楼"},
    "plan": {"id": 12, "version": 2, "valid_from": "2026-11-22", "valid_to": None},
    "as_of": "2026-11-22",
    "confidence": 1.0,
    "reason": "该点位于此网格内",
    "index_version": 2,
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
        403: "Outside the caller's area",
        404: "No such thing",
        409: "The state of the store forbids it",
        413: "The body is too large",
        415: "This kind of body is not taken",
        422: "The input is not usable; `faults` says what",
        500: "An error the server did not expect",
        503: "The store cannot be used just now, or no index is loaded yet",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {"description": said[status], "content": {"application/problem+json": {"schema": schema}}}
        for status in statuses
    }
