"""What the workbench does about plans."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from api.http.workbench import Workbench
from layers.plans import editing
from layers.plans.editing import Edited
from layers.plans.operations import Operation
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
