"""Reading event streams in tests, strictly: what the frame format does not allow fails."""

import json
import re
from dataclasses import dataclass
from typing import Any

FRAME = re.compile(rb"(?:id: (?P<id>\d+)\n)?event: (?P<event>[a-z._]+)\ndata: (?P<data>[^\r\n]+)\n\n|: [^\r\n]*\n\n")


@dataclass(frozen=True)
class Frame:
    """One event."""

    id: int | None
    event: str
    data: Any


def parse_frames(raw: bytes) -> list[Frame]:
    """Return the events of a whole stream; comments are passed over. Fails on anything else."""
    found: list[Frame] = []
    place = 0
    while place < len(raw):
        match = FRAME.match(raw, place)
        assert match is not None, f"no frame at {place}: {raw[place : place + 200]!r}"
        place = match.end()
        if match["event"]:
            number = int(match["id"]) if match["id"] else None
            found.append(Frame(number, match["event"].decode(), json.loads(match["data"])))
    return found


def complete_frames(raw: bytes) -> list[Frame]:
    """Return the events of a stream that was cut off anywhere: the last, incomplete one is dropped."""
    return parse_frames(raw[: raw.rfind(b"\n\n") + 2]) if b"\n\n" in raw else []
