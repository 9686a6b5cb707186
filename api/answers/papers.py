"""The papers of redraws as files: read what a viewer may see, hand it to the map room, pack what comes back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from api.answers.redraw import RedrawRead, before_and_after, read_redraw
from api.answers.redraw_letters import house_letters, household_letters
from api.answers.sheet_ground import file_name
from api.answers.sheet_terms import Job, make
from geo.errors import WanggeError, Words
from layers.files.archives import Packed
from layers.files.confined import Bounds, confined
from layers.rights.viewer import Viewer
from layers.runs.steps import attempt
from layers.store.database import Store
from maps.papers.document import TEMPLATE, context_of, fill_template, shipped_template
from maps.papers.letters import TEMPLATE as LETTER
from maps.papers.letters import Letter, doors_table, letters_context
from maps.papers.redraw import Redraw
from maps.papers.tables import tables
from maps.papers.words import paper_text
from maps.papers.workbook import workbook
from maps.sheets.said import Said
from maps.sheets.tables import change_table
from maps.sheets.words import sheet_text

_DOTS_PER_INCH = 300
_TEMPLATE_BOUNDS = Bounds(
    memory_bytes=1 << 30,
    processor_s=60,
    wall_s=120.0,
    advice=Words("look for loops without an end in it", "请检查其中的循环"),
)
"""What a tenant's template may take to be filled; ours takes half a second for a hundred grids."""

_NO_RIGHT = Words(
    "single households are not among what you may read: letters go to houses, with counts only",
    "您无权查看住户信息：告知书只到楼栋，住户只给数目",
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the papers of one run have in common."""

    made: date
    lang: str = "zh"
    producer: str | None = None
    paper: str = "A3"
    drawings: tuple[str, ...] = ("pdf",)
    """Formats of the drawings: pdf, png, svg."""
    template: tuple[str, bytes] | None = None
    """Name and content of the tenant's own registration table (.docx); None takes ours."""
    letter: tuple[str, bytes] | None = None
    """The same of the letters."""
    households: bool = False
    """Letters to single households too, where the viewer may know them."""


@dataclass(frozen=True, slots=True)
class PapersJob:
    """The papers of one community about to be made, so that any process can make them."""

    name: str
    """Of the community, with its code: the folder of its papers among several."""
    redraw: Redraw
    sheets: tuple[Job, ...]
    houses: tuple[Letter, ...]
    """Letters to houses, to hang up at their doors."""
    households: tuple[Letter, ...]
    """Letters to single households."""
    template: tuple[str, bytes] | None
    letter: tuple[str, bytes] | None
    notes: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class MadePapers:
    """The papers of one community."""

    name: str
    files: tuple[Packed, ...]
    notes: tuple[Words, ...]


def papers_jobs(
    store: Store,
    viewer: Viewer,
    plan_ids: Sequence[int],
    terms: Terms,
    *,
    failed: list[tuple[str, Words]],
    actor: str,
    now: datetime,
) -> Iterator[PapersJob]:
    """The papers of each plan, one in memory at a time. What cannot be read goes to `failed`; `actor` and `now` are for the
    record of what was read of households."""
    for plan_id in plan_ids:
        with store.reading(viewer) as unit:
            read = attempt(
                partial(
                    read_redraw,
                    unit,
                    viewer,
                    plan_id,
                    made=terms.made,
                    lang=terms.lang,
                    producer=terms.producer,
                )
            )
        if isinstance(read, WanggeError):
            failed.append((str(plan_id), read.words))
            continue
        name = file_name(f"{read.redraw.community_code} {read.redraw.community}")
        single: tuple[Letter, ...] = ()
        if terms.households and viewer.reads_households:
            single = household_letters(store, viewer, read, actor=actor, now=now)
        yield PapersJob(
            name,
            read.redraw,
            tuple(_sheets(read, terms)),
            house_letters(read.redraw),
            single,
            terms.template,
            terms.letter,
            (_NO_RIGHT,) if terms.households and not viewer.reads_households else (),
        )


def make_papers(job: PapersJob) -> MadePapers:
    """The files of one community. Raises `FileError` for a template that cannot be filled."""
    redraw = job.redraw
    footer = f"{redraw.community} · {paper_text('internal', redraw.lang)}"
    register = file_name(paper_text("register_of", redraw.lang, name=redraw.community))
    files = [
        Packed(f"{register}.xlsx", workbook(tables(redraw), made=redraw.made, footer=footer)),
        Packed(f"{register}.docx", _filled(job.template, TEMPLATE, context_of(redraw))),
        *_letters(job, footer),
    ]
    notes = list(job.notes)
    for sheet in job.sheets:
        made = make(sheet)
        notes += [note for note in made.notes if note not in notes]
        files += [
            Packed(f"{made.name}{'' if number == 1 else f'-{number}'}.{sheet.kind}", page)
            for number, page in enumerate(made.pages, start=1)
        ]
    return MadePapers(job.name, tuple(files), tuple(notes))


def _letters(job: PapersJob, footer: str) -> Iterator[Packed]:
    redraw, lang = job.redraw, job.redraw.lang
    for letters, title in ((job.houses, "letters_of"), (job.households, "door_letters_of")):
        if letters:
            name = file_name(paper_text(title, lang, name=redraw.community))
            context = letters_context(redraw, letters, doors=letters is job.households)
            yield Packed(f"{name}.docx", _filled(job.letter, LETTER, context))
    if job.households:
        doors = file_name(paper_text("doors_of", lang, name=redraw.community))
        table = doors_table(redraw, job.households)
        yield Packed(f"{doors}.xlsx", workbook([table], made=redraw.made, footer=footer))


def _filled(template: tuple[str, bytes] | None, ours: str, context: dict[str, Any]) -> bytes:
    if template is None:
        return fill_template(shipped_template(ours), context, ours)
    name, content = template
    return confined(_TEMPLATE_BOUNDS, name, fill_template, content, context, name)


def _sheets(read: RedrawRead, terms: Terms) -> Iterator[Job]:
    """The map of the plan, and unless it is the first one, what changes on it."""
    redraw, lang = read.redraw, terms.lang

    def job(title: str, kind: str, *, difference: bool) -> Job:
        said = Said(
            title,
            lang=lang,
            made=terms.made,
            as_of=redraw.valid_from,
            plan=_plan(redraw, lang),
            producer=terms.producer,
            credit=read.credit,
            serial=f"{redraw.community_code}-{redraw.version}-{terms.made:%Y%m%d}",
            link=redraw.community_code,
        )
        shown = before_and_after(read, lang) if difference else read.shown
        blocks = (change_table(_changes(redraw), lang),) if difference else None
        return Job(file_name(title), shown, said, terms.paper, None, kind, _DOTS_PER_INCH, blocks)

    for kind in terms.drawings:
        yield job(paper_text("map_of", lang, name=redraw.community), kind, difference=False)
        if not redraw.first:
            yield job(paper_text("difference_of", lang, name=redraw.community), kind, difference=True)


def _plan(redraw: Redraw, lang: str) -> str:
    said = sheet_text("plan", lang, version=redraw.version)
    return said if redraw.valid_from is not None else f"{said} · {sheet_text('draft', lang)}"


def _changes(redraw: Redraw) -> Iterator[tuple[str, str, str]]:
    for line in redraw.codes:
        count = line.households
        yield (
            line.old_name or "—",
            line.new_name or "—",
            f"{count:,}" if isinstance(count, int) else str(count or ""),
        )
