"""Letters to whom a redraw gives another grid: to every house, or to every household where its reader may know them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from maps.papers.redraw import Redraw
from maps.papers.tables import Column, Table
from maps.papers.words import PAPERS, paper_text

TEMPLATE = "letter.docx"
_DOORS = (
    Column("number", 6, "count"),
    Column("door", 40),
    Column("old_code", 18),
    Column("old_name", 14),
    Column("new_code", 18),
    Column("new_name", 14),
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: to which house or door, and from which grid to which."""

    to: str
    old_code: str | None
    old_name: str | None
    new_code: str | None
    new_name: str | None


def letters_context(redraw: Redraw, letters: tuple[Letter, ...], *, doors: bool) -> dict[str, Any]:
    """What the template of letters is given: `letters` with to, old_code, old_name, new_code, new_name and body; the title,
    who signs, the days, and `words`. `doors` says that they go to households and not to houses."""
    lang = redraw.lang
    return {
        "title": paper_text("letter", lang),
        "community": redraw.community,
        "signed": redraw.producer or redraw.community,
        "made": redraw.made.isoformat(),
        "valid_from": "" if redraw.valid_from is None else redraw.valid_from.isoformat(),
        "letters": [_letter(redraw, letter, doors=doors) for letter in letters],
        "words": {key: paper_text(key, lang) for key, words in PAPERS.items() if "{" not in words.zh},
    }


def doors_table(redraw: Redraw, letters: tuple[Letter, ...]) -> Table:
    """The doors of all households that come to another grid, to print labels from."""
    return Table(
        paper_text("doors", redraw.lang),
        paper_text("doors_of", redraw.lang, name=redraw.community),
        redraw.said(),
        tuple(paper_text(column.key, redraw.lang) for column in _DOORS),
        _DOORS,
        tuple(
            (number, one.to, one.old_code, one.old_name, one.new_code, one.new_name)
            for number, one in enumerate(letters, start=1)
        ),
        (paper_text("personal", redraw.lang),),
    )


def _letter(redraw: Redraw, letter: Letter, *, doors: bool) -> dict[str, str]:
    lang = redraw.lang
    day = (
        paper_text("when_in_force", lang)
        if redraw.valid_from is None
        else paper_text("from_day", lang, day=redraw.valid_from.isoformat())
    )
    body = paper_text(
        "letter_body",
        lang,
        day=day,
        old=_grid(letter.old_name, letter.old_code, lang),
        new=_grid(letter.new_name, letter.new_code, lang),
        community=redraw.community,
    )
    return {
        "to": paper_text("to_door" if doors else "to_house", lang, place=letter.to),
        "old_code": letter.old_code or "",
        "old_name": letter.old_name or "",
        "new_code": letter.new_code or "",
        "new_name": letter.new_name or "",
        "body": body,
    }


def _grid(name: str | None, code: str | None, lang: str) -> str:
    if code is None:
        return paper_text("no_grid", lang)
    return paper_text("grid_and_code", lang, name=name or "", code=code)
