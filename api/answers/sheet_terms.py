"""What sheets are asked for and what one is made of, so that any process can make it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from geo.errors import Words
from maps.sheets.blocks import Block
from maps.sheets.booklet import Entry, bind
from maps.sheets.ground import Shown
from maps.sheets.printing import glyph_notes, print_sheet
from maps.sheets.said import Said
from maps.sheets.sheet import Sheet, make_sheet


class Per(StrEnum):
    """What each sheet shows."""

    AREA = "area"
    """All communities asked for, on one."""
    COMMUNITY = "community"
    GRID = "grid"
    COMPLEX = "complex"
    """A dossier: map, facts, buildings, checks."""
    STREET = "street"
    """All communities of a street."""
    BOARD = "board"
    """A notice for the public board of each community: who leads its grids, the pledge, the map."""
    BOOKLET = "booklet"
    """All communities asked for, bound: cover, contents, overview, a sheet each, one index."""


@dataclass(frozen=True, slots=True)
class Leader:
    """Somebody who leads a grid, a community or a street, as a list of the office says."""

    place: str
    """Code or name of the grid; empty for who leads the whole community."""
    community: str
    """Code or name; empty where the code of the grid tells it."""
    level: str
    name: str
    phone: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What all sheets of one run have in common."""

    as_of: date
    made: date
    lang: str = "zh"
    paper: str = "A3"
    scale: int | None = None
    producer: str | None = None
    approval: str | None = None
    """The map approval number of a public map."""
    exemption: str | None = None
    """Why a public map needs none."""
    names: str = "{code} {title}"
    """What each file is called, of {code} {title} {community} {day}."""
    force: tuple[str, ...] = ()
    """Names that must stand on the map, whatever they cover."""
    grey: bool = False
    """For printers without colours."""
    leaders: tuple[Leader, ...] = ()
    pledge: tuple[str, ...] = ()
    """Paragraphs of what the grid leaders promise; on notices for the board."""
    facts: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """By name or ref of a complex, what else an office knows of it: property company, owners' committee ..."""

    @property
    def public(self) -> bool:
        """Whether the sheets may leave the office."""
        return self.approval is not None or self.exemption is not None


@dataclass(frozen=True, slots=True)
class Job:
    """One sheet, or one bound of several, about to be made."""

    name: str
    """Of its file, without the suffix."""
    shown: Shown
    said: Said
    paper: str
    scale: int | None
    kind: str
    dots_per_inch: int
    blocks: tuple[Block, ...] | None = None
    """What stands beside the map; None is the table of the grids."""
    standing: bool | None = None
    panel_share: float | None = None
    force: tuple[str, ...] = ()
    grey: bool = False
    parts: tuple[Job, ...] = ()
    """The sheets bound, the overview first; then this is their cover."""
    entries: tuple[Entry, ...] = ()
    """What the index at the end tells beside complexes and streets: grids."""


@dataclass(frozen=True, slots=True)
class Made:
    """One sheet, ready to be written."""

    name: str
    pages: tuple[bytes, ...]
    scale: int
    notes: tuple[Words, ...]


def make(job: Job) -> Made:
    """The sheet of a job. Raises as `maps.sheets.sheet.make_sheet` does."""
    if job.parts:
        bound = [(part.said.title, _drawn(part)) for part in job.parts]
        sheet = bind(job.said, bound, job.entries, grey=job.grey)
    else:
        sheet = _drawn(job)
    pages = print_sheet(sheet, job.kind, title=job.said.title, dots_per_inch=job.dots_per_inch)
    return Made(job.name, tuple(pages), sheet.layout.scale, (*sheet.notes, *glyph_notes(sheet)))


def _drawn(job: Job) -> Sheet:
    return make_sheet(
        job.shown,
        job.said,
        paper=job.paper,
        standing=job.standing,
        scale=job.scale,
        panel_share=job.panel_share,
        force=job.force,
        blocks=job.blocks,
        grey=job.grey,
    )
