"""Writing the log of a running review: every event stamped and in order, the open step and agents remembered."""

import asyncio
from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from asterism.base.clock import Clock, stamp
from asterism.features.review.findings import AGENTS, Issue, Lens
from asterism.features.review.inspection import Chunk, Data, read_events
from asterism.features.review.reviews.events import ReviewEvent
from asterism.kernel.streams import Streams

Step = Literal["diff", "triage", "enrich", "report"]
_THOUGHT = 200


def stream_of(review_id: str) -> str:
    """Name the stream that holds a review's events."""
    return f"review:{review_id}"


class Log:
    """Appends events of one review. Events of one call are contiguous, whoever else writes meanwhile."""

    def __init__(self, streams: Streams, review_id: str, clock: Clock) -> None:
        self.review_id = review_id
        self.open_step: Step | None = None
        self.open_lenses: list[Lens] = []
        self._streams = streams
        self._clock = clock
        self._lock = asyncio.Lock()

    def now(self) -> str:
        """Return the present as a stamp."""
        return stamp(self._clock.now())

    async def emit(self, *events: tuple[str, Data]) -> None:
        """Append events one after the other, each with its time at the end."""
        async with self._lock:
            for kind, data in events:
                event = msgspec.convert({"type": kind, **data, "timestamp": self.now()}, ReviewEvent)
                await self._streams.append(stream_of(self.review_id), event)

    async def started(self, files: int | None = None, skipped: Sequence[Any] = ()) -> None:
        """Announce the review: first without a count, then with what will be reviewed."""
        data: Data = {"reviewId": self.review_id, "filesTotal": files or 0}
        if files is not None:
            data["filesSkipped"] = len(skipped)
            data["skipped"] = msgspec.to_builtins(list(skipped[:50]))
        await self.emit(("review_started", data))

    async def begin(self, step: Step) -> None:
        """Open a step."""
        self.open_step = step
        await self.emit(("step_start", {"step": step}))

    async def end(self, step: Step) -> None:
        """Close the open step."""
        self.open_step = None
        await self.emit(("step_complete", {"step": step}))

    async def agent_start(self, lens: Lens, files: int) -> None:
        """Introduce the agent of a lens and say what it does first."""
        agent = AGENTS[lens]
        self.open_lenses.append(lens)
        noun = "file" if files == 1 else "files"
        await self.emit(
            ("agent_start", {"agent": msgspec.to_builtins(agent)}),
            ("agent_thinking", {"agent": agent.id, "thought": f"Reading {files} changed {noun}"}),
        )

    async def reading(self, lens: Lens, part: Chunk, total: int) -> None:
        """Tell which files of a chunk a lens reads."""
        await self.emit(*read_events.events(lens, part, total))

    async def think(self, lens: Lens, thought: str) -> None:
        """Tell what an agent is about."""
        await self.emit(("agent_thinking", {"agent": AGENTS[lens].id, "thought": thought[:_THOUGHT]}))

    async def preview(self, issue: Issue) -> None:
        """Show a candidate as soon as it has a place."""
        brief = {
            "id": issue.id,
            "severity": issue.severity.value,
            "category": issue.category.value,
            "title": issue.title,
            "file": issue.file,
            "line_start": issue.line_start,
            "line_end": issue.line_end,
        }
        await self.emit(("issue_preview", {"agent": AGENTS[issue.lens].id, "issue": brief}))

    async def agent_complete(self, lens: Lens, issues: int, error: str | None = None) -> None:
        """Let an agent finish; `error` says why its lens failed."""
        data: Data = {"agent": AGENTS[lens].id, "issueCount": issues}
        if error is not None:
            data |= {"status": "failed", "error": error}
        self.open_lenses.remove(lens)
        await self.emit(("agent_complete", data))

    async def abandon(self, message: str, word: str | None = None) -> None:
        """Say before a terminal error what was still open: agents fail, then the step."""
        for lens in list(self.open_lenses):
            await self.agent_complete(lens, 0, word or message)
        if self.open_step is not None:
            step, self.open_step = self.open_step, None
            await self.emit(("step_error", {"step": step, "error": message}))
