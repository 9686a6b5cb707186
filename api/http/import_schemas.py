"""What the routes of imports are asked and answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.jobs.wanted import Loadable, Text
from geo.frames import CONTRACTS, TABLES

Layer = Literal[Loadable, "residents"]
Undoable = Literal[Loadable, "osm"]
MOST_LISTED = 100


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class UploadAnswer(_Model):
    """Files that were sent."""

    upload: str
    files: list[str]
    bytes: int


class LookAsked(_Model):
    """How to look at a file."""

    layer: Layer
    table: Text | None = None
    crs: Text | None = None
    mapping: dict[Text, Text] = Field({}, max_length=60)


class ColumnOf(_Model):
    """A column of a file."""

    name: str
    ours: str | None = Field(description="What it is taken for")
    how: str | None


class RowOf(_Model):
    """A row of a file."""

    number: int
    cells: list[str]


class LookAnswer(_Model):
    """What a file holds."""

    source: str
    tables: list[str]
    rows: int
    columns: list[ColumnOf]
    first: list[RowOf]
    crs: str | None
    shapes: dict[str, Any] | None = Field(description="Some shapes as GeoJSON, as read in the datum chosen")
    trouble: str | None
    missing: list[str] = Field(description="Columns that are needed and were not found")
    notes: list[str]


class LayerOf(_Model):
    """A layer that can be loaded."""

    layer: str
    key: str
    columns: list[str]
    required: list[str]
    shapes: bool


class LayersAnswer(_Model):
    """The layers that can be loaded."""

    layers: list[LayerOf]

    @classmethod
    def made(cls) -> LayersAnswer:
        """From the contracts."""
        found = [
            LayerOf(
                layer=contract.layer,
                key=contract.key,
                columns=list(contract.names),
                required=[column.name for column in contract.columns if column.required],
                shapes=contract.layer in CONTRACTS,
            )
            for contract in (*CONTRACTS.values(), *TABLES.values())
        ]
        return cls(layers=found)


class BatchOf(_Model):
    """One load, end or undo."""

    number: int
    at: datetime
    actor: str
    action: str
    layer: str
    source: str
    reason: str | None
    undoes: int | None
    added: int
    changed: int
    ended: int
    taken_back_by: int | None


class BatchesAnswer(_Model):
    """What was loaded, ended and taken back, the newest first."""

    batches: list[BatchOf]


class UndoAsked(_Model):
    """Which load to take back. Lists of residents are taken back on the server's machine: that erases for good."""

    layer: Undoable
    number: int | None = Field(
        None, ge=1, le=2**63 - 1, description="The last one that stands when not given"
    )


class UndoAnswer(_Model):
    """What taking a load back does, or did."""

    layer: str
    number: int
    source: str
    counts: dict[str, dict[str, int]]
    hindrances: list[str] = Field(description="What stands in the way")
    notes: list[str]
    batch: int | None = Field(description="The new batch, once it is done")
