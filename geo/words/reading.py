"""Texts about areas taken apart into clauses, no register needed: 桂花路：4-186号（双号）、8弄；甲路以东、乙路以南的地区."""

from __future__ import annotations

import re
from dataclasses import replace

from geo.words.clauses import COMPASS, Clause, Run, Says, compass
from geo.words.joining import gathered, with_more
from geo.words.names import Named, bracket_of, ends_of, first_road, named, route
from geo.words.patterns import (
    AREA_ENDS,
    BESIDE,
    BOUND,
    ETC,
    EXCLUDED,
    EXCLUDED_AFTER,
    FLUFF,
    FROM_TO,
    GRID_LABEL,
    INCLUDED,
    JOINERS,
    LABEL,
    LINE_END,
    NO_PLACE,
    PARITY_END,
    SECTION,
    SEVERAL_BOUNDS,
    SIDE,
    STRETCH_OF,
    VILLAGE_SIDE,
    WHOLE,
)
from geo.words.plain import area_text, split_marks, split_outside, take_brackets, unmasked
from geo.words.runs import BEGINS, parity_of, read_runs, with_units
from geo.words.standing import At, place_of


def read_areas(text: str) -> tuple[Clause, ...]:
    """The clauses of a text, in its order; of one place whose numbers stand in a row one clause.

    >>> [clause.numbers() for clause in read_areas("桂花路：680弄、700弄、750弄-840弄（双号）")]
    ['680弄、700弄、750-840弄（双号）']
    >>> [(clause.name, clause.side) for clause in read_areas("甲路以东、乙路（规划）以南的地区")]
    [('甲路', 'east'), ('乙路', 'south')]
    >>> read_areas("石榴花园二期（除12号楼）")[0].less[0].numbers()
    '12号楼'
    """
    return tuple(gathered(_read(area_text(text), At())))


def _read(text: str, at: At) -> list[Clause]:
    clauses: list[Clause] = []
    for segment in split_outside(text, "；"):
        at.excluded = False
        sides = {clause.side for clause in clauses if clause.group == at.group and clause.side}
        found = _segment(segment, at, sides)
        clauses += found
        at.parity = ""
    return clauses


def _segment(segment: str, at: At, sides: set[str]) -> list[Clause]:
    ring = _ring(segment, at)
    if ring is not None:
        return ring
    clauses: list[Clause] = []
    for stretch in split_outside(segment, "，"):
        said: list[Clause] = []
        for piece in split_outside(stretch, "、"):
            parts = SEVERAL_BOUNDS.split(piece) if BOUND.match(piece) else [piece]
            for part in parts:
                said = with_more(said, _item(part.strip(), at, sides))
        clauses += said
    return clauses


def _ring(segment: str, at: At) -> list[Clause] | None:
    """What several lines enclose, with what stands before and after it."""
    masked, insides = take_brackets(segment)
    at_word = re.search("围成|围合|合围|所围|环绕|包围", masked)
    if at_word is None:
        return None
    end = re.compile(
        r"(?:而成|成|起来|合)?(?:的)?(?:区域|范围|地区|地块|街区|部分|片区|地带)?(?:内|之内|以内)?"
    ).match(masked, at_word.end())
    stop = end.end() if end else at_word.end()
    ahead = []
    while stop < len(masked) and "\ue000" <= masked[stop] <= "\uf8ff":
        ahead.append(insides[ord(masked[stop]) - 0xE000])
        stop += 1
    body, after = masked[: at_word.start()], masked[stop:].lstrip("，、的:")
    body = re.sub("(?:所|共同|四路|四周|一线)$", "", body)
    if BOUND.match(body) or "为界" in body or SIDE.match(body):
        return _segment(unmasked(body + "，" + after, insides), at, set())
    head, _, rest = body.rpartition(":")
    names: list[str] = []
    plus: list[Clause] = []
    less: list[Clause] = []
    for piece in [*split_outside(re.sub("[-、，与及]|(?<=[路街道巷河江])和", "、", rest or head), "、"), ""]:
        name, marks = split_marks(piece, insides)
        names.append(LINE_END.sub("", re.sub("^(?:由|沿)", "", name)))
        for inside in marks if piece else ahead:
            kind, content = bracket_of(inside)
            if kind == "plus":
                plus += _read(content, At())
            elif kind == "less":
                less += _read(content, At(name=at.name))
    at.group += 1
    clause = Clause(
        unmasked(masked[:stop], insides), Says.RING, name="-".join(name for name in names if name),
        plus=tuple(gathered(plus)), less=tuple(gathered(less)), group=at.group, excluded=at.excluded,
    )  # fmt: skip
    return [clause, *(_segment(unmasked(after, insides), at, set()) if after else [])]


