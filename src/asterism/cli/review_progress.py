"""Telling on standard error how a review gets on: one live line on a terminal, nothing elsewhere."""

import sys
from types import TracebackType

from asterism.features.review.inspection import facts


class Progress:
    """Draws a spinner while the stages of a review run, with what was found so far."""

    def __init__(self) -> None:
        self._status: object | None = None
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

    def see(self, fact: facts.InspectionFact) -> None:
        """Say how much there is to do; count candidates and name the last one."""
        if isinstance(fact, facts.LensBegan):
            noun = "file" if fact.files == 1 else "files"
            self._show(f"{fact.lens.value}: reviewing {fact.files} {noun}")
        elif isinstance(fact, facts.CandidatePlaced):
            self._found += 1
            self._show(f"{self._found} found, last: {fact.issue.title[:60]}")

    def _show(self, text: str) -> None:
        if self._status is not None:
            self._status.update(text)  # type: ignore[attr-defined]
