"""Reading server-sent events from the pieces of a response, as the HTML standard parses them.

Only what our server sends is taken: `id`, `event` and `data` fields, LF line ends, comments as heartbeats.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from asterism.client.errors import BadAnswer, ConnectionBroken


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event; `data` is its decoded JSON, `seq` its place in the stream, None when it has none."""

    name: str
    data: dict[str, Any]
    seq: int | None = None


def read_events(pieces: Iterable[bytes], *, last: frozenset[str]) -> Iterator[ServerEvent]:
    """Yield the events of a stream until it ends.

    `last` names the events of which one must come before the end. Raises ConnectionBroken when none did, and BadAnswer
    when a frame is not of the form that the server sends.
    """
    ended, rest = False, b""
    for piece in pieces:
        *frames, rest = (rest + piece).split(b"\n\n")
        for frame in frames:
            event = _event(frame)
            if event is not None:
                ended = ended or event.name in last
                yield event
    if not ended:
        raise ConnectionBroken("The stream ended before its last event.", hint="The run goes on at the server.")


def _event(frame: bytes) -> ServerEvent | None:
    """Read one frame; None for a comment."""
    fields = dict(line.split(b": ", 1) for line in frame.split(b"\n") if b": " in line and not line.startswith(b":"))
    if b"data" not in fields:
        return None
    try:
        data = msgspec.json.decode(fields[b"data"], type=dict[str, Any])
        seq = int(fields[b"id"]) if b"id" in fields else None
    except ValueError as error:
        raise BadAnswer("The server sent an event that cannot be read.") from error
    return ServerEvent(fields.get(b"event", b"message").decode(), data, seq)
