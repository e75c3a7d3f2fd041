"""A row of the tables, and the notation of its bytes."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Odd:
    """One answer. `end` is the reason of a regular end, or the kind of the failure; what came before it still comes.

    `calls` are names and arguments, `usage` input and output tokens (None: nothing reported). With `cut` the connection
    breaks after the last byte.
    """

    name: str
    body: bytes
    text: str = "Hello world"
    end: str = "end"
    usage: tuple[int, int] | None = None
    calls: tuple[tuple[str, str], ...] = ()
    thought: str = ""
    cut: bool = False


def js(value: Any) -> bytes:
    """Write JSON as the services do; a text is written as it is."""
    return value.encode() if isinstance(value, str) else json.dumps(value, ensure_ascii=False).encode()


def sse(*values: Any, end: bytes = b"\n\n") -> bytes:
    """Write events with nothing but data; a text is data as it is."""
    return b"".join(b"data: " + js(value) + end for value in values)


def named(*values: Any) -> bytes:
    """Write events that are named by their type."""
    return b"".join(b"event: " + value["type"].encode() + b"\ndata: " + js(value) + b"\n\n" for value in values)
