"""Structured logs on standard error: one line each, with the request id, never with a secret."""

import logging
import sys
from typing import Any

import structlog


def configure_logs(form: str = "text") -> None:
    """Send every log line to standard error as text (`key=value`) or as JSON."""
    renderer: Any = structlog.processors.JSONRenderer()
    if form != "json":
        renderer = structlog.processors.LogfmtRenderer(
            key_order=["timestamp", "level", "event", "request_id"], drop_missing=True
        )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")
