"""What is asked of and answered about plans, as the OpenAPI document describes it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from layers.plans.operations import Operation, operation_from

Ref = Annotated[str, Field(min_length=1, max_length=64)]
GridName = Annotated[
    str, Field(min_length=1, max_length=60, description="Code or name of a grid of the plan")
]
GridKind = Literal["base", "exclusive", "micro"]
Refs = Annotated[list[Ref], Field(max_length=5000)]
CellNumbers = Annotated[list[Annotated[int, Field(ge=0, le=1_000_000)]], Field(max_length=20_000)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Cells(_Model):
    cells: CellNumbers = []
    buildings: Refs = []
    complexes: Refs = []


class AssignAsked(_Cells):
    """Cells, buildings or complexes go to a grid there is."""

    operation: Literal["assign"]
    to: GridName


class CreateAsked(_Cells):
    """A new grid of cells, buildings or complexes."""

    operation: Literal["create"]
    name: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    kind: GridKind | None = None


class MergeAsked(_Model):
    """Several grids become one."""

    operation: Literal["merge"]
    grids: Annotated[list[GridName], Field(min_length=2, max_length=999)]
    into: GridName | None = None


class DissolveAsked(_Model):
    """A grid is given up; its cells go to the grids beside it that are neither locked nor exclusive."""

    operation: Literal["dissolve"]
    grid: GridName


class SplitAsked(_Model):
    """A grid falls into parts of about equal size."""

    operation: Literal["split"]
    grid: GridName
    parts: Annotated[int, Field(ge=2, le=99)] = 2


Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class CutAsked(_Model):
    """A grid is cut along a drawn line, and so are its cells where no building stands on it; the largest part keeps its
    code. The answer says `recut`."""

    operation: Literal["cut"]
    grid: GridName
    line: Annotated[list[tuple[Degrees, Degrees]], Field(min_length=2, max_length=1000)] = Field(
        description="Longitude and latitude of its points, WGS 84 or CGCS2000"
    )


class RedrawAsked(_Model):
    """The engine draws grids again; without any, all that are neither locked nor exclusive. An exclusive one that is named is
    given up."""

    operation: Literal["redraw"]
    grids: Annotated[list[GridName], Field(max_length=999)] = []
    number: Annotated[int, Field(ge=1, le=999)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1


class DistributeAsked(_Model):
    """Many buildings to many grids at once."""

    operation: Literal["distribute"]
    buildings: Annotated[dict[Ref, GridName], Field(min_length=1, max_length=20_000)]


class RenameAsked(_Model):
    """Another name for a grid."""

    operation: Literal["rename"]
    grid: GridName
    name: Annotated[str, Field(min_length=1, max_length=60)]


class KindAsked(_Model):
    """Another kind for a grid."""

    operation: Literal["kind"]
    grid: GridName
    kind: GridKind


class LockAsked(_Model):
    """Grids that stay as they are, or may be changed again."""

    operation: Literal["lock"]
    grids: Annotated[list[GridName], Field(min_length=1, max_length=999)]
    locked: bool = True


class ArrangeAsked(_Model):
    """Many cells to many grids at once."""

    operation: Literal["arrange"]
    cells: Annotated[dict[GridName, CellNumbers], Field(min_length=1, max_length=999)] = Field(
        description="By code or name of a grid, or `+1`, `+2` … for new ones"
    )
    freed: Annotated[list[GridName], Field(max_length=999)] = Field(
        [], description="Exclusive grids given up"
    )


class MendAsked(_Model):
    """What the checks found about a grid is mended, where `GET /api/plans/{plan}/checks` says that it can be."""

    operation: Literal["mend"]
    rule: Annotated[str, Field(min_length=1, max_length=40)]
    grid: GridName


EditAsked = Annotated[
    AssignAsked
    | CreateAsked
    | MergeAsked
    | DissolveAsked
    | SplitAsked
    | CutAsked
    | RedrawAsked
    | DistributeAsked
    | RenameAsked
    | KindAsked
    | LockAsked
    | ArrangeAsked
    | MendAsked,
    Field(discriminator="operation"),
]
SLOW = ("split", "redraw")
"""Operations that search, and take seconds."""


def asked_operation(asked: BaseModel) -> Operation:
    """The operation of layers that a body asks for.

    >>> asked_operation(RenameAsked(operation="rename", grid="第一网格", name="东片"))
    Rename(grid='第一网格', name='东片')
    """
    return operation_from(asked.model_dump())


class StepAsked(_Model):
    """A step of the timeline; 0 is before all edits."""

    step: Annotated[int, Field(ge=0, le=2**31 - 1)]


class PlanRow(_Model):
    """A plan."""

    id: int
    community_code: str
    community: str | None
    version: int
    revision: int = Field(description="Rises with each change; the number in the ETag")
    step: int = Field(description="The edit the plan stands at")
    state: Literal["draft", "submitted", "returned", "approved", "published", "retired"]
    origin: str
    author: str
    made_at: str
    valid_from: str | None
    valid_to: str | None
    grids: int | None
    over: int | None = Field(description="Grids above the upper bound and its tolerance")
    under: int | None


class Plans(_Model):
    """Plans, the newest first."""

    plans: list[PlanRow]


class Decision(_Model):
    """What was decided about a grid of a submitted plan."""

    verdict: Literal["approve", "return"]
    remark: str | None
    actor: str


class GridRow(_Model):
    """A grid of a plan."""

    label: int
    code: str
    name: str
    kind: GridKind
    locked: bool
    colour: int
    households: int
    people: int | None
    cells: int
    decision: Decision | None = Field(None, description="What was decided about this grid as it is")
    ahead: list[int] | None = Field(
        None, description="Households on each of the days of `growth`; in the plan's answer only"
    )


class PlannedBuilding(_Model):
    """A building that will bring households."""

    ref: str
    name: str | None
    planned_for: str = Field(description="The day on which people are to move in")
    households: int = Field(description="Households it is short of today")
    cell: int | None = Field(description="The cell of the plan it stands in; null: in none")


class Growth(_Model):
    """What planned buildings will bring; households of today leave them out."""

    days: list[str] = Field(description="The days in one, three and five years, as `ahead` of the grids")
    planned: list[PlannedBuilding]


class PlanAnswer(PlanRow):
    """A plan with its rules, grids and growth."""

    rules: dict[str, Any] = Field(
        description="Bounds: min_households, max_households, least, most, title, years_ahead"
    )
    grid_rows: list[GridRow]
    growth: Growth
    undo: bool
    redo: bool


class EditAnswer(_Model):
    """What an edit, an undo or a redo changed; nothing else."""

    plan: int
    revision: int
    step: int
    undo: bool
    redo: bool
    changed: list[GridRow]
    shapes: dict[str, Any] = Field(description="GeoJSON of the grids that changed, by `label`")
    cells: list[tuple[int, int]] = Field(description="Cell and its label now, for each that moved")
    recut: bool = Field(description="Whether the plan stands on other cells now: ask for /cells again")
    notes: list[str] = Field(description="What the planner should know about it")
    gone: list[str]


class PreviewAnswer(_Model):
    """What an edit would change."""

    plan: int
    revision: int
    changed: list[GridRow]
    before: dict[str, int] = Field(description="Households now of the grids that would change or go, by code")
    gone: list[str]
    cells: list[tuple[int, int]] = Field(description="Cell and the label it would get")
    moved_households: int
    take: dict[str, Any] = Field(description="The edit that makes just this of the draft")
    shapes: dict[str, Any] = Field(description="GeoJSON of the grids that would change, by `label`")


class TimelineRow(_Model):
    """One edit."""

    number: int
    after: int
    operation: str
    said: dict[str, Any]
    actor: str
    at: str
    current: bool


class Timeline(_Model):
    """Edits in the order they were made."""

    plan: int
    step: int
    edits: list[TimelineRow]


class ExceptionRow(_Model):
    """Why a finding may stand."""

    reason: str
    approver: str
    actor: str


class FindingRow(_Model):
    """What is wrong with a plan under its rules."""

    severity: Literal["error", "warning", "notice"]
    rule: str
    code: str | None
    value: float | None
    limit: float | None
    reason: str
    place: list[float] | None = Field(description="West, south, east, north where it is less than the grid")
    mend: bool = Field(description="Whether the edit `mend` does away with it")
    firm: bool = Field(description="Whether no exception can be made from it")
    exception: ExceptionRow | None


class Findings(_Model):
    """Findings, worst first."""

    plan: int
    revision: int
    findings: list[FindingRow]
