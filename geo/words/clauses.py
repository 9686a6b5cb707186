"""What a text about an area says, clause by clause: which place, which numbers of it, which side, what is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from geo.errors import Words


class Says(StrEnum):
    """What a clause does."""

    PLACE = "place"
    """Names a complex, road, village, community or house, whole or by numbers."""
    SIDE = "side"
    """What lies on one side of a line: 甲路以东."""
    BOUND = "bound"
    """Where the area ends on one side: 东至甲路."""
    RING = "ring"
    """What several lines enclose."""
    SECTION = "section"
    """A stretch of a road between two others."""
    CELLS = "cells"
    """Cells by number, where nothing has a name."""
    OTHER = "other"
    """Nothing that names a place."""


SAYS_WORDS = {
    Says.PLACE: Words("place", "地点"),
    Says.SIDE: Words("side of", "界线一侧"),
    Says.BOUND: Words("ends at", "四至"),
    Says.RING: Words("enclosed by", "围合"),
    Says.SECTION: Words("stretch", "路段"),
    Says.CELLS: Words("cells", "基元"),
    Says.OTHER: Words("no place", "非地点"),
}
COMPASS = {"东": "east", "南": "south", "西": "west", "北": "north"}
PARITY_WORDS = {"odd": Words("odd", "单号"), "even": Words("even", "双号")}


@dataclass(frozen=True, slots=True)
class Run:
    """Numbers of one kind in a row."""

    first: str
    """Empty: from the first there is."""
    last: str
    """As `first` for one number alone; empty: to the last there is."""
    unit: str = ""
    """What is counted, as written: 号楼, 号, 弄, 组; of what begins and ends as two kinds that of the beginning."""
    parity: str = ""
    """`odd` or `even` when every second only is meant."""
    within: str = ""
    """What the numbers are counted inside, as written: 33幢, 1组, 34号."""
    last_unit: str = ""
    """What the last is, where it is something else than the first: 750弄-827号."""

    @property
    def one(self) -> bool:
        """Whether it is a single number."""
        return self.first == self.last and self.first != ""

    def text(self) -> str:
        """As it is written in short.

        >>> Run("1", "165", "号", "odd").text(), Run("3", "3", "号楼").text(), Run("211", "", "号").text()
        ('1-165号（单号）', '3号楼', '211号及以后')
        """
        marked = f"（{PARITY_WORDS[self.parity].zh}）" if self.parity else ""
        unit, last_unit = self.unit, self.last_unit
        if self.one:
            core = f"{self.first}{unit}"
        elif not self.last:
            core = f"{self.first}{unit}及以后"
        elif not self.first:
            core = f"{self.last}{unit}及以前"
        elif last_unit:
            core = f"{self.first}{unit}-{self.last}{last_unit}"
        else:
            core = f"{self.first}-{self.last}{unit}"
        return f"{self.within}{core}{marked}"


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing a text says."""

    text: str
    """As written, but for its characters."""
    says: Says
    name: str = ""
    """The place, road or line; of rings and broken lines the names joined by `-`."""
    within: str = ""
    """Street, town or community that stands before the name, or a road before the complex on it."""
    runs: tuple[Run, ...] = ()
    parity: str = ""
    """Of a road without numbers: `odd` or `even` side."""
    side: str = ""
    """`east`, `southwest` …, or `both`."""
    whole: bool = False
    """Said to be meant whole: 全部."""
    less: tuple[Clause, ...] = ()
    """What is left out of it."""
    only: tuple[Clause, ...] = ()
    """What it is narrowed to: 古猗园社区（走马塘以北）."""
    plus: tuple[Clause, ...] = ()
    """What is said to be in it: （含公园）."""
    also: tuple[str, ...] = ()
    """Other names and addresses in brackets."""
    span: tuple[str, str] = ("", "")
    """Of a section: from where to where."""
    planned: bool = False
    """A road that is only planned."""
    etc: bool = False
    """Followed by 等: there is more than is said."""
    excluded: bool = False
    """It is left out of what stands before it."""
    group: int = 0
    """Sides and bounds of one number hold together: the area is where all of them are true."""

    @property
    def names(self) -> tuple[str, ...]:
        """The names of a ring or broken line, one by one."""
        return tuple(self.name.split("-"))

    def numbers(self) -> str:
        """The numbers in short, separated by 、."""
        return "、".join(run.text() for run in self.runs)


def flat(clauses: tuple[Clause, ...] | list[Clause]) -> Iterator[tuple[Clause, str]]:
    """Every clause with those inside it, and how it stands to the one before: empty, `less`, `only` or `plus`."""
    for clause in clauses:
        yield clause, "less" if clause.excluded else ""
        for relation, inner in (("less", clause.less), ("only", clause.only), ("plus", clause.plus)):
            for one, deeper in flat(inner):
                yield one, deeper or relation


def compass(said: str) -> str:
    """A side in our words.

    >>> compass("东"), compass("东北"), compass("两")
    ('east', 'northeast', 'both')
    """
    if said == "两":
        return "both"
    return "".join(COMPASS[char] for char in reversed(said))
