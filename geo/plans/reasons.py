"""Why a grid is as it is: what stands in its way, and the smallest changes that would help, kept with the grid.

Texts speak of other grids by place (`{0}`, `{1}` …), so that these go by the names they have when somebody reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from geo.errors import Words

LEAST_BORDER_M = 20.0
"""A neighbouring community is named from so much common border on. Our choice."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that stands in the way of a grid."""

    rule: str
    """What kind of thing: `enclosed`, `cut-off`, `small-community`, `apart`, `region`, `sum`, `neighbours`,
    `large-building`, `halves`, `tolerated`."""
    what: Words
    """What was found; `{0}` and so on stand for names of `grids`, other braces are doubled."""
    helps: tuple[Words, ...] = ()
    """The smallest changes, each of which would help by itself, in the same form."""
    grids: tuple[int, ...] = ()
    """Labels of the grids it speaks of, beside its own."""
    shift: int = field(default=0, compare=False)
    """Households (or units) that would help if they came from beyond the community, below 0 if they went there; not kept,
    since `with_neighbour` puts it into words."""

    def told(self, names: Mapping[int, str]) -> Words:
        """The whole sentence, with the names of grids by label.

        >>> reason = Reason("enclosed", Words("{0} is all around", "四周为{0}"), (Words("dissolve {0}", "撤销{0}"),), (7,))
        >>> reason.told({7: "第二小学"}).zh
        '四周为第二小学；撤销第二小学即可'
        """
        named = [names.get(label, "?") for label in self.grids]
        en, zh = (self.what.text(lang).format(*named) for lang in ("en", "zh"))
        if not self.helps:
            return Words(en, zh)
        ways = [Words(way.en.format(*named), way.zh.format(*named)) for way in self.helps]
        return Words(
            f"{en}; {', or '.join(way.en for way in ways)} would help",
            f"{zh}；{'，或'.join(way.zh for way in ways)}即可",
        )

    def to_list(self) -> list[Any]:
        """Plain values, as kept with the grid.

        >>> reason = Reason("sum", Words("a", "甲"), (Words("b", "乙"),), (3,))
        >>> Reason.from_list(reason.to_list()) == reason
        True
        """
        return [self.rule, list(self.what), [list(way) for way in self.helps], list(self.grids)]

    @classmethod
    def from_list(cls, values: Sequence[Any]) -> Reason:
        """The way back from `to_list`."""
        rule, what, helps, grids = values
        return cls(rule, Words(*what), tuple(Words(*way) for way in helps), tuple(int(x) for x in grids))


Reasons = tuple[Reason, ...]


def plain_reasons(reasons: Iterable[Reason]) -> list[list[Any]] | None:
    """All reasons of a grid as they are kept; None for none."""
    return [reason.to_list() for reason in reasons] or None


def reasons_from(values: Sequence[Sequence[Any]] | None = None) -> Reasons:
    """The way back from `plain_reasons`."""
    return tuple(Reason.from_list(one) for one in values or ())


def all_told(reasons: Iterable[Reason], names: Mapping[int, str]) -> Words | None:
    """The sentences of all reasons of a grid as one text; None for no reason."""
    told = [reason.told(names) for reason in reasons]
    if not told:
        return None
    return Words(". ".join(one.en for one in told), "。".join(one.zh for one in told))


def literal(text: str) -> str:
    """A name as it stands in a text with places.

    >>> literal("{A}")
    '{{A}}'
    """
    return text.replace("{", "{{").replace("}", "}}")


def plainly(words: Words) -> Words:
    """A text without places as it stands in a `Reason`."""
    return Words(literal(words.en), literal(words.zh))


def with_neighbour(reason: Reason, *, name: str, border_m: float, unit: Words) -> Reason:
    """`reason` with the help of a neighbouring community: its `shift` comes from there or goes there."""
    number, place, metres = abs(reason.shift), literal(name), round(border_m, -1)
    toward = Words("taking", "划入") if reason.shift > 0 else Words("giving", "划出")
    joint = Words("from" if reason.shift > 0 else "to", "从" if reason.shift > 0 else "向")
    way = Words(
        f"{toward.en} about {number} {unit.en} {joint.en} the neighbouring community {place} "
        f"(about {metres:.0f} m of common border)",
        f"{joint.zh}相邻的{place}（共同边界约 {metres:.0f} 米）{toward.zh}约 {number} {unit.zh}",
    )
    return replace(reason, helps=(*reason.helps, way))
