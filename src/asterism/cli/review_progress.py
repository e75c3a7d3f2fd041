"""Telling on standard error how a review gets on: one live line on a terminal, nothing elsewhere."""

import sys
from types import TracebackType

from asterism.base.clock import SystemClock, stamp
from asterism.features.review.findings import Issue, Lens


class Progress:
    """A listener of the review's stages that draws a spinner with what was found so far."""

    def __init__(self) -> None:
        self._status: object | None = None
        self._clock = SystemClock()
        self._found = 0

    def __enter__(self) -> "Progress":
        """Begin to draw, on a terminal."""
        if sys.stderr.isatty():
            from rich.console import Console

            status = Console(stderr=True).status("collecting changes")
            status.start()
            self._status = status
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Take the line away."""
        if self._status is not None:
            self._status.stop()  # type: ignore[attr-defined]

    def now(self) -> str:
        """Return the present as a stamp."""
        return stamp(self._clock.now())

    async def agent_start(self, lens: Lens, files: int) -> None:
        """Say how much there is to do."""
        noun = "file" if files == 1 else "files"
        self._show(f"{lens.value}: reviewing {files} {noun}")

    async def reading(self, lens: Lens, part: object, total: int) -> None:
        """Nothing to say: it takes no time."""

    async def think(self, lens: Lens, thought: str) -> None:
        """Nothing to say."""

    async def preview(self, issue: Issue) -> None:
        """Count a candidate and name it."""
        self._found += 1
        self._show(f"{self._found} found, last: {issue.title[:60]}")

    def _show(self, text: str) -> None:
        if self._status is not None:
            self._status.update(text)  # type: ignore[attr-defined]
