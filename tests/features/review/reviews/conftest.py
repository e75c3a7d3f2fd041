"""A checkout to review, and a manager with memory ports around the test database."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from asterism.base.clock import ManualClock
from asterism.features.review import analyzers, inspection, reviews
from asterism.features.review.findings import Lens, Severity
from asterism.kernel.db import Database
from asterism.kernel.git import Git
from asterism.kernel.llm import ScriptedModels, Target
from asterism.kernel.runs import RunHost
from asterism.kernel.secrets import memory_secrets
from asterism.kernel.streams import DatabaseStreams

TARGET = Target("gemini", "gemini-2.5-flash", "http://127.0.0.1:1/v1", "key")


class Checkout:
    """A real git checkout."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.email", "dev@example.com")
        self.git("config", "user.name", "Dev")

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=self.root, check=True, capture_output=True, text=True)
        return done.stdout

    def write(self, path: str, text: str | bytes) -> None:
        place = self.root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)

    def commit(self, message: str = "change") -> None:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    root = tmp_path / "project"
    root.mkdir()
    return Checkout(root.resolve())


class World:
    """A manager and what it stands on."""

    def __init__(self, db: Database, clock: ManualClock, checks: str) -> None:
        self.db, self.clock = db, clock
        self.models = ScriptedModels()
        self.streams = DatabaseStreams(db)
        self.tools = analyzers.ToolRunner()
        self.secrets = memory_secrets()
        self.services = reviews.Services(
            db=db,
            streams=self.streams,
            models=self.models,
            git=Git(),
            secrets=self.secrets,
            clock=clock,
            checks=analyzers.chosen(checks),
            tools=self.tools,
            server_gate=asyncio.Semaphore(8),
        )
        self.host = RunHost(db, self.streams, is_gone=lambda _owner: False)  # two worlds are one process
        self.manager = reviews.ReviewRuns(self.services, self.host)

    async def events(self, review_id: str, after: int = 0) -> list[tuple[int, str, dict]]:
        return [(e.seq, e.type, msgspec.json.decode(e.data)) async for e in self.manager.follow(review_id, after)]


@asynccontextmanager
async def world(db: Database, clock: ManualClock, checks: str = analyzers.DEFAULT) -> AsyncIterator[World]:
    made = World(db, clock, checks)
    await made.streams.start()
    await made.manager.start()
    await made.host.start()
    try:
        yield made
    finally:
        await made.host.stop()
        await made.manager.stop()
        await made.streams.stop()
        made.tools.close()


def request(
    root: Path,
    mode: inspection.Mode = "unstaged",
    lenses: tuple[Lens, ...] = tuple(Lens),
    *,
    minimum: Severity = Severity.LOW,
    files: tuple[str, ...] = (),
    target: Target | None = None,
) -> reviews.Request:
    return reviews.Request(root, inspection.Options(mode, lenses, None, minimum, files), target=target)
