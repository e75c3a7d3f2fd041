"""What all formats share."""

import json
from typing import Any


def as_json(value: Any) -> bytes:
    """Write JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def data(value: Any) -> bytes:
    """Write an event without a name."""
    return b"data: " + as_json(value) + b"\n\n"


def event(value: dict[str, Any]) -> bytes:
    """Write an event that is named by its type."""
    return b"event: %s\n" % value["type"].encode() + data(value)


def halves(text: str) -> tuple[str, str]:
    """Split a text in the middle."""
    return text[: len(text) // 2], text[len(text) // 2 :]
