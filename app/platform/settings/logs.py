"""Log lines: JSON in production, plain words elsewhere; one line a happening, on standard error.

A traceback names files and lines and never the values of variables: among them are passwords and personal data.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, TextIO

import structlog
from flask import Flask

#: libraries that tell more than anybody reads
QUIET = ("alembic", "fontTools", "werkzeug")


class HouseHandler(logging.StreamHandler[TextIO]):
    """Writes to what standard error is at that moment, so that a replaced one is never written to."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one line."""
        self.stream = sys.stderr
        super().emit(record)


def init_app(app: Flask) -> None:
    """Send what the house and its libraries log through one formatter, from LOG_LEVEL on."""
    in_production = app.config["HANDOFF_ENV"] == "production"
    level = logging.getLevelNamesMapping()[app.config["LOG_LEVEL"]]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler for handler in root.handlers if not isinstance(handler, HouseHandler)]
    handler = HouseHandler()
    handler.setFormatter(formatter(in_production=in_production, shared=shared))
    root.addHandler(handler)
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def formatter(*, in_production: bool, shared: list[Any]) -> logging.Formatter:
    """Renders lines of structlog and of the standard library alike."""
    last: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if in_production
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
