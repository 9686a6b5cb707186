"""Sheets bound into one: cover, contents, the sheets with page numbers, one index of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from maps.look.fonts import FAMILY
from maps.look.style import INK, SOFT_INK
from maps.sheets.beside import INDEX_COLUMN_MM
from maps.sheets.grey import in_grey
from maps.sheets.metrics import broken
from maps.sheets.panel import NORMAL, TITLE, Panel, draw_index, notice_box, qr_code
from maps.sheets.paper import MARGIN_MM, Box, Layout
from maps.sheets.pen import line, page, text
from maps.sheets.said import Said
from maps.sheets.sheet import Sheet
from maps.sheets.tables import Table
from maps.sheets.words import sheet_text

_COVER_TITLE = 14.0
_QR_MM = 30.0
_CONTENTS_MM = 160.0


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the index beside those of the sheets."""

    name: str
    part: int
    """Number of the sheet it stands on, from 0."""


def bind(
    said: Said, parts: Sequence[tuple[str, Sheet]], entries: Sequence[Entry] = (), *, grey: bool = False
) -> Sheet:
    """The sheets `parts` (title, sheet), all of one paper, as one, in their order; `entries` join their indexes.

    Raises `ValueError` for sheets of different papers.
    """
    layout = parts[0][1].layout
    if any((one.layout.width, one.layout.height) != (layout.width, layout.height) for _, one in parts):
        raise ValueError("sheets of different papers cannot be bound")
    titles = [title for title, _ in parts]
    ahead = 1 + len(_contents(said, layout, titles, [0] * len(titles)))
    lengths = [len(one.pages) for _, one in parts]
    first = [ahead + 1 + sum(lengths[:number]) for number in range(len(parts))]
    front = [_cover(said, layout), *_contents(said, layout, titles, first)]
    back = _index(said, layout, _entries(parts, entries, first))
    if grey:
        front, back = [in_grey(one) for one in front], [in_grey(one) for one in back]
    inside = [one for _, sheet in parts for one in sheet.pages]
    pages = [*front, *inside, *back]
    numbered = [
        pages[0],
        *(_with_number(one, said, layout, number) for number, one in enumerate(pages[1:], 2)),
    ]
    notes = tuple(dict.fromkeys(note for _, sheet in parts for note in sheet.notes))
    return replace(parts[0][1], pages=tuple(numbered), notes=notes)


def _with_number(svg: str, said: Said, layout: Layout, number: int) -> str:
    words = sheet_text("page_no", said.lang, page=number)
    mark = text(words, layout.width - MARGIN_MM, layout.height - 3.0, NORMAL, fill=SOFT_INK, anchor="end")
    return svg.replace("</svg>", f"{mark}</svg>")


def _cover(said: Said, layout: Layout) -> str:
    wide = layout.width - 6 * MARGIN_MM
    lines = broken(said.title, _COVER_TITLE, wide, bold=True)
    y = layout.height * 0.34
    made = []
    for one in lines:
        made.append(text(one, layout.width / 2, y, _COVER_TITLE, fill=INK, bold=True, anchor="middle"))
        y += _COVER_TITLE * 1.35
    made.append(line(layout.width / 2 - 40, y, layout.width / 2 + 40, y, stroke=INK, stroke_width=0.5))
    dates = [
        said.plan or "",
        sheet_text("day", said.lang, date=said.as_of.isoformat()) if said.as_of else "",
        sheet_text("made", said.lang, date=said.made.isoformat()) if said.made else "",
        sheet_text("producer", said.lang, name=said.producer) if said.producer else "",
        sheet_text("credit", said.lang, credit=said.credit) if said.credit else "",
        sheet_text("serial", said.lang, serial=said.serial) if said.serial else "",
        said.remark or "",
    ]
    y += 14.0
    for words in filter(None, dates):
        made.append(text(words, layout.width / 2, y, NORMAL * 1.4, fill=SOFT_INK, anchor="middle"))
        y += NORMAL * 2.3
    notice = Panel.at(Box(layout.width / 2 - 60, y + 4, 120, 30))
    notice_box(notice, said.notice, public=said.public)
    made += notice.made
    if said.link:
        made.append(qr_code(said.link, layout.width / 2 - _QR_MM / 2, notice.y + 4, _QR_MM))
    return page(made, layout.width, layout.height, font=FAMILY, title=said.title)


def _whole(layout: Layout) -> Panel:
    height = layout.height - 2 * MARGIN_MM - 4
    return Panel.at(Box(MARGIN_MM, MARGIN_MM, layout.width - 2 * MARGIN_MM, height))


def _contents(said: Said, layout: Layout, titles: Sequence[str], first: Sequence[int]) -> list[str]:
    rows: list[tuple[str, ...]] = [(one, str(number)) for one, number in zip(titles, first, strict=True)]
    heads = (sheet_text("contents", said.lang), sheet_text("page", said.lang))
    table = Table(heads[0], heads, rows, (8, 1), (1,), row_mm=6.5)
    pages = []
    while table.rows:
        panel = _whole(layout)
        wide = min(panel.box.width, _CONTENTS_MM)
        panel.box = Box((layout.width - wide) / 2, panel.box.y, wide, panel.box.height)
        table = table.write(panel)
        pages.append(page(panel.made, layout.width, layout.height, font=FAMILY, title=said.title))
    return pages


def _entries(
    parts: Sequence[tuple[str, Sheet]], entries: Sequence[Entry], first: Sequence[int]
) -> list[tuple[str, str]]:
    """Names with page and square; the overview's, whose squares say less, only where no other sheet has the name."""
    found: dict[str, list[str]] = {}
    for entry in entries:
        found.setdefault(entry.name, []).append(str(first[entry.part]))
    for number, (_, sheet) in [*list(enumerate(parts))[1:], (0, parts[0])]:
        for name, place in sheet.index:
            if number or name not in found:
                mark = f" [{sheet.numbers[name]}]" if name in sheet.numbers else ""
                found.setdefault(name, []).append(f"{first[number]} {place}{mark}")
    return [(name, "; ".join(places[:3])) for name, places in sorted(found.items())]


def _index(said: Said, layout: Layout, index: list[tuple[str, str]]) -> list[str]:
    pages = []
    while index:
        panel = _whole(layout)
        panel.lines(sheet_text("index_all", said.lang), TITLE * 0.75, bold=True, gap=1.0)
        done = draw_index(panel, index, columns=max(int(panel.box.width // (INDEX_COLUMN_MM * 1.5)), 1))
        index = index[done:]
        pages.append(page(panel.made, layout.width, layout.height, font=FAMILY, title=said.title))
    return pages
