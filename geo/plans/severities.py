"""How bad what a check finds is, which rules a place may weigh otherwise, and which no plan does without."""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning", "notice"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "notice")
"""`error`: cannot be published as it is; `warning`: breaks a rule, a person may let it stand; `notice`: good to know."""

FIRM = frozenset(
    {
        "not-covered",
        "empty-grid",
        "outside",
        "overlap",
        "gap",
        "community-mixed",
        "code-missing",
        "code-duplicate",
        "not-checked",
    }
)
"""Rules no plan does without: neither weighed otherwise nor excepted."""
WEIGHED = (
    "not-connected",
    "few-households",
    "many-households",
    "many-people",
    "many-households-ahead",
    "complex-split",
    "barrier-crossed",
    "holes",
    "code-template",
    "name-missing",
    "name-duplicate",
    "name-content",
    "low-compactness",
    "not-closable",
    "households-estimated",
    "use-unknown",
    "boundary-changed",
    "totals-changed",
    "level-torn",
    "not-walked",
)
"""Rules a tenant may weigh otherwise, and whose findings may be excepted."""
