"""What a text of a grid means while it is read, and every word of it that could not be placed."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.errors import Words


@dataclass(frozen=True, slots=True)
class Trouble:
    """A word that could not be placed, or that contradicts another."""

    grid: int
    """Row of the text; -1 for what concerns none."""
    rule: str
    value: str
    """The words, as written, or the buildings."""
    reason: Words


@dataclass(slots=True)
class Meant:
    """What the text of one grid means."""

    named: set[int] = field(default_factory=set)
    """Buildings it names."""
    around: set[int] = field(default_factory=set)
    """Buildings that lie in what it describes by sides, rings and bounds."""
    cells: set[int] = field(default_factory=set)
    """Cells by number."""
    troubles: list[Trouble] = field(default_factory=list)


def say(row: int, meant: Meant, rule: str, value: str, en: str, zh: str) -> None:
    """Keep that words of a row could not be placed, and why."""
    meant.troubles.append(Trouble(row, rule, value, Words(en, zh)))
