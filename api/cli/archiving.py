"""Many papers into one archive, while what fails stops nobody else and is told at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.errors import EmptyLayerError, WanggeError, Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from api.cli.shell import Shell
    from layers.files.archives import Packed


def archived(
    run: Shell,
    made: Iterable[tuple[Any, Any | WanggeError]],
    files_of: Callable[[Any], Iterable[Packed]],
    out: Path,
    failed: list[tuple[str, Words]],
) -> int:
    """Write the files of everything that was `made` (a job, and what came of it) to the archive `out`; how many there are.

    Notes are told on the way. A job that failed joins `failed`, and all of those are told. Without a single file no
    archive is written.
    """
    from layers.files.archives import write_archive

    def packed() -> Iterator[Packed]:
        for job, done in made:
            if isinstance(done, WanggeError):
                failed.append((job.name, done.words))
                continue
            for note in done.notes:
                run.complain(f"{done.name}: {note.text(run.lang)}")
            yield from files_of(done)

    try:
        count = len(write_archive(packed(), out, day=run.today))
    except EmptyLayerError:
        count = 0  # nothing could be made: why is told here
    for name, why in failed:
        run.complain(f"{run.text('failed', '失败')}: {name}: {why.text(run.lang)}")
    return count
