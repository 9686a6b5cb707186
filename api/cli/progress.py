"""Progress of long work: a bar on a terminal, a line now and then where nobody watches."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from api.cli.shell import Shell
from layers.runs.steps import Figures, Step

_QUIET_S = 5.0
"""At most one plain line in this time."""


def follow(shell: Shell, steps: Iterator[Step[Figures]], *, en: str, zh: str) -> list[Step[Figures]]:
    """Run the steps through, showing how far they are. Returns them all."""
    title = shell.text(en, zh)
    done: list[Step[Figures]] = []
    if shell.err.is_terminal:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=shell.err, transient=True) as progress:
            task = progress.add_task(title, total=None)
            for step in steps:
                done.append(step)
                progress.update(
                    task, total=step.total, completed=step.done, description=f"{title} {step.name}"
                )
        return done
    said_at = time.monotonic()
    for step in steps:
        done.append(step)
        if step.done < step.total and time.monotonic() - said_at > _QUIET_S:
            said_at = time.monotonic()
            shell.complain(f"{title} {step.done}/{step.total}")
    return done


def report(shell: Shell, steps: Sequence[Step[Any]], *, most: int = 20) -> int:
    """Print what the steps have to say beside their figures: notes, then failures. Returns how many failed."""
    notes = [(step, note) for step in steps for note in step.notes]
    failed = [(step, step.error) for step in steps if step.error is not None]
    for kind, lines in (("", notes), (shell.text("failed: ", "失败："), failed)):
        for step, words in lines[:most]:
            shell.complain(f"{kind}{step.name} {step.community_code}: {words.text(shell.lang)}")
        if len(lines) > most:
            shell.complain(
                shell.text(f"{kind}... and {len(lines) - most} more", f"{kind}……另有 {len(lines) - most} 条")
            )
    return len(failed)
