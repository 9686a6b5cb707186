"""Headers of answers, as tests compare them."""

from __future__ import annotations

from typing import Any


def shared(answer: Any) -> dict[str, str]:
    """The headers that are the same each time one thing is asked: all but the name of the request."""
    return {name: value for name, value in answer.headers.items() if name.lower() != "x-request-id"}
