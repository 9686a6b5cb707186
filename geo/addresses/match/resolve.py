"""An address to the building of a register: matched when one is left, ambiguous with all that are, or none.

Gazetteer hits come first, the tail is parsed after them, and the sets of buildings each piece of evidence allows
are intersected. Digits are never bent: 3号楼 is not 13号楼, and the door plate 3号 of a road is not a building.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from geo.addresses.match.evidence import Outcome, confidence, evidence_of, grounds, reason
from geo.addresses.match.reader import Answer, Reader
from geo.addresses.parts.parse import Parts, parse
from geo.addresses.register.gazetteer import Gazetteer
from geo.errors import Words

Status = Literal["matched", "ambiguous", "none"]
Row = tuple[str | float | Words, ...]
"""One row of `Matcher.match_many`."""
COLUMNS = (
    "status", "building_id", "unit", "room", "floor", "confidence", "candidates", "level", "grid_id", "reason", "complex_id",
)  # fmt: skip
"""Columns of `Matcher.match_many`."""
_KEPT = 200_000
"""Lists of candidates remembered at most."""


@dataclass(frozen=True, slots=True)
class AddressMatch:
    """What one address means."""

    status: Status
    level: str
    """The finest thing known: room, floor, unit, building, complex, road, street or none."""
    building_id: str | None
    complex_id: str | None
    """Also where only the complex is sure."""
    grid_id: str | None
    """The grid of the building, or of all candidates when they lie in one."""
    unit: str
    floor: str
    room: str
    confidence: float
    """Chance that the building is right, 0–1; 0 where none is named."""
    evidence: tuple[Words, ...]
    """The path to the answer."""
    candidates: tuple[str, ...]
    """Ids of all buildings that fit an ambiguous address."""
    text: str
    """The address as it was given."""

    @property
    def parts(self) -> Parts:
        """What the address says, register or not; read when asked for."""
        return parse(self.text)


class Matcher:
    """Matches addresses against one gazetteer. Safe to send to processes; remembers what it has read."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self._reader = Reader(gazetteer)
        self._joined: dict[tuple[int, ...], str] = {}

    def __reduce__(self) -> tuple[type[Matcher], tuple[Gazetteer]]:
        return Matcher, (self.gazetteer,)

    def match(self, text: str) -> AddressMatch:
        """The building that `text` means, with the grounds."""
        answer = self._reader.answer(text)
        status, building, complex_id, grid, level = self._named(answer)
        head = answer.head
        said = grounds(answer.outcome, head, doubts=answer.doubts)
        buildings = self.gazetteer.buildings
        return AddressMatch(
            status=status,
            level=level,
            building_id=building or None,
            complex_id=complex_id or None,
            grid_id=grid or None,
            unit=answer.unit,
            floor=answer.floor,
            room=answer.room,
            confidence=confidence(head, doubts=answer.doubts) if status == "matched" else 0.0,
            evidence=evidence_of(head, said),
            candidates=tuple(buildings[row].building_id for row in answer.rows)
            if status == "ambiguous"
            else (),
            text=text,
        )

    def match_many(self, texts: Sequence[str], *, lang: str | None = "zh") -> pd.DataFrame:
        """As `match` for many texts: one row each in their order, columns `COLUMNS`, reasons in `lang`, or as
        `Words` when that is None."""
        return pd.DataFrame(self.rows(texts, lang=lang), columns=list(COLUMNS))

    def rows(self, texts: Sequence[str], *, lang: str | None = "zh") -> list[Row]:
        """The rows of `match_many`, without a table around them."""
        found: list[Row] = []
        for text in texts:
            answer = self._reader.answer(text)
            outcome, head, rows, unit, floor, room, doubts = answer
            status, building, complex_id, grid, level = self._named(answer)
            why = reason(outcome, head, doubts=doubts)
            sure = confidence(head, doubts=doubts) if status == "matched" else 0.0
            candidates = self._ids_of(rows) if status == "ambiguous" else ""
            found.append(
                (
                    status,
                    building,
                    unit,
                    room,
                    floor,
                    sure,
                    candidates,
                    level,
                    grid,
                    why if lang is None else why.text(lang),
                    complex_id,
                )
            )
        return found

    # ------------------------------------------------------------ what is told

    def _named(self, answer: Answer) -> tuple[Status, str, str, str, str]:
        """Status, building, complex, grid and level."""
        buildings, complexes = self.gazetteer.buildings, self.gazetteer.complexes
        owners = answer.head.owners
        complex_id = complexes[next(iter(owners))].complex_id if len(owners) == 1 else ""
        if answer.outcome is Outcome.MATCHED:
            building = buildings[answer.rows[0]]
            level = (
                "room" if answer.room else "floor" if answer.floor else "unit" if answer.unit else "building"
            )
            complex_id = complexes[building.complex_row].complex_id
            return "matched", building.building_id, complex_id, building.grid_id, level
        if not answer.rows:
            level = "complex" if complex_id else "road" if answer.head.road else "none"
            return "none", "", complex_id, "", level
        grid = buildings[answer.rows[0]].grid_id
        if grid and any(buildings[row].grid_id != grid for row in answer.rows):
            grid = ""
        return "ambiguous", "", complex_id, grid, "complex" if complex_id else "none"

    def _ids_of(self, rows: tuple[int, ...]) -> str:
        """The ids of buildings joined by `|`."""
        known = self._joined.get(rows)
        if known is None:
            buildings = self.gazetteer.buildings
            known = "|".join([buildings[row].building_id for row in rows])
            if len(self._joined) < _KEPT:
                self._joined[rows] = known
        return known
