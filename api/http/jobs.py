"""What the workbench does: files of questions answered, maps drawn."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from datetime import date

from api.answers.batch import answer_lines
from api.answers.called import Called
from api.answers.grids_map import draw_grids
from api.answers.questions import Form, QuestionsFile
from api.http.map_cache import Page
from api.http.workbench import Workbench
from geo.datums import Datum
from layers.rights.viewer import Viewer

Span = tuple[date | None, date | None]
"""The first day of a span of days and the first after it; None where it is open."""


def answer_file(
    bench: Workbench,
    file: int,
    form: Form,
    viewer: Viewer,
    *,
    today: date,
    as_of: date,
    datum: Datum,
    lang: str,
    chain: bool = False,
    duty: Viewer | None = None,
) -> Generator[bytes, None, None]:
    """The answers to a file of questions, some thousand rows a step, all from one published version; with `chain` also whom each
    place finds, as `duty` may call them."""
    with os.fdopen(file, "rb") as binary:
        binary.seek(0)
        lookup = bench.lookup(viewer, today)
        called = Called(bench.directory(), bench.store.keys, duty) if chain else None
        questions = QuestionsFile(binary, "CSV" if form == "csv" else "NDJSON", form=form)
        if questions.has_mark and form == "csv":
            yield "\ufeff".encode()
        for text in answer_lines(
            lookup.index, lookup, questions, as_of=as_of, datum=datum, lang=lang, called=called
        ):
            yield text.encode("utf-8", "replace")


def draw_page(
    bench: Workbench,
    viewer: Viewer,
    *,
    communities: Sequence[str] | None,
    as_of: date,
    span: Span,
    lang: str,
) -> Generator[Page, None, None]:
    """The map of the grids of a day, compressed."""
    yield Page.of(
        draw_grids(
            bench.store, viewer, communities=communities, as_of=as_of, span=span, lang=lang, allow_empty=True
        )
    )


def warm(bench: Workbench, viewer: Viewer, *, today: date) -> Generator[None, None, None]:
    """Read everything before anybody asks."""
    bench.lookup(viewer, today).index.keep(today)
    yield None