def _item(item: str, at: At, sides: set[str]) -> list[Clause]:
    written = item
    if joined := JOINERS.match(item):
        if BEGINS.match(item[joined.end() :]) is None:
            at.group += 1
            sides.clear()
        item = item[joined.end() :]
    if found := INCLUDED.match(item):
        item, at.excluded = item[found.end() :], False
        at.group += 1
        sides.clear()
    elif found := EXCLUDED.match(item):
        item, at.excluded = item[found.end() :], True
    over = EXCLUDED_AFTER.search(item)
    excluded = at.excluded
    if over is not None and over.start() > 0:
        item, excluded = item[: over.start()], True
        at.excluded = False
    if not FLUFF.sub("", item).strip("的"):
        return []
    clauses = _bound(item, at, sides)
    if not clauses and NO_PLACE.match(item):
        return [Clause(written, Says.OTHER, name=item, excluded=excluded)]
    clauses = clauses or _sides(item, at, sides) or _place(item, at)
    return [replace(clause, text=written, excluded=excluded or clause.excluded) for clause in clauses]


def _bound(item: str, at: At, sides: set[str]) -> list[Clause]:
    masked, insides = take_brackets(item)
    found = BOUND.match(masked)
    if found is None or (found[2].startswith(("路", "街")) and len(found[2]) < 2):
        return []
    side = compass(found[1])
    said = masked[found.start(2) :]
    said = re.sub(r"(?:为界|为边界|为线|相邻|接壤|交界|为止|止|中心线|街心|路心|中线|的)+$", "", said)
    said = re.sub(r"(?:为界|街心为界|路心为界).*$", "", said)
    inner = SIDE.match(said)
    name = inner[1] if inner else said
    name, marks = split_marks(name, insides)
    name = (
        AREA_ENDS.sub("", re.sub("(?:街心|路心|中心线|中线|[东南西北]侧)$", "", name))
        if not name.endswith("市界")
        else name
    )
    name = LINE_END.sub("", re.sub("(?:区域|范围|地区)(?:内|以内|之内).*$", "", name))
    stretch = STRETCH_OF.match(name)
    name = stretch[1] if stretch else name
    if side in sides:
        at.group += 1
        sides.clear()
    sides.add(side)
    clause = Clause(item, Says.BOUND, name=route(name), side=side, group=at.group)
    return [_with_brackets(clause, marks)]


def _sides(item: str, at: At, sides: set[str]) -> list[Clause]:
    masked, insides = take_brackets(item)
    chain = re.split(r"(?<=以[东南西北])-", masked)
    found = [SIDE.match(part) or BESIDE.match(part) for part in chain]
    if not all(found):
        return []
    clauses: list[Clause] = []
    broken = len(chain) > 1
    for match in found:
        assert match is not None  # noqa: S101  all were found
        name, marks = split_marks(match[1], insides)
        place = named(name)
        line = route(place.name) or at.line
        at.line = line
        side = compass(match[2])
        if side in sides and not broken:
            at.group += 1
            sides.clear()
        sides.add(side)
        clause = Clause(item, Says.SIDE, name=line, within=place.within, side=side, group=at.group)
        clause = _with_brackets(clause, marks)
        rest = unmasked(AREA_ENDS.sub("", match[3]), insides)
        clauses += _after_side(clause, rest, at)
        if AREA_ENDS.search(match[3]) or re.fullmatch("(?:地区|区域|范围|一带).*", match[3]):
            at.group += 1
            sides.clear()
    return clauses


def _after_side(clause: Clause, rest: str, at: At) -> list[Clause]:
    """A side with what follows it: nothing, a stretch, or a place that lies there."""
    rest = FLUFF.sub("", rest)
    masked, insides = take_brackets(rest)
    bare, marks = split_marks(masked, insides)
    bare = FLUFF.sub("", bare)
    if not bare:
        return [_with_brackets(clause, marks)]
    section = SECTION.match(bare)
    if section is not None:
        span = (re.sub("^(?:自|从|由)", "", section[1] + section[2]), section[3])
        return [_with_brackets(replace(clause, says=Says.SECTION, span=span), marks)]
    inner = _place(rest, at)
    if not inner or inner[0].says is Says.OTHER:
        return [replace(clause, also=(*clause.also, bare))]
    return [replace(one, only=(*one.only, clause)) for one in inner]


