"""One thing the doctor looked at."""

from __future__ import annotations

from typing import Literal, NamedTuple

from geo.errors import Words

State = Literal["ok", "advice", "broken"]


class Finding(NamedTuple):
    """One thing looked at."""

    what: Words
    state: State
    """`advice`: something only parts of the program or its tests want."""
    found: str | Words
    remedy: Words | None = None
