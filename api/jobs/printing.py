"""Printed sheets by the hundred as a job: one part a community, or a street, and one zip with a manifest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from api.answers.leaders import paragraphs, read_facts, read_leaders
from api.answers.sheet_terms import Made, Per, Terms, make
from api.answers.sheets import in_force, require_asked, sheet_jobs
from api.jobs.bench import Bench, keep_part, packed
from geo.errors import EmptyLayerError, NotFoundError, Words
from layers.files.archives import Packed
from layers.files.uploads import drop_upload, find_upload
from layers.ground.regions import community_codes
from layers.jobs.ledger import Job
from layers.jobs.worker import Came

ARCHIVE = "sheets.zip"
_NOTES = 100


def plan(bench: Bench, job: Job) -> list[str]:
    """The communities with grids in force, their streets, or the one booklet. Raises `EmptyLayerError` where there are none."""
    terms, per = (
        _terms(bench, job),
        Per(job.wanted["per"]),
    )  # what cannot be read is told before anything is drawn
    require_asked(per, terms.approval, terms.exemption, pledge=bool(terms.pledge), facts=bool(terms.facts))
    with bench.store.reading(job.viewer) as unit:
        codes = community_codes(unit, prefixes=job.wanted["communities"])
        there = sorted(in_force(unit, codes, terms.as_of))
    if not there:
        raise EmptyLayerError(
            f"no grids are in force on {terms.as_of}; publish a plan or choose another day",
            f"{terms.as_of} 没有生效的网格；请先发布方案或选择其他日期",
        )
    if per is Per.BOOKLET:
        return [Per.BOOKLET.value]
    return sorted({code[:9] for code in there}) if per is Per.STREET else there


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001  made anew as a whole
    """The sheets of one. Raises as `api.answers.sheets.sheet_jobs`."""
    terms, wanted = _terms(bench, job), job.wanted
    sheets = list(
        sheet_jobs(
            bench.store,
            job.viewer,
            per=Per(wanted["per"]),
            communities=_codes(bench, job, name),
            terms=terms,
            kind=wanted["form"],
            actor=job.actor,
            now=job.asked_at,
        )
    )
    notes: list[list[str]] = []

    def files() -> Iterator[Packed]:
        for made in bench.each(make, sheets):
            yield from pages(made, wanted["form"])
            notes.extend([f"{made.name}: {note.en}", f"{made.name}：{note.zh}"] for note in made.notes)

    keep_part(bench, job, name, files())
    return {"sheets": len(sheets), "notes": notes}


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:
    """All of them in one zip."""
    good = [one for one in came if "error" not in one]
    file = packed(bench, job, ARCHIVE)
    for upload in (job.wanted["leaders"], job.wanted["facts"]):
        with suppress(NotFoundError):  # none was sent, or a worker that died here had removed it
            drop_upload(bench.settings.home, upload or "", actor=job.actor)
    count = sum(one["sheets"] for one in good)
    notes = [Words(*note) for one in good for note in one["notes"]]
    said = Words(f"{count:,} sheets in one zip", f"{count:,} 张图纸，已打包")
    return Came((said, *notes[:_NOTES]), file)


def pages(made: Made, form: str) -> Iterator[Packed]:
    """The files of a sheet; further pages get numbers."""
    for number, page in enumerate(made.pages, start=1):
        yield Packed(f"{made.name}{'' if number == 1 else f'-{number}'}.{form}", page)


def _codes(bench: Bench, job: Job, part: str) -> list[str]:
    """The communities of a part that were asked for."""
    with bench.store.reading(job.viewer) as unit:
        codes = community_codes(unit, prefixes=job.wanted["communities"])
    return codes if part == Per.BOOKLET else [code for code in codes if code.startswith(part)]


def _terms(bench: Bench, job: Job) -> Terms:
    """Raises `NotFoundError` for a file that is no longer here, and what reading it does."""
    wanted = job.wanted

    def sent(name: str) -> Path | None:
        upload = wanted[name]
        return None if upload is None else find_upload(bench.settings.home, upload, actor=job.actor).path

    leaders, facts = sent("leaders"), sent("facts")
    return Terms(
        as_of=_day(bench, job),
        made=bench.today(job),
        lang=job.lang,
        paper=wanted["paper"],
        scale=wanted["scale"],
        producer=wanted["producer"],
        approval=wanted["approval"],
        exemption=wanted["exemption"],
        names=wanted["names"],
        force=tuple(wanted["force"]),
        grey=wanted["grey"],
        leaders=read_leaders(leaders) if leaders else (),
        facts=read_facts(facts) if facts else {},
        pledge=paragraphs(wanted["pledge"] or ""),
    )


def _day(bench: Bench, job: Job) -> date:
    asked = job.wanted["as_of"]
    return bench.today(job) if asked is None else date.fromisoformat(asked)
