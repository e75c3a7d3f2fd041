"""The project log on the wire (Beyond 1)."""

from collections.abc import AsyncGenerator, Collection
from contextlib import aclosing
from typing import Any, Self

import msgspec

from asterism.asgi.sse import frame
from asterism.faces.shapes import copied
from asterism.features.versions import project_log
from asterism.kernel.streams import Streams

RESET = "reset"
LAST = "project.deleted"


class LogSubject(msgspec.Struct):
    """What an entry is about."""

    type: str
    id: str


class ProjectLogEntry(msgspec.Struct):
    """One thing that happened in a project; the fields of `data` depend on the `kind`."""

    seq: int
    at: str
    kind: str
    actor: str
    workspace_id: str | None
    subject: LogSubject
    tree: str | None
    title: str
    data: dict[str, Any]

    @classmethod
    def of(cls, found: project_log.Entry) -> Self:
        """Write an entry."""
        return copied(cls, found)


class ProjectLogEntryList(msgspec.Struct):
    """Entries, oldest first. `last_seq` is the newest number of the log; `reset`: older entries are not kept."""

    entries: list[ProjectLogEntry]
    last_seq: int
    reset: bool


class LogReset(msgspec.Struct, tag="reset"):
    """The log does not reach back to the cursor; what is kept follows, up to `last_seq` at once."""

    last_seq: int


async def log_frames(
    streams: Streams, project_id: str, after: int, kinds: Collection[str] | None, reset: LogReset | None
) -> AsyncGenerator[bytes, None]:
    """Encode a log as server-sent events, from after a seq on, until the project is deleted."""
    if reset is not None:
        yield frame(RESET, {"last_seq": reset.last_seq}, after)
    async with aclosing(streams.subscribe(project_log.name_of(project_id), after)) as events:
        async for event in events:
            if kinds is None or event.type in kinds:
                yield frame(event.type, ProjectLogEntry.of(project_log.entry_of(event)), event.seq)
            if event.type == LAST:
                return
