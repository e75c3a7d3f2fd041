"""Structured logs on standard error: one line each, with the request id, never with a secret."""

import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

from asterism.base.libraries import load

load("structlog")  # before anything else does, so that it comes without Rich
import structlog  # noqa: E402

from asterism.asgi.wrapper import REQUEST_ID  # noqa: E402

LEVELS = {"warn": "warning", "exception": "error"}
FIRST = ("timestamp", "level", "event", "request_id")
_QUOTED = re.compile('[ ="]')
_PLAIN = frozenset({str, int, float})
_AWKWARD = re.compile('[ ="\n]')


_Filtering: Any = structlog.make_filtering_bound_logger(logging.INFO)


class Quick(_Filtering):  # type: ignore[misc]
    """A logger of structlog that writes an everyday line of text by itself, which takes a quarter of the time.

    Every request leaves one. What has something unusual about it goes structlog's own way, with the same result.
    """

    def info(self, event: str, *args: Any, **said: Any) -> Any:
        """Write a line at this level."""
        request_id = REQUEST_ID.get()
        first = f"timestamp={now()} level=info event={event}"
        about = "" if request_id is None else f" request_id={request_id}"
        pairs = [f" {key}={value}" for key, value in said.items() if type(value) in _PLAIN]
        line = "".join([first, about, *pairs])
        marks = len(said) + (3 if request_id is None else 4)
        plain = line.count("=") == marks and line.count(" ") == marks - 1 and '"' not in line and "\n" not in line
        if plain and len(pairs) == len(said) and said.keys().isdisjoint(FIRST) and not (args or self._context):
            return self._logger.info(line)
        return super().info(event, *args, **said)


def configure_logs(form: str = "text") -> None:
    """Send every log line to standard error as text (`key=value`) or as JSON."""
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else logfmt
    structlog.configure(
        processors=[complete, renderer],
        wrapper_class=_Filtering if form == "json" else Quick,
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def complete(_logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Add request id, level, time and what an exception says: structlog's own steps for it cost as much as a query."""
    if "request_id" not in event and (request_id := REQUEST_ID.get()) is not None:
        event["request_id"] = request_id
    event["level"] = LEVELS.get(method, method)
    event["timestamp"] = now()
    return structlog.processors.format_exc_info(None, method, event) if "exc_info" in event else event


def now() -> str:
    """Return the present, to the microsecond."""
    return datetime.now(UTC).isoformat()[: -len("+00:00")] + "Z"


def logfmt(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> str:
    """Write an event as structlog's LogfmtRenderer does, which takes several times as long for its check of keys."""
    first = [(key, value) for key in FIRST if (value := event.pop(key, None)) is not None]
    pairs = [*first, *event.items()]
    if _AWKWARD.search("".join([value for _, value in pairs if type(value) is str])) is None:
        return " ".join([f"{key}={value}" if type(value) in _PLAIN else _pair(key, value) for key, value in pairs])
    return " ".join([_pair(key, value) for key, value in pairs])


def _pair(key: str, value: Any) -> str:
    return key if value is True else f"{key}={_text(value)}"


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return "" if value is None else "false"
    text = str(value)
    if _AWKWARD.search(text) is None:
        return text
    if _QUOTED.search(text) is None:
        return text.replace("\n", "\\n")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
