"""What reviews work with, and what is asked of one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from asterism.base.clock import Clock
from asterism.features.review import analyzers
from asterism.features.review.inspection import Options
from asterism.kernel.db import Database
from asterism.kernel.git import Git
from asterism.kernel.llm import Models, Target
from asterism.kernel.secrets import Secrets
from asterism.kernel.streams import Streams


@dataclass(frozen=True)
class Services:
    """What a review works with."""

    db: Database
    streams: Streams
    models: Models
    git: Git
    secrets: Secrets
    clock: Clock
    checks: Sequence[analyzers.Analyzer]
    tools: analyzers.ToolRunner
    server_gate: asyncio.Semaphore
    verify_model: bool = True
    require_model: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be reviewed. Two requests with equal values and equal content are one review ([6.3])."""

    root: Path
    options: Options
    run_commands: bool = False
    target: Target | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """Everything but the content that decides whether two requests are identical."""
        target = None if self.target is None else (self.target.provider, self.target.model)
        options = msgspec.json.encode([list(self.options.lenses), self.options.profile, self.options.minimum])
        return (
            self.root,
            self.options.mode,
            self.options.base,
            options,
            frozenset(self.options.files),
            self.run_commands,
            target,
        )