def _place(item: str, at: At) -> list[Clause]:
    etc = ETC.search(item) is not None
    item = ETC.sub("", item)
    whole = WHOLE.search(item) is not None and len(item) > 2
    item = WHOLE.sub("", item) if whole else item
    head, colon, rest = item.partition(":") if ":" in take_brackets(item)[0] else ("", "", item)
    clauses: list[Clause] = []
    if colon:
        masked, insides = take_brackets(head)
        bare, marks = split_marks(masked, insides)
        if GRID_LABEL.fullmatch(bare):
            return _item(rest, at, set()) if rest else []
        if marked := PARITY_END.fullmatch(bare):
            bare, marks = marked[1], [*marks, marked[2]]
        if not bare:
            at.parity = next((says for inside in marks if (says := parity_of(inside))), "")
            at.name = at.head = at.head if at.head.name else at.name
        elif BEGINS.search(bare):
            rest = head + rest
        elif (
            LABEL.match(bare)
            and not at.excluded
            and bare.endswith(("范围", "包括", "包含", "四至", "如下", "所含", "界址"))
        ):
            return _item(rest, at, set()) if rest else []
        else:
            at.head = at.name = named(bare)
            at.parity = next((says for inside in marks if (says := parity_of(inside))), "")
            at.within = ""
            if not rest:
                return [_of(at.head, item, whole=True, parity=at.parity)] if whole else []
            if whole and not BEGINS.search(rest):
                rest = rest or ""
    masked, insides = take_brackets(rest)
    begins = BEGINS.search(masked)
    bare_head = masked if begins is None else masked[: begins.start()]
    name, marks = split_marks(bare_head.rstrip(":的"), insides)
    if len(name) > 2 and WHOLE.search(name):
        name, whole = WHOLE.sub("", name), True
    if marked := PARITY_END.fullmatch(name):
        name, marks = marked[1], [*marks, marked[2]]
    parity = next((says for inside in marks if (says := parity_of(inside))), "")
    if name and not (colon and at.parity):
        at.parity = ""
    at.parity = parity or at.parity
    runs: list[Run] = []
    left = ""
    if begins is not None:
        runs, at.parity, left = read_runs(masked[begins.start() :], insides, at.parity)
    elif not name and parity:
        return []
    place = place_of(name, runs, at, colon=bool(colon))
    more, marks_left = split_marks(left, insides)
    section = (SECTION.match(name) or FROM_TO.match(name)) if not runs else None
    clause = _of(place, item, runs=tuple(runs), whole=whole, etc=etc)
    aside = VILLAGE_SIDE.match(place.name) if not runs else None
    if aside is not None:
        clause = replace(clause, name=aside[1], side=COMPASS[aside[2]])
    if section is not None and re.search("[路街道巷河]", name):
        road = first_road(name)
        begin = re.sub("^(?:自|从|由)", "", (section[1] + section[2]).removeprefix(road))
        clause = replace(clause, says=Says.SECTION, name=road, span=(begin, section[3]))
    if not runs and parity:
        clause = replace(clause, parity=parity)
    clause = _with_brackets(clause, [*marks, *marks_left])
    more = more.strip("的")
    if more:
        clause = replace(clause, also=(*clause.also, more))
    if not clause.name and not clause.runs:
        clause = (
            replace(clause, says=Says.OTHER, name=item) if not clauses and (clause.also or item) else clause
        )
    return [clause]


def _of(place: Named, text: str, **said: object) -> Clause:
    clause = Clause(
        text, Says.PLACE, name=place.name, within=place.within, also=place.also, planned=place.planned
    )
    if place.name in ("基元", "空地基元"):
        clause = replace(clause, says=Says.CELLS)
    return replace(clause, **said)  # type: ignore[arg-type]


def _with_brackets(clause: Clause, insides: list[str]) -> Clause:
    """A clause with what the brackets after it say."""
    for inside in insides:
        kind, content = bracket_of(inside)
        inner = At(head=Named(clause.name, clause.within), name=Named(clause.name, clause.within))
        if kind in ("less", "plus"):
            found = tuple(gathered(_read(content, inner)))
            if kind == "less":
                found = tuple(replace(one, excluded=False) for one in found)
            both = {kind: (*getattr(clause, kind), *found)}
            clause = replace(clause, **both)  # type: ignore[arg-type]
        elif kind == "section":
            clause = replace(clause, says=Says.SECTION, span=ends_of(content))
        elif kind == "numbers" and clause.runs and clause.runs[-1].one:
            outer = clause.runs[-1]
            runs = [run for one in _read(content, inner) for run in one.runs]
            nested = [
                replace(run, within=f"{outer.within}{outer.first}{outer.unit}") for run in with_units(runs)
            ]
            clause = replace(clause, runs=(*clause.runs[:-1], *nested))
        elif kind == "planned":
            clause = replace(clause, planned=True)
        elif kind == "numbers" and clause.says is Says.PLACE and not clause.runs:
            said = _read(content, inner)
            taken = tuple(gathered([replace(one, excluded=False) for one in said if one.excluded]))
            runs = [run for one in said if not one.excluded for run in one.runs]
            clause = replace(clause, runs=with_units(runs), less=(*clause.less, *taken))
        elif kind == "sides":
            clause = replace(clause, only=(*clause.only, *gathered(_read(content, inner))))
        elif kind == "also":
            clause = replace(clause, also=tuple(dict.fromkeys((*clause.also, content))))
    return clause
