"""A list of residents loaded, or tried, as a job: as any file, for those who may know households."""

from __future__ import annotations

from api.jobs.loading import finish, part, plan

__all__ = ["finish", "part", "plan"]
