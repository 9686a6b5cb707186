"""What the papers of one community's redraw say, as plain values that any process can set."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from maps.papers.words import paper_text

Count = int | str | None
"""A count as its reader may see it: a number, `<5` or a dash where it is withheld, None where it is unknown."""


@dataclass(frozen=True, slots=True)
class GridLine:
    """A grid in the registration table."""

    code: str
    name: str
    kind: str
    extent: str
    places: str
    households: Count
    people: Count
    estimated: bool
    """Whether the households hold estimates."""


@dataclass(frozen=True, slots=True)
class CodeLine:
    """What a new grid takes from an old one."""

    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None
    households: Count
    share_of_old: float | None
    """0-1; None where it is withheld or there is no old grid."""
    share_of_new: float | None
    change: str


@dataclass(frozen=True, slots=True)
class BuildingLine:
    """A building that comes to another grid."""

    complex: str | None
    name: str | None
    households: Count
    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None


@dataclass(frozen=True, slots=True)
class Redraw:
    """Everything the papers of one community say."""

    community: str
    community_code: str
    lang: str
    version: int
    valid_from: date | None
    """The first day; None for a draft."""
    made: date
    producer: str | None
    grids: tuple[GridLine, ...]
    codes: tuple[CodeLine, ...]
    """Empty for the first plan of a community."""
    buildings: tuple[BuildingLine, ...]
    households: Count
    """Of all grids."""
    moved: Count
    """Households that come to another grid."""
    first: bool
    """Whether nothing was in force before."""
    least: int
    """Counts below this are withheld; 1 where none is."""

    def said(self) -> str:
        """The line under every title: version, validity, day, who made it, what kind of paper."""
        state = (
            paper_text("draft", self.lang)
            if self.valid_from is None
            else paper_text("from", self.lang, day=self.valid_from.isoformat())
        )
        parts = [
            paper_text("version", self.lang, version=self.version),
            state,
            paper_text("grids", self.lang, count=len(self.grids)),
            paper_text("made", self.lang, day=self.made.isoformat()),
        ]
        if self.producer:
            parts.append(paper_text("producer", self.lang, name=self.producer))
        return " · ".join([*parts, paper_text("internal", self.lang)])

    def notes(self) -> tuple[str, ...]:
        """What must be known to read the tables."""
        notes = []
        if any(grid.estimated for grid in self.grids):
            notes.append(paper_text("estimated", self.lang))
        if self.least > 1:
            notes.append(paper_text("withheld", self.lang, least=self.least))
        return tuple(notes)
