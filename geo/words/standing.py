"""Where the reading of a text about areas stands: which name numbers without one belong to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from geo.words.clauses import Run
from geo.words.names import Named, named
from geo.words.patterns import PHASE, STEM


@dataclass
class At:
    """Where the reading stands: what numbers without a name belong to."""

    head: Named = field(default_factory=Named)
    """The name before a colon."""
    name: Named = field(default_factory=Named)
    parity: str = ""
    within: str = ""
    line: str = ""
    group: int = 0
    excluded: bool = False


def place_of(name: str, runs: list[Run], at: At, *, colon: bool) -> Named:
    """The place a clause is about: its own name, else the one that stands before it."""
    if not name:
        lane = bool(runs) and runs[0].unit.endswith("弄")
        if at.head.name and (colon or lane or not at.name.name):
            at.name = at.head
        return at.name
    before = at.name.name
    if PHASE.fullmatch(name) and PHASE.search(before):
        name = PHASE.sub("", before) + name
    elif STEM.fullmatch(name) and before:
        name = (before[:-1] if STEM.fullmatch(before[-1]) else before) + name
    place = named(name)
    if colon and at.head.name:
        place = replace(place, within=place.within or at.head.name)
        at.name = place
        return place
    at.head, at.name = Named(), place
    at.within = ""
    return place
