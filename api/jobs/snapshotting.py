"""The version in force as files, as a job in one part."""

from __future__ import annotations

from typing import Any

from api.answers.snapshot import make_snapshot, snapshot_folder
from api.jobs.asking import require_covers
from api.jobs.bench import Bench
from geo.errors import Words
from layers.jobs.ledger import Job
from layers.jobs.worker import Came
from layers.lookup.snapshots import current_state


def plan(bench: Bench, job: Job) -> list[str]:
    """One part: the version. Raises `NotAllowedError` for somebody who does not see all that is served."""
    require_covers(job.viewer, bench.settings.area)
    return [str(current_state(bench.store).version)]


def part(bench: Bench, job: Job, name: str, again: bool) -> dict[str, Any]:  # noqa: ARG001  files appear whole
    """Write them. Raises `EmptyLayerError` where no grids are in force."""
    folder = snapshot_folder(bench.settings.home, int(name))
    made = make_snapshot(bench.store, job.viewer, folder, as_of=bench.today(job))
    return {"version": name, "files": len(made)}


def finish(bench: Bench, job: Job, came: list[dict[str, Any]]) -> Came:  # noqa: ARG001
    """Where they are."""
    (one,) = came
    said = Words(
        f"version {one['version']}: {one['files']} files at /api/snapshots/{one['version']}",
        f"第 {one['version']} 版：{one['files']} 个文件，见 /api/snapshots/{one['version']}",
    )
    return Came((said,))
