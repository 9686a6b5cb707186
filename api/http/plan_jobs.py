"""What the workbench does about plans."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from api.http.workbench import Workbench
from geo.errors import ConflictError
from geo.partition.ask import Ask
from geo.plans.families import Family
from layers.plans import editing
from layers.plans.drawing import DraftFigures, draw_plans
from layers.plans.editing import Edited
from layers.plans.operations import Operation
from layers.plans.previewing import Preview, preview
from layers.rights.viewer import Viewer


def search_edit(
    bench: Workbench,
    viewer: Viewer,
    plan_id: int,
    operation: Operation,
    *,
    revision: int,
    actor: str,
    now: datetime,
) -> Generator[Edited, None, None]:
    """An edit that searches. Raises as `layers.plans.editing.edit` does."""
    yield editing.edit(bench.store, viewer, plan_id, operation, revision=revision, actor=actor, now=now)


def search_preview(
    bench: Workbench, viewer: Viewer, plan_id: int, operation: Operation, *, revision: int
) -> Generator[Preview, None, None]:
    """What an edit that searches would make of a draft. Raises as `layers.plans.previewing.preview` does."""
    yield preview(bench.store, viewer, plan_id, operation, revision=revision)


def draw_drafts(
    bench: Workbench, viewer: Viewer, community: str, ask: Ask, *, rules: Family, actor: str, now: datetime
) -> Generator[DraftFigures, None, None]:
    """Drafts of a community (its code) by the engine. Raises `ConflictError` with what stood in the way, and as
    `layers.plans.drawing.draw_plans` does."""
    drawn = draw_plans(bench.store, viewer, codes=[community], rules=rules, ask=ask, actor=actor, now=now)
    for step in drawn:
        if step.error is not None:
            raise ConflictError(step.error.en, step.error.zh)
        yield step.figures
