"""Logging as the doors set it up: structlog in front, the standard library's loggers behind it.

At level info no line holds a query string, a coordinate, an address or a body.
"""

from __future__ import annotations

import logging
import logging.config
import sys

import structlog
from structlog.typing import Processor

from api.settings import Settings


def set_up_logs(settings: Settings) -> None:
    """Send all logs to standard error, as readable lines or one JSON object each."""
    shared: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
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
