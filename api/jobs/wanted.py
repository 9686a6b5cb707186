"""What can be asked for, as plain JSON with its bounds: the same over HTTP and on the command line."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from geo.errors import InputError
from geo.texts import SOUND_PATTERN

Text = Annotated[str, Field(min_length=1, max_length=200, pattern=SOUND_PATTERN)]
Upload = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
Paper = Literal["A4", "A3", "A2", "A1", "A0", "8K", "4K"]
Loadable = Literal[
    "districts",
    "streets",
    "communities",
    "complexes",
    "buildings",
    "roads",
    "water",
    "stations",
    "grids",
    "aliases",
]
"""Layers that files are loaded into one at a time."""
Communities = Annotated[
    list[Annotated[str, Field(pattern=r"^\d{1,12}$")]] | None,
    Field(description="Prefixes of community codes; all one may see when not given", max_length=2000),
]
NAME_PARTS = ("code", "title", "community", "day")
_PART = re.compile(r"\{([^{}]*)\}")
SHEET_NAMES = "{code} {title}"


class _Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WantedCells(_Wanted):
    """Communities cut into cells."""

    communities: Communities = None
    h3: int | None = Field(None, ge=7, le=12, description="H3 resolution where there are no buildings")


class WantedPartition(_Wanted):
    """Drafts drawn for communities."""

    communities: Communities = None
    rules: Text | None = Field(None, description="Name of a rule profile or family")
    from_current: bool = False
    alternatives: int = Field(1, ge=1, le=12)
    grids: int | None = Field(None, ge=1, le=10_000, description="Wanted number of grids of one community")
    seed: int = Field(1, ge=0, le=2**31 - 1)
    time_limit_s: float = Field(10.0, ge=0.1, le=600)


class WantedMatch(_Wanted):
    """Residents matched to buildings."""

    everything: bool = Field(False, description="Also those that no change can touch")


class WantedSheets(_Wanted):
    """Printed sheets of what is in force, in one zip with a manifest of checksums."""

    per: Literal["community", "grid", "complex", "street", "board", "booklet"] = Field(
        "community",
        description="complex: a dossier each; board: a notice to hang in public; booklet: all bound, with one index",
    )
    form: Literal["pdf", "png", "svg"] = "pdf"
    communities: Communities = None
    as_of: date | None = Field(None, description="Today in China when not given")
    paper: Paper = "A3"
    scale: int | None = Field(None, ge=100, le=1_000_000)
    producer: Text | None = None
    approval: Text | None = Field(
        None,
        description="审图号: with it, or with `exemption`, the sheets are public: they show what anybody may know",
    )
    exemption: Text | None = Field(None, description="Why a public map needs no approval number; it is kept")
    grey: bool = Field(False, description="For printers without colours")
    force: list[Text] = Field(
        [], max_length=200, description="Names that must stand on the map, whatever they cover"
    )
    leaders: Upload | None = Field(
        None, description="A table of who leads the grids, as POST /api/jobs/sheets/files answered"
    )
    facts: Upload | None = Field(None, description="A table of what is known of complexes; likewise")
    pledge: Annotated[str, Field(min_length=1, max_length=4_000, pattern=SOUND_PATTERN)] | None = Field(
        None, description="What grid leaders promise, on notices; a paragraph a line"
    )
    names: Text = Field(
        SHEET_NAMES, description="What each file is called: {code} {title} {community} {day}, at least {code}"
    )

    @field_validator("names")
    @classmethod
    def _made_of_parts(cls, names: str) -> str:
        unknown = [part for part in _PART.findall(names) if part not in NAME_PARTS]
        if unknown or "{code}" not in names or re.search(r"[{}]", _PART.sub("", names)):
            raise ValueError(f"use {', '.join('{' + part + '}' for part in NAME_PARTS)}, at least {{code}}")
        return names


class WantedExport(_Wanted):
    """A layer as a file."""

    layer: Literal[
        "grids",
        "communities",
        "complexes",
        "buildings",
        "stations",
        "cells",
        "districts",
        "streets",
        "roads",
        "water",
    ]
    form: Literal["geojson", "gpkg", "csv", "xlsx"] = "gpkg"
    communities: Communities = None
    as_of: date | None = None


class WantedSnapshot(_Wanted):
    """The version in force as files; there is nothing to choose."""


class WantedPapers(_Wanted):
    """The papers of redraws in one zip."""

    plans: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] | None = Field(
        None, description="The newest of each community when not given", max_length=2000
    )
    communities: Communities = None
    paper: Paper = "A3"
    producer: Text | None = None


class WantedTelling(_Wanted):
    """A receiver told what became of grids."""

    hook: int = Field(ge=1, le=2**63 - 1)


class WantedWalk(_Wanted):
    """Sheets to walk the outlines of a plan with, in one zip."""

    plan: int = Field(ge=1, le=2**63 - 1)
    grids: list[Annotated[str, Field(max_length=40, pattern=SOUND_PATTERN)]] | None = Field(
        None, description="Codes; all of the plan when not given", max_length=2000
    )
    paper: Paper = "A3"
    producer: Text | None = None


class HowToLoad(_Wanted):
    """How a file is loaded into a layer, or tried."""

    layer: Loadable
    table: Text | None = Field(None, description="Layer of a GeoPackage, sheet of a workbook")
    crs: Text | None = Field(None, description="EPSG:…, gcj02 or bd09; wins over what the file says")
    mapping: dict[Text, Text] = Field({}, max_length=60, description="Our column -> the file's column")
    dry_run: bool = False
    good_rows: bool = Field(False, description="Leave out rows with faults, and list them")
    moved: bool = Field(False, description="Known keys may stand elsewhere now")
    same: Literal["update", "add"] | None = Field(None, description="Known things under new keys")
    replace: bool = Field(False, description="End rows that the file no longer has")


class WantedImport(HowToLoad):
    """A file that was sent loaded into a layer, or tried."""

    upload: str = Field(pattern=r"^[0-9a-f]{16}$", description="As POST /api/imports answered")


class HowToLoadPeople(_Wanted):
    """How a list of residents is loaded, or tried."""

    table: Text | None = None
    mapping: dict[Text, Text] = Field({}, max_length=60)
    dry_run: bool = False
    good_rows: bool = False
    whole: bool = Field(False, description="Records of the same source that are not in it go")


class WantedPeople(HowToLoadPeople):
    """A list of residents that was sent loaded, or tried."""

    upload: str = Field(pattern=r"^[0-9a-f]{16}$", description="As POST /api/imports answered")


def checked(model: type[BaseModel], given: dict[str, Any]) -> dict[str, Any]:
    """What was asked for on the command line, as JSON with everything filled in. Raises `InputError` naming the first
    value that cannot be used."""
    from pydantic import ValidationError

    try:
        return model.model_validate(given).model_dump(mode="json")
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}: {first['msg']}", f"{where}：取值无效（{first['msg']}）") from None
