"""How uvicorn is run: the options that bound what a stranger can make a server do before any route is asked."""

from __future__ import annotations

from typing import Any

from api.http.line import Line
from api.settings import Settings

FACTORY = "api.app:from_environment"
IDLE_S = 5
"""A connection without a question is closed after this."""
GRACE_S = 10


def options(settings: Settings) -> dict[str, Any]:
    """Options for `uvicorn.Config`, apart from the application.

    >>> options(Settings())["ws"]
    'none'
    """
    return {
        "host": settings.host,
        "port": settings.port,
        "workers": settings.workers,
        "loop": "auto",
        "http": Line,
        "ws": "none",
        "limit_concurrency": settings.max_connections,
        "timeout_keep_alive": IDLE_S,
        "timeout_graceful_shutdown": GRACE_S,
        "access_log": False,
        "log_config": None,
        "server_header": False,
    }
