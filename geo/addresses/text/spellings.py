"""The spellings of all complexes of a register: what `names` knows of one name, and names with areas or brackets in them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geo.addresses.text.names import Form, forms_of, split_phase
from geo.addresses.text.normalise import in_brackets, plain_name, without_brackets
from geo.addresses.text.words import SUFFIXES

_FORMERLY = re.compile("(?:原名|原(?![野点创生始])|曾用名|又名|又称|俗称)(?=..)")
"""In the brackets of a name: what follows is a name of its own."""
_LEAST_WITHOUT_AREA = 4
"""What is left of a shorter name without the district it begins with may be anything."""
_LEAST_WITHOUT_BRACKETS = 2


def parts_of(value: Any) -> tuple[str, ...]:
    """Several values of one cell: text joined by `|`, or a sequence.

    >>> parts_of("甲|乙"), parts_of(("甲",)), parts_of("")
    (('甲', '乙'), ('甲',), ())
    """
    if isinstance(value, str):
        return tuple(part for part in value.split("|") if part)
    return tuple(str(part) for part in value)


def bracketed(homes: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """All that stands in brackets in names.

    >>> sorted(bracketed([{"name": "安居小区（一标段）", "aliases": "安居院(东)"}]))
    ['一标段', '东']
    """
    return frozenset(
        inside
        for home in homes
        for name in (str(home["name"]), *parts_of(home["aliases"]))
        for inside in in_brackets(name)
    )


def spellings(homes: Sequence[Mapping[str, Any]], own: Sequence[str]) -> Iterator[tuple[str, Form, int]]:
    """Every spelling of every complex with its row; `own` are province, city and district of the register, plain.

    A name that begins with one of them may be written without it, and be another's name with it.

    >>> homes = [{"name": "锦川区机关家属院", "base": "", "phase": "", "aliases": ""}]
    >>> [spelling for spelling, _, _ in spellings(homes, ("锦川区",))]
    ['锦川区机关家属院', '锦川区机关', '机关家属院']
    """
    found = [(spelling, form, row) for row, home in enumerate(homes) for spelling, form in _written(home)]
    yield from found
    owners: dict[str, set[int]] = defaultdict(set)
    for spelling, form, row in found:
        if form is not Form.CORE:
            owners[spelling].add(row)
    for spelling, form, row in found:
        rest = spelling
        for area in own:
            rest = rest.removeprefix(area)
        if rest == spelling or form is Form.CORE:
            continue
        if len(rest) >= _LEAST_WITHOUT_AREA and rest not in SUFFIXES:
            yield rest, Form.CORE, row
        for other in owners.get(rest, ()):  # the district before the name of another complex
            yield spelling, form, other


def _written(home: Mapping[str, Any]) -> Iterator[tuple[str, Form]]:
    """Every spelling of one complex; what stands in brackets in its name may be left out."""
    name = plain_name(str(home["name"]))
    base, phase = plain_name(str(home["base"])), plain_name(str(home["phase"]))
    if not base:
        base, phase = split_phase(name)
    given = (str(home["name"]), *parts_of(home["aliases"]))
    aliases = [plain_name(alias) for alias in given[1:]]
    for inside in (inside for written in given for inside in in_brackets(written)):
        old = _FORMERLY.match(inside)
        if old is not None:
            aliases.append(inside[old.end() :])
    yield from forms_of(name, base, phase, tuple(aliases))
    for written in given:
        plain = without_brackets(written)
        if len(plain) >= _LEAST_WITHOUT_BRACKETS and plain != plain_name(written):
            for spelling, form in forms_of(plain, *split_phase(plain), ()):
                yield spelling, max(form, Form.NO_PHASE)
