"""Logging as the doors set it up: structlog in front, the standard library's loggers behind it.

At level info no line holds a query string, a coordinate, an address or a body. Of errors nobody foresaw it is said what they are
and where in the code, not what their text says: that may quote a value, and the value be somebody's address.
"""

from __future__ import annotations

import logging
import logging.config
import sys
import traceback
from contextvars import ContextVar

import structlog
from structlog.typing import EventDict, ExcInfo, Processor, WrappedLogger

from api.settings import Settings

REQUEST: ContextVar[str] = ContextVar("request")
"""What the request under way is called; its answer carries it as `X-Request-ID`."""


def _named(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Say in a line of which request it tells."""
    request = REQUEST.get(None)
    return event if request is None else {**event, "request": request}


def without_values(exc_info: ExcInfo) -> str:
    """The stack of an error and of those it came from, with the code but without their texts, which may quote values."""
    parts: list[str] = []
    error: BaseException | None = exc_info[1]
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        frames = "".join(traceback.format_tb(error.__traceback__))
        parts.append(f"{frames}{type(error).__module__}.{type(error).__qualname__}")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n\nwhich came of\n\n".join(parts)


def set_up_logs(settings: Settings) -> None:
    """Send all logs to standard error, as readable lines or one JSON object each."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        _named,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    if settings.log_level != "debug":
        shared.append(structlog.processors.ExceptionRenderer(without_values))
    renderer: Processor = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(),
        exception_formatter=structlog.dev.plain_traceback,  # the rich one prints local variables
    )
    if settings.log_json:
        shared.append(structlog.processors.format_exc_info)
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    level = settings.log_level.upper()
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "wangge": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "wangge"}},
            "root": {"handlers": ["stderr"], "level": level},
            # uvicorn's own access lines hold the query string, and with it coordinates
            # and alembic says twice a request what kind of database it asks for its version
            "loggers": {
                "uvicorn.access": {"level": "CRITICAL", "propagate": False},
                "alembic": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
