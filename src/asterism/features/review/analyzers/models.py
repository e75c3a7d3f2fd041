"""The port of an analyzer and what passes through it."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from asterism.features.review.findings import Category, Lens, ReviewedFile, Severity

SECONDS = 60
MEMORY = 1 << 30
OUTPUT = 20 << 20


class AnalyzerFailed(Exception):
    """An analyzer could not do its work; the text is fit for `coverage` and the summary."""


class PartlyFailed(Exception):
    """An analyzer did its work but for a part; the text names what it left out, `found` is the rest."""

    def __init__(self, found: "list[Finding]", message: str) -> None:
        super().__init__(message)
        self.found = found


@dataclass(frozen=True, slots=True)
class Finding:
    """What an analyzer says, before it is placed on the diff.

    Lines are new-side numbers, None for the whole file. `message` is the tool's own word; the three texts are ours.
    `patch` is a unified diff of this file or None. `dropped` names the counter of a finding that cannot be kept.
    """

    source: str
    rule_id: str
    file: str
    start: int | None
    end: int | None
    lens: Lens
    category: Category
    severity: Severity
    confidence: float
    title: str
    message: str
    rationale: str
    why: str
    recommendation: str
    patch: str | None = None
    dropped: str | None = None


class ToolResult(Protocol):
    """What a program did, as analyzers read it."""

    @property
    def stdout(self) -> bytes: ...  # noqa: D102
    @property
    def returncode(self) -> int: ...  # noqa: D102


class Begun(Protocol):
    """A program that was begun before it is known what it works on; whoever begins it finishes or ends it."""

    async def finish(self, word: bytes, /) -> ToolResult:
        """Say what to work on, the name of a folder, and wait for its end. Raises AnalyzerFailed."""
        ...

    async def end(self) -> None:
        """End it, unless it was finished."""
        ...


class Tools(Protocol):
    """Where analyzers work, and how they run programs."""

    async def __call__(self, argv: Sequence[str], folder: Path, seconds: float, /) -> ToolResult:
        """Run a program in a folder, inside limits, with a cleared environment. Raises AnalyzerFailed."""
        ...

    def begin(self, argv: Sequence[str], seconds: float, /) -> Begun:
        """Begin a program that waits to be told, inside the same limits. Called on the event loop."""
        ...

    def workplace(self) -> AbstractContextManager[Path]:
        """Give a private folder for copies of reviewed files, gone when left or, after a kill, at the next start."""
        ...


@dataclass(frozen=True)
class Job:
    """What all analyzers of one review share.

    `copies` maps a path to its private copy below `folder`; only files whose whole new text is known are there.
    `root` is None for a posted diff: then nothing of a project is read. `begun` are programs that wait for this job,
    by the analyzer they belong to.
    """

    files: Sequence[ReviewedFile]
    folder: Path
    copies: dict[str, Path]
    tools: Tools
    root: Path | None = None
    staged: bool = False
    run_commands: bool = False
    by_path: dict[str, ReviewedFile] = field(default_factory=dict)
    begun: Mapping[str, Begun] = field(default_factory=dict)

    def path_of(self, copy: str) -> str | None:
        """Return the reviewed path of a private copy as a tool names it."""
        return self._paths.get(self.folder / copy)

    @cached_property
    def _paths(self) -> dict[Path, str]:
        return {place: path for path, place in self.copies.items()}


class Analyzer(Protocol):
    """A static check that needs no model. Plug-ins implement this and are listed in `catalogue`."""

    @property
    def id(self) -> str:
        """The word in settings and coverage."""
        ...

    def skipped(self, job: Job) -> str | None:
        """Say why it does not run on this job (for coverage), `""` when there is simply nothing for it, else None."""
        ...

    async def run(self, job: Job) -> list[Finding]:
        """Check the files. Raises AnalyzerFailed or PartlyFailed."""
        ...


class AnalyzerStatus(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an analyzer fared, as `coverage.analyzers` shows it."""

    id: str
    status: Literal["ok", "failed", "skipped"]
    detail: str | None = None
