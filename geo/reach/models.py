"""What new stations can be chosen for."""

from __future__ import annotations

from enum import StrEnum


class Model(StrEnum):
    """What is asked of the new stations."""

    MOST = "most"
    """So many new stations that reach the most households (maximal covering)."""
    ALL = "all"
    """As few new stations as reach everyone who can be reached (set covering)."""
    LEAST_WALK = "least_walk"
    """So many new stations that households walk the least in sum; a door beyond the limit counts as the limit
    (p-median)."""
