"""A layer as a file, as a job in one part."""

from __future__ import annotations

from datetime import date
from typing import Any

from api.answers.exports import export_grids, export_layer, style_of
from api.jobs.bench import Bench, made
from geo.errors import Words
from layers.files.writers import write_layer
from layers.jobs.ledger import Job
from layers.jobs.worker import Came


def plan(bench: Bench, job: Job) -> list[str]:  # noqa: ARG001
    """One part: the layer."""
    return [job.wanted["layer"]]


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001  the file appears whole
    """Write it. Raises as `api.answers.exports`."""
    wanted = job.wanted
    if name == "grids":
        day = bench.today(job) if wanted["as_of"] is None else date.fromisoformat(wanted["as_of"])
        frame = export_grids(
            bench.store, job.viewer, communities=wanted["communities"], as_of=day, lang=job.lang
        )
    else:
        frame = export_layer(bench.store, job.viewer, name, communities=wanted["communities"])
    write_layer(
        frame,
        bench.folder(job) / f"{name}.{wanted['form']}",
        layer=name,
        lang=job.lang,
        shapes=False,
        style=style_of(name),
    )
    return {"rows": len(frame)}


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:
    """The file."""
    (one,) = came
    file = made(bench.folder(job) / f"{job.wanted['layer']}.{job.wanted['form']}")
    return Came((Words(f"{one['rows']:,} rows", f"{one['rows']:,} 行"),), file)
